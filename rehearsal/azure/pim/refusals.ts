import { ArmRefusal } from '../arm/refusal.ts';

type Code = keyof typeof WORDS;

/**
 * Codes of docs/design/azure.md#pim-error-codes. The first three texts are the live service's, the others are not known
 * for sure.
 */
const WORDS = {
  RoleAssignmentExists: 'The Role assignment already exists.',
  RoleAssignmentDoesNotExist: 'The Role assignment does not exist.',
  ActiveDurationTooShort: 'The Active duration is too short. Miniumum Required is 5 minutes.',
  PendingRoleAssignmentRequest: 'There is already an existing pending Role assignment request.',
  RoleNotFound: 'The role is not found.',
  ScopeDoesNotMatchRoleDefinition: 'The scope does not match the role definition.',
  SubjectNotFound: 'The subject is not found.',
  ResourceIsLocked: 'The resource is locked.',
} as const;

/** All of them are 400, RoleAssignmentExists too. */
export function pimRefusal(code: Code): ArmRefusal {
  return new ArmRefusal(400, code, WORDS[code]);
}

/** The text ends in a JSON list [terraform-provider-azurerm#22766]. */
export function rulesFailed(rules: readonly string[]): ArmRefusal {
  return new ArmRefusal(
    400,
    'RoleAssignmentRequestPolicyValidationFailed',
    `The following policy rules failed: ${JSON.stringify(rules)}`,
  );
}

/**
 * An authentication context is demanded by a claims challenge, which a workload identity cannot answer
 * (docs/design/azure.md#pim-error-codes).
 */
export function contextMissing(claimValue: string): ArmRefusal {
  const claims = { access_token: { acrs: { essential: true, value: claimValue } } };
  return new ArmRefusal(
    400,
    'RoleAssignmentRequestAcrsValidationFailed',
    `&claims=${encodeURIComponent(JSON.stringify(claims))}`,
  );
}
