import type { Fault } from '../errors.ts';
import {
  notList,
  nullList,
  otherCloud,
  otherVersion,
  tooManyGrants,
  controlCharacter,
  hasByteOrderMark,
  notUtf8,
  tooLargeFile,
  turningCharacter,
} from '../messages/access-files.ts';
import type { AccessFile, GrantRow } from './access-file.ts';
import { examplesOf, type FileExamples } from './examples.ts';
import { createFaultSink, type FaultSink } from './fault-sink.ts';
import { maxFileGrants, type FileGrammar, maxFileBytes } from './grammar.ts';
import { readMapping } from './mapping.ts';
import { readOwned, readGrantRow, readIgnoreRow, type Reading } from './rows.ts';
import { readLine } from './texts.ts';
import { readYaml, type YamlNode } from './yaml-tree.ts';

/** A file as it was found in the workspace. */
export interface RawFile {
  /** Path relative to the workspace. */
  readonly path: string;
  /** Git blob ID of the bytes. */
  readonly blob: string;
  readonly bytes: Uint8Array;
}

export interface FilesRead {
  readonly files: readonly AccessFile[];
  readonly faults: readonly Fault[];
}

/** Checks the form of the files of a step, one after the other, so that only one is in memory as YAML. */
export function readAccessFiles(raw: Iterable<RawFile>, grammar: FileGrammar): FilesRead {
  const count: GrantCount = { left: maxFileGrants, isTold: false };
  const files: AccessFile[] = [];
  const faults: Fault[] = [];
  for (const one of raw) {
    const read = readAccessFile(one, grammar, count);
    if (read.file !== null) files.push(read.file);
    faults.push(...read.faults);
  }
  return { files, faults };
}

/** The grants that the files of a step may still have. */
interface GrantCount {
  left: number;
  isTold: boolean;
}

function readAccessFile(
  { path, blob, bytes }: RawFile,
  grammar: FileGrammar,
  count: GrantCount,
): { readonly file: AccessFile | null; readonly faults: readonly Fault[] } {
  const source = readSource(bytes);
  const sink = createFaultSink(path, source.text);
  const examples = examplesOf(grammar);
  const none = (): { readonly file: null; readonly faults: readonly Fault[] } => ({ file: null, faults: sink.all() });
  if (!source.ok) {
    sink.add(source.at, source.problem, examples.file);
    return none();
  }
  const tree = readYaml(source.text);
  if (!tree.ok) {
    for (const { at, problem } of tree.faults) sink.add(at, problem, examples.file);
    return none();
  }
  const parts = readParts(tree.root, { grammar, examples, sink }, count);
  return { file: parts === null ? null : { path, blob, ...parts }, faults: sink.all() };
}

function readParts(root: YamlNode, reading: Reading, count: GrantCount): Omit<AccessFile, 'path' | 'blob'> | null {
  const { grammar, examples, sink } = reading;
  const keys = { required: ['version', 'cloud', 'grants'], optional: ['owns', 'ignore'] };
  const values = readMapping(root, 'the file', keys, (key) => exampleOf(key, examples), sink);
  if (values === null) return null;
  const version = isValue(values.get('version'), 'version', '1', otherVersion, examples.version, sink);
  const cloud = isValue(values.get('cloud'), 'cloud', grammar.cloud, otherCloud(grammar.cloud), examples.cloud, sink);
  // Of another format or another cloud, every line would be a fault.
  if (!version || !cloud) return null;
  const owns = values.get('owns');
  return {
    owns: owns === undefined ? null : readOwned(owns, reading),
    ignore: itemsOf(values.get('ignore'), 'ignore', examples.ignore, sink).flatMap(
      (row) => readIgnoreRow(row, reading) ?? [],
    ),
    grants: itemsOf(values.get('grants'), 'grants', examples.grants, sink).flatMap((node) => {
      const row = readGrantRow(node, reading);
      if (row !== null) countGrants(row, node.at, count, reading);
      return row ?? [];
    }),
  };
}

function exampleOf(key: string | null, examples: FileExamples): string {
  const found = (['version', 'cloud', 'grants', 'ignore', 'owns'] as const).find((it) => it === key);
  return examples[found ?? 'file'];
}

/** True if a key is missing, which is reported already, or has this value. */
export function isValue(
  node: YamlNode | undefined,
  key: string,
  value: string,
  problem: string,
  example: string,
  sink: FaultSink,
): boolean {
  if (node === undefined) return true;
  const line = readLine(node, key, example, sink);
  if (line === null || line.text === value) return line !== null;
  sink.add(line.at, problem, example);
  return false;
}

/** An empty list is one; nothing is not: a list that was emptied by accident must not remove all access. */
export function itemsOf(
  node: YamlNode | undefined,
  key: string,
  example: string,
  sink: FaultSink,
): readonly YamlNode[] {
  if (node === undefined) return [];
  if (node.kind === 'list') return node.items;
  const isNull = node.kind === 'text' && node.isNull;
  sink.add(node.at, isNull ? nullList(key) : notList(key), example);
  return [];
}

function countGrants(row: GrantRow, at: number, count: GrantCount, { examples, sink }: Reading): void {
  count.left -= row.principals.length * row.roles.length * row.targets.length;
  if (count.left >= 0 || count.isTold) return;
  count.isTold = true;
  sink.add(at, tooManyGrants(maxFileGrants), examples.row);
}

/** The text of a file, or what is wrong with it, where that is known. */
type SourceText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string; readonly text: string; readonly at: number };

/** Reads bytes as UTF-8 text that people see as it is. */
export function readSource(bytes: Uint8Array): SourceText {
  if (bytes.length > maxFileBytes) return { ok: false, problem: tooLargeFile, text: '', at: 0 };
  const text = decoded(bytes);
  if (text === null) return { ok: false, problem: notUtf8, text: '', at: 0 };
  if (text.startsWith('\ufeff')) return { ok: false, problem: hasByteOrderMark, text, at: 0 };
  const control = controlling.exec(text);
  if (control !== null) return { ok: false, problem: controlCharacter, text, at: control.index };
  const turned = /\p{Bidi_Control}/u.exec(text);
  return turned === null ? { ok: true, text } : { ok: false, problem: turningCharacter, text, at: turned.index };
}

/** Control characters, and carriage returns that end a line for some readers only. */
const controlling = /[\p{Cc}--[\t\n\r]]|\r(?!\n)/v;

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
