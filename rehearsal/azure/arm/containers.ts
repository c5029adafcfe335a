import type { ManagementGroup, ResourceGroup, Subscription } from '../estate.ts';
import { noteCheck } from '../../journal.ts';
import { admit, refused } from './authorize.ts';
import { json, type Call, type Handler } from './call.ts';
import { paged } from './pages.ts';
import { findSubscription, managementGroupId } from './scopes.ts';

const READ_SUBSCRIPTION = 'Microsoft.Resources/subscriptions/read';
const READ_RESOURCE_GROUP = 'Microsoft.Resources/subscriptions/resourceGroups/read';
const READ_MANAGEMENT_GROUP = 'Microsoft.Management/managementGroups/read';

const subscriptionScope = ({ id }: Pick<Subscription, 'id'>): string => `/subscriptions/${id}`;

/** Lists hold everything that the caller can see, and are never refused. */
export const listSubscriptions: Handler = (call) => {
  const rows = call.cloud.estate.subscriptions.filter((one) =>
    call.rights.sees(subscriptionScope(one), READ_SUBSCRIPTION),
  );
  noteCheck(call.entry, READ_SUBSCRIPTION, rows.map(subscriptionScope));
  return paged(
    call,
    rows,
    ({ id }) => id,
    (one) => subscription(call, one),
  );
};

export const getSubscription: Handler = (call) => {
  const found = findSubscription(call.cloud.estate, call.route.name);
  see(call, subscriptionScope(found), READ_SUBSCRIPTION);
  return json(200, subscription(call, found));
};

/** [spec] Microsoft.Resources Subscription 2022-12-01. */
function subscription({ cloud }: Call, { id, name, state = 'Enabled' }: Subscription): unknown {
  return {
    id: subscriptionScope({ id }),
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: id,
    tenantId: cloud.estate.tenant.id,
    displayName: name,
    state,
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'EnterpriseAgreement_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

export const listResourceGroups: Handler = (call) => {
  const scope = admit(call, READ_RESOURCE_GROUP, '');
  const rows = call.cloud.estate.resourceGroups.filter((group) => group.subscription === scope.subscription?.id);
  return paged(call, rows, ({ name }) => name, resourceGroup);
};

export const getResourceGroup: Handler = (call) => {
  const path = `${call.route.scope}/resourceGroups/${call.route.name}`;
  const scope = admit({ ...call, route: { ...call.route, scope: path } }, READ_RESOURCE_GROUP, '');
  const found = call.cloud.estate.resourceGroups.find(
    ({ subscription: id, name }) => id === scope.subscription?.id && name === scope.id.split('/').at(-1),
  );
  if (found === undefined) throw new Error(`The estate lost ${scope.id}.`);
  return json(200, resourceGroup(found));
};

/** [spec] Microsoft.Resources ResourceGroup. */
function resourceGroup({ subscription: id, name, location }: ResourceGroup): unknown {
  return {
    id: `${subscriptionScope({ id })}/resourceGroups/${name}`,
    type: 'Microsoft.Resources/resourceGroups',
    name,
    location,
    properties: { provisioningState: 'Succeeded' },
  };
}

export const listManagementGroups: Handler = (call) => {
  const rows = call.cloud.estate.managementGroups.filter((group) =>
    call.rights.sees(managementGroupId(group), READ_MANAGEMENT_GROUP),
  );
  noteCheck(call.entry, READ_MANAGEMENT_GROUP, rows.map(managementGroupId));
  return paged(
    call,
    rows,
    ({ id }) => id,
    (group) => managementGroup(call, group, {}),
  );
};

/** One that does not exist has the same response as one without rights. */
export const getManagementGroup: Handler = (call) => {
  const { cloud, route } = call;
  const found = cloud.estate.managementGroups.find(({ id }) => id.toLowerCase() === route.name.toLowerCase());
  if (found === undefined) {
    call.entry.action = READ_MANAGEMENT_GROUP;
    throw refused(call, READ_MANAGEMENT_GROUP, managementGroupId({ id: route.name }), false);
  }
  see(call, managementGroupId(found), READ_MANAGEMENT_GROUP);
  const parent = cloud.estate.managementGroups.find(({ id }) => id === found.parent);
  const details = {
    version: 1,
    ...(parent === undefined
      ? {}
      : { parent: { id: managementGroupId(parent), name: parent.id, displayName: parent.displayName } }),
  };
  return json(200, managementGroup(call, found, { details }));
};

/** [spec] Microsoft.Management ManagementGroup 2021-04-01. */
function managementGroup({ cloud }: Call, group: ManagementGroup, more: Readonly<Record<string, unknown>>): unknown {
  return {
    id: managementGroupId(group),
    type: 'Microsoft.Management/managementGroups',
    name: group.id,
    properties: { tenantId: cloud.estate.tenant.id, displayName: group.displayName, ...more },
  };
}

function see(call: Call, scopeId: string, action: string): void {
  noteCheck(call.entry, action, [scopeId]);
  if (!call.rights.sees(scopeId, action)) throw refused(call, action, scopeId, false);
}
