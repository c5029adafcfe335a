import type { Budget } from './access/clock.ts';
import type { Cloud } from './access/cloud.ts';
import { Cancelled, Refusal } from './access/errors.ts';
import { isLeaseRequest, type Request } from './access/request.ts';
import type { Planning } from './access/plan-document.ts';
import { opening, type OpenCloud } from './access/declaration.ts';
import type { IdentityTokens } from './access/identity-token.ts';
import type { Run } from './access/run.ts';
import type { Connections } from './access/connections.ts';
import { homeFolder, readFile, readVariables } from './action/environment.ts';
import { createTokenMint, findTokenSource, type TokenMint, type TokenSource } from './action/id-token.ts';
import { readInputs, type Inputs } from './action/inputs.ts';
import { announce } from './action/announcement.ts';
import { log } from './action/log.ts';
import { setOutputs, startedOutputs, type PlanOutputs } from './action/outputs.ts';
import { keepPlan } from './action/plan-output.ts';
import { reportError, reportResults } from './action/report.ts';
import { toRecord, writeResultsFile, type AuditContext } from './action/results.ts';
import { readRunContext, type RunContext } from './action/run-context.ts';
import { mask, maskEnvironment } from './action/secrets.ts';
import { saveState } from './action/state.ts';
import { summarizeResults } from './action/summary.ts';
import { awsDeclaration } from './aws/declaration.ts';
import { azureDeclaration } from './azure/declaration.ts';
import { systemClock as clock } from './system-clock.ts';
import { keepHeapSmall } from './heap.ts';
import { version } from './version.ts';

const random = Math.random;

/** What each cloud declares; the cloud itself is loaded only when it is asked for. */
const clouds = {
  aws: opening(awsDeclaration, async (settings, tools) => (await import('./aws/cloud.ts')).openAws(settings, tools)),
  azure: opening(azureDeclaration, async (settings, tools) =>
    (await import('./azure/cloud.ts')).openAzure(settings, tools),
  ),
} as const;

/** Signing in has this long of its own, in milliseconds. */
const signInMs = 2 * 60_000;

/** The main step: read inputs, pick the cloud, run, report. */
export async function runMain(): Promise<void> {
  saveState({ version: 1 });
  keepHeapSmall();
  const signal = cancelOnSignal();
  const variables = readVariables();
  const context = readRunContext(variables, readFile);
  let reason: string | null = null;
  const onReason = (told: string | null): void => {
    reason = told;
  };
  try {
    if (!(await perform(variables, context, signal, onReason))) process.exitCode = 1;
  } catch (error) {
    process.exitCode = 1;
    await reportError(error, { ...context, reason }, variables.get('RUNNER_TEMP'));
  }
}

/** Returns whether the step ends green. */
async function perform(
  variables: ReadonlyMap<string, string>,
  context: RunContext,
  cancelled: AbortSignal,
  onReason: (reason: string | null) => void,
): Promise<boolean> {
  maskEnvironment(
    variables,
    Object.values(clouds).flatMap(({ secretVariables }) => secretVariables),
  );
  const source = findTokenSource(variables, context);
  const inputs = readInputs<OpenCloud>(clouds, {
    surroundings: { variables, file: readFile, homeFolder: homeFolder(variables), runName: context.runName },
    event: context.event,
    tokenFault: 'url' in source ? null : source,
  });
  announce(inputs);
  const { request } = inputs;
  if ('reason' in request) onReason(request.reason);
  if (isLeaseRequest(request) || request.lifetime.kind === 'lease') {
    throw new Refusal('Leases are not built yet.', 'Use a later version of the action.');
  }
  // Loaded only by a step whose inputs are right.
  const [{ createConnections }, { run }] = await Promise.all([
    import('./action/connections.ts'),
    import('./access/run.ts'),
  ]);
  const connections = createConnections(process.env);
  // Look-ups that are still under way when the outcome is known end with it.
  const ended = new AbortController();
  const signal = AbortSignal.any([cancelled, ended.signal]);
  try {
    const mint = 'url' in source ? createMint(source, inputs, connections, signal) : null;
    const cloud = await openCloud(inputs, mint, connections);
    const plan = planningOf(inputs, request.dryRun, variables.get('RUNNER_TEMP'));
    const onStarted = startedOutputs();
    const { planning } = plan;
    const done = await run(request, { cloud, clock, random, log, signal, onStarted, planning });
    const environment = mint?.claims()?.['environment'] ?? null;
    const audit = { ...context, environment, reason: request.reason, dryRun: request.dryRun };
    return await report(done, request, inputs, cloud, {
      audit,
      folder: variables.get('RUNNER_TEMP'),
      plan: plan.kept(),
    });
  } finally {
    ended.abort(new Cancelled('The run has ended'));
    connections.close();
  }
}

/** What the run does with its plan, and where that has gone to. */
function planningOf(
  { cloud, planning: { wanted, expected, planFor, file } }: Inputs<unknown>,
  dryRun: boolean,
  folder: string | undefined,
): { readonly planning: Planning; readonly kept: () => PlanOutputs } {
  let kept: PlanOutputs = { file: '', digest: '' };
  const onPlan: Planning['onPlan'] = (document) => {
    kept = keepPlan(document, { file, always: dryRun, folder });
  };
  return { planning: { cloud, wanted, expected, planFor, onPlan }, kept: () => kept };
}

/** The first token is on its way while the cloud's clients load. */
function createMint(
  source: TokenSource,
  { audience }: Inputs<unknown>,
  connections: Connections,
  signal: AbortSignal,
): TokenMint {
  const mint = createTokenMint(source, { clock, random, log, mask, connections });
  const budget: Budget = { until: clock.now() + signInMs, signal };
  if (audience !== null) mint.prefetch(audience, budget);
  return mint;
}

const noTokens: IdentityTokens = {
  mint: () => Promise.reject(new TypeError('this sign-in takes no ID token')),
};

function openCloud(
  { settings: open, requestsPerSecond }: Inputs<OpenCloud>,
  tokens: IdentityTokens | null,
  connections: Connections,
): Promise<Cloud> {
  return open({
    clock,
    random,
    log,
    tokens: tokens ?? noTokens,
    mask,
    connections,
    requestsPerSecond,
    product: ['cloud-access', version],
  });
}

/** What a report goes with. */
interface Reporting {
  readonly audit: AuditContext;
  /** The runner's folder for what lasts as long as the job. */
  readonly folder: string | undefined;
  readonly plan: PlanOutputs;
}

async function report(
  { results, remarks, notices }: Run,
  { operation, reason, wait, dryRun }: Request,
  { endpoints }: Inputs<unknown>,
  { words }: Cloud,
  { audit, folder, plan }: Reporting,
): Promise<boolean> {
  const records = results.map(toRecord);
  const file = writeResultsFile(records, audit, folder);
  setOutputs(results, records, file, plan);
  const green = reportResults(results, { wait, dryRun, words });
  for (const remark of remarks) log.info(remark);
  sayPlan(plan);
  await summarizeResults(results, {
    operation,
    reason,
    words,
    endpoints,
    remarks,
    notices,
    dryRun,
    digest: plan.digest,
  });
  return green;
}

function sayPlan({ file, digest }: PlanOutputs): void {
  if (digest !== '') log.info(`Plan digest: ${digest}`);
  if (file !== '') log.info(`Plan file: ${file}`);
}

/**
 * The runner cancels with SIGINT, 7.5 s later SIGTERM, 2.5 s later it kills. Either signal stops the waiting: what is
 * in flight is said, nothing more is sent, and the process ends by itself.
 */
function cancelOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort(new Cancelled(`The step was cancelled (${name})`));
    });
  }
  return controller.signal;
}
