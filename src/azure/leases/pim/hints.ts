import { parseJson } from '#access/json';
import { whoseLock, type Answer, type Rule } from '../../hints.ts';

/** True if a request went to Privileged Identity Management. */
function isOfPim(operation: string): boolean {
  return /\/roleAssignmentSchedule(?:Request|Instance)?s\//u.test(operation);
}

function code(name: string, hint: string): Rule {
  return { applies: (answer) => answer.code === name && isOfPim(answer.operation), hint: () => hint };
}

/** The settings guard the role: no hint may advise to loosen them. */
export const aPerson =
  "A person has to make this assignment in Privileged Identity Management. Only the owners of the role's settings (for assignments by administrators) can change that.";
const context = `The role requires an authentication context, which a workload identity cannot satisfy. ${aPerson}`;
export const locked = `A lock at this scope or above it blocks the change. ${whoseLock}`;

/** Hints by the names of the role's rules, which a refusal lists. Source: docs/design/azure.md#pim-error-codes. */
const ruleHints: Readonly<Record<string, string>> = {
  ExpirationRule: 'The time is longer than the role allows, or shorter than five minutes. Use a `lifetime` in between.',
  JustificationRule: 'The role requires a justification. Give `reason`.',
  TicketingRule: 'The role requires a ticket. Give `ticket-number` and `ticket-system`.',
  MfaRule: `The role requires multi-factor authentication, which a workload identity cannot perform. ${aPerson}`,
  AcrsRule: context,
};

const otherRule = `The role's settings forbid this form of request. ${aPerson}`;

/** The message contains the names of rules as a JSON list. Source: docs/design/azure.md#pim-error-codes. */
function rulesIn(message: string): readonly string[] {
  const list = parseJson(/\[[^[\]]*\]/u.exec(message)?.[0] ?? '');
  return Array.isArray(list) ? list.filter((it) => typeof it === 'string') : [];
}

/**
 * Source: docs/design/azure.md#permissions, docs/design/azure.md#the-first-five-minutes,
 * docs/design/azure.md#pim-error-codes.
 */
export const pimRules: readonly Rule[] = [
  {
    applies: ({ code: it }) => it === 'RoleAssignmentRequestPolicyValidationFailed',
    hint: ({ message }: Answer): string => {
      const hints = rulesIn(message).map((rule) => ruleHints[rule] ?? otherRule);
      return hints.length === 0 ? otherRule : [...new Set(hints)].join(' ');
    },
  },
  code('RoleAssignmentRequestAcrsValidationFailed', context),
  code(
    'RoleAssignmentExists',
    "The access already exists, or is planned. Check the role's assignments in Privileged Identity Management.",
  ),
  code(
    'RoleAssignmentDoesNotExist',
    'Azure found no such access. In its first minute it does not find existing access either. Run the step again after that.',
  ),
  code('ActiveDurationTooShort', 'Azure does not end access in its first five minutes. Run the step again after that.'),
  code(
    'PendingRoleAssignmentRequest',
    'Another request for the same grant is already waiting. Have it approved, or cancel it.',
  ),
  code(
    'SubjectNotFound',
    'No object in the directory has this object ID, or it was created a moment ago. Check the object ID, and use a longer `timeout`.',
  ),
  code(
    'RoleNotFound',
    'Azure found no such role at this scope. Check `role`, and that a custom role is assignable at this scope.',
  ),
  code('ResourceIsLocked', locked),
  {
    applies: ({ code: it }) => it === 'AadPremiumLicenseRequired',
    hint: () =>
      'Privileged Identity Management requires a license for Microsoft Entra ID P2 or ID Governance. Leases without `azure-pim` require none.',
  },
  {
    applies: ({ operation, message }) => isOfPim(operation) && /does not have permissions/iu.test(message),
    hint: () =>
      'Take the lease without `azure-pim`, where a condition limits the identity. Only if Privileged Identity Management is required, give the identity Microsoft.Authorization/roleAssignments/write (and /delete, to end access) at this scope without a condition. It can then grant any role there (docs/pim.md).',
  },
];
