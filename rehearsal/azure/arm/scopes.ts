import { isGuid } from '../../guid.ts';
import type { AzureEstate, ManagementGroup, Subscription } from '../estate.ts';
import { ArmRefusal } from './refusal.ts';

/** A scope that a role can be assigned at (docs/design/azure.md#scopes). */
export interface Scope {
  readonly kind: 'tenant' | 'managementGroup' | 'subscription' | 'resourceGroup' | 'resource' | 'other';
  /** With the letter case that the cloud has stored; `/` for the tenant root. */
  readonly id: string;
  /** The subscription that it is, or is in. */
  readonly subscription?: Subscription;
}

const TENANT_ROOT: Scope = { kind: 'tenant', id: '/' };

const MANAGEMENT_GROUPS = '/providers/Microsoft.Management/managementGroups/';

/**
 * Roots other than the subscriptions', with IDs that the tenant itself resolves; anything below them is accepted
 * unchecked (docs/design/azure.md#scopes). It is unverified whether billing accounts are among them: here they are not.
 */
const OTHER_ROOTS = [
  /^\/providers\/Microsoft\.(?:Marketplace|aadiam|Intune)$/i,
  /^\/providers\/Microsoft\.Subscription(?:\/aliases\/[^/]+)?$/i,
  /^\/providers\/Microsoft\.Capacity(?:\/reservationOrders\/[^/]+(?:\/reservations\/[^/]+)?)?$/i,
  /^\/providers\/Microsoft\.BillingBenefits(?:\/[^/]+\/[^/]+)*$/i,
];

export function managementGroupId({ id }: Pick<ManagementGroup, 'id'>): string {
  return MANAGEMENT_GROUPS + id;
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/**
 * The scope of a path; refuses malformed or missing ones as ARM does. A management group that does not exist is left to
 * the authorization check ("… or the scope is invalid"): `null`.
 */
export function resolveScope(estate: AzureEstate, path: string): Scope | null {
  if (path === '' || path === '/') return TENANT_ROOT;
  const [, first = '', second = '', ...rest] = path.split('/');
  if (path.split('/').slice(1).includes('')) throw missingSubscription();
  if (same(first, 'subscriptions') && second !== '') return inSubscription(estate, second, rest);
  const group = path.slice(MANAGEMENT_GROUPS.length);
  if (same(path.slice(0, MANAGEMENT_GROUPS.length), MANAGEMENT_GROUPS) && !group.includes('/')) {
    const found = estate.managementGroups.find(({ id }) => same(id, group));
    return found === undefined ? null : { kind: 'managementGroup', id: managementGroupId(found) };
  }
  if (OTHER_ROOTS.some((form) => form.test(path))) return { kind: 'other', id: path };
  throw missingSubscription();
}

function inSubscription(estate: AzureEstate, id: string, rest: readonly string[]): Scope {
  const subscription = findSubscription(estate, id);
  const root = `/subscriptions/${subscription.id}`;
  const [word = '', name = '', ...further] = rest;
  if (rest.length === 0) return { kind: 'subscription', id: root, subscription };
  if (same(word, 'providers')) return resource(estate, subscription, root, `${root}/${rest.join('/')}`);
  if (!same(word, 'resourceGroups') || name === '') throw missingSubscription();
  const group = estate.resourceGroups.find(
    (candidate) => same(candidate.subscription, subscription.id) && same(candidate.name, name),
  );
  if (group === undefined)
    throw new ArmRefusal(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
  const groupId = `${root}/resourceGroups/${group.name}`;
  if (further.length === 0) return { kind: 'resourceGroup', id: groupId, subscription };
  return resource(estate, subscription, groupId, `${groupId}/${further.join('/')}`);
}

/** Texts of the live service; that the first is a 404 is unverified. */
export function findSubscription(estate: AzureEstate, id: string): Subscription {
  if (!isGuid(id))
    throw new ArmRefusal(
      404,
      'InvalidSubscriptionId',
      `The provided subscription identifier '${id}' is malformed or invalid.`,
    );
  const found = estate.subscriptions.find((subscription) => same(subscription.id, id));
  if (found === undefined)
    throw new ArmRefusal(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);
  return found;
}

function resource(estate: AzureEstate, subscription: Subscription, parent: string, path: string): Scope {
  const [, word = '', namespace = '', ...pairs] = path.slice(parent.length).split('/');
  if (!same(word, 'providers') || namespace === '') throw missingSubscription();
  if (pairs.length === 0 || pairs.length % 2 !== 0)
    throw new ArmRefusal(
      404,
      'InvalidResourceType',
      `The resource type could not be found in the namespace '${namespace}' for api version '2022-04-01'.`,
    );
  const stored = estate.resources.find((id) => same(id, path));
  if (stored !== undefined) return { kind: 'resource', id: stored, subscription };
  const typeAndName = `${namespace}/${pairs.join('/')}`;
  const under = parent.includes('/resourceGroups/')
    ? `under resource group '${parent.split('/').at(-1) ?? ''}' was not found.`
    : 'was not found.';
  throw new ArmRefusal(
    404,
    'ResourceNotFound',
    `The Resource '${typeAndName}' ${under} For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** [azure-cli#28372, terraform-provider-azurerm#2905] */
function missingSubscription(): ArmRefusal {
  return new ArmRefusal(
    404,
    'MissingSubscription',
    'The request did not have a subscription or a valid tenant level resource provider.',
  );
}

/** A scope ID and all above it, in small letters, the tenant root last. */
export function lineage(estate: AzureEstate, scopeId: string): readonly string[] {
  const chain: string[] = [];
  for (let id: string | undefined = scopeId.toLowerCase(); id !== undefined; id = parentOf(estate, id)) chain.push(id);
  return chain;
}

function parentOf(estate: AzureEstate, id: string): string | undefined {
  if (id === '/') return undefined;
  const prefix = MANAGEMENT_GROUPS.toLowerCase();
  if (id.startsWith(prefix)) {
    const group = estate.managementGroups.find((candidate) => same(candidate.id, id.slice(prefix.length)));
    return group?.parent === undefined ? '/' : managementGroupId({ id: group.parent }).toLowerCase();
  }
  const parts = id.split('/').slice(1);
  if (parts[0] === 'subscriptions' && parts.length === 2) {
    const subscription = estate.subscriptions.find((candidate) => same(candidate.id, parts[1] ?? ''));
    const group = subscription?.managementGroup ?? estate.managementGroups[0]?.id;
    return group === undefined ? '/' : managementGroupId({ id: group }).toLowerCase();
  }
  const above = parts.slice(0, -2);
  // The type and name of a resource that is not a child follow the two words `providers/{namespace}`.
  const parent = above.at(-2) === 'providers' && above.length > 2 ? above.slice(0, -2) : above;
  return parent.length === 0 ? '/' : `/${parent.join('/')}`;
}

/** True if a scope is at or below another one. */
export function liesIn(estate: AzureEstate, scopeId: string, above: string): boolean {
  return lineage(estate, scopeId).includes(above.toLowerCase());
}

/** Privileged Identity Management writes its own with a capital [spec]. */
type AuthorizationKind =
  | 'roleAssignments'
  | 'roleDefinitions'
  | 'denyAssignments'
  | 'RoleAssignmentScheduleRequests'
  | 'RoleAssignmentSchedules'
  | 'RoleAssignmentScheduleInstances'
  | 'RoleEligibilitySchedules'
  | 'RoleEligibilityScheduleInstances'
  | 'roleManagementPolicies'
  | 'roleManagementPolicyAssignment';

/** The ID of something of Microsoft.Authorization at a scope. */
export function authorizationId(scopeId: string, kind: AuthorizationKind, name: string): string {
  return `${scopeId === '/' ? '' : scopeId}/providers/Microsoft.Authorization/${kind}/${name}`;
}

/** A role definition's ID in responses: below its subscription, else bare (docs/design/azure.md#role-assignments). */
export function definitionId(scopeId: string, guid: string): string {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scopeId)?.[0] ?? '/';
  return authorizationId(subscription, 'roleDefinitions', guid);
}
