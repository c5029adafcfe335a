import { describe, expect, it } from '@jest/globals';
import { groupIds, manyByIds, manyClouds, renamed, starts } from './many.ts';
import { errors, inWorld } from './support.ts';

describe.each(manyClouds)('a renamed group on %s', (_, cloud) => {
  const { first, other } = groupIds(cloud);
  const inputs = { ...manyByIds(cloud), principal: 'group:Payments On-Call' };
  /** The group that had the name has another one now, and another group has its name. */
  const estate = renamed({ [first]: 'Payments (old)', [other]: 'Payments On-Call' });

  it('does not pass the rights of its name to the group that has the name now, where IDs are allowed (P10)', async () => {
    await inWorld({ ...cloud.world, estate }, async (world) => {
      const before = cloud.total(world);
      const result = await cloud.step(world, { ...inputs, 'allowed-principals': `group:${first}` });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(`allowed-principals does not cover 1 principal: "Payments On-Call" (${other})`);
      expect(starts(cloud, result)).toEqual([]);
      expect(cloud.total(world)).toBe(before);
    });
  });

  it('is matched by its current name where names are allowed: its earlier name does not count (P10)', async () => {
    await inWorld({ ...cloud.world, estate }, async (world) => {
      const byId = { ...inputs, principal: `group:${first}` };
      const result = await cloud.step(world, { ...byId, 'allowed-principals': 'group:Payments On-Call' });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(first);
      expect(starts(cloud, result)).toEqual([]);
    });
  });

  it('with a new name that fits a wildcard is refused with require-ids: the wildcard is a fault, and no ID covers the group', async () => {
    const posing = renamed({ [other]: 'Payments Impostors' });
    await inWorld({ ...cloud.world, estate: posing }, async (world) => {
      const strict = { ...inputs, principal: `group:${other}`, 'require-ids': 'true' };
      const wild = await cloud.step(world, { ...strict, 'allowed-principals': 'group:Payments*' });
      expect(errors(wild)).toContain('allowed-principals: "group:Payments*" is not an ID');
      expect(wild.requests).toEqual([]);
      const byId = await cloud.step(world, { ...strict, 'allowed-principals': `group:${first}` });
      expect(errors(byId)).toContain('allowed-principals does not cover 1 principal');
      expect(starts(cloud, byId)).toEqual([]);
    });
  });

  it('after the review of a plan makes a different plan: the digest is of IDs (P10)', async () => {
    const digest = await inWorld(cloud.world, async (world) => {
      const plan = await cloud.step(world, { ...inputs, 'dry-run': 'true' });
      return plan.outputs['plan-digest'] ?? '';
    });
    await inWorld({ ...cloud.world, estate }, async (world) => {
      const result = await cloud.step(world, { ...inputs, 'expected-plan': digest });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('The plan is not the one that was reviewed');
      expect(starts(cloud, result)).toEqual([]);
    });
  });
});
