import { describe, expect, it } from '@jest/globals';
import { bulk, distinct, effective, recordsOf, tallied } from './aws-bulk-support.ts';
import { cells, fileOf, places, resultsOf, uuid } from './reports.ts';
import { calls, errors, inWorld, step } from './support.ts';

/** Two groups on fifteen accounts. */
const thirty = bulk({ seed: 21 }, { groups: 2, accounts: 15 });
const failureReason = 'Received a 404 status error: the GROUP assignee was not found';

/** Progress of a run, from its lines. */
const progress = /^(\d+) of 30 done, (\d+) failed, (\d+) in flight(?:, about (?:\d+ min )?[\d.]+ s left)?\.$/u;

describe('the end of many grants on AWS', () => {
  it('with twelve failures: red, ten annotations and a count, failures first, and each with its reason (P9)', async () => {
    await inWorld({ estate: thirty.estate }, async (world) => {
      for (const accountId of thirty.targets.slice(0, 6))
        world.script.outcome({ accountId, times: Infinity }, { status: 'FAILED', failureReason });
      const result = await step(world, thirty.inputs);
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'true', 'failure-reason': failureReason });

      const red = result.annotations.filter(({ level }) => level === 'error');
      expect(red).toHaveLength(10);
      for (const { message } of red) expect(message).toMatch(/on account \d{12}: Received a 404 .*\n.*Request ID: /u);
      expect(result.log).toMatch(/2 more grants have no annotation/u);

      const records = recordsOf(result);
      expect(resultsOf(result)).toEqual(records);
      expect(tallied(result, 'status')).toEqual({ SUCCEEDED: 18, FAILED: 12 });
      for (const record of records) expect(record['request-id']).toMatch(uuid);

      const verdicts = cells(result.summary)
        .map(([verdict = '']) => verdict)
        .filter((verdict) => verdict !== 'Result');
      expect(verdicts).toHaveLength(30);
      expect(verdicts.slice(0, 12).every((verdict) => verdict.includes('FAILED'))).toBe(true);
      expect(verdicts.slice(12).every((verdict) => verdict.includes('granted'))).toBe(true);
      // Counts come first; failures are visible, successes are folded.
      const order = places(result.summary, [
        '18 granted, 12 failed',
        '<th>',
        '❌ FAILED',
        '<details><summary>18 granted',
        '✅ granted',
      ]);
      expect(order.slice(0, 4)).toEqual(order.slice(0, 4).toSorted((a, b) => a - b));
      expect(order.slice(0, 4)).not.toContain(-1);
      // The reason once, not twelve times.
      expect(result.summary.split('the GROUP assignee was not found')).toHaveLength(2);
      expect(result.log.trimEnd().split('\n').at(-1)).toBe('30 grants: 18 granted, 12 failed.');
    });
  });

  it('reports its progress, at most every few seconds, and the estimated time (Many)', async () => {
    await inWorld({ estate: thirty.estate, aws: { operations: { durationMs: 9_000 } } }, async (world) => {
      const [accountId = ''] = thirty.targets;
      world.script.outcome({ accountId, times: Infinity }, { status: 'FAILED', failureReason });
      const result = await step(world, { ...thirty.inputs, 'max-in-flight': '4' });
      const counts = result.log
        .split('\n')
        .map((line) => progress.exec(line))
        .filter((it) => it !== null);
      expect(counts.length).toBeGreaterThan(3);
      expect(counts.length).toBeLessThanOrEqual(result.virtualMs / 5_000 + 1);
      const done = counts.map(([, many]) => Number(many));
      expect(done).toEqual(done.toSorted((a, b) => a - b));
      for (const [, , , inFlight] of counts) expect(Number(inFlight)).toBeLessThanOrEqual(4);
      expect(counts.some(([line]) => line.includes('left'))).toBe(true);
      expect(counts.at(-1)?.[2]).toBe('2');
    });
  });

  it('writes every result to the file, and leaves the output empty where it is above 256 KiB (Many)', async () => {
    const large = bulk({ seed: 22, groups: 28 }, { groups: 28, accounts: 25 });
    await inWorld({ estate: large.estate }, async (world) => {
      const result = await step(world, { ...large.inputs, 'dry-run': 'true' });
      expect(result.exitCode).toBe(0);
      expect(large.grants).toBe(700);
      expect(JSON.stringify(recordsOf(result)).length).toBeGreaterThan(256 * 1024);
      expect(result.outputs['results']).toBe('');
      expect(recordsOf(result)).toHaveLength(700);
      expect(fileOf(result)).toMatchObject({ schema: 2, run: expect.any(String), commit: expect.any(String) });
      expect(Buffer.byteLength(result.summary)).toBeLessThan(1024 * 1024);
      expect(result.summary).toContain('<details>');
      expect(result.log).toContain('Plan for 700 grants: 700 create.');
      expect(calls(result)['ListAccountAssignments']).toBe(25);
    });
  });

  it('has the worst status of all: FAILED before IN_PROGRESS before SUCCEEDED (Many)', async () => {
    const [slow = '', bad = ''] = thirty.targets;
    const inputs = { ...thirty.inputs, target: thirty.targets.slice(0, 4).join('\n'), timeout: '20s' };
    await inWorld({ estate: thirty.estate }, async (world) => {
      world.script.outcome({ accountId: slow, times: Infinity }, { durationMs: 600_000 });
      const late = await step(world, inputs);
      expect(late.exitCode).toBe(1);
      expect(late.outputs['status']).toMatch(/^(?:IN_PROGRESS|FAILED)$/u);
      const statuses = tallied(late, 'status');
      expect(statuses['SUCCEEDED']).toBe(6);
      expect(statuses['IN_PROGRESS']).toBeGreaterThanOrEqual(1);
      expect(late.outputs['status']).toBe((statuses['FAILED'] ?? 0) > 0 ? 'FAILED' : 'IN_PROGRESS');
      const [operation] = world.aws.estate.operations().filter(({ accountId }) => accountId === slow);
      expect(errors(late)).toContain(operation?.requestId);
    });
    await inWorld({ estate: thirty.estate }, async (world) => {
      world.script.outcome({ accountId: bad, times: Infinity }, { status: 'FAILED', failureReason });
      expect((await step(world, inputs)).outputs['status']).toBe('FAILED');
    });
  });

  it('with wait: false is green when every start was accepted, with every request ID (Many)', async () => {
    await inWorld({ estate: thirty.estate, aws: { operations: { durationMs: 8_000 } } }, async (world) => {
      const result = await step(world, { ...thirty.inputs, wait: 'false' });
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'IN_PROGRESS', changed: 'true' });
      const requestIds = result.outputs['request-id']?.split('\n') ?? [];
      expect(new Set(requestIds).size).toBe(30);
      expect(
        world.aws.estate
          .operations()
          .map(({ requestId }) => requestId)
          .sort(),
      ).toEqual(requestIds.toSorted());
      expect(result.annotations.filter(({ level }) => level === 'error')).toEqual([]);
      // It waits for a free account for the next operation, and not for the last ones to end.
      expect(distinct(result, 'status')).not.toContain('FAILED');
      expect(world.aws.estate.operations().filter(({ status }) => status === 'IN_PROGRESS')).toHaveLength(15);
      expect(result.virtualMs).toBeLessThan(8_000 + 6_000);
      await world.advance(20_000);
      const again = await step(world, thirty.inputs);
      expect(again.exitCode).toBe(0);
      expect(new Set(effective(world)).size).toBe(effective(world).length);
    });
  });

  it('with wait: false is red where one start is refused, and names that grant', async () => {
    const [denied = ''] = thirty.targets;
    await inWorld({ estate: thirty.estate }, async (world) => {
      world.script.fault(
        {
          operation: 'CreateAccountAssignment',
          where: ({ body }) => (body as { readonly TargetId?: string }).TargetId === denied,
          times: Infinity,
        },
        { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'An SCP denies this.' },
      );
      const result = await step(world, { ...thirty.inputs, wait: 'false' });
      expect(result.exitCode).toBe(1);
      expect(tallied(result, 'status')).toMatchObject({ FAILED: 2 });
      expect(result.outputs['status']).toBe('FAILED');
      expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(2);
      expect(errors(result)).toContain(denied);
    });
  });
});
