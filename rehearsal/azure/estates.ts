import { loadEstate } from '../estate-file/load.ts';
import { chance, hex } from '../random.ts';
import type { AssignmentEntry, AzureEstate, ManagementGroup, ResourceGroup, Subscription } from './estate.ts';

/** Size of a tenant. Tenant, broker and built-in roles are those of estate.yml. */
export interface AzureSize {
  /** The same seed makes the same tenant; default 1. */
  readonly seed?: number;
  /** Below the tenant root group; default 4. */
  readonly managementGroups?: number;
  /** Default 1. */
  readonly subscriptions?: number;
  /** In each subscription; default 50. */
  readonly resourceGroups?: number;
  /** Default 20. */
  readonly groups?: number;
  /** Default none. */
  readonly users?: number;
  /**
   * Assignments at the start: the first so many groups (then users), roles and resource groups, in all combinations.
   */
  readonly assigned?: { readonly principals: number; readonly roles: number; readonly scopes: number };
}

/** Content of a tenant, by the IDs in inputs. */
export interface AzurePlaces {
  /** Full scopes, subscription by subscription. */
  readonly resourceGroups: readonly string[];
  readonly subscriptions: readonly string[];
  /** GUIDs of built-in roles that cannot hand out access. */
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly users: readonly string[];
}

/** Makes a tenant of any size in memory. */
export function makeAzureEstate(size: AzureSize = {}): AzureEstate {
  const { seed = 1, managementGroups = 4, subscriptions = 1, resourceGroups = 50, groups = 20, users = 0 } = size;
  const { azure: given } = loadEstate();
  if (given === undefined) throw new Error('estate.yml has no Azure to begin with.');
  const containers = makeGroups(seed, given, managementGroups);
  const owners = numbers(subscriptions).map((index): Subscription => {
    const above = containers[Math.floor(chance(seed, 'above', index) * containers.length)];
    // The first is the one that the workflow names.
    return {
      id: index === 1 ? given.subscription : guid(seed, 'subscription', index),
      name: `subscription-${index}`,
      ...(above === undefined ? {} : { managementGroup: above.id }),
    };
  });
  const bare: AzureEstate = {
    tenant: given.tenant,
    broker: given.broker,
    subscription: given.subscription,
    managementGroups: containers,
    subscriptions: owners,
    resourceGroups: owners.flatMap(({ id }) =>
      numbers(resourceGroups).map((index): ResourceGroup => ({
        subscription: id,
        name: `app-${index}`,
        location: 'westeurope',
      })),
    ),
    resources: [],
    roleDefinitions: given.roleDefinitions.filter(({ type }) => type === 'BuiltInRole'),
    users: numbers(users).map((index) => ({
      id: guid(seed, 'user', index),
      displayName: `Person ${index}`,
      userPrincipalName: `person-${index}@${given.tenant.domain}`,
    })),
    groups: numbers(groups).map((index) => ({ id: guid(seed, 'group', index), displayName: `Team ${index}` })),
    servicePrincipals: given.servicePrincipals.filter(({ appId }) => appId === given.broker),
    applications: [],
    devices: [],
    foreignGroups: [],
  };
  return { ...bare, assignments: assigned(bare, size) };
}

/** The IDs of everything in a tenant that grants can be made of, in a fixed order. */
export function azurePlacesOf(estate: AzureEstate): AzurePlaces {
  return {
    subscriptions: estate.subscriptions.map(({ id }) => `/subscriptions/${id}`),
    resourceGroups: estate.resourceGroups.map(
      ({ subscription, name }) => `/subscriptions/${subscription}/resourceGroups/${name}`,
    ),
    roles: estate.roleDefinitions
      .filter(({ name }) => !/^(?:Owner|Contributor|User Access Administrator|Role Based Access)/.test(name))
      .map(({ id }) => id),
    groups: estate.groups.map(({ id }) => id),
    users: estate.users.map(({ id }) => id),
  };
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

function guid(seed: number, kind: string, index: number): string {
  return hex(seed, 32, kind, index).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}

/** The tenant root group, and others below each other. */
function makeGroups(seed: number, given: AzureEstate, count: number): readonly ManagementGroup[] {
  const made: ManagementGroup[] = given.managementGroups.slice(0, 1);
  for (const index of numbers(count)) {
    const parent = made[Math.floor(chance(seed, 'group', index) * made.length)];
    made.push({
      id: `mg-${index}`,
      displayName: `Division ${index}`,
      ...(parent === undefined ? {} : { parent: parent.id }),
    });
  }
  return made;
}

function assigned(estate: AzureEstate, { assigned: wanted }: AzureSize): readonly AssignmentEntry[] {
  if (wanted === undefined) return [];
  const { groups, users, roles, resourceGroups } = azurePlacesOf(estate);
  const principals = [...groups, ...users].slice(0, wanted.principals);
  return resourceGroups
    .slice(0, wanted.scopes)
    .flatMap((scope) =>
      roles
        .slice(0, wanted.roles)
        .flatMap((role) => principals.map((principalId): AssignmentEntry => ({ scope, role, principalId }))),
    );
}
