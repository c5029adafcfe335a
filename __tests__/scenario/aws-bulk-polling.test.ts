import { describe, expect, it } from '@jest/globals';
import { bulk, tallied } from './aws-bulk-support.ts';
import { calls, errors, inWorld, step } from './support.ts';

/** Two groups on twelve accounts. */
const many = bulk({ seed: 13 }, { groups: 2, accounts: 12 });
const grants = 24;
const list = 'ListAccountAssignmentCreationStatus';
const describeOne = 'DescribeAccountAssignmentCreationStatus';

const withoutList = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: `sso:${list}`, Resource: '*' },
  ],
};

const listsOf = (requests: Parameters<typeof calls>[0]['requests'], status: string): number =>
  requests.filter(
    ({ operation, body }) =>
      operation === list && (body as { readonly Filter?: { readonly Status?: string } }).Filter?.Status === status,
  ).length;

describe('polling of many operations', () => {
  it('is one list of operations in progress instead of a request for each (Many)', async () => {
    await inWorld({ estate: many.estate, aws: { operations: { durationMs: 12_000 } } }, async (world) => {
      const result = await step(world, many.inputs);
      expect(result.exitCode).toBe(0);
      // Twelve at once for 24 s, each asked every second, would be 288.
      const { [describeOne]: described = 0, [list]: listed = 0 } = calls(result);
      expect(described).toBeLessThanOrEqual(grants);
      expect(listsOf(result.requests, 'IN_PROGRESS')).toBeLessThanOrEqual(result.virtualMs / 500 + 5);
      expect(described + listed).toBeLessThan(3 * grants + 20);
      // Only operations that have left that list are described.
      const ends = new Map(world.aws.estate.operations().map(({ requestId, finishAt }) => [requestId, finishAt]));
      const early = result.requests.filter(({ operation, body, at }) => {
        const { AccountAssignmentCreationRequestId: id = '' } = body as Record<string, string>;
        return operation === describeOne && at < (ends.get(id) ?? 0);
      });
      expect(early).toEqual([]);
    });
  });

  it('does not grow with the duration of operations: at most one list each half second, for any number in flight', async () => {
    const asked: number[] = [];
    for (const durationMs of [12_000, 48_000]) {
      await inWorld({ estate: many.estate, aws: { operations: { durationMs } } }, async (world) => {
        const { requests } = await step(world, { ...many.inputs, operation: 'assign' });
        asked.push(requests.filter(({ operation }) => operation === describeOne).length);
      });
    }
    expect(asked[1]).toBeLessThanOrEqual((asked[0] ?? 0) + 6);
  });

  it('finds the ends of those that FAILED among those that SUCCEEDED, each with its own reason (P1)', async () => {
    await inWorld({ estate: many.estate, aws: { operations: { durationMs: 6_000 } } }, async (world) => {
      const [first = '', second = ''] = many.targets;
      for (const [accountId, failureReason] of [
        [first, 'the first reason'],
        [second, 'the second reason'],
      ] as const)
        world.script.outcome({ accountId, times: Infinity }, { status: 'FAILED', failureReason });
      const result = await step(world, many.inputs);
      expect(tallied(result, 'status')).toEqual({ SUCCEEDED: 20, FAILED: 4 });
      expect(tallied(result, 'failure-reason')).toEqual({ '': 20, 'the first reason': 2, 'the second reason': 2 });
      expect(errors(result)).toContain('the second reason');
    });
  });

  it('falls back to a request for each where the lists are not readable, and names the missing right (P9)', async () => {
    await inWorld(
      { estate: many.estate, aws: { operations: { durationMs: 6_000 }, policy: withoutList } },
      async (world) => {
        const result = await step(world, many.inputs);
        expect(result.exitCode).toBe(0);
        expect(tallied(result, 'status')).toEqual({ SUCCEEDED: grants });
        expect(calls(result)[describeOne]).toBeGreaterThanOrEqual(grants);
        // It is requested a few times and not with every poll.
        expect(calls(result)[list]).toBeLessThanOrEqual(5);
        expect(result.log).toContain(`sso:${list}`);
        expect(world.aws.estate.effectiveChanges().filter(({ kind }) => kind === 'create')).toHaveLength(grants);
      },
    );
  });

  it("handles lists that lag behind, that other callers' operations fill, and that fail temporarily (P1)", async () => {
    await inWorld(
      {
        estate: many.estate,
        aws: { operations: { durationMs: 4_000 }, lag: { statusMs: 3_000, assignmentsMs: 4_000 } },
      },
      async (world) => {
        for (const account of many.estate.organization?.accounts.slice(0, 2) ?? [])
          world.aws.estate.start(
            'create',
            { permissionSet: 'Access-1', account: account.id, principal: `group:${many.places.groups[0] ?? ''}` },
            { durationMs: 90_000 },
          );
        world.script.fault({ operation: list, nth: 3, times: 4 }, { kind: 'throttle' });
        world.script.fault({ operation: list, nth: 9, times: 2 }, { kind: 'reset' });
        const result = await step(world, many.inputs);
        expect(result.exitCode).toBe(0);
        expect(tallied(result, 'status')).toEqual({ SUCCEEDED: grants });
      },
    );
  });
});
