import { outage } from '../messages/changes.ts';

/** Watches for an outage. */
export interface Health {
  /** A change ended with an answer of the cloud. */
  answered(): void;
  /** A change failed without an answer, or without a sign-in. */
  silent(cause: string): void;
  /** The reason to start no more changes, `null` while there is none. */
  readonly isDown: () => string | null;
}

/** Number of such changes in a row that means an outage: each further one would wait for its whole time limit. */
const tooMany = 8;

/** Ends a run in an outage, so that the result of changes that were not started is certain, not unknown. */
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
    isDown: () => (inARow < tooMany ? null : outage(inARow, last)),
  };
}
