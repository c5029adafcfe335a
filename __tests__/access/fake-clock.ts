import { setImmediate } from 'node:timers/promises';

import type { Clock } from '../../src/access/clock.ts';

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** Some instant; whole seconds, so that numbers in tests are easy to read. */
export const epoch = Date.parse('2026-03-04T05:06:07Z');

/** A clock that stands still until somebody drives it. */
export interface FakeClock extends Clock {
  /** Milliseconds since `epoch`. */
  readonly elapsed: () => number;
  /** Drives the clock from timer to timer until `work` is settled; fails where it would wait for ever. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  /** Runs an action at a time, in milliseconds since `epoch`. */
  readonly at: (elapsed: number, action: () => void) => void;
}

/** Longer than anything that the engine may wait for: a job ends after six hours. */
const tooLong = 12 * 3_600_000;
/** More timers than any test needs: beyond it the work runs in circles. */
const tooMany = 20_000;

export function createFakeClock(): FakeClock {
  let now = epoch;
  let timers: readonly Timer[] = [];

  const add = (ms: number, fire: () => void): (() => void) => {
    const timer: Timer = { at: now + Math.max(0, ms), fire };
    timers = [...timers, timer];
    return () => {
      timers = timers.filter((it) => it !== timer);
    };
  };
  const advance = (): void => {
    // Of several due at once the one that was set first.
    const next = timers.reduce<Timer | undefined>(
      (first, it) => (first === undefined || it.at < first.at ? it : first),
      undefined,
    );
    if (next === undefined) throw new Error('nothing is left to wait for, and the work is not done');
    if (next.at - epoch > tooLong) throw new Error('the work waits for longer than a job can last');
    timers = timers.filter((it) => it !== next);
    now = Math.max(now, next.at);
    next.fire();
  };

  return {
    now: () => now,
    elapsed: () => now - epoch,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const stop = (): void => {
          cancel();
          reject(signal.reason as Error);
        };
        const cancel = add(ms, () => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
        signal.addEventListener('abort', stop, { once: true });
      }),
    after: add,
    at: (elapsed, action) => {
      add(epoch + elapsed - now, action);
    },
    async during(work) {
      const state = { settled: false };
      const end = (): void => {
        state.settled = true;
      };
      work.then(end, end);
      for (let turns = 0; turns < tooMany; turns += 1) {
        // One turn of the event loop: everything that does not wait for the clock has happened after it.
        await setImmediate();
        if (state.settled) return work;
        advance();
      }
      throw new Error('the work sets timer after timer and does not end');
    },
  };
}
