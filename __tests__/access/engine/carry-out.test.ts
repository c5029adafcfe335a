import { describe, expect, test } from '@jest/globals';

import { carryOut, changeIn } from '../../../src/access/engine/carry-out.ts';
import type { Operation } from '../../../src/access/cloud.ts';
import type { Outcome, Result } from '../../../src/access/outcome.ts';
import type { Step } from '../../../src/access/plan/plan.ts';
import { createSchedule, type Place, type Schedule } from '../../../src/access/engine/schedule.ts';
import { createEngine, remove, type Engine, type EngineOptions } from './engine.ts';
import { assignment, cloudError, conflict, request, unnamed } from '../fixtures.ts';

interface Rig extends Engine {
  readonly schedule: Schedule;
  /** Holds the one place there is. */
  readonly other: Place;
  readonly carry: (step: Step) => Promise<Result>;
  /** Work that was left running and still occupies its place. */
  readonly lingering: readonly Operation[];
}

/** One slot, and one lane. */
function setUp(options: EngineOptions = {}): Rig {
  const engine = createEngine(options);
  const { clock, tools, budget } = engine;
  const schedule = createSchedule({ inFlight: 1, outstanding: {} }, clock, budget.signal);
  const lingering: Operation[] = [];
  const linger = (operation: Operation): void => {
    lingering.push(operation);
  };
  return {
    ...engine,
    schedule,
    lingering,
    other: schedule.placeFor('create', 'lane'),
    carry: (step) =>
      carryOut(step, null, request, budget.signal, { ...tools, linger, place: schedule.placeFor('create', 'lane') }),
  };
}

const creation: Step = { action: 'create', grant: assignment, seen: null };
const kept: Step = { action: 'keep', grant: assignment, seen: unnamed };
const refusal: Step = { action: 'refuse', grant: assignment, seen: unnamed, ...conflict };

describe('carryOut', () => {
  test('waits for its place, and counts its time from then on', async () => {
    const { carry, other, clock, cloud } = setUp();
    await other.take();
    clock.at(400_000, () => {
      other.leave();
    });
    const result = await clock.during(carry(creation));
    expect(result.startedAt - clock.now()).toBeGreaterThan(-10_000);
    expect(result.outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
    expect(cloud.starts).toHaveLength(1);
    expect(clock.elapsed()).toBeGreaterThanOrEqual(400_000);
  });

  test.each([kept, refusal])('$action needs no place', async (step) => {
    const { carry, other, clock } = setUp({ standing: 'current' });
    await other.take();
    const { outcome } = await clock.during(carry(step));
    expect(outcome.status).toBe(step.action === 'keep' ? 'SUCCEEDED' : 'FAILED');
    expect(clock.elapsed()).toBeLessThan(1_000);
  });

  test.each<[string, EngineOptions]>([
    ['done', {}],
    ['refused', { answers: [{ kind: 'refuse', error: cloudError('denied') }] }],
    ['FAILED', { course: { ending: { state: 'FAILED', reason: 'no luck' } } }],
    ['not seen', { course: { ending: { state: 'SUCCEEDED', effective: false } } }],
    ['too slow, and not waited for', { wait: false, course: { takes: 3_600_000 } }],
    ['a bug of this action', { failing: { find: () => new TypeError('a bug') } }],
    ['lost for good', { answers: Array(9).fill({ kind: 'refuse', error: cloudError('unreachable') }) }],
  ])('leaves its place after every result: %s', async (_what, options) => {
    const { carry, schedule, other, clock, lingering } = setUp(options);
    await clock.during(carry(creation));
    expect(schedule.inFlight()).toBe(0);
    expect(await other.take()).toBe(true);
    expect(clock.pending()).toBe(0);
    expect(lingering).toEqual([]);
  });

  test.each<[string, EngineOptions]>([
    ['not to be polled', { failing: { ask: () => cloudError('denied') } }],
    ['too slow', { course: { takes: 3_600_000 } }],
  ])('an operation that continues by itself keeps its place: %s', async (_what, options) => {
    const { carry, schedule, clock, cloud, lingering } = setUp(options);
    const { outcome } = await clock.during(carry(creation));
    expect(outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: 'own-1' });
    expect(lingering.map(({ requestId }) => requestId)).toEqual(cloud.operations.map(({ requestId }) => requestId));
    expect(schedule.inFlight()).toBe(1);
    expect(clock.pending()).toBe(0);
  });

  test('an accepted change is kept where its request ID cannot be reported, as with a full disk', async () => {
    const { clock, tools, budget } = createEngine();
    const onStarted = (): never => {
      throw new Error('ENOSPC: no space left on device, write');
    };
    const work = carryOut(creation, null, request, budget.signal, { ...tools, onStarted });
    const { outcome } = await clock.during(work);
    expect(outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: 'own-1' });
  });

  test('a cancellation leaves the place of work that continues: no other change needs it', async () => {
    const { carry, schedule, clock, cancelAt, lingering } = setUp({ course: { takes: 3_600_000 } });
    cancelAt(10_000);
    expect((await clock.during(carry(creation))).outcome.status).toBe('IN_PROGRESS');
    expect(lingering).toEqual([]);
    expect(schedule.inFlight()).toBe(0);
  });

  test('a place is free as soon as the operation has ended, not only when its effect is seen', async () => {
    const { carry, other, clock } = setUp({ course: { takes: 3_000 }, readLag: 12_000 });
    let freeAt = 0;
    const first = carry(creation);
    const second = other.take().then(() => {
      freeAt = clock.elapsed();
    });
    await clock.during(Promise.all([first, second]));
    expect(freeAt).toBeLessThanOrEqual(4_500);
    expect(clock.elapsed()).toBeGreaterThanOrEqual(12_000);
  });

  test('when stopped before it has a place it is not started', async () => {
    const { carry, other, clock, cloud, cancelAt } = setUp();
    await other.take();
    cancelAt(5_000);
    const { outcome } = await clock.during(carry(creation));
    expect(outcome).toMatchObject({
      status: 'FAILED',
      changed: false,
      requestId: null,
      reason: 'Not started: The step was canceled (SIGINT).',
    } satisfies Partial<Outcome>);
    expect(cloud.calls).toMatchObject({ find: 0, start: 0 });
    expect(clock.elapsed()).toBe(5_000);
  });
});

describe('changeIn', () => {
  test('has a place only for grants that are changed', () => {
    expect(changeIn({ action: 'remove', grant: assignment, seen: null })).toEqual(remove);
    expect(changeIn(kept)).toBeNull();
    expect(changeIn(refusal)).toBeNull();
  });
});
