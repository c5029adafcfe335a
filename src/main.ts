import * as core from '@actions/core';
import type { Cloud, Portal } from '#access/cloud';
import type { RunTools } from '#access/engine/run-tools';
import { Cancelled } from '#access/errors';
import type { OpenCloud } from '#access/declaration';
import { endsAccess, grantsAccess, isFileRequest, isLineRequest, type AnyRequest } from '#access/any-request';
import type { Planning } from '#access/plan/document';
import type { Run } from '#access/engine/run';
import type { Inventory } from '#access/files/inventory-rows';
import type { Result } from '#access/outcome';
import { homeFolder, readFile, readTextOrNothing, readVariables } from './action/environment.ts';
import { findTokenSource } from './action/github/id-token.ts';
import type { FileReading } from './action/inputs/file-inputs.ts';
import { readInputs, type Inputs } from './action/inputs/inputs.ts';
import { inputVariable } from './action/inputs/values.ts';
import { announce, requestLines, unsaidPermanence } from './action/report/announcement.ts';
import { log } from './action/log.ts';
import { setOutputs, startedOutputs, type PlanOutputs } from './action/report/outputs.ts';
import { addNotices, keepPlan } from './action/report/plan-output.ts';
import { reportError } from './action/report/failure-report.ts';
import { reportResults } from './action/report/report.ts';
import { toRecord, writeResultsFile, type AuditContext } from './action/report/results.ts';
import { readApiUrl, readAsker, readOrigin, readRunContext, type RunContext } from './action/github/run-context.ts';
import { maskEnvironment } from './action/secrets.ts';
import { nothingTaken, stateKey } from './action/state/state-key.ts';
import type { Run as RunInSummary } from './action/report/rows.ts';
import { summarizeResults } from './action/report/summary.ts';
import { clouds, secretVariables } from './clouds.ts';
import { cancelOnSignal, cloudTools, machine, openLiveness, openMint, signInMs } from './step-tools.ts';

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
  let asked: Asked = { reason: null, dryRun: false };
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
  const inputs = readInputs<OpenCloud>(clouds, {
    surroundings: { variables, file: readFile, homeFolder: homeFolder(variables), runName: context.runName },
    event: context.event,
    tokenFault: 'url' in source ? null : source,
    files: await fileReading(variables),
  });
  announce(inputs);
  const { request } = inputs;
  const asked = askedOf(request);
  const { reason, dryRun } = asked;
  onAsked(asked);
  // Loaded only by a step whose inputs are right.
  const [{ createConnections }, { createJournal }, carryOut] = await Promise.all([
    import('./action/connections.ts'),
    import('./action/state/journal.ts'),
    load(request),
    keepHeapSmall(),
  ]);
  const connections = createConnections();
  // Look-ups that are still under way when the outcome is known end with it.
  const ended = new AbortController();
  const signal = AbortSignal.any([cancelled, ended.signal]);
  try {
    const mint = openMint('url' in source ? source : null, inputs.audience, connections, signal);
    const origin = readOrigin(variables, inputs.github.checkRunId);
    const apiUrl = readApiUrl(variables);
    const liveness = openLiveness(readAsker(variables, inputs.github.token ?? '', apiUrl), connections);
    const signInUntil = endsAccess(request) ? (): number => machine.clock.now() + signInMs : null;
    const cloud = await inputs.settings(
      cloudTools(mint, connections, origin, liveness, inputs.requestsPerSecond, signInUntil),
    );
    const folder = variables.get('RUNNER_TEMP');
    const plan = planningOf(inputs, dryRun, folder);
    const onStarted = startedOutputs();
    const journal = createJournal({ cloud: inputs.cloud, endpoints: inputs.endpoints, apiUrl, reason });
    const tools = { ...machine, cloud, signal, onStarted, journal, planning: plan.planning };
    const done = await carryOut(tools);
    const environment = mint?.claims()?.['environment'] ?? null;
    const run = { ...context, environment };
    return await report(done, request, inputs, cloud, {
      run,
      audit: { ...run, ...asked },
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
  const { filesIn } = await import('./action/inputs/access-files.ts');
  return filesIn(variables.get('GITHUB_WORKSPACE') ?? process.cwd());
}

/** The parts of a request that are kept with the results. */
type Asked = Pick<AuditContext, 'reason' | 'dryRun'>;

function askedOf(request: AnyRequest): Asked {
  return {
    reason: 'reason' in request ? request.reason : null,
    dryRun: 'dryRun' in request && request.dryRun,
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

/** The handling of the plan, and the place that it was written to. */
function planningOf(
  { cloud, planning: { wanted, expected, planFor, file } }: Inputs<unknown>,
  dryRun: boolean,
  folder: string | undefined,
): { readonly planning: Planning; readonly kept: (notices: readonly string[]) => PlanOutputs } {
  let kept: PlanOutputs = { file: '', markdown: '', digest: '' };
  let addTo: ((notices: readonly string[]) => void) | null = null;
  const onPlan: Planning['onPlan'] = (document) => {
    kept = keepPlan(document, { file, always: dryRun, folder });
    addTo = (notices) => {
      addNotices(document, kept, notices);
    };
  };
  return {
    planning: { cloud, wanted, expected, planFor, onPlan },
    kept: (notices) => {
      addTo?.(notices);
      return kept;
    },
  };
}

/** Further information for a report. */
interface Reporting {
  readonly run: RunInSummary & Pick<RunContext, 'repository'>;
  readonly audit: AuditContext;
  /** The runner's folder for files that last as long as the job. */
  readonly folder: string | undefined;
  readonly plan: PlanOutputs;
}

async function report(
  done: Run,
  request: AnyRequest,
  inputs: Inputs<unknown>,
  cloud: Cloud,
  reporting: Reporting,
): Promise<boolean> {
  const { inventory } = done;
  if (inventory !== undefined) return showInventory(inventory, done, request, inputs, cloud, reporting);
  const { results, remarks, notices, lack } = done;
  const { endpoints } = inputs;
  const { run, audit, folder, plan } = reporting;
  const { words } = cloud;
  const unsaid = unsaidPermanence(request, results);
  const wait = 'wait' in request ? request.wait : true;
  const { reason, dryRun } = audit;
  const records = results.map(toRecord);
  const file = writeResultsFile(records, audit, folder);
  const areSet = setOutputs(results, records, file, plan, lack);
  if (unsaid !== null) log.notice(unsaid);
  const green = reportResults(results, { wait, dryRun, words, lack, countsKept: isFileRequest(request) });
  for (const remark of remarks) log.info(remark);
  sayPlan(plan);
  const { digest } = plan;
  const told = unsaid === null ? notices : [unsaid, ...notices];
  const release = { workflow: words.releaseWorkflow, repository: run.repository };
  const files = isFileRequest(request) ? { files: { extraLeft: done.extraLeft ?? null } } : {};
  const asked = { request: requestLines(request), reason, wait, dryRun, ...files };
  const portal = grantsAccess(request) ? portalFor(results, cloud) : null;
  const notes = { ...asked, words, run, portal, endpoints, remarks, notices: told, digest, lack, release };
  await summarizeResults(results, notes);
  return green && areSet;
}

/** Reports an inventory. Its code is loaded only where there is one. */
async function showInventory(
  inventory: Inventory,
  { notices, lack }: Run,
  request: AnyRequest,
  inputs: Inputs<unknown>,
  { words }: Cloud,
  { run, audit, folder, plan }: Reporting,
): Promise<boolean> {
  const [{ keepInventory }, { reportInventory }, { summarizeInventory }] = await Promise.all([
    import('./action/report/inventory-output.ts'),
    import('./action/report/inventory-report.ts'),
    import('./action/report/inventory-summary.ts'),
  ]);
  const outputs = keepInventory(inventory, { cloud: inputs.cloud, audit, folder });
  const areSet = setOutputs([], [], writeResultsFile([], audit, folder), plan, lack, outputs);
  reportInventory(inventory, { words, lack, outputs });
  const { endpoints } = inputs;
  await summarizeInventory(inventory, { words, request: requestLines(request), run, endpoints, notices, lack });
  return areSet && lack === null;
}

/** Where the principals of the grants that succeeded sign in, `null` where that is not certain. */
function portalFor(results: readonly Result[], cloud: Cloud): Portal | null {
  for (const { grant, outcome } of results) {
    if (outcome.status !== 'SUCCEEDED' || grant.kind !== 'assignment') continue;
    const portal = cloud.portal?.(grant.principal) ?? null;
    if (portal !== null) return portal;
  }
  return null;
}

function sayPlan({ file, digest }: PlanOutputs): void {
  if (digest !== '') log.info(`Plan digest: ${digest}`);
  if (file !== '') log.info(`Plan file: ${file}`);
}
