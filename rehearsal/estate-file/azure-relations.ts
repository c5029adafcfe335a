import { resolveScope } from '../azure/arm/scopes.ts';
import type { AssignmentEntry, AzureEstate, ManagementGroup, ResourceGroup } from '../azure/estate.ts';
import type { Estate } from '../estate.ts';
import { among, naming, relation, unique, uniqueBy, type Relation } from './relation.ts';

const places = ['managementGroups', 'subscriptions', 'resourceGroups', 'resources'].map((key) => `azure.${key}`);
const directory = ['users', 'groups', 'servicePrincipals', 'foreignGroups', 'devices'] as const;
const objects = directory.map((key) => `azure.${key}.*.id`);

/** Relations of the lists of the section `azure`. */
export const azureRelations: readonly Relation<never>[] = [
  unique('azure.subscriptions.*.id', 'azure.roleDefinitions.*.id', 'azure.applications.*.id', ...objects),
  unique('azure.managementGroups.*.id'),
  inAzure<AzureEstate['managementGroups']>(
    ['azure.managementGroups'],
    ['azure.tenant'],
    ({ tenant: { id } }) =>
      (groups) =>
        groups.some((it) => it.id === id)
          ? null
          : `has no tenant root group, such as { id: ${id}, displayName: Tenant Root Group }`,
  ),
  inAzure<ManagementGroup>(['azure.managementGroups.*'], ['azure.tenant'], lost),
  among(['azure.subscriptions.*.managementGroup'], ['azure.managementGroups.*.id']),
  among(['azure.subscription', 'azure.resourceGroups.*.subscription'], ['azure.subscriptions.*.id']),
  among(['azure.broker'], ['azure.servicePrincipals.*.appId']),
  uniqueBy<ResourceGroup>(['azure.resourceGroups.*'], [], ({ subscription, name }) => [
    `${subscription} ${name.toLowerCase()}`,
    name,
  ]),
  inAzure<string>(
    ['azure.resources.*'],
    places,
    (azure) => (id) => noScope(azure, id.replace(/\/providers\/.*$/su, '')),
  ),
  inAzure<string>(
    ['azure.locks.*.scope', 'azure.assignments.*.scope', 'azure.policies.*.scope'],
    places,
    (azure) => (scope) => noScope(azure, scope),
  ),
  naming(
    'role definition',
    ['azure.assignments.*.role', 'azure.policies.*.role'],
    ['azure.roleDefinitions'],
    ({ azure }, named) =>
      azure?.roleDefinitions.filter(({ id, name }) => name === named || id === named.toLowerCase()) ?? [],
  ),
  inAzure<string>(
    ['azure.groups.*.members.*', 'azure.assignments.*.principalId', 'azure.policies.*.approvers.*'],
    objects,
    (azure) => {
      const known = new Set(directory.flatMap((key) => azure[key].map(({ id }) => id)));
      return (id) =>
        known.has(id.toLowerCase()) ? null : `${id} is not the ID of any object in ${directory.join(', ')}`;
    },
  ),
  uniqueBy<AssignmentEntry>(['azure.assignments.*'], [], ({ scope, role, principalId }) => [
    `${scope} ${role} ${principalId}`.toLowerCase(),
    `${role} of ${principalId} at ${scope}`,
  ]),
];

function inAzure<T>(
  at: readonly string[],
  reads: readonly string[],
  says: (azure: AzureEstate) => (value: T) => string | null,
): Relation<T> {
  return relation(at, reads, ({ azure }: Estate) => (azure === undefined ? () => null : says(azure)));
}

/** A management group that is not below the tenant root group. */
function lost({ tenant, managementGroups }: AzureEstate): (group: ManagementGroup) => string | null {
  const parentOf = new Map(managementGroups.map(({ id, parent }) => [id, parent]));
  return ({ id, parent }) => {
    if (id === tenant.id)
      return parent === undefined ? null : 'the tenant root group has nothing above it: leave "parent" out';
    const seen = new Set<string>();
    for (let at = parent; at !== undefined && !seen.has(at); at = parentOf.get(at)) {
      if (at === tenant.id) return null;
      seen.add(at);
    }
    return `${id} does not lie below the tenant root group ${tenant.id}: its "parent" has to`;
  };
}

function noScope(azure: AzureEstate, path: string): string | null {
  const says = `there is no scope ${path} in this estate`;
  try {
    return resolveScope(azure, path) === null ? says : null;
  } catch {
    return says;
  }
}
