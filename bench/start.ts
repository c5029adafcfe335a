import { runStep } from '../rehearsal/runner/step.ts';
import { startWorld, type World } from '../rehearsal/world.ts';
import { bareNode } from './bare.ts';
import { runGreen } from './green.ts';
import { subjects, type Subject } from './subjects.ts';
import { atMost, median, type Row } from './table.ts';

const rounds = 15;

const measures = ['fault', 'first', 'answer', 'post'] as const;
const goals = { fault: 2.1, first: 4, answer: null, post: 1.2 } as const;
const titles = {
  fault: 'to an input fault',
  first: 'to the first request',
  answer: 'to the answer of an assign',
  post: 'an idle post',
};

/** Process start to an input fault, to the first request, to the answer, and an idle post; each against `node -e 0`. */
export async function measureStart(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const subject of Object.values(subjects)) rows.push(...(await measure(subject)));
  return rows;
}

async function measure(subject: Subject): Promise<readonly Row[]> {
  const world = await startWorld(subject.options);
  const ratios = { fault: [] as number[], first: [] as number[], answer: [] as number[], post: [] as number[] };
  const bare: number[] = [];
  const { cloud } = subject.inputs(world);
  try {
    for (let round = -2; round < rounds; round += 1) {
      const base = await bareNode();
      const sample = {
        fault: (await runStep(world, { inputs: { cloud: cloud ?? '' }, watched: false })).realMs,
        ...(await grant(world, subject)),
        post: (await runGreen(world, { stage: 'post', inputs: {} })).realMs,
      };
      if (round < 0) continue;
      bare.push(base);
      for (const name of measures) ratios[name].push(sample[name] / base);
    }
  } finally {
    await world.close();
  }
  const detail = ` (bare ${median(bare).toFixed(0)} ms)`;
  return measures.map((name) =>
    atMost(`${subject.name}: ${titles[name]}`, median(ratios[name]), goals[name], ' × bare', detail),
  );
}

async function grant(world: World, subject: Subject): Promise<{ readonly first: number; readonly answer: number }> {
  const began = performance.now();
  let first = Number.NaN;
  world.script.onRequest({ nth: 1 }, () => {
    first = performance.now() - began;
  });
  const { realMs } = await runGreen(world, { inputs: subject.inputs(world) });
  subject.undo(world);
  // The harness prepares folders before the process starts: what it took besides the process is taken off.
  const around = performance.now() - began - realMs;
  return { first: first - around, answer: realMs };
}
