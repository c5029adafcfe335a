import type { JournalEntry, ServiceName } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { isReadable } from './altered-answers.ts';
import { isWhole } from './matrix.ts';
import { resultsOf } from './reports.ts';
import { errors, severalAtOnce } from './support.ts';

/** An existing grant: principal, role, target and properties. */
export interface Held {
  readonly key: string;
  readonly properties: string;
}

/** A reconcile of access files in a cloud. */
export interface Reconciling {
  /** Runs a scene in a world of its own, with everything that a reconcile can meet. */
  inWorld<T>(scene: (world: World) => Promise<T>): Promise<T>;
  reconcile(world: World): Promise<StepResult>;
  /** Everything that exists, without any lag. */
  held(world: World): readonly Held[];
  /** Assignments that a run without faults makes or updates, and the keys of those that it removes. All others stay. */
  due(world: World): { readonly made: readonly Held[]; readonly removed: readonly string[] };
  /** Key of a grant, as results of a step have it. */
  keyOf(result: Readonly<Record<string, unknown>>): string;
  isWrite(entry: JournalEntry): boolean;
  /** Words of notices about access that stays because the directory is not readable. */
  readonly keptUnread: RegExp;
}

/** Fault at a request. */
export type Fault = (entry: JournalEntry) => Effect;
export type NamedFault = readonly [string, Fault];

/** @param codeOf a service's own code for it */
export function refusal(status: number, codeOf: (service: ServiceName) => string): Fault {
  return ({ service }) => ({ kind: 'error', status, code: codeOf(service) });
}

const page = '<!DOCTYPE html><html><head><title>Sign in to this network</title></head><body></body></html>';

/** The faults for which no service has its own words. A request has ten seconds for its response. */
export const wireFaults: readonly NamedFault[] = (
  [
    ['429 with Retry-After', { kind: 'throttle', retryAfterSeconds: 5 }],
    ['an HTML page', { kind: 'http', status: 200, body: page, contentType: 'text/html' }],
    ['a cut connection', { kind: 'reset' }],
    ['a connection cut before the answer', { kind: 'lost' }],
    ['an answer that breaks off', { kind: 'broken' }],
    ['a slow answer', { kind: 'delay', ms: 8_000 }],
    ['an answer that is too late', { kind: 'delay', ms: 25_000 }],
    ['a request that arrives after the step gave it up', { kind: 'late', ms: 25_000 }],
  ] satisfies readonly (readonly [string, Effect])[]
).map(([name, effect]) => [name, () => effect]);

/** Time after a run, in milliseconds, by which every request on its way has arrived. */
const settledMs = 60_000;

/** State before and after a run without faults, and its requests. */
export interface Clean {
  readonly before: readonly Held[];
  readonly after: readonly Held[];
  readonly requests: readonly JournalEntry[];
}

/** Requests of a run that meet a fault. @param index of a request in its run, from 0 */
export type HasFault = (entry: JournalEntry, index: number) => boolean;

/** Runs a reconcile without faults, which must make exactly the due changes. */
export function cleanRun(it: Reconciling): Promise<Clean> {
  return it.inWorld(async (world) => {
    const before = it.held(world);
    const { made, removed } = it.due(world);
    const changed = new Set([...removed, ...made.map(({ key }) => key)]);
    const after = [...before.filter(({ key }) => !changed.has(key)), ...made];
    const run = await it.reconcile(world);
    const wrong = differences(after, it.held(world));
    if (run.exitCode !== 0 || wrong.length > 0) throw new Error(`without a fault: ${wrong.join('; ')}\n${run.log}`);
    return { before, after, requests: run.requests };
  });
}

/** Indexes of the requests that a fault meets one at a time: all, or in ordinary tests one of so many. */
export function indexesOf(count: number, row: number, oneIn: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index).filter((index) => isWhole || index % oneIn === row % oneIn);
}

/** Runs a reconcile under a fault, then one without. Returns all their problems. */
export function runUnder(it: Reconciling, clean: Clean, fault: Fault, hasFault: HasFault): Promise<readonly string[]> {
  return it.inWorld(async (world) => {
    const base = world.journal.mark();
    const clear = world.script.weather((entry) => (hasFault(entry, entry.index - base) ? fault(entry) : undefined));
    const first = await it.reconcile(world);
    clear();
    await world.advance(settledMs);
    const now = it.held(world);
    const second = await it.reconcile(world);
    const problems = [
      ...problemsOf(it, clean, first, now),
      ...(second.exitCode === 0 ? [] : [`the second run is red: ${errors(second)}`]),
      ...differences(clean.after, it.held(world)).map((one) => `after the second run: ${one}`),
    ];
    const met = first.requests.filter(({ scripted }) => scripted !== undefined);
    const at = [...new Set(met.map(({ service, operation, scripted }) => `${service} ${operation} ${scripted}`))];
    return problems.map((problem) => `${at.join(', ')}: ${problem}`);
  });
}

/** Problems of a run under a fault. */
function problemsOf(it: Reconciling, clean: Clean, run: StepResult, now: readonly Held[]): readonly string[] {
  const isGreen = run.exitCode === 0;
  const isChanged = differences(clean.before, now).length > 0;
  const wrong = differences(clean.after, now);
  const isKept = it.keptUnread.test(run.log) && wrong.every((one) => one.startsWith(left));
  const { status = 'none', changed } = run.outputs;
  const checks: Readonly<Record<string, boolean>> = {
    [`${status}, exit code ${run.exitCode ?? 'none'}`]: isGreen === (status === 'SUCCEEDED'),
    [`green, and ${wrong.join('; ')}`]: !isGreen || wrong.length === 0 || isKept,
    'red without a reason': isGreen || errors(run) !== '',
    'not readable': isReadable(run),
    [`changed is ${changed ?? 'missing'}`]: status === 'IN_PROGRESS' || (changed === 'true') === isChanged,
    'written after a read that failed': !isWrittenAfterFailedRead(it, run),
  };
  return [
    ...Object.entries(checks).flatMap(([problem, isFine]) => (isFine ? [] : [problem])),
    ...touched(clean, now),
    ...liesOf(it, clean, run, now),
  ];
}

/**
 * Access that exists before and after a run without faults and is gone, and access that existed neither before nor
 * after.
 */
function touched({ before, after }: Clean, now: readonly Held[]): readonly string[] {
  const [was, willBe, is] = [before, after, now].map((those) => new Set(those.map(lineOf)));
  if (was === undefined || willBe === undefined || is === undefined) return [];
  const gone = [...was].filter((line) => willBe.has(line) && !is.has(line));
  const strange = [...is].filter((line) => !was.has(line) && !willBe.has(line));
  const unmade = [...willBe].some((line) => !is.has(line));
  const made = new Set(after.map(({ key }) => key));
  const removed = before.filter(({ key }) => !made.has(key) && !now.some((one) => one.key === key));
  return [
    ...gone.map((line) => `removed or changed: ${line}`),
    ...strange.map((line) => `made: ${line}`),
    ...(unmade && removed.length > 0 ? [`removed before all was made: ${removed.map(lineOf).join('; ')}`] : []),
  ];
}

/** Results that differ from the real state. */
function liesOf(it: Reconciling, { after }: Clean, run: StepResult, now: readonly Held[]): readonly string[] {
  if ((run.outputs['results'] ?? '') === '') return [];
  return resultsOf(run).flatMap((result) => {
    const key = it.keyOf(result);
    const isThere = now.some((one) => one.key === key);
    const isRight = now.some((one) => one.key === key && after.some((it) => lineOf(it) === lineOf(one)));
    const { status, action, changed } = result;
    const isRemoval = action === 'remove';
    const isDone = isRemoval ? !isThere : isRight;
    const isStaying = isRemoval && status === 'SUCCEEDED' && changed === false;
    const isTrue = status === 'SUCCEEDED' ? isDone || isStaying : status !== 'FAILED' || action === 'keep' || !isDone;
    return isTrue ? [] : [`${String(action)} ${key} is ${String(status)}`];
  });
}

function isWrittenAfterFailedRead(it: Reconciling, { exitCode, requests }: StepResult): boolean {
  const [first] = requests.filter((entry) => it.isWrite(entry));
  const failed = requests.find(({ scripted }) => scripted !== undefined);
  return exitCode !== 0 && first !== undefined && failed !== undefined && failed.index < first.index;
}

/** Differences where access had to be removed and stays. */
const left = 'left ';

function differences(expected: readonly Held[], actual: readonly Held[]): readonly string[] {
  const [should, is] = [new Set(expected.map(lineOf)), new Set(actual.map(lineOf))];
  return [
    ...[...should].filter((line) => !is.has(line)).map((line) => `missing ${line}`),
    ...[...is].filter((line) => !should.has(line)).map((line) => `${left}${line}`),
  ];
}

function lineOf({ key, properties }: Held): string {
  return `${key} ${properties}`.trimEnd();
}

/** Runs each request in turn with a fault. Returns all problems of the runs. */
export async function problemsAtRequests(
  it: Reconciling,
  clean: Clean,
  fault: Fault,
  row: number,
  oneIn: number,
): Promise<readonly string[]> {
  const run = (affected: number): Promise<readonly string[]> =>
    runUnder(it, clean, fault, (_, index) => index === affected);
  return problemsWith(indexesOf(clean.requests.length, row, oneIn), run);
}

/** Runs all of these cases, two at once. @returns the problems */
export async function problemsWith<T>(
  cases: readonly T[],
  run: (one: T) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  return (await severalAtOnce(cases, run, 2)).flat();
}
