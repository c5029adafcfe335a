import { TextlintKernel } from '@textlint/kernel';
import markdown from '@textlint/textlint-plugin-markdown';
import text from '@textlint/textlint-plugin-text';
import { fileURLToPath } from 'node:url';
import prh from 'textlint-rule-prh';
import sentenceLength from 'textlint-rule-sentence-length';
import type { CheckedText } from './texts.ts';

/** In characters. A cell of a table and an item of a list count like a sentence. */
const longestSentence = 200;

const wordList = fileURLToPath(new URL('../../prose/words.yml', import.meta.url));
const kernel = new TextlintKernel();
const rules = [
  { ruleId: 'words', rule: onlyDefault(prh), options: { rulePaths: [wordList] } },
  { ruleId: 'length', rule: onlyDefault(sentenceLength), options: { max: longestSentence } },
];
const plugins = [
  { pluginId: 'markdown', plugin: onlyDefault(markdown) },
  { pluginId: 'text', plugin: onlyDefault(text) },
];

/** What CommonJS exports as its default, which Node hands over in an object. */
function onlyDefault<T extends object>(module: T | { readonly default: T }): T {
  return 'default' in module ? module.default : module;
}

/** Findings in a text, a line each: where, and what to write instead. */
export async function findingsIn({ path, kind, content }: CheckedText): Promise<readonly string[]> {
  const ext = kind === 'markdown' ? '.md' : '.txt';
  const { messages } = await kernel.lintText(content, { filePath: path, ext, plugins, rules });
  return messages.map(
    ({ loc: { start }, message }) => `${path}:${start.line}:${start.column} ${message.replaceAll('\n', ' ')}`,
  );
}
