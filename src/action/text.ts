import { redact } from './secrets.ts';

/**
 * Text from outside, one log line long and harmless: without secrets, control and direction characters shown as escapes, and
 * nothing in it is a workflow command. The runner takes `::command::` at the start of a line (after white space) and
 * the older `##[command]` anywhere in one. Source: actions/runner, ActionCommand.cs.
 */
export function harmless(text: string): string {
  return redact(text)
    .replaceAll(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, escapeCharacter)
    .replaceAll('##[', '#\\#[')
    .replace(/^(\s*)::/u, '$1\\::');
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '|': '&#124;',
  '`': '&#96;',
  '*': '&#42;',
  _: '&#95;',
  '[': '&#91;',
  ']': '&#93;',
  '\\': '&#92;',
  '~': '&#126;',
  '@': '&#64;',
  '#': '&#35;',
  $: '&#36;',
};

/** The same for the job summary: neither HTML nor markdown. */
export function inert(text: string): string {
  return harmless(text).replaceAll(/[&<>"'|`*_[\]\\~@#$]/gu, (character) => entities[character] ?? character);
}

/** Longer text is cut before it is searched. */
const mostSearched = 2_000;
/** Begins and ends with a letter or a digit, so that it cannot mark up anything. */
const address =
  /(?<![^\s"',])([\p{L}\p{N}](?:[\p{L}\p{N}._+-]{0,62}[\p{L}\p{N}])?@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)(?![^\s"',])/u;

/**
 * Text from outside as a part of one line of a chat or an email, in which it cannot mention, link or mark up anything.
 * Characters with a meaning in Slack's mrkdwn, Markdown, HTML or an Adaptive Card become their full-width forms, which look
 * alike. An email address stays as it is; the dot of any other domain becomes a middle dot.
 */
export function unmarked(text: string): string {
  const line = redact(text)
    .slice(0, mostSearched)
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .replace(/^(?:(?:[-+=•]|\d+[.)])\s+)+/u, '');
  // The group puts the addresses at odd places.
  const parts = line.split(new RegExp(address, 'gu'));
  return parts.map((part, index) => (index % 2 === 1 ? part : withoutMarks(part))).join('');
}

function withoutMarks(text: string): string {
  return text
    .replaceAll(/[<>&@*~`|[\](){}#\\]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, fullWidth)
    .replaceAll(/:(?=\/\/)|(?<![\p{L}\p{N}]):(?=[\w+-]+:)/gu, fullWidth)
    .replaceAll(/\.(?=\p{L}{2})/gu, '·');
}

function fullWidth(character: string): string {
  return String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0);
}

/** At most so many characters (code points), cut at a word where one ends in the second half. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const cut = characters.slice(0, Math.max(0, most - 1)).join('');
  const end = cut.lastIndexOf(' ');
  return `${(end > cut.length / 2 ? cut.slice(0, end) : cut).replace(/[\s,:;_.@]+$/u, '')}…`;
}
