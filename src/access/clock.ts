/** Time as the domain sees it. Passed in, so that no test sleeps and a rehearsal can drive it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Runs `action` after `ms` milliseconds unless the returned function is called first. */
  after(ms: number, action: () => void): () => void;
}

/** A number in [0, 1). */
export type Random = () => number;

/** How long a piece of work may take, and what may stop it. */
export interface Budget {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly signal: AbortSignal;
}

/** Milliseconds that are left of a budget, never negative. */
export function left(budget: Budget, clock: Clock): number {
  return Math.max(0, budget.until - clock.now());
}
