import type { Random } from '../clock.ts';
import type { Failure, FailureKind } from '../errors.ts';

interface Backoff {
  /** Milliseconds. */
  readonly base: number;
  /** Milliseconds. */
  readonly cap: number;
  /** Maximum number of tries; without it, as many as the time limit allows. */
  readonly tries?: number;
}

/**
 * The one retry policy. What is not listed is final.
 * `busy`: another operation runs on the same account; those take 2–15 s. `throttled`: the quota is shared with others.
 * `replicating`: a new principal was seen to take 10 to 23 s, some groups minutes.
 */
const backoffs: Readonly<Partial<Record<FailureKind, Backoff>>> = {
  busy: { base: 2_000, cap: 30_000 },
  throttled: { base: 1_000, cap: 20_000 },
  skewed: { base: 100, cap: 1_000 },
  replicating: { base: 4_000, cap: 10_000 },
  'unknown-role': { base: 2_000, cap: 8_000, tries: 4 },
  unavailable: { base: 500, cap: 10_000 },
  unreachable: { base: 500, cap: 10_000 },
};

/**
 * Wait before the next try, in milliseconds, `null` where the failure is final.
 * Full jitter; what the cloud asked for is a lower bound.
 *
 * @param tries how often it has failed in this way so far, from 1
 */
export function delayBeforeRetry(failure: Failure, tries: number, random: Random): number | null {
  const backoff = backoffs[failure.kind];
  if (backoff === undefined || tries >= (backoff.tries ?? Number.POSITIVE_INFINITY)) return null;
  const ceiling = Math.min(backoff.cap, backoff.base * 2 ** (tries - 1));
  return Math.max(failure.retryAfterMs ?? 0, Math.round(random() * ceiling));
}

/** Before a request is sent again with new credentials, in milliseconds. @param renewals how often it was, from 0 */
export function delayBeforeRenewal(renewals: number, random: Random): number {
  return renewals === 0 ? 0 : Math.round((0.5 + random() / 2) * Math.min(10_000, 250 * 2 ** renewals));
}

/** Between two tries of a sign-in that goes on whatever the answer, in milliseconds. @param tries how many there were, from 1 */
export function delayBeforeSignIn(tries: number, random: Random): number {
  return Math.round((0.5 + random() / 2) * Math.min(12_000, 500 * 2 ** tries));
}

/** The waits of several requests that fail in passing, each by how often it has. */
export interface Retries {
  /** Wait before the next try, in milliseconds, `null` where the failure is final. */
  delayAfter(failure: Failure, what: string): number | null;
  /** It was not in vain: the next failure is the first again. */
  forget(what: string): void;
}

export function createRetries(random: Random): Retries {
  const counts = new Map<string, number>();
  return {
    delayAfter(failure, what) {
      const tries = (counts.get(what) ?? 0) + 1;
      counts.set(what, tries);
      return delayBeforeRetry(failure, tries, random);
    },
    forget(what) {
      counts.delete(what);
    },
  };
}

/** True if a request that failed in this way may succeed when it is tried again. */
export function isPassing({ kind }: Failure): boolean {
  return backoffs[kind] !== undefined;
}

/** True if the request may have been carried out although no good answer came. */
export function isUncertain(failure: Failure): boolean {
  return failure.kind === 'unavailable' || failure.kind === 'unreachable';
}
