import type { PlainAsk } from '#access/leases/protocol/executor';
import type { Deadline } from '#access/leases/protocol/protocol';
import type { Entry } from './entries.ts';

/** One request of a protocol, about one grant. */
export type Ask =
  | PlainAsk
  /**
   * The role assignment of exactly this principal, role and scope. Where something is expected, the read is repeated as
   * long as reads may lag. `jobs`: and which of its holders' jobs have ended, as far as that can be told.
   * `before`: which write will probably rest on it, whose turn is waited for first: what was read does not grow old then.
   */
  | {
      readonly do: 'get';
      readonly expected: Expected;
      readonly jobs: boolean;
      readonly before: 'put' | 'delete' | null;
    }
  /** Makes the assignment under a fresh random name: only if there is none of it yet. `null`: without a record. */
  | { readonly do: 'create'; readonly entries: readonly Entry[] | null; readonly notAfter: Deadline }
  /** Writes the entries of the assignment of that name, and changes nothing else of it. `null`: without a record. */
  | {
      readonly do: 'write';
      readonly name: string;
      readonly entries: readonly Entry[] | null;
      readonly notAfter: Deadline;
    }
  /** Deletes the assignment of that name, and no other. */
  | { readonly do: 'delete'; readonly name: string; readonly notAfter: Deadline };

/** What a read is to show: access, none, or a holder's own entry; `null`: whatever it shows. */
export type Expected = 'there' | 'gone' | { readonly entryOf: string } | null;

/** Whether a read shows what it was to. An access without a record shows nobody's entry, and never will. */
export function shows(found: Standing, expected: Expected): boolean {
  if (expected === null) return true;
  if (expected === 'gone') return found.is === 'none';
  if (expected === 'there' || found.is !== 'lease') return found.is !== 'none';
  return found.entries.some(({ holder }) => holder === expected.entryOf);
}

/** What stands there, by a read that was sent at `asOf` on the monotonic clock, in milliseconds, or later. */
export type Found = Standing & { readonly asOf: number };

export type Standing =
  | { readonly is: 'none' }
  /** Without a record of ours, or with one that does not prove itself: it is permanent, and not for us to end. */
  | { readonly is: 'plain' }
  | {
      readonly is: 'lease';
      readonly name: string;
      readonly entries: readonly Entry[];
      /** Those of their holders whose jobs are known to have ended, where that was asked. */
      readonly ended: readonly string[];
      /** Its condition is the one that is asked for. */
      readonly fits: boolean;
    };

/**
 * What became of a request. `taken`: there is one of another name already, or the name belongs to something else. `late`:
 * it was not sent any more. `lost`: sent, and nobody knows. `failed`: it came to nothing for good; whoever performs the
 * requests knows why. `deleted`: what was deleted said so much of itself, `null` where there was nothing of that name.
 */
export type Answer =
  | Found
  | { readonly is: 'done' | 'taken' | 'late' | 'lost' | 'failed' }
  | { readonly is: 'deleted'; readonly entries: readonly Entry[] | null };

export function isFound(answer: Answer): answer is Found {
  return answer.is === 'none' || answer.is === 'plain' || answer.is === 'lease';
}
