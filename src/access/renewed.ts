import { left, type Budget, type Clock } from './clock.ts';
import { CloudError, Refusal } from './errors.ts';
import type { Log } from './tools.ts';
import { seconds, sentence } from './words.ts';

/** What ends by itself, such as an access token. Instants are in milliseconds since the epoch. */
export interface Lasting<T> {
  readonly value: T;
  readonly endsAt: number;
}

/** Something that ends by itself, made anew in time, once for all who ask. */
export interface Renewed<T> {
  /** One that lasts; rejects with what has kept the last try from making one. */
  get(budget: Budget): Promise<T>;
  /** The newest one, which may have ended; `null` before there was one. */
  newest(): T | null;
  /** The next one that is asked for is a new one, if the newest is one of these. */
  forget(isRefused: (value: T) => boolean): void;
}

/** Made anew so long before its end, in milliseconds. */
const renewBeforeMs = 5 * 60_000;
/** One may be given out of a cache, with little of its life left: it serves so long all the same, in milliseconds. */
const servesMs = 30_000;
/** Not used any more so long before its end: a request is on its way for a while. In milliseconds. */
const unusedMs = 60_000;
/** While the old one lasts, whoever asks waits no longer than this for a new one, in milliseconds. */
const patienceMs = 10_000;
/** And then it is left in peace for so long, in milliseconds. */
const restMs = 60_000;

interface Making<T> {
  readonly made: Promise<T>;
  /** When whoever makes it gives up. */
  readonly until: number;
}

/**
 * @param make one anew; it is urgent where there is no old one to go on with
 * @param now the clock by which it ends, in milliseconds since the epoch
 */
export function createRenewed<T>(
  make: (budget: Budget, isUrgent: boolean) => Promise<Lasting<T>>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  now: () => number = () => clock.now(),
): Renewed<T> {
  let current: (Lasting<T> & { readonly renewAt: number }) | null = null;
  let making: Making<T> | null = null;
  let notBefore = 0;

  const begin = (budget: Budget, isUrgent: boolean): Making<T> => {
    const made = make(budget, isUrgent)
      .then((it) => {
        const renewAt = Math.max(it.endsAt - renewBeforeMs, Math.min(it.endsAt, now() + servesMs));
        current = { ...it, renewAt };
        return it.value;
      })
      .finally(() => {
        making = null;
      });
    making = { made, until: budget.until };
    return making;
  };
  /** One asker tries; the others go on with what there is. */
  const replace = async (old: T, budget: Budget): Promise<T> => {
    const patience = { ...budget, until: clock.now() + Math.min(patienceMs, left(budget, clock)) };
    try {
      return await begin(patience, false).made;
    } catch (error) {
      if (!(error instanceof CloudError || error instanceof Refusal)) throw error;
      log.info(`${sentence(error.message)} The old sign-in lasts on: a new one is tried again in ${seconds(restMs)}.`);
      notBefore = now() + restMs;
      return old;
    }
  };
  const get = async (budget: Budget): Promise<T> => {
    const at = now();
    if (current !== null && at < current.renewAt) return current.value;
    if (current !== null && at < current.endsAt - unusedMs)
      return making !== null || at < notBefore ? current.value : replace(current.value, budget);
    const joined = making;
    const { made } = joined ?? begin(budget, true);
    try {
      return await made;
    } catch (error) {
      // Whoever began may have had less time.
      if (joined !== null && joined.until < budget.until && left(budget, clock) > 0) return get(budget);
      throw error;
    }
  };
  return {
    get,
    newest: () => current?.value ?? null,
    forget(isRefused) {
      // Requests that wait to be sent with it are sent, and renewed like the one that was refused.
      if (current !== null && isRefused(current.value)) current = { ...current, endsAt: 0, renewAt: 0 };
    },
  };
}
