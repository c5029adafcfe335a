import { failed, type Result } from '../outcome.ts';
import { minuteInWords } from '../clock.ts';

/**
 * Watches over the ends of the leases that one step takes: where the first of them end before the last are begun, nobody
 * can work with all of them, and what is begun keeps the cloud from ending what is over.
 */
export interface InTime {
  /** @param end when the lease that was taken ends, in milliseconds since the epoch */
  taken(end: number): void;
  /** Why no more is begun, with what to do; `null` as long as more may be. */
  readonly isOver: () => { readonly reason: string; readonly hint: string } | null;
  /** The results as they are when all are done: what has ended by then is no success (P1). */
  settle(results: readonly Result[]): readonly Result[];
}

const hint = 'Give a longer `lifetime`, or fewer grants of one account or scope to a step.';

/** @param date now by the cloud's clock, in milliseconds since the epoch */
export function createInTime(date: () => number): InTime {
  let first = Infinity;
  return {
    taken(end) {
      first = Math.min(first, end);
    },
    isOver: () =>
      date() < first ? null : { reason: `the first lease of this step has ended at ${minuteInWords(first)}.`, hint },
    settle: (results) => results.map((it) => unlessEnded(it, date())),
  };
}

function unlessEnded(result: Result, date: number): Result {
  const { lease, outcome } = result;
  const end = lease?.did === 'took' ? lease.expiresAt : null;
  if (outcome.status !== 'SUCCEEDED' || end === null || date < end) return result;
  const { changed, requestId } = outcome;
  const reason = `The lease stood, and ended at ${minuteInWords(end)}, before the step was done.`;
  return { ...result, lease: null, outcome: failed(requestId, null, { reason, hint, changed }) };
}
