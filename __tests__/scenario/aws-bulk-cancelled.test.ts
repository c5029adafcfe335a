import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { bulk, effective, recordsOf, tallied } from './aws-bulk-support.ts';
import { cells } from './reports.ts';
import { calls, describeSignals, errors, inWorld, step } from './support.ts';

/** Three groups on eight accounts. */
const { estate, inputs, grants, targets } = bulk({ seed: 31 }, { groups: 3, accounts: 8 });

/** One group on sixty accounts. */
const sixty = bulk({ seed: 32 }, { groups: 1, accounts: 60 });

const spread = { durationMs: { from: 2_000, to: 15_000, seed: 5 } };

const statusOf = (record: Readonly<Record<string, unknown>>): string =>
  /^not started/iu.test(String(record['failure-reason'])) ? 'not started' : String(record['status']);

/** The results of a run must agree with the state of the cloud. */
function disagreements(world: World, result: StepResult): readonly string[] {
  const operations = new Map(world.aws.estate.operations().map((operation) => [operation.requestId, operation]));
  return recordsOf(result).flatMap((record) => {
    const id = String(record['request-id']);
    const operation = operations.get(id);
    const where = `${String(record['target-id'])} ${String(record['principal-id'])}: ${statusOf(record)}`;
    const same = operation?.accountId === record['target-id'] && operation?.principalId === record['principal-id'];
    switch (statusOf(record)) {
      case 'not started':
        return id === '' ? [] : [`${where} with ${id}`];
      case 'SUCCEEDED':
        return operation?.status === 'SUCCEEDED' && same ? [] : [`${where}, and it is not done`];
      case 'IN_PROGRESS':
        // It is unknown whether the cloud carried out a start that was on its way.
        return same || id === '' ? [] : [`${where} without its operation`];
      default:
        return [where];
    }
  });
}

describeSignals('a canceled run with many grants', () => {
  it('reports every grant, done, in flight with its request ID, or not started; a re-run does the rest once (P2)', async () => {
    await inWorld({ estate: sixty.estate, aws: { operations: spread } }, async (world) => {
      const cancelled = await step(world, sixty.inputs, { cancel: { operation: 'CreateAccountAssignment', nth: 54 } });
      expect(cancelled.exitCode).toBe(1);
      const records = recordsOf(cancelled);
      expect(records).toHaveLength(sixty.grants);
      const fates = records.map(statusOf);
      expect(new Set(fates)).toEqual(new Set(['SUCCEEDED', 'IN_PROGRESS', 'not started']));
      expect(disagreements(world, cancelled)).toEqual([]);
      // Only requests that were really sent without a response are unknown.
      const sent = (record: (typeof records)[number]): boolean =>
        cancelled.requests.some(({ operation, outcome, body }) => {
          const { TargetId } = body as { readonly TargetId?: string };
          return operation === 'CreateAccountAssignment' && outcome !== 'error' && TargetId === record['target-id'];
        });
      const unknown = records.filter((record) => statusOf(record) === 'IN_PROGRESS' && record['request-id'] === '');
      expect(unknown.filter((record) => !sent(record))).toEqual([]);
      expect(unknown.length).toBeLessThanOrEqual(3);
      // The started grants are named, so that a person does not need to search for them.
      const started = world.aws.estate.operations().map(({ requestId }) => requestId);
      const told = records.map((record) => record['request-id']);
      expect(started.filter((id) => !told.includes(id)).length).toBeLessThanOrEqual(unknown.length);
      expect(cancelled.outputs['status']).toBe('FAILED');
      for (const fate of ['granted', 'in progress', 'not started'])
        expect(cancelled.log).toMatch(new RegExp(`60 grants: .*\\d+ ${fate}`, 'u'));
      expect(cancelled.summary).toMatch(/\d+ granted, .*not started/u);
      expect(
        cells(cancelled.summary).filter(([verdict]) => /FAILED|IN_PROGRESS|granted/u.test(verdict ?? '')),
      ).toHaveLength(sixty.grants);
      // Within the 7.5 s that the runner gives.
      expect(cancelled.signal).toBeNull();

      const again = await step(world, sixty.inputs);
      expect(again.exitCode).toBe(0);
      expect(tallied(again, 'status')).toEqual({ SUCCEEDED: sixty.grants });
      const changes = effective(world).filter((change) => change.startsWith('create'));
      expect(changes).toHaveLength(sixty.grants);
      expect(new Set(changes).size).toBe(sixty.grants);
      expect(world.aws.estate.operations()).toHaveLength(sixty.grants);
      expect((calls(cancelled)['CreateAccountAssignment'] ?? 0) + (calls(again)['CreateAccountAssignment'] ?? 0)).toBe(
        sixty.grants,
      );
    });
  });

  it('during its first reads has changed nothing, and reports that', async () => {
    await inWorld({ estate }, async (world) => {
      const cancelled = await step(world, inputs, { cancel: { operation: 'ListAccountAssignments', nth: 4 } });
      expect(cancelled.exitCode).toBe(1);
      expect(errors(cancelled)).toMatch(/Nothing was changed/u);
      expect(world.aws.estate.operations()).toEqual([]);
    });
  });

  it('when the response to a start is lost on the way, the result stays unknown, and a re-run finds it (P2)', async () => {
    await inWorld({ estate, aws: { operations: { durationMs: 6_000 } } }, async (world) => {
      world.script.fault({ operation: 'CreateAccountAssignment', nth: 3 }, { kind: 'hang', processed: true });
      const cancelled = await step(world, inputs, { cancel: { operation: 'CreateAccountAssignment', nth: 6 } });
      expect(cancelled.exitCode).toBe(1);
      const unknown = recordsOf(cancelled).filter(
        (record) => record['status'] === 'IN_PROGRESS' && record['request-id'] === '',
      );
      expect(unknown.length).toBeGreaterThanOrEqual(1);
      const again = await step(world, inputs);
      expect(again.exitCode).toBe(0);
      expect(world.aws.estate.effectiveChanges().filter(({ kind }) => kind === 'create')).toHaveLength(grants);
      expect(world.aws.estate.operations()).toHaveLength(grants);
    });
  });
});

describe('a run with many grants whose time is up', () => {
  it('reports every grant, and a re-run adopts the grants in flight and does the rest once (P2)', async () => {
    const [slow = ''] = targets;
    const durationMs = ({ accountId }: { readonly accountId?: string }): number =>
      accountId === slow ? 50_000 : 2_000;
    await inWorld({ estate, aws: { operations: { durationMs } } }, async (world) => {
      const late = await step(world, { ...inputs, timeout: '20s' });
      expect(late.exitCode).toBe(1);
      const bad = recordsOf(late).filter(({ status }) => status !== 'SUCCEEDED');
      expect(bad).toHaveLength(3);
      expect(new Set(bad.map((record) => record['target-id']))).toEqual(new Set([slow]));
      expect(recordsOf(late)).toHaveLength(grants);
      const operations = world.aws.estate.operations().filter(({ accountId }) => accountId === slow);
      const ids = bad.map((record) => record['request-id']).filter((id) => id !== '');
      expect(ids.sort()).toEqual(operations.map(({ requestId }) => requestId).sort());
      for (const id of ids) expect(errors(late)).toContain(id);
      expect(late.log).toMatch(/24 grants: 21 granted/u);

      const again = await step(world, inputs);
      expect(again.exitCode).toBe(0);
      const changes = effective(world).filter((change) => change.startsWith('create'));
      expect(changes).toHaveLength(grants);
      expect(new Set(changes).size).toBe(grants);
      expect(world.aws.estate.operations()).toHaveLength(grants);
    });
  });

  it('counts the time from the first try of each grant, without the wait in the queue', async () => {
    await inWorld({ estate, aws: { operations: { durationMs: 9_000 } } }, async (world) => {
      // Two at a time: the last begin after 100 s.
      const result = await step(world, { ...inputs, 'max-in-flight': '2', timeout: '30s' });
      expect(result.exitCode).toBe(0);
      expect(tallied(result, 'status')).toEqual({ SUCCEEDED: grants });
      expect(result.virtualMs).toBeGreaterThan(100_000);
    });
  });

  it('makes nothing twice when two such steps run at once (P2)', async () => {
    await inWorld({ estate, aws: { operations: { durationMs: 3_000 } } }, async (world) => {
      const both = await Promise.all([step(world, inputs), step(world, inputs)]);
      expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      const changes = effective(world).filter((change) => change.startsWith('create'));
      expect(changes).toHaveLength(grants);
      expect(new Set(changes).size).toBe(grants);
    });
  });
});
