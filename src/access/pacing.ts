import type { Budget, Clock } from './clock.ts';

/** A cloud's quota: at most `perSecond` requests in any second, of which `burst` may come at once. */
export interface Quota {
  readonly perSecond: number;
  readonly burst: number;
}

/** Lets requests through at a quota's pace; slows down when the cloud throttles, and recovers. */
export interface Pace {
  /** Resolves when the next request may be sent. */
  turn(budget: Budget): Promise<void>;
  /** The cloud throttled: others share the quota, so take half of what we took. */
  slowDown(): void;
}

/** How much of the quota comes back with each request that was not throttled. */
const recovery = 0.02;
const slowest = 0.1;

/** A token bucket. Its rate follows additive increase, multiplicative decrease. */
export function createPace(quota: Quota, clock: Clock): Pace {
  // In any second at most `burst` tokens plus one second's refill are spent: together they keep the quota.
  const fullRate = quota.perSecond - quota.burst;
  let share = 1;
  let tokens = quota.burst;
  let filledAt = clock.now();

  const refill = (): void => {
    const now = clock.now();
    tokens = Math.min(quota.burst, tokens + ((now - filledAt) / 1000) * fullRate * share);
    filledAt = now;
  };

  return {
    async turn(budget) {
      refill();
      share = Math.min(1, share + recovery);
      tokens -= 1;
      if (tokens >= 0) return;
      await clock.sleep(Math.ceil((-tokens / (fullRate * share)) * 1000), budget.signal);
    },
    slowDown() {
      share = Math.max(slowest, share / 2);
    },
  };
}
