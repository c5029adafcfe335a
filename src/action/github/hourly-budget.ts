import type { Clock } from '#access/clock';
import { boundedWaitMs } from '#access/connections';

/** What GitHub's API still lets us ask. */
export interface HourlyBudget {
  /** Heeds what an answer says of what is left. Header names are in lower case. */
  answered(headers: Readonly<Record<string, string>>): void;
  /** GitHub has asked for a longer pause than a step makes: nothing more is asked. */
  paused(): void;
  /** Why nothing may be asked now; `null` where something may. Waits for a new hour that is at most seconds away. */
  turn(signal: AbortSignal): Promise<string | null>;
}

/** So many requests are left to whatever else asks with the job's token: a repository has 1,000 an hour. */
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
      if (waitMs > longestWaitMs) return 'the hourly budget of GitHub’s API is nearly spent';
      if (isPaused) return 'GitHub’s API asked for a pause';
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      return null;
    },
  };
}

/** Whether GitHub may be waited for as long as it asks, in seconds. */
export function isShortWait(seconds: number): boolean {
  const ms = boundedWaitMs(seconds);
  return ms !== null && ms <= longestWaitMs;
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/u.test(text) ? Number(text) : null;
}
