import type { Budget } from '../clock.ts';
import type { Failure } from '../errors.ts';

/** What requests are signed with, or carry. */
export interface Credential<K> {
  /** Signs in where that has not been done, or where the old sign-in ends; for as long as the budget lasts, or longer: `goesOnUntil`. */
  get(budget: Budget): Promise<K>;
  /** The cloud has called this one ended: whether the next one is another. */
  renew(refused: K, budget: Budget): Promise<boolean>;
  /**
   * Of a step that ends access: until when, in milliseconds since the epoch, signing in is tried again whatever the answer.
   * What that takes is no time of the request that waits for it. `null` for other steps.
   */
  readonly goesOnUntil: (() => number) | null;
  /** What to do where the cloud calls it ended, and it cannot be made anew. */
  readonly hint: string;
}

/** Those of a step that ends access. */
type Ending<K> = Credential<K> & { readonly goesOnUntil: () => number };

export function isEnding<K>(credential: Credential<K> | undefined): credential is Ending<K> {
  return credential !== undefined && credential.goesOnUntil !== null;
}

/** What makes the credentials of a step that cannot make new ones. */
export const renewedInVain =
  'The action signed in anew, and the cloud calls that sign-in ended too: check the clock of the runner and the status page of the cloud, then run the step again.';

/**
 * What to do where they stay refused. How they were made explains it where they are called ended; where they are merely
 * not known, what the answer itself says is more likely.
 */
export function hintOnRefused({ code, message, hint }: Failure, how: string): string {
  if (hint === null || /expir/iu.test(`${code} ${message}`)) return how;
  return `${hint} ${how === renewedInVain ? sameAgain : how}`;
}

const sameAgain = 'The action has signed in anew, and the answer was the same.';

/** So often a request is sent with new credentials by a step that does not go on whatever the answer. */
export const mostRenewals = 3;
