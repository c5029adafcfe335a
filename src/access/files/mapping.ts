import {
  duplicateKey,
  missingKey,
  noMergeKey,
  notMapping,
  onlyOfOtherClouds,
  unknownKey,
} from '../messages/access-files.ts';
import { nearMatches } from '../near.ts';
import type { FaultSink } from './fault-sink.ts';
import type { YamlEntry, YamlMapping, YamlNode } from './yaml-tree.ts';

/** The keys of a mapping. */
export interface Keys {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Keys that exist for other clouds only. */
  readonly foreign?: readonly string[];
}

/** The values of a mapping by key; `null` where it is none. Its faults are in the sink. */
export function readMapping(
  node: YamlNode,
  what: string,
  keys: Keys,
  example: (key: string | null) => string,
  sink: FaultSink,
): ReadonlyMap<string, YamlNode> | null {
  if (node.kind !== 'mapping') {
    sink.add(node.at, notMapping(what), example(null));
    return null;
  }
  return valuesOf(node, keys, example, sink);
}

function valuesOf(
  { at, entries }: YamlMapping,
  { required, optional, foreign = [] }: Keys,
  example: (key: string | null) => string,
  sink: FaultSink,
): ReadonlyMap<string, YamlNode> {
  const known = [...required, ...optional];
  const values = new Map<string, YamlNode>();
  const given = new Set<string>();
  for (const entry of entries) {
    if (given.has(entry.key)) sink.add(entry.at, duplicateKey, example(known.includes(entry.key) ? entry.key : null));
    else if (known.includes(entry.key)) values.set(entry.key, entry.value);
    else addUnknown(entry, known, foreign, example, sink);
    given.add(entry.key);
  }
  for (const key of required) if (!given.has(key)) sink.add(at, missingKey(key), example(key));
  return values;
}

/** Longer than any key with slips of the pen in it. */
const longestKey = 40;

function addUnknown(
  { key, at }: YamlEntry,
  known: readonly string[],
  foreign: readonly string[],
  example: (key: string | null) => string,
  sink: FaultSink,
): void {
  if (key === '<<') sink.add(at, noMergeKey, example(null));
  else if (foreign.includes(key)) sink.add(at, onlyOfOtherClouds(key), example(null));
  else {
    const near = sink.isFull() || key.length > longestKey ? null : (nearMatches(key, known, 1)[0] ?? null);
    sink.add(at, unknownKey(known, near), example(near));
  }
}
