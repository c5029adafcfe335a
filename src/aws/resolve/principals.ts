import type { User } from '@aws-sdk/client-identitystore';
import type { Budget } from '../../access/clock.ts';
import { allOrRefused, CloudError, Refusal } from '../../access/errors.ts';
import type { Principal } from '../../access/grant.ts';
import type { Line } from '../../access/request.ts';
import { oddCharactersIn } from '../../access/odd-characters.ts';
import { whole } from '../incomplete.ts';
import { pages, pageOf } from '../pages.ts';
import type { AwsSession } from '../session.ts';

/** Turns the lines of `principal` into principals, no two the same; an id is taken as it is, without asking the directory. */
export async function resolvePrincipals(
  session: AwsSession,
  lines: readonly Line[],
  store: string | null,
  budget: Budget,
): Promise<readonly Principal[]> {
  if (lines.some(needsDirectory)) neededStore(store);
  const directory = openDirectory(session, store);
  const distinct = new Map(lines.map((line) => [`${line.kind} ${line.value}`, line]));
  const found = await allOrRefused([...distinct.values()].map((line) => resolvePrincipal(directory, line, budget)));
  const principals = new Map<string, Principal>();
  for (const principal of found) {
    // A GUID is the same in any letter case; of two lines for one principal the name is worth keeping.
    const key = `${principal.type ?? ''} ${principal.id.toLowerCase()}`;
    const known = principals.get(key);
    principals.set(key, known === undefined ? principal : { ...known, name: known.name ?? principal.name });
  }
  return [...principals.values()];
}

/** The identity store of one run: all users are listed at most once. */
interface Directory {
  readonly session: AwsSession;
  readonly store: () => string;
  readonly users: (budget: Budget) => Promise<readonly User[]>;
}

function openDirectory(session: AwsSession, id: string | null): Directory {
  const store = (): string => neededStore(id);
  let listed: Promise<readonly User[]> | null = null;
  return { session, store, users: (budget) => (listed ??= listUsers(session, store(), budget)) };
}

function resolvePrincipal(directory: Directory, line: Line, budget: Budget): Promise<Principal> {
  switch (line.kind) {
    case 'user-id':
      return Promise.resolve({ type: 'USER', id: line.value, name: null });
    case 'group-id':
      return Promise.resolve({ type: 'GROUP', id: line.value, name: null });
    case 'group-name':
      return resolveGroup(directory, line.value, budget);
    default:
      return resolveUser(directory, line.value, budget);
  }
}

/** Whether a line can only be resolved by asking the directory. */
export function needsDirectory(line: Line): boolean {
  return line.kind === 'user-name' || line.kind === 'group-name';
}

/** The store that names are looked up in. */
export function neededStore(store: string | null): string {
  if (store !== null) return store;
  throw new Refusal('The instance did not say which identity store it has.', 'Set aws-identity-store-id.');
}

async function resolveGroup({ session, ...directory }: Directory, name: string, budget: Budget): Promise<Principal> {
  const store = directory.store();
  const id = await groupId(session, name, store, budget);
  if (id !== null) return { type: 'GROUP', id, name };
  throw new Refusal(
    `No group in identity store ${store} has the display name "${name}".${oddCharactersIn(name)}`,
    'Correct principal: display names are compared exactly, spaces and letter case included. Or give the group id.',
  );
}

/**
 * A user by user name, and where there is an `@` by e-mail too. User names are unique in a store; whether an e-mail is,
 * nothing says, so that a user found by e-mail alone is taken only after looking at all users.
 */
async function resolveUser(directory: Directory, text: string, budget: Budget): Promise<Principal> {
  const { session } = directory;
  const store = directory.store();
  const [byName, byEmail] = await Promise.all([
    userId(session, 'userName', text, store, budget),
    text.includes('@') ? userId(session, 'emails.value', text, store, budget) : null,
  ]);
  if (byName !== null && byEmail !== null && byName !== byEmail) {
    throw new Refusal(
      `"${text}" is the user name of ${byName} and the e-mail address of ${byEmail}: two different users.`,
      'Give the id of the one you mean, as user:<id>.',
    );
  }
  if (byName !== null) return { type: 'USER', id: byName, name: text };
  if (byEmail !== null) return onlyOneWithEmail(directory, text, byEmail, budget);
  throw new Refusal(
    `No user in identity store ${store} has the user name${text.includes('@') ? ' or the e-mail address' : ''} "${text}".${oddCharactersIn(text)}`,
    'Correct principal: names are compared exactly. Or give the user id.',
  );
}

async function onlyOneWithEmail(
  directory: Directory,
  email: string,
  found: string,
  budget: Budget,
): Promise<Principal> {
  const users = await directory.users(budget);
  const same = users.filter((user) => user.Emails?.some(({ Value }) => Value?.toLowerCase() === email.toLowerCase()));
  const ids = new Set([found, ...same.map(({ UserId }) => UserId ?? '')]);
  if (ids.size === 1) return { type: 'USER', id: found, name: email };
  throw new Refusal(
    `"${email}" is the e-mail address of ${ids.size} users: ${[...ids].join(', ')}.`,
    'Give the user name or the id of the one you mean.',
  );
}

function listUsers(session: AwsSession, store: string, budget: Budget): Promise<readonly User[]> {
  return pages('identitystore:ListUsers', budget, (NextToken, spent) =>
    session.identityStore.read('ListUsers', spent, async (client, options) => {
      const { ListUsersCommand } = await import('@aws-sdk/client-identitystore');
      const command = new ListUsersCommand({ IdentityStoreId: store, MaxResults: 100, NextToken });
      const answer = await client.send(command, options);
      return pageOf(answer, 'Users', ['UserId']);
    }),
  );
}

function userId(
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

function groupId(session: AwsSession, name: string, store: string, budget: Budget): Promise<string | null> {
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

function isMissingStore({ cause }: CloudError): boolean {
  return (cause as { readonly ResourceType?: string } | undefined)?.ResourceType === 'IDENTITY_STORE';
}

/** The names that a principal goes by now. */
export interface CurrentNames {
  /** The user name or display name, which nobody else in the store has; `null` where there is none. */
  readonly unique: string | null;
  /** The e-mail addresses of a user, which others may have too. */
  readonly emails: readonly string[];
}

/** Who is gone has no names. */
export async function currentNames(
  session: AwsSession,
  { type, id }: Principal,
  IdentityStoreId: string,
  budget: Budget,
): Promise<CurrentNames> {
  const { identityStore } = session;
  const asking =
    type === 'USER'
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
  return (await orMissing<CurrentNames>(asking)) ?? { unique: null, emails: [] };
}
