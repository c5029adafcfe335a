import { CST, Lexer } from 'yaml';
import {
  nestedTooDeep,
  noAlias,
  noAnchor,
  noDirective,
  noTag,
  noTextKey,
  notYaml,
  severalDocuments,
  tooManyParts,
} from '../messages/access-files.ts';

/** Maximum number of lexemes of a file: a text of 1 MiB can have as many as characters, and each takes memory. */
const most = 500_000;
/** Deeper than any access file. */
const deepest = 8;

/** A lexeme that no access file has, with its index in the text. */
interface Refused {
  readonly at: number;
  readonly problem: string;
}

/**
 * The first lexeme that is not allowed, `null` where all are. Parts of YAML that make a file mean more than it shows end
 * here, and so do texts that would take a parser long.
 */
export function refusedLexeme(source: string): Refused | null {
  let [at, count, depth, documents] = [0, 0, 0, 0];
  let isContent = false;
  let before: string | null = null;
  for (const lexeme of new Lexer().lex(source)) {
    // A mark before a plain or block scalar: the next lexeme is its text, whatever that looks like.
    if (lexeme === CST.SCALAR) {
      isContent = true;
      continue;
    }
    const type = isContent ? null : CST.tokenType(lexeme);
    isContent = false;
    // Marks of the lexer take no room in the text, and no text has them.
    if (type === 'doc-mode' || type === 'flow-error-end') continue;
    count += 1;
    if (count > most) return { at, problem: tooManyParts };
    if (type === 'flow-map-start' || type === 'flow-seq-start') depth += 1;
    if (type === 'flow-map-end' || type === 'flow-seq-end') depth -= 1;
    if (type === 'doc-start') documents += 1;
    // Texts in quotes beside each other are as many errors as there are texts.
    const isDoubled = isQuoted(type) && isQuoted(before);
    const problem = isDoubled ? notYaml : problemOf(type, depth, documents);
    if (problem !== null) return { at, problem };
    if (type !== 'space') before = type;
    at += lexeme.length;
  }
  return null;
}

function isQuoted(type: string | null): boolean {
  return type === 'single-quoted-scalar' || type === 'double-quoted-scalar';
}

function problemOf(type: string | null, depth: number, documents: number): string | null {
  if (depth < 0) return notYaml;
  if (depth > deepest) return nestedTooDeep;
  if (documents > 1) return severalDocuments;
  return type === null ? null : (refusedTypes[type] ?? null);
}

const refusedTypes: Readonly<Record<string, string>> = {
  alias: noAlias,
  anchor: noAnchor,
  tag: noTag,
  'directive-line': noDirective,
  'explicit-key-ind': noTextKey,
};
