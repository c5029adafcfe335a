import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { World } from '../world.ts';
import { defaultContext, payloadOf, runVariables, type RunContext } from './context.ts';
import { inputVariables, readMetadata, unexpectedInputs, type ActionMetadata } from './inputs.ts';
import { makeLog, type StepLog, type Stream } from './log.ts';
import { checkOut, makePaths, removePaths, type RunnerPaths } from './paths.ts';
import { runProcess, type EndedProcess } from './process.ts';
import { runReused } from './reused.ts';
import { collect, type StepResult } from './result.ts';
import { sendSignals, type Interruptions } from './signals.ts';
import { readWitness, watching } from './witness.ts';

export type { Command } from './commands.ts';
export type { RunContext } from './context.ts';
export type { Annotation } from './log.ts';
export type { StepResult } from './result.ts';
export type { StepSignal } from './signals.ts';

/** A step of a job that uses the action. */
export interface Step extends Interruptions {
  readonly stage?: 'main' | 'post';
  /** As in `with:`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** As in `env:`; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** State that main saved, for post. */
  readonly state?: Readonly<Record<string, string>>;
  /** Files that the job has checked out: path in the workspace → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** The event that triggered the run. */
  readonly event?: string;
  /** Its payload. */
  readonly payload?: unknown;
  readonly context?: Partial<RunContext>;
  /** True if the job has `id-token: write`; default true. */
  readonly idToken?: boolean;
  /** The wall clock of its machine is wrong by so many milliseconds, under a virtual clock only; what measures durations is right. */
  readonly skewMs?: number;
  /** The folder of main.js and post.js, with action.yml in its parent. */
  readonly dist?: string;
  readonly node?: string;
  /** Options of node itself. */
  readonly args?: readonly string[];
  /** A safety net in real time. */
  readonly timeoutMs?: number;
  /** True if it has a process of its own also where the world reuses them. */
  readonly isAlone?: boolean;
  /** True if a witness is in the process, which adds a few milliseconds to its start; default true. */
  readonly watched?: boolean;
}

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a stage of the built action as GitHub's runner does. */
export async function runStep(world: World & Identifying, step: Step): Promise<StepResult> {
  const context: RunContext = {
    ...(world.context ?? defaultContext),
    ...step.context,
    ...(step.event === undefined ? {} : { eventName: step.event }),
  };
  const dist = step.dist ?? join(repository, 'dist');
  const node = step.node ?? process.execPath;
  // With parallel steps, the work of the harness takes no time on their clock.
  let release = world.clock.hold();
  const paths = await makePaths(step.payload ?? payloadOf(context));
  try {
    await checkOut(paths, step.files ?? {});
    const metadata = await readMetadata(join(dist, '..', 'action.yml'));
    const env = stepEnvironment(world, step, context, paths, metadata, node);
    const log = makeLog(env['RUNNER_DEBUG'] === '1');
    if (env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] !== undefined) log.mask(env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']);
    const unexpected = unexpectedInputs(metadata, step.inputs);
    if (unexpected !== null) log.warn(unexpected);
    const mark = world.journal.mark();
    const virtualStart = world.now();
    const realStart = performance.now();
    const ended = await run(world, step, { dist, node, env, paths, log }, () => {
      release();
    });
    release = world.clock.hold();
    const requests = world.journal.since(mark);
    const realMs = Math.round(performance.now() - realStart);
    const witness = await readWitness(paths.witness);
    return await collect(ended, log, paths, { requests, witness, realMs, virtualMs: world.now() - virtualStart });
  } finally {
    await removePaths(paths);
    release();
  }
}

interface Prepared {
  readonly dist: string;
  readonly node: string;
  readonly env: Readonly<Record<string, string>>;
  readonly paths: RunnerPaths;
  readonly log: StepLog;
}

function run(
  world: World & Identifying,
  step: Step,
  { dist, node, env, paths, log }: Prepared,
  onStart: () => void,
): Promise<EndedProcess> {
  const stage = step.stage ?? 'main';
  const { clock } = world;
  const shared = { env, clock, timeoutMs: step.timeoutMs ?? 60_000 };
  const onLine = (line: string, stream: Stream): void => {
    log.line(line, stream);
  };
  if (world.reusesProcesses === true && needsNoProcess(step)) {
    const module = pathToFileURL(join(dist, 'index.js')).href;
    return runReused({ ...shared, stage, module, folder: paths.workspace, onLine, onStart });
  }
  return runProcess({
    ...shared,
    command: node,
    args: [...(step.args ?? []), join(dist, `${stage}.js`)],
    cwd: paths.workspace,
    onLine,
    onStart: (child) => {
      onStart();
      return sendSignals(world, step, child);
    },
  });
}

/**
 * True if a step needs nothing that only a process of its own can show: signals, options of node, variables that node
 * reads as it starts.
 */
function needsNoProcess({ node, args, dist, watched, env, signals, pauses, cancel, isAlone }: Step): boolean {
  const special = [node, args, dist, watched, signals, pauses, cancel];
  return isAlone !== true && special.every((it) => it === undefined) && !Object.keys(env ?? {}).some(isOfNode);
}

function isOfNode(variable: string): boolean {
  return /^(?:NODE_|UV_|TZ$|LANG$|LC_|LD_)/u.test(variable);
}

/** A world can have a run of its own, and issue other ID tokens for other contexts. */
interface Identifying {
  readonly context?: RunContext;
  readonly reusesProcesses?: boolean;
  identify?(context: RunContext): Readonly<Record<string, string>>;
}

function identity(world: World & Identifying, context: RunContext): Readonly<Record<string, string>> {
  return world.identify?.(context) ?? {};
}

/** Built from nothing: the environment of the person who rehearses is not used. */
function stepEnvironment(
  world: World,
  step: Step,
  context: RunContext,
  paths: RunnerPaths,
  metadata: ActionMetadata,
  node: string,
): Record<string, string> {
  const state = Object.entries(step.state ?? {}).map(([key, value]) => [`STATE_${key}`, value] as const);
  const env: Record<string, string | undefined> = {
    PATH: [join(node, '..'), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    ...runVariables(context, paths),
    ...world.env,
    ...identity(world, context),
    ...step.env,
    ...inputVariables(metadata, step.inputs, context),
    ...Object.fromEntries(state),
  };
  const preload = world.clock.env['NODE_OPTIONS'];
  env['NODE_OPTIONS'] = [step.watched === false ? undefined : watching, preload, step.env?.['NODE_OPTIONS']]
    .filter((it) => it !== undefined)
    .join(' ');
  env['REHEARSAL_WITNESS'] = paths.witness;
  env['REHEARSAL_CLOCK'] = world.clock.env['REHEARSAL_CLOCK'];
  if (step.skewMs !== undefined) env['REHEARSAL_SKEW'] = String(step.skewMs);
  if (step.idToken === false) {
    delete env['ACTIONS_ID_TOKEN_REQUEST_URL'];
    delete env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
  }
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
