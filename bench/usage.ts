import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Step, StepResult } from '../rehearsal/runner/step.ts';
import type { World } from '../rehearsal/world.ts';
import { runGreen } from './green.ts';

/** What a process has used up by its end. */
export interface Usage {
  /** The most resident memory at any time. */
  readonly peakMB: number;
  /** The largest heap that a whole collection left; 0 where there was none. */
  readonly aliveMB: number;
  /** Of all its threads, in seconds. */
  readonly cpuS: number;
}

const probe = new URL('usage.mjs', import.meta.url).href;

/** Runs a step and says besides what its process used. */
export async function runMeasured(world: World, step: Step): Promise<StepResult & { readonly usage: Usage }> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-bench-'));
  const path = join(folder, 'usage.json');
  try {
    const result = await runGreen(world, {
      ...step,
      args: ['--import', probe, ...(step.args ?? [])],
      env: { ...step.env, BENCH_USAGE: path },
    });
    return { ...result, usage: JSON.parse(await readFile(path, 'utf8')) as Usage };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
