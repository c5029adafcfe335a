/** A variable that is to be set, or to be taken away, before anything is sent, and what to say about it. */
export interface Restored {
  readonly variable: string;
  readonly value: string | undefined;
  readonly warning: string | null;
}
