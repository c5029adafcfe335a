import type { Budget } from '#access/clock';
import type { Cloud } from '#access/cloud';
import { InputFaults, isInWords, Refusal, type Fault } from '#access/errors';
import type { IdentityTokens } from '#access/identity-token';
import { endOf, stands, type HeldGrant } from '#access/leases/journal';
import { accessTaken, releaseAll } from '#access/leases/operations/release';
import type { Result } from '#access/outcome';
import { remarksOn } from '#access/engine/remarks';
import { createConnections, type OpenConnections } from './action/connections.ts';
import { homeFolder, readFile, readTextOrNothing, readVariables } from './action/environment.ts';
import { findTokenSource } from './action/github/id-token.ts';
import { inputVariable } from './action/inputs/values.ts';
import { log, logError } from './action/log.ts';
import * as messages from './action/messages/failures.ts';
import { product } from './action/messages/report.ts';
import { proxyFaults } from './action/proxies.ts';
import { reportNotReleased } from './action/report/failure-report.ts';
import { summarizeFailure } from './action/report/failure-summary.ts';
import { reportResults } from './action/report/report.ts';
import { remedyLines } from './action/report/faults.ts';
import { readAsker, readOrigin, readRunContext, type RunContext } from './action/github/run-context.ts';
import { readSavedState, type Saved } from './action/state/saved-state.ts';
import { maskEnvironment } from './action/secrets.ts';
import { summarizeResults, type SummaryNotes } from './action/report/summary.ts';
import { reopen, secretVariables, type Reopened } from './clouds.ts';
import { cancelOnSignal, cloudTools, machine, openLiveness, openMint } from './step-tools.ts';

/** Time limit of the post step, in milliseconds: it has four minutes in all. What is not done by then ends in another way. */
const longestMs = 3 * 60_000 + 40_000;

/** Part of that time for the deletions after signing in, in milliseconds: they are short. */
const sendingMs = 20_000;

/** Releases the leases of the main step, all grants together, by the state that main saved and nothing else. */
export async function runPostRelease(): Promise<void> {
  const variables = readVariables();
  maskEnvironment(variables, secretVariables);
  const context = readRunContext(variables, readTextOrNothing);
  const saved = readSavedState(variables);
  switch (saved.kind) {
    case 'nothing':
      return;
    case 'unreadable':
      await refuseState(saved.why, context);
      process.exitCode = 1;
      return;
    case 'leases':
      if (!(await release(saved, variables, context))) process.exitCode = 1;
  }
}

/** Reports state that cannot be trusted: the step does not act on it, and a person has to know what it concerns. */
async function refuseState(why: string, context: RunContext): Promise<void> {
  const lines = [messages.notReleased(why)];
  logError(`${product}: FAILED`, lines);
  await summarizeFailure(`${product}: ${messages.nothingReleased}`, lines, [], context);
}

type SavedLeases = Extract<Saved, { readonly kind: 'leases' }>;

/** Returns whether the step ends green. */
async function release(
  saved: SavedLeases,
  variables: ReadonlyMap<string, string>,
  context: RunContext,
): Promise<boolean> {
  try {
    return await perform(saved, variables, context);
  } catch (error) {
    await reportNotReleased(error, saved.held.length, context);
    return false;
  }
}

async function perform(
  { leases, held }: SavedLeases,
  variables: ReadonlyMap<string, string>,
  context: RunContext,
): Promise<boolean> {
  const signal = cancelOnSignal();
  const began = machine.clock.now();
  checkCertificates();
  const connections = connect(variables);
  const { reason } = leases;
  try {
    const reopened = await reopen(leases.cloud, leases.anchor);
    if (reopened === null) throw new Refusal(messages.noSignIn, messages.reportIt);
    restore(reopened, leases, variables);
    const source = findTokenSource(variables, context.event);
    const mint = openMint('url' in source ? source : null, reopened.audience, connections, signal);
    const tokens = 'url' in source ? mint : noTokensSince(source);
    const liveness = openLiveness(
      readAsker(variables, inputVariable('github-token', variables) ?? '', leases.apiUrl),
      connections,
    );
    const latest = began + longestMs;
    // Ambient credentials need no token. A federated sign-in without one cannot succeed.
    const getsIn = 'url' in source || reopened.audience === null;
    const signInUntil = getsIn ? (): number => latest - sendingMs : null;
    const origin = readOrigin(variables, null);
    const cloud = await reopened.open(cloudTools(tokens, connections, origin, liveness, null, signInUntil));
    if (cloud.leases === null) throw new TypeError('a cloud that took leases has them');
    log.info(messages.releasing(held.length));
    await signInFirst(cloud, { until: latest, signal });
    const timeoutMs = latest - machine.clock.now();
    const order = { timeoutMs, maxInFlight: null, latest, deniedEndFails: false, reason };
    const tools = { ...machine, cloud, signal, onStarted: () => undefined };
    const results = await releaseAll(mostDangerousFirst(held), cloud.leases, order, tools);
    const run = { ...context, environment: mint?.claims()?.['environment'] ?? null };
    const remarks = await remarksOn(accessTaken(results), 'remove', tools);
    return await report(results, leases, { words: cloud.words, run, remarks });
  } finally {
    connections.close();
  }
}

/** Signs in before any grant begins, because their time is short. Each grant reports the error of the sign-in itself. */
async function signInFirst(cloud: Cloud, budget: Budget): Promise<void> {
  try {
    await cloud.signIn(budget);
  } catch (error) {
    if (!isInWords(error)) throw error;
  }
}

/** A later step may have switched the checks off: anyone between the runner and the cloud could then read the credentials. */
function checkCertificates(): void {
  const variable = 'NODE_TLS_REJECT_UNAUTHORIZED';
  if (process.env[variable] !== '0') return;
  Reflect.deleteProperty(process.env, variable);
  log.warning(messages.checksOff(variable));
}

/** A later step may have set a proxy that main would have refused: access is ended anyway, as long as that is possible. */
function connect(variables: ReadonlyMap<string, string>): OpenConnections {
  try {
    return createConnections();
  } catch (error) {
    const faults = proxyFaults(variables, process.versions.node);
    throw faults.length === 0 ? error : new InputFaults(faults);
  }
}

/** The job may have lost the permission for tokens since main: each lease reports the result. */
function noTokensSince(fault: Fault): IdentityTokens {
  const { input, problem } = fault;
  return { mint: () => Promise.reject(new Refusal(`${input}: ${problem}`, remedyLines(fault).join(' '))) };
}

/** First the leases that nothing else ends, then those that surely exist, then those with the latest end. */
function mostDangerousFirst(held: readonly HeldGrant[]): readonly HeldGrant[] {
  const rank = ({ holder, progress }: HeldGrant): number => (holder === '' ? 0 : stands(progress) ? 1 : 2);
  return held.toSorted((a, b) => rank(a) - rank(b) || endOf(b) - endOf(a));
}

/** Restores the settings that main used. */
function restore(
  { restored }: Reopened,
  { endpoints }: SavedLeases['leases'],
  variables: ReadonlyMap<string, string>,
): void {
  const around = { variables, file: readFile, homeFolder: homeFolder(variables) };
  for (const { variable, value, warning } of restored(endpoints, around)) {
    if (warning !== null) log.warning(warning);
    if (value === undefined) Reflect.deleteProperty(process.env, variable);
    else process.env[variable] = value;
  }
}

async function report(
  results: readonly Result[],
  { endpoints, reason }: SavedLeases['leases'],
  { words, run, remarks }: Pick<SummaryNotes, 'words' | 'run' | 'remarks'>,
): Promise<boolean> {
  const green = reportResults(results, { wait: true, dryRun: false, words, lack: null });
  for (const remark of remarks) log.info(remark);
  const asked = { request: [], reason, wait: true, dryRun: false };
  const none = { portal: null, notices: [], digest: '', lack: null, release: null };
  const notes = { ...asked, ...none, words, run, endpoints, remarks };
  await summarizeResults(results, notes);
  return green;
}
