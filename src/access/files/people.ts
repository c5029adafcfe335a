import type { Fault } from '../errors.ts';
import { accountTwice, notAccountId, notUser, otherVersion, principalTwice } from '../messages/access-files.ts';
import type { Line } from '../request.ts';
import { createFaultSink, type FaultSink } from './fault-sink.ts';
import type { FileGrammar } from './grammar.ts';
import { readMapping } from './mapping.ts';
import { isValue, itemsOf, readSource, type RawFile } from './read.ts';
import { checkLines } from './selectors.ts';
import { readLine } from './texts.ts';
import { readYaml, type YamlNode } from './yaml-tree.ts';

/** The principals of people by the IDs of their accounts at GitHub; `null` for a person who has none in this cloud. */
export type People = ReadonlyMap<string, Line | null>;

interface PeopleRead {
  readonly people: People;
  readonly faults: readonly Fault[];
}

/** Options for reading the file: the grammar of the step's cloud, and the names of all clouds. */
interface Reading {
  readonly grammar: FileGrammar;
  readonly clouds: readonly string[];
  readonly examples: Readonly<Record<'file' | 'version' | 'people' | 'github', string>>;
  readonly exampleOf: (cloud: string) => string;
  readonly sink: FaultSink;
}

/** Checks the form of a people-file. Lines of the step's cloud are parsed, those of other clouds are texts. */
export function readPeople(
  { path, bytes }: Omit<RawFile, 'blob'>,
  grammar: FileGrammar,
  clouds: readonly string[],
): PeopleRead {
  const source = readSource(bytes);
  const sink = createFaultSink(path, source.text);
  const exampleOf = (cloud: string): string => `${cloud}: user:alice@example.com`;
  const row = `- github: 583231\n    ${exampleOf(grammar.cloud)}`;
  const people = `people:\n  ${row}`;
  const examples = { file: `version: 1\n${people}`, version: 'version: 1', people, github: 'github: 583231' };
  const tree = source.ok ? readYaml(source.text) : { ok: false as const, faults: [source] };
  if (tree.ok)
    return { people: readRows(tree.root, { grammar, clouds, examples, exampleOf, sink }), faults: sink.all() };
  for (const { at, problem } of tree.faults) sink.add(at, problem, examples.file);
  return { people: new Map(), faults: sink.all() };
}

function readRows(root: YamlNode, reading: Reading): People {
  const { examples, sink } = reading;
  const keys = { required: ['version', 'people'], optional: [] };
  const example = (key: string | null): string =>
    key === 'version' || key === 'people' ? examples[key] : examples.file;
  const values = readMapping(root, 'the file', keys, example, sink);
  if (values === null) return new Map();
  if (!isValue(values.get('version'), 'version', '1', otherVersion, examples.version, sink)) return new Map();
  const people = new Map<string, Line | null>();
  const taken = new Set<string>();
  for (const node of itemsOf(values.get('people'), 'people', examples.people, sink))
    readRow(node, people, taken, reading);
  return people;
}

/** @param taken principals of the rows above, by cloud and in lower case */
function readRow(node: YamlNode, people: Map<string, Line | null>, taken: Set<string>, reading: Reading): void {
  const { grammar, clouds, examples, exampleOf, sink } = reading;
  const example = (key: string | null): string =>
    key !== null && clouds.includes(key) ? exampleOf(key) : examples.github;
  const values = readMapping(node, 'a row', { required: ['github'], optional: clouds }, example, sink);
  const account = values?.get('github');
  const id = account === undefined ? null : readLine(account, 'github', examples.github, sink);
  if (id !== null && !/^[1-9]\d{0,15}$/u.test(id.text)) sink.add(id.at, notAccountId, examples.github);
  if (id !== null && people.has(id.text)) sink.add(id.at, accountTwice, examples.github);
  else if (id !== null) people.set(id.text, null);
  for (const cloud of clouds) {
    const value = values?.get(cloud);
    const line = value === undefined ? null : principalIn(cloud, value, reading);
    if (value === undefined || line === null) continue;
    const key = `${cloud} ${line.kind} ${line.value.toLowerCase()}`;
    if (taken.has(key)) sink.add(value.at, principalTwice(cloud), exampleOf(cloud));
    taken.add(key);
    if (id !== null && cloud === grammar.cloud) people.set(id.text, line);
  }
}

/** The principal of a row in one cloud; of another cloud than the step's, a text. */
function principalIn(cloud: string, node: YamlNode, { grammar, exampleOf, sink }: Reading): Line | null {
  const example = exampleOf(cloud);
  const read = readLine(node, cloud, example, sink);
  if (read === null) return null;
  const [line = null] =
    cloud === grammar.cloud
      ? checkLines('principal', [read], { grammar, sink, example })
      : [{ text: read.text, kind: '', value: read.text }];
  if (line !== null && !line.text.startsWith('user:')) sink.add(read.at, notUser, example);
  return line;
}
