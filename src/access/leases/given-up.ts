import { minuteInWords } from '../clock.ts';
import { withMore } from '../words.ts';

/** Why a join is given up on every cloud: too near its end, cut off by its time limit or a cancellation, or refused. */
export type GivenUpAnywhere = 'late' | 'abandoned' | 'failed';

/**
 * In words.
 *
 * @param end of the lease, in milliseconds since the epoch
 * @param detail what a request came to
 */
export function givenUp(why: GivenUpAnywhere, end: number, detail: string | null): string {
  switch (why) {
    case 'late':
      return withMore(`The lease could not be taken before its own end at ${minuteInWords(end)}.`, detail ?? '');
    case 'abandoned':
      return withMore('The time limit passed before the lease stood.', detail ?? '');
    case 'failed':
      return detail ?? 'A request came to nothing.';
  }
}

/** @param takes how long a join may take, in a clause */
export function hintOnGivingUp(why: GivenUpAnywhere, takes: string): string {
  switch (why) {
    case 'late':
      return 'Run the step again with a longer `lifetime`.';
    case 'abandoned':
      return `Run the step again with a longer \`timeout\`: ${takes}.`;
    case 'failed':
      return 'Run the step again.';
  }
}
