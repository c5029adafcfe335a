import type { Executor } from '../executor/executor.ts';
import type { Answer, Ask } from '../steps/asks.ts';

/** Watches over the records that a protocol deletes: what stays although it was to go is for a person to know. */
export interface Deletions {
  perform(ask: Ask, own: readonly string[]): Promise<Answer | null>;
  /** How many could not be deleted, and why; `null` where all could. */
  readonly undeleted: () => Undeleted | null;
}

export interface Undeleted {
  readonly count: number;
  /** A sentence. */
  readonly why: string;
}

export function watchDeletions(executor: Executor): Deletions {
  let undeleted: Undeleted | null = null;
  return {
    undeleted: () => undeleted,
    async perform(ask, own) {
      const answer = await executor.perform(ask, own);
      // One that was too late to be sent stays on purpose: others have to see it.
      if (ask.do === 'drop' && (answer?.is === 'failed' || answer?.is === 'lost'))
        undeleted = { count: (undeleted?.count ?? 0) + 1, why: executor.trouble()?.message ?? 'Nobody answered.' };
      return answer;
    },
  };
}

/** Of records that mean nothing any more, in a sentence; empty where none is left. */
export function undeletedInWords({ undeleted }: Deletions): string {
  const left = undeleted();
  if (left === null) return '';
  const those = left.count === 1 ? 'One of its records' : `${left.count} of its records`;
  return `${those} could not be deleted, and the next sweep tries again: ${left.why}`;
}
