import { describe, expect, test } from '@jest/globals';

import { readUntilWanted, type Rereading } from '../../../src/access/engine/rereading.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createFakeLog } from '../fake-log.ts';

/** Reads a number that grows by one with each read. */
function reread(over: Partial<Rereading<number>>, forMs = 600_000) {
  const clock = createFakeClock();
  const log = createFakeLog();
  let reads = 0;
  const rereading: Rereading<number> = {
    read: () => Promise.resolve((reads += 1)),
    isWanted: () => false,
    expected: 'there',
    visibleWithinMs: 10_000,
    longestWaitMs: 2_000,
    ...over,
  };
  const budget = { until: clock.now() + forMs, signal: new AbortController().signal };
  return { clock, log, reading: clock.during(readUntilWanted(rereading, budget, { clock, log })) };
}

describe('readUntilWanted', () => {
  test('the requested state is read once', async () => {
    const { reading, log } = reread({ isWanted: () => true });
    expect(await reading).toBe(1);
    expect(log.at('info')).toEqual([]);
  });

  test.each([
    ['there', 'Not visible yet. Reading again in 0.5 s.'],
    ['gone', 'Still listed. Reading again in 0.5 s.'],
  ] as const)('logs the state that it waits for: %s', async (expected, line) => {
    const { reading, log } = reread({ isWanted: (it) => it === 2, expected });
    expect(await reading).toBe(2);
    expect(log.at('info')).toEqual([line]);
  });

  test('doubles the wait each time up to the longest, and waits no longer than reads can lag', async () => {
    const { reading, clock } = reread({});
    // After 0.5, 1, 2, 2, 2 and 2 s: another wait would end after more than 10 s.
    expect(await reading).toBe(7);
    expect(clock.elapsed()).toBe(9_500);
  });

  test('does not wait for longer than the budget lasts', async () => {
    const { reading, clock } = reread({}, 1_500);
    expect(await reading).toBe(2);
    expect(clock.elapsed()).toBe(500);
  });

  test('reads at least once, even without time for more', async () => {
    const { reading } = reread({ isOver: () => true });
    expect(await reading).toBe(1);
  });
});
