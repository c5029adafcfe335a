import type { Agenda } from '../agenda.ts';
import type { OperationKind } from './operation.ts';
import type { Assignment, PrincipalType, State } from './state.ts';

/** Something an operation has really changed. */
export interface Change {
  readonly at: number;
  readonly kind: OperationKind;
  readonly requestId: string;
  readonly accountId: string;
  readonly permissionSetArn: string;
  readonly principalType?: PrincipalType;
  readonly principalId?: string;
}

interface Doing extends Omit<Change, 'at' | 'accountId'> {
  readonly accountId?: string;
}

export interface Effects {
  /** Carries out an operation in an account; false when there was nothing to change. */
  apply(operation: Doing, accountId: string): boolean;
  changes(): readonly Change[];
}

export function makeEffects(
  state: State,
  agenda: Agenda,
  lag: { readonly assignmentsLagMs: number; readonly provisioningLagMs: number },
): Effects {
  const changes: Change[] = [];

  const assign = (assignment: Assignment, present: boolean): boolean => {
    // A duplicate is not refused and makes no second row (docs/design/aws.md#creating-an-assignment).
    if (state.isAssigned(assignment) === present) return false;
    state.setAssigned(assignment, present, agenda.time() + lag.assignmentsLagMs);
    return true;
  };
  const provision = (permissionSetArn: string, accountId: string, value: 'latest' | 'none'): boolean => {
    if (state.provisioning(permissionSetArn, accountId) === value) return false;
    state.setProvisioning(permissionSetArn, accountId, value, agenda.time() + lag.provisioningLagMs);
    return true;
  };

  const change = ({ kind, permissionSetArn, principalType, principalId }: Doing, accountId: string): boolean => {
    if (kind === 'provision') return provision(permissionSetArn, accountId, 'latest');
    if (principalType === undefined || principalId === undefined) return false;
    const changed = assign({ accountId, permissionSetArn, principalType, principalId }, kind === 'create');
    // An existing older version stays until it is provisioned again [doc:CreateAccountAssignment].
    if (kind === 'create' && state.provisioning(permissionSetArn, accountId) === 'none')
      provision(permissionSetArn, accountId, 'latest');
    // The last deletion is reported to take the role away (docs/design/aws.md#deleting-an-assignment).
    if (kind === 'delete' && state.assignmentsAt(Infinity, { accountId, permissionSetArn }).length === 0)
      provision(permissionSetArn, accountId, 'none');
    return changed;
  };

  return {
    apply: (operation, accountId) => {
      // With an account that does not exist the calls "silently fail" (docs/design/aws.md#creating-an-assignment).
      if (!state.accounts.has(accountId) && state.accounts.size > 0) return false;
      if (!change(operation, accountId)) return false;
      const { kind, requestId, permissionSetArn, principalType, principalId } = operation;
      changes.push({
        at: agenda.time(),
        kind,
        requestId,
        accountId,
        permissionSetArn,
        ...(principalType === undefined ? {} : { principalType }),
        ...(principalId === undefined ? {} : { principalId }),
      });
      return true;
    },
    changes: () => [...changes],
  };
}
