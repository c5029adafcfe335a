import type { Identity } from '../grant.ts';

/** Longest name in a comment, in characters. */
const longestName = 120;

/** A text as a comment of one line: nothing in it ends the line, or changes the order in which people read. */
export function comment(text: string): string {
  return `# ${oneLine(text)}`;
}

/** A list under a key, each ID once, in the order of code units. @param named true for names as comments */
export function list(indent: string, key: string, items: readonly Identity[], named: boolean): readonly string[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const sorted = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [`${indent}${key}:`, ...sorted.map(({ id, name }) => `${indent}  - ${quoted(id)}${nameBeside(name, named)}`)];
}

function nameBeside(name: string | null, named: boolean): string {
  const shown = named && name !== null ? Array.from(oneLine(name)).slice(0, longestName).join('') : '';
  return shown === '' ? '' : ` # ${shown}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim();
}

/** A scalar that every reader of YAML takes as this text. */
export function quoted(text: string): string {
  if (/^[\x20-\x7e]*$/u.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replaceAll(/[\u{7f}-\u{10ffff}]/gu, escaped);
}

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
