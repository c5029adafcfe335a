import { left, type Budget, type Clock } from './clock.ts';

/** A cloud's quota: at most `perSecond` requests in any second, of which `burst` may come at once. */
export interface Quota {
  readonly perSecond: number;
  readonly burst: number;
}

/** Lets requests through at a quota's pace; slows down when the cloud throttles, and recovers. */
export interface Pace {
  /** Waits for the next request's turn; false when that comes too late for the budget. */
  turn(budget: Budget): Promise<boolean>;
  /** A request was answered without being throttled. */
  speedUp(): void;
  /** The cloud throttled: others share the quota, so take half of what we took. */
  slowDown(): void;
}

/** How much of the quota comes back with each answered request. */
const recovery = 0.02;
const slowest = 0.1;

/**
 * Turns are slots in time, each one interval after the one before; a quiet spell saves up to a burst of them. The rate
 * follows additive increase, multiplicative decrease; slots that were given out keep their times.
 */
export function createPace(quota: Quota, clock: Clock): Pace {
  // In any second at most a burst and one second's slots are used: together they keep the quota.
  const fullRate = quota.perSecond - quota.burst;
  let share = 1;
  let nextSlot = Number.NEGATIVE_INFINITY;

  return {
    async turn(budget) {
      const interval = 1_000 / (fullRate * share);
      const now = clock.now();
      const slot = Math.max(nextSlot, now - (quota.burst - 1) * interval);
      const wait = Math.ceil(slot - now);
      if (wait > left(budget, clock)) return false;
      nextSlot = slot + interval;
      if (wait > 0) await clock.sleep(wait, budget.signal);
      return true;
    },
    speedUp() {
      share = Math.min(1, share + recovery);
    },
    slowDown() {
      share = Math.max(slowest, share / 2);
    },
  };
}
