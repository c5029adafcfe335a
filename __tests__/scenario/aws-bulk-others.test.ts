import { describe, expect, it } from '@jest/globals';
import { bulk, busiestSecond, mostOnOneAccount, recordsOf, tallied } from './aws-bulk-support.ts';
import { calls, inWorld, step } from './support.ts';

/** Three groups on ten accounts. */
const small = bulk({ seed: 9 }, { groups: 3, accounts: 10 });

describe('many grants on AWS while other clients use it', () => {
  it('slow down where another client uses the quota, and every grant is still made (Many)', async () => {
    await inWorld({ estate: small.estate }, async (world) => {
      world.competitor(0.6);
      const result = await step(world, small.inputs);
      expect(result.exitCode).toBe(0);
      expect(tallied(result, 'status')).toEqual({ SUCCEEDED: 30 });
      const throttled = result.requests.filter(({ code }) => code === 'ThrottlingException');
      expect(throttled.length).toBeLessThan(result.requests.length / 5);
      expect(world.aws.estate.effectiveChanges().filter(({ kind }) => kind === 'create')).toHaveLength(30);
    });
  });

  it('leave room for the operations of others: they wait for it, and nothing is red (Many)', async () => {
    const [busy = ''] = small.targets;
    await inWorld({ estate: small.estate }, async (world) => {
      world.aws.estate.start('provision', { permissionSet: 'Access-1', account: busy }, { durationMs: 30_000 });
      const result = await step(world, small.inputs);
      expect(result.exitCode).toBe(0);
      expect(world.aws.estate.effectiveChanges().filter(({ kind }) => kind === 'create')).toHaveLength(30);
      expect(mostOnOneAccount(world)).toBe(1);
      expect(calls(result)['CreateAccountAssignment']).toBeLessThan(30 + 15);
    });
  });

  it('do not let accounts that others keep busy delay the free ones: fifteen of them (Many)', async () => {
    const { estate, inputs, places, targets } = bulk({ seed: 9 }, { groups: 2, accounts: 20 });
    await inWorld({ estate, aws: { operations: { durationMs: 2_000 } } }, async (world) => {
      const busy = new Set(targets.slice(0, 15));
      for (const account of busy) {
        const foreign = { permissionSet: 'Access-1', account, principal: `group:${places.groups.at(-1) ?? ''}` };
        world.aws.estate.start('delete', foreign, { durationMs: 60_000 });
      }
      const begin = world.now();
      const result = await step(world, inputs);
      expect(result.exitCode).toBe(0);
      const own = world.aws.estate.operations().filter(({ kind }) => kind === 'create');
      expect(own).toHaveLength(40);
      const free = own.filter(({ accountId = '' }) => !busy.has(accountId));
      expect(Math.max(...free.map(({ finishAt }) => finishAt)) - begin).toBeLessThan(30_000);
      // A waiting grant tries again now and then: refusals do not use up the quota.
      expect(result.requests.filter(({ code }) => code === 'ConflictException').length).toBeLessThan(15 * 15);
      expect(busiestSecond(result.requests)).toBeLessThanOrEqual(20);
    });
  });

  it.each([
    [
      'a deletion of the very grant',
      'delete',
      /^Not started: DeleteAccountAssignment \(request ID \S+\), which this step did not start, was/u,
    ],
    [
      'something else on its account',
      'provision',
      /^sso:CreateAccountAssignment answered ConflictException: .*request ID/u,
    ],
  ] as const)('report why each was not started, where that outlasts the time limit: %s', async (_, kind, told) => {
    const [busy = ''] = small.targets;
    const [group = ''] = small.places.groups;
    await inWorld({ estate: small.estate }, async (world) => {
      const foreign = { permissionSet: 'Access-1', account: busy, principal: `group:${group}` };
      world.aws.estate.start(kind, foreign, { durationMs: 600_000 });
      const result = await step(world, { ...small.inputs, timeout: '30s' });
      expect(tallied(result, 'status')).toEqual({ SUCCEEDED: 27, FAILED: 3 });
      const reasons = recordsOf(result).flatMap((it) =>
        it['status'] === 'FAILED' ? [String(it['failure-reason'])] : [],
      );
      expect(reasons).toEqual([expect.stringMatching(told), expect.any(String), expect.any(String)]);
      expect(reasons.filter((it) => it.includes('Looking for operations in progress'))).toEqual([]);
    });
  });
});
