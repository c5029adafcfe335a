import { describe, expect, test } from '@jest/globals';

import { openCommonExecutor, type CommonExecutor } from '../../../../src/access/leases/protocol/executor.ts';
import type { Note } from '../../../../src/access/leases/journal.ts';
import { createFakeClock, epoch, type FakeClock } from '../../fake-clock.ts';
import { cloudError } from '../../fixtures.ts';

const limitMs = 60_000;

function opened(): { readonly executor: CommonExecutor; readonly clock: FakeClock; readonly notes: readonly Note[] } {
  const clock = createFakeClock();
  const notes: Note[] = [];
  const budget = { until: clock.now() + limitMs, signal: new AbortController().signal };
  const note = (it: Note): void => {
    notes.push(it);
  };
  return {
    executor: openCommonExecutor({ clock, budget, latest: Infinity, deniedEndFails: true, note }, () => epoch + 5),
    clock,
    notes,
  };
}

describe('a desk without stores', () => {
  test('records what the protocol notes, and nothing else of the request', async () => {
    const { executor, notes } = opened();
    expect(await executor.perform({ do: 'save', progress: 'creating', holder: 'h', end: 7 })).toEqual({ is: 'done' });
    expect(notes).toEqual([{ progress: 'creating', holder: 'h', end: 7 }]);
  });

  test("knows the date by the cloud's clock", () => {
    const { executor, clock } = opened();
    expect(executor.now()).toEqual({ mono: clock.mono(), date: epoch + 5 });
  });

  test('cuts a wait short at the time limit, as long as that counts', async () => {
    const { executor, clock } = opened();
    const long = { do: 'sleep', until: clock.mono() + 2 * limitMs } as const;
    expect(await clock.during(executor.perform(long))).toBeNull();
    expect(clock.elapsed()).toBe(limitMs);
    expect(executor.isOverTime()).toBe(true);
    executor.goOnUnlimited();
    expect(executor.isOverTime()).toBe(false);
    expect(await clock.during(executor.perform(long))).toEqual({ is: 'done' });
    expect(clock.elapsed()).toBe(2 * limitMs);
    expect(executor.isSpent()).toBe(false);
    await clock.during(executor.perform({ do: 'sleep', until: clock.mono() + 4 * limitMs }));
    expect(executor.isSpent()).toBe(true);
  });

  test('reports the newest failure, but not an expired time limit where there was a failure before', () => {
    const { executor } = opened();
    const [first, second, late] = [cloudError('busy'), cloudError('denied'), cloudError('unavailable')];
    expect(executor.trouble()).toBeNull();
    executor.onTrouble(first);
    executor.onTrouble(second);
    expect(executor.trouble()).toBe(second);
    executor.goOnUnlimited();
    executor.onTrouble(late);
    expect(executor.trouble()).toBe(second);
  });
});
