import { describe, expect, test } from '@jest/globals';

import type { Budget } from '../../../src/access/clock.ts';
import { createPace, lowered, type Pace, type Quota } from '../../../src/access/engine/pacing.ts';
import { createFakeClock, epoch, type FakeClock } from '../fake-clock.ts';
import { between, seeded } from './seeded.ts';

const quotas: readonly Quota[] = [
  { perSecond: 17, burst: 3 },
  { perSecond: 19, burst: 3, inAnySecond: 20 },
  { perSecond: 10, burst: 3 },
  { perSecond: 8, burst: 1 },
  { perSecond: 10, burst: 200 },
];
const identityCenter: Quota = { perSecond: 19, burst: 3, inAnySecond: 20 };

/** Most requests that a quota allows in a second. */
const mostOf = ({ perSecond, burst, inAnySecond }: Quota): number => inAnySecond ?? perSecond + burst;

function budgetUntil(elapsed: number, signal = new AbortController().signal): Budget {
  return { until: epoch + elapsed, signal };
}
const plenty = budgetUntil(11 * 3_600_000);

/** Requests `many` turns at once and returns the time of each, in milliseconds since the epoch of the clock. */
async function turns(
  pace: Pace,
  clock: FakeClock,
  many: number,
  answer: () => void = () => {
    pace.answered(null);
  },
): Promise<readonly number[]> {
  return clock.during(
    Promise.all(
      Array.from({ length: many }, async () => {
        expect(await pace.turn(plenty)).toBe(true);
        answer();
        return clock.elapsed();
      }),
    ),
  );
}

/** Times from the first on. */
function since(times: readonly number[]): readonly number[] {
  const [first = 0] = times;
  return times.map((time) => time - first);
}

/** The most turns in any window of one second, its end excluded. */
function busiestSecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(0, ...sorted.map((from, index) => sorted.slice(index).filter((time) => time < from + 1_000).length));
}

/**
 * Several throttles, each of them about a new request: throttles of requests from before the first have the same cause.
 */
async function throttle(pace: Pace, clock: FakeClock, many: number): Promise<void> {
  for (let i = 0; i < many; i += 1) {
    await turns(pace, clock, 1, () => {
      pace.throttled(null);
    });
    await wait(clock, 1_000);
  }
}

async function wait(clock: FakeClock, ms: number): Promise<void> {
  await clock.during(clock.sleep(ms, plenty.signal));
}

/** A pace whose bucket is empty, all of its requests answered. */
async function empty(quota: Quota, clock: FakeClock): Promise<Pace> {
  const pace = createPace(quota, clock);
  await turns(pace, clock, quota.burst);
  return pace;
}

describe('the bucket', () => {
  test('a burst is sent at once, the rest as tokens refill', async () => {
    const clock = createFakeClock();
    const times = await turns(createPace({ perSecond: 10, burst: 3 }, clock), clock, 23);
    expect(times.slice(0, 4)).toEqual([0, 0, 0, 100]);
    expect(times.at(-1)).toBeLessThanOrEqual(2_025);
  });

  test.each(quotas)('$perSecond/s and a burst of $burst are never exceeded in any second', async (quota) => {
    const clock = createFakeClock();
    const many = 2 * quota.burst + 200;
    const times = await turns(createPace(quota, clock), clock, many);
    expect(busiestSecond(times)).toBeLessThanOrEqual(mostOf(quota));
    // All of the quota is used, except the hundredth that rounding to whole milliseconds loses.
    const floor = ((many - quota.burst) / quota.perSecond) * 1_000;
    expect(times.at(-1)).toBeLessThanOrEqual(1.02 * floor);
  });

  test.each(quotas)('$perSecond/s and a burst of $burst: the quota is kept under random load too', async (quota) => {
    const clock = createFakeClock();
    const pace = createPace(quota, clock);
    const random = seeded(quota.perSecond);
    const times: number[] = [];
    const asking: Promise<void>[] = [];
    for (let round = 0; round < 150; round += 1) {
      const many = between(random, 0, round % 20 === 0 ? 3 * quota.burst : 7);
      for (let i = 0; i < many; i += 1) {
        asking.push(
          pace.turn(plenty).then(() => {
            times.push(clock.elapsed());
          }),
        );
      }
      await wait(clock, between(random, 1, 400));
    }
    await clock.during(Promise.all(asking));
    expect(busiestSecond(times)).toBeLessThanOrEqual(mostOf(quota));
    expect(busiestSecond(times)).toBeGreaterThan(quota.perSecond / 2);
  });

  test('a second that has had its most waits for the next, unless a turn is released', async () => {
    const quota = { perSecond: 100, burst: 5, inAnySecond: 5 };
    const clock = createFakeClock();
    expect(await turns(createPace(quota, clock), clock, 6)).toEqual([0, 0, 0, 0, 0, 1_000]);
    const pace = createPace(quota, clock);
    await turns(pace, clock, 5);
    pace.release();
    expect(await turns(pace, clock, 2)).toEqual([1_000, 2_000]);
  });

  test('turns are given in the order of the requests', async () => {
    const clock = createFakeClock();
    const times = await turns(createPace(identityCenter, clock), clock, 100);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('an idle pace saves one burst and no more', async () => {
    const clock = createFakeClock();
    const pace = await empty(identityCenter, clock);
    await wait(clock, 3_600_000);
    expect(since(await turns(pace, clock, 4))).toEqual([0, 0, 0, expect.any(Number)]);
    expect((await turns(pace, clock, 1))[0]).toBeGreaterThan(3_600_000 + 100);
  });
});

describe('lowered', () => {
  test.each([1, 2, 3, 5, 8, 12, 19, 20, 25, 200, 500])('to %d: never more in any second', async (most) => {
    for (const quota of quotas) {
      const clock = createFakeClock();
      const less = lowered(quota, most);
      expect(less.perSecond).toBeLessThanOrEqual(quota.perSecond);
      expect(less.burst).toBeLessThanOrEqual(quota.burst);
      expect(less.burst).toBeGreaterThanOrEqual(1);
      const times = await turns(createPace(less, clock), clock, 300);
      expect(busiestSecond(times)).toBeLessThanOrEqual(most);
      // A lower maximum from an input uses at least four fifths of it.
      const used = 1_000 * (299 / Math.max(1, times.at(-1) ?? 0));
      expect(used).toBeGreaterThanOrEqual(0.8 * Math.min(most, quota.perSecond));
    }
  });

  test('the quota itself is not lowered', () => {
    for (const quota of quotas) {
      expect(lowered(quota, null)).toEqual(quota);
      expect(lowered(quota, mostOf(quota))).toEqual(quota);
    }
  });
});

describe('a throttle', () => {
  test('empties the bucket and halves the pace', async () => {
    const clock = createFakeClock();
    const pace = createPace({ perSecond: 10, burst: 5 }, clock);
    await turns(pace, clock, 1);
    pace.throttled(null);
    expect(await turns(pace, clock, 3, () => undefined)).toEqual([200, 400, 600]);
  });

  test('is waited out as the cloud asks: nothing goes before, and nothing was saved up meanwhile', async () => {
    const clock = createFakeClock();
    const pace = createPace({ perSecond: 10, burst: 5 }, clock);
    await turns(pace, clock, 1);
    pace.throttled(7_000);
    expect(await turns(pace, clock, 3, () => undefined)).toEqual([7_200, 7_400, 7_600]);
  });

  test('a shorter wait does not shorten a longer one', async () => {
    const clock = createFakeClock();
    const pace = createPace({ perSecond: 10, burst: 5 }, clock);
    await turns(pace, clock, 2, () => undefined);
    pace.throttled(7_000);
    pace.throttled(500);
    expect((await turns(pace, clock, 1))[0]).toBeGreaterThan(7_000);
  });

  test('concerns those that wait already, at once', async () => {
    const clock = createFakeClock();
    const pace = await empty({ perSecond: 10, burst: 3 }, clock);
    clock.at(250, () => {
      pace.throttled(3_000);
    });
    const times = await turns(pace, clock, 6, () => undefined);
    expect(times.slice(0, 2)).toEqual([100, 200]);
    expect(times[2]).toBeGreaterThanOrEqual(3_250 + 200);
    expect((times[5] ?? 0) - (times[4] ?? 0)).toBeGreaterThanOrEqual(199);
  });

  test('of all requests that were on their way halves the pace once', async () => {
    const clock = createFakeClock();
    const pace = createPace({ perSecond: 10, burst: 8 }, clock);
    const answer = (): void => {
      pace.throttled(null);
    };
    await turns(pace, clock, 8, answer);
    expect(await turns(pace, clock, 3, () => undefined)).toEqual([200, 400, 600]);
  });

  test('slows the pace to a fraction of the quota, never to zero, however often it comes', async () => {
    const clock = createFakeClock();
    const pace = await empty(identityCenter, clock);
    await throttle(pace, clock, 20);
    const [first = 0, second = 0] = (await turns(pace, clock, 4, () => undefined)).slice(2);
    expect(second - first).toBeGreaterThan(250);
    expect(second - first).toBeLessThan(1_000);
  });

  test('good answers restore the full pace, and new requests alone do not', async () => {
    const clock = createFakeClock();
    const pace = await empty(identityCenter, clock);
    await throttle(pace, clock, 20);
    const end = (): void => {
      pace.ended();
    };
    await turns(pace, clock, 10, end);
    const [first = 0, second = 0] = await turns(pace, clock, 2, end);
    expect(second - first).toBeGreaterThan(250);
    await turns(pace, clock, 60);
    const fast = since(await turns(pace, clock, 4));
    expect(fast.at(-1)).toBeLessThanOrEqual(3 * 60);
  });

  test.each([1, 2, 3, 10])(
    'after %d of them the pace keeps the quota too, however many requests wait',
    async (throttles) => {
      const clock = createFakeClock();
      const pace = await empty(identityCenter, clock);
      for (let i = 0; i < throttles; i += 1) pace.throttled(i * 100);
      const times = await turns(pace, clock, 120);
      expect(busiestSecond(times)).toBeLessThanOrEqual(mostOf(identityCenter));
    },
  );
});
