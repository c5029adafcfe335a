/** A condition that does not follow the grammar. */
export class ConditionFault extends Error {}

export type Token =
  | { readonly kind: 'symbol'; readonly text: '(' | ')' | '{' | '}' | ',' | '!' | '&&' | '||' }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'attribute'; readonly source: AttributeSource; readonly name: string };

export type AttributeSource = 'Principal' | 'Request' | 'Resource' | 'Environment';

const SOURCES: readonly AttributeSource[] = ['Principal', 'Request', 'Resource', 'Environment'];

/** `''` is a quote inside a string [docs:conditions-format, special characters]. */
const TOKEN =
  /\s*(?:(?<symbol>&&|\|\||[(){},!])|'(?<string>(?:[^']|'')*)'|@(?<source>[A-Za-z]+)\s*\[(?<name>[^\]]+)\]|(?<word>[A-Za-z0-9_.+:/-]+))/y;

/** The tokens of a condition [docs:conditions-format]. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) throw new ConditionFault(`unexpected text: ${text.slice(at, at + 20)}`);
    tokens.push(tokenOf(groups));
  }
  return tokens;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token {
  const { symbol, string, source, name, word } = groups;
  if (symbol !== undefined) return { kind: 'symbol', text: symbol as '(' };
  if (string !== undefined) return { kind: 'string', text: string.replaceAll("''", "'") };
  if (word !== undefined) return { kind: 'word', text: word };
  const known = SOURCES.find((candidate) => candidate.toLowerCase() === source?.toLowerCase());
  if (known === undefined) throw new ConditionFault(`unknown attribute source: ${String(source)}`);
  return { kind: 'attribute', source: known, name: name?.trim() ?? '' };
}
