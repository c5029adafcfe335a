import type { Budget } from '../clock.ts';
import type { Seen } from '../cloud.ts';
import type { Refusal } from '../errors.ts';
import type { Assignment, GrantProperties, Identity } from '../grant.ts';
import type { HolderEntry } from '../outcome.ts';
import type { Lines } from '../request.ts';
import type { Selecting } from './access-file.ts';

/** The grants of one row, or everything in it that means nothing exact (P8). */
export type ResolvedRow =
  | {
      readonly ok: true;
      /** Each grant once. */
      readonly grants: readonly Assignment[];
      /** Sentences about what was left out. */
      readonly notices: readonly string[];
      /** Sentences about privileged targets that were left out because no line names them. */
      readonly leftOut: readonly string[];
      /** Why a grant must not be made unless privileged grants are allowed (P10). One that exists already may stay. */
      readonly privileged: ReadonlyMap<Assignment, Refusal>;
    }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** A part of what exists in a cloud, resolved to exact IDs. */
export interface Selection {
  readonly covers: (grant: Assignment) => boolean;
  /** The same text for the same selection, by IDs, whatever the order and spelling of its lines. */
  readonly canonical: string;
}

export type Selected =
  | { readonly ok: true; readonly selection: Selection; readonly notices: readonly string[] }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** Kind of an existing assignment. A lease is one of this action, by its records. */
export type ExistingKind = 'permanent' | 'lease' | 'pim-active' | 'pim-eligible';

/** State of a principal. An orphan is one of this directory that the directory does not know; `unknown` where it cannot be asked. */
export type PrincipalState = 'found' | 'orphan' | 'unknown';

/** An assignment that exists. */
export interface Existing {
  /** Names are those that were looked up. */
  readonly grant: Assignment;
  readonly seen: Seen;
  readonly source: 'direct' | 'inherited';
  /** The group through which a principal has it; `null` for its own. */
  readonly via: Identity | null;
  readonly kind: ExistingKind;
  /** Of a lease; empty for others. */
  readonly holders: readonly HolderEntry[];
  /** When the cloud or this action ends it, in milliseconds since the epoch; `null` for no end. */
  readonly endsAt: number | null;
  /** The end time of its lease where that has passed, in milliseconds since the epoch; else `null`. */
  readonly overdueSince: number | null;
  readonly principalState: PrincipalState;
  /** Milliseconds since the epoch, `null` where the cloud does not say. */
  readonly createdAt: number | null;
  readonly properties: GrantProperties;
  /** Access without record or row of a role that is tagged for leasing: a lease can have become permanent unseen. */
  readonly isTaggedForLeases: boolean;
}

/** What a listing does about lease records that cannot be read. */
export type RecordsNeed = 'required' | 'wanted';

/**
 * The breadth of a listing: only what is assigned to the principals at the selected places, or also what they inherit, can
 * activate and have through groups. A part that only the wider one has is never required.
 */
export type Breadth = 'assigned' | 'effective';

export interface ListingNeed {
  readonly records: RecordsNeed;
  readonly breadth: Breadth;
}

/** The three uses of a list. Without the records of leases, a lease would be taken for permanent access. */
export const listingFor = {
  removals: { records: 'required', breadth: 'assigned' },
  drift: { records: 'required', breadth: 'effective' },
  inventory: { records: 'wanted', breadth: 'effective' },
} as const satisfies Record<string, ListingNeed>;

export interface Listing {
  readonly existing: readonly Existing[];
  /** Sentences about what could not be known, such as records that cannot be read where they are only wanted. */
  readonly notices: readonly string[];
}

/** Why an assignment stays although no row has it. */
export interface Protection {
  /** In a sentence. */
  readonly reason: string;
  /** True if `allow-privileged` lifts it. */
  readonly isPrivileged: boolean;
}

/** The identity that removes. */
export interface Remover {
  /** Input `plan-for`: the identity that will apply the plan; `null` for the one that signs in. */
  readonly planFor: string | null;
}

/**
 * The part of the port that access files and inventories need. Loaded only by their steps. All functions may throw
 * `CloudError`. A read that is not complete throws: it is never the whole truth (P11).
 */
export interface AccessPort {
  /** Resolves rows, in their order. Each distinct line is looked up once, whatever the number of rows. */
  resolveRows(rows: readonly Lines[], budget: Budget): Promise<readonly ResolvedRow[]>;
  /** Resolves selections, in their order, with the same look-ups. A lone selection with nothing but `null` covers everything. */
  select(selecting: readonly Selecting[], budget: Budget): Promise<readonly Selected[]>;
  /**
   * Lists every assignment that one of these selections covers, each once, completely.
   *
   * @param selections results of `select`
   */
  list(selections: readonly Selection[], need: ListingNeed, budget: Budget): Promise<Listing>;
  /** Why each of these must not be removed, in their order; `null` where it can. */
  protections(existing: readonly Existing[], remover: Remover, budget: Budget): Promise<readonly (Protection | null)[]>;
  /**
   * Reads one assignment and its lease records again, right before it is removed.
   *
   * @returns a sentence about why it stays: it is leased by now, changed, or gone; `null` where it is as it was
   */
  recheck(existing: Existing, budget: Budget): Promise<string | null>;
}
