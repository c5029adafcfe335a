import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { JournalEntry } from '../journal.ts';
import type { RequestMatch } from '../script.ts';
import type { World } from '../world.ts';
import type { Command } from './commands.ts';
import { defaultContext, runVariables, type RunContext } from './context.ts';
import { inputVariables, readMetadata, unexpectedInputs, type ActionMetadata } from './inputs.ts';
import { makeLog, type Annotation } from './log.ts';
import { makePaths, removePaths, type RunnerPaths } from './paths.ts';
import { runProcess } from './process.ts';
import { collect } from './result.ts';
import { sendSignals } from './signals.ts';
import { readWitness, watching, type Witness } from './witness.ts';

export type { RunContext } from './context.ts';
export type { Annotation } from './log.ts';
export type { Command } from './commands.ts';

/** A step of a job that uses the action. */
export interface Step {
  readonly stage?: 'main' | 'post';
  /** As in `with:`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** As in `env:`; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What main saved, for post. */
  readonly state?: Readonly<Record<string, string>>;
  /** The event that triggered the run. */
  readonly event?: string;
  /** Its payload. */
  readonly payload?: unknown;
  readonly context?: Partial<RunContext>;
  /** Whether the job has `id-token: write`; default true. */
  readonly idToken?: boolean;
  readonly signals?: readonly StepSignal[];
  /** Stops the process when a request arrives, and lets it go on later, as a suspended virtual machine does. */
  readonly pauses?: readonly StepPause[];
  /** The wall clock of its machine is wrong by so many milliseconds, under a virtual clock only; what measures durations is right. */
  readonly skewMs?: number;
  /** Cancels the run so many milliseconds after the start, or when a request arrives: SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL [runner:ProcessInvoker.cs]. */
  readonly cancel?: RequestMatch | number;
  /** The folder of main.js and post.js; action.yml stands beside it. */
  readonly dist?: string;
  readonly node?: string;
  /** Options of node itself. */
  readonly args?: readonly string[];
  /** A safety net in real time. */
  readonly timeoutMs?: number;
  /** Whether a witness is in the process, which takes a few milliseconds of its start; default true. */
  readonly watched?: boolean;
}

export interface StepSignal {
  readonly afterMs?: number;
  readonly when?: RequestMatch;
  readonly signal: NodeJS.Signals;
}

export interface StepPause {
  readonly when: RequestMatch;
  readonly forMs: number;
}

export interface StepResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The log as GitHub shows it: commands interpreted, secrets masked. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly state: Readonly<Record<string, string>>;
  /** What the step put into the environment and the path of later steps. */
  readonly exported: Readonly<Record<string, string>>;
  readonly addedPaths: readonly string[];
  readonly masks: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly commands: readonly Command[];
  /** What the process left in the runner's folders: `temp/…`, `work/…`, `home/…` → content. */
  readonly files: Readonly<Record<string, string>>;
  /** The same paths → permission bits. */
  readonly modes: Readonly<Record<string, number>>;
  /** The content of a file that the step named with its absolute path. */
  file(path: string): string | undefined;
  /** What the runner would fail on in the command files, and half-written entries. */
  readonly fileProblems: readonly string[];
  readonly requests: readonly JournalEntry[];
  /** What its process did besides, at its borders. */
  readonly witness: Witness;
  readonly virtualMs: number;
  readonly realMs: number;
  /** Where a secret appears in anything that left the process; the add-mask command itself is exempt. */
  leaked(secrets: readonly string[]): string[];
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
  // Beside other steps: what the harness does takes no time on their clock.
  let release = world.clock.hold();
  const paths = await makePaths(step.payload ?? { repository: { full_name: context.repository } });
  try {
    const metadata = await readMetadata(join(dist, '..', 'action.yml'));
    const env = stepEnvironment(world, step, context, paths, metadata, node);
    const log = makeLog(env['RUNNER_DEBUG'] === '1');
    if (env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] !== undefined) log.mask(env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']);
    const unexpected = unexpectedInputs(metadata, step.inputs);
    if (unexpected !== null) log.warn(unexpected);
    const mark = world.journal.mark();
    const virtualStart = world.now();
    const realStart = performance.now();
    const ended = await runProcess({
      command: node,
      args: [...(step.args ?? []), join(dist, step.stage === 'post' ? 'post.js' : 'main.js')],
      cwd: paths.workspace,
      env,
      clock: world.clock,
      timeoutMs: step.timeoutMs ?? 60_000,
      onLine: (line) => {
        log.line(line);
      },
      onStart: (child) => {
        release();
        return sendSignals(world, step, child);
      },
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

/** A world may have a run of its own, and issue other ID tokens for other contexts. */
interface Identifying {
  readonly context?: RunContext;
  identify?(context: RunContext): Readonly<Record<string, string>>;
}

function identity(world: World & Identifying, context: RunContext): Readonly<Record<string, string>> {
  return world.identify?.(context) ?? {};
}

/** Built from nothing: whatever the person who rehearses has in the environment stays outside. */
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
