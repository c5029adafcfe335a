/** What the codes mean to a protocol. Source: azure-rbac §4.4, §4.5. */
export const answersByCode: ReadonlyMap<string, 'exists' | 'missing' | 'too-young' | 'refused'> = new Map([
  ['RoleAssignmentExists', 'exists'],
  ['PendingRoleAssignmentRequest', 'exists'],
  ['RoleAssignmentDoesNotExist', 'missing'],
  ['ActiveDurationTooShort', 'too-young'],
  ['RoleAssignmentRequestPolicyValidationFailed', 'refused'],
  ['RoleAssignmentRequestAcrsValidationFailed', 'refused'],
] as const);
