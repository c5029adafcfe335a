import type { Refusal } from '#access/errors';
import type { Deadline } from '#access/leases/protocol/protocol';
import type { ExecutorTools } from './executor-tools.ts';

/** Before it is read once more, in milliseconds: at most four times this after the second in a row, then twice as long each. */
const firstPauseMs = 500;
const longestPauseMs = 20_000;

/** What was to rest on an answer. */
interface Resting {
  /** Says what took too long. @param tookMs from the question to where something was to be sent */
  readonly inWords: (tookMs: number) => Refusal;
  /** How old an answer may be, in milliseconds. */
  readonly fresh: number;
}

/** Answers that were too old by the time that they came. */
export interface Lateness {
  /**
   * One more. Whoever asks again at once where all answers take too long keeps those of others waiting, too: from the
   * second in a row on it waits a little, and says why.
   */
  again(notAfter: Deadline): Promise<{ readonly is: 'late' }>;
  /** One was not. */
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
