import * as core from '@actions/core';
import type { RunTools } from '#access/engine/run-tools';
import { Cancelled } from '#access/errors';
import type { OpenCloud } from '#access/declaration';
import { endsAccess, isFileRequest, isLineRequest, type AnyRequest } from '#access/any-request';
import type { Run } from '#access/engine/run';
import type { CloudWithLeases } from '#access/leases/port';
import { homeFolder, readFile, readTextOrNothing, readVariables } from './action/environment.ts';
import { findTokenSource } from './action/github/id-token.ts';
import type { FileReading } from './action/inputs/file-inputs.ts';
import { readInputs, type Inputs } from './action/inputs/inputs.ts';
import { inputVariable } from './action/inputs/values.ts';
import { announce } from './action/report/announcement.ts';
import { noPlan, startedOutputs } from './action/report/outputs.ts';
import { reportError } from './action/report/failure-report.ts';
import type { AuditContext } from './action/report/results.ts';
import {
  readApiUrl,
  readAsker,
  readOrigin,
  readRunContext,
  readRunner,
  type RunContext,
} from './action/github/run-context.ts';
import { maskEnvironment } from './action/secrets.ts';
import { nothingTaken, stateKey } from './action/state/state-key.ts';
import { clouds, secretVariables } from './clouds.ts';
import type { Approval } from './action/approval/approval.ts';
import type { Proven, Proving } from './approving.ts';
import type { KeptPlan } from './keeping-plans.ts';
import type { LookingForSweeps } from './sweep-checking.ts';
import { cancelOnSignal, cloudTools, machine, openLiveness, openMint, openRepository, signInMs } from './step-tools.ts';

/**
 * Keeps the process small. Thousands of grants make much garbage that does not live long: V8 would let its young generation
 * grow to a hundred megabytes beside ten that are in use, and collect the old one only when that has doubled. With these
 * settings 10,000 grants peak at 154 MB instead of more than 220, for some 6 % more computing.
 */
async function keepHeapSmall(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}

/** The main step: read inputs, pick the cloud, run, report. */
export async function runMain(): Promise<void> {
  const signal = cancelOnSignal();
  const variables = readVariables();
  const context = readRunContext(variables, readTextOrNothing);
  let asked: Asked = { reason: null, dryRun: false, approvals: [] };
  const onAsked = (told: Asked): void => {
    asked = told;
  };
  try {
    openState();
    if (!(await perform(variables, context, signal, onAsked))) process.exitCode = 1;
  } catch (error) {
    process.exitCode = 1;
    await reportError(error, { ...context, ...asked }, variables.get('RUNNER_TEMP'));
  }
}

/** Main's first act: post without it does nothing. */
function openState(): void {
  core.saveState(stateKey, nothingTaken);
}

/** Returns whether the step ends green. */
async function perform(
  variables: ReadonlyMap<string, string>,
  context: RunContext,
  cancelled: AbortSignal,
  onAsked: (asked: Asked) => void,
): Promise<boolean> {
  maskEnvironment(variables, secretVariables);
  const source = findTokenSource(variables, context.event);
  const reading = {
    surroundings: { variables, file: readFile, homeFolder: homeFolder(variables), runName: context.runName },
    event: context.event,
    tokenFault: 'url' in source ? null : source,
    files: await fileReading(variables),
  };
  const given = readInputs<OpenCloud>(clouds, reading);
  announce(given);
  const asked = askedOf(given.request);
  const { reason, dryRun } = asked;
  onAsked(asked);
  // Loaded only by a step whose inputs are right; what its first request does not need, beside that.
  const [{ createConnections }, { createJournal }] = await Promise.all([
    import('./action/connections.ts'),
    import('./action/state/journal.ts'),
    keepHeapSmall(),
  ]);
  const connections = createConnections();
  // Look-ups that are still under way when the outcome is known end with it.
  const ended = new AbortController();
  const signal = AbortSignal.any([cancelled, ended.signal]);
  try {
    const mint = openMint('url' in source ? source : null, given.audience, connections, signal);
    const origin = readOrigin(variables, given.github.checkRunId);
    const apiUrl = readApiUrl(variables);
    const folder = variables.get('RUNNER_TEMP');
    const asker = readAsker(variables, given.github.token ?? '', apiUrl);
    const liveness = openLiveness(asker, connections);
    const repository = openRepository(asker, connections);
    const { inputs, approvals } = await proven({
      inputs: given,
      readFor: (principal) => readInputs<OpenCloud>(clouds, { ...reading, requester: principal }),
      ...{ mint, repository, signal, runner: readRunner(variables, context.event) },
    });
    onAsked({ ...asked, approvals });
    const { request } = inputs;
    const signInUntil = endsAccess(request) ? (): number => machine.clock.now() + signInMs : null;
    const opened = inputs.settings(
      cloudTools(mint, connections, origin, liveness, inputs.requestsPerSecond, signInUntil),
    );
    const [cloud, carryOut, swept, { report }] = await Promise.all([
      opened,
      load(request),
      lookForSweeps(inputs, opened, { repository, signal }),
      import('./reporting.ts'),
    ]);
    const plan = await loadPlanning(inputs, dryRun, folder, approvals);
    const onStarted = startedOutputs();
    const journal = createJournal({ cloud: inputs.cloud, endpoints: inputs.endpoints, apiUrl, reason });
    const tools = { ...machine, cloud, signal, onStarted, journal, planning: plan.planning };
    const run = await carryOut(tools).catch((error: unknown) => {
      plan.refused(error);
      throw error;
    });
    const done = { ...run, notices: [...swept, ...run.notices] };
    const environment = mint?.claims()?.['environment'] ?? null;
    const facts = { ...context, environment, approvals };
    return await report(done, request, inputs, cloud, {
      run: facts,
      audit: { ...facts, ...asked, approvals },
      folder,
      plan: plan.kept(done.notices),
    });
  } finally {
    ended.abort(new Cancelled('The run has ended'));
    connections.close();
  }
}

/** Loads the code that reads access files, only where an input names some. */
async function fileReading(variables: ReadonlyMap<string, string>): Promise<FileReading | null> {
  if ((inputVariable('access-file', variables) ?? '') === '') return null;
  const [{ filesIn }] = await Promise.all([import('./action/inputs/access-files.ts'), keepHeapSmall()]);
  return filesIn(variables.get('GITHUB_WORKSPACE') ?? process.cwd());
}

/** The parts of a request that are kept with the results. */
type Asked = Pick<AuditContext, 'reason' | 'dryRun' | 'approvals'>;

function askedOf(request: AnyRequest): Asked {
  return {
    reason: 'reason' in request ? request.reason : null,
    dryRun: 'dryRun' in request && request.dryRun,
    approvals: [],
  };
}

type CarryOut = (tools: RunTools) => Promise<Run>;

/** Loads the code that carries out a request, and no more. */
async function load(request: AnyRequest): Promise<CarryOut> {
  if (isLineRequest(request)) {
    const { run } = await import('#access/engine/run');
    return (tools) => run(request, tools);
  }
  if (isFileRequest(request) || request.operation === 'inventory') {
    const { runFiles } = await import('#access/files/run');
    return (tools) => runFiles(request, tools);
  }
  const { runLease } = await import('#access/leases/operations/run-lease');
  return (tools) => runLease(request, tools);
}

/** Proves what a step requires of GitHub. Its code is loaded only where it requires something. */
async function proven<S>(step: Proving<S>): Promise<Proven<S>> {
  const { inputs } = step;
  if (inputs.approval === null && inputs.people === null) return { inputs, approvals: [] };
  const { prove } = await import('./approving.ts');
  return prove(step);
}

/** Looks for a recent sweep before a lease is taken; returns notices. Its code is loaded only where it is asked for one. */
async function lookForSweeps(
  { sweeps }: Inputs<unknown>,
  opened: Promise<CloudWithLeases>,
  step: Omit<LookingForSweeps, 'guarantee'>,
): Promise<readonly string[]> {
  if (sweeps === null) return [];
  const [{ sweepNotices }, { leases }] = await Promise.all([import('./sweep-checking.ts'), opened]);
  return sweepNotices(sweeps, { ...step, guarantee: leases?.guarantee ?? null });
}

/** Loads the code that writes a plan, only where one is requested. */
async function loadPlanning(
  inputs: Inputs<unknown>,
  dryRun: boolean,
  folder: string | undefined,
  approvals: readonly Approval[],
): Promise<KeptPlan> {
  const { cloud, planning } = inputs;
  if (!planning.wanted)
    return { planning: { cloud, ...planning, onPlan: () => undefined }, kept: () => noPlan, refused: () => undefined };
  const { planningOf } = await import('./keeping-plans.ts');
  return planningOf(inputs, dryRun, folder, approvals);
}
