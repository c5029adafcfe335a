import { isOneLine } from '../input-kinds.ts';
import {
  emptyList,
  emptyText,
  hiddenCharacter,
  notList,
  notOneLine,
  notText,
  neitherTrueNorFalse,
} from '../messages/access-files.ts';
import { hiddenIn } from '../odd-characters.ts';
import type { FaultSink } from './fault-sink.ts';
import type { YamlNode, YamlText } from './yaml-tree.ts';
import type { FileExamples } from './examples.ts';

/** A text with its place. */
export interface PlacedText {
  readonly text: string;
  readonly at: number;
}

/** One line of plain characters, trimmed; `null` where it is none. */
export function readLine(node: YamlNode, what: string, example: string, sink: FaultSink): PlacedText | null {
  const text = readScalar(node, what, example, sink, (_, scalar) =>
    scalar.isInOneLine && isOneLine(scalar.text) ? null : notOneLine(what),
  );
  return text === null ? null : { text, at: node.at };
}

/** A line, or a list of lines that is not empty; the same one once. */
export function readLines(node: YamlNode, what: string, example: string, sink: FaultSink): readonly PlacedText[] {
  if (node.kind === 'text') return [readLine(node, what, example, sink)].filter((it) => it !== null);
  return readList(node, what, example, sink);
}

/** A list of lines that is not empty; the same one once. */
export function readList(node: YamlNode, what: string, example: string, sink: FaultSink): readonly PlacedText[] {
  if (node.kind !== 'list') {
    sink.add(node.at, notList(what), example);
    return [];
  }
  if (node.items.length === 0) sink.add(node.at, emptyList(what), example);
  const lines = new Map<string, PlacedText>();
  for (const item of node.items) {
    const line = readLine(item, what, example, sink);
    if (line !== null && !lines.has(line.text)) lines.set(line.text, line);
  }
  return [...lines.values()];
}

/** A free text of one line or several, without hidden characters; `null` where it is none. */
export function readText(node: YamlNode, what: string, example: string, sink: FaultSink): string | null {
  return readScalar(node, what, example, sink, (text) =>
    hiddenIn(text, false) === null ? null : hiddenCharacter(what),
  );
}

/** @param problemOf the problem of a text that is not empty, besides invisible characters */
function readScalar(
  node: YamlNode,
  what: string,
  example: string,
  sink: FaultSink,
  problemOf: (text: string, node: YamlText) => string | null,
): string | null {
  const fault = (problem: string): null => {
    sink.add(node.at, problem, example);
    return null;
  };
  if (node.kind !== 'text') return fault(notText(what));
  const text = node.text.trim();
  if (node.isNull || text === '') return fault(emptyText(what));
  const problem = problemOf(text, node) ?? (isSeen(text) ? null : hiddenCharacter(what));
  return problem === null ? text : fault(problem);
}

/** An escape of YAML can be half of a character. */
function isSeen(text: string): boolean {
  return text.isWellFormed() && hiddenIn(text, true) === null;
}

/** A switch, off where it is not written. */
export function readFlag(
  node: YamlNode | undefined,
  key: string,
  { examples, sink }: { readonly examples: FileExamples; readonly sink: FaultSink },
): boolean {
  if (node === undefined) return false;
  const line = readLine(node, key, examples.of(key), sink);
  if (line !== null && line.text !== 'true' && line.text !== 'false') {
    sink.add(line.at, neitherTrueNorFalse(key), examples.of(key));
  }
  return line?.text === 'true';
}
