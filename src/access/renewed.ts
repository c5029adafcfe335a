import { keepingSignIn } from './messages/sign-in.ts';
import { left, type Budget, type Clock } from './clock.ts';
import { CloudError, Refusal } from './errors.ts';
import type { Log } from './tools.ts';

/** A value that expires, such as an access token. Instants are in milliseconds since the epoch. */
export interface Lasting<T> {
  readonly value: T;
  readonly endsAt: number;
}

/** A value that expires, renewed in time, once for all callers. */
export interface Renewed<T> {
  /** A valid value; rejects with the error of the last try. */
  get(budget: Budget): Promise<T>;
  /** The newest one, which may have expired; `null` before the first. */
  newest(): T | null;
  /** Makes the next call get a new one, if the newest is one of these. */
  forget(isRefused: (value: T) => boolean): void;
}

/** Time before its end at which it is renewed, in milliseconds. */
const renewBeforeMs = 5 * 60_000;
/** Minimum time that one is used, in milliseconds: it may come from a cache, with little time left. */
const servesMs = 30_000;
/** Time before its end from which it is not used, in milliseconds: a request takes a while. */
const unusedMs = 60_000;
/** Maximum wait for a new one while the old one is valid, in milliseconds. */
const patienceMs = 10_000;
/** Pause after such a try, in milliseconds. */
const restMs = 60_000;

interface Making<T> {
  readonly made: Promise<T>;
  /** Time at which its maker gives up. */
  readonly until: number;
}

/**
 * @param make makes a new one; urgent where there is no old one to use meanwhile
 * @param now the clock of its end, in milliseconds since the epoch
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
  /** One caller tries; the others use the old one. */
  const replace = async (old: T, budget: Budget): Promise<T> => {
    const patience = { ...budget, until: clock.now() + Math.min(patienceMs, left(budget, clock)) };
    try {
      return await begin(patience, false).made;
    } catch (error) {
      if (!(error instanceof CloudError || error instanceof Refusal)) throw error;
      log.info(keepingSignIn(error.message, restMs));
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
      // The caller that began may have had less time.
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
