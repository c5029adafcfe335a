import type { Assignment } from '../grant.ts';
import type { Guarantee } from './report.ts';

/**
 * How far a holder has come, as the runner's state keeps it for the post step: each is written before what it speaks of.
 * `made`: the cloud said that it made the access, and no read has shown it yet. `held` and `shared`: the lease stands, and
 * others were seen to hold it too. `over`: there is nothing to release.
 */
export type Milestone = 'holding' | 'arming' | 'creating' | 'made' | 'held' | 'shared' | 'over';

/** Whether a lease stood, as far as was written down. */
export function stands(progress: Milestone): boolean {
  return progress === 'held' || progress === 'shared';
}

/** What is written down of one grant. */
export interface Note {
  readonly progress: Milestone;
  /** The holder's name in the records, empty where there are none. */
  readonly holder: string;
  /** The end of the lease, in milliseconds since the epoch. */
  readonly end: number;
}

/** What the main step hands over to the post step: no secret, and nothing that inputs or later steps could change. */
export interface Journal {
  /** Before anything is taken: all grants of the step, and what ending them takes. */
  open(grants: readonly Assignment[], ending: Ending): void;
  note(grant: Assignment, note: Note): void;
}

/** How the leases of a step end. */
export interface Ending {
  readonly anchor: Anchor;
  readonly guarantee: Guarantee;
  /** Whether leases that stand run to their end although the job has ended. */
  readonly keepAfterJob: boolean;
}

/** How to sign in as the main step did, and where the records are: a cloud's own, as plain data. */
export type Anchor = Readonly<Record<string, unknown>>;

/** A grant that a step holds, or began to take, as its state says. */
export interface HeldGrant extends Omit<Note, 'end'> {
  readonly grant: Assignment;
  /** The end of the lease, in milliseconds since the epoch; `null` where it could not be read. */
  readonly end: number | null;
  /** Whether it runs to its end although the job has ended. */
  readonly keepAfterJob: boolean;
  /** How many grants of its step on the same target came before it; 0 where nobody knows. */
  readonly turn: number;
}

/** The end of a lease that was read, or written down by its own step, in milliseconds since the epoch. */
export function endOf({ end }: HeldGrant): number {
  if (end === null) throw new TypeError('what holds a lease has an end');
  return end;
}
