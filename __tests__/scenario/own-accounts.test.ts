import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import { inLeases, leased, records, take } from './lease-support.ts';
import { byIds, byNames, calls, errors, ids, inWorld, onCallAssignment, pushOne, signIn, step } from './support.ts';

/** The account of the roles that grant access and end it. */
const own = '111122223333';
const there = { ...onCallAssignment, accountId: own };
const sandbox = '222233334444';

describe('the account that has the role of the step itself (P10)', () => {
  it.each([
    ['by id, with nothing to look up', { ...byIds, target: own }],
    ['by name', { ...byNames, target: 'account:identity' }],
    ['in a dry run', { ...byIds, target: own, 'dry-run': 'true' }],
    ['for a lease', { ...leased, target: own }],
    ['together with others, and none is granted', { ...byIds, target: `${ids.prod}\n${own}` }],
    ['where an organizational unit contains it too', { ...byIds, target: `ou:r-f6g7/**\n${own}` }],
  ] satisfies [string, Step['inputs']][])('is refused as a target of assign %s', async (_, inputs) => {
    await inLeases({}, async (world) => {
      const result = await step(world, inputs);
      expect([result.exitCode, result.outputs['status']]).toEqual([1, 'FAILED']);
      expect(errors(result)).toContain(`The target ${own} is the account that has the role that this step assumes`);
      expect(errors(result)).toContain('allow-privileged: true');
      expect([world.aws.estate.effectiveChanges(), records(world)]).toEqual([[], []]);
    });
  });

  it('needs no request: its ID is in the inputs', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, target: own });
      expect(Object.keys(calls(result)).filter((it) => it !== 'token')).toEqual([]);
    });
  });

  it('is refused where it has only the role that ends leases', async () => {
    await inLeases({}, async (world) => {
      const elsewhere = { 'aws-scheduler-role-arn': `arn:aws:iam::${sandbox}:role/access-ender` };
      for (const inputs of [leased, byIds]) {
        const result = await step(world, { ...inputs, ...elsewhere, target: sandbox });
        expect(errors(result)).toContain(`The target ${sandbox} is the account that has the role that ends leases`);
      }
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
    });
  });

  it('is refused where the credentials of the job are from it: their account is requested once', async () => {
    await inWorld({}, async (world) => {
      const inputs = { ...byIds, 'aws-role-to-assume': 'none' };
      const env = world.aws.ambientCredentials(ids.broker);
      const result = await step(world, { ...inputs, target: own, 'dry-run': 'true' }, { env });
      expect(errors(result)).toContain(
        `The target ${own} is the account that has the identity that this step signs in`,
      );
      expect(calls(result)['GetCallerIdentity']).toBe(1);
      const plan = await step(world, { ...inputs, 'dry-run': 'true' }, { env });
      expect([plan.exitCode, calls(plan)['GetCallerIdentity']]).toEqual([0, 1]);
    });
  });

  it('is left out with a notice where an organizational unit contains it, and for assign only', async () => {
    await inWorld({}, async (world) => {
      for (const more of [{}, { 'allow-privileged': 'true' }]) {
        const result = await step(world, { ...byIds, ...more, target: 'ou:r-f6g7/**', 'dry-run': 'true' });
        expect(result.exitCode).toBe(0);
        expect(result.log).toContain(
          `Left out: the account "identity" (${own}), which has the role that this step assumes`,
        );
        expect(result.annotations.filter(({ message }) => message.startsWith('Left out: '))).toEqual([
          { level: 'notice', message: expect.stringContaining('the management account') },
          { level: 'notice', message: expect.stringContaining(own) },
        ]);
        expect(result.summary).toContain(own);
        expect(result.outputs['results']).not.toContain(own);
      }
      world.aws.estate.add(there);
      const revoked = await step(world, { ...byIds, operation: 'revoke', target: 'ou:r-f6g7/**' });
      expect([revoked.exitCode, world.aws.estate.has(there)]).toEqual([0, false]);
    });
  });

  it('causes no notice where it is excluded, and an error where a unit has no other account', async () => {
    await inWorld({}, async (world) => {
      const without = await step(world, { ...byIds, target: `ou:r-f6g7/**\n!${own}`, 'dry-run': 'true' });
      expect(without.log).not.toContain(`the account "identity" (${own})`);
      const result = await step(world, { ...byIds, target: 'ou:r-f6g7' });
      expect(errors(result)).toContain('No account is left in target.');
    });
  });

  it('can be granted access to with allow-privileged, where it is named', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, target: own, 'allow-privileged': 'true' });
      expect([result.exitCode, world.aws.estate.has(there)]).toEqual([0, true]);
      const revoked = await step(world, { ...byIds, operation: 'revoke', target: own });
      expect([revoked.exitCode, world.aws.estate.has(there)]).toEqual([0, false]);
      expect(await step(world, { ...pushOne, target: own })).not.toMatchObject({
        log: expect.stringContaining('is refused by default'),
      });
    });
  });

  it('is refused to an extend too, which leaves the lease unchanged; release ends it', async () => {
    await inLeases({}, async (world) => {
      const main = await take(world, { ...leased, target: own, 'keep-after-job': 'true', 'allow-privileged': 'true' });
      const lease = { ...signIn, 'aws-region': '', 'lease-id': main.outputs['lease-id'] ?? '' };
      const before = records(world).map(({ schedule }) => schedule.name);
      const refused = await step(world, { ...lease, operation: 'extend', lifetime: '4h' });
      expect(refused.exitCode).toBe(1);
      expect(errors(refused)).toContain(`The target ${own} is the account that has the role that this step assumes`);
      expect(records(world).map(({ schedule }) => schedule.name)).toEqual(before);
      const extended = await step(world, { ...lease, operation: 'extend', lifetime: '4h', 'allow-privileged': 'true' });
      expect(extended.exitCode).toBe(0);
      const again = { ...lease, 'lease-id': extended.outputs['lease-id'] ?? '' };
      expect((await step(world, { ...again, operation: 'release' })).exitCode).toBe(0);
      expect(world.aws.estate.has(there)).toBe(false);
    });
  });
});
