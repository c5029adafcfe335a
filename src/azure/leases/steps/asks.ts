import type { Deadline, PlainAsk } from '#access/leases/protocol/protocol';
import type { Entry } from './entries.ts';

/** One request of a protocol, about one grant. */
export type Ask =
  | PlainAsk
  /**
   * Reads the role assignment of exactly this principal, role and scope. Where something is expected, the read is repeated
   * as long as reads might lag. `jobs`: also asks which of its holders' jobs have ended. `before`: the write that will
   * probably be based on it. Its turn is waited for first, so that the read is not outdated then.
   */
  | {
      readonly do: 'get';
      readonly expected: Expected;
      readonly jobs: boolean;
      readonly before: 'put' | 'delete' | null;
    }
  /** Creates the assignment under a new random name, only if none exists yet. `null`: without a record. */
  | { readonly do: 'create'; readonly entries: readonly Entry[] | null; readonly notAfter: Deadline }
  /** Writes the entries of the assignment of that name, and changes nothing else. `null`: without a record. */
  | {
      readonly do: 'write';
      readonly name: string;
      readonly entries: readonly Entry[] | null;
      readonly notAfter: Deadline;
    }
  /** Deletes the assignment of that name, and no other. */
  | { readonly do: 'delete'; readonly name: string; readonly notAfter: Deadline };

/** Expected result of a read: access, none, or a holder's own entry; `null`: any. */
export type Expected = 'there' | 'gone' | { readonly entryOf: string } | null;

/** True if a read shows the expected result. Access without a record has no entry, and never will. */
export function shows(found: Standing, expected: Expected): boolean {
  if (expected === null) return true;
  if (expected === 'gone') return found.is === 'none';
  if (expected === 'there' || found.is !== 'lease') return found.is !== 'none';
  return found.entries.some(({ holder }) => holder === expected.entryOf);
}

/** Result of a read that was sent at `asOf` or later, in milliseconds on the monotonic clock. */
export type Found = Standing & { readonly asOf: number };

export type Standing =
  | { readonly is: 'none' }
  /** Without a record, or with one that does not prove itself: it counts as permanent, and is left alone. */
  | { readonly is: 'plain' }
  | {
      readonly is: 'lease';
      readonly name: string;
      readonly entries: readonly Entry[];
      /** Holders whose jobs are known to have ended, if that was asked. */
      readonly ended: readonly string[];
      /** It has the requested condition. */
      readonly fits: boolean;
    };

/**
 * Result of a request. `taken`: an assignment exists under another name, or the name belongs to something else. `late`: it
 * was not sent, since it was too late. `lost`: it was sent, and the result is unknown. `failed`: it failed for good; the
 * executor knows why. `deleted`: entries of the deleted assignment, `null` where nothing had that name.
 */
export type Answer =
  | Found
  | { readonly is: 'done' | 'taken' | 'late' | 'lost' | 'failed' }
  | { readonly is: 'deleted'; readonly entries: readonly Entry[] | null };

export function isFound(answer: Answer): answer is Found {
  return answer.is === 'none' || answer.is === 'plain' || answer.is === 'lease';
}
