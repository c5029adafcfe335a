import type { Budget } from './access/clock.ts';
import type { Cloud } from './access/cloud.ts';
import { describeEndpoints } from './access/endpoints.ts';
import { Cancelled } from './access/errors.ts';
import { opening, type OpenCloud } from './access/declaration.ts';
import type { IdentityTokens } from './access/identity-token.ts';
import { run, type Run } from './access/run.ts';
import type { Connections } from './access/connections.ts';
import { homeFolder, readFile, readVariables } from './action/environment.ts';
import { createTokenMint, findTokenSource, type TokenMint, type TokenSource } from './action/id-token.ts';
import { readInputs, type Inputs } from './action/inputs.ts';
import { log } from './action/log.ts';
import { setOutputs, startedOutputs } from './action/outputs.ts';
import { reportError, reportResults } from './action/report.ts';
import { toRecord, writeResultsFile } from './action/results.ts';
import { readRunContext, type RunContext } from './action/run-context.ts';
import { mask, maskEnvironment } from './action/secrets.ts';
import { saveState } from './action/state.ts';
import { summarizeResults } from './action/summary.ts';
import { awsDeclaration } from './aws/declaration.ts';
import { azureDeclaration } from './azure/declaration.ts';
import { systemClock as clock } from './system-clock.ts';
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
  const signal = cancelOnSignal();
  const variables = readVariables();
  const context = readRunContext(variables, readFile);
  try {
    if (!(await perform(variables, context, signal))) process.exitCode = 1;
  } catch (error) {
    process.exitCode = 1;
    await reportError(error, context, variables.get('RUNNER_TEMP'));
  }
}

/** Returns whether the step ends green. */
async function perform(
  variables: ReadonlyMap<string, string>,
  context: RunContext,
  cancelled: AbortSignal,
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
  const { createConnections } = await import('./action/connections.ts');
  const connections = createConnections(process.env);
  // Look-ups that are still under way when the outcome is known end with it.
  const ended = new AbortController();
  const signal = AbortSignal.any([cancelled, ended.signal]);
  try {
    const mint = 'url' in source ? createMint(source, inputs, connections, signal) : null;
    const cloud = await openCloud(inputs, mint, connections);
    const onStarted = startedOutputs();
    const done = await run(inputs.request, { cloud, clock, random, log, signal, onStarted });
    return await report(
      done,
      inputs,
      cloud,
      { ...context, environment: mint?.claims()?.['environment'] ?? null },
      variables,
    );
  } finally {
    ended.abort(new Cancelled('The run has ended'));
    connections.close();
  }
}

/** The first lines of the log: what was asked for, and what bends it from outside. */
function announce({ request, endpoints }: Inputs<unknown>): void {
  const { operation, principals, roles, targets } = request;
  const asked = { principal: principals, role: roles, target: targets };
  const lines = Object.entries(asked).flatMap(([input, those]) => those.map(({ text }) => `${input} ${text}`));
  log.info(`Asked to ${operation}: ${lines.join(', ')}.`);
  for (const line of describeEndpoints(endpoints)) log.info(line);
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
  { settings: open }: Inputs<OpenCloud>,
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
    product: ['cloud-access', version],
  });
}

async function report(
  { results, remarks }: Run,
  { request, endpoints }: Inputs<unknown>,
  { words }: Cloud,
  context: RunContext & { readonly environment: string | null },
  variables: ReadonlyMap<string, string>,
): Promise<boolean> {
  const records = results.map(toRecord);
  const file = writeResultsFile(records, context, variables.get('RUNNER_TEMP'));
  setOutputs(results, records, file);
  const green = reportResults(results, request.wait, words);
  for (const remark of remarks) log.info(remark);
  await summarizeResults(results, { operation: request.operation, words, endpoints, remarks });
  return green;
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
