import type { Assignment } from '../grant.ts';
import type { Guarantee } from '../outcome.ts';

/**
 * Progress of a holder, which the runner's state keeps for the post step. Each is written before the action it names.
 * `made`: the cloud reported that it created the access, and no read has shown it yet. `held`: the lease is verified;
 * `shared`: and it has other holders. `over`: there is nothing to release.
 */
export type Milestone = 'holding' | 'arming' | 'creating' | 'made' | 'held' | 'shared' | 'over';

/** True if the state says that the lease was verified. */
export function stands(progress: Milestone): boolean {
  return progress === 'held' || progress === 'shared';
}

/** Note about one grant in the runner's state. */
export interface Note {
  readonly progress: Milestone;
  /** The holder's name in the records, empty where there are none. */
  readonly holder: string;
  /** The end of the lease, in milliseconds since the epoch. */
  readonly end: number;
}

/** Data that the main step hands over to the post step: no secret, and nothing that inputs or later steps can change. */
export interface Journal {
  /** Called before the first lease is taken. @param ending what the post step needs to end them */
  open(grants: readonly Assignment[], ending: Ending): void;
  note(grant: Assignment, note: Note): void;
}

/** The end of the leases of a step. */
export interface Ending {
  readonly anchor: Anchor;
  readonly guarantee: Guarantee;
  /** True if leases outlive their job, until their end time. */
  readonly keepAfterJob: boolean;
}

/** Data to sign in as the main step did, and to find the records: plain data in a cloud's own format. */
export type Anchor = Readonly<Record<string, unknown>>;

/** A grant that a step holds, or began to take, according to its state. */
export interface HeldGrant extends Omit<Note, 'end'> {
  readonly grant: Assignment;
  /** The end of the lease, in milliseconds since the epoch; `null` where it could not be read. */
  readonly end: number | null;
  /** True if the lease outlives its job, until its end time. */
  readonly keepAfterJob: boolean;
  /** Number of grants of its step on the same target that came before it; 0 if unknown. */
  readonly turn: number;
}

/** End of a lease that was read, or noted by its own step, in milliseconds since the epoch. */
export function endOf({ end }: HeldGrant): number {
  if (end === null) throw new TypeError('what holds a lease has an end');
  return end;
}
