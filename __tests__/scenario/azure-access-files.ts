import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { stepWithFiles as stepWith } from './access-files.ts';
import { azureStep } from './azure-support.ts';

/** Runs a step on Azure with these files in its workspace, all of them its access files unless others are named. */
export function stepWithFiles(
  world: World,
  files: Readonly<Record<string, string>>,
  inputs: Step['inputs'],
  more: Omit<Step, 'inputs'> = {},
): Promise<StepResult> {
  return stepWith(world, files, { 'access-file': Object.keys(files).join('\n'), ...inputs }, more, azureStep);
}
