/**
 * A request's turn at a quota's pace, waited for before what the request rests on is read: what was read does not grow old
 * in a queue then.
 */
export interface Turn {
  /** Whether a request of this quota may go by it: it is not spent, and nobody was told to slow down since. */
  counts(quota: string): boolean;
  /** The request is sent. */
  spend(): void;
  /** It is not needed: others may have it. */
  release(): void;
}
