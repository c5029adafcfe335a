import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { literalsIn, messageFiles } from '../scripts/prose/texts.ts';
import { sourcesIn } from '../scripts/sources.ts';

/** Texts about bugs of this action, which no user can cause. */
const isOfBug = (node: ts.Node): boolean =>
  ts.isNewExpression(node) && /^(?:Type|Range)?Error$/u.test(node.expression.getText());

/** Literals with five words in lower case or more. */
function sentencesIn(path: string, content: string): readonly string[] {
  return literalsIn(content, isOfBug)
    .filter(({ text }) => (text.match(/(?<!\S)[a-z]{2,}(?=[\s,.;:]|$)/gu) ?? []).length > 4)
    .map(({ line, text }) => `${path}:${line + 1} ${text}`);
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
