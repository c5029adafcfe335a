import type { RoleDefinition } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { groupBy } from './gather.ts';
import { notAsDocumented } from '../answer.ts';
import { pagesOf } from '../pages.ts';
import { isSameGuid, isManagementGroup, isSameScope, scopePath, subscriptionOf, tenantRoot } from './ids.ts';
import type { AzureSession } from '../session.ts';

const action = 'Microsoft.Authorization/roleDefinitions/read';

/** The definitions that can be assigned at a scope: those with a name, or all. */
export function listDefinitions(
  session: AzureSession,
  scope: string,
  name: string | null,
  budget: Budget,
): Promise<readonly RoleDefinition[]> {
  const filter = name === null ? {} : { filter: `roleName eq '${name.replaceAll("'", "''")}'` };
  const isWhole = (it: RoleDefinition): boolean => typeof it.name === 'string' && typeof it.roleName === 'string';
  return pagesOf(session, action, scope, budget, isWhole, (client, options, settings) =>
    client.roleDefinitions.list(scopePath(scope), { ...options, ...filter }).byPage(settings),
  );
}

/** The definition with a GUID, as it is at a scope. */
export function getDefinition(
  session: AzureSession,
  scope: string,
  guid: string,
  budget: Budget,
): Promise<RoleDefinition> {
  return session.read(action, scope, budget, async (client, options) => {
    const definition = await client.roleDefinitions.get(scopePath(scope), guid, options);
    if (!isSameGuid(definition.name, guid)) throw notAsDocumented();
    return definition;
  });
}

/**
 * Looks something up for many scopes. Where the answer for one scope holds for all of its subscription, the other scopes
 * there are not asked. Scopes outside of subscriptions count as one subscription.
 *
 * @param holdsIn whether an answer holds in all of a subscription, `null` outside of subscriptions
 */
export async function lookUpAt<T>(
  scopes: readonly string[],
  ask: (scope: string) => Promise<T>,
  holdsIn: (answer: T, subscription: string | null) => boolean,
): Promise<ReadonlyMap<string, T>> {
  const groups = groupBy(scopes, (scope) => subscriptionOf(scope)?.toLowerCase() ?? '');
  const answers = await Promise.all(
    groups.map(async ([first, ...others]) => {
      const answer = await ask(first);
      const shared = holdsIn(answer, subscriptionOf(first));
      const rest = others.map(async (scope) => [scope, shared ? answer : await ask(scope)] as const);
      return [[first, answer] as const, ...(await Promise.all(rest))];
    }),
  );
  return new Map(answers.flat());
}

/**
 * True if a definition that was found somewhere in a subscription can be assigned everywhere in it. A definition without
 * a scope in the subscription has one above it, which is a management group.
 */
export function isAssignableIn(
  { roleType, assignableScopes }: Pick<RoleDefinition, 'roleType' | 'assignableScopes'>,
  subscription: string | null,
): boolean {
  if (roleType === 'BuiltInRole') return true;
  const scopes: readonly unknown[] = Array.isArray(assignableScopes) ? assignableScopes : [];
  const known = scopes.filter((scope) => typeof scope === 'string');
  if (known.includes(tenantRoot)) return true;
  if (subscription === null) return false;
  const whole = `/subscriptions/${subscription}`;
  if (known.some((scope) => isSameScope(scope, whole))) return true;
  const inside = known.some((scope) => scope.toLowerCase().startsWith(`${whole}/`.toLowerCase()));
  return !inside && known.some(isManagementGroup);
}

/**
 * The most frequent built-in roles, which only Microsoft can change: their IDs need no look-up. Source:
 * docs/design/azure.md#role-definitions.
 */
const builtIn: readonly (readonly [guid: string, name: string])[] = [
  ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner'],
  ['18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator'],
  ['f58310d9-a9f6-439a-9e8d-f62e7b41a168', 'Role Based Access Control Administrator'],
  ['b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor'],
  ['acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader'],
  ['4d97b98b-1d4f-4787-a291-c67834d212e7', 'Network Contributor'],
  ['2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'Storage Blob Data Reader'],
  ['ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor'],
  ['4633458b-17de-408a-b874-0445c86b69e6', 'Key Vault Secrets User'],
];
const handOutAccess = ['Owner', 'User Access Administrator', 'Role Based Access Control Administrator'];
const signInAs = ['Owner', 'Contributor'];

interface KnownRole {
  readonly name: string;
  readonly handsOutAccess: boolean;
  /** True if its holder can sign in as the managed identities in its reach. */
  readonly signsInAs: boolean;
}

/** The built-in role with a GUID, `null` where it is none of these. */
export function knownRole(guid: string): KnownRole | null {
  const name = builtIn.find(([it]) => isSameGuid(it, guid))?.[1];
  if (name === undefined) return null;
  return { name, handsOutAccess: handOutAccess.includes(name), signsInAs: signInAs.includes(name) };
}
