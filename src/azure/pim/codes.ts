import type { FailureKind } from '../../access/errors.ts';

/** What the codes mean to a protocol. Source: azure-rbac §4.4, §4.5. */
export const answersByCode: ReadonlyMap<string, 'exists' | 'missing' | 'too-young' | 'refused'> = new Map([
  ['RoleAssignmentExists', 'exists'],
  ['PendingRoleAssignmentRequest', 'exists'],
  ['RoleAssignmentDoesNotExist', 'missing'],
  ['ActiveDurationTooShort', 'too-young'],
  ['RoleAssignmentRequestPolicyValidationFailed', 'refused'],
  ['RoleAssignmentRequestAcrsValidationFailed', 'refused'],
] as const);

/** Whether a request that was refused in this way may be accepted later. */
export function isWorthTrying(kind: FailureKind): boolean {
  return (
    kind === 'throttled' || kind === 'busy' || kind === 'skewed' || kind === 'replicating' || kind === 'unknown-role'
  );
}
