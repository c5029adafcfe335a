import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runStep, type Step, type StepResult } from '../rehearsal/runner/step.ts';
import type { World } from '../rehearsal/world.ts';

/** What a process has used up by its end. */
export interface Usage {
  /** The most resident memory at any time. */
  readonly peakMB: number;
  /** Of all its threads, in seconds. */
  readonly cpuS: number;
}

/**
 * Runs in the process: at its end it says what it used. Plain JavaScript in a data URL: taking the types off a file
 * would cost the process more memory than what is measured. Linux knows the peak of this program alone (VmHWM);
 * elsewhere the peak of the process has to do.
 */
const probe = `
  import { readFileSync, writeFileSync } from 'node:fs';
  process.on('exit', () => {
    let peakKB = process.resourceUsage().maxRSS;
    try {
      peakKB = Number(/VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    } catch {}
    const { user, system } = process.cpuUsage();
    writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ peakMB: peakKB / 1024, cpuS: (user + system) / 1e6 }));
  });
`;

/** Runs a step and says besides what its process used; a step that is not green is an error. */
export async function runMeasured(world: World, step: Step): Promise<StepResult & { readonly usage: Usage }> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-bench-'));
  const path = join(folder, 'usage.json');
  try {
    const result = await runStep(world, {
      ...step,
      watched: false,
      args: ['--import', `data:text/javascript,${encodeURIComponent(probe)}`, ...(step.args ?? [])],
      env: { ...step.env, BENCH_USAGE: path },
    });
    if (result.exitCode !== 0) throw new Error(`the step failed:\n${result.log.slice(-6_000)}`);
    return { ...result, usage: JSON.parse(await readFile(path, 'utf8')) as Usage };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
