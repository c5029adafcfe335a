import { timestamp, type Call } from '../call.ts';
import type { Cloud, Handler } from '../cloud.ts';
import type { Operation, OperationKind } from '../operation.ts';
import { page } from '../pages.ts';
import { Refusal } from '../refusal.ts';
import { admit, pageRules } from './guards.ts';

/** Names of one family of operations in requests [model]. */
interface Family {
  readonly describe: string;
  readonly id: string;
  readonly object: string;
  readonly list: string;
  readonly rows: string;
}

const families: Readonly<Record<OperationKind, Family>> = {
  create: {
    describe: 'DescribeAccountAssignmentCreationStatus',
    id: 'AccountAssignmentCreationRequestId',
    object: 'AccountAssignmentCreationStatus',
    list: 'ListAccountAssignmentCreationStatus',
    rows: 'AccountAssignmentsCreationStatus',
  },
  delete: {
    describe: 'DescribeAccountAssignmentDeletionStatus',
    id: 'AccountAssignmentDeletionRequestId',
    object: 'AccountAssignmentDeletionStatus',
    list: 'ListAccountAssignmentDeletionStatus',
    rows: 'AccountAssignmentsDeletionStatus',
  },
  provision: {
    describe: 'DescribePermissionSetProvisioningStatus',
    id: 'ProvisionPermissionSetRequestId',
    object: 'PermissionSetProvisioningStatus',
    list: 'ListPermissionSetProvisioningStatus',
    rows: 'PermissionSetsProvisioningStatus',
  },
};

/** The whole status object; a start call's answer has no CreatedDate. */
export function statusObject(operation: Operation, started = false): Record<string, unknown> {
  const { kind, status, requestId, failureReason, accountId, permissionSetArn, principalType, principalId, createdAt } =
    operation;
  return {
    Status: status,
    RequestId: requestId,
    ...(failureReason === undefined ? {} : { FailureReason: failureReason }),
    ...(kind === 'provision'
      ? accountId === undefined
        ? {}
        : { AccountId: accountId }
      : { TargetId: accountId, TargetType: 'AWS_ACCOUNT', PrincipalType: principalType, PrincipalId: principalId }),
    PermissionSetArn: permissionSetArn,
    ...(started ? {} : { CreatedDate: timestamp(createdAt) }),
  };
}

/** A fresh request ID is not known for a while (docs/design/aws.md#operations-and-their-statuses). */
function isVisible(cloud: Cloud, { createdAt }: Operation): boolean {
  return createdAt + cloud.statusLagMs <= cloud.now();
}

function describe(kind: OperationKind): Handler {
  const { id, object } = families[kind];
  return (cloud, call) => {
    const instance = admit(cloud, call);
    const requestId = String(call.input[id]);
    const operation = cloud.operations.find(kind, requestId);
    if (operation?.instanceArn !== instance.arn || !isVisible(cloud, operation))
      throw new Refusal('ResourceNotFoundException', `Request with ID ${requestId} does not exist.`);
    return { [object]: statusObject(operation) };
  };
}

function list(kind: OperationKind): Handler {
  const { rows } = families[kind];
  return (cloud: Cloud, call: Call) => {
    const instance = admit(cloud, call);
    const wanted = (call.input['Filter'] as { readonly Status?: string } | undefined)?.Status;
    const operations = [...cloud.operations.list(kind, instance.arn, wanted)].filter((one) => isVisible(cloud, one));
    const { items, next } = page(call, operations, ({ requestId }) => requestId, pageRules);
    // Only these three members: the tuple needs one Describe per ID (docs/design/aws.md#operations-and-their-statuses).
    return {
      [rows]: items.map(({ status, requestId, createdAt }) => ({
        Status: status,
        RequestId: requestId,
        CreatedDate: timestamp(createdAt),
      })),
      ...next,
    };
  };
}

export const statusHandlers: Readonly<Record<string, Handler>> = Object.fromEntries(
  (['create', 'delete', 'provision'] as const).flatMap((kind) => [
    [families[kind].describe, describe(kind)],
    [families[kind].list, list(kind)],
  ]),
);
