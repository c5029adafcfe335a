import type { GrantProperties } from '../grant.ts';
import type { Line, Lines } from '../request.ts';

/** The place of a text in an access file. Lines and columns count from 1. */
export interface Place {
  /** Path as a person would write it: relative to the workspace. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A row of `grants` after its grammar was checked. Several lines multiply. */
export interface GrantRow extends Lines {
  readonly place: Place;
  /** Free text of one line or several; `null` where none was given. */
  readonly note: string | null;
  /** From this time on the row counts as not written, in milliseconds since the epoch; `null` for never. */
  readonly expires: number | null;
  readonly properties: GrantProperties;
}

/** Lines that select assignments. */
export interface Selecting {
  /** `null` for every principal. */
  readonly principals: readonly Line[] | null;
  /** Types of principals, in the cloud's spelling; `null` for every type. */
  readonly principalTypes: readonly string[] | null;
  /** `null` for every role. */
  readonly roles: readonly Line[] | null;
  /** `null` for every target. */
  readonly targets: readonly Line[] | null;
  /** Targets that are left out. */
  readonly exclusions: readonly Line[];
  /** True if assignments below a target count too, where targets have others below them. */
  readonly below: boolean;
  /** True for what is left alone: then also targets count that lines include only if they name them. */
  readonly leavesAlone?: boolean;
}

/** A row of `ignore`: assignments that are neither made, nor removed, nor drift. */
export interface IgnoreRow extends Selecting {
  readonly place: Place;
}

/** What a file is the whole truth about: its own roles on its own targets. */
export interface Owned extends Selecting {
  readonly place: Place;
}

/** One access file after its form was checked, before anything is looked up. */
export interface AccessFile {
  /** Path relative to the workspace. */
  readonly path: string;
  /** Git blob ID (SHA-1) of the bytes that were read. */
  readonly blob: string;
  /** `null` where the file owns nothing: it can only add. */
  readonly owns: Owned | null;
  readonly ignore: readonly IgnoreRow[];
  readonly grants: readonly GrantRow[];
}

/** What happens to an assignment that is inside `owns` and in no row. */
export const prunes = ['report', 'fail', 'revoke'] as const;
export type Prune = (typeof prunes)[number];

/** The most removals of one run; where both are given, the smaller holds. */
export interface MaxRemovals {
  /** `null` where no number was given. */
  readonly count: number | null;
  /** Percentage of the permanent assignments inside `owns`, 0 to 100; `null` where none was given. */
  readonly percent: number | null;
}
