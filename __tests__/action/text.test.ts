import { describe, expect, test } from '@jest/globals';

import { parseCommand } from '../../rehearsal/runner/commands.ts';
import { harmless, inert } from '../../src/action/text.ts';

/** A small generator with a fixed seed: the same texts in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const commands = [
  'warning',
  'error',
  'notice',
  'debug',
  'add-mask',
  'add-path',
  'set-env',
  'set-output',
  'save-state',
  'stop-commands',
  'group',
  'endgroup',
  'echo',
  'add-matcher',
  'remove-matcher',
  'ERROR',
  'Set-Env',
];
const fragments = [
  '::',
  ':',
  '##[',
  '##',
  '#',
  '[',
  ']',
  ';',
  ',',
  '=',
  ' ',
  '\t',
  '\v',
  '\f',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\u009b',
  '\u00a0',
  '\u00ad',
  '\u061c',
  '\u1680',
  '\u180e',
  '\u2003',
  '\u200b',
  '\u200d',
  '\u200e',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u202f',
  '\u2060',
  '\u2066',
  '\u3000',
  '\ufeff',
  '\ud800',
  '\udc00',
  '🚀',
  'é',
  '%0A',
  '%0D',
  '%25',
  'name=x',
  'title=a',
  '::warning::',
  '##[error]',
  '###[',
  '#\u200d#[',
  '\\',
  '\\::',
  '<b>',
  '</td>',
  '<!--',
  '&lt;',
  '&#60;',
  '`',
  '```',
  '*',
  '**bold**',
  '_',
  '~~',
  '|',
  '- ',
  '1. ',
  '> ',
  '# ',
  '[x](javascript:0)',
  '![x](https://x)',
  '@user',
  '#1',
  '$x$',
  'https://x',
  '"',
  "'",
  '<script>',
  '<img src=x onerror=1>',
  '&amp;',
  '&',
  ...commands,
  ...commands.map((name) => `::${name}::`),
  ...commands.map((name) => `##[${name}]`),
];

function hostile(many: number, seed: number): readonly string[] {
  const random = seeded(seed);
  const pick = (): string => fragments[Math.floor(random() * fragments.length)] ?? '';
  return Array.from({ length: many }, () => Array.from({ length: 1 + Math.floor(random() * 9) }, pick).join(''));
}

/** Characters that .NET's Trim removes: Char.IsWhiteSpace. */
const dotnetSpace = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** True if the runner could read a line as a command of either form, with any name. */
function looksLikeCommand(line: string): boolean {
  return line.replace(dotnetSpace, '').startsWith('::') || line.trimStart().startsWith('::') || line.includes('##[');
}

describe('harmless', () => {
  test('no hostile text is a command of the runner, whole or line by line, alone or inside a message', () => {
    const taken = hostile(5_000, 4_711).filter((text) =>
      [text, `Plan: ${text}.`, ` ${text}`]
        .flatMap((said) => harmless(said).split(/[\n\r\v\f\u0085\u2028\u2029]/u))
        .some((line) => parseCommand(line) !== null || looksLikeCommand(line)),
    );
    expect(taken).toEqual([]);
  });

  test('the fuzz is able to fail: many of these texts are commands before the cleaning', () => {
    const texts = hostile(5_000, 4_711).flatMap((text) => text.split(/[\n\r]/u));
    expect(texts.filter((text) => parseCommand(text) !== null).length).toBeGreaterThan(500);
  });

  test('every text becomes one line, without control or direction characters', () => {
    const control = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
    expect(hostile(5_000, 815).filter((text) => control.test(harmless(text)))).toEqual([]);
  });

  test('a second pass changes nothing', () => {
    expect(hostile(1_000, 99).filter((text) => looksLikeCommand(harmless(harmless(text))))).toEqual([]);
  });

  test.each([
    ['plain text: as it is, with: colons', 'plain text: as it is, with: colons'],
    ['arn:aws:sso:::permissionSet/ssoins-1/ps-1', 'arn:aws:sso:::permissionSet/ssoins-1/ps-1'],
    ['Ünïcödé 🚀', 'Ünïcödé 🚀'],
    ['a\nb\r\nc\td', 'a\\nb\\r\\nc\\td'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['\u202egnp', '\\u{202e}gnp'],
    ['::error::x', '\\::error::x'],
    [' \u00a0::error::x', ' \u00a0\\::error::x'],
    ['a ##[error]x', 'a #\\#[error]x'],
    ['', ''],
  ])('%j', (text, line) => {
    expect(harmless(text)).toBe(line);
  });

  test('the Arabic letter mark is a direction character like the others', () => {
    expect(harmless('a\u061cb')).toBe('a\\u{61c}b');
  });
});

describe('inert', () => {
  const entity = /&(?:amp|lt|gt|quot|#\d+);/gu;
  const named: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
  const decode = (text: string): string =>
    text.replaceAll(entity, (it) => named[it] ?? String.fromCodePoint(Number(it.slice(2, -1))));

  test('no character with a meaning in HTML or Markdown survives, and no text is lost', () => {
    const active = /[&<>"'|`*_[\]\\~@#$\n\r]/u;
    const texts = hostile(5_000, 1_234);
    expect(texts.filter((text) => active.test(inert(text).replaceAll(entity, '')))).toEqual([]);
    expect(texts.filter((text) => decode(inert(text)) !== harmless(text))).toEqual([]);
  });

  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['a | b', 'a &#124; b'],
    ['[x](https://evil)', '&#91;x&#93;(https://evil)'],
    ['@octocat fixes #1', '&#64;octocat fixes &#35;1'],
    ['&lt;', '&amp;lt;'],
    ['Payments On-Call', 'Payments On-Call'],
  ])('%j', (text, shown) => {
    expect(inert(text)).toBe(shown);
  });
});
