import type { Constants } from '../../src/aws/leases/steps/constants.ts';

/**
 * The model's time. A *tick* is some seconds: as many of them as a constant says matter, more do not. A *unit* of the
 * date is longer than every duration that is counted in ticks; leases end, and timers fire, where one unit ends and the
 * next begins. Every state is looked at as if it were `now`, so that states that differ in age only are equal.
 */
export const now = 1_000;
export const unit = 1_000;
/** In the milliseconds of the steps' clocks. A difference of less than a tick is an order, and nothing more. */
export const tick = 10;

/** The durations in ticks that a world may set; all others follow. */
export interface Durations {
  readonly lag: number;
  /** Number of ticks for which a read of the assignment can show the earlier state: 0 or 1. */
  readonly readLag: number;
  /** Number of ticks that a request can be on its way. */
  readonly carry: number;
  readonly flight: number;
  readonly sendWithin: number;
  readonly settle: number;
  readonly armMax: number;
  readonly createMax: number;
  /** Number of ticks that the call of a firing can be on its way. */
  readonly callCarry: number;
  readonly fireWait: number;
  readonly sweepAge: number;
}

/**
 * The order that the protocol needs: a deletion has arrived `sendWithin + carry` ticks after the release began, and a
 * join waits for longer; a sent request has arrived after `flight`; a hold is older than `createMax` before a sweep
 * ends it.
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

/** Number of ticks after which every age is as large as it can matter. */
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
