import type { Group, User } from '@aws-sdk/client-identitystore';
import type { Budget } from '#access/clock';
import { CloudError } from '#access/errors';
import type { Principal } from '#access/grant';
import type { Candidate } from '#access/near';
import { whole } from '../documented.ts';
import { noIdentityStoreNamed } from '../messages/names.ts';
import { createPager, pageOf, readAll, type Pager } from '../pages.ts';
import type { AwsSession } from '../session.ts';

/** The identity store of one run: each list is read once. */
export interface Directory {
  readonly session: AwsSession;
  readonly store: () => string;
  readonly users: (budget: Budget) => Promise<readonly User[]>;
  /** Some users, for a hint on a name that does not exist: as many as the caller may read in a short time. */
  readonly someUsers: (budget: Budget) => Promise<readonly Candidate[]>;
  readonly someGroups: (budget: Budget) => Promise<readonly Candidate[]>;
}

export function openDirectory(session: AwsSession, id: string | null): Directory {
  const store = (): string => neededStore(id);
  return {
    session,
    store,
    users: once((budget) => readAll(listUsers(session, store()), budget)),
    someUsers: once(async (budget) => (await readSome(listUsers(session, store()), budget)).flatMap(asCandidates)),
    someGroups: once(async (budget) =>
      (await readSome(listGroups(session, store()), budget)).map(({ GroupId: group = '', DisplayName: name = '' }) => ({
        name,
        id: group,
      })),
    ),
  };
}

function once<T>(ask: (budget: Budget) => Promise<T>): (budget: Budget) => Promise<T> {
  let asked: Promise<T> | null = null;
  return (budget) => (asked ??= ask(budget));
}

function asCandidates({ UserId: id = '', UserName: name = '', Emails: emails = [] }: User): readonly Candidate[] {
  return [...new Set([name, ...emails.map(({ Value }) => Value ?? '')])].map((it) => ({ name: it, id }));
}

/** Most pages that are read for a hint, which takes a second or two. A page has a hundred items. */
const pagesForHint = 10;

/** The readable part of a list that is only for a hint: the caller may lack the permission to read it. */
async function readSome<T>(pager: Pager<T>, budget: Budget): Promise<readonly T[]> {
  try {
    while (!pager.isDone() && pager.pagesRead() < pagesForHint) await pager.next(budget);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
  }
  return pager.items;
}

/** The identity store in which names are looked up. */
export function neededStore(store: string | null): string {
  if (store !== null) return store;
  throw noIdentityStoreNamed();
}

/** All users, page by page. */
export function listUsers(session: AwsSession, store: string): Pager<User> {
  return createPager('identitystore:ListUsers', (NextToken, spent) =>
    session.identityStore.read('ListUsers', spent, async (client, options) => {
      const { ListUsersCommand } = await import('@aws-sdk/client-identitystore');
      const command = new ListUsersCommand({ IdentityStoreId: store, MaxResults: 100, NextToken });
      const answer = await client.send(command, options);
      return pageOf(answer, 'Users', ['UserId']);
    }),
  );
}

/** All groups, page by page. */
export function listGroups(session: AwsSession, store: string): Pager<Group> {
  return createPager('identitystore:ListGroups', (NextToken, spent) =>
    session.identityStore.read('ListGroups', spent, async (client, options) => {
      const { ListGroupsCommand } = await import('@aws-sdk/client-identitystore');
      const command = new ListGroupsCommand({ IdentityStoreId: store, MaxResults: 100, NextToken });
      const answer = await client.send(command, options);
      return pageOf(answer, 'Groups', ['GroupId']);
    }),
  );
}

/** The id of the user with a user name or an e-mail address, `null` for none. */
export function userId(
  session: AwsSession,
  path: 'userName' | 'emails.value',
  value: string,
  store: string,
  budget: Budget,
): Promise<string | null> {
  return orMissing(
    session.identityStore.read('GetUserId', budget, async (client, options) => {
      const { GetUserIdCommand } = await import('@aws-sdk/client-identitystore');
      const command = new GetUserIdCommand({
        IdentityStoreId: store,
        AlternateIdentifier: { UniqueAttribute: { AttributePath: path, AttributeValue: value } },
      });
      const answer = await client.send(command, options);
      return whole(answer.UserId, 'UserId', answer);
    }),
  );
}

/** The id of the group with a display name, `null` for none. */
export function groupId(session: AwsSession, name: string, store: string, budget: Budget): Promise<string | null> {
  return orMissing(
    session.identityStore.read('GetGroupId', budget, async (client, options) => {
      const { GetGroupIdCommand } = await import('@aws-sdk/client-identitystore');
      const command = new GetGroupIdCommand({
        IdentityStoreId: store,
        AlternateIdentifier: { UniqueAttribute: { AttributePath: 'displayName', AttributeValue: name } },
      });
      const answer = await client.send(command, options);
      return whole(answer.GroupId, 'GroupId', answer);
    }),
  );
}

/** A missing user or group is an answer; a missing identity store is an error, and carries another resource type. */
async function orMissing<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof CloudError && error.failure.kind === 'not-found' && !isMissingStore(error)) return null;
    throw error;
  }
}

/** True if the answer says that the identity store itself does not exist. */
export function isMissingStore({ cause }: CloudError): boolean {
  return (cause as { readonly ResourceType?: string } | undefined)?.ResourceType === 'IDENTITY_STORE';
}

/** The present names of a principal. */
export interface CurrentNames {
  /** The user name or display name, which is unique in the store; `null` where there is none. */
  readonly unique: string | null;
  /** The e-mail addresses of a user, which other users may share. */
  readonly emails: readonly string[];
}

/** The present names of a principal; a deleted principal has none. */
export async function currentNames(
  session: AwsSession,
  { type, id }: Principal,
  IdentityStoreId: string,
  budget: Budget,
): Promise<CurrentNames> {
  return (await orMissing(describePrincipal(session, { type, id }, IdentityStoreId, budget))) ?? noNames;
}

const noNames: CurrentNames = { unique: null, emails: [] };

/** The same; a deleted principal is an error. */
export function describePrincipal(
  { identityStore }: AwsSession,
  { type, id }: Pick<Principal, 'type' | 'id'>,
  IdentityStoreId: string,
  budget: Budget,
): Promise<CurrentNames> {
  return type === 'USER'
    ? identityStore.read('DescribeUser', budget, async (client, options) => {
        const { DescribeUserCommand } = await import('@aws-sdk/client-identitystore');
        const user = await client.send(new DescribeUserCommand({ IdentityStoreId, UserId: id }), options);
        return { unique: user.UserName ?? null, emails: (user.Emails ?? []).flatMap(({ Value }) => Value ?? []) };
      })
    : identityStore.read('DescribeGroup', budget, async (client, options) => {
        const { DescribeGroupCommand } = await import('@aws-sdk/client-identitystore');
        const group = await client.send(new DescribeGroupCommand({ IdentityStoreId, GroupId: id }), options);
        return { unique: group.DisplayName ?? null, emails: [] };
      });
}
