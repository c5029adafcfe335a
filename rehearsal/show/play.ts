import { defaultContext, type RunContext } from '../runner/context.ts';
import { runStep, type Step, type StepResult } from '../runner/step.ts';
import type { World } from '../world.ts';
import { asShown, inputsAsShown } from './as-shown.ts';
import type { Access, Act, Expectation, Interlude, PostStep, Scene } from './scene.ts';

/** The outcome of one part of a scene. */
export type Played =
  | {
      readonly kind: 'step';
      readonly caption: string | null;
      /** `null` for a post step: they are those of its main step. */
      readonly inputs: Step['inputs'] | null;
      readonly result: StepResult;
      readonly access: Access | null;
      readonly faults: readonly string[];
    }
  | {
      readonly kind: 'interlude';
      readonly caption: string;
      readonly access: Access | null;
      /** The work of EventBridge Scheduler or Privileged Identity Management meanwhile, a line each. */
      readonly happened: readonly string[];
      readonly faults: readonly string[];
    };

type Part = Act | PostStep | Interlude;

/** Plays a scene, part by part. */
export async function* play(world: World, scene: Scene): AsyncGenerator<Played> {
  const jobs = makeJobs();
  const about = scene.inputs;
  for (const part of [scene, ...(scene.then ?? [])]) {
    const before = changesIn(world, about);
    const done = 'passMs' in part ? await pass(world, part, about) : await runPart(world, part, jobs);
    const access = part.expected.access === undefined ? null : accessOf(world, about);
    const faults = [
      ...done.faults,
      ...afterwards(part.expected, access, changesIn(world, about) - before),
      ...(done.kind === 'step' ? done.result.leaked(world.secrets()) : []),
    ];
    yield { ...done, access, faults };
  }
}

interface Job {
  readonly context: Partial<RunContext>;
  inputs: Step['inputs'];
  state: StepResult['state'];
}

/** The jobs of a scene by their names; each is a run of its own. */
function makeJobs(): (name: string) => Job {
  const jobs = new Map<string, Job>();
  return (name) => {
    const known = jobs.get(name);
    if (known !== undefined) return known;
    const next = (id: string): string => String(Number(id) + jobs.size);
    const { runId, checkRunId } = defaultContext;
    const job = { context: { job: name, runId: next(runId), checkRunId: next(checkRunId) }, inputs: {}, state: {} };
    jobs.set(name, job);
    return job;
  };
}

async function runPart(world: World, part: Act | PostStep, jobs: (name: string) => Job): Promise<Played> {
  const caption = part.caption ?? null;
  if ('post' in part) {
    const { context, inputs, state } = jobs(part.post);
    const result = await runStep(world, { stage: 'post', inputs, state, context });
    return { kind: 'step', caption, inputs: null, ...shown(part.expected, result) };
  }
  const job = jobs(part.job ?? defaultContext.job);
  part.before?.(world);
  const inputs = inputsOf(world, part.inputs);
  const context = part.attempt === undefined ? job.context : { ...job.context, runAttempt: part.attempt };
  // A step that gets signals has a process of its own.
  const signals = part.signals === undefined ? {} : { signals: part.signals };
  const result = await runStep(world, { inputs, context, ...signals, files: part.files ?? {} });
  job.inputs = inputs;
  job.state = result.state;
  return { kind: 'step', caption, inputs: inputsAsShown(inputs), ...shown(part.expected, result) };
}

function shown(
  expected: Expectation,
  result: StepResult,
): Pick<Played & { kind: 'step' }, 'result' | 'access' | 'faults'> {
  return { result: asShown(result), access: null, faults: faultsOf(expected, result) };
}

async function pass(world: World, { caption, passMs }: Interlude, about: Act['inputs']): Promise<Played> {
  const happened = inputsOf(world, about)['cloud'] === 'azure' ? endedFromNow(world) : firedFromNow(world);
  await world.advance(passMs);
  return { kind: 'interlude', caption, access: null, happened: happened(), faults: [] };
}

function firedFromNow({ aws: { schedules } }: World): () => readonly string[] {
  const before = schedules.firings().length;
  return () =>
    schedules
      .firings()
      .slice(before)
      .map(({ begunAt, dueAt, outcome }) => {
        const how = outcome.kind === 'refused' ? `${outcome.code}: ${outcome.message}` : outcome.kind;
        return `${timeOfDay(begunAt ?? dueAt)} DeleteAccountAssignment: ${how}`;
      });
}

/** The accesses that end by themselves. */
function endedFromNow({ azure: { pim } }: World): () => readonly string[] {
  const running = pim.schedules();
  return () => {
    const left = new Set(pim.schedules().map(({ name }) => name));
    return running.flatMap(({ name, endAt }) =>
      left.has(name) || endAt === null
        ? []
        : [`${timeOfDay(endAt)} Privileged Identity Management: the access has ended`],
    );
  };
}

function timeOfDay(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

function inputsOf(world: World, inputs: Act['inputs']): Step['inputs'] {
  return typeof inputs === 'function' ? inputs(world) : inputs;
}

function changesIn(world: World, about: Act['inputs']): number {
  const { cloud } = inputsOf(world, about);
  if (cloud !== 'azure') return world.aws.estate.effectiveChanges().length;
  const { estate, pim } = world.azure;
  const carriedOut = pim.requests().filter(({ status }) => status === 'Provisioned' || status === 'Revoked');
  return estate.effectiveChanges().length + carriedOut.length;
}

/** The assignment that the scene's first step is about; on Azure by IDs. */
function accessOf(world: World, about: Act['inputs']): Access {
  const { cloud, principal = '', role = '', target = '' } = inputsOf(world, about);
  if (cloud === 'azure') {
    const principalId = principal.slice(principal.indexOf(':') + 1);
    return world.azure.estate.has({ scope: target, role, principalId }) ? 'there' : 'gone';
  }
  return world.aws.estate.has({ principal, permissionSet: role, account: target }) ? 'there' : 'gone';
}

function faultsOf(expected: Expectation, result: StepResult): readonly string[] {
  const faults: string[] = [];
  if (result.exitCode !== expected.exitCode)
    faults.push(`exit code ${String(result.exitCode)} instead of ${String(expected.exitCode)}`);
  for (const [name, value] of Object.entries(expected.outputs)) {
    const actual = result.outputs[name] ?? '';
    const right = typeof value === 'string' ? actual === value : value.test(actual);
    if (!right) faults.push(`output ${name} is ${JSON.stringify(actual)} instead of ${String(value)}`);
  }
  return [...faults, ...result.fileProblems];
}

function afterwards(expected: Part['expected'], access: Access | null, changes: number): readonly string[] {
  return [
    ...(changes === expected.changes ? [] : [`${changes} changes in the cloud instead of ${expected.changes}`]),
    ...(access === (expected.access ?? null)
      ? []
      : [`the access is ${String(access)} instead of ${String(expected.access)}`]),
  ];
}
