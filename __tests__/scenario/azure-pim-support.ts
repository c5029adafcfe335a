import type { Schedule, ScheduleRequest } from '../../rehearsal/azure/pim/model.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { inAzureLeases, postOnAzure, takeOnAzure } from './azure-lease-support.ts';
import { azureByIds, onCallBlobReader } from './azure-support.ts';

/** A lease of an hour through Privileged Identity Management, that ends with its job. */
export const leasedByPim = { ...azureByIds, 'azure-pim': 'true', lifetime: '1h', reason: 'INC-1' } as const;
export const revokedByPim = { ...azureByIds, 'azure-pim': 'true', operation: 'revoke' } as const;

/** Runs scenes in an Azure whose requests take no time, unless options say otherwise. */
export function inPim<T>(options: WorldOptions, scene: (world: World) => Promise<T>): Promise<T> {
  const { azure } = options;
  return inAzureLeases({ ...options, azure: { ...azure, pim: { takesMs: 0, ...azure?.pim } } }, scene);
}

/** Takes a lease, which must exist afterwards. */
export function takeByPim(
  world: World,
  inputs: Step['inputs'] = leasedByPim,
  more: Omit<Step, 'inputs'> = {},
): Promise<StepResult> {
  return takeOnAzure(world, inputs, more);
}

export function postByPim(
  world: World,
  main: Pick<StepResult, 'state'>,
  more: Omit<Step, 'inputs' | 'stage'> = {},
): Promise<StepResult> {
  return postOnAzure(world, main, { inputs: leasedByPim, ...more });
}

/** A new run. */
export function run(number: number, attempt = 1): Pick<Step, 'context'> {
  return {
    context: { runId: `${7000 + number}`, runAttempt: `${attempt}`, checkRunId: `${4500 + 10 * number + attempt}` },
  };
}

/** Access of the lease, `undefined` where there is none. */
export function leasedSchedule({ azure }: World): Schedule | undefined {
  return azure.pim.find(onCallBlobReader);
}

/** Requests for access, in order. */
export function asked({ azure }: World): readonly string[] {
  return azure.pim.requests().map(({ requestType, status }) => `${requestType} ${status}`);
}

export function lastRequest({ azure }: World): ScheduleRequest {
  const last = azure.pim.requests().at(-1);
  if (last === undefined) throw new Error('nothing was asked for');
  return last;
}
