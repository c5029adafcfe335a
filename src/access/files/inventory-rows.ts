import type { Assignment } from '../grant.ts';
import type { AccessFile, Place } from './access-file.ts';
import type { Existing } from './port.ts';

/** The place of an assignment in access files. */
export type InFile = 'yes' | 'no' | 'expired' | 'ignored';

/** Kinds of drift, the worst first. */
export const differences = ['extra', 'expired', 'missing', 'condition'] as const;
export type Difference = (typeof differences)[number];

/** An assignment that exists, or that a row of a file has and that does not exist. */
export interface InventoryRow {
  readonly grant: Assignment;
  /** `null` for a missing one. */
  readonly existing: Existing | null;
  /** True for access that neither a lease nor the cloud ends, and that a step of this action can remove. */
  readonly isPermanent: boolean;
  /** `null` without an access file. */
  readonly inFile: InFile | null;
  /** `null` where it is as the files have it, and where that is not drift. */
  readonly difference: Difference | null;
  /** Its row in a file; `null` where it has none. */
  readonly place: Place | null;
  /** When its row ends, in milliseconds since the epoch; `null` for never. */
  readonly expires: number | null;
  /** Reason why no step removes it although no row has it, in a sentence; `null` where there is none. */
  readonly protection: string | null;
  /** Permanent access of a role for leases, in no row: it might be a lease that became permanent unseen. */
  readonly isSuspect: boolean;
}

/** A row of a file that means nothing exact, or that is outside of all `owns`. */
export interface UnresolvedRow {
  readonly place: Place;
  /** Its lines as they were written. */
  readonly lines: readonly string[];
  /** In sentences. */
  readonly reasons: readonly string[];
}

/** A row that expires soon. */
export interface ExpiringRow {
  readonly place: Place;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  /** Grants that end then; at least one. */
  readonly grants: readonly Assignment[];
}

/** Everything that exists, beside everything that access files have. */
export interface Inventory {
  /** The instance or the tenant. */
  readonly directory: string;
  /** When reading began, in milliseconds since the epoch. */
  readonly readAt: number;
  readonly files: readonly Pick<AccessFile, 'path' | 'blob'>[];
  readonly rows: readonly InventoryRow[];
  readonly unresolved: readonly UnresolvedRow[];
  readonly expiring: readonly ExpiringRow[];
  /** `null` without an access file. */
  readonly hasDrift: boolean | null;
  /** Text of an access file of what exists. */
  readonly draft: string;
}

/** Number of rows of each kind of drift, the worst first. */
export function countDifferences(rows: readonly InventoryRow[]): readonly (readonly [Difference, number])[] {
  const byKind = Map.groupBy(rows, ({ difference }) => difference);
  return differences.flatMap((it) => {
    const count = byKind.get(it)?.length ?? 0;
    return count === 0 ? [] : [[it, count] as const];
  });
}
