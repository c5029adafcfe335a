import type { AssignmentEntry, LockKind } from '../estate.ts';
import type { PrincipalType } from '../principals.ts';
import type { Assignment, Tuple } from './assignment.ts';

export interface NewAssignment extends AssignmentEntry {
  readonly principalType?: PrincipalType;
}

/** A PUT or DELETE that changed something. */
export interface AzureChange {
  readonly kind: 'create' | 'update' | 'delete';
  /** Of the role assignment. */
  readonly id: string;
  /** ms epoch */
  readonly at: number;
}

/** ARM for tests and other callers, without lags; ArmState has all of it. */
export interface LiveArm {
  assignments(): readonly Assignment[];
  /** Another caller's grant: visible at once, and not an effective change. */
  add(assignment: NewAssignment): Assignment;
  /** By ID or by tuple; nothing there is an error of the script. */
  remove(what: string | Tuple): void;
  has(tuple: Tuple): boolean;
  find(tuple: Tuple): Assignment | undefined;
  lock(scope: string, kind: LockKind): void;
  unlock(scope: string): void;
  effectiveChanges(): readonly AzureChange[];
  /** The GUID of the one role definition of a name. */
  role(name: string): string;
}
