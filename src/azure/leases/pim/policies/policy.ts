import type { RoleManagementPolicyRuleUnion } from '@azure/arm-authorization';
import { durationInWords, isoDuration } from '#access/durations';
import { Refusal } from '#access/errors';
import { isRecord } from '#access/json';
import { durationMs } from '../service/reading.ts';

/** What a role's policy demands of an assignment by an administrator. Source: docs/design/azure.md#pim-policies. */
export interface RolePolicy {
  /** In milliseconds, `null` where it names none, or none that can be read. */
  readonly longestMs: number | null;
  readonly justification: boolean;
  readonly ticket: boolean;
  readonly mfa: boolean;
  readonly authenticationContext: boolean;
  readonly approval: Approval;
}

/** Whether a person has to approve; `nobody`: one has to, and the policy names none. */
export type Approval = 'none' | 'somebody' | 'nobody';

/** What was given besides who, where and what. */
export interface Given {
  readonly lifetimeMs: number;
  readonly reason: string | null;
  readonly ticketNumber: string | null;
  readonly ticketSystem: string | null;
}

/**
 * Reads the rules that concern assignments by an administrator: those for activation by users bind nobody here. What is no
 * rule, or says what no rule does, is left to Azure.
 */
export function policyIn(rules: readonly unknown[]): RolePolicy {
  const own = rules.filter(isRule).filter(isForAdministrators);
  const enabled = own.flatMap((rule) =>
    isOf(rule, 'RoleManagementPolicyEnablementRule') ? listIn(rule.enabledRules) : [],
  );
  const enables = (name: string): boolean =>
    enabled.some((it) => typeof it === 'string' && it.toLowerCase() === name.toLowerCase());
  const limits = own.flatMap((rule) => {
    if (!isOf(rule, 'RoleManagementPolicyExpirationRule')) return [];
    return durationMs(rule.maximumDuration ?? '') ?? [];
  });
  const approvals = own.flatMap((rule) => (isOf(rule, 'RoleManagementPolicyApprovalRule') ? (rule.setting ?? []) : []));
  const approving = approvals.filter((it) => it.isApprovalRequired === true);
  return {
    longestMs: limits.length === 0 ? null : Math.min(...limits),
    justification: enables('Justification') || approving.some((it) => it.isRequestorJustificationRequired === true),
    ticket: enables('Ticketing'),
    mfa: enables('MultiFactorAuthentication'),
    authenticationContext: own.some(
      (rule) => isOf(rule, 'RoleManagementPolicyAuthenticationContextRule') && rule.isEnabled === true,
    ),
    approval: approvalBy(approving),
  };
}

function isRule(value: unknown): value is RoleManagementPolicyRuleUnion {
  return isRecord(value);
}

/** The SDK's types are no promise of what comes. */
function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

type Rule<Type> = Extract<RoleManagementPolicyRuleUnion, { readonly ruleType: Type }>;

function isOf<Type extends RoleManagementPolicyRuleUnion['ruleType']>(
  rule: RoleManagementPolicyRuleUnion,
  type: Type,
): rule is Rule<Type> {
  return rule.ruleType === type;
}

/**
 * By its target, or where that is not said by its id. Letter case differs between endpoints. Source:
 * docs/design/azure.md#pim-requests.
 */
function isForAdministrators({ id = '', target }: RoleManagementPolicyRuleUnion): boolean {
  if (typeof target?.caller !== 'string' || typeof target.level !== 'string') return /_Admin_Assignment$/iu.test(id);
  return target.caller.toLowerCase() === 'admin' && target.level.toLowerCase() === 'assignment';
}

/** Whom a stage names is only looked at where all of them say so. */
function approvalBy(settings: readonly NonNullable<Rule<'RoleManagementPolicyApprovalRule'>['setting']>[]): Approval {
  if (settings.length === 0) return 'none';
  const isEmpty = settings.some(
    ({ approvalStages }) => Array.isArray(approvalStages) && approvalStages.every(namesNoPrincipal),
  );
  return isEmpty ? 'nobody' : 'somebody';
}

function namesNoPrincipal(stage: unknown): boolean {
  if (!isRecord(stage)) return false;
  const { primaryApprovers, escalationApprovers } = stage;
  return [primaryApprovers, escalationApprovers].every((it) => it == null || (Array.isArray(it) && it.length === 0));
}

/** Everything that stands against a request, before it is made: each with what would be right. */
export function policyFaults(policy: RolePolicy, given: Given, role: string): readonly Refusal[] {
  const { longestMs, justification, ticket, mfa, authenticationContext, approval } = policy;
  const refuse = (applies: boolean, problem: string, hint: string): readonly Refusal[] =>
    applies ? [new Refusal(`The PIM policy of role ${role} ${problem}.`, hint)] : [];
  const { lifetimeMs, reason, ticketNumber, ticketSystem } = given;
  const aPerson =
    'A person has to make this assignment in Privileged Identity Management. Only the owners of the role’s settings (for assignments by administrators) can change that.';
  return [
    ...(longestMs === null
      ? []
      : refuse(
          lifetimeMs > longestMs,
          `allows at most ${durationInWords(longestMs)}, and lifetime is ${durationInWords(lifetimeMs)}`,
          `Give at most that, for example: lifetime: ${isoDuration(longestMs)}`,
        )),
    ...refuse(
      justification && reason === null,
      'demands a justification, and reason is missing',
      'Say why, for example: reason: Incident 4711, payments are stuck',
    ),
    ...refuse(
      ticket && ticketNumber === null,
      'demands a ticket, and ticket-number is missing',
      'Name the ticket, for example: ticket-number: CHG-4711',
    ),
    ...refuse(
      ticket && ticketSystem === null,
      'demands a ticket, and ticket-system is missing',
      'Name the system that the ticket is in, for example: ticket-system: ServiceNow',
    ),
    ...refuse(
      mfa,
      'demands multi-factor authentication of whoever assigns it, which no workload identity can have',
      aPerson,
    ),
    ...refuse(
      authenticationContext,
      'demands an authentication context of whoever assigns it, which no workload identity can satisfy',
      aPerson,
    ),
    ...refuse(
      approval === 'nobody',
      'demands an approval and names nobody who could give it, which no workload identity can',
      'The owners of the role’s settings in Privileged Identity Management name approvers, for assignments by administrators.',
    ),
  ];
}
