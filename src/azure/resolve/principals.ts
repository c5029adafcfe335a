import type { Budget } from '#access/clock';
import { instead, isOfKind, type Refusal } from '#access/errors';
import type { Principal } from '#access/grant';
import type { Line, OperationName } from '#access/request';
import { closeTo } from '#access/near';
import { explainStrangeId, findBy, findById, findByIds, type DirectoryObject, type TypedObject } from './directory.ts';
import { gather, groupBy, orRefusal, sorted, type Gathered } from './gather.ts';
import { findNear, shown } from './near-objects.ts';
import { distinctLines, lineKey, principalTypes, type LineKind } from './lines.ts';
import * as messages from '../messages/principals.ts';
import { remembered } from '#access/remembered';
import type { AzureSession } from '../session.ts';

/** The principals that the lines of `principal` mean, each once; look-ups run together. */
export async function resolvePrincipals(
  session: AzureSession,
  lines: readonly Line[],
  operation: OperationName,
  budget: Budget,
): Promise<Gathered<Principal>> {
  const each = await resolveEachPrincipal(session, lines, operation, budget);
  const { found, refusals } = sorted([...each.values()]);
  const principals = await mergePrincipals(found);
  return { found: principals.found, refusals: [...refusals, ...principals.refusals] };
}

/** The principal of each line by `lineKey`, or the refusal of the line; look-ups run together. */
export async function resolveEachPrincipal(
  session: AzureSession,
  lines: readonly Line[],
  operation: OperationName,
  budget: Budget,
): Promise<ReadonlyMap<string, Principal | Refusal>> {
  const distinct = distinctLines(lines);
  const untyped = distinct.filter(({ kind }) => kind === 'object-id').map(({ value }) => value);
  const objects = remembered((it) => findByIds(session, untyped, it));
  const entries = distinct.map(async (line) => {
    const resolved =
      line.kind === 'object-id'
        ? resolveObjectId(session, line.value, operation, objects, budget)
        : resolvePrincipal(session, line, budget);
    return [lineKey(line), await resolved.catch(orRefusal)] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Each principal once. */
export function mergePrincipals(found: readonly Principal[]): Promise<Gathered<Principal>> {
  return gather(groupBy(found, ({ id }) => id.toLowerCase()).map(asOne));
}

/** Merges a principal that is given by name and by ID, with its type and without. */
function asOne(same: readonly [Principal, ...Principal[]]): Promise<Principal> {
  const [{ id }] = same;
  const types = [...new Set(same.map(({ type }) => type).filter((type) => type !== null))];
  const name = same.find((it) => it.name !== null)?.name ?? null;
  if (types.length < 2) return Promise.resolve({ type: types[0] ?? null, id, name });
  return Promise.reject(messages.severalTypes(id, types));
}

/** A line whose type is known; an ID is used as it is, without asking the directory. */
async function resolvePrincipal(session: AzureSession, line: Line, budget: Budget): Promise<Principal> {
  const kind = line.kind as Exclude<LineKind, 'object-id'>;
  const typed = principalTypes.find((type) => kind === `${type}-id`);
  if (typed !== undefined) return { type: typed, id: line.value, name: null };
  if (kind === 'User-name') return resolveUser(session, line.value, budget);
  if (kind === 'Group-name') return resolveNamed(session, 'Group', line.value, budget);
  if (kind === 'ServicePrincipal-name') return resolveNamed(session, 'ServicePrincipal', line.value, budget);
  return resolveClientId(session, line.value, budget);
}

async function resolveNamed(
  session: AzureSession,
  type: 'Group' | 'ServicePrincipal',
  name: string,
  budget: Budget,
): Promise<Principal> {
  return only(session, await findBy(session, looked[type].in, 'displayName', name, budget), type, name, budget);
}

/** By user principal name and, with an `@`, by mail address too, as guests are known by theirs. */
async function resolveUser(session: AzureSession, text: string, budget: Budget): Promise<Principal> {
  const [byName, byMail] = await Promise.all([
    findBy(session, 'users', 'userPrincipalName', text, budget),
    text.includes('@') ? findBy(session, 'users', 'mail', text, budget) : [],
  ]);
  const found = new Map([...byName, ...byMail].map((user) => [user.id, user]));
  return only(session, [...found.values()], 'User', text, budget);
}

/** The collection of each type, and its names in sentences. */
const looked = {
  User: { in: 'users', prefix: 'user', noun: 'user', names: messages.namesOfUser },
  Group: { in: 'groups', prefix: 'group', noun: 'group', names: 'display name' },
  ServicePrincipal: {
    in: 'servicePrincipals',
    prefix: 'service-principal',
    noun: 'service principal',
    names: 'display name',
  },
} as const;

/** Exact or nothing: display names and mail addresses are not unique (P8). */
async function only(
  session: AzureSession,
  found: readonly DirectoryObject[],
  type: keyof typeof looked,
  text: string,
  budget: Budget,
): Promise<Principal> {
  const [first, ...others] = found;
  if (first === undefined) {
    const near = await findNear(session, looked[type].in, text, budget);
    throw messages.noSuchPrincipal(looked[type], text, closeTo(text, near));
  }
  if (others.length === 0) return { type, id: first.id, name: first.userPrincipalName ?? first.displayName ?? text };
  throw messages.severalPrincipals(looked[type], text, found.map(shown));
}

async function resolveClientId(session: AzureSession, clientId: string, budget: Budget): Promise<Principal> {
  const [found] = await findBy(session, 'servicePrincipals', 'appId', clientId, budget);
  if (found !== undefined) return { type: 'ServicePrincipal', id: found.id, name: found.displayName ?? null };
  const object = await findById(session, clientId, budget).catch(instead('denied', null));
  const explanation =
    object === null
      ? await explainStrangeId(session, clientId, budget)
      : messages.objectIdAsClientId(clientId, object.type);
  throw explanation === null ? messages.noServicePrincipal(clientId) : messages.notClientId(clientId, explanation);
}

/**
 * An ID without a type: looked up, or sent without a type if the caller is not allowed to ask the directory.
 *
 * @param objects the objects with such IDs, all from one request
 */
async function resolveObjectId(
  session: AzureSession,
  id: string,
  operation: OperationName,
  objects: (budget: Budget) => Promise<ReadonlyMap<string, TypedObject>>,
  budget: Budget,
): Promise<Principal> {
  const { graph, name } = await session.environment(budget);
  if (graph === null) return withoutType(session, id, messages.withoutGraph(name));
  try {
    const found = (await objects(budget)).get(id.toLowerCase());
    if (found !== undefined) {
      const { userPrincipalName, displayName } = found.object;
      return { type: found.type, id: found.object.id, name: userPrincipalName ?? displayName ?? null };
    }
    const explanation = await explainStrangeId(session, id, budget);
    if (explanation === null && operation === 'revoke') {
      // Role assignments outlive their principal.
      session.tools.log.info(messages.objectGone(id));
      return { type: null, id, name: null };
    }
    throw explanation === null ? messages.noSuchObject(id) : messages.notPrincipal(id, explanation);
  } catch (error) {
    // The caller is not allowed to ask the directory.
    if (!isOfKind(error, 'denied')) throw error;
    return withoutType(session, id, error.message);
  }
}

function withoutType({ tools }: AzureSession, id: string, why: string): Principal {
  tools.log.warning(messages.typeUnknown(id, why));
  return { type: null, id, name: null };
}
