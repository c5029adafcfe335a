import { describe, expect, test } from '@jest/globals';
import { createTimeLimit, type TimeLimit } from '../../../../src/access/leases/protocol/time-limit.ts';
import { createFakeClock, type FakeClock } from '../../fake-clock.ts';

const minute = 60_000;

/** A limit of five minutes, and `longest` in all. */
function setUp(longest = Number.POSITIVE_INFINITY): { readonly clock: FakeClock; readonly limit: TimeLimit } {
  const clock = createFakeClock();
  const budget = { until: clock.now() + 5 * minute, signal: new AbortController().signal };
  const limit = createTimeLimit(budget, clock, clock.now() + longest);
  return { clock, limit };
}

function wait(clock: FakeClock, ms: number): Promise<void> {
  return clock.during(clock.sleep(ms, new AbortController().signal));
}

describe('the time limit of a lease', () => {
  test('counts from its first turn on, however long it waited for that', async () => {
    const { clock, limit } = setUp();
    await wait(clock, 7 * minute);
    limit.begin();
    await wait(clock, 4 * minute);
    expect(limit.isOver()).toBe(false);
    await wait(clock, minute);
    expect(limit.isOver()).toBe(true);
  });

  test("ends with the step's own time", async () => {
    const { clock, limit } = setUp(6 * minute);
    await wait(clock, 4 * minute);
    limit.begin();
    await wait(clock, 2 * minute);
    expect(limit.isOver()).toBe(true);
  });

  test('does not start again for work that brings a lease to a safe end', async () => {
    const { clock, limit } = setUp();
    limit.goOnUnlimited();
    const until = limit.until();
    await wait(clock, minute);
    limit.begin();
    expect(limit.until()).toBe(until);
  });
});
