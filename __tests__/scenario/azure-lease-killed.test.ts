import { expect, it } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import {
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedOnAzure,
  postOnAzure,
  sweepingAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { azureStep } from './azure-support.ts';
import { endJob, hour, job, minute, told } from './lease-support.ts';
import { someOf } from './matrix.ts';
import { describeSignals, errors, severalAtOnce } from './support.ts';

const patienceMs = 900_000;
const [one, two, three] = [job(1), job(2), job(3)];
const longer = { ...leasedOnAzure, lifetime: '3h' } as const;

/** Faults at one request of a step, and whether it reaches the cloud. */
const effects: Readonly<Record<string, Effect>> = {
  before: { kind: 'hang' },
  after: { kind: 'hang', processed: true },
  // As late as a request can be that was sent (docs/design/leases.md#a-request-arrives-soon-or-never).
  'under way': { kind: 'hang', processed: true, afterMs: 9_000 },
};

type Stage = (world: World, more?: Parameters<typeof azureStep>[2]) => Promise<StepResult>;

/** Runs a step with a fault at one of its requests. */
async function withFaultAt(
  world: World,
  index: number,
  effect: Effect,
  signal: 'SIGKILL' | 'SIGINT',
  stage: Stage,
): Promise<StepResult> {
  let reached: JournalEntry | null = null;
  world.script.onRequest({ index }, (entry) => {
    reached = entry;
  });
  const stop = world.script.weather((entry) => (entry === reached ? effect : undefined));
  const result = await stage(
    world,
    signal === 'SIGKILL' ? { signals: [{ when: { index }, signal }] } : { cancel: { index } },
  );
  stop();
  return result;
}

/** All requests of a step, each with each fault. */
function faultsOf(requests: StepResult['requests']): readonly { readonly index: number; readonly moment: string }[] {
  return requests.flatMap(({ operation }, index) =>
    Object.keys(effects)
      // A fault without an effect comes too late for every holder.
      .filter((moment) => moment !== 'under way' || /\.(?:put|delete)$/u.test(operation))
      .map((moment) => ({ index, moment })),
  );
}

const alone: Stage = (world, more) => azureStep(world, leasedOnAzure, { ...one, ...more });

async function requestsOf(prepare: (world: World) => Promise<Stage>): Promise<StepResult['requests']> {
  return inAzureLeases({}, async (world) => (await (await prepare(world))(world)).requests);
}

/**
 * Runs a step with faults at every request, or at some of them in ordinary tests, and returns the problems afterwards.
 */
async function everywhere(
  row: number,
  prepare: (world: World) => Promise<Stage>,
  signal: 'SIGKILL' | 'SIGINT',
  look: (world: World, failed: StepResult) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const all = faultsOf(await requestsOf(prepare));
  expect(all.length).toBeGreaterThan(8);
  const found = await severalAtOnce(someOf(row, all), ({ index, moment }) =>
    inAzureLeases({}, async (world) => {
      const stage = await prepare(world);
      const failed = await withFaultAt(world, index, effects[moment] ?? { kind: 'hang' }, signal, stage);
      const problems = await look(world, failed);
      return problems.map((it) => `${signal} ${moment} request ${index}: ${it}\n${failed.log}`);
    }),
  );
  return found.flat();
}

/** After its post step job 1 holds nothing, and all other holders still have the access. */
async function givenBack(world: World, main: StepResult, others: readonly number[]): Promise<readonly string[]> {
  const ended = await postOnAzure(world, main, one);
  await world.advance(minute);
  return [
    ...(ended.exitCode === 0 ? [] : [`post was red: ${errors(ended)}`]),
    ...(ended.virtualMs < 4 * minute ? [] : [`post took ${ended.virtualMs} ms`]),
    ...(String(holdersIn(world)) === String(others) ? [] : [`held by ${String(holdersIn(world))}`]),
    ...(isGranted(world) === others.length > 0 ? [] : ['the access is wrong']),
  ];
}

const signals = [
  ['SIGKILL', 0],
  ['SIGINT', 1],
] as const;

const asAlone = (): Promise<Stage> => Promise.resolve(alone);
const beside = async (world: World): Promise<Stage> => {
  await takeOnAzure(world, longer, two);
  return alone;
};

describeSignals('a main step that takes a lease on Azure and fails at any of its requests (P4)', () => {
  it.each(signals)(
    'with %s leaves nothing that its post step does not release',
    async (signal, row) => {
      expect(await everywhere(row, asAlone, signal, (world, main) => givenBack(world, main, []))).toEqual([]);
    },
    patienceMs,
  );

  it.each(signals)(
    'with %s leaves the lease of another holder alone',
    async (signal, row) => {
      expect(await everywhere(row + 1, beside, signal, (world, main) => givenBack(world, main, [2]))).toEqual([]);
    },
    patienceMs,
  );

  it(
    'and whose runner is lost leaves a lease that the next sweep ends, by its job or by its end time',
    async () => {
      const look = async (world: World): Promise<readonly string[]> => {
        await world.advance(minute);
        endJob(world, 1);
        const swept = await azureStep(world, sweepingAzure, three);
        return [...(swept.exitCode === 0 ? [] : [errors(swept)]), ...(isGranted(world) ? ['it is still there'] : [])];
      };
      expect(await everywhere(2, asAlone, 'SIGKILL', look)).toEqual([]);
    },
    patienceMs,
  );
});

describeSignals('a post step on Azure that is killed at any of its requests (P4)', () => {
  const taken = async (world: World): Promise<Stage> => {
    const main = await takeOnAzure(world, leasedOnAzure, one);
    return (other, more) => postOnAzure(other, main, { ...one, ...more });
  };

  it(
    'leaves a lease that a sweep ends: nothing is left, and no other holder loses access',
    async () => {
      const look = async (world: World): Promise<readonly string[]> => {
        const heir = await azureStep(world, longer, two);
        await world.advance(2 * hour + minute);
        const swept = await azureStep(world, sweepingAzure, three);
        const ended = await postOnAzure(world, heir, two);
        return [
          ...[heir, swept, ended].filter(({ exitCode }) => exitCode !== 0).map(errors),
          ...told(ended, 'warning'),
          ...(isGranted(world) ? ['it is still there'] : []),
        ];
      };
      expect(await everywhere(0, taken, 'SIGKILL', look)).toEqual([]);
    },
    patienceMs,
  );
});
