import type { Assignment } from '../grant.ts';
import type { HeldGrant } from './journal.ts';
import { Refusal } from '../errors.ts';

/** Why something is not as it was asked for, and what to do. */
export interface Why {
  readonly reason: string;
  readonly hint: string;
}

/** A grant of which nobody can tell whether a lease id still holds it. */
export interface Doubtful {
  /** As if it were held: whoever releases it reads anew, and says what is wrong. */
  readonly held: HeldGrant;
  readonly why: Why;
}

/** What is there of what a lease id stands for. */
export interface Found {
  /** What it holds, also what is over by now. */
  readonly held: readonly HeldGrant[];
  readonly doubtful: readonly Doubtful[];
  /** Grants that it names, and does not hold any more. */
  readonly gone: readonly Assignment[];
  /** Grants that it names, and that are there without an end: they never were a lease, or are none any more. */
  readonly permanent: readonly Assignment[];
  /** How many more it does not hold any more, which it does not name. */
  readonly unnamed: number;
  /** Where it was looked for in vain, since that could not be read. */
  readonly unread: readonly Why[];
  /** Where all of its holder was looked for, `null` where it names its grants. */
  readonly searched: string | null;
}

const nothing: Found = { held: [], doubtful: [], gone: [], permanent: [], unnamed: 0, unread: [], searched: null };

/** Nothing but this. */
export function found(some: Partial<Found>): Found {
  return { ...nothing, ...some };
}

/** Whether something that it stands for was not listed: it is gone, or the list was too old. */
export function isIncomplete({ gone, unnamed, held, doubtful, permanent }: Found): boolean {
  return gone.length > 0 || unnamed > 0 || held.length + doubtful.length + permanent.length === 0;
}

/** All of these together. */
export function foundIn(parts: readonly Found[]): Found {
  return {
    held: parts.flatMap(({ held }) => held),
    doubtful: parts.flatMap(({ doubtful }) => doubtful),
    gone: parts.flatMap(({ gone }) => gone),
    permanent: parts.flatMap(({ permanent }) => permanent),
    unnamed: parts.reduce((sum, { unnamed }) => sum + unnamed, 0),
    unread: parts.flatMap(({ unread }) => unread),
    searched: null,
  };
}

/**
 * What a lease id holds that names no grants.
 *
 * @param count how many it stands for
 * @param unread where it could not be looked for: what is missing may be there
 * @param searched where it was looked for
 */
export function foundUnnamed(
  held: readonly HeldGrant[],
  count: number,
  unread: readonly Why[],
  searched: string | null,
): Found {
  const missing = unread.length > 0 ? 0 : Math.max(0, count - held.length);
  return found({ held, unnamed: missing, unread, searched });
}

/** What is to be extended is not there any more. */
export function goneMeanwhile(): Refusal {
  return new Refusal(
    'The lease is gone: it was released, has ended, or was swept or revoked.',
    'Take a new one with `operation: assign`.',
  );
}
