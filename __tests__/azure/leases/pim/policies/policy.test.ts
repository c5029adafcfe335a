import { describe, expect, it } from '@jest/globals';
import type { RoleManagementPolicyRuleUnion } from '@azure/arm-authorization';
import { policyFaults, policyIn } from '../../../../../src/azure/leases/pim/policies/policy.ts';

const admin = { caller: 'Admin', level: 'Assignment' };
const user = { caller: 'EndUser', level: 'Assignment' };
const given = { lifetimeMs: 3_600_000, reason: 'INC-1', ticketNumber: null, ticketSystem: null };

const told = (rules: readonly RoleManagementPolicyRuleUnion[]): readonly string[] =>
  policyFaults(policyIn(rules), given, 'Reader').map(({ message }) => message);

const context = (target: typeof admin): RoleManagementPolicyRuleUnion => ({
  ruleType: 'RoleManagementPolicyAuthenticationContextRule',
  isEnabled: true,
  claimValue: 'c1',
  target,
});
const approval = (approvers: readonly string[], target: typeof admin): RoleManagementPolicyRuleUnion => ({
  ruleType: 'RoleManagementPolicyApprovalRule',
  setting: { isApprovalRequired: true, approvalStages: [{ primaryApprovers: approvers.map((id) => ({ id })) }] },
  target,
});

describe('the policy of a role', () => {
  it('binds administrators by its rules for them, and not by those for users', () => {
    expect(told([context(user), approval([], user)])).toEqual([]);
    expect(told([context(admin)])).toEqual([expect.stringContaining('authentication context')]);
  });

  it('goes by the id of a rule that has no target', () => {
    const rule = { ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 'PT30M' } as const;
    expect(told([{ ...rule, id: 'Expiration_EndUser_Assignment' }])).toEqual([]);
    expect(told([{ ...rule, id: 'Expiration_Admin_Assignment' }])).toEqual([
      'The PIM policy of role Reader allows at most 30 min, and `lifetime` is 1 h.',
    ]);
  });

  it.each([
    ['no rule at all', null],
    ['a text', 'Expiration_Admin_Assignment'],
    ['a list that is none', { ruleType: 'RoleManagementPolicyEnablementRule', enabledRules: 'Justification' }],
    ['a list of nothing', { ruleType: 'RoleManagementPolicyEnablementRule', enabledRules: [null] }],
    ['a duration that is none', { ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 7 }],
    ['no setting', { ruleType: 'RoleManagementPolicyApprovalRule', setting: null }],
  ])('leaves to Azure what it does not say: %s', (_, rule) => {
    const own = typeof rule === 'object' && rule !== null ? { target: admin, ...rule } : rule;
    expect(policyFaults(policyIn([own]), given, 'Reader')).toEqual([]);
  });

  it.each([
    ['stages that are none', 'x'],
    ['a stage that is none', [null]],
    ['approvers that are none', [{ primaryApprovers: {} }]],
  ])('calls nobody missing who could approve where it has %s', (_, approvalStages) => {
    const setting = { isApprovalRequired: true, approvalStages };
    expect(policyIn([{ ruleType: 'RoleManagementPolicyApprovalRule', setting, target: admin }]).approval).toBe(
      'somebody',
    );
  });

  it('lets a person approve, and is a fault where nobody can', () => {
    expect(told([approval(['somebody'], admin)])).toEqual([]);
    expect(policyIn([approval(['somebody'], admin)]).approval).toBe('somebody');
    expect(told([approval([], admin)])).toEqual([expect.stringContaining('names no approver')]);
  });

  it('says nothing of a time that cannot be read', () => {
    const rule = { ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 'soon', target: admin } as const;
    expect(policyIn([rule]).longestMs).toBe(null);
  });
});
