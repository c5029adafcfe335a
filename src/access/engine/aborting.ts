import { noAnswerWithin } from '../messages/requests.ts';
import type { Clock } from '../clock.ts';

const actions = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Does something when a signal is aborted, unless the returned function is called first. However many wait for the same
 * signal, it has one listener: a signal walks through all of its listeners for each that comes and goes.
 */
export function whenAborted(signal: AbortSignal, action: () => void): () => void {
  if (signal.aborted) {
    action();
    return () => undefined;
  }
  const known = actions.get(signal) ?? listen(signal);
  known.add(action);
  return () => {
    known.delete(action);
  };
}

function listen(signal: AbortSignal): Set<() => void> {
  const those = new Set<() => void>();
  actions.set(signal, those);
  signal.addEventListener(
    'abort',
    () => {
      for (const action of those) action();
      those.clear();
    },
    { once: true },
  );
  return those;
}

/** Rejects when the signal is aborted: not every library stops when it is told to. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

/** Time limit of one request, in milliseconds. */
export const perTryMs = 10_000;

/** Work that took too long. */
export class TimedOut extends Error {
  override readonly name = 'TimeoutError';

  constructor(ms: number) {
    super(noAnswerWithin(ms));
  }
}

/** Limits the time of work, in milliseconds, and by a signal; rejects with `TimedOut` where it takes longer. */
export async function withTimeout<T>(
  ms: number,
  clock: Clock,
  given: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const cancel = clock.after(ms, () => {
    timeout.abort(new TimedOut(ms));
  });
  const signal = AbortSignal.any([timeout.signal, ...(given === undefined ? [] : [given])]);
  try {
    return await orAborted(work(signal), signal);
  } catch (error) {
    throw timeout.signal.aborted ? timeout.signal.reason : error;
  } finally {
    cancel();
  }
}
