import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';

type Inputs = Step['inputs'];

/** A grant as the results of a step name it. */
export interface Granted {
  readonly principalType: string;
  readonly principalId: string;
  readonly roleId: string;
  readonly targetId: string;
}

/** What a step has been told that it has: nobody may end it before. */
export interface Holding {
  readonly who: string;
  readonly grant: Granted;
  /** Milliseconds since the epoch, as `until`. */
  readonly from: number;
  /** Infinity for what is permanent. */
  readonly until: number;
}

/** Leases in one cloud, in words that all stories of crashes share. */
export interface LeaseCloud {
  readonly world: WorldOptions;
  /** What a step of an operation is given besides. */
  readonly signIn: (world: World, operation: string) => Inputs;
  /** By which a lease of `one` is taken, made permanent, or revoked; and what a sweep is given. */
  readonly inputs: { readonly one: Inputs; readonly many: Inputs; readonly sweep: Inputs };
  readonly one: Granted;
  /** The four grants that `inputs.many` stands for. */
  readonly many: readonly Granted[];
  /**
   * Puts beside a story's grants what is none of its business; gives the access among that.
   *
   * @param isFirst nobody has ever taken a lease here
   */
  readonly estrange: (world: World, isFirst: boolean) => readonly Granted[];
  readonly has: (world: World, grant: Granted) => boolean;
  /** Somebody else's access, without an end. */
  readonly add: (world: World, grant: Granted) => void;
  /** When it was ended, in milliseconds since the epoch. */
  readonly endsOf: (world: World, grant: Granted) => readonly number[];
  /** What is none of the business of these grants, in texts that are the same for the same state. */
  readonly bystanders: (world: World, grants: readonly Granted[]) => readonly string[];
  /** Whether a request changes anything. */
  readonly isChange: (operation: string) => boolean;
  /** What is wrong with the order in which a step that takes a lease went to work (P4). */
  readonly orderProblems: (result: StepResult) => readonly string[];
  /** How long after its arrival a change may take effect, in milliseconds. */
  readonly carriedOutMs: number;
  /** Whether the cloud ends leases by its own clock; else the next sweep does. */
  readonly endsByClock: boolean;
  /** When the last of the records has done all that it can, in milliseconds since the epoch. */
  readonly lastEnd: (world: World) => number;
  /** Past what comes after an end, in milliseconds. */
  readonly pastEnds: number;
  /** What of ours a sweep has left that can still do something. */
  readonly recordsLeft: (world: World) => readonly string[];
  /** What is or was to end later than the bounds of a lease allow. */
  readonly overdue: (world: World, grants: readonly Granted[]) => readonly string[];
  /** What of ours is left when nobody has looked for days, and another sweep has come. */
  readonly garbage: (world: World) => readonly string[];
}

export function isSameGrant(one: Granted, other: Granted): boolean {
  return (['principalId', 'roleId', 'targetId'] as const).every((it) => one[it] === other[it]);
}

/** For a problem's text. */
export function time(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : 'ever';
}
