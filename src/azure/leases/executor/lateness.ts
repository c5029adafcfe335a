import type { Refusal } from '#access/errors';
import type { Deadline } from '#access/leases/protocol/protocol';
import type { ExecutorTools } from './executor-tools.ts';

/** Pause before another read, in milliseconds: at most four times this after the second late answer in a row, then doubled each time. */
const firstPauseMs = 500;
const longestPauseMs = 20_000;

/** A change that is based on an answer. */
interface Resting {
  /** Says what took too long. @param tookMs from the read to the change */
  readonly inWords: (tookMs: number) => Refusal;
  /** Maximum age of an answer, in milliseconds. */
  readonly fresh: number;
}

/** Counts answers that were too old when they came. */
interface Lateness {
  /**
   * One more. Asking again at once would delay the answers of others too: from the second in a row on it pauses, and
   * reports why.
   */
  again(notAfter: Deadline): Promise<{ readonly is: 'late' }>;
  /** An answer was in time. */
  forget(): void;
}

export function createLateness(
  { applying, limit, date, onTrouble }: ExecutorTools,
  { inWords, fresh }: Resting,
): Lateness {
  const { clock, random } = applying;
  let times = 0;
  return {
    async again(notAfter) {
      times += 1;
      if (times > 1 && date() < notAfter.date) {
        onTrouble(inWords(clock.mono() - notAfter.mono + fresh));
        await limit.sleepUntil(clock.mono() + random() * Math.min(longestPauseMs, firstPauseMs * 2 ** times));
      }
      return { is: 'late' };
    },
    forget() {
      times = 0;
    },
  };
}
