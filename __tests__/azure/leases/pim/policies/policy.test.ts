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
  it('applies to administrators with the rules for them, and not those for users', () => {
    expect(told([context(user), approval([], user)])).toEqual([]);
    expect(told([context(admin)])).toEqual([expect.stringContaining('authentication context')]);
  });

  it('is read by the ID of a rule that has no target', () => {
    const rule = { ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 'PT30M' } as const;
    expect(told([{ ...rule, id: 'Expiration_EndUser_Assignment' }])).toEqual([]);
    expect(told([{ ...rule, id: 'Expiration_Admin_Assignment' }])).toEqual([
      'The PIM policy of role Reader allows at most 30 min, and `lifetime` is 1 h.',
    ]);
  });

  it.each([
    ['no rule', null],
    ['a text', 'Expiration_Admin_Assignment'],
    ['an invalid list', { ruleType: 'RoleManagementPolicyEnablementRule', enabledRules: 'Justification' }],
    ['a list of nothing', { ruleType: 'RoleManagementPolicyEnablementRule', enabledRules: [null] }],
    ['an invalid duration', { ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 7 }],
    ['no setting', { ruleType: 'RoleManagementPolicyApprovalRule', setting: null }],
  ])('leaves missing parts to Azure: %s', (_, rule) => {
    const own = typeof rule === 'object' && rule !== null ? { target: admin, ...rule } : rule;
    expect(policyFaults(policyIn([own]), given, 'Reader')).toEqual([]);
  });

  it.each([
    ['invalid stages', 'x'],
    ['an invalid stage', [null]],
    ['invalid approvers', [{ primaryApprovers: {} }]],
  ])('does not report missing approvers where it has %s', (_, approvalStages) => {
    const setting = { isApprovalRequired: true, approvalStages };
    expect(policyIn([{ ruleType: 'RoleManagementPolicyApprovalRule', setting, target: admin }]).approval).toBe(
      'somebody',
    );
  });

  it('allows approval by a person, and is a fault without an approver', () => {
    expect(told([approval(['somebody'], admin)])).toEqual([]);
    expect(policyIn([approval(['somebody'], admin)]).approval).toBe('somebody');
    expect(told([approval([], admin)])).toEqual([expect.stringContaining('names no approver')]);
  });

  it('ignores a duration that is not readable', () => {
    const rule = { ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 'soon', target: admin } as const;
    expect(policyIn([rule]).longestMs).toBe(null);
  });
});
