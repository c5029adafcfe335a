import type {
  AzureEstate,
  AzureGroup,
  AzureUser,
  ManagementGroup,
  ResourceGroup,
  RoleDefinition,
  ServicePrincipal,
  Subscription,
} from '../../rehearsal/azure/estate.ts';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import type { Draw } from './draw.ts';

const managementGroups = '/providers/Microsoft.Management/managementGroups/';

/** A tenant in which names have no match, one or two: everything follows from the draw. */
export function drawAzureEstate(draw: Draw): Estate {
  const given = loadEstate();
  if (given.azure === undefined) throw new Error('estate.yml has no Azure to begin with.');
  const groups = drawManagementGroups(draw, given.azure);
  const subscriptions = drawSubscriptions(draw, groups);
  const resourceGroups = drawResourceGroups(draw, subscriptions);
  const broker = given.azure.servicePrincipals.filter(({ appId }) => appId === given.azure?.broker);
  const azure: AzureEstate = {
    tenant: given.azure.tenant,
    broker: given.azure.broker,
    subscription: subscriptions[0]?.id ?? '',
    managementGroups: groups,
    subscriptions,
    resourceGroups,
    resources: drawResources(draw, resourceGroups),
    roleDefinitions: drawRoles(draw, groups, subscriptions, resourceGroups),
    users: drawUsers(draw),
    groups: draw.times(2, 4, (): AzureGroup => ({
      id: draw.guid(),
      displayName: draw.pick(['Payments On-Call', 'Twin', 'twin', "Ops' & Co + (EU)/West"]),
    })),
    servicePrincipals: [...broker, ...drawServicePrincipals(draw)],
    applications: [],
    devices: [],
    foreignGroups: [],
  };
  return { ...given, azure };
}

/** Display names that two have, and one that is another's ID. */
function drawManagementGroups(draw: Draw, { tenant }: AzureEstate): readonly ManagementGroup[] {
  const made: ManagementGroup[] = [{ id: tenant.id, displayName: 'Tenant Root Group' }];
  for (const id of draw.shuffled(['mg-platform', 'mg-payments', 'mg-a', 'MG-b']).slice(0, 2 + draw.int(3))) {
    const displayName = draw.pick(['Platform', 'Payments', 'Shared', 'Shared', 'mg-a', 'mg-platform']);
    made.push({ id, displayName, parent: draw.pick(made).id });
  }
  return made;
}

function drawSubscriptions(draw: Draw, groups: readonly ManagementGroup[]): readonly Subscription[] {
  return draw.times(2, 6, (index): Subscription => ({
    id: draw.guid(),
    name: draw.pick(['payments prod', 'Payments Prod', 'sandbox', 'old']) + (draw.percent(60) ? ` ${index}` : ''),
    managementGroup: draw.pick(groups).id,
    ...(draw.percent(15) ? { state: 'Disabled' as const } : {}),
  }));
}

/** The first subscription has some; the same name is in several. */
function drawResourceGroups(draw: Draw, subscriptions: readonly Subscription[]): readonly ResourceGroup[] {
  return subscriptions.flatMap(({ id }, index) =>
    draw
      .shuffled(['app', 'App-Data', 'rg_1', 'ünï'])
      .slice(0, index === 0 ? 3 : draw.int(4))
      .map((name) => ({ subscription: id, name, location: 'westeurope' })),
  );
}

function drawResources(draw: Draw, groups: readonly ResourceGroup[]): readonly string[] {
  return groups.flatMap(({ subscription, name }) => {
    if (draw.percent(50)) return [];
    const account = `/subscriptions/${subscription}/resourceGroups/${name}/providers/Microsoft.Storage/storageAccounts/Pay${draw.hex(4)}`;
    return [account, `${account}/blobServices/default`, `${account}/blobServices/default/containers/logs`];
  });
}

const builtIn: readonly RoleDefinition[] = [
  {
    id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    name: 'Reader',
    type: 'BuiltInRole',
    permissions: [{ actions: ['*/read'] }],
  },
  {
    id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    name: 'Storage Blob Data Reader',
    type: 'BuiltInRole',
    permissions: [{ dataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'] }],
  },
  { id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', name: 'Owner', type: 'BuiltInRole', permissions: [{ actions: ['*'] }] },
];

/** Custom roles that are known in a part of the tenant only, some under a name that another has elsewhere. */
function drawRoles(
  draw: Draw,
  groups: readonly ManagementGroup[],
  subscriptions: readonly Subscription[],
  resourceGroups: readonly ResourceGroup[],
): readonly RoleDefinition[] {
  const scopes = [
    ...groups.map(({ id }) => `${managementGroups}${id}`),
    ...subscriptions.flatMap(({ id }) => [`/subscriptions/${id}`, `/subscriptions/${id}`]),
    ...resourceGroups.map(({ subscription, name }) => `/subscriptions/${subscription}/resourceGroups/${name}`),
  ];
  const custom = draw.times(1, 5, (): RoleDefinition => ({
    id: draw.guid(),
    name: draw.pick(['Operator', 'operator', 'Twin Role', "Ops' Role"]),
    type: 'CustomRole',
    permissions: [{ actions: ['Microsoft.Compute/*/read'] }],
    assignableScopes: draw.times(1, 3, () => draw.pick(scopes)),
  }));
  return [...builtIn, ...custom];
}

/** Mail addresses that two have, and one that is another's name. */
function drawUsers(draw: Draw): readonly AzureUser[] {
  const names = ['alice@example.com', 'bob@example.com', "pat.o'neil@example.com", '$ops@example.com'];
  return draw
    .shuffled(names)
    .slice(0, 2 + draw.int(3))
    .map((userPrincipalName) => ({
      id: draw.guid(),
      displayName: 'Somebody',
      userPrincipalName,
      mail: draw.pick(['alice@example.com', 'shared@example.com', `${draw.hex(6)}@example.com`]),
    }));
}

function drawServicePrincipals(draw: Draw): readonly ServicePrincipal[] {
  return draw.times(1, 3, () => ({
    id: draw.guid(),
    appId: draw.guid(),
    displayName: draw.pick(['deploy', 'twin-app', 'mi-payments']),
    servicePrincipalType: 'Application' as const,
  }));
}
