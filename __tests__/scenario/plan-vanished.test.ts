import { describe, expect, it } from '@jest/globals';
import { lines, recordsOf } from './aws-bulk-support.ts';
import { byIds, calls, errors, ids, inWorld, onCallAssignment, step } from './support.ts';

/** One exists, the other does not. */
const two = { ...byIds, target: lines(ids.prod, ids.staging) } as const;

describe('a grant that was reviewed as kept', () => {
  it('and vanishes after the comparison of the plan is not made again: FAILED, not started; the rest is done (P10)', async () => {
    await inWorld({ aws: { operations: { durationMs: 20_000 } } }, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const plan = await step(world, { ...two, 'dry-run': 'true' });
      expect(plan.log).toContain('Plan for 2 grants: 1 create, 1 keep');
      // Another caller's deletion runs while the step reads, and ends before the step does.
      world.aws.estate.start('delete', onCallAssignment);
      const result = await step(world, { ...two, 'expected-plan': plan.outputs['plan-digest'] ?? '' });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'true' } });
      expect(errors(result)).toContain('Not started: the reviewed plan says keep here, but now create is needed.');
      expect(errors(result)).toContain('`dry-run: true`');
      const statuses = Object.fromEntries(recordsOf(result).map((it) => [String(it['target-id']), it['status']]));
      expect(statuses).toEqual({ [ids.prod]: 'FAILED', [ids.staging]: 'SUCCEEDED' });
      expect(calls(result)['CreateAccountAssignment']).toBe(1);
      expect(world.aws.estate.has(onCallAssignment)).toBe(false);
      expect(world.aws.estate.has({ ...onCallAssignment, accountId: ids.staging })).toBe(true);
    });
  });

  it('is made again without an expected plan', async () => {
    await inWorld({ aws: { operations: { durationMs: 20_000 } } }, async (world) => {
      world.aws.estate.add(onCallAssignment);
      world.aws.estate.start('delete', onCallAssignment);
      const result = await step(world, two);
      expect(errors(result)).toBe('');
      expect(calls(result)['CreateAccountAssignment']).toBe(2);
      expect(world.aws.estate.has(onCallAssignment)).toBe(true);
    });
  });
});
