import { expect } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { action } from '../docs/repository.ts';

/** Texts in the form of a command of the runner, an output, HTML, Markdown or a cell. */
export const hostile: readonly (readonly [string, string])[] = [
  ['a command on a line of its own', 'x\n::error title=forged::forged'],
  ['an output by the old command', '\n::set-output name=status::SUCCEEDED'],
  ['a command after a carriage return', 'x\r::warning::forged'],
  ['a command after a line separator', 'x\u2028::notice::forged\u2029::notice::forged\u0085::notice::forged'],
  ['a command at the very beginning', '::add-mask::123456789012'],
  ['a command behind white space', ' \t::stop-commands::forged'],
  ['an old command anywhere', 'x ##[set-output name=status;]SUCCEEDED'],
  ['an old command in an old command', '##[##[error]]forged ###[error]forged'],
  ['an escaped line end', 'x%0A::error::forged%0D::error::forged'],
  ['an entry of a command file', 'x\nstatus<<EOF\nSUCCEEDED\nEOF\nchanged=false'],
  ['HTML', '</td></tr></table><h1>forged</h1><img src=x onerror=alert(1)><!--'],
  ['cells and rows of markdown', 'a | b |\n| --- | --- |\n| forged | x |'],
  [
    'markdown',
    '# forged **x** _x_ `x` [x](https://evil.example) ![x](https://evil.example/x.png) @octocat #1 ~~x~~ $x$',
  ],
  ['terminal control characters', '\u001B[2J\u001B[31mforged\u0007\u0000\u202Eforged'],
];

/** As one line of an input: lines end there, and an environment variable has no NUL. */
export const oneLine = (text: string): string => text.replaceAll(/[\n\r\0]/gu, ' ').trim();

const commandsOfOurs = new Set(['add-mask', 'debug', 'group', 'endgroup', 'error', 'warning', 'notice']);

/** No text from outside was read as this action's own. */
export function expectNothingForged(world: World, result: StepResult): void {
  const names = result.commands.map(({ name }) => name);
  expect(names.filter((name) => !commandsOfOurs.has(name))).toEqual([]);
  expect(result.annotations.filter(({ message, title }) => /^\s*forged/u.test(message) || title === 'forged')).toEqual(
    [],
  );
  for (const { title } of result.annotations) expect(title ?? 'cloud-access').toMatch(/^cloud-access/u);
  expect(Object.keys(result.outputs).filter((name) => !Object.hasOwn(action.outputs, name))).toEqual([]);
  expect(result.exported).toEqual({});
  expect(result.addedPaths).toEqual([]);
  expect(result.masks.filter((mask) => !world.secrets().includes(mask))).toEqual([]);
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(result.stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E]/u);
  expectPlainSummary(result.summary);
}

/** Tables of equal rows, lists and plain paragraphs: no other element, no Markdown, no extra cell, no foreign link. */
function expectPlainSummary(summary: string): void {
  const elements = new Set(
    [...summary.matchAll(/<\/?(?<name>[a-z0-9]+)/giu)].map((match) => match.groups?.['name']?.toLowerCase()),
  );
  const own = [
    'h3',
    'table',
    'tr',
    'th',
    'td',
    'p',
    'br',
    'strong',
    'code',
    'pre',
    'ul',
    'li',
    'a',
    'details',
    'summary',
  ];
  for (const name of elements) expect(own).toContain(name);
  const links = [...summary.matchAll(/<a\b(?<attributes>[^>]*)>/gu)].map(({ groups }) => groups?.['attributes'] ?? '');
  for (const link of links)
    expect(link).toMatch(/^ href="https:\/\/(?:github\.com|d-[\da-z]+\.awsapps\.com)\/[\w/-]*"$/u);
  const tables = [...summary.matchAll(/<table>(?<rows>.*?)<\/table>/gsu)].map(({ groups }) => groups?.['rows'] ?? '');
  // The facts, and the rows of several grants.
  expect(tables.length).toBeLessThanOrEqual(2);
  for (const rows of tables) {
    const widths = [...rows.matchAll(/<tr>(?<row>.*?)<\/tr>/gsu)].map(
      ({ groups }) => groups?.['row']?.match(/<t[hd]/gu)?.length,
    );
    expect(new Set(widths).size).toBe(1);
  }
  expect(summary).not.toMatch(/[|`*[\]~@]|<!--|^\s*#/mu);
}
