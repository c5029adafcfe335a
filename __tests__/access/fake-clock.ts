import { setImmediate } from 'node:timers/promises';

import type { Clock } from '../../src/access/clock.ts';

interface Timer {
  readonly at: number;
  /** Of several due at once the one that was set first fires first. */
  readonly order: number;
  fire: (() => void) | null;
}

/** Some instant; whole seconds, so that numbers in tests are easy to read. */
export const epoch = Date.parse('2026-03-04T05:06:07Z');

/** A clock that a test moves by hand. */
export interface FakeClock extends Clock {
  /** Milliseconds since `epoch`. */
  readonly elapsed: () => number;
  /** Drives the clock from timer to timer until `work` is settled; fails where it would wait forever. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  /** Runs an action at a time, in milliseconds since `epoch`. */
  readonly at: (elapsed: number, action: () => void) => void;
  /** Number of timers that are set, those of `at` included: each would keep a process alive. */
  readonly pending: () => number;
}

/** Longer than anything that the engine may wait for: a job ends after six hours. */
const tooLong = 12 * 3_600_000;
/** More timers than a test with few grants needs: beyond it the work runs in circles. */
const tooMany = 20_000;

/** @param most how many timers may fire during one piece of work */
export function createFakeClock(most = tooMany): FakeClock {
  let now = epoch;
  let order = 0;
  const timers = createHeap();

  const add = (ms: number, fire: () => void): (() => void) => {
    order += 1;
    const timer: Timer = { at: now + Math.max(0, ms), order, fire };
    timers.push(timer);
    return () => {
      if (timer.fire === null) return;
      timer.fire = null;
      timers.forget();
    };
  };
  const advance = (): void => {
    const next = timers.pop();
    if (next?.fire == null) throw new Error('nothing is left to wait for, and the work is not done');
    if (next.at - epoch > tooLong) throw new Error('the work waits for longer than a job can last');
    const { fire } = next;
    next.fire = null;
    now = Math.max(now, next.at);
    fire();
  };

  return {
    now: () => now,
    mono: () => now - epoch,
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
    pending: timers.size,
    async during(work) {
      const state = { settled: false };
      const end = (): void => {
        state.settled = true;
      };
      work.then(end, end);
      for (let turns = 0; turns < most; turns += 1) {
        // One turn of the event loop: everything that does not wait for the clock has happened after it.
        await setImmediate();
        if (state.settled) return work;
        advance();
      }
      throw new Error('the work sets timer after timer and does not end');
    },
  };
}

interface Heap {
  readonly push: (timer: Timer) => void;
  /** The earliest that was not canceled. */
  readonly pop: () => Timer | undefined;
  /** Drops canceled ones when they are the most. */
  readonly forget: () => void;
  readonly size: () => number;
}

/** Timers by time, so that thousands of them are cheap. */
function createHeap(): Heap {
  let heap: Timer[] = [];
  let cancelled = 0;
  const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
  const swap = (i: number, j: number): void => {
    const [a, b] = [heap[i], heap[j]];
    if (a === undefined || b === undefined) return;
    heap[i] = b;
    heap[j] = a;
  };
  const isBefore = (i: number, j: number): boolean => {
    const [a, b] = [heap[i], heap[j]];
    return a !== undefined && b !== undefined && before(a, b);
  };
  const push = (timer: Timer): void => {
    heap.push(timer);
    for (let i = heap.length - 1; i > 0 && isBefore(i, (i - 1) >> 1); i = (i - 1) >> 1) swap(i, (i - 1) >> 1);
  };
  const popAny = (): Timer | undefined => {
    swap(0, heap.length - 1);
    const first = heap.pop();
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      const least = isBefore(left + 1, left) ? left + 1 : left;
      if (!isBefore(least, i)) return first;
      swap(i, least);
      i = least;
    }
  };
  return {
    push,
    pop() {
      for (let first = popAny(); first !== undefined; first = popAny()) {
        if (first.fire !== null) return first;
        cancelled -= 1;
      }
      return undefined;
    },
    forget() {
      cancelled += 1;
      if (2 * cancelled < heap.length || heap.length < 64) return;
      const live = heap.filter(({ fire }) => fire !== null);
      heap = [];
      cancelled = 0;
      for (const timer of live) push(timer);
    },
    size: () => heap.filter(({ fire }) => fire !== null).length,
  };
}
