import type { Clock, Random } from '../clock.ts';
import type { ChangeKind, Cloud, Operation, Seen } from '../cloud.ts';
import type { CloudError } from '../errors.ts';
import type { Finder } from './find.ts';
import type { Health } from './health.ts';
import type { Log } from '../log.ts';
import type { Action } from '../plan/plan.ts';
import type { Poller } from './poll.ts';
import type { Reading } from './reading.ts';
import type { Place } from './schedule.ts';

/** What making a change takes. */
export interface ApplyTools {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly random: Random;
  /** Where this change is spoken of. */
  readonly log: Log;
  /** Whether it is the only one; of many the log says no more than it has to. */
  readonly alone: boolean;
  readonly finder: Finder;
  readonly poller: Poller;
  readonly reading: Reading;
  /** What this change needs to run. */
  readonly place: Place;
  readonly health: Health;
  /** Keeps the place for an operation that nobody waits for any more, and that goes on. */
  readonly linger: (operation: Operation) => void;
  /** The only action that may be carried out, `null` where what turns out to be needed may be. */
  readonly only: Action | null;
  /** Whether to wait for the end of an accepted change. */
  readonly wait: boolean;
  /** Told as soon as a request id is known, so that a step that is killed has said it already. */
  readonly onStarted: (operation: Operation) => void;
}

/**
 * What is known of a change while it is being made. It outlives an error, so that a deadline, a refusal or a
 * cancellation can still say whether anything may have happened.
 */
export interface Track {
  /** The newest operation that makes the change, our own or an adopted one, as last seen. */
  operation: Operation | null;
  /** A start call went out and no good answer has come back. */
  uncertain: boolean;
  /** The last start call that was not answered, as an error. */
  unanswered: CloudError | null;
  /**
   * Until when a call that was lost may yet turn out to have been carried out, in milliseconds since the epoch: nothing
   * lists it, and reads lag.
   */
  doubtedUntil: number;
  /** Request ids of operations that are known to have ended. */
  readonly ended: Set<string>;
  /** The kind of change that was last started by us, `null` where nothing was. */
  made: ChangeKind | null;
  /** The grant as it was last seen there. */
  seen: Seen | null;
}

export function newTrack(seen: Seen | null = null): Track {
  return { operation: null, uncertain: false, unanswered: null, doubtedUntil: 0, ended: new Set(), made: null, seen };
}
