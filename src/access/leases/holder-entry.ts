/** A holder of a grant. */
export interface HolderEntry {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
  /** Job, actor and reason according to the record; not to be relied on. */
  readonly words: string;
}
