import type { Budget, Clock, Random } from '../clock.ts';
import type { Change, Cloud, Operation } from '../cloud.ts';
import type { Log } from '../tools.ts';
import type { Action } from '../plan/plan.ts';
import type { Finder } from './find.ts';
import type { Health } from './health.ts';
import type { Poller } from './poll.ts';
import type { Reading } from './reading.ts';
import type { Place } from './schedule.ts';
import type { Track } from './track.ts';

export type Recheck = (change: Change, budget: Budget) => Promise<string | null>;

/** The tools for one change. */
export interface ApplyTools {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly random: Random;
  /** The log for this change. */
  readonly log: Log;
  /** True if it is the only change; with many, the log is brief. */
  readonly alone: boolean;
  readonly finder: Finder;
  readonly poller: Poller;
  readonly reading: Reading;
  /** The place that this change needs to run. */
  readonly place: Place;
  readonly health: Health;
  /** Keeps the place for an operation that goes on although the step no longer waits for it. */
  readonly linger: (operation: Operation) => void;
  /** The only action that may be carried out, `null` where what turns out to be needed may be. */
  readonly only: Action | null;
  /**
   * Looks once more right before a change is sent; a sentence about why nothing is sent, `null` where it is. Left out where
   * the plan's own read is enough.
   */
  readonly recheck?: Recheck | undefined;
  /** True if the step waits for the end of an accepted change. */
  readonly wait: boolean;
  /** Told as soon as a request id is known, so that a step that is killed has said it already. */
  readonly onStarted: (operation: Operation) => void;
}

/** A change that is under way: what it is, how long it may take, what is known of it, and what making it takes. */
export interface UnderWay extends ApplyTools {
  readonly change: Change;
  readonly budget: Budget;
  readonly track: Track;
}
