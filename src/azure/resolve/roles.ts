import type { RoleDefinition } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { instead, type Refusal } from '#access/errors';
import type { Identity } from '#access/grant';
import { closeTo, type Candidate } from '#access/near';
import type { Line } from '#access/request';
import { distinctBy } from '#access/distinct';
import { noSuchRole, roleAmong, severalRoles } from '../messages/roles.ts';
import { gather, groupBy } from './gather.ts';
import { distinctLines } from './lines.ts';
import { lastSegment, idAt, subscriptionOf, tenantRoot } from './ids.ts';
import { getDefinition, isAssignableIn, knownRole, listDefinitions, lookUpAt } from './role-definitions.ts';
import type { AzureSession } from '../session.ts';

/** A role definition, and its permissions as far as they are known. */
export interface Role extends Identity {
  readonly allows: 'known' | 'unreadable' | readonly Permission[];
}

export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** The roles at each scope, each role once, and the refusals of lines. */
interface RolesAt {
  readonly at: ReadonlyMap<string, readonly Role[]>;
  /** Each role once, whatever its scopes, with everything that was read about it at any scope. */
  readonly distinct: readonly Role[];
  readonly refusals: readonly Refusal[];
}

/**
 * Turns the lines of `role` into role definitions: a name is asked at the target's scope, so that custom roles that are
 * assignable there are found; an id is taken as it is.
 *
 * @param wantPermissions whether the permissions of an ID have to be read, if they are not known already
 */
export async function resolveRoles(
  session: AzureSession,
  lines: readonly Line[],
  scopes: readonly string[],
  wantPermissions: boolean,
  budget: Budget,
): Promise<RolesAt> {
  const { found, refusals } = await gather(
    distinctLines(lines).map((line) =>
      line.kind === 'role-name'
        ? byName(session, line.value, scopes, budget)
        : byId(session, line, scopes, wantPermissions, budget),
    ),
  );
  const distinct = groupBy(
    found.flatMap((roles) => [...roles.values()]),
    guidOf,
  ).map(asOne);
  const byGuid = new Map(distinct.map((role) => [guidOf(role), role]));
  const at = new Map(
    scopes.map((scope) => {
      const here = found.flatMap((roles) => roles.get(scope) ?? []);
      const once = distinctBy(here, guidOf).map((role) => ({ ...role, name: byGuid.get(guidOf(role))?.name ?? null }));
      return [scope, once];
    }),
  );
  return { at, distinct, refusals };
}

/** A role has one GUID and an id at each scope. */
function guidOf({ id }: Identity): string {
  return lastSegment(id).toLowerCase();
}

/** Merges readings of one role: its name and permissions are the same at every scope. */
function asOne(same: readonly [Role, ...Role[]]): Role {
  const [first] = same;
  const read = same.find(({ allows }) => typeof allows !== 'string') ?? same.find(({ allows }) => allows === 'known');
  return { id: first.id, name: same.find(({ name }) => name !== null)?.name ?? null, allows: (read ?? first).allows };
}

/**
 * A definition's id as Azure writes it: of the subscription, or of none above subscriptions. Source:
 * docs/design/azure.md#role-assignments.
 */
function definitionId(scope: string, guid: string): string {
  const subscription = subscriptionOf(scope);
  return idAt(subscription === null ? tenantRoot : `/subscriptions/${subscription}`, 'roleDefinitions', guid);
}

type RolesByScope = ReadonlyMap<string, Role>;

async function byId(
  session: AzureSession,
  line: Line,
  scopes: readonly string[],
  wantPermissions: boolean,
  budget: Budget,
): Promise<RolesByScope> {
  const guid = lastSegment(line.value);
  const known = knownRole(guid);
  const isKnown = known !== null || !wantPermissions;
  const read = isKnown
    ? new Map<string, RoleDefinition | null>()
    : await lookUpAt(
        scopes,
        (scope) => getDefinition(session, scope, guid, budget).catch(instead('denied', null)),
        (definition, subscription) => definition !== null && isAssignableIn(definition, subscription),
      );
  return new Map(
    scopes.map((scope) => {
      // The tenant's own spelling is one of several of the same definition.
      const own = line.kind === 'role-id' && subscriptionOf(line.value) !== null;
      const id = own ? line.value : definitionId(scope, guid);
      const definition = read.get(scope) ?? null;
      if (isKnown) return [scope, { id, name: known?.name ?? null, allows: 'known' }];
      return [
        scope,
        {
          id,
          name: definition?.roleName ?? null,
          allows: definition === null ? 'unreadable' : permissionsOf(definition),
        },
      ];
    }),
  );
}

async function byName(
  session: AzureSession,
  name: string,
  scopes: readonly string[],
  budget: Budget,
): Promise<RolesByScope> {
  const definitions = await lookUpAt(
    scopes,
    async (scope) => {
      const found = await listDefinitions(session, scope, name, budget);
      return found.filter(({ roleName }) => roleName?.toLowerCase() === name.toLowerCase());
    },
    // A role that is missing at one scope is an error whatever the others have.
    ([first, ...others], subscription) =>
      first === undefined || others.length > 0 || isAssignableIn(first, subscription),
  );
  // Only scopes that were asked, not those that share an answer.
  const missing = distinctBy([...definitions], ([, found]) => found).filter(([, found]) => found.length === 0);
  const [nowhere, ...others] = missing.map(([scope]) => scope);
  if (nowhere !== undefined) throw await nowhereFound(session, name, [nowhere, ...others], budget);
  return new Map(
    scopes.map((scope) => {
      const [first, ...others] = definitions.get(scope) ?? [];
      if (first?.name === undefined || others.length > 0) {
        throw severalRoles(name, scope, [first, ...others].map(asCandidate));
      }
      const id = definitionId(scope, first.name);
      return [scope, { id, name: first.roleName ?? name, allows: permissionsOf(first) }];
    }),
  );
}

function asCandidate(role: RoleDefinition | undefined): string {
  const scopes: readonly unknown[] = role?.assignableScopes ?? [];
  return roleAmong(role?.name ?? '', role?.roleType ?? 'no type', scopes.map(String));
}

async function nowhereFound(
  session: AzureSession,
  name: string,
  scopes: readonly [string, ...string[]],
  budget: Budget,
): Promise<Refusal> {
  const all = await listDefinitions(session, scopes[0], null, budget).catch(() => []);
  const near = all.map(({ roleName = '', name: id = '' }): Candidate => ({ name: roleName, id }));
  return noSuchRole(name, scopes, closeTo(name, near));
}

/** A definition without permissions does not prove that the role allows nothing. */
export function permissionsOf({ permissions }: { readonly permissions?: unknown }): Role['allows'] {
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
