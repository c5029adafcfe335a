import type { AzureEstate } from '../estate.ts';
import type { Policy } from './policies.ts';

type Caller = 'Admin' | 'EndUser';
type Level = 'Eligibility' | 'Assignment';
type Rule = Readonly<Record<string, unknown>>;

/** The rules of a policy in the form of [spec] GetRoleManagementPolicyAssignmentByName; those of eligibilities are for shape. */
export function effectiveRules(policy: Policy, estate: AzureEstate): readonly Rule[] {
  return [
    enablement('Admin', 'Eligibility', []),
    expiration('Admin', 'Eligibility', true, 'P365D'),
    ...notifications('Admin', 'Eligibility'),
    enablement('Admin', 'Assignment', policy.requires),
    expiration('Admin', 'Assignment', !policy.permanent, policy.maximumDuration),
    ...notifications('Admin', 'Assignment'),
    approval(policy, estate),
    {
      isEnabled: policy.authenticationContext !== null,
      claimValue: policy.authenticationContext ?? '',
      ...head('AuthenticationContext', 'EndUser', 'Assignment', 'AuthenticationContext_EndUser_Assignment'),
    },
    enablement('EndUser', 'Assignment', ['MultiFactorAuthentication', 'Justification']),
    expiration('EndUser', 'Assignment', true, 'PT8H'),
    ...notifications('EndUser', 'Assignment'),
  ];
}

function head(kind: string, caller: Caller, level: Level, id = `${kind}_${caller}_${level}`): Rule {
  return {
    id,
    ruleType: `RoleManagementPolicy${kind}Rule`,
    target: {
      caller,
      operations: ['All'],
      level,
      targetObjects: null,
      inheritableSettings: null,
      enforcedSettings: null,
    },
  };
}

function enablement(caller: Caller, level: Level, enabledRules: readonly string[]): Rule {
  return { enabledRules, ...head('Enablement', caller, level) };
}

function expiration(caller: Caller, level: Level, isExpirationRequired: boolean, maximumDuration: string): Rule {
  return { isExpirationRequired, maximumDuration, ...head('Expiration', caller, level) };
}

function notifications(caller: Caller, level: Level): readonly Rule[] {
  return ['Admin', 'Requestor', 'Approver'].map((recipientType) => ({
    notificationType: 'Email',
    recipientType,
    isDefaultRecipientsEnabled: true,
    notificationLevel: 'All',
    notificationRecipients: null,
    ...head('Notification', caller, level, `Notification_${recipientType}_${caller}_${level}`),
  }));
}

function approval({ approvers }: Policy, { users, groups }: AzureEstate): Rule {
  const primaryApprovers = approvers.map((id) => ({
    id,
    description: [...users, ...groups].find((one) => one.id === id)?.displayName ?? null,
    isBackup: false,
    userType: groups.some((one) => one.id === id) ? 'Group' : 'User',
  }));
  return {
    setting: {
      isApprovalRequired: approvers.length > 0,
      isApprovalRequiredForExtension: false,
      isRequestorJustificationRequired: true,
      approvalMode: 'SingleStage',
      approvalStages: [
        {
          approvalStageTimeOutInDays: 1,
          isApproverJustificationRequired: true,
          escalationTimeInMinutes: 0,
          primaryApprovers,
          isEscalationEnabled: false,
          escalationApprovers: null,
        },
      ],
    },
    ...head('Approval', 'EndUser', 'Assignment'),
  };
}
