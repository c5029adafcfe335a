import { expect } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import { runStep, type Step, type StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { checked, errors, inWorld } from './support.ts';

const subscription = '/subscriptions/11111111-2222-4333-8444-555555555501';
const data = `${subscription}/resourceGroups/Payments-Data`;

/** Names in the default estate (rehearsal/estate.yml, section `azure`) of the things in the scenarios. */
export const azureIds = {
  tenant: '72f988bf-0000-4000-8000-000000000001',
  subscription: '11111111-2222-4333-8444-555555555501',
  broker: '5e000000-0000-4000-8000-0000000000b0',
  onCall: '96000000-0000-4000-8000-000000000001',
  alice: '05e00000-0000-4000-8000-000000000001',
  deploy: '5e000000-0000-4000-8000-000000000001',
  deployClientId: 'a9900000-0000-4000-8000-000000000001',
  deployApplication: '0b1ec700-0000-4000-8000-000000000001',
  foreignGroup: 'f0000000-0000-4000-8000-000000000001',
  device: 'de000000-0000-4000-8000-000000000001',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
} as const;

/** A scope of each kind. */
export const scopes = {
  tenantRoot: '/',
  managementGroup: '/providers/Microsoft.Management/managementGroups/mg-payments',
  subscription,
  resourceGroup: `${subscription}/resourceGroups/payments-prod`,
  resource: `${data}/providers/Microsoft.Storage/storageAccounts/paydata`,
  child: `${data}/providers/Microsoft.Storage/storageAccounts/paydata/blobServices/default/containers/logs`,
} as const;

/** A grant by IDs, without look-ups. */
export const azureByIds = {
  principal: `group:${azureIds.onCall}`,
  target: scopes.resourceGroup,
  role: azureIds.blobReader,
} as const;

/** The same grant by names. */
export const azureByNames = {
  principal: 'group:Payments On-Call',
  target: 'resource-group:payments-prod',
  role: 'Storage Blob Data Reader',
} as const;

/** The role assignment of both. */
export const onCallBlobReader = {
  scope: scopes.resourceGroup,
  role: azureIds.blobReader,
  principalId: azureIds.onCall,
} as const;

/** Runs scenes in an Azure of their own, which is always closed. */
export function inAzure<T>(options: WorldOptions, scene: (world: World) => Promise<T>): Promise<T> {
  return inWorld({ clouds: ['azure'], ...options }, scene);
}

/** Runs a main step on Azure, signed in by its ID token, and checks the rules of every scenario. */
export async function azureStep(
  world: World,
  inputs: Step['inputs'],
  more: Omit<Step, 'inputs'> = {},
): Promise<StepResult> {
  return checked(
    world,
    await runStep(world, { ...more, inputs: { cloud: 'azure', ...world.azure.inputs, ...inputs } }),
  );
}

/** The requests to Entra's token endpoint. */
export function tokenRequests({ requests }: Pick<StepResult, 'requests'>): readonly JournalEntry[] {
  return requests.filter(({ service, operation }) => service === 'entra' && operation === 'token');
}

/** The requests of some operations, in order of arrival. */
export function requestsTo(
  { requests }: Pick<StepResult, 'requests'>,
  ...operations: readonly string[]
): StepResult['requests'] {
  return requests.filter(({ operation }) => operations.includes(operation));
}

/** All warning annotations in one text. */
export function warnings({ annotations }: Pick<StepResult, 'annotations'>): string {
  return annotations
    .filter(({ level }) => level === 'warning')
    .map(({ message }) => message)
    .join('\n');
}

/** Makes the grant by IDs with other inputs, and checks that only the intended access is granted. */
export async function granted(
  inputs: Step['inputs'],
  there: Readonly<Record<string, string>>,
  options: WorldOptions = {},
): Promise<StepResult> {
  return inAzure(options, async (world) => {
    const result = await azureStep(world, { ...azureByIds, ...inputs });
    expect(errors(result)).toBe('');
    expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
    expect(world.azure.estate.has({ ...onCallBlobReader, ...there })).toBe(true);
    expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
    return result;
  });
}
