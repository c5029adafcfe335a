/**
 * Finds the titles of tests that name promises in their last words: `is never green when … (P1)`, or `(P1, P4)`. What the
 * title of a `describe` names counts for all tests within. Whatever else begins with `it`, `test` or `describe` registers
 * tests as these do (`itWith`, `describeSignals`), and so does a constant that stands for one of them.
 */
import ts from 'typescript';
import { promises } from './promises.ts';

/** The title of a test, without what it names, and the promises that it and the groups around it name. */
export interface TaggedTitle {
  readonly title: string;
  readonly tags: readonly string[];
}

export interface Scan {
  readonly titles: readonly TaggedTitle[];
  readonly faults: readonly string[];
}

type Title = ts.StringLiteralLike | ts.TemplateExpression;
type Kind = 'group' | 'test';

interface Named {
  readonly title: string;
  readonly tags: readonly string[];
}

const atEnd = / \((?<tags>(?:P\d|Many\b)[^()]*)\)$/u;
const known: ReadonlySet<string> = new Set(promises.map(({ tag }) => tag));
const modifiers: ReadonlySet<string> = new Set(['concurrent', 'each', 'failing', 'only', 'skip']);

const isTitle = (node: ts.Node | undefined): node is Title =>
  node !== undefined && (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node));

function namedBy(node: Title, source: ts.SourceFile): Named {
  const text = ts.isTemplateExpression(node) ? node.getText(source).slice(1, -1) : node.text;
  const tags = atEnd.exec(text)?.groups?.['tags'];
  return { title: text.replace(atEnd, ''), tags: tags?.split(', ') ?? [] };
}

/** The name behind `it.each(…)`, `itWith('act')`, `(isWindows ? it.skip : it)`; of a choice its last one. */
function calleeName(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isConditionalExpression(node)) return calleeName(node.whenFalse);
  if (ts.isTaggedTemplateExpression(node)) return calleeName(node.tag);
  if (ts.isPropertyAccessExpression(node)) return modifiers.has(node.name.text) ? calleeName(node.expression) : '';
  const isAround = ts.isCallExpression(node) || ts.isParenthesizedExpression(node) || ts.isAsExpression(node);
  return isAround ? calleeName(node.expression) : '';
}

function kindOfName(name: string): Kind | null {
  if (/^describe(?![a-z])/u.test(name)) return 'group';
  return /^(?:it|test)(?![a-z])/u.test(name) ? 'test' : null;
}

function walk(node: ts.Node, seen: (node: ts.Node) => void): void {
  seen(node);
  ts.forEachChild(node, (child) => {
    walk(child, seen);
  });
}

/** Constants that stand for one of jest's functions: `const onUnix = isWindows ? it.skip : it`. */
function aliasesIn(source: ts.SourceFile): ReadonlyMap<string, Kind> {
  const aliases = new Map<string, Kind>();
  walk(source, (node) => {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || node.initializer === undefined) return;
    const kind = kindOfName(calleeName(node.initializer));
    if (kind !== null) aliases.set(node.name.text, kind);
  });
  return aliases;
}

/** Reads one file of tests, or one that registers tests for others. */
export function scanTitles(file: string, text: string): Scan {
  const source = ts.createSourceFile(file, text, {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  const aliases = aliasesIn(source);
  const titles: TaggedTitle[] = [];
  const faults: string[] = [];
  const read = new Set<ts.Node>();

  const kindOf = (call: ts.CallExpression, { tags }: Named): Kind | null => {
    const name = calleeName(call.expression);
    return aliases.get(name) ?? kindOfName(name) ?? (tags.length > 0 ? 'test' : null);
  };

  /** @param around the promises that the groups around it name. @returns how many titles it found */
  const visit = (node: ts.Node, around: readonly string[]): number => {
    if (!ts.isExpressionStatement(node) || !ts.isCallExpression(node.expression)) return visitAll(node, around);
    const call = node.expression;
    const [first, ...rest] = call.arguments;
    if (!isTitle(first)) return visitAll(node, around);
    const named = namedBy(first, source);
    const kind = kindOf(call, named);
    if (kind === null) return visitAll(node, around);
    read.add(first);
    const tags = [...new Set([...around, ...named.tags])];
    if (kind === 'test') {
      if (tags.length > 0) titles.push({ title: named.title, tags });
      return 1;
    }
    const found = rest.reduce((sum, argument) => sum + visitAll(argument, tags), 0);
    if (found === 0 && named.tags.length > 0) faults.push(`${file}: no test is within "${named.title}"`);
    return found;
  };

  const visitAll = (node: ts.Node, around: readonly string[]): number => {
    let found = 0;
    ts.forEachChild(node, (child) => {
      found += visit(child, around);
    });
    return found;
  };

  visitAll(source, []);
  walk(source, (node) => {
    if (!isTitle(node)) return;
    const { title, tags } = namedBy(node, source);
    const unknown = tags.filter((tag) => !known.has(tag));
    if (unknown.length > 0) faults.push(`${file}: nobody knows ${unknown.join(', ')} at the end of "${title}"`);
    else if (tags.length > 0 && !read.has(node)) faults.push(`${file}: no title of a test is "${title}"`);
  });
  return { titles, faults };
}
