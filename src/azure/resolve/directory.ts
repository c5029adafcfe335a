import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import { itemsOf, notAsDocumented } from '../answer.ts';
import { distinctBy } from '#access/distinct';
import { clientIdAsObjectId, namesNeedGraph, registrationAsPrincipal } from '../messages/principals.ts';
import type { PrincipalType } from './lines.ts';
import { follow, type Page } from '../pages.ts';
import { inBatches } from './gather.ts';
import { guid } from './ids.ts';
import type { AzureSession } from '../session.ts';

/** The members of a directory object that are read; a caller with few permissions can see only type and ID. */
export interface DirectoryObject {
  readonly id: string;
  readonly displayName?: string | null;
  readonly userPrincipalName?: string | null;
  readonly mail?: string | null;
  readonly appId?: string | null;
  readonly servicePrincipalType?: string | null;
  readonly groupTypes?: unknown;
  readonly '@odata.type'?: string;
}

/** Enough to distinguish none, one and several. */
const few = '$top=3';

/** The properties that are read of each kind of objects besides ID and display name. */
const extra = {
  users: ['userPrincipalName', 'mail'],
  groups: ['mail', 'groupTypes'],
  servicePrincipals: ['appId', 'servicePrincipalType'],
  applications: ['appId'],
} as const;

/**
 * Objects of one kind by one property. Comparisons ignore letter case, and are made again here where the answer has the
 * property. Source: docs/design/azure.md#microsoft-graph.
 */
export async function findBy(
  session: AzureSession,
  collection: keyof typeof extra,
  property: 'id' | 'displayName' | 'userPrincipalName' | 'mail' | 'appId',
  value: string,
  budget: Budget,
): Promise<readonly DirectoryObject[]> {
  const filter = encodeURIComponent(`${property} eq '${value.replaceAll("'", "''")}'`);
  const found = await ask(session, `/${collection}?$filter=${filter}&$select=${selected(collection)}&${few}`, budget);
  return found.filter((object) => {
    const has = object[property];
    return typeof has !== 'string' || has.toLowerCase() === value.toLowerCase();
  });
}

/** The properties that are read of a kind of objects. */
export function selected(collection: keyof typeof extra): string {
  return ['id', 'displayName', ...extra[collection]].join(',');
}

/**
 * The types of principals by their names in `getByIds`. A partner's object is a foreign group. Source:
 * docs/design/azure.md#microsoft-graph.
 */
const typesByName: Readonly<Record<string, PrincipalType>> = {
  '#microsoft.graph.user': 'User',
  '#microsoft.graph.group': 'Group',
  '#microsoft.graph.servicePrincipal': 'ServicePrincipal',
  '#microsoft.graph.directoryObjectPartnerReference': 'ForeignGroup',
  '#microsoft.graph.device': 'Device',
};

/** An object of a type that can have roles. */
export interface TypedObject {
  readonly object: DirectoryObject;
  readonly type: PrincipalType;
}

/** The object with an ID, `null` where the directory has none of a type that can have roles. */
export async function findById(session: AzureSession, id: string, budget: Budget): Promise<TypedObject | null> {
  return (await findByIds(session, [id], budget)).get(id.toLowerCase()) ?? null;
}

/**
 * Graph accepts 1,000 IDs at once, but answers with whole objects, and this action reads at most 1 MiB of an answer. Source:
 * docs/design/azure.md#microsoft-graph.
 */
const mostIds = 100;

/** The objects with these IDs that are of a type that can have roles, by their IDs in lower case. */
export async function findByIds(
  session: AzureSession,
  ids: readonly string[],
  budget: Budget,
): Promise<ReadonlyMap<string, TypedObject>> {
  const types = Object.keys(typesByName).map((name) => name.replace('#microsoft.graph.', ''));
  const wanted = distinctBy(ids, (id) => id.toLowerCase());
  const objects = await Promise.all(
    inBatches(wanted, mostIds).map((batch) =>
      ask(session, '/directoryObjects/getByIds', budget, { ids: batch, types }),
    ),
  );
  return new Map(
    objects.flat().flatMap((object) => {
      const type = typesByName[object['@odata.type'] ?? ''];
      return type === undefined ? [] : [[object.id.toLowerCase(), { object, type }]];
    }),
  );
}

/** The objects of this directory with these IDs, of any type, by their IDs in lower case. */
export async function anyObjects(
  session: AzureSession,
  ids: readonly string[],
  budget: Budget,
): Promise<ReadonlyMap<string, DirectoryObject>> {
  const wanted = distinctBy(ids, (id) => id.toLowerCase());
  const objects = await Promise.all(
    inBatches(wanted, mostIds).map((batch) => ask(session, '/directoryObjects/getByIds', budget, { ids: batch })),
  );
  return new Map(objects.flat().map((object) => [object.id.toLowerCase(), object]));
}

function isWhole(object: Partial<DirectoryObject>): boolean {
  const { id, displayName, userPrincipalName, mail, appId, servicePrincipalType } = object;
  const texts: readonly unknown[] = [displayName, userPrincipalName, mail, appId, servicePrincipalType];
  return guid.test(id ?? '') && texts.every((it) => it === undefined || it === null || typeof it === 'string');
}

/**
 * Reads further pages too: a page can be shorter than requested, and a second match must not stay unseen.
 *
 * @param whole whether all pages are wanted
 */
export async function ask(
  session: AzureSession,
  path: string,
  budget: Budget,
  body?: unknown,
  whole = true,
): Promise<readonly DirectoryObject[]> {
  const { graph, name } = await session.environment(budget);
  if (graph === null) throw namesNeedGraph(name);
  const read = (answer: unknown): Page<DirectoryObject> => ({
    items: itemsOf<DirectoryObject>(answer, isWhole),
    next: whole ? nextOf(answer, graph) : null,
  });
  return follow('Microsoft Graph', (next) =>
    next === null ? session.graph(path, budget, read, body) : session.graph(next, budget, read),
  );
}

/** Path of the next page, below the version; it can only be at the same host. */
function nextOf(answer: unknown, graph: string): string | null {
  const next = (answer as { readonly '@odata.nextLink'?: unknown })['@odata.nextLink'];
  if (typeof next !== 'string') return null;
  const base = `${graph}/v1.0`;
  if (!next.startsWith(`${base}/`)) throw notAsDocumented();
  return next.slice(base.length);
}

/**
 * The meaning of an ID that is no principal's object ID: the most frequent mistake. Source:
 * docs/design/azure.md#microsoft-graph.
 */
export async function explainStrangeId(session: AzureSession, id: string, budget: Budget): Promise<string | null> {
  const [byClientId, applications] = await Promise.all([
    findBy(session, 'servicePrincipals', 'appId', id, budget).catch(noneWhereRefused),
    findBy(session, 'applications', 'id', id, budget).catch(noneWhereRefused),
  ]);
  const [principal] = byClientId;
  if (principal !== undefined) return clientIdAsObjectId(id, nameOf(principal), principal.id);
  const [application] = applications;
  if (application?.appId == null) return null;
  const [of] = await findBy(session, 'servicePrincipals', 'appId', application.appId, budget).catch(noneWhereRefused);
  return registrationAsPrincipal(id, nameOf(application), application.appId, of?.id ?? null);
}

function nameOf({ displayName, userPrincipalName, id }: DirectoryObject): string {
  return `"${userPrincipalName ?? displayName ?? id}"`;
}

/** A failed look-up for an explanation fails nothing else. */
const noneWhereRefused = instead(['denied', 'invalid', 'not-found'], [] as readonly DirectoryObject[]);
