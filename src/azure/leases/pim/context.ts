import type { Assignment } from '#access/grant';
import type { LeaseTools } from '#access/leases/port';
import type { NamedHolder } from '#access/messages/leases';
import type { LeaseBase } from '../base.ts';
import type { Intent, PimExecutor } from './executor/executor.ts';
import type { Constants } from './steps/constants.ts';
import type { OtherHolder } from './steps/seen.ts';

/** Tools that all leases of one step share. */
export interface PimContext extends LeaseBase {
  readonly constants: Constants;
  openExecutor(grant: Assignment, intent: Intent, tools: LeaseTools): PimExecutor;
  nameHolders(others: readonly OtherHolder[]): readonly NamedHolder[];
}

/** ID of the latest request of this step, whether or not it was answered. */
export function requestIdOf({ store }: PimExecutor): string | null {
  return store.lost()?.name ?? store.operation()?.requestId ?? null;
}

/** Role assignment of the access, as last read. */
export function seenBy({ store }: PimExecutor): { readonly assignmentId: string; readonly principalType: null } | null {
  const assignmentId = store.assignmentId();
  return assignmentId === null ? null : { assignmentId, principalType: null };
}
