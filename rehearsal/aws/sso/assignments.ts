import { deny } from '../authorize.ts';
import { optionalText, text, type Call } from '../call.ts';
import { standing, type Cloud, type Handler } from '../cloud.ts';
import { page } from '../pages.ts';
import { Refusal } from '../refusal.ts';
import type { Assignment, PrincipalType } from '../state.ts';
import { admit, admitChange, pageRules } from './guards.ts';
import { iamFailure } from './management-account.ts';
import { statusObject } from './statuses.ts';

/** [doc:limits] */
const GROUPS_PER_PERMISSION_SET_AND_ACCOUNT = 100;

function assignmentOf(call: Call): Assignment {
  return {
    accountId: text(call, 'TargetId'),
    permissionSetArn: text(call, 'PermissionSetArn'),
    principalType: text(call, 'PrincipalType') as PrincipalType,
    principalId: text(call, 'PrincipalId'),
  };
}

function start(
  kind: 'create' | 'delete',
  object: string,
  refusalOf: (cloud: Cloud, assignment: Assignment) => Refusal | undefined,
): Handler {
  return (cloud, call) => {
    const assignment = assignmentOf(call);
    const { accountId } = assignment;
    const instance = admit(cloud, call, { permissionSet: true, accountId });
    admitChange(cloud, call, instance, accountId);
    const refusal = refusalOf(cloud, assignment);
    const request = {
      kind,
      instanceArn: instance.arn,
      ...assignment,
      ...iamFailure(cloud, call, instance, accountId),
      ...(refusal === undefined ? {} : { refusal }),
    };
    const operation = cloud.operations.start(request, call.outcome);
    return { [object]: statusObject(operation, true) };
  };
}

function tooManyGroups(cloud: Cloud, assignment: Assignment): Refusal | undefined {
  if (assignment.principalType !== 'GROUP' || cloud.state.isAssigned(assignment)) return undefined;
  const { accountId, permissionSetArn } = assignment;
  const groups = cloud.state.assignmentsAt(Infinity, { accountId, permissionSetArn, principalType: 'GROUP' });
  return groups.length < GROUPS_PER_PERMISSION_SET_AND_ACCOUNT
    ? undefined
    : new Refusal(
        'ServiceQuotaExceededException',
        'The number of groups that can be assigned to a permission set in an account has been reached.',
      );
}

/**
 * The live service's response is unverified (docs/design/aws.md#deleting-an-assignment); an account that does not exist
 * "silently fails".
 */
function notAssigned(cloud: Cloud, assignment: Assignment): Refusal | undefined {
  if (cloud.state.isAssigned(assignment) || !cloud.state.accounts.has(assignment.accountId)) return undefined;
  return new Refusal('ResourceNotFoundException', 'The account assignment does not exist.');
}

const row = ({ accountId, permissionSetArn, principalType, principalId }: Assignment): Record<string, unknown> => ({
  AccountId: accountId,
  PermissionSetArn: permissionSetArn,
  PrincipalType: principalType,
  PrincipalId: principalId,
});

export const assignmentHandlers: Readonly<Record<string, Handler>> = {
  CreateAccountAssignment: start('create', 'AccountAssignmentCreationStatus', tooManyGroups),
  DeleteAccountAssignment: start('delete', 'AccountAssignmentDeletionStatus', notAssigned),

  ListAccountAssignments: (cloud, call) => {
    const accountId = text(call, 'AccountId');
    admit(cloud, call, { permissionSet: true, accountId });
    const rows = cloud.state.assignmentsAt(cloud.now(), {
      accountId,
      permissionSetArn: text(call, 'PermissionSetArn'),
    });
    const { items, next } = page(
      call,
      rows,
      ({ principalType, principalId }) => `${principalType} ${principalId}`,
      pageRules,
    );
    return { AccountAssignments: items.map(row), ...next };
  },

  ListAccountAssignmentsForPrincipal: (cloud, call) => {
    const instance = admit(cloud, call);
    // Documented as for the management account only [model].
    if (standing(cloud, call.caller) !== 'management') throw deny(call, `sso:${call.operation}`, instance.arn);
    const accountId = (call.input['Filter'] as { readonly AccountId?: string } | undefined)?.AccountId;
    const principalType = text(call, 'PrincipalType') as PrincipalType;
    const filter = {
      principalType,
      principalId: optionalText(call, 'PrincipalId') ?? '',
      ...(accountId === undefined ? {} : { accountId }),
    };
    const rows = cloud.state
      .assignmentsAt(cloud.now(), filter)
      .filter(({ permissionSetArn }) => cloud.state.permissionSets.get(permissionSetArn)?.instanceArn === instance.arn);
    const { items, next } = page(call, rows, (item) => `${item.accountId} ${item.permissionSetArn}`, pageRules);
    return { AccountAssignments: items.map(row), ...next };
  },
};
