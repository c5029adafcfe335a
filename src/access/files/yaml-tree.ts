import { isAlias, isMap, isScalar, isSeq, parseDocument, type ErrorCode, type ParsedNode, type YAMLError } from 'yaml';
import {
  badEscape,
  badIndent,
  emptyFile,
  nestedTooDeep,
  noAlias,
  noTextKey,
  notYaml,
  severalDocuments,
  tabAsIndent,
  unclosed,
} from '../messages/access-files.ts';
import { refusedLexeme } from './yaml-lexemes.ts';

/** A value of YAML. All scalars are texts, as they are written. `at` is an index into the text of the file. */
export type YamlNode = YamlText | YamlList | YamlMapping;

export interface YamlText {
  readonly kind: 'text';
  readonly at: number;
  readonly text: string;
  /** True if nothing is written, or what YAML takes for it. */
  readonly isNull: boolean;
  /** True if it stands in one line of the file. */
  readonly isInOneLine: boolean;
}

interface YamlList {
  readonly kind: 'list';
  readonly at: number;
  readonly items: readonly YamlNode[];
}

export interface YamlMapping {
  readonly kind: 'mapping';
  readonly at: number;
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  readonly key: string;
  readonly at: number;
  readonly value: YamlNode;
}

/** What is wrong at a place of a text. */
interface Misplaced {
  readonly at: number;
  readonly problem: string;
}

type YamlTree =
  { readonly ok: true; readonly root: YamlNode } | { readonly ok: false; readonly faults: readonly Misplaced[] };

/** Maximum number of lines with errors that are reported. */
const mostErrors = 3;

/** Reads one YAML document. Nothing in it refers to anything else, and nothing has a type. */
export function readYaml(source: string): YamlTree {
  const refused = refusedLexeme(source);
  if (refused !== null) return { ok: false, faults: [refused] };
  // Duplicate keys are looked for later: here each would be compared with each.
  const document = parseDocument(source, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    // Quieter, it would say nothing of a second document.
    logLevel: 'error',
  });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) return { ok: false, faults: firstOf(errors, source) };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.source === '')) return wrongAt(0, emptyFile);
  try {
    return { ok: true, root: treeOf(contents, source) };
  } catch (error) {
    if (error instanceof Unsuited) return wrongAt(error.at, error.problem);
    throw error;
  }
}

/** The first error of each of the first lines that have some: the others follow from it. The parser's messages quote the text. */
function firstOf(errors: readonly YAMLError[], source: string): readonly Misplaced[] {
  const sorted = errors.toSorted((one, other) => one.pos[0] - other.pos[0]);
  const firsts: Misplaced[] = [];
  let end = -1;
  for (const { code, pos } of sorted) {
    const at = pos[0];
    if (firsts.length === mostErrors) break;
    if (at <= end) continue;
    firsts.push({ at, problem: problems[code] ?? notYaml });
    const next = source.indexOf('\n', at);
    end = next === -1 ? Infinity : next;
  }
  return firsts;
}

function wrongAt(at: number, problem: string): YamlTree {
  return { ok: false, faults: [{ at, problem }] };
}

const problems: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: noAlias,
  BAD_DQ_ESCAPE: badEscape,
  BAD_INDENT: badIndent,
  MISSING_CHAR: unclosed,
  MULTIPLE_DOCS: severalDocuments,
  NON_STRING_KEY: noTextKey,
  RESOURCE_EXHAUSTION: nestedTooDeep,
  TAB_AS_INDENT: tabAsIndent,
};

/** A part of well-formed YAML that no access file has. */
class Unsuited extends Error {
  readonly at: number;
  readonly problem: string;

  constructor(at: number, problem: string) {
    super();
    this.at = at;
    this.problem = problem;
  }
}

/** Deeper than any access file. */
const deepest = 8;

function treeOf(node: ParsedNode, source: string, depth = 0): YamlNode {
  const at = node.range[0];
  if (depth > deepest) throw new Unsuited(at, nestedTooDeep);
  if (isAlias(node)) throw new Unsuited(at, noAlias);
  if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => treeOf(item, source, depth + 1)) };
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }): YamlEntry => {
      if (!isScalar(key)) throw new Unsuited(key.range[0], noTextKey);
      const below = value === null ? nothingAt(key.range[1]) : treeOf(value, source, depth + 1);
      return { key: textOf(key.value), at: key.range[0], value: below };
    });
    return { kind: 'mapping', at, entries };
  }
  const text = textOf(node.value);
  return {
    kind: 'text',
    at,
    text,
    isNull: node.type === 'PLAIN' && /^(?:|~|null|Null|NULL)$/u.test(text),
    isInOneLine: !source.slice(at, node.range[1]).includes('\n'),
  };
}

/** With this schema, every scalar is a text. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function nothingAt(at: number): YamlText {
  return { kind: 'text', at, text: '', isNull: true, isInOneLine: true };
}
