/** The requests that the tokens of a repository may make in an hour [docs:rate-limits-for-the-rest-api]. */
const LIMIT = 1000;
const HOUR_MS = 3_600_000;

export interface Hours {
  /** Counts a request; the headers of its answer, and whether it is one too many. */
  count(repository: string): { readonly isOver: boolean; readonly headers: Readonly<Record<string, string>> };
  /** Number of remaining requests, until this many milliseconds from now; default an hour. */
  leave(repository: string, requests: number, forMs?: number): void;
}

interface Hour {
  used: number;
  endsAt: number;
}

/** An hour begins with its first request. */
export function makeHours(now: () => number): Hours {
  const hours = new Map<string, Hour>();
  const hourOf = (repository: string): Hour => {
    const known = hours.get(repository);
    if (known !== undefined && known.endsAt > now()) return known;
    const fresh = { used: 0, endsAt: now() + HOUR_MS };
    hours.set(repository, fresh);
    return fresh;
  };
  return {
    count: (repository) => {
      const hour = hourOf(repository);
      const isOver = hour.used >= LIMIT;
      if (!isOver) hour.used += 1;
      const headers = {
        'x-ratelimit-limit': String(LIMIT),
        'x-ratelimit-remaining': String(LIMIT - hour.used),
        'x-ratelimit-used': String(hour.used),
        'x-ratelimit-reset': String(Math.ceil(hour.endsAt / 1000)),
        'x-ratelimit-resource': 'core',
      };
      return { isOver, headers };
    },
    leave: (repository, requests, forMs = HOUR_MS) => {
      hours.set(repository, { used: LIMIT - requests, endsAt: now() + forMs });
    },
  };
}
