import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runStep } from '../rehearsal/runner/step.ts';
import { startWorld, type World } from '../rehearsal/world.ts';
import { byIds } from './inputs.ts';
import { atMost, median, type Row } from './table.ts';

const rounds = 15;

/** Process start to an input fault, to the first request, to the answer, and an idle post; each against `node -e 0`. */
export async function measureStart(): Promise<readonly Row[]> {
  const world = await startWorld({ clock: 'real', operations: { durationMs: 0 } });
  const ratios = { fault: [] as number[], first: [] as number[], answer: [] as number[], post: [] as number[] };
  const bare: number[] = [];
  try {
    for (let round = -2; round < rounds; round += 1) {
      const base = await bareNode();
      const sample = {
        fault: (await runStep(world, { inputs: { cloud: 'aws' } })).realMs,
        ...(await grant(world)),
        post: (await runStep(world, { stage: 'post', inputs: {} })).realMs,
      };
      if (round < 0) continue;
      bare.push(base);
      for (const name of ['fault', 'first', 'answer', 'post'] as const) ratios[name].push(sample[name] / base);
    }
  } finally {
    await world.close();
  }
  const goals = { fault: 2.3, first: 4.5, answer: null, post: 1.5 } as const;
  const titles = {
    fault: 'to an input fault',
    first: 'to the first request',
    answer: 'to the answer of an assign',
    post: 'an idle post',
  };
  return (['fault', 'first', 'answer', 'post'] as const).map((name) =>
    atMost(titles[name], median(ratios[name]), goals[name], ' × bare', ` (bare ${median(bare).toFixed(0)} ms)`),
  );
}

async function bareNode(): Promise<number> {
  const began = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore', env: {} }), 'exit');
  return performance.now() - began;
}

async function grant(world: World): Promise<{ readonly first: number; readonly answer: number }> {
  const began = performance.now();
  let first = Number.NaN;
  world.script.onRequest({ nth: 1 }, () => {
    first = performance.now() - began;
  });
  const { realMs, exitCode, log } = await runStep(world, { inputs: byIds });
  if (exitCode !== 0) throw new Error(`the assign failed:\n${log}`);
  for (const assignment of world.estate.assignments()) {
    if (assignment.permissionSetArn === byIds.role) world.estate.remove(assignment);
  }
  // The harness prepares folders before the process starts: what it took besides the process is taken off.
  const around = performance.now() - began - realMs;
  return { first: first - around, answer: realMs };
}
