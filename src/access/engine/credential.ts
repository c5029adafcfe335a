import { renewedInVain, sameAnswer } from '../messages/sign-in.ts';
import type { Budget } from '../clock.ts';
import type { Failure } from '../errors.ts';

/** The credential that requests are signed with, or carry. */
export interface Credential<K> {
  /** Signs in where that has not been done, or where the old sign-in ends; for as long as the budget lasts, or longer: `goesOnUntil`. */
  get(budget: Budget): Promise<K>;
  /** The cloud reported this one as expired. Returns whether the next one is another. */
  renew(refused: K, budget: Budget): Promise<boolean>;
  /**
   * In a step that ends access, the time until which signing in is tried again whatever the answer, in milliseconds since
   * the epoch. It does not count against the time limit of the request that waits for it. `null` for other steps.
   */
  readonly goesOnUntil: (() => number) | null;
  /** Advice for an expired credential that cannot be renewed. */
  readonly hint: string;
}

/** Those of a step that ends access. */
type Ending<K> = Credential<K> & { readonly goesOnUntil: () => number };

export function isEnding<K>(credential: Credential<K> | undefined): credential is Ending<K> {
  return credential !== undefined && credential.goesOnUntil !== null;
}

/**
 * Advice where credentials stay refused. How they were made explains that they expired; where they are only unknown, the
 * answer's own hint is more likely.
 */
export function hintOnRefused({ code, message, hint }: Failure, how: string): string {
  if (hint === null || /expir/iu.test(`${code} ${message}`)) return how;
  return `${hint} ${how === renewedInVain ? sameAnswer : how}`;
}

/** Maximum number of new credentials for one request, in a step that does not go on whatever the answer. */
export const mostRenewals = 3;
