import { describe, expect, test } from '@jest/globals';

import { openPlainDesk, type PlainDesk } from '../../../../src/access/leases/protocol/desk.ts';
import type { Note } from '../../../../src/access/leases/journal.ts';
import { createFakeClock, epoch, type FakeClock } from '../../fake-clock.ts';
import { cloudError } from '../../fixtures.ts';

const limitMs = 60_000;

function opened(): { readonly desk: PlainDesk; readonly clock: FakeClock; readonly notes: readonly Note[] } {
  const clock = createFakeClock();
  const notes: Note[] = [];
  const budget = { until: clock.now() + limitMs, signal: new AbortController().signal };
  const note = (it: Note): void => {
    notes.push(it);
  };
  return { desk: openPlainDesk({ clock, budget, latest: Infinity, note }, () => epoch + 5), clock, notes };
}

describe('a desk without stores', () => {
  test('writes down what it is told to, and nothing of the request besides', async () => {
    const { desk, notes } = opened();
    expect(await desk.perform({ do: 'save', progress: 'creating', holder: 'h', end: 7 })).toEqual({ is: 'done' });
    expect(notes).toEqual([{ progress: 'creating', holder: 'h', end: 7 }]);
  });

  test('tells the date by the cloud’s clock', () => {
    const { desk, clock } = opened();
    expect(desk.now()).toEqual({ mono: clock.mono(), date: epoch + 5 });
  });

  test('cuts a wait short at the time limit, as long as that counts', async () => {
    const { desk, clock } = opened();
    const long = { do: 'sleep', until: clock.mono() + 2 * limitMs } as const;
    expect(await clock.during(desk.perform(long))).toBeNull();
    expect(clock.elapsed()).toBe(limitMs);
    expect(desk.isOverTime()).toBe(true);
    desk.goOnUnlimited();
    expect(desk.isOverTime()).toBe(false);
    expect(await clock.during(desk.perform(long))).toEqual({ is: 'done' });
    expect(clock.elapsed()).toBe(2 * limitMs);
    expect(desk.isSpent()).toBe(false);
    await clock.during(desk.perform({ do: 'sleep', until: clock.mono() + 4 * limitMs }));
    expect(desk.isSpent()).toBe(true);
  });

  test('tells the newest trouble, but none that befell giving up where there was one before', () => {
    const { desk } = opened();
    const [first, second, late] = [cloudError('busy'), cloudError('denied'), cloudError('unavailable')];
    expect(desk.trouble()).toBeNull();
    desk.onTrouble(first);
    desk.onTrouble(second);
    expect(desk.trouble()).toBe(second);
    desk.goOnUnlimited();
    desk.onTrouble(late);
    expect(desk.trouble()).toBe(second);
  });
});
