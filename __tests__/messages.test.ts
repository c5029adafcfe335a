import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { messageFiles } from '../scripts/prose/texts.ts';
import { sourcesIn } from '../scripts/sources.ts';

/** Literals with five words in lower case or more, except texts of our own bugs, which no user can cause. */
function sentencesIn(path: string, content: string): readonly string[] {
  const file = ts.createSourceFile(path, content, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && /^(?:Type|Range)?Error$/u.test(node.expression.getText())) return;
    const text = textOf(node);
    if (text !== null && (text.match(/(?<!\S)[a-z]{2,}(?=[\s,.;:]|$)/gu) ?? []).length > 4) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${path}:${line + 1} ${text}`);
    }
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

describe('sentences that users read', () => {
  const messages = new Set(messageFiles());

  it('are in the message files, and nowhere else in the source', () => {
    const elsewhere = sourcesIn('src').filter((path) => !messages.has(path));
    expect(elsewhere.flatMap((path) => sentencesIn(path, readFileSync(path, 'utf8')))).toEqual([]);
  });

  it('would be found in other files', () => {
    const code = 'throw new Refusal(`The role ${role} does not exist in the account.`, hint);';
    expect(sentencesIn('a.ts', code)).toHaveLength(1);
    expect(sentencesIn('a.ts', "throw new Error('this can never happen here');")).toEqual([]);
  });
});
