import type { Budget, Clock } from '#access/clock';
import type { JobState, Liveness, Origin } from '#access/leases/liveness';
import type { Log } from '#access/tools';
import { jobHasEnded } from '../../messages/leases.ts';
import { holderInWords, jobOf } from '../records/holder-names.ts';
import type { Entry } from '../steps/entries.ts';

/** Returns the holders of these entries whose jobs are known to have ended; rejects only when the budget's signal is aborted. */
export type EndedAmong = (entries: readonly Entry[], budget: Budget) => Promise<readonly string[]>;

/** Maximum wait for an answer, in milliseconds: meanwhile the read that a release is based on becomes outdated. */
const longestMs = 10_000;

interface EndedJobsTools {
  readonly liveness: Liveness;
  readonly origin: Origin;
  readonly clock: Clock;
  readonly log: Log;
}

/** Asks about no job. */
export const noAccessEnded: EndedAmong = () => Promise.resolve([]);

/**
 * Asks once about each other holder: if its job has ended, it holds nothing any more, whatever its entry says. A holder
 * whose job is unknown counts. Source: docs/design/leases.md#release-on-azure.
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
        if (state === 'ended') log.info(jobHasEnded(holderInWords(holder, origin)));
      }
    }
    return entries.map(({ holder }) => holder).filter((holder) => states.get(holder) === 'ended');
  };
}
