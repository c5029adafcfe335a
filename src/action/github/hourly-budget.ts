import { budgetSpent, pauseRequested } from '../messages/github.ts';
import type { Clock } from '#access/clock';
import { boundedWaitMs } from '#access/connections';

/** The requests that GitHub's API still allows. */
export interface HourlyBudget {
  /** Reads the number of requests left from an answer. Header names are in lower case. */
  answered(headers: Readonly<Record<string, string>>): void;
  /** GitHub asked for a longer pause than a step makes: no more requests are sent. */
  paused(): void;
  /** The reason to send no request now; `null` where one is allowed. Waits for a new hour that is only seconds away. */
  turn(signal: AbortSignal): Promise<string | null>;
}

/** Number of requests that are left to other users of the job's token: a repository has 1,000 an hour. */
const spared = 50;

/** The longest wait for GitHub, in milliseconds, where it says that it will answer again then. */
const longestWaitMs = 5_000;

/** Source: GitHub Docs, rate limits for the REST API. A server without limits sends none of these headers. */
export function createHourlyBudget(clock: Clock): HourlyBudget {
  let isPaused = false;
  let left = Number.POSITIVE_INFINITY;
  /** Milliseconds since the epoch, by our clock. */
  let renewedAt = 0;
  return {
    answered(headers) {
      const remaining = numberIn(headers['x-ratelimit-remaining']);
      const reset = numberIn(headers['x-ratelimit-reset']);
      if (remaining === null || reset === null) return;
      left = remaining;
      // The hour is GitHub's: by its own clock, which the answer carries, ours may be wrong.
      const there = Date.parse(headers['date'] ?? '');
      renewedAt = clock.now() + reset * 1000 - (Number.isNaN(there) ? clock.now() : there);
    },
    paused() {
      isPaused = true;
    },
    async turn(signal) {
      const waitMs = left < spared ? renewedAt - clock.now() : 0;
      if (waitMs > longestWaitMs) return budgetSpent;
      if (isPaused) return pauseRequested;
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      return null;
    },
  };
}

/** True if the pause that GitHub asks for is short enough, in seconds. */
export function isShortWait(seconds: number): boolean {
  const ms = boundedWaitMs(seconds);
  return ms !== null && ms <= longestWaitMs;
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/u.test(text) ? Number(text) : null;
}
