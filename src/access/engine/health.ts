/** Whether anything works at all any more. */
export interface Health {
  /** A change came to an end that the cloud has had a word in. */
  answered(): void;
  /** A change came to nothing since nobody answered, or nobody could sign in. */
  silent(cause: string): void;
  /** Why nothing more is begun, `null` as long as there is hope. */
  readonly isDown: () => string | null;
}

/** So many changes in a row that came to nothing are no accident: each further one would wait for its whole time limit. */
const tooMany = 8;

/** Ends a run in an outage: what was not begun stays certain, instead of becoming unknown grant by grant. */
export function createHealth(): Health {
  let inARow = 0;
  let last = '';
  return {
    answered() {
      inARow = 0;
    },
    silent(cause) {
      inARow += 1;
      last = cause;
    },
    isDown: () =>
      inARow < tooMany
        ? null
        : `the last ${inARow} changes came to nothing, so that no other was begun. The last one: ${last}`,
  };
}
