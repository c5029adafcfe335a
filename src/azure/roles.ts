import type { RoleDefinition } from '@azure/arm-authorization';
import type { Budget } from '../access/clock.ts';
import { instead, Refusal } from '../access/errors.ts';
import type { Identity } from '../access/grant.ts';
import { nearMatches } from '../access/near.ts';
import type { Line } from '../access/request.ts';
import { idAt, scopePath, subscriptionOf, tenantRoot } from './scopes.ts';
import { notAsDocumented } from './answer.ts';
import { knownRole } from './known-roles.ts';
import { isSameGuid, lastSegment } from './patterns.ts';
import type { AzureSession } from './session.ts';
import { pagesOf } from './pages.ts';

/** A role definition, and what is known of what it allows. */
export interface Role extends Identity {
  readonly allows: 'known' | 'unreadable' | readonly Permission[];
}

export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

const action = 'Microsoft.Authorization/roleDefinitions/read';

/**
 * Turns a line of `role` into a role definition: a name is asked at the target's scope, so that custom roles that are
 * assignable there are found; an id is taken as it is.
 *
 * @param wantPermissions whether what an id allows has to be read, where that is not known anyway
 */
export async function resolveRole(
  session: AzureSession,
  line: Line,
  scope: string,
  wantPermissions: boolean,
  budget: Budget,
): Promise<Role> {
  if (line.kind === 'role-name') return byName(session, line.value, scope, budget);
  const id = line.kind === 'role-id' ? line.value : definitionId(scope, line.value);
  const known = knownRole(lastSegment(id));
  if (known !== null || !wantPermissions) return { id, name: known?.name ?? null, allows: 'known' };
  const found = await byGuid(session, lastSegment(id), scope, budget);
  return { id, name: found?.roleName ?? null, allows: found === null ? 'unreadable' : permissionsOf(found) };
}

/** A definition's id as Azure writes it: of the subscription, or of none above subscriptions. Source: azure-rbac §2.1. */
function definitionId(scope: string, guid: string): string {
  const subscription = subscriptionOf(scope);
  return idAt(subscription === null ? tenantRoot : `/subscriptions/${subscription}`, 'roleDefinitions', guid);
}

async function byName(session: AzureSession, name: string, scope: string, budget: Budget): Promise<Role> {
  const filter = `roleName eq '${name.replaceAll("'", "''")}'`;
  const found = (await list(session, scope, filter, budget)).filter(
    ({ roleName }) => roleName?.toLowerCase() === name.toLowerCase(),
  );
  const [first, ...others] = found;
  if (first?.name !== undefined && others.length === 0) {
    return {
      id: definitionId(scope, first.name),
      name: first.roleName ?? name,
      allows: permissionsOf(first),
    };
  }
  if (first === undefined) throw await noSuchRole(session, name, scope, budget);
  throw new Refusal(
    `"${name}" is the name of ${found.length} roles at ${scope}: ${found.map((it) => it.name ?? '').join(', ')}.`,
    'Give the GUID or the full id of the one that is meant.',
  );
}

async function noSuchRole(session: AzureSession, name: string, scope: string, budget: Budget): Promise<Refusal> {
  const all = await list(session, scope, null, budget).catch(() => []);
  const similar = nearMatches(
    name,
    all.map(({ roleName }) => roleName ?? ''),
  );
  return new Refusal(
    `No role that can be assigned at ${scope} is named "${name}".${similar.length === 0 ? '' : ` Close: ${similar.join(', ')}.`}`,
    'Correct role (a custom role must have this scope, or one above it, among its assignableScopes), or give its GUID.',
  );
}

function list(
  session: AzureSession,
  scope: string,
  filter: string | null,
  budget: Budget,
): Promise<readonly RoleDefinition[]> {
  const isWhole = ({ name }: RoleDefinition): boolean => typeof name === 'string';
  return pagesOf(session, action, budget, isWhole, (client, options, settings) =>
    client.roleDefinitions
      .list(scopePath(scope), { ...options, ...(filter === null ? {} : { filter }) })
      .byPage(settings),
  );
}

/** `null` where definitions may not be read. */
function byGuid(session: AzureSession, guid: string, scope: string, budget: Budget): Promise<RoleDefinition | null> {
  const found: Promise<RoleDefinition | null> = session.read(action, budget, async (client, options) => {
    const definition = await client.roleDefinitions.get(scopePath(scope), guid, options);
    if (!isSameGuid(definition.name, guid)) throw notAsDocumented();
    return definition;
  });
  return found.catch(instead('denied', null));
}

/** A definition without its permissions does not say that it allows nothing. */
function permissionsOf({ permissions }: { readonly permissions?: unknown }): Role['allows'] {
  if (!Array.isArray(permissions) || permissions.length === 0) return 'unreadable';
  const read = (permissions as readonly unknown[]).map(toPermission);
  return read.every((it) => it !== null) ? read : 'unreadable';
}

function toPermission(value: unknown): Permission | null {
  const { actions, notActions, dataActions } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!isTexts(actions) && !isTexts(dataActions)) return null;
  return { actions: isTexts(actions) ? actions : [], notActions: isTexts(notActions) ? notActions : [] };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((it) => typeof it === 'string');
}
