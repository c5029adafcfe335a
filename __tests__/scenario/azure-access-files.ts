import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureStep } from './azure-support.ts';

/** Runs a step in a workspace that has these files. */
export async function stepWithFiles(
  world: World,
  files: Readonly<Record<string, string>>,
  inputs: Step['inputs'],
  more: Omit<Step, 'inputs'> = {},
): Promise<StepResult> {
  const workspace = await mkdtemp(join(tmpdir(), 'access-files-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(workspace, path)), { recursive: true });
      await writeFile(join(workspace, path), text);
    }
    const given = { 'access-file': Object.keys(files).join('\n'), ...inputs };
    return await azureStep(world, given, { ...more, env: { ...more.env, GITHUB_WORKSPACE: workspace } });
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}
