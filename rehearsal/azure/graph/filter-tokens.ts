import { refusals } from './refusal.ts';

export interface Token {
  readonly kind: 'word' | 'text' | 'mark';
  /** Of a text: its content, without its quotes. */
  readonly value: string;
  readonly at: number;
}

/** Cuts a filter into words, quoted texts and marks; a quote inside a text is doubled (OData 4.01 ABNF, SQUOTE-in-string). */
export function tokenize(filter: string): readonly Token[] {
  const pattern = /\s*(?:(?<word>[A-Za-z_][\w.]*)|'(?<text>(?:[^']|'')*)'|(?<mark>[(),:/]))/y;
  const tokens: Token[] = [];
  const length = filter.trimEnd().length;
  while (pattern.lastIndex < length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(filter)?.groups;
    if (groups === undefined) throw unreadable(filter, at);
    const { word, text, mark } = groups;
    if (word !== undefined) tokens.push({ kind: 'word', value: word, at });
    else if (text !== undefined) tokens.push({ kind: 'text', value: text.replaceAll("''", "'"), at });
    else tokens.push({ kind: 'mark', value: mark ?? '', at });
  }
  return tokens;
}

function unreadable(filter: string, at: number): Error {
  const rest = filter.slice(at).trimStart();
  return rest.startsWith("'")
    ? refusals.syntax(`There is an unterminated string literal at position ${at} in '${filter}'.`)
    : refusals.syntax(`Syntax error at position ${at} in '${filter}'.`);
}
