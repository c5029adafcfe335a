import type { Assignment } from '../../rehearsal/azure/arm/assignment.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { shownIn, type ShownDescription } from './azure-records.ts';
import { azureByIds, azureStep, inAzure, onCallBlobReader } from './azure-support.ts';

/** A lease of two hours by IDs that ends with its job. */
export const leasedOnAzure = { ...azureByIds, lifetime: '2h', reason: 'INC-1' } as const;
export const sweepingAzure = { operation: 'sweep' } as const;
export const listingAzure = { operation: 'list' } as const;

/** Start of the worlds of leases: half a minute after eight in the evening. */
export const azureStart = Date.parse('2026-11-21T20:00:30Z');

/** Runs scenes in an Azure with leases. */
export function inAzureLeases<T>(options: WorldOptions, scene: (world: World) => Promise<T>): Promise<T> {
  return inAzure({ startAt: azureStart, ...options }, scene);
}

/** Takes a lease, which must exist afterwards. */
export async function takeOnAzure(
  world: World,
  inputs: Step['inputs'] = leasedOnAzure,
  more: Omit<Step, 'inputs'> = {},
): Promise<StepResult> {
  const result = await azureStep(world, inputs, more);
  if (result.exitCode !== 0) throw new Error(`the lease was not taken\n${result.log}`);
  return result;
}

/** Runs the post step for the state of a main step. */
export function postOnAzure(
  world: World,
  main: Pick<StepResult, 'state'>,
  more: Omit<Step, 'inputs' | 'stage'> & Partial<Pick<Step, 'inputs'>> = {},
): Promise<StepResult> {
  return azureStep(world, more.inputs ?? leasedOnAzure, { state: main.state, ...more, stage: 'post' });
}

/** Role assignment of the lease, `undefined` where there is none. */
export function leasedAssignment({ azure }: World): Assignment | undefined {
  return azure.estate.find(onCallBlobReader);
}

/** The record in its description. */
export function recordOf(world: World): ShownDescription | null {
  return shownIn(leasedAssignment(world)?.description ?? '');
}

/** Inputs of a step that has only a lease ID: even the subscription is missing. */
export function byLeaseId(operation: 'release' | 'extend', { outputs }: Pick<StepResult, 'outputs'>): Step['inputs'] {
  return { operation, 'azure-subscription-id': '', 'lease-id': outputs['lease-id'] ?? '' };
}

/** True if the access of the lease exists. */
export function isGranted(world: World): boolean {
  return leasedAssignment(world) !== undefined;
}

/** Holders, by the numbers of their jobs as `job` assigns them, in the order of the record. */
export function holdersIn(world: World): readonly number[] {
  return (recordOf(world)?.entries ?? []).map(({ holder }) => Number.parseInt(holder.split('.')[3] ?? '', 36) - 4_500);
}

/** The requests that change role assignments, with the status of each answer. */
export function changesIn({ requests }: Pick<StepResult, 'requests'>): readonly string[] {
  return requests
    .filter(({ operation }) => operation === 'roleAssignments.put' || operation === 'roleAssignments.delete')
    .map(({ operation, status }) => `${operation.slice('roleAssignments.'.length)} ${status}`);
}

/** Writes another description by hand, or a copied one. */
export function describeByHand(world: World, edit: (description: string) => string): void {
  const { estate } = world.azure;
  const found = leasedAssignment(world);
  if (found === undefined) throw new Error('there is nothing to describe');
  estate.remove(onCallBlobReader);
  const { name, condition } = found;
  const description = edit(found.description ?? '');
  estate.add({ ...onCallBlobReader, name, description, ...(condition === null ? {} : { condition }) });
}

/** A condition under which the leased role reads one container only. */
export function onlyContainer(name: string): string {
  const action = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
  const attribute = 'Microsoft.Storage/storageAccounts/blobServices/containers:name';
  return `((!(ActionMatches{'${action}'})) OR (@Resource[${attribute}] StringEquals '${name}'))`;
}

/** Requests to Resource Manager have varying latencies, so that steps at the same time overlap in many ways. */
export function slowWire({ script }: World, slowest = 300): void {
  let nth = 0;
  script.weather(({ service }) => {
    if (service !== 'arm') return undefined;
    nth += 1;
    return { kind: 'late', ms: slowest / 5 + ((nth * 97) % (slowest * 0.8)) };
  });
}

/**
 * Sends, so many milliseconds after the next PUT has arrived, a delayed write of another job that is based on the
 * present state.
 */
export function overwriteSoon(world: World, ms: number): void {
  const { estate } = world.azure;
  const before = leasedAssignment(world);
  if (before === undefined) throw new Error('there is nothing to overwrite');
  const { id, scope, roleDefinitionId: role, principalId, name } = before;
  world.script.onRequest({ operation: 'roleAssignments.put', nth: 1 }, () => {
    world.script.at(ms, () => {
      estate.remove(id);
      estate.add({ scope, role, principalId, name, description: before.description ?? '' });
    });
  });
}
