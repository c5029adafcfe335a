import type { Seen } from '#access/cloud';
import type { Assignment } from '#access/grant';
import type { LeaseTools } from '#access/leases/port';
import type { NamedHolder } from '#access/messages/leases';
import type { LastRead } from '../assignments/role-assignments.ts';
import type { LeaseBase } from './base.ts';
import type { Executor } from './executor/executor.ts';
import type { Constants } from './steps/constants.ts';
import type { Entry } from './steps/entries.ts';

/** What all leases of one step share. */
export interface LeaseContext extends LeaseBase {
  readonly constants: Constants;
  /**
   * @param isAsked whether what is there has to have the properties that the inputs ask for
   * @param holder who leaves there, and so asks about the jobs of the others; default: nobody does
   */
  openExecutor(grant: Assignment, isAsked: boolean, tools: LeaseTools, holder?: string): Executor;
  /** What the plan was made from. */
  readonly lastRead: (grant: Assignment) => LastRead | null;
  nameHolders(entries: readonly Entry[]): readonly NamedHolder[];
}

/** Of the newest change of ours. */
export function requestIdOf({ assignment }: Executor): string | null {
  return assignment.operation()?.requestId ?? null;
}

/** The assignment as the last read showed it. */
export function seenBy({ assignment }: Executor): Seen | null {
  const row = assignment.seen()?.row;
  return row === undefined ? null : { assignmentId: row.id ?? null, principalType: row.principalType ?? null };
}
