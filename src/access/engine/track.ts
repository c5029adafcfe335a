import type { ChangeKind, Operation, Seen } from '../cloud.ts';
import type { CloudError } from '../errors.ts';

/**
 * Knowledge about a change while it is being made. It outlives an error, so that a deadline, a refusal or a cancellation
 * can still report whether the change may have happened.
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
