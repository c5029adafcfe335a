import { getEventListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import { createBatch, type BatchRule } from '../../../src/access/engine/batch.ts';
import type { Budget } from '../../../src/access/clock.ts';
import { CloudError } from '../../../src/access/errors.ts';
import { createFakeClock, epoch, type FakeClock } from '../fake-clock.ts';

interface Rig {
  readonly clock: FakeClock;
  readonly ask: (item: string, budget: Budget) => Promise<string>;
  readonly flush: () => void;
  /** Questions that one request asked together, and the time of that request. */
  readonly asked: readonly { readonly items: readonly string[]; readonly at: number; readonly budget: Budget }[];
}

/** Answers after so many milliseconds, `a` with `A`; an item `bad` is an error for all. */
function setUp(rule?: BatchRule, takes = 0): Rig {
  const clock = createFakeClock();
  const asked: { items: readonly string[]; at: number; budget: Budget }[] = [];
  const ask = async (items: readonly string[], budget: Budget): Promise<readonly string[]> => {
    asked.push({ items, at: clock.elapsed(), budget });
    if (takes > 0) await clock.sleep(takes, budget.signal);
    if (items.includes('bad')) throw new Error('one of them was bad');
    return items.map((item) => item.toUpperCase());
  };
  const batch = createBatch('Asking', ask, clock, rule);
  return {
    clock,
    asked,
    ask: (item, budget) => batch.ask(item, budget),
    flush: () => {
      batch.flush();
    },
  };
}

const budgetOf = (ms: number, signal = new AbortController().signal): Budget => ({ until: epoch + ms, signal });
const plenty = budgetOf(600_000);

describe('questions that come at the same time', () => {
  test('are one, and each gets its own answer', async () => {
    const { clock, ask, asked } = setUp();
    expect(await clock.during(Promise.all(['a', 'b', 'c'].map((it) => ask(it, plenty))))).toEqual(['A', 'B', 'C']);
    expect(asked.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
    expect(clock.elapsed()).toBeLessThanOrEqual(1);
  });

  test('have the longest time limit of any of them, also where it grows meanwhile', async () => {
    const { clock, ask, asked } = setUp(undefined, 100);
    let until = epoch + 5_000;
    const growing: Budget = {
      signal: plenty.signal,
      get until() {
        return until;
      },
    };
    const both = Promise.all([ask('a', budgetOf(3_000)), ask('b', growing)]);
    await clock.during(both);
    expect(asked[0]?.budget.until).toBe(epoch + 5_000);
    until = epoch + 9_000;
    await clock.during(clock.sleep(1, plenty.signal));
    expect(asked[0]?.budget.until).toBe(epoch + 9_000);
  });

  test('are checked once at each moment, however many of their requests wait for a turn', async () => {
    const { clock, ask, asked } = setUp();
    let times = 0;
    const counting = (): Budget => ({
      signal: plenty.signal,
      get until() {
        times += 1;
        return epoch + 5_000;
      },
    });
    await clock.during(Promise.all(Array.from({ length: 1_000 }, (_, index) => ask(`${index}`, counting()))));
    times = 0;
    for (let waiting = 0; waiting < 1_000; waiting += 1) expect(asked[0]?.budget.until).toBe(epoch + 5_000);
    expect(times).toBeLessThanOrEqual(1_000);
  });

  test('are asked again by those that come later', async () => {
    const { clock, ask, asked } = setUp(undefined, 100);
    const first = ask('a', plenty);
    await clock.during(clock.sleep(50, plenty.signal));
    expect(await clock.during(Promise.all([first, ask('b', plenty)]))).toEqual(['A', 'B']);
    expect(asked.map(({ items }) => items)).toEqual([['a'], ['b']]);
  });

  test('have an error in common', async () => {
    const { clock, ask } = setUp();
    const all = await clock.during(Promise.allSettled(['a', 'bad', 'c'].map((it) => ask(it, plenty))));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await clock.during(ask('d', plenty))).toBe('D');
  });

  test('have as much time as the one with the most', async () => {
    const { clock, ask, asked } = setUp();
    await clock.during(Promise.all([ask('a', budgetOf(1_000)), ask('b', budgetOf(9_000)), ask('c', budgetOf(5_000))]));
    expect(asked[0]?.budget.until).toBe(epoch + 9_000);
  });

  test('ten thousand cost little more than ten, and leave next to no listeners behind', async () => {
    const { clock, ask, asked } = setUp();
    const { signal } = new AbortController();
    const items = Array.from({ length: 10_000 }, (_, index) => `${index}`);
    const before = process.cpuUsage();
    await clock.during(Promise.all(items.map((it) => ask(it, budgetOf(60_000, signal)))));
    const { user, system } = process.cpuUsage(before);
    expect(asked).toHaveLength(1);
    expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
    expect(clock.pending()).toBe(0);
    // Microseconds: a tenth of a second where the work is linear, seconds where it is not.
    expect(user + system).toBeLessThan(500_000);
  });
});

describe('a batch that waits for more', () => {
  const rule: BatchRule = { largest: 3, longestMs: 3_000 };

  test('is sent when it is large enough', async () => {
    const { clock, ask, asked } = setUp(rule);
    await clock.during(Promise.all(['a', 'b', 'c'].map((it) => ask(it, plenty))));
    expect(asked).toMatchObject([{ at: 0, items: ['a', 'b', 'c'] }]);
    expect(clock.pending()).toBe(0);
  });

  test('is sent when the first has waited long enough', async () => {
    const { clock, ask, asked } = setUp(rule);
    const first = ask('a', plenty);
    await clock.during(clock.sleep(2_000, plenty.signal));
    await clock.during(Promise.all([first, ask('b', plenty)]));
    expect(asked).toMatchObject([{ at: 3_000, items: ['a', 'b'] }]);
  });

  test('is sent when a caller asks for it; an empty batch sends nothing', async () => {
    const { clock, ask, flush, asked } = setUp(rule);
    flush();
    const waiting = ask('a', plenty);
    flush();
    expect(await clock.during(waiting)).toBe('A');
    expect(asked).toMatchObject([{ at: 0, items: ['a'] }]);
    expect(clock.pending()).toBe(0);
  });
});

describe('one of many', () => {
  const rule: BatchRule = { largest: 100, longestMs: 3_000 };

  test('that is canceled ends at once with the reason, and the others are answered', async () => {
    const { clock, ask } = setUp(rule, 500);
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const others = ask('b', plenty);
    const one = ask('a', budgetOf(60_000, controller.signal)).catch((error: unknown) => [error, clock.elapsed()]);
    clock.at(1_000, () => {
      controller.abort(reason);
    });
    expect(await clock.during(one)).toEqual([reason, 1_000]);
    expect(await clock.during(others)).toBe('B');
  });

  test('whose time is up gets that result at its time, however long the answer takes', async () => {
    const { clock, ask } = setUp(undefined, 50_000);
    const one = ask('a', budgetOf(5_000)).catch((error: unknown) => ({ error, at: clock.elapsed() }));
    const other = ask('b', plenty);
    const told = await clock.during(one);
    expect(told).toMatchObject({ error: expect.any(CloudError) });
    expect(told).toMatchObject({ error: { failure: { kind: 'unreachable', operation: 'Asking' } } });
    expect((told as { readonly at: number }).at).toBeLessThanOrEqual(5_001);
    expect(await clock.during(other)).toBe('B');
  });

  test('that is canceled before it asks is not asked', async () => {
    const { clock, ask, asked } = setUp();
    await expect(clock.during(ask('a', budgetOf(9_000, AbortSignal.abort(new Error('stop')))))).rejects.toThrow('stop');
    expect(asked).toEqual([]);
    expect(clock.pending()).toBe(0);
  });

  test('when all are canceled, nothing more is sent and no timer is left', async () => {
    const { clock, ask, asked } = setUp(rule);
    const controller = new AbortController();
    const all = Promise.allSettled(['a', 'b'].map((it) => ask(it, budgetOf(60_000, controller.signal))));
    controller.abort(new Error('stop'));
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(clock.pending()).toBe(0);
    await clock.during(clock.sleep(10_000, plenty.signal));
    expect(asked).toEqual([]);
  });
});
