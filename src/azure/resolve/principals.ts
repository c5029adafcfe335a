import type { Budget } from '#access/clock';
import { instead, isOfKind, Refusal } from '#access/errors';
import type { Principal } from '#access/grant';
import type { Line, OperationName } from '#access/request';
import { closeTo } from '#access/near';
import { explainStrangeId, findBy, findById, findByIds, type DirectoryObject, type TypedObject } from './directory.ts';
import { gather, groupBy, type Gathered } from './gather.ts';
import { findNear, shown } from './near-objects.ts';
import { distinctLines, principalTypes, type LineKind } from './lines.ts';
import { remembered } from '../remembered.ts';
import type { AzureSession } from '../session.ts';

/** Whom the lines of `principal` mean, each once; look-ups run together. */
export async function resolvePrincipals(
  session: AzureSession,
  lines: readonly Line[],
  operation: OperationName,
  budget: Budget,
): Promise<Gathered<Principal>> {
  const distinct = distinctLines(lines);
  const untyped = distinct.filter(({ kind }) => kind === 'object-id').map(({ value }) => value);
  const objects = remembered((it) => findByIds(session, untyped, it));
  const { found, refusals } = await gather(
    distinct.map((line) =>
      line.kind === 'object-id'
        ? resolveObjectId(session, line.value, operation, objects, budget)
        : resolvePrincipal(session, line, budget),
    ),
  );
  const principals = await gather(groupBy(found, ({ id }) => id.toLowerCase()).map(asOne));
  return { found: principals.found, refusals: [...refusals, ...principals.refusals] };
}

/** One and the same may be given by name and by id, with its type and without. */
function asOne(same: readonly [Principal, ...Principal[]]): Promise<Principal> {
  const [{ id }] = same;
  const types = [...new Set(same.map(({ type }) => type).filter((type) => type !== null))];
  const name = same.find((it) => it.name !== null)?.name ?? null;
  if (types.length < 2) return Promise.resolve({ type: types[0] ?? null, id, name });
  return Promise.reject(
    new Refusal(
      `The principal ${id} is given as ${types.join(' and as ')}: it can be only one of them.`,
      'Correct principal: give it once, with the type that the directory has for it.',
    ),
  );
}

/** A line whose type is known; an id is taken as it is, without asking the directory. */
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

/** By user principal name and, with an `@`, by mail address too, which is what guests are known by. */
async function resolveUser(session: AzureSession, text: string, budget: Budget): Promise<Principal> {
  const [byName, byMail] = await Promise.all([
    findBy(session, 'users', 'userPrincipalName', text, budget),
    text.includes('@') ? findBy(session, 'users', 'mail', text, budget) : [],
  ]);
  const found = new Map([...byName, ...byMail].map((user) => [user.id, user]));
  return only(session, [...found.values()], 'User', text, budget);
}

/** How a type is written before a line, and what it is found by. */
const looked = {
  User: { in: 'users', prefix: 'user', by: 'user has the user principal name or the mail address' },
  Group: { in: 'groups', prefix: 'group', by: 'group has the display name' },
  ServicePrincipal: {
    in: 'servicePrincipals',
    prefix: 'service-principal',
    by: 'service principal has the display name',
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
  const { prefix, by } = looked[type];
  const [first, ...others] = found;
  if (first === undefined) {
    const near = await findNear(session, looked[type].in, text, budget);
    throw new Refusal(
      `In this directory no ${by} "${text}".${closeTo(text, near)}`,
      `Correct "${prefix}:${text}", check azure-tenant-id, or give the object id as ${prefix}:<object id>.`,
    );
  }
  if (others.length === 0) return { type, id: first.id, name: first.userPrincipalName ?? first.displayName ?? text };
  throw new Refusal(
    `"${text}" names ${found.length > 2 ? 'several' : 'two'}: ${found.map(shown).join(', ')}.`,
    `Give the object id of the one you mean, as ${prefix}:<object id>.`,
  );
}

async function resolveClientId(session: AzureSession, clientId: string, budget: Budget): Promise<Principal> {
  const [found] = await findBy(session, 'servicePrincipals', 'appId', clientId, budget);
  if (found !== undefined) return { type: 'ServicePrincipal', id: found.id, name: found.displayName ?? null };
  const object = await findById(session, clientId, budget).catch(instead('denied', null));
  const explanation =
    object === null
      ? await explainStrangeId(session, clientId, budget)
      : `${clientId} is the object id of a ${object.type}: write it with its type instead of app:.`;
  throw new Refusal(
    `No application with the client id ${clientId} has a service principal in this directory.${explanation === null ? '' : ` ${explanation}`}`,
    explanation === null
      ? 'Correct principal, or check azure-tenant-id. If it is an application of your own directory, its owner makes the service principal (az ad sp create --id <client id>); that of a stranger would let the stranger in.'
      : 'Correct principal: app: takes the client id, and nothing else.',
  );
}

/**
 * An id whose type nobody gave: looked up, or sent without a type where the directory may not be asked.
 *
 * @param objects those that have such ids, all asked for at once
 */
async function resolveObjectId(
  session: AzureSession,
  id: string,
  operation: OperationName,
  objects: (budget: Budget) => Promise<ReadonlyMap<string, TypedObject>>,
  budget: Budget,
): Promise<Principal> {
  const { graph, name } = await session.environment(budget);
  if (graph === null) return withoutType(session, id, `${name} names no Microsoft Graph`);
  try {
    const found = (await objects(budget)).get(id.toLowerCase());
    if (found !== undefined) {
      const { userPrincipalName, displayName } = found.object;
      return { type: found.type, id: found.object.id, name: userPrincipalName ?? displayName ?? null };
    }
    const explanation = await explainStrangeId(session, id, budget);
    if (explanation === null && operation === 'revoke') {
      // Role assignments outlive their principal.
      session.tools.log.info(`The directory has no object ${id} any more; what it was granted may still be there.`);
      return { type: null, id, name: null };
    }
    throw new Refusal(
      explanation === null
        ? `No user, group, service principal or device of this directory has the object id ${id}.`
        : `No principal of this directory has the object id ${id}: ${explanation}`,
      explanation === null
        ? 'Correct principal and check azure-tenant-id. If it was deleted, or made a moment ago, give its type as well: it is then taken as it is.'
        : 'Correct principal: an application has a client id, a registration with an object id, and a service principal with another; roles are granted to the last.',
    );
  } catch (error) {
    // Where the directory may not be asked.
    if (!isOfKind(error, 'denied')) throw error;
    return withoutType(session, id, error.message);
  }
}

function withoutType({ tools }: AzureSession, id: string, why: string): Principal {
  tools.log.warning(
    `The type of ${id} could not be looked up, so it goes without one, and Azure has to find it out: ${why}. Give the type (user:, group:, service-principal:) to spare that.`,
  );
  return { type: null, id, name: null };
}
