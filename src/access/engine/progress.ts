import type { Clock } from '../clock.ts';
import type { Log } from '../tools.ts';
import { isChanged, type Result } from '../outcome.ts';
import { seconds } from '../words.ts';

/** Says how far a run with many grants has come. */
export interface Progress {
  ended(result: Result): void;
  close(): void;
}

/** At most so often, in milliseconds. */
const everyMs = 5_000;
const instantMs = 500;
/** So many have to have ended before anything can be said of the rest. */
const enough = 5;

/** @param inFlight how many operations are in flight now */
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
    const counts = [
      `${done} of ${total} done`,
      `${failed} failed`,
      `${inFlight()} in flight`,
      ...(unended > 0 ? [`${unended} still in progress at their time limit`] : []),
    ];
    log.info(`${[...counts, ...rest(spokenAt - began)].join(', ')}.`);
  };
  /**
   * What had nothing to change took no time and says nothing of the rest; nor does any pace where all of the rest has
   * begun, and the cloud alone knows how long it takes.
   */
  const rest = (elapsed: number): readonly string[] => {
    const left = total - done - unended;
    return changed < enough || left <= inFlight() ? [] : [`about ${seconds((elapsed / changed) * left)} left`];
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
