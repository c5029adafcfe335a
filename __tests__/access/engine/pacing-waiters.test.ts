import { describe, expect, test } from '@jest/globals';

import type { Budget } from '../../../src/access/clock.ts';
import { createPace, type Pace } from '../../../src/access/engine/pacing.ts';
import { createFakeClock, epoch, type FakeClock } from '../fake-clock.ts';

function budgetUntil(elapsed: number, signal = new AbortController().signal): Budget {
  return { until: epoch + elapsed, signal };
}
const plenty = budgetUntil(11 * 3_600_000);

/** A pace with an empty bucket and one unanswered request. */
async function setUp(perSecond = 2): Promise<{ readonly clock: FakeClock; readonly pace: Pace }> {
  const clock = createFakeClock();
  const pace = createPace({ perSecond, burst: 1 }, clock);
  await pace.turn(plenty);
  return { clock, pace };
}

/** Time at which each turn was given or refused. */
async function told(clock: FakeClock, turn: Promise<boolean>): Promise<readonly [boolean, number]> {
  return [await turn, clock.elapsed()];
}

describe("the cloud's report of the rest", () => {
  async function after(remaining: number | null, unanswered: number): Promise<readonly number[]> {
    const clock = createFakeClock();
    const pace = createPace({ perSecond: 10, burst: 50 }, clock);
    for (let i = 0; i < unanswered + 1; i += 1) await pace.turn(plenty);
    pace.answered(remaining);
    return clock
      .during(Promise.all(Array.from({ length: 20 }, async () => (await pace.turn(plenty)) && clock.elapsed())))
      .then((times) => times.filter((time) => typeof time === 'number'));
  }

  test('nothing said: the bucket as we count it', async () => {
    expect((await after(null, 0)).filter((time) => time === 0)).toHaveLength(20);
  });

  test('less than we count: only so many go at once', async () => {
    const times = await after(7, 0);
    expect(times.filter((time) => time === 0)).toHaveLength(7);
    expect(times.slice(7, 9)).toEqual([100, 200]);
  });

  test('more than we count gives nothing: what others leave today they may take tomorrow', async () => {
    const times = await after(1_000, 45);
    expect(times.filter((time) => time === 0)).toHaveLength(4);
  });

  test('a request on its way was not counted by the cloud yet', async () => {
    expect((await after(7, 5)).filter((time) => time === 0)).toHaveLength(2);
  });

  test('nothing left, or less than the requests on their way: the next waits for the next token', async () => {
    expect((await after(0, 0))[0]).toBe(100);
    expect((await after(3, 8))[0]).toBe(100);
  });

  test('a request that ended without a count is no longer on its way', async () => {
    const clock = createFakeClock();
    const pace = createPace({ perSecond: 10, burst: 50 }, clock);
    for (let i = 0; i < 4; i += 1) await pace.turn(plenty);
    pace.ended();
    pace.ended();
    pace.ended();
    pace.answered(1);
    const times = await clock.during(
      Promise.all([pace.turn(plenty).then(clock.elapsed), pace.turn(plenty).then(clock.elapsed)]),
    );
    expect(times[0]).toBe(0);
    expect(times[1]).toBeGreaterThan(0);
  });

  test('those that wait already heed it', async () => {
    const clock = createFakeClock();
    const pace = createPace({ perSecond: 1, burst: 2 }, clock);
    await pace.turn(plenty);
    await pace.turn(plenty);
    clock.at(900, () => {
      pace.answered(0);
    });
    expect(await clock.during(told(clock, pace.turn(plenty)))).toEqual([true, 1_900]);
  });
});

describe('one that waits for its turn', () => {
  test("ends at once with the signal's reason where it is canceled, and leaves no timer behind", async () => {
    const { clock, pace } = await setUp();
    const controller = new AbortController();
    const reason = new Error('cancelled');
    pace.throttled(60_000);
    const asking = Promise.all(Array.from({ length: 100 }, () => pace.turn(budgetUntil(3_600_000, controller.signal))));
    clock.at(50, () => {
      controller.abort(reason);
    });
    await expect(clock.during(asking)).rejects.toBe(reason);
    expect(clock.elapsed()).toBe(50);
    expect(clock.pending()).toBe(0);
  });

  test('that is canceled leaves its turn to the next', async () => {
    const { clock, pace } = await setUp();
    const controller = new AbortController();
    const given = pace.turn(budgetUntil(3_600_000, controller.signal)).catch(() => 'cancelled');
    const next = told(clock, pace.turn(plenty));
    clock.at(100, () => {
      controller.abort(new Error('cancelled'));
    });
    expect(await clock.during(next)).toEqual([true, 500]);
    expect(await given).toBe('cancelled');
  });

  test('with a signal that is already aborted does not wait at all', async () => {
    const { clock, pace } = await setUp();
    await expect(clock.during(pace.turn(budgetUntil(5_000, AbortSignal.abort(new Error('stop')))))).rejects.toThrow(
      'stop',
    );
    expect(clock.elapsed()).toBe(0);
    expect(clock.pending()).toBe(0);
  });

  test("whose turn comes too late for its budget does not wait, and uses no other request's turn", async () => {
    const { clock, pace } = await setUp();
    const asking = Array.from({ length: 30 }, () => pace.turn(budgetUntil(5_100)));
    const given = await clock.during(Promise.all(asking));
    expect(given.filter(Boolean)).toHaveLength(10);
    expect(clock.elapsed()).toBeLessThanOrEqual(5_100);
    expect(await clock.during(told(clock, pace.turn(plenty)))).toEqual([true, 5_500]);
  });

  test('whose time is up since the pace slowed down gets that result at its time, not at its turn', async () => {
    const { clock, pace } = await setUp();
    const asking = told(clock, pace.turn(budgetUntil(5_000)));
    pace.throttled(60_000);
    expect(await clock.during(asking)).toEqual([false, 5_000]);
  });

  test('behind others gets that result at its own time too, and those continue', async () => {
    const { clock, pace } = await setUp();
    const first = told(clock, pace.turn(plenty));
    const second = told(clock, pace.turn(budgetUntil(3_000)));
    const third = told(clock, pace.turn(plenty));
    pace.throttled(20_000);
    expect(await clock.during(second)).toEqual([false, 3_000]);
    // At half the pace from the end of the wait on.
    expect(await clock.during(Promise.all([first, third]))).toEqual([
      [true, 21_000],
      [true, 22_000],
    ]);
  });

  test('that comes last, with the least time, gets that result at its own time too', async () => {
    const { clock, pace } = await setUp();
    pace.throttled(300_000);
    const patient = (elapsed: number): Budget => ({ ...budgetUntil(elapsed), onAnswer: () => undefined });
    const first = told(clock, pace.turn(patient(Number.POSITIVE_INFINITY)));
    const last = told(clock, pace.turn(patient(20_000)));
    expect(await clock.during(last)).toEqual([false, 20_000]);
    expect((await clock.during(first))[0]).toBe(true);
  });

  test('a deadline that comes with every token costs no turn', async () => {
    const { clock, pace } = await setUp(10);
    const asking = Array.from({ length: 50 }, (_, index) => told(clock, pace.turn(budgetUntil(100 * (index + 1) + 1))));
    const given = await clock.during(Promise.all(asking));
    expect(given.every(([inTime]) => inTime)).toBe(true);
    expect(given.at(-1)).toEqual([true, 5_000]);
  });

  test('a thousand of them need a thousand timers, not a million', async () => {
    const clock = createFakeClock(5_000);
    const pace = createPace({ perSecond: 1_000, burst: 1 }, clock);
    await clock.during(Promise.all(Array.from({ length: 1_000 }, () => pace.turn(plenty))));
    expect(clock.elapsed()).toBeLessThanOrEqual(1_010);
  });
});
