import type { Assignment } from '../../rehearsal/azure/cloud.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { azureByIds, azureStep, inAzure, onCallBlobReader } from './azure-support.ts';

/** A lease of two hours by ids, that ends with its job. */
export const leasedOnAzure = { ...azureByIds, lifetime: '2h', reason: 'INC-1' } as const;
export const sweepingAzure = { operation: 'sweep' } as const;
export const listingAzure = { operation: 'list' } as const;

/** When the worlds of leases begin: half a minute after eight in the evening. */
export const azureStart = Date.parse('2026-11-21T20:00:30Z');

/** Runs scenes in an Azure in which leases are taken. */
export function inAzureLeases<T>(options: WorldOptions, scene: (world: World) => Promise<T>): Promise<T> {
  return inAzure({ startAt: azureStart, ...options }, scene);
}

/** Takes a lease, which has to stand afterwards. */
export async function takeOnAzure(
  world: World,
  inputs: Step['inputs'] = leasedOnAzure,
  more: Omit<Step, 'inputs'> = {},
): Promise<StepResult> {
  const result = await azureStep(world, inputs, more);
  if (result.exitCode !== 0) throw new Error(`the lease was not taken\n${result.log}`);
  return result;
}

/** The post step of what a main step has left. */
export function postOnAzure(
  world: World,
  main: Pick<StepResult, 'state'>,
  more: Omit<Step, 'inputs' | 'stage'> & Partial<Pick<Step, 'inputs'>> = {},
): Promise<StepResult> {
  return azureStep(world, more.inputs ?? leasedOnAzure, { state: main.state, ...more, stage: 'post' });
}

/** The role assignment of the lease, `undefined` where there is none. */
export function leasedAssignment({ azure }: World): Assignment | undefined {
  return azure.estate.find(onCallBlobReader);
}

/** The record in its description: the digest, and who holds it until when. */
export interface ShownRecord {
  readonly text: string;
  readonly digest: string;
  readonly entries: readonly { readonly holder: string; readonly end: number; readonly keep: boolean }[];
}

/** Read independently of the action's own reading. */
export function recordOf(world: World): ShownRecord | null {
  const lines = (leasedAssignment(world)?.description ?? '').split('\n');
  const shown = /^\[cloud-access lease v1 (?<digest>[0-9a-v]+):(?<entries>.*)\]$/u.exec(lines.at(-1) ?? '')?.groups;
  if (shown === undefined) return null;
  const entries = (shown['entries'] ?? '')
    .split(' ')
    .filter((it) => it !== '')
    .map((it) => {
      const [holder = '', end = ''] = it.split('@');
      return { holder, end: Number.parseInt(end.slice(0, 5), 36) * 60_000, keep: end.slice(5) === 'k' };
    });
  return { text: lines.slice(0, -1).join('\n'), digest: shown['digest'] ?? '', entries };
}
