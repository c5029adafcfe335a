import { parseJson } from '#access/json';
import { whoseLock, type Answer, type Rule } from '../../hints.ts';

/** Whether a request went to Privileged Identity Management. */
function isOfPim(operation: string): boolean {
  return /\/roleAssignmentSchedule(?:Request|Instance)?s\//u.test(operation);
}

function code(name: string, hint: string): Rule {
  return { applies: (answer) => answer.code === name && isOfPim(answer.operation), hint: () => hint };
}

/** The settings guard the role: who looks for a way around a refusal must not be sent to loosen them. */
const aPerson =
  'a person has to make this assignment in Privileged Identity Management. Only the owners of the role’s settings (for assignments by administrators) can change that.';
const context = `An authentication context is demanded, which no workload identity can satisfy: ${aPerson}`;

/** What the rules of a role mean whose names a refusal lists. Source: docs/design/azure.md#pim-error-codes. */
const ruleHints: Readonly<Record<string, string>> = {
  ExpirationRule: 'The time is longer than the role allows, or shorter than five minutes: give a lifetime in between.',
  JustificationRule: 'Say why: give reason.',
  TicketingRule: 'Name the ticket: give ticket-number and ticket-system.',
  MfaRule: `Multi-factor authentication is demanded, which no workload identity can have: ${aPerson}`,
  AcrsRule: context,
};

const otherRule = `The settings of the role forbid this form of request: ${aPerson}`;

/** The names of rules stand as a JSON list in the text. Source: docs/design/azure.md#pim-error-codes. */
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
    'There is such an access already, now or planned: look at the role’s assignments in Privileged Identity Management.',
  ),
  code('RoleAssignmentDoesNotExist', 'Azure finds no such access; in its first minute it finds none that is there.'),
  code('ActiveDurationTooShort', 'Azure does not end access in its first five minutes: run the step again after that.'),
  code(
    'PendingRoleAssignmentRequest',
    'Another request for this very grant waits already: have it approved, or take it back.',
  ),
  code(
    'SubjectNotFound',
    'Nothing in the directory has this object id, or it was made a moment ago: check the object id, and give it a longer timeout.',
  ),
  code(
    'RoleNotFound',
    'Azure knows no such role there: check role, and that a custom role may be assigned at this scope.',
  ),
  code('ResourceIsLocked', `A lock at this scope or above it blocks the change. ${whoseLock}`),
  {
    applies: ({ code: it }) => it === 'AadPremiumLicenseRequired',
    hint: () =>
      'Privileged Identity Management requires a license of Microsoft Entra ID P2 or ID Governance. Leases without azure-pim require none.',
  },
  {
    applies: ({ operation, message }) => isOfPim(operation) && /does not have permissions/iu.test(message),
    hint: () =>
      'Lease without azure-pim, where a condition bounds the identity. Only if Privileged Identity Management is required: a request for others requires Microsoft.Authorization/roleAssignments/write (and /delete, to end it) at this scope, by a role without a condition, which can hand out any role there (docs/pim.md).',
  },
];
