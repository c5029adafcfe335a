/**
 * What the codes mean to a protocol. Source: docs/design/azure.md#the-first-five-minutes,
 * docs/design/azure.md#pim-error-codes.
 */
export const answersByCode: ReadonlyMap<string, 'exists' | 'missing' | 'too-young' | 'refused'> = new Map([
  ['RoleAssignmentExists', 'exists'],
  ['PendingRoleAssignmentRequest', 'exists'],
  ['RoleAssignmentDoesNotExist', 'missing'],
  ['ActiveDurationTooShort', 'too-young'],
  ['RoleAssignmentRequestPolicyValidationFailed', 'refused'],
  ['RoleAssignmentRequestAcrsValidationFailed', 'refused'],
] as const);
