import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
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
  shortly,
  sweeping,
  take,
  told,
  unrecorded,
} from './lease-support.ts';
import { errors, step } from './support.ts';

const [one, two] = [job(1), job(2)];
const suspended = 'The account is suspended.';
const warnings = (it: StepResult): string => told(it, 'warning').join('\n');
const calls = { create: 'CreateAccountAssignment', delete: 'DeleteAccountAssignment' } as const;

interface Way {
  readonly name: string;
  readonly kind: keyof typeof calls;
  /** True if the access has a lease before. */
  readonly isLeased: boolean;
  readonly go: (world: World, timeout: string) => Promise<StepResult>;
}

const ways: readonly Way[] = [
  {
    name: 'a lease',
    kind: 'create',
    isLeased: false,
    go: (world, timeout) => step(world, { ...leased, timeout }, two),
  },
  {
    name: 'a lease without records',
    kind: 'create',
    isLeased: false,
    go: (world, timeout) => step(world, { ...unrecorded, timeout }, two),
  },
  {
    name: 'a permanent assign',
    kind: 'create',
    isLeased: false,
    go: (world, timeout) => step(world, { ...permanently, timeout }, two),
  },
  {
    name: 'a revoke',
    kind: 'delete',
    isLeased: true,
    go: (world, timeout) => step(world, { ...revoking, timeout }, two),
  },
  {
    name: 'a sweep',
    kind: 'delete',
    isLeased: true,
    go: async (world, timeout) => {
      endJob(world, 1);
      await world.advance(20 * minute);
      return step(world, { ...sweeping, timeout }, two);
    },
  },
];

/** A world with the parts that each way needs. */
function inWay({ isLeased }: Way, scene: (world: World) => Promise<void>): Promise<void> {
  return inLeases({}, async (world) => {
    if (isLeased) await take(world, leased, one);
    await scene(world);
  });
}

describe('an operation about a leased grant that has ended FAILED in the response to its start', () => {
  it.each(ways)("is reported by $name with AWS's words and its request ID, and started once (P1)", (way) =>
    inWay(way, async (world) => {
      world.script.outcome(
        { kind: way.kind, times: 9 },
        { immediate: true, status: 'FAILED', failureReason: suspended },
      );
      const result = await way.go(world, '5m');
      expect([result.exitCode, result.outputs['status'], isThere(world)]).toEqual([1, 'FAILED', way.isLeased]);
      expect(asked(result, 'sso').filter((it) => it === calls[way.kind])).toHaveLength(1);
      const [operation] = world.aws.estate.operations().slice(-1);
      const said = `${calls[way.kind]} (request ID ${operation?.requestId ?? ''}) ended FAILED: ${suspended}`;
      expect(errors(result)).toContain(said);
      expect(errors(result)).not.toMatch(/ended SUCCEEDED|created again|time limit passed/u);
    }),
  );

  it('leaves access that post could not end to its timer, and reports the reason', () =>
    inLeases({}, async (world) => {
      const main = await take(world, leased, one);
      world.script.outcome({ kind: 'delete' }, { immediate: true, status: 'FAILED', failureReason: suspended });
      const ended = await post(world, main, one);
      expect([ended.exitCode, isThere(world)]).toEqual([0, true]);
      expect(warnings(ended)).toMatch(
        /Could not end the access now\. .*ended FAILED: The account is suspended.*EventBridge Scheduler ends the access/su,
      );
    }));
});

/** Steps whose own result it is: a lease that was not taken is released. */
const final = ways.filter(({ name }) => !name.startsWith('a lease'));

describe('an operation about a leased grant that is still running at the time limit (P2)', () => {
  it.each(final)('is IN_PROGRESS, with its request ID, by $name: it takes place a moment later', (way) =>
    inWay(way, async (world) => {
      world.script.outcome({ kind: way.kind }, { durationMs: 3 * minute });
      const result = await way.go(world, '45s');
      const [operation] = world.aws.estate.operations().slice(-1);
      expect(result.outputs).toMatchObject({
        status: 'IN_PROGRESS',
        changed: 'true',
        'request-id': operation?.requestId,
      });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(`${calls[way.kind]} was still in progress when the time limit passed.`);
      await world.advance(4 * minute);
      expect(isThere(world)).toBe(way.kind === 'create');
      const again = await way.go(world, '5m');
      expect([again.exitCode, isThere(world)]).toEqual([0, way.kind === 'create']);
    }),
  );

  it.each(final)('and whose start had no response is IN_PROGRESS by $name: its result is unknown', (way) =>
    inWay(way, async (world) => {
      world.script.fault({ operation: calls[way.kind], times: 99 }, { kind: 'hang', processed: true, afterMs: 500 });
      world.script.outcome({ kind: way.kind, times: 99 }, { durationMs: 3 * minute });
      forbid(world, 'sso:ListAccountAssignmentCreationStatus', 'sso:ListAccountAssignmentDeletionStatus');
      const result = await way.go(world, '15s');
      expect([result.exitCode, result.outputs['status'], result.outputs['request-id']]).toEqual([1, 'IN_PROGRESS', '']);
      expect(errors(result)).toContain('The result is unknown.');
    }),
  );
});

describe('an account that others keep busy for longer than the time limit', () => {
  it.each(ways.filter(({ kind }) => kind === 'create'))(
    "is reported by $name: AWS's code, its message and a request ID",
    (way) =>
      inWay(way, async (world) => {
        const other = {
          account: 'payments-prod',
          permissionSet: 'ReadOnlyAccess',
          principal: 'group:Payments On-Call',
        };
        world.aws.estate.start('create', other, { durationMs: 60 * minute });
        const result = await way.go(world, '30s');
        expect([result.exitCode, result.outputs['status'], result.outputs['changed']]).toEqual([1, 'FAILED', 'false']);
        expect(errors(result)).toMatch(/CreateAccountAssignment answered ConflictException: .*\(request ID \S+\)/u);
        expect(errors(result)).toMatch(/What to do: .*one operation at a time per account/u);
      }),
  );
});

describe('post after a creation that was running at the time limit', () => {
  it('and that ended FAILED for a temporary reason: nothing was granted, and its records are deleted', () =>
    inLeases({}, async (world) => {
      const failureReason = 'An unexpected internal service exception was encountered';
      world.script.outcome({ kind: 'create' }, { durationMs: minute, status: 'FAILED', failureReason });
      const main = await step(world, { ...leased, timeout: '30s' }, one);
      expect(main.outputs['status']).toBe('IN_PROGRESS');
      const ended = await post(world, main, one);
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
      expect(warnings(ended)).toBe('');
    }));

  it('and whose state is not readable does not report the access as gone (P1)', () =>
    inLeases({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { durationMs: 7 * minute });
      const main = await step(world, { ...leased, timeout: '30s' }, one);
      forbid(world, 'sso:ListAccountAssignmentCreationStatus');
      const ended = await post(world, main, one);
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
      expect(warnings(ended)).toContain('EventBridge Scheduler ends the access at 2026-11-21 22:00 UTC');
      expect(warnings(ended)).not.toContain('The access is gone');
      await world.advance(7 * minute);
      expect(isThere(world)).toBe(true);
      await world.advance(150 * minute);
      expect(isThere(world)).toBe(false);
    }));
});
