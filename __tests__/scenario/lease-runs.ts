import { setImmediate as turn } from 'node:timers/promises';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import { runStep, type RunContext, type Step, type StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect, RequestMatch } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import type { Granted, Holding, LeaseCloud } from './lease-cloud.ts';
import { checked, errors } from './support.ts';

/** A job with one step of the action, as GitHub and the records of leases know it. */
export interface Job {
  readonly name: string;
  readonly inputs: Step['inputs'];
  readonly context: Partial<RunContext>;
}

/** @param number tells the jobs of a scene apart at GitHub */
export function jobOf(name: string, number: number, inputs: Step['inputs']): Job {
  const context = { job: name, runId: String(16_011_000_000 + number), checkRunId: String(45_180_000_000 + number) };
  return { name, inputs, context };
}

/**
 * What becomes of the request at which a step is struck, and that it never hears of: `before` it is carried out, `after`
 * it, or while it is under way, so that it is carried out when the step may be long gone.
 */
export type Moment = 'before' | 'after' | 'under way';

/** A request that was sent is carried out within ten seconds or never, in milliseconds. Source: docs/design/leases.md#a-request-arrives-soon-or-never. */
export const underWayMs = 9_000;

const fates: Readonly<Record<Moment, Effect>> = {
  before: { kind: 'hang' },
  after: { kind: 'hang', processed: true },
  'under way': { kind: 'hang', processed: true, afterMs: underWayMs },
};

/** Strikes a step at one of its requests. */
export interface Strike {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
  readonly moment: Moment;
  /** Counted among the step's own. */
  readonly at: RequestMatch;
}

/** How a step is to end; default green, and by itself. */
export interface Ending {
  readonly strike?: Strike | undefined;
  /** It ends red, and says this. */
  readonly red?: RegExp;
}

/** The jobs of one world, one after the other, and what they were promised. */
export interface Scene {
  readonly world: World;
  readonly cloud: LeaseCloud;
  main(job: Job, ending?: Ending): Promise<StepResult>;
  post(job: Job, ending?: Ending): Promise<StepResult>;
  /** Jobs whose post step is yet to come, in the order in which they began. */
  unposted(): readonly Job[];
  /** The runner of a job is gone: its post never comes, and GitHub says that the job has ended. */
  lose(job: Job): void;
  /** From now on nobody promises a job's grants to it any more. */
  letGo(job: Job): void;
  /** Somebody has what no lease may end, for ever or until then, in milliseconds since the epoch. */
  readonly promise: (who: string, grant: Granted, until?: number) => void;
  readonly holdings: () => readonly Holding[];
  /** Notes what must not be. */
  blame(...problems: readonly string[]): void;
  problems(): readonly string[];
  /** The logs of all steps, for who has to find out why. */
  log(): string;
  /** How many steps were run, and how many of the strikes struck. */
  figures(): { readonly steps: number; readonly struck: number };
}

type Stage = NonNullable<Step['stage']>;

/** The longest that a post step may take, in milliseconds: five minutes after a cancel the runner ends it. */
const longestPostMs = 4 * 60_000;

export function openScene(world: World, cloud: LeaseCloud): Scene {
  const holdings: { -readonly [K in keyof Holding]: Holding[K] }[] = [];
  const states = new Map<Job, StepResult['state']>();
  const ended = new Set<Job>();
  const problems: string[] = [];
  const logs: string[] = [];
  let steps = 0;
  let struck = 0;

  const letGo = ({ name }: Job): void => {
    for (const holding of holdings) if (holding.who === name) holding.until = Math.min(holding.until, world.now());
  };
  const run = async (job: Job, stage: Stage, { strike, red }: Ending): Promise<StepResult> => {
    const title = `${stage} of ${job.name}`;
    const state = stage === 'post' ? (states.get(job) ?? {}) : {};
    const aimed = strike === undefined ? null : aim(world, strike);
    const { context } = job;
    const inputs = { ...cloud.signIn(world, job.inputs['operation'] ?? 'assign'), ...job.inputs };
    // What a cloud does at once is done before a step begins, and not in the same moment.
    await world.advance(1);
    const result = checked(world, await runStep(world, { inputs, context, stage, state, ...aimed?.step }));
    const isHit = (await aimed?.over()) ?? false;
    steps += 1;
    struck += isHit ? 1 : 0;
    logs.push(`--- ${title}${isHit ? `, struck by ${strike?.signal ?? ''}` : ''}\n${result.log}`);
    const wrong = isHit ? struckProblems(result, strike) : endProblems(result, red);
    if (stage === 'post' && result.virtualMs > longestPostMs) wrong.push(`it took ${result.virtualMs} ms`);
    problems.push(...wrong.map((it) => `${title}: ${it}`));
    return result;
  };

  return {
    world,
    cloud,
    async main(job, ending = {}) {
      const result = await run(job, 'main', ending);
      states.set(job, result.state);
      const promised = result.exitCode === 0 ? promisedBy(job, result, world.now()) : [];
      holdings.push(...promised);
      const missing = promised.filter(({ grant }) => !cloud.has(world, grant));
      const wrong = isLease(job) ? [...cloud.orderProblems(result)] : [];
      if (missing.length > 0) wrong.push('it is green, and the access is not there');
      problems.push(...wrong.map((it) => `main of ${job.name}: ${it}`));
      return result;
    },
    async post(job, ending = {}) {
      if (!outlastsJob(job)) letGo(job);
      ended.add(job);
      const result = await run(job, 'post', ending);
      // It was the last step of its job.
      world.github.stand(job.context.checkRunId ?? '', { status: 'completed', conclusion: 'success' });
      return result;
    },
    unposted: () => [...states.keys()].filter((job) => !ended.has(job)),
    lose(job) {
      ended.add(job);
      if (!outlastsJob(job)) letGo(job);
      world.github.stand(job.context.checkRunId ?? '', { status: 'completed', conclusion: 'failure' });
    },
    letGo,
    promise: (who, grant, until = Infinity) => void holdings.push({ who, grant, from: world.now(), until }),
    holdings: () => holdings,
    blame: (...those) => void problems.push(...those),
    problems: () => problems,
    log: () => logs.join('\n'),
    figures: () => ({ steps, struck }),
  };
}

/** A strike that is aimed at a step. */
interface Aimed {
  readonly step: Pick<Step, 'cancel' | 'signals'>;
  /** Called at the step's end: whether it struck. What becomes of the request is settled by then. */
  over(): Promise<boolean>;
}

/** One request is struck, and no other: requests may overtake one another. */
function aim({ script }: World, { signal, moment, at }: Strike): Aimed {
  const met = Promise.withResolvers<undefined>();
  let isOver = false;
  let struck: JournalEntry | null = null;
  const when: RequestMatch = { ...at, where: () => !isOver };
  script.onRequest(when, (entry) => {
    struck ??= entry;
  });
  const stop = script.weather((entry) => {
    if (entry !== struck) return undefined;
    met.resolve(undefined);
    return fates[moment];
  });
  // The runner cancels with SIGINT, and goes on to SIGTERM and SIGKILL where that is not enough.
  const step = signal === 'SIGINT' ? { cancel: when } : { signals: [{ when, signal }] };
  return {
    step,
    async over() {
      isOver = true;
      if (struck !== null) {
        await met.promise;
        await turn();
        await turn(); // what the server does about it runs first
      }
      stop();
      return struck !== null;
    },
  };
}

/** Who is killed is gone; who is told to stop ends by itself. */
function struckProblems({ signal }: StepResult, strike: Strike | undefined): string[] {
  const expected = strike?.signal === 'SIGKILL' ? 'SIGKILL' : null;
  return signal === expected ? [] : [`it did not end by ${expected ?? 'itself'}, but by ${signal ?? 'itself'}`];
}

function endProblems(result: StepResult, red: RegExp | undefined): string[] {
  const { exitCode, signal } = result;
  if (exitCode !== (red === undefined ? 0 : 1)) return [`exit code ${exitCode ?? signal ?? ''}: ${errors(result)}`];
  return red === undefined || red.test(errors(result)) ? [] : [`it does not say ${red.source}: ${errors(result)}`];
}

/** Whether its lease runs to its end although the job has ended. */
function outlastsJob({ inputs }: Job): boolean {
  return inputs['keep-after-job'] === 'true' || inputs['operation'] === 'extend';
}

/** A permanent grant, and whoever ends something, has nothing to be given back. */
function isLease({ inputs }: Job): boolean {
  return inputs['lifetime'] !== undefined;
}

interface Reported {
  readonly 'principal-type': string;
  readonly 'principal-id': string;
  readonly 'role-id': string;
  readonly 'target-id': string;
  readonly 'expires-at': string;
  readonly status: string;
}

/** What a green step has said that there is now, and until when. */
function promisedBy(job: Job, { outputs }: StepResult, now: number): readonly Holding[] {
  const { operation = 'assign' } = job.inputs;
  if (operation !== 'assign' && operation !== 'extend') return [];
  // What waits for a person is not there yet.
  const reported = JSON.parse(outputs['results'] ?? '[]') as readonly Reported[];
  return reported
    .filter(({ status }) => status === 'SUCCEEDED')
    .map((it) => ({
      who: job.name,
      grant: {
        principalType: it['principal-type'],
        principalId: it['principal-id'],
        roleId: it['role-id'],
        targetId: it['target-id'],
      },
      from: now,
      until: it['expires-at'] === '' ? Infinity : Date.parse(it['expires-at']),
    }));
}
