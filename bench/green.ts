import { runStep, type Step, type StepResult } from '../rehearsal/runner/step.ts';
import type { World } from '../rehearsal/world.ts';

/** Runs a step without the witness of the tests, which would be measured too; one that is not green is an error. */
export async function runGreen(world: World, step: Step): Promise<StepResult> {
  const result = await runStep(world, { ...step, watched: false });
  if (result.exitCode !== 0) throw new Error(`a step is not green:\n${result.log.slice(-6_000)}`);
  return result;
}
