import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureStart, inAzureLeases, takeOnAzure } from './azure-lease-support.ts';
import { azureIds, scopes } from './azure-support.ts';
import { hour } from './lease-support.ts';
import type { Held, Reconciling } from './reconcile-faults.ts';

interface At {
  readonly scope: string;
  readonly role: string;
  readonly principalId: string;
}

const bob = '05e00000-0000-4000-8000-000000000002';
const carol = '05e00000-0000-4000-8000-000000000003';
const dora = '05e00000-0000-4000-8000-000000000006';
const blobs = 'Storage Blob Data Reader';
const staging = '/subscriptions/11111111-2222-4333-8444-555555555502';
const sandbox = '/subscriptions/11111111-2222-4333-8444-555555555503';
const data = `${scopes.subscription}/resourceGroups/Payments-Data`;
const platform = '/providers/Microsoft.Management/managementGroups/mg-platform';
const condition =
  "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR (@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'paydata'))";

/** A file that owns a management group and all below it, with rows to make, to update and to keep, and an expired one. */
export const file = `version: 1
cloud: azure
owns:
  roles: [Owner, Everything Custom, Reader, Storage Blob Data Reader]
  targets: ['management-group:Payments']
  below: true
grants:
  - principal: group:Everyone On-Call
    role: Reader
    target: management-group:Payments
  - principal: group:Payments On-Call
    role: Owner
    target: subscription:payments-prod
  - principal: group:Payments On-Call
    role: Storage Blob Data Reader
    target: resource-group:payments-prod
  - principal: user:alice@example.com
    role: Storage Blob Data Reader
    target: resource-group:payments-prod
    description: ticket 4711
    condition: ${JSON.stringify(condition)}
  - principal: user:alice@example.com
    role: Reader
    target: subscription:payments-staging
    expires: 2026-01-31
`;

/** Azure protects a service's access there. This action could delete it: the deny assignment excludes it. */
const options: AzureOptions = {
  pageSize: 8,
  pim: { takesMs: 0 },
  denyAssignments: [
    {
      name: 'de000000-0000-4000-8000-0000000000a1',
      title: 'managed by a service',
      scope: data,
      actions: ['Microsoft.Authorization/roleAssignments/delete'],
      exceptFor: [azureIds.broker],
    },
  ],
};

const updated = at(azureIds.alice, blobs, scopes.resourceGroup);

/** Access that an expired row and `prune: revoke` remove. */
const removed: readonly At[] = [
  at(azureIds.alice, 'Reader', staging),
  at(bob, 'Reader', scopes.resourceGroup),
  at(bob, 'Owner', scopes.resourceGroup),
  at(carol, 'Everything Custom', staging),
];

/** Access that stays: a row, the last Owner, protected access, inherited access, and access outside of `owns`. */
const staying: readonly At[] = [
  at(azureIds.onCall, 'Owner', scopes.subscription),
  at(bob, 'Owner', staging),
  at(bob, 'Reader', data),
  at(azureIds.alice, 'Reader', platform),
  at(azureIds.alice, 'Contributor', scopes.resourceGroup),
  at(bob, 'Reader', sandbox),
];

function at(principalId: string, role: string, scope: string): At {
  return { scope, role, principalId };
}

/** The records of a lease in a description and of one through Privileged Identity Management, as this action writes them. */
const records = inAzureLeases({ azure: options }, async (world) => {
  const lease = { role: azureIds.blobReader, target: scopes.resourceGroup, 'keep-after-job': 'true', lifetime: '8h' };
  await takeOnAzure(world, { ...lease, principal: `user:${carol}` });
  await takeOnAzure(world, { ...lease, principal: `user:${dora}`, 'azure-pim': 'true', reason: 'INC-1' });
  return {
    description: world.azure.estate.find(at(carol, blobs, scopes.resourceGroup))?.description ?? '',
    justification: world.azure.pim.requests()[0]?.justification ?? '',
  };
});

/** Runs a scene in an Azure with every kind of access that a reconcile can meet. */
export async function inEstate<T>(scene: (world: World) => Promise<T>): Promise<T> {
  const { description, justification } = await records;
  return inAzureLeases({ azure: options }, (world) => {
    const { estate, pim } = world.azure;
    for (const one of [...removed, ...staying]) estate.add(one);
    estate.add({ ...updated, description: 'by hand' });
    estate.add({ ...at(carol, blobs, scopes.resourceGroup), description });
    pim.add({ ...at(dora, blobs, scopes.resourceGroup), endAt: azureStart + 8 * hour, justification });
    pim.add({ ...at(bob, blobs, scopes.resourceGroup), endAt: azureStart + 8 * hour, activated: true });
    return scene(world);
  });
}

/** Everything that exists in that Azure. */
export function heldIn({ azure: { estate } }: World): readonly Held[] {
  return estate.assignments().map(({ scope, roleDefinitionId, principalId, description, condition: it }) => ({
    key: keyOf(scope, roleDefinitionId, principalId),
    properties: [description, it].filter((text) => text !== null).join(' '),
  }));
}

/** Assignments that the file makes, updates and removes in that Azure. */
export function dueIn({ azure: { estate } }: World): ReturnType<Reconciling['due']> {
  const keyAt = ({ scope, role, principalId }: At): string => keyOf(scope, estate.role(role), principalId);
  return {
    made: [
      { key: keyAt(at(azureIds.onCall, blobs, scopes.resourceGroup)), properties: '' },
      { key: keyAt(updated), properties: `ticket 4711 ${condition}` },
    ],
    removed: removed.map(keyAt),
  };
}

/** @param role GUID or full ID */
export function keyOf(scope: string, role: string, principalId: string): string {
  return `${scope} ${role.slice(role.lastIndexOf('/') + 1)} ${principalId}`.toLowerCase();
}
