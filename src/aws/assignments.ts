import type {
  AccountAssignment,
  AccountAssignmentOperationStatus,
  CreateAccountAssignmentCommandInput,
} from '@aws-sdk/client-sso-admin';
import type { Budget } from '#access/clock';
import { absent, type Change, type Observation, type Seen } from '#access/cloud';
import { CloudError } from '#access/errors';
import type { Assignment, Grant } from '#access/grant';
import { assignmentKey, type DescribedOperation, type Family, type OperationState } from './family.ts';
import { checkInConsole, unknownPrincipalType } from './messages/requests.ts';
import { createPager, pages, pageOf } from './pages.ts';
import type { AwsSession } from './session.ts';

export function keyOfAssignment({ principal, role, target }: Assignment): string {
  return assignmentKey(target.id, role.id, principal.type ?? undefined, principal.id);
}

/** The place of a grant: a permission set on an account. Grants of one place are in one list. */
export function placeOf({ role, target }: Grant): string {
  return `${target.id} ${role.id}`;
}

/** Reads which assignments exist; assignments of one permission set on one account share a list. */
export async function readAssignments(
  session: AwsSession,
  instanceArn: string,
  grants: readonly Assignment[],
  budget: Budget,
): Promise<readonly Observation[]> {
  const lists = new Map<string, Promise<ReadonlySet<string>>>();
  const listOf = (grant: Assignment): Promise<ReadonlySet<string>> => {
    const place = placeOf(grant);
    const list = lists.get(place) ?? listAssignments(session, instanceArn, grant.target.id, grant.role.id, budget);
    lists.set(place, list);
    return list;
  };
  return Promise.all(
    grants.map(async (grant) => {
      const list = await listOf(grant);
      if (list.has(keyOfAssignment(grant))) return { standing: 'current', seen: unnamed };
      if (list.has(assignmentKey(grant.target.id, grant.role.id, undefined, grant.principal.id)))
        throw ofUnknownType(grant.principal.id);
      return absent;
    }),
  );
}

export const knownTypes: ReadonlySet<string | undefined> = new Set(['USER', 'GROUP']);

/**
 * The error of a principal that is listed with an unknown type: that proves neither that the access exists nor that it
 * does not.
 */
export function ofUnknownType(principalId: string): CloudError {
  return new CloudError({
    kind: 'other',
    operation: 'sso:ListAccountAssignments',
    code: 'UnknownPrincipalType',
    message: unknownPrincipalType(principalId),
    requestId: null,
    retryAfterMs: null,
    hint: checkInConsole,
  });
}

/** Identity Center gives account assignments no id. */
export const unnamed: Seen = { assignmentId: null, principalType: null };

/** The assignments of a permission set on an account, in AWS's words. */
export function listPlace(
  session: AwsSession,
  InstanceArn: string,
  AccountId: string,
  PermissionSetArn: string,
  budget: Budget,
): Promise<readonly AccountAssignment[]> {
  return pages('sso:ListAccountAssignments', budget, (NextToken, spent) =>
    session.sso.read('ListAccountAssignments', spent, async (client, options) => {
      const { ListAccountAssignmentsCommand } = await import('@aws-sdk/client-sso-admin');
      const input = { InstanceArn, AccountId, PermissionSetArn, MaxResults: 100, NextToken };
      const answer = await client.send(new ListAccountAssignmentsCommand(input), options);
      return pageOf(answer, 'AccountAssignments', ['AccountId', 'PermissionSetArn', 'PrincipalType', 'PrincipalId']);
    }),
  );
}

async function listAssignments(
  session: AwsSession,
  instanceArn: string,
  account: string,
  permissionSet: string,
  budget: Budget,
): Promise<ReadonlySet<string>> {
  const all = await listPlace(session, instanceArn, account, permissionSet, budget);
  return new Set(
    all.map(({ AccountId: target, PermissionSetArn: arn, PrincipalType: type, PrincipalId: id }) =>
      assignmentKey(target, arn, knownTypes.has(type) ? type : undefined, id),
    ),
  );
}

function requestFor(InstanceArn: string, { grant }: Change): CreateAccountAssignmentCommandInput {
  if (grant.kind !== 'assignment') throw new TypeError('an account assignment has a principal');
  return {
    InstanceArn,
    TargetId: grant.target.id,
    TargetType: 'AWS_ACCOUNT',
    PermissionSetArn: grant.role.id,
    PrincipalType: grant.principal.type === 'USER' ? 'USER' : 'GROUP',
    PrincipalId: grant.principal.id,
  };
}

function described(status: AccountAssignmentOperationStatus | undefined): DescribedOperation {
  const it = status ?? {};
  return { status: it, key: assignmentKey(it.TargetId, it.PermissionSetArn, it.PrincipalType, it.PrincipalId) };
}

/** CreateAccountAssignment, and the calls that show its progress. */
export function creations(session: AwsSession, InstanceArn: string): Family {
  const { sso } = session;
  return {
    call: 'CreateAccountAssignment',
    start: (change, budget) =>
      sso.once('CreateAccountAssignment', budget, async (client, options) => {
        const { CreateAccountAssignmentCommand } = await import('@aws-sdk/client-sso-admin');
        const answer = await client.send(new CreateAccountAssignmentCommand(requestFor(InstanceArn, change)), options);
        return answer.AccountAssignmentCreationStatus ?? {};
      }),
    describe: (id, budget) =>
      sso.read('DescribeAccountAssignmentCreationStatus', budget, async (client, options) => {
        const { DescribeAccountAssignmentCreationStatusCommand } = await import('@aws-sdk/client-sso-admin');
        const input = { InstanceArn, AccountAssignmentCreationRequestId: id };
        const answer = await client.send(new DescribeAccountAssignmentCreationStatusCommand(input), options);
        return described(answer.AccountAssignmentCreationStatus);
      }),
    list: (state) =>
      createPager('sso:ListAccountAssignmentCreationStatus', (NextToken, budget) =>
        sso.read('ListAccountAssignmentCreationStatus', budget, async (client, options) => {
          const { ListAccountAssignmentCreationStatusCommand } = await import('@aws-sdk/client-sso-admin');
          const command = new ListAccountAssignmentCreationStatusCommand(listing(InstanceArn, state, NextToken));
          const answer = await client.send(command, options);
          return pageOf(answer, 'AccountAssignmentsCreationStatus');
        }),
      ),
  };
}

/** DeleteAccountAssignment, and the calls that show its progress. */
export function deletions(session: AwsSession, InstanceArn: string): Family {
  const { sso } = session;
  return {
    call: 'DeleteAccountAssignment',
    start: (change, budget) =>
      sso.once('DeleteAccountAssignment', budget, async (client, options) => {
        const { DeleteAccountAssignmentCommand } = await import('@aws-sdk/client-sso-admin');
        const answer = await client.send(new DeleteAccountAssignmentCommand(requestFor(InstanceArn, change)), options);
        return answer.AccountAssignmentDeletionStatus ?? {};
      }),
    describe: (id, budget) =>
      sso.read('DescribeAccountAssignmentDeletionStatus', budget, async (client, options) => {
        const { DescribeAccountAssignmentDeletionStatusCommand } = await import('@aws-sdk/client-sso-admin');
        const input = { InstanceArn, AccountAssignmentDeletionRequestId: id };
        const answer = await client.send(new DescribeAccountAssignmentDeletionStatusCommand(input), options);
        return described(answer.AccountAssignmentDeletionStatus);
      }),
    list: (state) =>
      createPager('sso:ListAccountAssignmentDeletionStatus', (NextToken, budget) =>
        sso.read('ListAccountAssignmentDeletionStatus', budget, async (client, options) => {
          const { ListAccountAssignmentDeletionStatusCommand } = await import('@aws-sdk/client-sso-admin');
          const command = new ListAccountAssignmentDeletionStatusCommand(listing(InstanceArn, state, NextToken));
          const answer = await client.send(command, options);
          return pageOf(answer, 'AccountAssignmentsDeletionStatus');
        }),
      ),
  };
}

/** The input that the three List*Status calls share. */
export function listing(
  InstanceArn: string,
  Status: OperationState,
  NextToken: string | undefined,
): {
  readonly InstanceArn: string;
  readonly MaxResults: number;
  readonly NextToken: string | undefined;
  readonly Filter: { readonly Status: OperationState };
} {
  return { InstanceArn, MaxResults: 100, NextToken, Filter: { Status } };
}
