import type { User } from '@aws-sdk/client-identitystore';
import type { Budget } from '../access/clock.ts';
import { CloudError, Refusal } from '../access/errors.ts';
import type { Principal } from '../access/grant.ts';
import type { Line } from '../access/request.ts';
import { pages } from './pages.ts';
import type { AwsSession } from './session.ts';

/** Turns a line of `principal` into a principal; an id is taken as it is, without asking the directory. */
export async function resolvePrincipal(
  session: AwsSession,
  line: Line,
  store: string | null,
  budget: Budget,
): Promise<Principal> {
  switch (line.kind) {
    case 'user-id':
      return { type: 'USER', id: line.value, name: null };
    case 'group-id':
      return { type: 'GROUP', id: line.value, name: null };
    case 'group-name':
      return resolveGroup(session, line.value, needed(store), budget);
    default:
      return resolveUser(session, line.value, needed(store), budget);
  }
}

/** Whether a line can only be resolved by asking the directory. */
export function needsDirectory(line: Line): boolean {
  return line.kind === 'user-name' || line.kind === 'group-name';
}

function needed(store: string | null): string {
  if (store !== null) return store;
  throw new Refusal('The instance did not say which identity store it has.', 'Set aws-identity-store-id.');
}

async function resolveGroup(session: AwsSession, name: string, store: string, budget: Budget): Promise<Principal> {
  const id = await groupId(session, name, store, budget);
  if (id !== null) return { type: 'GROUP', id, name };
  throw new Refusal(
    `No group in identity store ${store} has the display name "${name}".`,
    'Correct principal: display names are compared exactly, spaces and letter case included. Or give the group id.',
  );
}

/**
 * A user by user name, and where there is an `@` by e-mail too. User names are unique in a store; whether an e-mail is,
 * nothing says, so that a user found by e-mail alone is taken only after looking at all users.
 */
async function resolveUser(session: AwsSession, text: string, store: string, budget: Budget): Promise<Principal> {
  const [byName, byEmail] = await Promise.all([
    userId(session, 'userName', text, store, budget),
    text.includes('@') ? userId(session, 'emails.value', text, store, budget) : null,
  ]);
  if (byName !== null && byEmail !== null && byName !== byEmail) {
    throw new Refusal(
      `"${text}" is the user name of ${byName} and the e-mail address of ${byEmail}: two different users.`,
      'Give the id of the one that is meant, as user:<id>.',
    );
  }
  if (byName !== null) return { type: 'USER', id: byName, name: text };
  if (byEmail !== null) return onlyOneWithEmail(session, text, byEmail, store, budget);
  throw new Refusal(
    `No user in identity store ${store} has the user name${text.includes('@') ? ' or the e-mail address' : ''} "${text}".`,
    'Correct principal: names are compared exactly. Or give the user id.',
  );
}

async function onlyOneWithEmail(
  session: AwsSession,
  email: string,
  found: string,
  store: string,
  budget: Budget,
): Promise<Principal> {
  const users = await listUsers(session, store, budget);
  const same = users.filter((user) => user.Emails?.some(({ Value }) => Value?.toLowerCase() === email.toLowerCase()));
  const ids = new Set([found, ...same.map(({ UserId }) => UserId ?? '')]);
  if (ids.size === 1) return { type: 'USER', id: found, name: email };
  throw new Refusal(
    `"${email}" is the e-mail address of ${ids.size} users: ${[...ids].join(', ')}.`,
    'Give the user name or the id of the one that is meant.',
  );
}

function listUsers(session: AwsSession, store: string, budget: Budget): Promise<readonly User[]> {
  return pages((NextToken) =>
    session.identityStore.read('ListUsers', budget, async (client, options) => {
      const { ListUsersCommand } = await import('@aws-sdk/client-identitystore');
      const command = new ListUsersCommand({ IdentityStoreId: store, MaxResults: 100, NextToken });
      const answer = await client.send(command, options);
      return { items: answer.Users, next: answer.NextToken };
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
      return (await client.send(command, options)).UserId ?? null;
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
      return (await client.send(command, options)).GroupId ?? null;
    }),
  );
}

/** A missing user or group is an answer; a missing identity store is an error, and carries another resource type. */
async function orMissing(asking: Promise<string | null>): Promise<string | null> {
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
