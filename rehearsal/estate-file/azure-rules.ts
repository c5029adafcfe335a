import { resolveScope } from '../azure/arm/scopes.ts';
import type { AssignmentEntry, AzureEstate } from '../azure/estate.ts';
import { GUID, SMALL_GUID } from '../guid.ts';
import { flag, list, mapping, oneOf, repeated, text, type Fault, type Path, type Rule } from '../shape.ts';
import { one, twice, type Relation } from './relation.ts';

const guid = text('05e00000-0000-4000-8000-000000000001', SMALL_GUID, 'a GUID in small letters');
const anyCaseGuid = text('05e00000-0000-4000-8000-000000000001', GUID, 'the object id of a principal, a GUID');
const name = (example: string): Rule => text(example);
const scope = text('/subscriptions/11111111-2222-4333-8444-555555555501', /^\//u, 'a full scope');
const duration = text(
  'PT8H',
  /^P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/u,
  'an ISO 8601 duration',
);
const texts = (example: string): Rule => list(example, name(example));

const managementGroup = '{ id: mg-payments, displayName: Payments }';
const subscription = '{ id: 11111111-2222-4333-8444-555555555501, name: payments-prod, managementGroup: mg-payments }';
const resourceGroup =
  '{ subscription: 11111111-2222-4333-8444-555555555501, name: payments-prod, location: westeurope }';
const resource =
  '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod/providers/Microsoft.KeyVault/vaults/pay-keys';
const lock = '{ scope: /subscriptions/11111111-2222-4333-8444-555555555501, kind: CanNotDelete }';
const role = "{ name: Payments Operator, permissions: [{ actions: ['*/read'] }] }";
const permissions = "{ actions: ['*/read'] }";
const user = '{ displayName: Alice Liddell, userPrincipalName: alice@example.com }';
const group = '{ displayName: Payments On-Call }';
const servicePrincipal =
  '{ displayName: deploy-payments, id: 5e000000-0000-4000-8000-000000000001, appId: a9900000-0000-4000-8000-000000000001 }';
const application = '{ displayName: deploy-payments, appId: a9900000-0000-4000-8000-000000000001 }';
const other = '{ displayName: build-agent-7, id: de000000-0000-4000-8000-000000000001 }';
const assignment =
  '{ scope: /subscriptions/11111111-2222-4333-8444-555555555501, role: Reader, principalId: 05e00000-0000-4000-8000-000000000001 }';
const policy = '{ scope: /subscriptions/11111111-2222-4333-8444-555555555501, role: Reader, maximumDuration: PT8H }';

const object = { id: guid, displayName: name('Alice Liddell') };
const fresh = { fresh: flag };

/** The section `azure` of an estate. */
export const azureRule: Rule = mapping(
  '{ subscriptions: [{ name: payments-prod }] }',
  {
    tenant: mapping('{ id: 72f988bf-0000-4000-8000-000000000001 }', {
      id: guid,
      displayName: name('Octo'),
      domain: name('octo.onmicrosoft.com'),
    }),
    broker: guid,
    subscription: guid,
    managementGroups: list(
      managementGroup,
      mapping(
        managementGroup,
        { id: text('mg-payments', /^[\w().-]{1,90}$/u, 'the id of a management group'), displayName: name('Payments') },
        { parent: name('mg-platform') },
      ),
    ),
    subscriptions: list(
      subscription,
      mapping(
        subscription,
        { id: guid, name: name('payments-prod') },
        {
          managementGroup: name('mg-payments'),
          state: oneOf('Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted'),
        },
      ),
    ),
    resourceGroups: list(
      resourceGroup,
      mapping(resourceGroup, { subscription: guid, name: name('payments-prod'), location: name('westeurope') }),
    ),
    resources: list(resource, text(resource, /^\/subscriptions\/[^/]+\/.*providers\//iu, 'the full id of a resource')),
    roleDefinitions: list(
      role,
      mapping(
        role,
        {
          id: guid,
          name: name('Payments Operator'),
          type: oneOf('CustomRole', 'BuiltInRole'),
          permissions: list(
            permissions,
            mapping(
              permissions,
              {},
              {
                actions: texts("'*/read'"),
                notActions: texts('Microsoft.Authorization/*/Write'),
                dataActions: texts('Microsoft.Storage/*/read'),
                notDataActions: texts('Microsoft.Storage/*/delete'),
              },
            ),
          ),
        },
        {
          description: name('Restarts machines'),
          assignableScopes: list('/subscriptions/11111111-2222-4333-8444-555555555501', scope),
        },
      ),
    ),
    users: list(
      user,
      mapping(
        user,
        { ...object, userPrincipalName: name('alice@example.com') },
        { ...fresh, mail: name('alice@example.com'), userType: oneOf('Member', 'Guest') },
      ),
    ),
    groups: list(
      group,
      mapping(group, object, { ...fresh, members: list('05e00000-0000-4000-8000-000000000001', anyCaseGuid) }),
    ),
    servicePrincipals: list(
      servicePrincipal,
      mapping(
        servicePrincipal,
        { ...object, appId: guid, servicePrincipalType: oneOf('Application', 'ManagedIdentity') },
        { ...fresh, servicePrincipalNames: texts('api://deploy-payments') },
      ),
    ),
    applications: list(application, mapping(application, { ...object, appId: guid })),
    devices: list(other, mapping(other, object, fresh)),
    foreignGroups: list(other, mapping(other, object, fresh)),
  },
  {
    locks: list(lock, mapping(lock, { scope, kind: oneOf('CanNotDelete', 'ReadOnly') })),
    assignments: list(
      assignment,
      mapping(
        assignment,
        { scope, role: name('Reader'), principalId: anyCaseGuid },
        { name: guid, description: text('For the people on call', /^/u), condition: name("'…'") },
      ),
    ),
    policies: list(
      policy,
      mapping(
        policy,
        { scope, role: name('Reader') },
        {
          maximumDuration: duration,
          permanent: flag,
          requires: list('Ticketing', oneOf('MultiFactorAuthentication', 'Justification', 'Ticketing')),
          authenticationContext: name('c1'),
          approvers: list('05e00000-0000-4000-8000-000000000001', anyCaseGuid),
          refuses: texts('AdminRequestRule'),
        },
      ),
    ),
  },
);

const places = ['managementGroups', 'subscriptions', 'resourceGroups', 'resources'] as const;
const directory = ['users', 'groups', 'servicePrincipals', 'foreignGroups', 'devices'] as const;
const withIds = ['subscriptions', 'roleDefinitions', 'applications', ...directory] as const;

function about(keys: readonly (keyof AzureEstate)[], faults: (azure: AzureEstate) => readonly Fault[]): Relation {
  return {
    of: keys.map((key) => `azure.${key}`),
    faults: ({ azure }) =>
      azure === undefined ? [] : faults(azure).map(({ path, says }) => ({ path: ['azure', ...path], says })),
  };
}

export const azureRelations: readonly Relation[] = [
  about(withIds, uniqueIds),
  about(['tenant', 'managementGroups', 'subscriptions'], treeFaults),
  about(['subscriptions', 'subscription'], ({ subscriptions, subscription: id }) =>
    subscriptions.some((it) => it.id === id)
      ? []
      : [{ path: ['subscription'], says: `${id} is not among "subscriptions"` }],
  ),
  about(['broker', 'servicePrincipals'], ({ broker, servicePrincipals }) =>
    servicePrincipals.some(({ appId }) => appId === broker)
      ? []
      : [{ path: ['broker'], says: `no entry of "servicePrincipals" has the appId ${broker}` }],
  ),
  about(places, placeFaults),
  about([...places, 'locks'], (azure) =>
    (azure.locks ?? []).flatMap((it, index) => scopeFaults(azure, it.scope, ['locks', index, 'scope'])),
  ),
  about([...places, ...directory, 'roleDefinitions', 'assignments'], (azure) => [
    ...(azure.assignments ?? []).flatMap((it, index) => azureAssignmentFaults(azure, it, ['assignments', index])),
    ...repeated(
      azure.assignments ?? [],
      ({ scope: at, role: what, principalId }) => `${at} ${what} ${principalId}`,
    ).map(([it, index]) => twice(['assignments', index], `${it.role} of ${it.principalId} at ${it.scope}`)),
  ]),
  about([...places, ...directory, 'roleDefinitions', 'policies'], (azure) =>
    (azure.policies ?? []).flatMap((it, index) => [
      ...scopeFaults(azure, it.scope, ['policies', index, 'scope']),
      ...roleFaults(azure, it.role, ['policies', index, 'role']),
      ...memberFaults(azure, it.approvers ?? [], ['policies', index, 'approvers']),
    ]),
  ),
  about(directory, (azure) =>
    azure.groups.flatMap(({ members = [] }, index) => memberFaults(azure, members, ['groups', index, 'members'])),
  ),
];

/** Ids of objects, subscriptions and role definitions. */
function uniqueIds(azure: AzureEstate): readonly Fault[] {
  const all = withIds.flatMap((key) => azure[key].map(({ id }, index) => ({ id, path: [key, index, 'id'] })));
  return repeated(all, ({ id }) => id).map(([{ id, path }]) => twice(path, id));
}

function treeFaults({ tenant, managementGroups, subscriptions }: AzureEstate): readonly Fault[] {
  const parentOf = new Map(managementGroups.map(({ id, parent }) => [id, parent]));
  const lost = (parent: string | undefined, path: Path): readonly Fault[] =>
    parent === undefined || parentOf.has(parent)
      ? []
      : [{ path, says: `${parent} is not the id of an entry of "managementGroups"` }];
  return [
    ...(parentOf.has(tenant.id)
      ? []
      : [
          {
            path: ['managementGroups'],
            says: `has no tenant root group, such as { id: ${tenant.id}, displayName: Tenant Root Group }`,
          },
        ]),
    ...managementGroups.flatMap(({ id, parent }, index) => {
      const path = ['managementGroups', index, 'parent'];
      if (id === tenant.id)
        return parent === undefined ? [] : [{ path, says: 'the tenant root group has nothing above it: leave it out' }];
      return leadsTo(tenant.id, id, parentOf)
        ? []
        : [{ path, says: `${id} does not lie below the tenant root group ${tenant.id}: its "parent" has to` }];
    }),
    ...repeated(managementGroups, ({ id }) => id).map(([{ id }, index]) =>
      twice(['managementGroups', index, 'id'], id),
    ),
    ...subscriptions.flatMap((it, index) => lost(it.managementGroup, ['subscriptions', index, 'managementGroup'])),
  ];
}

function leadsTo(root: string, from: string, parentOf: ReadonlyMap<string, string | undefined>): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = from; at !== undefined && !seen.has(at); at = parentOf.get(at)) {
    if (at === root) return true;
    seen.add(at);
  }
  return false;
}

function placeFaults(azure: AzureEstate): readonly Fault[] {
  const { subscriptions, resourceGroups, resources } = azure;
  return [
    ...resourceGroups.flatMap(({ subscription: id }, index) =>
      subscriptions.some((it) => it.id === id)
        ? []
        : [{ path: ['resourceGroups', index, 'subscription'], says: `${id} is not among "subscriptions"` }],
    ),
    ...repeated(resourceGroups, (it) => `${it.subscription} ${it.name}`).map(([it, index]) =>
      twice(['resourceGroups', index, 'name'], it.name),
    ),
    ...resources.flatMap((id, index) => scopeFaults(azure, id.replace(/\/providers\/.*$/su, ''), ['resources', index])),
  ];
}

function scopeFaults(azure: AzureEstate, path: string, at: Path): readonly Fault[] {
  return hasScope(azure, path) ? [] : [{ path: at, says: `there is no scope ${path} in this estate` }];
}

/** What an assignment names and the tenant has not, or has several times. */
export function azureAssignmentFaults(azure: AzureEstate, it: AssignmentEntry, path: Path): readonly Fault[] {
  return [
    ...scopeFaults(azure, it.scope, [...path, 'scope']),
    ...roleFaults(azure, it.role, [...path, 'role']),
    ...memberFaults(azure, [it.principalId], [...path, 'principalId']),
  ];
}

function hasScope(azure: AzureEstate, path: string): boolean {
  try {
    return resolveScope(azure, path) !== null;
  } catch {
    return false;
  }
}

function roleFaults({ roleDefinitions }: AzureEstate, named: string, path: Path): readonly Fault[] {
  return one(
    'role definition',
    named,
    roleDefinitions.filter((it) => it.name === named || it.id === named.toLowerCase()),
    path,
  );
}

function memberFaults(azure: AzureEstate, ids: readonly string[], path: Path): readonly Fault[] {
  const known = new Set(directory.flatMap((key) => azure[key].map(({ id }) => id)));
  return ids
    .filter((id) => !known.has(id.toLowerCase()))
    .map((id) => ({ path, says: `${id} is no id of anybody in ${directory.join(', ')}` }));
}
