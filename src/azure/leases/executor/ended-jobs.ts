import type { Budget, Clock } from '#access/clock';
import type { JobState, Liveness, Origin } from '#access/leases/liveness';
import type { Log } from '#access/tools';
import { holderInWords, jobOf } from '../records/holder-names.ts';
import type { Entry } from '../steps/entries.ts';

/** Which of these entries' holders are known to have ended with their jobs; rejects only when the budget's signal is aborted. */
export type EndedAmong = (entries: readonly Entry[], budget: Budget) => Promise<readonly string[]>;

/** An answer that takes longer is not waited for: whoever leaves has a read that grows old. In milliseconds. */
const longestMs = 10_000;

export interface EndedJobsTools {
  readonly liveness: Liveness;
  readonly origin: Origin;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where nobody asks. */
export const noAccessEnded: EndedAmong = () => Promise.resolve([]);

/**
 * Asks once about each holder but the own: that of a job that has ended holds nothing any more, whatever its entry says.
 * What cannot be told counts. Source: docs/design/leases.md#release-on-azure.
 */
export function askAboutOthers(own: string, { liveness, origin, clock, log }: EndedJobsTools): EndedAmong {
  const states = new Map<string, JobState>();
  return async (entries, budget) => {
    const asked = entries.filter(({ holder, keepAfterJob }) => holder !== own && !keepAfterJob && !states.has(holder));
    if (asked.length > 0) {
      const until = Math.min(budget.until, clock.now() + longestMs);
      const jobs = asked.map(({ holder }) => jobOf(holder, origin));
      const standings = await liveness.states(jobs, { ...budget, until });
      for (const [index, { holder }] of asked.entries()) {
        const state = standings[index]?.state ?? 'unknown';
        states.set(holder, state);
        if (state === 'ended')
          log.info(`The job of ${holderInWords(holder, origin)} has ended: its entry counts no more.`);
      }
    }
    return entries.map(({ holder }) => holder).filter((holder) => states.get(holder) === 'ended');
  };
}
