import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { held, inFolder, manyByIds, manyClouds } from './many.ts';
import { expectRefused, reviewed } from './reviewed-plans.ts';
import { errors, inWorld } from './support.ts';

describe.each(manyClouds)('a plan that differs from the reviewed one on %s', (_, cloud) => {
  const inputs = manyByIds(cloud);

  it('refuses fewer grants than reviewed, and another role: both sides are shown (P10)', async () => {
    await reviewed(cloud, async (world, { file }) => {
      const fewer = await cloud.step(world, { ...inputs, target: cloud.idLines.target[0], 'expected-plan': file });
      expectRefused(cloud, fewer, /^- create /mu);
      expect(errors(fewer)).toContain('4 reviewed changes are not planned now');
      const role = `${cloud.idLines.role[0]}\n${cloud.others.role}`;
      const other = await cloud.step(world, { ...inputs, role, 'expected-plan': file });
      expectRefused(cloud, other, /^\+ create /mu, /^- create /mu, cloud.others.role, cloud.idLines.role[1]);
      expect(held(cloud, world)).toBe(0);
    });
  });

  it('writes the current plan where it refuses, in addition to the reviewed one', async () => {
    await reviewed(cloud, async (world, { digest }) => {
      const target = cloud.idLines.target[1];
      const more = { ...inputs, target, 'expected-plan': digest, 'plan-file': 'now.json' };
      const result = await cloud.step(world, more);
      expectRefused(cloud, result);
      const now = JSON.parse(result.file(result.outputs['plan-file'] ?? '') ?? '') as Record<string, unknown>;
      expect(now['digest']).toBe(result.outputs['plan-digest']);
      expect(now['changes']).toHaveLength(4);
    });
  });

  it('shows the difference to a dry run too', async () => {
    await reviewed(cloud, async (world, { file }) => {
      const target = `${inputs['target'] ?? ''}\n${cloud.others.target}`;
      const result = await cloud.step(world, { ...inputs, target, 'dry-run': 'true', 'expected-plan': file });
      expectRefused(cloud, result, /^\+ create /mu);
    });
  });

  it('refuses a revocation too (P3)', async () => {
    const revoke = { ...inputs, operation: 'revoke' };
    await inFolder((folder) =>
      inWorld(cloud.world, async (world) => {
        for (const nth of [0, 1, 2]) cloud.addNth(world, nth);
        const file = join(folder, 'plan.json');
        await cloud.step(world, { ...revoke, 'dry-run': 'true', 'plan-file': file });
        cloud.addNth(world, 6);
        const result = await cloud.step(world, { ...revoke, 'expected-plan': file });
        expectRefused(cloud, result, /^\+ remove /mu);
        cloud.removeNth(world, 6);
        cloud.removeNth(world, 0);
        const done = await cloud.step(world, { ...revoke, 'expected-plan': file });
        expect(errors(done)).toBe('');
        expect(held(cloud, world)).toBe(0);
      }),
    );
  });
});
