import type { Budget } from '../access/clock.ts';
import { CloudError, Refusal } from '../access/errors.ts';
import { itemsOf } from './answer.ts';
import type { PrincipalType } from './lines.ts';
import type { AzureSession } from './session.ts';

/** What is read of an object of the directory; a caller with few rights may be shown type and id alone. */
export interface DirectoryObject {
  readonly id: string;
  readonly displayName?: string | null;
  readonly userPrincipalName?: string | null;
  readonly appId?: string | null;
  readonly '@odata.type'?: string;
}

/** Enough to tell none, one and several. */
const few = '$top=3';

/** Objects of one kind by one property. Comparisons ignore letter case. Source: azure-rbac §5. */
export function findBy(
  session: AzureSession,
  collection: 'users' | 'groups' | 'servicePrincipals' | 'applications',
  property: string,
  value: string,
  budget: Budget,
): Promise<readonly DirectoryObject[]> {
  const filter = encodeURIComponent(`${property} eq '${value.replaceAll("'", "''")}'`);
  const select = ['id', 'displayName', ...extra[collection]].join(',');
  return ask(session, `/${collection}?$filter=${filter}&$select=${select}&${few}`, budget);
}

const extra = {
  users: ['userPrincipalName'],
  groups: [],
  servicePrincipals: ['appId'],
  applications: ['appId'],
} as const;

/** What `getByIds` calls the types of principals. A partner's object is a foreign group. Source: azure-rbac §5. */
const typesByName: Readonly<Record<string, PrincipalType>> = {
  '#microsoft.graph.user': 'User',
  '#microsoft.graph.group': 'Group',
  '#microsoft.graph.servicePrincipal': 'ServicePrincipal',
  '#microsoft.graph.directoryObjectPartnerReference': 'ForeignGroup',
  '#microsoft.graph.device': 'Device',
};

/** The object that has an id, `null` where the directory has none of a type that takes roles. */
export async function findById(
  session: AzureSession,
  id: string,
  budget: Budget,
): Promise<{ readonly object: DirectoryObject; readonly type: PrincipalType } | null> {
  const types = Object.keys(typesByName).map((name) => name.replace('#microsoft.graph.', ''));
  for (const object of await ask(session, '/directoryObjects/getByIds', budget, { ids: [id], types })) {
    const type = typesByName[object['@odata.type'] ?? ''];
    if (type !== undefined && object.id.toLowerCase() === id.toLowerCase()) return { object, type };
  }
  return null;
}

async function ask(
  session: AzureSession,
  path: string,
  budget: Budget,
  body?: unknown,
): Promise<readonly DirectoryObject[]> {
  const { graph, name } = await session.environment(budget);
  const isWhole = ({ id }: Partial<DirectoryObject>): boolean => typeof id === 'string';
  if (graph !== null) return session.graph(path, budget, (answer) => itemsOf(answer, isWhole), body);
  throw new Refusal(
    `${name} names no Microsoft Graph, so that nobody can be looked up by name there.`,
    'Give ids with their type: user:<object id>, group:<object id> or service-principal:<object id>.',
  );
}

/** What an id that is no principal's object id belongs to: the mix-up that is made most. Source: azure-rbac §8, trap 5. */
export async function explainStrangeId(session: AzureSession, id: string, budget: Budget): Promise<string | null> {
  const [byClientId, applications] = await Promise.all([
    findBy(session, 'servicePrincipals', 'appId', id, budget).catch(noneWhereRefused),
    findBy(session, 'applications', 'id', id, budget).catch(noneWhereRefused),
  ]);
  const [principal] = byClientId;
  if (principal !== undefined) {
    return `${id} is the client id of the application ${nameOf(principal)}; the object id of its service principal is ${principal.id}: write app:${id}, or service-principal:${principal.id}.`;
  }
  const [application] = applications;
  if (application?.appId == null) return null;
  const [of] = await findBy(session, 'servicePrincipals', 'appId', application.appId, budget).catch(noneWhereRefused);
  const way =
    of === undefined
      ? 'which has no service principal in this directory, so that nothing can be granted to it'
      : `whose service principal has the object id ${of.id}: write app:${application.appId}, or service-principal:${of.id}`;
  return `${id} is the object id of the registration of the application ${nameOf(application)}, ${way}.`;
}

export function nameOf({ displayName, userPrincipalName, id }: DirectoryObject): string {
  return `"${userPrincipalName ?? displayName ?? id}"`;
}

/** An explanation is worth asking for and not worth failing for. */
function noneWhereRefused(error: unknown): readonly DirectoryObject[] {
  if (error instanceof CloudError && ['denied', 'invalid', 'not-found'].includes(error.failure.kind)) return [];
  throw error;
}

/** Whether the directory may not be asked. */
export function isForbidden(error: unknown): error is CloudError {
  return error instanceof CloudError && error.failure.kind === 'denied';
}
