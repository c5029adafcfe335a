import type { Seen } from '#access/cloud';
import type { Assignment } from '#access/grant';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import type { NamedHolder } from '#access/messages/leases';
import type { LastRead } from '../assignments/role-assignments.ts';
import type { LeaseBase } from './base.ts';
import type { Executor } from './executor/executor.ts';
import type { Constants } from './steps/constants.ts';
import type { Entry } from './steps/entries.ts';

/** Tools that all leases of one step share. */
export interface LeaseContext extends LeaseBase {
  readonly constants: Constants;
  /**
   * @param isAsked whether an existing assignment must have the properties of the inputs
   * @param holder that releases its lease, and so asks about the jobs of the others; default: none
   */
  openExecutor(grant: Assignment, isAsked: boolean, tools: LeaseTools, holder?: string): Executor;
  /** Read that the plan is based on. */
  readonly lastRead: (grant: Assignment) => LastRead | null;
  nameHolders(entries: readonly Entry[]): readonly NamedHolder[];
}

/** Request ID of the latest change of this step. */
export function requestIdOf({ assignment }: Executor): string | null {
  return assignment.operation()?.requestId ?? null;
}

/** Result of the work on one grant, with the role assignment as last read. */
export async function workedOn(executor: Executor, work: () => Promise<LeaseDone>): Promise<LeaseDone> {
  try {
    return { ...(await work()), seen: seenBy(executor) };
  } finally {
    executor.assignment.close();
  }
}

/** Role assignment as last read. */
export function seenBy({ assignment }: Executor): Seen | null {
  const row = assignment.seen()?.row;
  return row === undefined ? null : { assignmentId: row.id ?? null, principalType: row.principalType ?? null };
}
