import type { Budget } from '#access/clock';
import { distinctBy, distinctNamed } from '#access/distinct';
import { allOrRefused } from '#access/errors';
import type { Principal } from '#access/grant';
import type { Line } from '#access/request';
import { candidate, closeTo } from '#access/near';
import { emailOfSeveral, nameOfOneEmailOfAnother, noGroupNamed, noUserNamed } from '../messages/names.ts';
import type { AwsSession } from '../session.ts';
import { groupId, neededStore, openDirectory, userId, type Directory } from './identity-store.ts';

/**
 * Turns the lines of `principal` into principals, each once. An ID is used as it is, without a request to the
 * directory.
 */
export async function resolvePrincipals(
  session: AwsSession,
  lines: readonly Line[],
  store: string | null,
  budget: Budget,
): Promise<readonly Principal[]> {
  if (lines.some(needsDirectory)) neededStore(store);
  const directory = openDirectory(session, store);
  const distinct = distinctBy(lines, ({ kind, value }) => `${kind} ${value}`);
  const found = await allOrRefused(distinct.map((line) => resolvePrincipal(directory, line, budget)));
  return distinctNamed(found, keyOfPrincipal);
}

/** The same text for the same principal. A GUID is the same in any letter case. */
export function keyOfPrincipal({ type, id }: Pick<Principal, 'type' | 'id'>): string {
  return `${type ?? ''} ${id.toLowerCase()}`;
}

/** The principal of one line. */
export function resolvePrincipal(directory: Directory, line: Line, budget: Budget): Promise<Principal> {
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

/** True for a line that only a request to the directory can resolve. */
export function needsDirectory(line: Line): boolean {
  return line.kind === 'user-name' || line.kind === 'group-name';
}

async function resolveGroup(directory: Directory, { text, value: name }: Line, budget: Budget): Promise<Principal> {
  const store = directory.store();
  const id = await groupId(directory.session, name, store, budget);
  if (id !== null) return { type: 'GROUP', id, name };
  throw noGroupNamed(name, store, closeTo(name, await directory.someGroups(budget)), text);
}

/**
 * A user by user name, and where there is an `@` by e-mail address too. User names are unique in a store; e-mail addresses
 * need not be, so a user found by e-mail address alone is accepted only after all users were compared.
 */
async function resolveUser(directory: Directory, line: Line, budget: Budget): Promise<Principal> {
  const { session } = directory;
  const { value: text } = line;
  const store = directory.store();
  const [byName, byEmail] = await Promise.all([
    userId(session, 'userName', text, store, budget),
    text.includes('@') ? userId(session, 'emails.value', text, store, budget) : null,
  ]);
  if (byName !== null && byEmail !== null && byName !== byEmail) throw nameOfOneEmailOfAnother(text, byName, byEmail);
  if (byName !== null) return { type: 'USER', id: byName, name: text };
  if (byEmail !== null) return onlyOneWithEmail(directory, text, byEmail, budget);
  throw noUserNamed(text, store, closeTo(text, await directory.someUsers(budget)), line.text);
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
  throw emailOfSeveral(email, named);
}
