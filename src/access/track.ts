import type { Clock, Random } from './clock.ts';
import type { ChangeKind, Cloud, Operation } from './cloud.ts';
import type { Log } from './log.ts';

/** What making a change takes. */
export interface ApplyTools {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whether to wait for the end of an accepted change. */
  readonly wait: boolean;
  /** Told as soon as a request id is known, so that a step that is killed has said it already. */
  readonly onStarted: (operation: Operation) => void;
  /** Kinds of operations whose lists may not be read: warned of once in a run. */
  readonly unreadable: Set<ChangeKind>;
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
  /** Request ids of operations that are known to have ended. */
  readonly ended: Set<string>;
}

export function newTrack(): Track {
  return { operation: null, uncertain: false, ended: new Set() };
}
