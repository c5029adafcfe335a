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
