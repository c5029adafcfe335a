import { soFar } from '../messages/changes.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../tools.ts';
import { isChanged, type Result } from '../outcome.ts';

/** Logs the progress of a run with many grants. */
export interface Progress {
  ended(result: Result): void;
  close(): void;
}

/** Minimum interval between two lines, in milliseconds. */
const everyMs = 5_000;
const instantMs = 500;
/** Number of changes that must have ended before the rest can be estimated. */
const enough = 5;

/** @param inFlight number of operations that are in flight now */
export function createProgress(total: number, inFlight: () => number, clock: Clock, log: Log): Progress {
  const began = clock.now();
  let spokenAt = began;
  let done = 0;
  let failed = 0;
  let changed = 0;
  /** Given up on, and still going on. */
  let unended = 0;
  let timer: (() => void) | null = null;

  const say = (): void => {
    timer?.();
    timer = null;
    spokenAt = clock.now();
    log.info(soFar({ done, total, failed, inFlight: inFlight(), unended }, rest(spokenAt - began)));
  };
  /**
   * Estimated milliseconds for the rest, `null` if unknown: grants without a change took no time, and where all of the rest
   * has begun, only the cloud knows how long it takes.
   */
  const rest = (elapsed: number): number | null => {
    const left = total - done - unended;
    return changed < enough || left <= inFlight() ? null : (elapsed / changed) * left;
  };

  return {
    ended(result) {
      if (result.outcome.status === 'IN_PROGRESS') unended += 1;
      else done += 1;
      if (result.outcome.status === 'FAILED') failed += 1;
      if (isChanged(result)) changed += 1;
      if (total === 1) return;
      // Not before the instant is over: many end together.
      timer ??= clock.after(Math.max(instantMs, everyMs - (clock.now() - spokenAt)), say);
    },
    close() {
      timer?.();
    },
  };
}
