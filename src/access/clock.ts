/** Time as the domain sees it. Passed in, so that no test sleeps and a rehearsal can drive it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that no adjustment changes: only for durations. */
  mono(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Runs `action` after `ms` milliseconds unless the returned function is called first. */
  after(ms: number, action: () => void): () => void;
}

/** A number in [0, 1). */
export type Random = () => number;

/** Time limit of a piece of work, and what can stop it. */
export interface Budget {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly signal: AbortSignal;
  /** After this, in milliseconds on the monotonic clock, nothing is sent any more, however much time is left for an answer. */
  readonly sendBy?: number;
  /** A turn that was waited for before: a request of its quota takes that instead of waiting for another. */
  readonly turn?: Turn;
  /** Time limit of one request, in milliseconds, where an answer takes longer than most. */
  readonly patienceMs?: number;
  /** Time for retries after faults of the service, in milliseconds; by default all that is left. */
  readonly faultsMs?: number;
  /** A denial is an answer: what is asked for is found in another way, or done without. */
  readonly mayBeDenied?: boolean;
  /** Told of each good answer, where the budget depends on that. */
  readonly onAnswer?: () => void;
}

/** Milliseconds that are left of a budget, never negative. */
export function left(budget: Budget, clock: Clock): number {
  return Math.max(0, budget.until - clock.now());
}

/**
 * A budget that lasts as long as answers come: it ends when there was none for `quietMs`, and at the latest after
 * `longestMs`. How long a sweep takes depends on how much there is; how long to wait for an answer does not.
 */
export function whileAnswered(quietMs: number, longestMs: number, clock: Clock, signal: AbortSignal): Budget {
  const end = clock.now() + longestMs;
  let until = clock.now() + quietMs;
  return {
    get until() {
      return Math.min(end, until);
    },
    signal,
    onAnswer: () => {
      until = clock.now() + quietMs;
    },
  };
}

/** A budget with something else in it. The end of what it is made from may move: it is asked for anew each time. */
export function budgetWith(
  budget: Budget,
  more: Partial<Omit<Budget, 'until'>>,
  until: () => number = () => budget.until,
): Budget {
  return {
    ...budget,
    ...more,
    get until() {
      return until();
    },
  };
}

/** A list that could be done without is given up after so long, in milliseconds: most faults of a service pass sooner. */
const dispensableMs = 10_000;

/** The budget of a question whose answer is welcome and not needed: a service may fail at one operation for hours. */
export function dispensable(budget: Budget): Budget {
  return budgetWith(budget, { faultsMs: dispensableMs });
}

/** Reading, and signing in, end when there was no answer for so long, in milliseconds. */
const quietMs = 2 * 60_000;
/** However much there is to read, in milliseconds. */
const longestReadingMs = 30 * 60_000;

/** The budget of all that a request reads before it changes anything. */
export function readingBudget(clock: Clock, signal: AbortSignal): Budget {
  return whileAnswered(quietMs, longestReadingMs, clock, signal);
}

/**
 * A request's turn at a quota's pace, waited for before what the request rests on is read: what was read does not grow old
 * in a queue then.
 */
export interface Turn {
  /** True if a request of this quota can use it: it is not spent, and the cloud has not throttled since. */
  counts(quota: string): boolean;
  /** The request is sent. */
  spend(): void;
  /** It is not needed: others may have it. */
  release(): void;
}

/** `2026-11-21T21:35:00Z`: an instant as outputs have it, from milliseconds since the epoch. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/u, 'Z');
}

export const minuteMs = 60_000;

/** The whole minute that an instant lies in, both in milliseconds. */
export function wholeMinute(ms: number): number {
  return Math.floor(ms / minuteMs) * minuteMs;
}

/** `2026-11-21 21:35 UTC`: the same for a person, to the minute. */
export function minuteInWords(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
