import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { step } from './support.ts';

/** Runs a step with these files in its workspace. */
export async function stepWithFiles(
  world: World,
  files: Readonly<Record<string, string>>,
  inputs: Step['inputs'],
  more: Omit<Step, 'inputs'> = {},
): Promise<StepResult> {
  const workspace = await mkdtemp(join(tmpdir(), 'access-files-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(workspace, name)), { recursive: true });
      await writeFile(join(workspace, name), text);
    }
    return await step(world, inputs, { ...more, env: { ...more.env, GITHUB_WORKSPACE: workspace } });
  } finally {
    await rm(workspace, { recursive: true });
  }
}
