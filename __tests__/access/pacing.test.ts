import { describe, expect, test } from '@jest/globals';

import type { Budget } from '../../src/access/clock.ts';
import { createPace, type Pace, type Quota } from '../../src/access/pacing.ts';
import { createFakeClock, epoch, type FakeClock } from './fake-clock.ts';

const quotas: readonly Quota[] = [
  { perSecond: 20, burst: 3 },
  { perSecond: 10, burst: 3 },
  { perSecond: 8, burst: 1 },
];
const identityCenter: Quota = { perSecond: 20, burst: 3 };

function budgetUntil(elapsed: number): Budget {
  return { until: epoch + elapsed, signal: new AbortController().signal };
}
const plenty = budgetUntil(11 * 3_600_000);

/**
 * Asks for `many` turns at once, each answered as soon as it is given, and returns when that was, in milliseconds since
 * the epoch of the clock.
 */
async function turns(pace: Pace, clock: FakeClock, many: number): Promise<readonly number[]> {
  return clock.during(
    Promise.all(
      Array.from({ length: many }, async () => {
        expect(await pace.turn(plenty)).toBe(true);
        pace.speedUp();
        return clock.elapsed();
      }),
    ),
  );
}

function gap(times: readonly number[], index: number): number {
  return (times[index + 1] ?? Number.NaN) - (times[index] ?? Number.NaN);
}

/** The most turns in any window of one second, its end excluded. */
function busiestSecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(0, ...sorted.map((from, index) => sorted.slice(index).filter((time) => time < from + 1_000).length));
}

/** A small generator with a fixed seed: the same schedule in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function wait(clock: FakeClock, ms: number): Promise<void> {
  await clock.during(clock.sleep(ms, plenty.signal));
}

describe('createPace', () => {
  test('a burst goes at once, the rest at the pace that is left', async () => {
    const clock = createFakeClock();
    const times = await turns(createPace(identityCenter, clock), clock, 20);
    expect(times.slice(0, 3)).toEqual([0, 0, 0]);
    expect(times[3]).toBeGreaterThan(0);
    expect(times.at(-1)).toBe(1_000);
  });

  test.each(quotas)(
    'the quota $perSecond/s (burst $burst) is never exceeded in any second, however many ask at once',
    async (quota) => {
      const clock = createFakeClock();
      const times = await turns(createPace(quota, clock), clock, 200);
      expect(busiestSecond(times)).toBeLessThanOrEqual(quota.perSecond);
    },
  );

  test.each(quotas)(
    'the quota $perSecond/s (burst $burst) is never exceeded under random load, and is used',
    async (quota) => {
      const clock = createFakeClock();
      const pace = createPace(quota, clock);
      const random = seeded(quota.perSecond);
      const times: number[] = [];
      const asking: Promise<void>[] = [];
      for (let round = 0; round < 120; round += 1) {
        const many = Math.floor(random() * 8);
        for (let i = 0; i < many; i += 1) {
          asking.push(
            pace.turn(plenty).then(() => {
              times.push(clock.elapsed());
            }),
          );
        }
        await wait(clock, Math.floor(random() * 400));
      }
      await clock.during(Promise.all(asking));
      expect(busiestSecond(times)).toBeLessThanOrEqual(quota.perSecond);
      expect(busiestSecond(times)).toBeGreaterThan(quota.perSecond / 2);
    },
  );

  test('turns are given in the order in which they were asked for', async () => {
    const clock = createFakeClock();
    const times = await turns(createPace(identityCenter, clock), clock, 100);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('an idle pace saves up one burst and no more', async () => {
    const clock = createFakeClock();
    const pace = createPace(identityCenter, clock);
    await turns(pace, clock, 10);
    await wait(clock, 3_600_000);
    const began = clock.elapsed();
    const times = await turns(pace, clock, 4);
    expect(times.slice(0, 3)).toEqual([began, began, began]);
    expect(times[3]).toBeGreaterThan(began);
  });

  test('a throttle halves the pace', async () => {
    const clock = createFakeClock();
    const pace = createPace(identityCenter, clock);
    await turns(pace, clock, 10);
    pace.slowDown();
    const times = await turns(pace, clock, 4);
    // 17 a second is one in 59 ms; half of it is one in 118 ms.
    expect(gap(times, 1)).toBeGreaterThanOrEqual(105);
    expect(gap(times, 1)).toBeLessThanOrEqual(120);
  });

  test('many throttles slow it to a tenth, never to a standstill', async () => {
    const clock = createFakeClock();
    const pace = createPace(identityCenter, clock);
    await turns(pace, clock, 10);
    for (let i = 0; i < 50; i += 1) pace.slowDown();
    const times = await turns(pace, clock, 3);
    expect(gap(times, 1)).toBeGreaterThan(400);
    expect(gap(times, 1)).toBeLessThan(1_000);
  });

  test('answers that are not throttled bring the full pace back, and asking alone does not', async () => {
    const clock = createFakeClock();
    const pace = createPace(identityCenter, clock);
    await turns(pace, clock, 10);
    for (let i = 0; i < 50; i += 1) pace.slowDown();
    for (let i = 0; i < 10; i += 1) await clock.during(pace.turn(plenty));
    const slow = await turns(pace, clock, 3);
    expect(gap(slow, 1)).toBeGreaterThan(400);
    for (let i = 0; i < 60; i += 1) pace.speedUp();
    const fast = await turns(pace, clock, 5);
    expect(gap(fast, 2)).toBeLessThanOrEqual(60);
  });

  test.each([1, 2, 3, 10])('after %d throttles it keeps the quota too, however many ask at once', async (throttles) => {
    const clock = createFakeClock();
    const pace = createPace(identityCenter, clock);
    await turns(pace, clock, 3);
    for (let i = 0; i < throttles; i += 1) pace.slowDown();
    const times = await turns(pace, clock, 120);
    expect(busiestSecond(times)).toBeLessThanOrEqual(identityCenter.perSecond);
  });

  test('a cancelled turn ends at once with the signal’s reason', async () => {
    const clock = createFakeClock();
    const pace = createPace(identityCenter, clock);
    await turns(pace, clock, 60);
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const asking = Promise.all(Array.from({ length: 100 }, () => pace.turn({ ...plenty, signal: controller.signal })));
    const began = clock.elapsed();
    clock.at(began + 50, () => {
      controller.abort(reason);
    });
    await expect(clock.during(asking)).rejects.toBe(reason);
    expect(clock.elapsed()).toBe(began + 50);
  });

  test('a turn that comes too late for the budget is not waited for, and takes nobody’s place', async () => {
    const clock = createFakeClock();
    const pace = createPace({ perSecond: 2, burst: 1 }, clock);
    const asking = Array.from({ length: 30 }, () => pace.turn(budgetUntil(5_000)));
    const given = await clock.during(Promise.all(asking));
    expect(given.filter(Boolean)).toHaveLength(6);
    expect(clock.elapsed()).toBeLessThanOrEqual(5_000);
    expect(await turns(pace, clock, 1)).toEqual([6_000]);
  });
});
