import type { Constants } from '../../src/aws/leases/steps/constants.ts';

/**
 * The model's time. A *tick* stands for some seconds: as many of them as a constant says matter, more do not. A *unit* of
 * the date is longer than every duration that is counted in ticks; leases end, and timers fire, where one unit ends and
 * the next begins. Every state is looked at as if it were `now`, so that states that differ in age only are equal.
 */
export const now = 1_000;
export const unit = 1_000;
/** In the milliseconds of the steps' clocks. What lies nearer than a tick is the one before the other, and no more. */
export const tick = 10;

/** The durations in ticks that a world may set; all others follow. */
export interface Durations {
  readonly lag: number;
  /** For how many ticks a read of the assignment may show what was before: 0 or 1. */
  readonly readLag: number;
  /** How many ticks a request may be under way. */
  readonly carry: number;
  readonly flight: number;
  readonly sendWithin: number;
  readonly settle: number;
  readonly armMax: number;
  readonly createMax: number;
  /** How many ticks the call of a firing may be under way. */
  readonly callCarry: number;
  readonly fireWait: number;
  readonly sweepAge: number;
}

/**
 * The order is what the protocol demands: a deletion has landed `sendWithin + carry` ticks after the leaver began, and a
 * joiner waits for longer; what was sent has landed after `flight`; a hold is older than `createMax` before a sweep ends it.
 */
export const shortest: Durations = {
  lag: 0,
  readLag: 0,
  carry: 0,
  flight: 1,
  sendWithin: 0,
  settle: 1,
  armMax: 1,
  createMax: 2,
  callCarry: 0,
  fireWait: 1,
  sweepAge: 4,
};

export function constantsOf(it: Durations): Constants {
  const { lag, readLag, flight, sendWithin, settle, armMax, createMax, fireWait, sweepAge } = it;
  const inTicks = { lag, readLag, flight, sendWithin, settle, armMax, createMax, fireWait, sweepAge };
  const durations = Object.fromEntries(Object.entries(inTicks).map(([name, ticks]) => [name, ticks * tick]));
  return {
    ...(durations as typeof inTicks),
    window: 2 * unit - it.fireWait * tick,
    firePeriod: unit,
    margin: 0,
    gcAge: 100 * unit,
    longestLease: 1_000 * unit,
    lookAgain: 0,
    markFor: 100 * unit,
  };
}

/** So many ticks make every age as large as it can matter. */
export function longTick(it: Durations): number {
  const finite = Object.values(it as unknown as Readonly<Record<string, number>>).filter((ticks) =>
    Number.isFinite(ticks),
  );
  return Math.max(...finite) + 1;
}

/** An age that has grown by so many ticks; above `most` it makes no difference. */
export function older(age: number, ticks: number, most: number): number {
  return Math.min(age + ticks, most);
}
