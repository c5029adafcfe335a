import { lifetimesMs } from '#access/durations';

/** Durations and time limits, in milliseconds. Each says how it has to relate to the others. */
export interface Constants {
  /**
   * ListSchedules shows every change that is older. AWS documents no time: this is an estimate, and the only place to
   * change it.
   */
  readonly lag: number;
  /** A request that was sent is carried out within this, or never. */
  readonly flight: number;
  /** After it began to drop its hold, a leaver sends its deletion within this: with `flight` it has reached by `settle`. */
  readonly sendWithin: number;
  /** Wait of a joiner that is not alone after its hold: longer than `sendWithin` and `flight` together. */
  readonly settle: number;
  /** A timer is armed within this of one's own hold: shorter than the shortest lease. */
  readonly armMax: number;
  /** An assignment is created within this of one's own hold: shorter than `sweepAge` by more than `flight`. */
  readonly createMax: number;
  /** A firing that has begun arrives within this, whatever becomes of its schedule: 60 s of precision, 60 s of age, slack. */
  readonly fireWait: number;
  /** A timer fires from its time on for this long, every `firePeriod`. */
  readonly window: number;
  readonly firePeriod: number;
  /** Clocks differ, and a request takes its time: around every end of a lease. */
  readonly margin: number;
  /** Reads show every change that is older. */
  readonly readLag: number;
  /** Age up to which a hold is young, and its holder may still be at work. */
  readonly sweepAge: number;
  /** Age after its end at which a record that proves nothing is deleted: longer than `window` and `fireWait` together. */
  readonly gcAge: number;
  /** No lease is longer; a record whose end is further from its creation is not this action's. */
  readonly longestLease: number;
  /** Between two looks at what is still going on. */
  readonly lookAgain: number;
  /** A sweep's mark counts for so long. */
  readonly markFor: number;
}

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

export const constants: Constants = {
  lag: 2 * second,
  flight: 10 * second,
  sendWithin: 15 * second,
  settle: 30 * second,
  armMax: minute,
  createMax: 10 * minute,
  fireWait: 3 * minute,
  window: 16 * minute,
  firePeriod: 5 * minute,
  margin: minute,
  readLag: 10 * second,
  sweepAge: 15 * minute,
  gcAge: 7 * day,
  longestLease: lifetimesMs.longest,
  lookAgain: second,
  markFor: 60 * minute,
};

/** The end of a hold that a permanent assignment makes while it works: later than any lease. In milliseconds. */
export const never = 9_999_999_999_000;
