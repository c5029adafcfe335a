import type { Budget } from '#access/clock';
import type { Principal } from '#access/grant';
import { knownTypes, listPlace, ofUnknownType } from '../assignments.ts';

import { pages, pageOf } from '../pages.ts';
import type { AwsSession } from '../session.ts';

/** An account assignment as AWS lists it. */
export interface Row {
  readonly account: string;
  readonly permissionSet: string;
  readonly type: 'USER' | 'GROUP';
  readonly principal: string;
}

interface Listed {
  readonly AccountId?: string | undefined;
  readonly PermissionSetArn?: string | undefined;
  readonly PrincipalType?: string | undefined;
  readonly PrincipalId?: string | undefined;
}

/** A row of an undocumented type proves neither access nor its absence: the list is not complete then. */
function rowIn({ AccountId = '', PermissionSetArn = '', PrincipalType: type, PrincipalId = '' }: Listed): Row {
  if (!knownTypes.has(type)) throw ofUnknownType(PrincipalId);
  const known = type === 'USER' ? 'USER' : 'GROUP';
  return { account: AccountId, permissionSet: PermissionSetArn, type: known, principal: PrincipalId };
}

/** All assignments of a permission set on an account. */
export async function rowsOfPlace(
  session: AwsSession,
  instanceArn: string,
  { account, permissionSet }: Pick<Row, 'account' | 'permissionSet'>,
  budget: Budget,
): Promise<readonly Row[]> {
  return (await listPlace(session, instanceArn, account, permissionSet, budget)).map(rowIn);
}

/**
 * The assignments of a principal itself. Whether AWS adds those of a user's groups is not documented: rows of other
 * principals are left out.
 */
export async function rowsOfPrincipal(
  session: AwsSession,
  InstanceArn: string,
  { type, id }: Principal,
  budget: Budget,
): Promise<readonly Row[]> {
  const PrincipalType = type === 'USER' ? 'USER' : 'GROUP';
  const all = await pages('sso:ListAccountAssignmentsForPrincipal', budget, (NextToken, spent) =>
    session.sso.read('ListAccountAssignmentsForPrincipal', spent, async (client, options) => {
      const { ListAccountAssignmentsForPrincipalCommand } = await import('@aws-sdk/client-sso-admin');
      const input = { InstanceArn, PrincipalType, PrincipalId: id, MaxResults: 100, NextToken } as const;
      const answer = await client.send(new ListAccountAssignmentsForPrincipalCommand(input), options);
      return pageOf(answer, 'AccountAssignments', ['AccountId', 'PermissionSetArn', 'PrincipalType', 'PrincipalId']);
    }),
  );
  return all.map(rowIn).filter((row) => row.type === PrincipalType && row.principal.toLowerCase() === id.toLowerCase());
}

/** The IDs of the groups of a user. */
export async function groupsOf(
  session: AwsSession,
  IdentityStoreId: string,
  userId: string,
  budget: Budget,
): Promise<readonly string[]> {
  const all = await pages('identitystore:ListGroupMembershipsForMember', budget, (NextToken, spent) =>
    session.identityStore.read('ListGroupMembershipsForMember', spent, async (client, options) => {
      const { ListGroupMembershipsForMemberCommand } = await import('@aws-sdk/client-identitystore');
      const input = { IdentityStoreId, MemberId: { UserId: userId }, MaxResults: 100, NextToken };
      const answer = await client.send(new ListGroupMembershipsForMemberCommand(input), options);
      return pageOf(answer, 'GroupMemberships', ['GroupId']);
    }),
  );
  return all.map(({ GroupId = '' }) => GroupId);
}

/** The tag by which the policies of leases distinguish permission sets, docs/policies/lease-broker.json. */
const leaseTag = { key: 'cloud-access-lease', value: 'allowed' } as const;

/** True if a permission set is tagged for leasing. */
export async function isTagged(
  session: AwsSession,
  InstanceArn: string,
  ResourceArn: string,
  budget: Budget,
): Promise<boolean> {
  const tags = await pages('sso:ListTagsForResource', budget, (NextToken, spent) =>
    session.sso.read('ListTagsForResource', spent, async (client, options) => {
      const { ListTagsForResourceCommand } = await import('@aws-sdk/client-sso-admin');
      const answer = await client.send(
        new ListTagsForResourceCommand({ InstanceArn, ResourceArn, NextToken }),
        options,
      );
      return pageOf(answer, 'Tags', ['Key']);
    }),
  );
  return tags.some(({ Key, Value }) => Key === leaseTag.key && Value === leaseTag.value);
}
