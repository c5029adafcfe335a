import type { StepResult } from '../rehearsal/runner/step.ts';
import { startWorld, type World } from '../rehearsal/world.ts';
import { bareNode } from './bare.ts';
import { runGreen } from './green.ts';
import { byIds, enderRole } from './inputs.ts';
import { measureAzureLease } from './lease-azure.ts';
import { atMost, median, type Row } from './table.ts';

const rounds = 15;
/** What the cloud itself takes for each change. */
const operationMs = 2_500;

const lease = {
  ...byIds,
  lifetime: '2h',
  'aws-scheduler-role-arn': enderRole,
} as const;

/** What a lease that nobody else holds costs over a plain grant: requests, and seconds on the virtual clock. */
export async function measureLease(): Promise<readonly Row[]> {
  return [...(await measureCost()), ...(await measurePost()), ...(await measureAzureLease())];
}

interface Sample {
  readonly requestsMore: number;
  readonly schedulerCalls: number;
  readonly secondsMore: number;
  readonly secondsAfter: number;
  /** Of real time, its waits apart. */
  readonly postRatio: number;
}

async function measureCost(): Promise<readonly Row[]> {
  const world = await startWorld({ aws: { operations: { durationMs: operationMs } } });
  // The first lease of all makes the group: once, and not in these figures.
  world.aws.schedules.addGroup('cloud-access');
  const samples: Sample[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) samples.push(await compare(world));
  } finally {
    await world.close();
  }
  const middle = (name: keyof Sample): number => median(samples.map((sample) => sample[name]));
  const most = (name: keyof Sample): number => Math.max(...samples.map((sample) => sample[name]));
  return [
    atMost('requests more in main, polls apart', most('requestsMore'), 4, ' requests'),
    atMost('Scheduler calls in post', most('schedulerCalls'), 3, ' requests'),
    atMost('seconds more in main', middle('secondsMore'), 3, ' s', ` (at most ${most('secondsMore').toFixed(2)})`),
    atMost(
      'seconds in post beyond the cloud’s own',
      middle('secondsAfter'),
      3,
      ' s',
      ` (at most ${most('secondsAfter').toFixed(2)})`,
    ),
    atMost('a post that gives back a lease, its waits apart', middle('postRatio'), null, ' × bare'),
  ];
}

async function compare(world: World): Promise<Sample> {
  const plain = await runGreen(world, { inputs: byIds });
  undo(world);
  const main = await runGreen(world, { inputs: lease });
  const post = await runGreen(world, { stage: 'post', inputs: lease, state: main.state });
  const postRatio = post.realMs / (await bareNode());
  const left = [...world.aws.estate.assignments(), ...world.aws.schedules.all()].length;
  if (left > 0) throw new Error(`the lease has left something behind:\n${post.log}`);
  return {
    requestsMore: asked(main) - asked(plain),
    schedulerCalls: post.requests.filter(({ service }) => service === 'scheduler').length,
    secondsMore: (main.virtualMs - plain.virtualMs) / 1_000,
    secondsAfter: (post.virtualMs - operationMs) / 1_000,
    postRatio,
  };
}

function asked({ requests }: StepResult): number {
  return requests.filter(({ operation }) => !/^Describe.*Status$/u.test(operation)).length;
}

function undo({ aws: { estate } }: World): void {
  for (const assignment of estate.assignments()) estate.remove(assignment);
}

/** How long the post step takes, against `node -e 0`: after a step that took no lease, and with one to give back. */
async function measurePost(): Promise<readonly Row[]> {
  const world = await startWorld({ clock: 'real', aws: { operations: { durationMs: 0 } } });
  world.aws.schedules.addGroup('cloud-access');
  const samples = { idle: [] as number[], kept: [] as number[], bare: [] as number[] };
  try {
    const plain = await runGreen(world, { inputs: byIds });
    undo(world);
    const kept = await runGreen(world, { inputs: { ...lease, 'keep-after-job': 'true' } });
    for (let round = -2; round < rounds; round += 1) {
      const base = await bareNode();
      const idle = await runGreen(world, { stage: 'post', inputs: byIds, state: plain.state });
      const keeping = await runGreen(world, { stage: 'post', inputs: lease, state: kept.state });
      if (round < 0) continue;
      samples.bare.push(base);
      samples.idle.push(idle.realMs / base);
      samples.kept.push(keeping.realMs / base);
    }
  } finally {
    await world.close();
  }
  const detail = ` (bare ${median(samples.bare).toFixed(0)} ms)`;
  return [
    atMost('an idle post, after a step without a lease', median(samples.idle), 1.2, ' × bare', detail),
    atMost('a post that leaves a kept lease alone', median(samples.kept), null, ' × bare', detail),
  ];
}
