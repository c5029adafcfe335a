import { notADate, notPrincipalType } from '../messages/access-files.ts';
import type { GrantProperties } from '../grant.ts';
import type { GrantRow, IgnoreRow, Owned } from './access-file.ts';
import type { FileExamples } from './examples.ts';
import type { FaultSink } from './fault-sink.ts';
import type { FileGrammar } from './grammar.ts';
import { readMapping, type Keys } from './mapping.ts';
import { checkLines, checkOrEvery, checkTargets, checkTargetsOrEvery, type Checking } from './selectors.ts';
import { readFlag, readLine, readLines, readText, type PlacedText, readList } from './texts.ts';
import type { YamlNode } from './yaml-tree.ts';

/** Options for reading a part of a file. */
export interface Reading {
  readonly grammar: FileGrammar;
  readonly examples: FileExamples;
  readonly sink: FaultSink;
}

const parts = ['principal', 'role', 'target'] as const;
const properties: readonly (keyof GrantProperties)[] = ['condition', 'description'];

type Values = ReadonlyMap<string, YamlNode>;

/** Reads a row of `grants`; `null` where it is no mapping. Other faults leave parts of it empty. */
export function readGrantRow(node: YamlNode, reading: Reading): GrantRow | null {
  const own = reading.grammar.rowProperties;
  const foreign = properties.filter((name) => !own.includes(name));
  const values = readRow(node, { optional: ['expires', 'note', ...own], foreign }, reading);
  if (values === null) return null;
  return {
    place: reading.sink.placeOf(node.at),
    note: readFree(values, 'note', reading),
    principals: checkLines('principal', ...linesOf(values, 'principal', reading)),
    roles: checkLines('role', ...linesOf(values, 'role', reading)),
    ...checkTargets(...linesOf(values, 'target', reading)),
    expires: readExpiry(values.get('expires'), reading),
    properties: {
      condition: readFree(values, 'condition', reading),
      description: readFree(values, 'description', reading),
    },
  };
}

/** Reads a row of `ignore`, in which `*` means all of a part. */
export function readIgnoreRow(node: YamlNode, reading: Reading): IgnoreRow | null {
  const values = readRow(node, { optional: ['note', ...belowIn(reading)] }, reading);
  if (values === null) return null;
  // Nothing uses it, but people read it.
  readFree(values, 'note', reading);
  return {
    place: reading.sink.placeOf(node.at),
    principals: checkOrEvery('principal', ...linesOf(values, 'principal', reading)),
    principalTypes: null,
    roles: checkOrEvery('role', ...linesOf(values, 'role', reading)),
    ...checkTargetsOrEvery(...linesOf(values, 'target', reading)),
    below: readFlag(values.get('below'), 'below', reading),
  };
}

/** Reads `owns`; `null` where it is no mapping. */
export function readOwned(node: YamlNode, reading: Reading): Owned | null {
  const { sink, examples } = reading;
  const keys = { required: ['roles', 'targets'], optional: ['principals', ...belowIn(reading)] };
  const example = (key: string | null): string => (key === null ? examples.owns : examples.of(key));
  const values = readMapping(node, 'owns', keys, example, sink);
  if (values === null) return null;
  return {
    place: sink.placeOf(node.at),
    principals: null,
    principalTypes: typesOf(values.get('principals'), reading),
    ...checkTargets(...linesOf(values, 'targets', reading)),
    roles: checkOrEvery('role', ...linesOf(values, 'roles', reading)),
    below: readFlag(values.get('below'), 'below', reading),
  };
}

function readRow(node: YamlNode, more: Omit<Keys, 'required'>, { examples, sink }: Reading): Values | null {
  return readMapping(node, 'a row', { required: parts, ...more }, (key) => examples.of(key ?? ''), sink);
}

function belowIn({ grammar }: Reading): readonly string[] {
  return grammar.belowTargets ? ['below'] : [];
}

/** The lines under a key, and what their check needs. */
function linesOf(
  values: Values,
  key: string,
  { grammar, sink, examples }: Reading,
): readonly [texts: readonly PlacedText[], checking: Checking] {
  const node = values.get(key);
  const example = examples.of(key);
  return [node === undefined ? [] : readLines(node, key, example, sink), { grammar, sink, example }];
}

/** A free text; `null` where the key is absent. */
function readFree(values: Values, name: 'note' | keyof GrantProperties, { examples, sink }: Reading): string | null {
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

function typesOf(
  node: YamlNode | undefined,
  { grammar: { principalTypes, ownedPrincipalTypes }, examples, sink }: Reading,
): readonly string[] | null {
  if (node === undefined) return ownedPrincipalTypes;
  const example = examples.of('principals');
  return readList(node, 'principals', example, sink).map(({ text, at }) => {
    if (!principalTypes.includes(text)) sink.add(at, notPrincipalType(principalTypes), example);
    return text;
  });
}
