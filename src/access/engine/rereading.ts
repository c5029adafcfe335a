import { readingAgain } from '../messages/changes.ts';
import { left, type Budget, type Clock } from '../clock.ts';
import type { Log } from '../tools.ts';

/** A read that is repeated until it is as wanted: reads lag behind a change. */
export interface Rereading<Read> {
  readonly read: (budget: Budget) => Promise<Read>;
  readonly isWanted: (read: Read) => boolean;
  /** The expected state, for the log. */
  readonly expected: 'there' | 'gone';
  /** Maximum lag of reads, in milliseconds: then the last read is believed. */
  readonly visibleWithinMs: number;
  /** The longest wait between two reads, in milliseconds. */
  readonly longestWaitMs: number;
  /** True if there is no time for another read, though the budget has some. */
  readonly isOver?: () => boolean;
}

/** Wait before the second read, in milliseconds; before each further one twice as long. */
const firstWaitMs = 500;

/** Reads until it is as wanted, or as long as reads may lag; returns what was read last. */
export async function readUntilWanted<Read>(
  { read, isWanted, expected, visibleWithinMs, longestWaitMs, isOver = () => false }: Rereading<Read>,
  budget: Budget,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Read> {
  let last = await read(budget);
  let waited = 0;
  for (let wait = firstWaitMs; !isWanted(last); wait = Math.min(2 * wait, longestWaitMs)) {
    if (waited + wait > visibleWithinMs || wait >= left(budget, clock) || isOver()) break;
    log.info(readingAgain(expected, wait));
    await clock.sleep(wait, budget.signal);
    waited += wait;
    last = await read(budget);
  }
  return last;
}
