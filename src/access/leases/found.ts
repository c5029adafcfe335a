import type { Assignment } from '../grant.ts';
import type { HeldGrant } from './journal.ts';

/** Why something is not as requested, and what to do. */
export interface Why {
  readonly reason: string;
  readonly hint: string;
}

/** A grant whose record does not show whether a lease ID still holds it. */
interface Doubtful {
  /** As if it were held: a release reads it again, and reports what is wrong. */
  readonly held: HeldGrant;
  readonly why: Why;
}

/** The grants of a lease ID, by what is left of them. */
export interface Found {
  /** Grants that it holds, including those whose end time has passed. */
  readonly held: readonly HeldGrant[];
  readonly doubtful: readonly Doubtful[];
  /** Grants that it names, and no longer holds. */
  readonly gone: readonly Assignment[];
  /** Grants that it names, and that are permanent: they never were a lease, or no longer are one. */
  readonly permanent: readonly Assignment[];
  /** Number of further grants that it no longer holds, and does not name. */
  readonly unnamed: number;
  /** Reads that failed: the lease might have grants there. */
  readonly unread: readonly Why[];
  /** Where the holder's grants were searched for, in words; `null` where the ID names its grants. */
  readonly searched: string | null;
}

const nothing: Found = { held: [], doubtful: [], gone: [], permanent: [], unnamed: 0, unread: [], searched: null };

/** Only these. */
export function found(some: Partial<Found>): Found {
  return { ...nothing, ...some };
}

/** True if a grant of the lease ID was not listed: it is gone, or the list lags. */
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
 * The grants of a lease ID that names none.
 *
 * @param count number of grants that it was written for
 * @param unread reads that failed: missing grants might be there
 * @param searched where its grants were searched for, in words
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
