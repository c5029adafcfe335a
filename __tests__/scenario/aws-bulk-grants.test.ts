import { describe, expect, it } from '@jest/globals';
import { bulk, effective, lines, recordsOf, tallied } from './aws-bulk-support.ts';
import { cells } from './reports.ts';
import { calls, errors, ids, inWorld, signIn, step } from './support.ts';

/** Five groups, two permission sets and six accounts: 60 grants at 12 places. */
const sixty = bulk({ seed: 5 }, { groups: 5, permissionSets: 2, accounts: 6 });
const places = 12;

const named = {
  ...signIn,
  principal: lines('group:Payments On-Call', 'user:alice@example.com'),
  role: lines('ReadOnlyAccess', 'Billing'),
  target: lines('ou:/Workloads/**', '!account:payments-staging'),
} as const;

describe('many grants on AWS', () => {
  it('are all combinations of principals, permission sets and accounts, in one step (Many)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, named);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'target-id': '', 'role-id': '' });
      const wanted = [ids.prod, ids.dataLake].flatMap((account) =>
        ['ReadOnlyAccess', 'Billing'].flatMap((permissionSet) =>
          ['group:Payments On-Call', 'user:alice@example.com'].map((principal) => ({
            account,
            permissionSet,
            principal,
          })),
        ),
      );
      expect(wanted.every((grant) => world.aws.estate.has(grant))).toBe(true);
      expect(world.aws.estate.effectiveChanges().filter(({ kind }) => kind === 'create')).toHaveLength(8);
      expect(recordsOf(result)).toHaveLength(8);
      // Each with its own request ID, in log, table and outputs.
      const requestIds = recordsOf(result).map((record) => String(record['request-id']));
      expect(new Set(requestIds).size).toBe(8);
      expect(result.outputs['request-id']?.split('\n').sort()).toEqual(requestIds.toSorted());
      for (const id of requestIds) expect(result.summary).toContain(id);
      expect(cells(result.summary).filter(([verdict]) => verdict?.includes('granted'))).toHaveLength(8);
      // Counts first, IDs and names before anything is done.
      expect(result.log.indexOf('Plan for 8 grants: 8 create.')).toBeLessThan(result.log.indexOf('Started'));
      expect(result.log).toContain(`Account "payments-prod" (${ids.prod})`);

      const again = await step(world, named);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'request-id': '' });
      expect(again.log).toContain('8 keep');
      expect(calls(again)).not.toHaveProperty('CreateAccountAssignment');
      const back = await step(world, { ...named, operation: 'revoke' });
      expect(back.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(wanted.some((grant) => world.aws.estate.has(grant))).toBe(false);
      // The duration of sessions is reported for each permission set by its name.
      expect(back.log).toMatch(/ReadOnlyAccess.*up to 8 h|up to 8 h.*ReadOnlyAccess/u);
    });
  });

  it('are read with one list for each permission set and account before, and one after (Many)', async () => {
    await inWorld({ estate: sixty.estate }, async (world) => {
      const made = await step(world, sixty.inputs);
      expect(made.exitCode).toBe(0);
      expect(tallied(made, 'action')).toEqual({ create: 60 });
      const reads = made.requests.filter(({ operation }) => operation === 'ListAccountAssignments');
      const firstStart = made.requests.find(({ operation }) => operation === 'CreateAccountAssignment')?.index ?? 0;
      expect(reads.filter(({ index }) => index < firstStart)).toHaveLength(places);
      expect(reads.filter(({ index }) => index > firstStart)).toHaveLength(places);
      expect(calls(made)['CreateAccountAssignment']).toBe(60);
      // Start, ends and both reads by lists; with more grants the bench holds 2.3.
      expect(made.requests.length / 60).toBeLessThanOrEqual(3);

      // Existing access needs the first lists and nothing else.
      const kept = await step(world, sixty.inputs);
      expect(kept.exitCode).toBe(0);
      expect(tallied(kept, 'action')).toEqual({ keep: 60 });
      expect(calls(kept)['ListAccountAssignments']).toBeLessThanOrEqual(2 * places);
      expect(kept.requests.length).toBeLessThanOrEqual(2 * places + 8);
      expect(calls(kept)).not.toHaveProperty('CreateAccountAssignment');
    });
  });

  it('are only the missing ones: existing access is kept, and an opposite change is left alone (P3)', async () => {
    await inWorld({ estate: sixty.estate }, async (world) => {
      const [account = ''] = sixty.targets;
      const [group = '', other = ''] = sixty.places.groups;
      for (const principal of [`group:${group}`, `group:${other}`]) {
        world.aws.estate.add({ permissionSet: 'Access-1', account, principal });
      }
      const inputs = {
        ...sixty.inputs,
        principal: lines(`group:${group}`, `group:${sixty.places.groups[2] ?? ''}`),
        target: account,
      };
      const result = await step(world, inputs);
      expect(tallied(result, 'action')).toEqual({ create: 3, keep: 1 });
      expect(result.log).toContain('Plan for 4 grants: 3 create, 1 keep.');
      expect(calls(result)['CreateAccountAssignment']).toBe(3);
      await step(world, { ...inputs, operation: 'revoke' });
      // P3: what another group had is still there.
      expect(world.aws.estate.assignments()).toEqual([expect.objectContaining({ principalId: other })]);
    });
  });

  it('continue when one fails: the others are done, the step is red and names the failed one and the reason (Many)', async () => {
    await inWorld({ estate: sixty.estate }, async (world) => {
      const [bad = '', denied = ''] = sixty.targets;
      const reason = 'Received a 403 status error: Access denied by IAM';
      world.script.outcome({ accountId: bad, times: Infinity }, { status: 'FAILED', failureReason: reason });
      world.script.fault(
        {
          operation: 'CreateAccountAssignment',
          where: ({ body }) => (body as { readonly TargetId?: string }).TargetId === denied,
          times: Infinity,
        },
        { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'An SCP denies this.' },
      );
      const result = await step(world, sixty.inputs);
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'true' });
      expect(tallied(result, 'status')).toEqual({ SUCCEEDED: 40, FAILED: 20 });
      const failed = new Set(
        recordsOf(result)
          .filter(({ status }) => status === 'FAILED')
          .map((record) => record['target-id']),
      );
      expect(failed).toEqual(new Set([bad, denied]));
      expect(result.outputs['failure-reason']).toContain(reason);
      expect(result.outputs['failure-reason']).toContain('An SCP denies this.');
      expect(errors(result)).toContain(bad);
      expect(result.log).toContain('60 grants: 40 granted, 20 failed.');
      expect(effective(world)).toHaveLength(40);
    });
  });
});
