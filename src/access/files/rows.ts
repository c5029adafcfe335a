import { notADate } from '../messages/access-files.ts';
import type { GrantProperties } from '../grant.ts';
import type { GrantRow, IgnoreRow } from './access-file.ts';
import type { FileExamples } from './examples.ts';
import type { FaultSink } from './fault-sink.ts';
import type { FileGrammar } from './grammar.ts';
import { readMapping, type Keys } from './mapping.ts';
import { checkLines, checkOrEvery, checkTargets, checkTargetsOrEvery, type Checking } from './selectors.ts';
import { readFlag } from './flags.ts';
import { readLine, readLines, readText, type PlacedText } from './texts.ts';
import type { YamlNode } from './yaml-tree.ts';

/** Options for reading a part of a file. */
export interface Reading {
  readonly grammar: FileGrammar;
  readonly examples: FileExamples;
  readonly sink: FaultSink;
}

const parts = ['principal', 'role', 'target'] as const;
const properties: readonly (keyof GrantProperties)[] = ['condition', 'description'];

/** Reads a row of `grants`; `null` where it is no mapping. Other faults leave parts of it empty. */
export function readGrantRow(node: YamlNode, reading: Reading): GrantRow | null {
  const { grammar, sink, examples } = reading;
  const own = grammar.rowProperties;
  const keys: Keys = {
    required: parts,
    optional: ['expires', 'note', ...own],
    foreign: properties.filter((name) => !own.includes(name)),
  };
  const values = readMapping(node, 'a row', keys, (key) => examples.of(key ?? ''), sink);
  if (values === null) return null;
  const linesOf = (part: (typeof parts)[number]): readonly PlacedText[] => textsOf(values, part, reading);
  const checking = (example: string): Checking => ({ grammar, sink, example });
  checkNote(values, reading);
  return {
    place: sink.placeOf(node.at),
    principals: checkLines('principal', linesOf('principal'), checking(examples.of('principal'))),
    roles: checkLines('role', linesOf('role'), checking(examples.of('role'))),
    ...checkTargets(linesOf('target'), checking(examples.of('target'))),
    expires: readExpiry(values.get('expires'), reading),
    properties: {
      condition: readProperty(values, 'condition', reading),
      description: readProperty(values, 'description', reading),
    },
  };
}

/** Reads a row of `ignore`, in which `*` means all of a part. */
export function readIgnoreRow(node: YamlNode, reading: Reading): IgnoreRow | null {
  const { grammar, sink, examples } = reading;
  const keys: Keys = { required: parts, optional: ['note', ...(grammar.belowTargets ? ['below'] : [])] };
  const values = readMapping(node, 'a row', keys, (key) => examples.of(key ?? ''), sink);
  if (values === null) return null;
  const linesOf = (part: (typeof parts)[number]): readonly PlacedText[] => textsOf(values, part, reading);
  const checking = (example: string): Checking => ({ grammar, sink, example });
  checkNote(values, reading);
  return {
    place: sink.placeOf(node.at),
    principals: checkOrEvery('principal', linesOf('principal'), checking(examples.of('principal'))),
    principalTypes: null,
    roles: checkOrEvery('role', linesOf('role'), checking(examples.of('role'))),
    ...checkTargetsOrEvery(linesOf('target'), checking(examples.of('target'))),
    below: readFlag(values.get('below'), 'below', reading),
  };
}

function textsOf(
  values: ReadonlyMap<string, YamlNode>,
  part: string,
  { examples, sink }: Reading,
): readonly PlacedText[] {
  const node = values.get(part);
  return node === undefined ? [] : readLines(node, part, examples.of(part), sink);
}

/** Free text that nothing uses, but that people read. */
function checkNote(values: ReadonlyMap<string, YamlNode>, { examples, sink }: Reading): void {
  const node = values.get('note');
  if (node !== undefined) readText(node, 'note', examples.of('note'), sink);
}

function readProperty(
  values: ReadonlyMap<string, YamlNode>,
  name: keyof GrantProperties,
  { examples, sink }: Reading,
): string | null {
  const node = values.get(name);
  return node === undefined ? null : readText(node, name, examples.of(name), sink);
}

/** The beginning of a day of the calendar, in milliseconds since the epoch. */
function readExpiry(node: YamlNode | undefined, { examples, sink }: Reading): number | null {
  if (node === undefined) return null;
  const line = readLine(node, 'expires', examples.of('expires'), sink);
  if (line === null) return null;
  const time = dayOf(line.text);
  if (time === null) sink.add(line.at, notADate, examples.of('expires'));
  return time;
}

function dayOf(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return null;
  const day = new Date(`${text}T00:00:00Z`);
  // A day that does not exist is taken for one of the next month.
  return Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text) ? null : day.getTime();
}
