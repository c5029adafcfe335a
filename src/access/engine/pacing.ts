import { whenAborted } from './aborting.ts';
import { left, type Budget, type Clock } from '../clock.ts';

/** A cloud's quota as a token bucket: `burst` requests may come at once, and `perSecond` come back each second. */
export interface Quota {
  readonly perSecond: number;
  readonly burst: number;
  /** Most requests in any second; without it, `perSecond` and `burst` together. */
  readonly inAnySecond?: number;
}

/** Lets requests through at a quota's pace; slows down when the cloud throttles, and recovers. */
export interface Pace {
  /** Waits for the next request's turn; false when that comes too late for the budget. */
  turn(budget: Budget): Promise<boolean>;
  /** Wait of the next request for its turn, in milliseconds. */
  waitMs(): number;
  /** A request was answered; `remaining` is what the cloud says is left in the bucket, `null` where it says nothing. */
  answered(remaining: number | null): void;
  /**
   * The cloud throttled: others share the quota, so the bucket is empty, half of the rate is theirs, and nothing goes
   * before the cloud's wait, in milliseconds, is over.
   */
  throttled(waitMs: number | null): void;
  /** A request ended otherwise. */
  ended(): void;
  /** A turn is not needed after all. */
  release(): void;
  /** Number of times that the cloud has throttled. */
  readonly timesThrottled: () => number;
}

/** Part of the quota that returns with each answered request. */
const recovery = 0.02;
const slowest = 0.2;
/** Answers that come within so many milliseconds speak of the same state of the bucket. */
const sameMs = 1_000;
const secondMs = 1_000;
/** Wait from which a request may run out of time, in milliseconds. */
const longMs = 1_000;

/** A request that cannot be sent any more, or has no time left, needs no turn. */
function isLate(budget: Budget, clock: Clock): boolean {
  return left(budget, clock) === 0 || clock.mono() >= (budget.sendBy ?? Infinity);
}

function mostOf({ perSecond, burst, inAnySecond }: Quota): number {
  return inAnySecond ?? perSecond + burst;
}

interface Waiter {
  readonly budget: Budget;
  readonly go: (inTime: boolean) => void;
}

/** A quota that is kept below a number of requests in any second. */
export function lowered(quota: Quota, most: number | null): Quota {
  const { perSecond, burst } = quota;
  if (most === null || mostOf(quota) <= most) return quota;
  const atOnce = Math.max(1, Math.min(burst, Math.floor(most / 6)));
  return { burst: atOnce, perSecond: Math.min(perSecond, atOnce === 1 ? most : most - atOnce) };
}

/**
 * First come, first served. The rate follows additive increase, multiplicative decrease, and applies to those that wait
 * already: others share the quota, and a queue that was promised its times would go on at the old pace.
 */
export function createPace(quota: Quota, clock: Clock): Pace {
  const { perSecond, burst, inAnySecond: most = null } = quota;
  const waiting: Waiter[] = [];
  let share = 1;
  let slowedAt = Number.NEGATIVE_INFINITY;
  let tokens = burst;
  let countedAt = clock.now();
  let closedUntil = Number.NEGATIVE_INFINITY;
  let unanswered = 0;
  let throttles = 0;
  /** The times of the last turns, the oldest first, no more than a second may have; empty without such a bound. */
  const given: number[] = [];
  let timer: (() => void) | null = null;
  let wakesAt = Number.POSITIVE_INFINITY;

  const rate = (): number => (perSecond * share) / 1_000;
  const refill = (): void => {
    const now = clock.now();
    // Nothing comes in while the cloud refuses.
    const open = Math.max(0, now - Math.max(countedAt, closedUntil));
    tokens = Math.min(burst, tokens + open * rate());
    countedAt = now;
  };
  /** Milliseconds until so many tokens are there. */
  const untilThere = (wanted: number): number => {
    const closed = Math.max(0, closedUntil - clock.now());
    const there = tokens >= wanted && closed === 0 ? 0 : closed + Math.ceil(Math.max(0, wanted - tokens) / rate());
    return Math.max(there, untilRoom());
  };
  /** Milliseconds until the last second has room for another turn. */
  const untilRoom = (): number => {
    const [oldest] = given;
    return oldest === undefined || given.length !== most ? 0 : Math.max(0, Math.ceil(oldest + secondMs - clock.mono()));
  };
  const take = (): void => {
    tokens -= 1;
    unanswered += 1;
    if (most === null) return;
    given.push(clock.mono());
    if (given.length > most) given.shift();
  };
  const serve = (): void => {
    refill();
    for (let next = waiting[0]; next !== undefined && untilThere(1) === 0; next = waiting[0]) {
      waiting.shift();
      const inTime = !isLate(next.budget, clock);
      if (inTime) take();
      next.go(inTime);
    }
    wait();
  };
  /** Until a token is there; where that is long, until the first has no more time to wait for it. */
  const wait = (): void => {
    timer?.();
    timer = null;
    if (waiting.length === 0) return;
    const token = untilThere(1);
    const patience =
      token < longMs ? token : waiting.reduce((least, { budget }) => Math.min(least, left(budget, clock)), token);
    wakesAt = clock.now() + patience;
    timer = clock.after(patience, () => {
      const late = waiting.filter(({ budget }) => isLate(budget, clock));
      for (const waiter of late) {
        waiting.splice(waiting.indexOf(waiter), 1);
        waiter.go(false);
      }
      serve();
    });
  };

  return {
    waitMs() {
      refill();
      return untilThere(waiting.length + 1);
    },
    turn(budget) {
      refill();
      if (waiting.length === 0 && untilThere(1) === 0) {
        take();
        return Promise.resolve(true);
      }
      // Who has time as long as answers come waits for its turn however far off that is.
      const late = budget.onAnswer === undefined && untilThere(waiting.length + 1) > left(budget, clock);
      if (late) return Promise.resolve(false);
      return new Promise((resolve, reject) => {
        const { signal } = budget;
        if (signal.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const unheard = whenAborted(signal, () => {
          const place = waiting.indexOf(waiter);
          if (place >= 0) waiting.splice(place, 1);
          if (waiting.length === 0) wait();
          reject(signal.reason as Error);
        });
        const waiter: Waiter = {
          budget,
          go: (inTime) => {
            unheard();
            resolve(inTime);
          },
        };
        waiting.push(waiter);
        // Who comes last may have the least time.
        if (timer === null || clock.now() + left(budget, clock) < wakesAt) wait();
      });
    },
    answered(remaining) {
      unanswered -= 1;
      refill();
      share = Math.min(1, share + recovery);
      // What is on its way was not counted by the cloud yet.
      if (remaining !== null) tokens = Math.min(tokens, Math.max(0, remaining - unanswered));
    },
    throttled(waitMs) {
      unanswered -= 1;
      throttles += 1;
      refill();
      if (clock.now() - slowedAt >= sameMs) {
        slowedAt = clock.now();
        share = Math.max(slowest, share / 2);
      }
      tokens = 0;
      if (waitMs !== null) closedUntil = Math.max(closedUntil, clock.now() + waitMs);
    },
    ended() {
      unanswered -= 1;
    },
    release() {
      unanswered -= 1;
      given.pop();
      refill();
      tokens = Math.min(burst, tokens + 1);
      serve();
    },
    timesThrottled: () => throttles,
  };
}
