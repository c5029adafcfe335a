import { loadEstate, type Estate } from '../../rehearsal/estate.ts';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect, RequestMatch } from '../../rehearsal/script.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { byIds, byNames, errors, ids, inWorld, onCallAssignment, pushAll, pushOne, step } from './support.ts';

/** A change that a step makes, and how to tell from the cloud that it was made. */
export interface Case {
  readonly inputs: Step['inputs'];
  readonly prepare: (world: World) => void;
  readonly reached: (world: World) => boolean;
  /** How many accounts it changes. */
  readonly changes: number;
}

const nothing = (): undefined => undefined;
const readOnlyAssignment = { ...onCallAssignment, permissionSetArn: ids.readOnly };
const latestEverywhere = ({ estate }: World): boolean => estate.outdated().length === 0;

export const cases = {
  'assign by ids': {
    inputs: byIds,
    prepare: nothing,
    reached: ({ estate }) => estate.has(onCallAssignment),
    changes: 1,
  },
  'assign by names': {
    inputs: { ...byNames, role: 'ReadOnlyAccess' },
    prepare: nothing,
    reached: ({ estate }) => estate.has(readOnlyAssignment),
    changes: 1,
  },
  revoke: {
    inputs: { ...byIds, operation: 'revoke' },
    prepare: ({ estate }) => {
      estate.add(onCallAssignment);
    },
    reached: ({ estate }) => !estate.has(onCallAssignment),
    changes: 1,
  },
  'provision one account': {
    inputs: pushOne,
    prepare: ({ estate }) => {
      estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
    },
    reached: latestEverywhere,
    changes: 1,
  },
  'provision all accounts': {
    inputs: pushAll,
    prepare: ({ estate }) => {
      estate.edit('ReadOnlyAccess');
    },
    reached: latestEverywhere,
    changes: 3,
  },
} satisfies Readonly<Record<string, Case>>;

export const effects = {
  'a throttle': { kind: 'throttle' },
  'a throttle that says for how long': { kind: 'throttle', retryAfterSeconds: 3 },
  'a conflict': { kind: 'conflict' },
  'a 5xx': { kind: 'error', status: 500, code: 'InternalServerException', message: 'try later' },
  'a 5xx in HTML': { kind: 'http', status: 500, body: '<html><h1>Bad Gateway</h1></html>', contentType: 'text/html' },
  'a reset': { kind: 'reset' },
  'a lost response': { kind: 'lost' },
  'no answer': { kind: 'hang' },
} satisfies Readonly<Record<string, Effect>>;

/** Operations end between the first poll and the second: a poll that finds them running, and one that finds the end. */
export const options: WorldOptions = { estate: smallEstate(), operations: { durationMs: 1_200 } };

export const lagging: WorldOptions = { lag: { assignmentsMs: 3_000, statusMs: 2_000, provisioningMs: 3_000 } };

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

/** What is wrong with how a step ended: it has to be green, done once, and to say so. Empty where all is well. */
function faultsOf(world: World, result: StepResult, { reached, changes }: Case): readonly string[] {
  const { estate } = world;
  const { status, changed, 'request-id': requestId = '' } = result.outputs;
  const [operation, ...others] = estate.operations();
  const reused = result.requests.filter(({ idToken }) => (idToken?.uses ?? 0) > 1);
  const checks: Readonly<Record<string, boolean>> = {
    'exit code is not 0': result.exitCode === 0,
    [`status is ${status ?? 'missing'}`]: status === 'SUCCEEDED',
    [`changed is ${changed ?? 'missing'}`]: changed === 'true',
    'the cloud is not in the right state': reached(world),
    [`${estate.effectiveChanges().length} effective changes`]: estate.effectiveChanges().length === changes,
    [`${others.length} operations too many were started`]: others.length === 0,
    [`request-id is "${requestId}", the operation's is ${operation?.requestId ?? 'missing'}`]:
      operation?.requestId === requestId,
    'a red annotation': errors(result) === '',
    'an ID token was presented twice': reused.length === 0,
  };
  return Object.entries(checks).flatMap(([problem, fine]) => (fine ? [] : [problem]));
}

/** A conflict is no passing answer where nothing is started: a red end before any change, with the text that it has to say. */
function rightlyFinal({ service, scripted }: JournalEntry): RegExp | null {
  if (scripted !== 'conflict') return null;
  switch (service) {
    case 'oidc':
      return /GitHub gave no ID token in one try: the HTTP status was 409/u;
    case 'sts':
      return /sts:AssumeRoleWithWebIdentity answered Conflict: /u;
    case 'organizations':
      return /organizations:\w+ answered ConcurrentModificationException: /u;
    case 'sso':
    case 'identitystore':
      return null;
  }
}

function faultsOfRefused(world: World, result: StepResult, text: RegExp): readonly string[] {
  const checks: Readonly<Record<string, boolean>> = {
    'exit code is not 1': result.exitCode === 1,
    'status is not FAILED': result.outputs['status'] === 'FAILED',
    [`the error does not say ${text.source}`]: text.test(errors(result)),
    'something was started': world.estate.operations().length === 0,
  };
  return Object.entries(checks).flatMap(([problem, fine]) => (fine ? [] : [problem]));
}

/** What was told for how long to wait has to wait as long; 0 where nothing was. */
function waited(result: StepResult, effect: Effect | undefined): boolean {
  const wanted = effect?.kind === 'throttle' ? (effect.retryAfterSeconds ?? 0) : 0;
  const { requests } = result;
  const hit = requests.find(({ scripted }) => scripted !== undefined);
  const same = (entry: JournalEntry): boolean =>
    entry.operation === hit?.operation && JSON.stringify(entry.body) === JSON.stringify(hit.body);
  const next = requests.find((entry) => hit !== undefined && entry.index > hit.index && same(entry));
  return hit === undefined || next === undefined || next.at - hit.at >= wanted * 1_000;
}

let runs = 0;

/** How many times the built action was run. */
export function runCount(): number {
  return runs;
}

/** Runs a case under a script; what was wrong with it, the log below, or nothing. */
export function run(it: Case, faults: Faults, more: WorldOptions = {}): Promise<readonly string[]> {
  return inWorld({ ...options, ...more }, async (world) => {
    it.prepare(world);
    for (const [match, effect] of faults) world.script.fault(match, effect);
    const result = await step(world, it.inputs);
    runs += 1;
    const met = result.requests.filter(({ scripted }) => scripted !== undefined);
    const [first] = met;
    const final = met.length === 1 && first !== undefined ? rightlyFinal(first) : null;
    const problems = [
      ...(final === null ? faultsOf(world, result, it) : faultsOfRefused(world, result, final)),
      ...(met.length === faults.length ? [] : [`${met.length} of ${faults.length} faults were met`]),
      ...(waited(result, faults[0]?.[1]) ? [] : ['it did not wait for as long as it was told']),
    ];
    const where = met.map(({ operation, scripted }) => `${scripted ?? ''} at ${operation}`).join(', ');
    return problems.length === 0 ? [] : [`${where}: ${problems.join('; ')}\n${result.log}`];
  });
}

/** The operations that a run without a fault requests, in order. */
export function cleanRequests(it: Case): Promise<readonly string[]> {
  return inWorld(options, async (world) => {
    it.prepare(world);
    const result = await step(world, it.inputs);
    runs += 1;
    const problems = faultsOf(world, result, it);
    if (problems.length > 0) throw new Error(`a clean run ended wrong: ${problems.join('; ')}\n${result.log}`);
    return result.requests.map(({ operation }) => operation);
  });
}
