import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { between, seeded } from '../access/engine/seeded.ts';
import type { Case } from './boundary-cases.ts';
import { options } from './boundary-runs.ts';
import { isWhole } from './matrix.ts';
import { errors, inWorld } from './support.ts';

/** A member of a JSON response, such as `value[].properties.scope`, or of an XML response by its name. */
type Path = string;

/** One alteration of all responses to one operation. */
export interface Alteration {
  readonly operation: string;
  readonly path: Path;
  readonly to: 'is missing' | 'is null' | 'is of another type' | 'is unknown';
}

/** From AWS itself it means an empty list: AWS leaves out empty lists (aws-sdk-js-v3#3648). */
const saysNone = 'sso ListAccountAssignments AccountAssignments';

/** Number of alterations that ordinary tests draw for each step: all of them take minutes. */
const some = 6;
const seed = Number(process.env['ALTERED_SEED'] ?? 1);

/** A value that no documentation has. */
const unknownValue = 'SOMETHING_NEW';

/** All alterations of the responses to a step without faults. */
export function alterationsOf(it: Case): Promise<readonly Alteration[]> {
  return inWorld({ ...options, ...it.cloud.world }, (world) => {
    it.prepare(world);
    return alterationsIn(world, () => it.cloud.step(world, it.inputs));
  });
}

/** All alterations of the responses to a step in this world, where it must end green. */
export async function alterationsIn(world: World, run: () => Promise<StepResult>): Promise<readonly Alteration[]> {
  const answers = new Map<string, Map<Path, unknown>>();
  const untap = tap(world, (entry, text) => {
    const operation = nameOf(entry);
    const known = answers.get(operation) ?? new Map<Path, unknown>();
    for (const [path, value] of membersOf(text)) known.set(path, value);
    answers.set(operation, known);
    return text;
  });
  const clean = await run();
  untap();
  if (clean.exitCode !== 0) throw new Error(`a clean run ended red:\n${clean.log}`);
  const all = [...answers].flatMap(([operation, members]) =>
    [...members].flatMap(([path, value]) => alterations(value).map((to) => ({ operation, path, to }))),
  );
  return all.filter(({ operation, path }) => `${operation} ${path}` !== saysNone);
}

/** Alters all responses to that operation, until the returned function is called. */
export function alter(world: World, alteration: Alteration): () => void {
  return tap(world, (entry, text) => (nameOf(entry) === alteration.operation ? altered(text, alteration) : text));
}

/** All alterations of a step, or in ordinary tests some of them. */
export function drawn(all: readonly Alteration[]): readonly Alteration[] {
  if (isWhole) return all;
  const random = seeded(seed);
  const rest = [...all];
  return Array.from({ length: some }, () => rest.splice(between(random, 0, rest.length - 1), 1)).flat();
}

/** Two services have an operation of the name `token`. */
function nameOf({ service, operation }: JournalEntry): string {
  return `${service} ${operation}`;
}

function alterations(value: unknown): readonly Alteration['to'][] {
  const always = ['is missing', 'is null', 'is of another type'] as const;
  return typeof value === 'string' && /^[A-Za-z][A-Z_a-z]+$/u.test(value) ? [...always, 'is unknown'] : always;
}

function tap(world: World, see: (entry: JournalEntry, text: string) => string): () => void {
  return world.script.weather((entry) => ({ kind: 'altered', alter: (text) => see(entry, text) }));
}

const xmlMember = /<(?<name>\w+)>(?<value>[^<]*)<\/\k<name>>/gu;

function membersOf(text: string): readonly (readonly [Path, unknown])[] {
  if (text.startsWith('<'))
    return [...text.matchAll(xmlMember)].map(({ groups }) => [groups?.['name'] ?? '', groups?.['value']] as const);
  return jsonMembers(parsed(text), '');
}

function parsed(text: string): unknown {
  // A description of a cloud begins with a byte order mark.
  return text === '' ? undefined : (JSON.parse(text.replace(/^\uFEFF/u, '')) as unknown);
}

function jsonMembers(value: unknown, path: Path): readonly (readonly [Path, unknown])[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => jsonMembers(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = path === '' ? name : `${path}.${name}`;
    return [[here, member] as const, ...jsonMembers(member, here)];
  });
}

/** The text of a response, altered wherever the path leads. */
function altered(text: string, { path, to }: Alteration): string {
  if (text.startsWith('<')) {
    const other = {
      'is missing': '',
      'is null': `<${path}/>`,
      'is of another type': `<${path}><Strange>${unknownValue}</Strange></${path}>`,
      'is unknown': `<${path}>${unknownValue}</${path}>`,
    }[to];
    return text.replaceAll(new RegExp(`<${path}>[^<]*</${path}>`, 'gu'), other);
  }
  const json = parsed(text);
  if (json === undefined) return text;
  change(json, path.split('.'), to);
  return JSON.stringify(json);
}

function change(value: unknown, [first = '', ...rest]: readonly string[], to: Alteration['to']): void {
  if (Array.isArray(value)) {
    for (const item of value) change(item, [first, ...rest], to);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  const name = first.replaceAll('[]', '');
  if (!(name in record)) return;
  if (rest.length > 0) change(record[name], rest, to);
  else if (to === 'is missing') Reflect.deleteProperty(record, name);
  else record[name] = otherThan(record[name], to);
}

function otherThan(value: unknown, to: Exclude<Alteration['to'], 'is missing'>): unknown {
  if (to === 'is null') return null;
  return to === 'is of another type' && typeof value === 'string' ? { strange: unknownValue } : unknownValue;
}

/** Texts that do not help a user. */
export function isReadable(result: StepResult): boolean {
  return !/undefined|\[object Object\]|bug in|TypeError|SOMETHING_NEW.*SOMETHING_NEW/u.test(
    `${errors(result)}\n${result.summary}`,
  );
}

/** Runs a step with altered responses to one operation, for every request; returns the faults of its end. */
export function runAltered(it: Case, alteration: Alteration): Promise<readonly string[]> {
  const { cloud } = it;
  return inWorld({ ...options, ...cloud.world }, async (world) => {
    it.prepare(world);
    alter(world, alteration);
    const result = await cloud.step(world, { ...it.inputs, timeout: '1m' });
    const { status = 'missing' } = result.outputs;
    const words = errors(result);
    const green = status === 'SUCCEEDED' && it.reached(world);
    const red = status === 'IN_PROGRESS' || status === 'FAILED';
    const checks: Readonly<Record<string, boolean>> = {
      [`status ${status}, exit code ${result.exitCode ?? ''}`]: result.exitCode === 0 ? green : red,
      'FAILED, and it was started': status !== 'FAILED' || cloud.started(world) === 0 || words.includes('reading back'),
      'no readable text': isReadable(result),
      'no hint': result.exitCode === 0 || words.includes('What to do: '),
      [`took ${result.virtualMs} ms`]: result.virtualMs < 4 * 60_000,
      [`${cloud.changes(world)} changes`]: cloud.changes(world) <= it.changes,
    };
    const broken = Object.entries(checks).flatMap(([problem, fine]) => (fine ? [] : [problem]));
    const { operation, path, to } = alteration;
    return broken.length === 0 ? [] : [`${operation}: ${path} ${to}: ${broken.join('; ')}\n${words.slice(0, 600)}`];
  });
}
