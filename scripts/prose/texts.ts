import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { isScalar, parseDocument, visit } from 'yaml';
import { sourcesIn } from '../sources.ts';

/** A file as the linter reads it: each text on the line where the file has it. */
export interface CheckedText {
  readonly path: string;
  /** `lines` is plain text, each line on its own. */
  readonly kind: 'markdown' | 'lines';
  readonly content: string;
}

/** Documents that users read; docs/design is for contributors. */
export function userDocuments(): readonly string[] {
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'setup/README.md', ...markdownIn('docs')];
}

/** Titles of tests, which are the tests' own texts. */
const titles: readonly string[] = ['docs/proof.md', 'docs/design/threats.md'];

function markdownIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
    .filter((path) => !titles.includes(path));
}

/** Markdown with empty lines in place of what `npm run docs` writes between markers. */
export function withoutGenerated(text: string): string {
  return text.replaceAll(/<!-- begin: (?<name>\S+) -->[^]*?<!-- end: \k<name> -->/gu, (part) =>
    part.replaceAll(/[^\n]/gu, ''),
  );
}

/** Every text that the linter checks. */
export function checkedTexts(): readonly CheckedText[] {
  return [
    ...[...userDocuments(), 'CHANGELOG.md', ...markdownIn('docs/design')].map((path): CheckedText => ({
      path,
      kind: 'markdown',
      content: withoutGenerated(readFileSync(path, 'utf8')),
    })),
    inLines('action.yml', descriptionsOf),
    ...messageFiles().map((path) => inLines(path, stringsOf)),
    ...setUp().map((path) => inLines(path, commentsOf)),
  ];
}

/** Templates, scripts and workflows of the set-up. */
function setUp(): readonly string[] {
  return readdirSync('setup', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ya?ml|bicep|sh)$/u.test(name))
    .map((name) => `setup/${name.replaceAll('\\', '/')}`)
    .toSorted();
}

/** Where the sentences of the source are. */
export function messageFiles(): readonly string[] {
  return sourcesIn('src').filter((path) =>
    /\/messages\/|^src\/(?:aws|azure)\/.*(?:hints|failure-reasons)\.ts$/u.test(path),
  );
}

interface Sentence {
  /** From 0. */
  readonly line: number;
  readonly text: string;
}

function inLines(path: string, sentencesOf: (content: string) => readonly Sentence[]): CheckedText {
  const content = readFileSync(path, 'utf8');
  const lines: string[] = content.split('\n').map(() => '');
  for (const { line, text } of sentencesOf(content)) lines[line] = `${lines[line] ?? ''} ${text}`.trim();
  return { path, kind: 'lines', content: lines.join('\n') };
}

/**
 * Literals of a TypeScript source, with `X` for each part of a template that is filled in.
 *
 * @param isLeftOut leaves out a node with all that is in it
 */
export function literalsIn(content: string, isLeftOut: (node: ts.Node) => boolean): readonly Sentence[] {
  const file = ts.createSourceFile('source.ts', content, ts.ScriptTarget.Latest, true);
  const found: Sentence[] = [];
  const look = (node: ts.Node): void => {
    if (isLeftOut(node)) return;
    const text = textOf(node);
    if (text !== null) found.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line, text });
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => `X${literal.text}`)].join('');
}

/** Strings of more than two words. */
function stringsOf(content: string): readonly Sentence[] {
  return literalsIn(content, ts.isImportDeclaration)
    .filter(({ text }) => /\S+\s+\S+\s+\S+/u.test(text))
    .map(({ line, text }) => ({ line, text: withoutCode(text.replaceAll(/\s+/gu, ' ')) }));
}

/** Names in backquotes are no words. */
function withoutCode(text: string): string {
  return text.replaceAll(/`[^`]*`/gu, 'X');
}

function descriptionsOf(content: string): readonly Sentence[] {
  const found: Sentence[] = [];
  visit(parseDocument(content), {
    Pair: (_key, { key, value }) => {
      if (!isScalar(key) || key.value !== 'description' || !isScalar(value)) return;
      const line = content.slice(0, value.range?.[0]).split('\n').length - 1;
      found.push({ line, text: withoutCode(String(value.value)) });
    },
  });
  return found;
}

/** Comments, and strings of more than three words, except commands. */
function commentsOf(content: string): readonly Sentence[] {
  return content.split('\n').flatMap((text, line) => {
    const comment = /^\s*(?:#|\/\/) (?<said>.+)$/u.exec(text)?.groups?.['said'];
    if (comment !== undefined) return [{ line, text: withoutCode(comment) }];
    const said = [
      ...text.matchAll(/(?<quote>["'])(?<said>(?:(?!\k<quote>).)+)\k<quote>|(?:Description|echo): (?<plain>.+)$/gu),
    ];
    return said
      .map(({ groups }) => groups?.['said'] ?? groups?.['plain'] ?? '')
      .filter((it) => /(?:[A-Za-z]{2,}[ ,.;:]+){3}/u.test(it) && !/ --[a-z]|\[\]/u.test(it))
      .map((it) => ({ line, text: withoutCode(it.replaceAll(/\$\{?\w+\}?/gu, 'X')) }));
  });
}
