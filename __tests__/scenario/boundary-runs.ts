import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import type { JournalEntry, ServiceName } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect, RequestMatch } from '../../rehearsal/script.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import type { Case } from './boundary-cases.ts';
import { errors, inWorld } from './support.ts';

/** Operations end between the first poll and the second: a poll that finds them running, and one that finds the end. */
export const options: WorldOptions = { estate: smallEstate(), aws: { operations: { durationMs: 1_200 } } };

export const lagging: WorldOptions = {
  aws: { lag: { assignmentsMs: 3_000, statusMs: 2_000, provisioningMs: 3_000 } },
  azure: { lag: { readMs: 3_000, deleteMs: 3_000 } },
};

export type Faults = readonly (readonly [RequestMatch, Effect])[];

/** Fewer permission sets to look a name up among: every kind of request is still made. */
function smallEstate(): Estate {
  const estate = loadEstate();
  const kept = new Set([
    'ReadOnlyAccess',
    'IncidentAdmin',
    ...(estate.assignments ?? []).map((it) => it.permissionSet),
  ]);
  return { ...estate, permissionSets: estate.permissionSets.filter(({ name }) => kept.has(name)) };
}

/** Problems with the end of a step: it must be green, done once, and report that. Empty without problems. */
function faultsOf(world: World, result: StepResult, { cloud, reached, changes }: Case): readonly string[] {
  const { status, changed, 'request-id': requestId = '' } = result.outputs;
  const expectedId = cloud.requestId(world, result);
  const reused = result.requests.filter(({ idToken }) => (idToken?.uses ?? 0) > cloud.idTokenUses);
  const checks: Readonly<Record<string, boolean>> = {
    'exit code is not 0': result.exitCode === 0,
    [`status is ${status ?? 'missing'}`]: status === 'SUCCEEDED',
    [`changed is ${changed ?? 'missing'}`]: changed === String(changes > 0),
    'the cloud is not in the right state': reached(world),
    [`${cloud.changes(world)} effective changes`]: cloud.changes(world) === changes,
    [`${cloud.started(world)} changes were started`]: cloud.started(world) <= Math.min(1, changes),
    [`request-id is "${requestId}", and not "${expectedId}"`]: requestId === expectedId,
    'a red annotation': errors(result) === '',
    'an ID token was presented too often': reused.length === 0,
  };
  return Object.entries(checks).flatMap(([problem, fine]) => (fine ? [] : [problem]));
}

/** Words of a red end before any change where a conflict, or a refused token, is not temporary. */
const finalConflicts: Readonly<Partial<Record<ServiceName, RegExp>>> = {
  oidc: /GitHub gave no ID token in one try: the HTTP status was 409/u,
  sts: /sts:AssumeRoleWithWebIdentity answered Conflict: /u,
  organizations: /organizations:\w+ answered ConcurrentModificationException: /u,
};
const finalRefusals: Readonly<Partial<Record<ServiceName, RegExp>>> = {
  oidc: /GitHub gave no ID token in one try: the HTTP status was 401/u,
};

function rightlyFinal({ service, operation, scripted, status }: JournalEntry, { inputs }: Case): RegExp | null {
  if (scripted === 'conflict') return finalConflicts[service] ?? null;
  if (status !== 401) return null;
  // Where no access token is presented, a new one does not help.
  // What ends access goes on signing in.
  if (operation === 'metadata' && inputs['operation'] !== 'revoke') return /: it has ended/u;
  return finalRefusals[service] ?? null;
}

function faultsOfRefused(world: World, result: StepResult, text: RegExp, { cloud }: Case): readonly string[] {
  const checks: Readonly<Record<string, boolean>> = {
    'exit code is not 1': result.exitCode === 1,
    'status is not FAILED': result.outputs['status'] === 'FAILED',
    [`the error does not say ${text.source}`]: text.test(errors(result)),
    'something was started': cloud.started(world) === 0,
  };
  return Object.entries(checks).flatMap(([problem, fine]) => (fine ? [] : [problem]));
}

/** The requested delay, which the step must wait; 0 without one. */
function waited(result: StepResult, effect: Effect | undefined): boolean {
  const wanted = effect?.kind === 'throttle' ? (effect.retryAfterSeconds ?? 0) : 0;
  const { requests } = result;
  const hit = requests.find(({ scripted }) => scripted !== undefined);
  const same = (entry: JournalEntry): boolean =>
    entry.operation === hit?.operation && JSON.stringify(entry.body) === JSON.stringify(hit.body);
  const later = requests.filter((entry) => hit !== undefined && entry.index > hit.index && same(entry));
  // Two exchanges can be in flight at once: the affected one is repeated last.
  const next = hit?.service === 'entra' ? later.at(-1) : later[0];
  return hit === undefined || next === undefined || next.at - hit.at >= wanted * 1_000;
}

let runs = 0;

/** Number of runs of the built action. */
export function runCount(): number {
  return runs;
}

/** Runs a case under a script; returns its problems with the log below them, or nothing. */
export function run(it: Case, faults: Faults, more: WorldOptions = {}): Promise<readonly string[]> {
  return inWorld({ ...options, ...it.cloud.world, ...more, aws: { ...options.aws, ...more.aws } }, async (world) => {
    it.prepare(world);
    for (const [match, effect] of faults) world.script.fault(match, effect);
    const result = await it.cloud.step(world, it.inputs);
    runs += 1;
    const met = result.requests.filter(({ scripted }) => scripted !== undefined);
    const [first] = met;
    const final = met.length === 1 && first !== undefined ? rightlyFinal(first, it) : null;
    const problems = [
      ...(final === null ? faultsOf(world, result, it) : faultsOfRefused(world, result, final, it)),
      ...(met.length === faults.length ? [] : [`${met.length} of ${faults.length} faults were met`]),
      ...(waited(result, faults[0]?.[1]) ? [] : ['it did not wait for as long as it was told']),
    ];
    const where = met.map(({ operation, scripted }) => `${scripted ?? ''} at ${operation}`).join(', ');
    return problems.length === 0 ? [] : [`${where}: ${problems.join('; ')}\n${result.log}`];
  });
}

/** The operations that a run without a fault requests, in order. */
export function cleanRequests(it: Case): Promise<readonly string[]> {
  return inWorld({ ...options, ...it.cloud.world }, async (world) => {
    it.prepare(world);
    const result = await it.cloud.step(world, it.inputs);
    runs += 1;
    const problems = faultsOf(world, result, it);
    if (problems.length > 0) throw new Error(`a clean run ended wrong: ${problems.join('; ')}\n${result.log}`);
    return result.requests.map(({ operation }) => operation);
  });
}
