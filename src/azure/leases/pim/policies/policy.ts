import type { RoleManagementPolicyRuleUnion } from '@azure/arm-authorization';
import type { Refusal } from '#access/errors';
import { isRecord } from '#access/json';
import { tooLong, unmetBy } from '#azure/messages/pim-requests';
import { durationMs } from '../service/reading.ts';

/** Requirements of a role's policy for assignments by an administrator. Source: docs/design/azure.md#pim-policies. */
export interface RolePolicy {
  /** Maximum duration in milliseconds, `null` where the policy has none, or none that can be parsed. */
  readonly longestMs: number | null;
  readonly justification: boolean;
  readonly ticket: boolean;
  readonly mfa: boolean;
  readonly authenticationContext: boolean;
  readonly approval: Approval;
}

/** Approval by a person; `nobody`: the policy requires approval and names no approver. */
type Approval = 'none' | 'somebody' | 'nobody';

/** Inputs that the policy restricts. */
export interface Given {
  readonly lifetimeMs: number;
  readonly reason: string | null;
  readonly ticketNumber: string | null;
  readonly ticketSystem: string | null;
}

/**
 * Reads the rules for assignments by an administrator: those for activation by users do not apply here. Rules that cannot
 * be parsed are left to Azure.
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

/** Answers can differ from the SDK's types. */
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
 * By the rule's target, or its ID where it has no target. Letter case differs between endpoints. Source:
 * docs/design/azure.md#pim-requests.
 */
function isForAdministrators({ id = '', target }: RoleManagementPolicyRuleUnion): boolean {
  if (typeof target?.caller !== 'string' || typeof target.level !== 'string') return /_Admin_Assignment$/iu.test(id);
  return target.caller.toLowerCase() === 'admin' && target.level.toLowerCase() === 'assignment';
}

/** `nobody` only where every stage lists its approvers, and none of them names any. */
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

/** All refusals of a request by the policy, before it is sent. */
export function policyFaults(policy: RolePolicy, given: Given, role: string): readonly Refusal[] {
  const { longestMs, justification, ticket, mfa, authenticationContext, approval } = policy;
  const { lifetimeMs, reason, ticketNumber, ticketSystem } = given;
  return [
    ...(longestMs !== null && lifetimeMs > longestMs ? [tooLong(role, longestMs, lifetimeMs)] : []),
    ...(justification && reason === null ? [unmetBy(role, 'reason')] : []),
    ...(ticket && ticketNumber === null ? [unmetBy(role, 'ticket-number')] : []),
    ...(ticket && ticketSystem === null ? [unmetBy(role, 'ticket-system')] : []),
    ...(mfa ? [unmetBy(role, 'mfa')] : []),
    ...(authenticationContext ? [unmetBy(role, 'context')] : []),
    ...(approval === 'nobody' ? [unmetBy(role, 'approver')] : []),
  ];
}
