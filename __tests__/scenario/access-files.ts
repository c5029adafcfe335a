import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { step } from './support.ts';

type More = Omit<Step, 'inputs'>;

/** Runs a step with these files in its workspace. @param run runs it; on AWS unless another is given */
export async function stepWithFiles(
  world: World,
  files: Readonly<Record<string, string>>,
  inputs: Step['inputs'],
  more: More = {},
  run: (world: World, inputs: Step['inputs'], more: More) => Promise<StepResult> = step,
): Promise<StepResult> {
  const workspace = await mkdtemp(join(tmpdir(), 'access-files-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(workspace, name)), { recursive: true });
      await writeFile(join(workspace, name), text);
    }
    return await run(world, inputs, { ...more, env: { ...more.env, GITHUB_WORKSPACE: workspace } });
  } finally {
    await rm(workspace, { recursive: true });
  }
}
