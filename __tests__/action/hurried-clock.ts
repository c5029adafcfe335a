import type { Clock } from '../../src/access/clock.ts';

/** For work over real sockets: sleeps end at once and are noted; alarms ring only when a test rings them. */
export interface HurriedClock extends Clock {
  readonly sleeps: readonly number[];
  /** Rings every alarm that is set. */
  readonly ring: () => void;
}

export function createHurriedClock(): HurriedClock {
  const sleeps: number[] = [];
  const alarms = new Set<() => void>();
  return {
    sleeps,
    now: () => Date.now(),
    mono: () => performance.now(),
    sleep: (ms, signal) => {
      signal.throwIfAborted();
      sleeps.push(ms);
      return Promise.resolve();
    },
    after: (_ms, action) => {
      alarms.add(action);
      return () => {
        alarms.delete(action);
      };
    },
    ring: () => {
      for (const action of alarms) action();
    },
  };
}
