import { describe, expect, it } from '@jest/globals';
import {
  asked,
  endJob,
  forbid,
  inLeases,
  isThere,
  job,
  leased,
  minute,
  permanently,
  post,
  revoking,
  sweeping,
  take,
  told,
  unrecorded,
} from './lease-support.ts';
import type { World } from '../../rehearsal/world.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { errors, step } from './support.ts';

const [one, two] = [job(1), job(2)];

const reason = 'An unexpected internal service exception was encountered';
const passingly = { status: 'FAILED', failureReason: reason } as const;
const calls = { create: 'CreateAccountAssignment', delete: 'DeleteAccountAssignment' } as const;

interface Way {
  readonly name: string;
  readonly kind: 'create' | 'delete';
  /** A scene with a lease: takes it, then does this. */
  readonly go: (world: World, main: StepResult) => Promise<StepResult>;
  readonly stays: boolean;
}

const ways: readonly Way[] = [
  { name: 'a post step', kind: 'delete', go: (world, main) => post(world, main, one), stays: false },
  {
    name: 'a sweep',
    kind: 'delete',
    go: async (world) => {
      endJob(world, 1);
      await world.advance(20 * minute);
      return step(world, sweeping, two);
    },
    stays: false,
  },
  { name: 'a revoke', kind: 'delete', go: (world) => step(world, revoking, two), stays: false },
  { name: 'a permanent assign', kind: 'create', go: (world) => step(world, permanently, two), stays: true },
];

describe('an operation about a leased grant that ends FAILED for a temporary reason', () => {
  it.each(ways)('is submitted again by $name', ({ kind, go, stays }) =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, one);
      world.script.outcome({ kind }, passingly);
      const result = await go(world, main);
      expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', stays]);
      expect(result.log).toContain(`It ended FAILED: ${reason}. The cause may be temporary.`);
    }),
  );

  it.each(ways)('and fails so again is not submitted a third time by $name, which reports the reason', ({ kind, go }) =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, one);
      world.script.outcome({ kind, times: 5 }, passingly);
      const result = await go(world, main);
      const submitted = asked(result, 'sso').filter((it) => it === calls[kind]);
      expect(submitted).toHaveLength(2);
      const said = [...told(result, 'error'), ...told(result, 'warning')].join();
      expect(said).toContain(`ended FAILED: ${reason}`);
      expect(isThere(world)).toBe(true);
    }),
  );
});

describe('a deletion with a lost response', () => {
  const lost = (world: World): void => {
    world.script.fault({ operation: calls.delete }, { kind: 'lost' });
  };
  const deletions = (world: World): readonly string[] =>
    world.aws.estate.operations().flatMap(({ kind, requestId }) => (kind === 'delete' ? [requestId] : []));

  it('is a change of the revoke that sent it, under its own request ID', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      lost(world);
      const result = await step(world, revoking, two);
      expect([result.exitCode, isThere(world)]).toEqual([0, false]);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect([result.outputs['request-id']]).toEqual(deletions(world));
    }));

  it.each([
    ['with records', leased],
    ['without', unrecorded],
  ])('is one of the post step of a lease %s', (_, inputs) =>
    inLeases({}, async (world) => {
      const main = await take(world, inputs, one);
      lost(world);
      const result = await post(world, main, { ...one, inputs });
      expect([result.exitCode, isThere(world)]).toEqual([0, false]);
      expect(result.log).not.toContain('No change was necessary');
      expect(deletions(world)).toHaveLength(1);
    }),
  );

  it('and that has ended FAILED is reported as that, with the state of the access', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      lost(world);
      world.script.outcome({ kind: 'delete' }, { status: 'FAILED', failureReason: 'The account is suspended.' });
      const result = await step(world, revoking, two);
      expect([result.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(result)).toMatch(
        /DeleteAccountAssignment \(request ID \S+\) ended FAILED: The account is suspended\./u,
      );
    }));

  it('and whose result is not readable is reported as unknown', () =>
    inLeases({}, async (world) => {
      await take(world, leased, one);
      lost(world);
      forbid(world, 'sso:ListAccountAssignmentDeletionStatus');
      const result = await step(world, revoking, two);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('Could not read whether the deletion that was sent has ended.');
      expect(errors(result)).toContain('sso:ListAccountAssignmentDeletionStatus');
      expect(errors(result)).not.toContain('The time limit passed');
    }));
});
