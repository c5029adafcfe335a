import type { Budget } from '#access/clock';
import { allOrRefused, Refusal } from '#access/errors';
import type { Principal } from '#access/grant';
import type { Line } from '#access/request';
import { candidate, closeTo } from '#access/near';
import type { AwsSession } from '../session.ts';
import { groupId, neededStore, openDirectory, userId, type Directory } from './identity-store.ts';

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

function resolvePrincipal(directory: Directory, line: Line, budget: Budget): Promise<Principal> {
  switch (line.kind) {
    case 'user-id':
      return Promise.resolve({ type: 'USER', id: line.value, name: null });
    case 'group-id':
      return Promise.resolve({ type: 'GROUP', id: line.value, name: null });
    case 'group-name':
      return resolveGroup(directory, line, budget);
    default:
      return resolveUser(directory, line, budget);
  }
}

/** Whether a line can only be resolved by asking the directory. */
export function needsDirectory(line: Line): boolean {
  return line.kind === 'user-name' || line.kind === 'group-name';
}

async function resolveGroup(directory: Directory, { text, value: name }: Line, budget: Budget): Promise<Principal> {
  const store = directory.store();
  const id = await groupId(directory.session, name, store, budget);
  if (id !== null) return { type: 'GROUP', id, name };
  throw new Refusal(
    `No group in identity store ${store} has the display name "${name}".${closeTo(name, await directory.someGroups(budget))}`,
    `Correct the line "${text}": display names are compared exactly, spaces and letter case included. Or give the id, as group:<id>.`,
  );
}

/**
 * A user by user name, and where there is an `@` by e-mail too. User names are unique in a store; whether an e-mail is,
 * nothing says, so that a user found by e-mail alone is taken only after looking at all users.
 */
async function resolveUser(directory: Directory, line: Line, budget: Budget): Promise<Principal> {
  const { session } = directory;
  const { value: text } = line;
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
    `No user in identity store ${store} has the user name${text.includes('@') ? ' or the e-mail address' : ''} "${text}".${closeTo(text, await directory.someUsers(budget))}`,
    `Correct the line "${line.text}": names are compared exactly. Or give the id, as user:<id>.`,
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
  const named = [...ids].map((id) => {
    const name = users.find(({ UserId }) => UserId === id)?.UserName;
    return name === undefined ? id : candidate({ name, id });
  });
  throw new Refusal(
    `"${email}" is the e-mail address of ${ids.size} users: ${named.join(', ')}.`,
    'Give the user name or the id of the one you mean.',
  );
}
