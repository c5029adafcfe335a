import type { Clock } from '../../src/access/clock.ts';

/** Waits shorter than this are for a quota, or between two tries; longer ones are time limits. */
const limitMs = 1_000;

/**
 * Time in which waiting for a quota needs hardly any: it is skipped. Limits of requests stay real, so that a slow
 * machine breaks none.
 */
export function createSkippingClock(): Clock {
  let skipped = 0;
  const now = (): number => Date.now() + skipped;
  const after = (ms: number, action: () => void): (() => void) => {
    const target = now() + ms;
    const timer = setTimeout(
      () => {
        skipped += Math.max(0, target - now());
        action();
      },
      ms < limitMs ? 0 : ms,
    );
    return () => {
      clearTimeout(timer);
    };
  };
  return {
    now,
    mono: now,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const stop = (): void => {
          cancel();
          reject(signal.reason as Error);
        };
        const cancel = after(Math.min(ms, limitMs - 1), () => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
        signal.addEventListener('abort', stop, { once: true });
      }),
  };
}
