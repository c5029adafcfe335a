import { setTimeout as wait } from 'node:timers/promises';

import type { Clock } from './clock.ts';

/** The clock on the wall, for the scenarios that run in real time. */
export function realClock(): Clock {
  const pending = new Set<NodeJS.Timeout>();
  const nothing = (): void => undefined;
  const sleep = async (ms: number): Promise<void> => {
    await wait(ms);
  };
  return {
    mode: 'real',
    now: () => Date.now(),
    schedule: (ms, action) => {
      const timer = setTimeout(
        () => {
          pending.delete(timer);
          action();
        },
        Math.min(ms, 2 ** 31 - 1),
      );
      timer.unref();
      pending.add(timer);
      return () => {
        pending.delete(timer);
        clearTimeout(timer);
      };
    },
    sleep,
    advance: sleep,
    env: {},
    stalled: nothing,
    hold: () => nothing,
    expect: () => nothing,
    suspend: () => nothing,
    describe: () => 'the clock is the real one',
    close: () => {
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
      return Promise.resolve();
    },
  };
}
