import { endedTooEarly, firstHasEnded } from '../messages/leases.ts';
import { failed, type Result } from '../outcome.ts';
import type { Why } from './found.ts';

/**
 * Watches the end times of the leases that one step takes. Where the first of them end before the last are begun, the job
 * never has all of them, and each further request delays the cloud in ending the ones that are over.
 */
export interface InTime {
  /** @param end when the lease that was taken ends, in milliseconds since the epoch */
  taken(end: number): void;
  /** The reason not to begin another lease; `null` while there is none. */
  readonly isOver: () => Why | null;
  /** The final results: a lease that has ended by then is no success (P1). */
  settle(results: readonly Result[]): readonly Result[];
}

/** @param date now by the cloud's clock, in milliseconds since the epoch */
export function createInTime(date: () => number): InTime {
  let first = Infinity;
  return {
    taken(end) {
      first = Math.min(first, end);
    },
    isOver: () => (date() < first ? null : firstHasEnded(first)),
    settle: (results) => results.map((it) => unlessEnded(it, date())),
  };
}

function unlessEnded(result: Result, date: number): Result {
  const { lease, outcome } = result;
  const end = lease?.did === 'took' ? lease.expiresAt : null;
  if (outcome.status !== 'SUCCEEDED' || end === null || date < end) return result;
  const { changed, requestId } = outcome;
  return { ...result, lease: null, outcome: failed(requestId, null, { ...endedTooEarly(end), changed }) };
}
