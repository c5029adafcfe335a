import { ConditionFault, tokensOf, type AttributeSource, type Token } from './condition-tokens.ts';

/** A role assignment condition, parsed (docs/design/azure.md#conditions) [docs:conditions-format]. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  /** ActionMatches, SubOperationMatches. */
  | { readonly kind: 'action'; readonly sub: boolean; readonly patterns: readonly string[] }
  | { readonly kind: 'exists'; readonly attribute: Attribute }
  | {
      readonly kind: 'comparison';
      readonly left: Attribute;
      readonly quantifier: Quantifier | null;
      readonly operator: string;
      readonly right: Attribute | Values;
    };

export interface Attribute {
  readonly source: AttributeSource;
  /** `namespace/type:attribute` */
  readonly name: string;
}

export interface Values {
  readonly values: readonly string[];
  /** Written in braces. */
  readonly set: boolean;
}

export type Quantifier = 'ForAnyOfAnyValues' | 'ForAllOfAnyValues' | 'ForAnyOfAllValues' | 'ForAllOfAllValues';

const QUANTIFIERS: readonly Quantifier[] = [
  'ForAnyOfAnyValues',
  'ForAllOfAnyValues',
  'ForAnyOfAllValues',
  'ForAllOfAllValues',
];

/** Letter case of names does not count: `stringEquals` was accepted (azure-cli PR#14958). Throws a ConditionFault. */
export function parseCondition(text: string): Condition {
  const cursor = makeCursor(tokensOf(text));
  const condition = either(cursor);
  if (cursor.peek() !== undefined) throw new ConditionFault('text after the end of the condition');
  return condition;
}

interface Cursor {
  peek(): Token | undefined;
  take(): Token;
  /** Takes a symbol or a word (given in capitals as it must be written) if it is the next token. */
  skip(...texts: readonly string[]): boolean;
  need(text: string): void;
}

function makeCursor(tokens: readonly Token[]): Cursor {
  let at = 0;
  const skip = (...texts: readonly string[]): boolean => {
    const next = tokens[at];
    if (next === undefined || (next.kind !== 'symbol' && next.kind !== 'word') || !texts.includes(next.text))
      return false;
    at += 1;
    return true;
  };
  return {
    peek: () => tokens[at],
    take: () => {
      const token = tokens[at++];
      if (token === undefined) throw new ConditionFault('the condition ends too early');
      return token;
    },
    skip,
    need: (text) => {
      if (!skip(text)) throw new ConditionFault(`${text} expected`);
    },
  };
}

function either(cursor: Cursor): Condition {
  const parts = [both(cursor)];
  while (cursor.skip('OR', '||')) parts.push(both(cursor));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'or', parts };
}

function both(cursor: Cursor): Condition {
  const parts = [single(cursor)];
  while (cursor.skip('AND', '&&')) parts.push(single(cursor));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'and', parts };
}

function single(cursor: Cursor): Condition {
  if (cursor.skip('!', 'NOT')) return { kind: 'not', part: single(cursor) };
  if (cursor.skip('(')) {
    const inner = either(cursor);
    cursor.need(')');
    return inner;
  }
  const token = cursor.take();
  if (token.kind === 'attribute') return comparison(cursor, token);
  if (token.kind !== 'word') throw new ConditionFault(`unexpected ${token.text}`);
  switch (token.text.toLowerCase()) {
    case 'actionmatches':
    case 'suboperationmatches':
      return { kind: 'action', sub: token.text.toLowerCase() !== 'actionmatches', patterns: braces(cursor) };
    case 'exists': {
      const attribute = cursor.take();
      if (attribute.kind !== 'attribute') throw new ConditionFault('Exists wants an attribute');
      return { kind: 'exists', attribute };
    }
    default:
      throw new ConditionFault(`unknown function ${token.text}`);
  }
}

function comparison(cursor: Cursor, { source, name }: Attribute): Condition {
  const token = cursor.take();
  if (token.kind !== 'word') throw new ConditionFault('an operator expected');
  const parts = token.text.split(':');
  const operator = parts.at(-1) ?? '';
  const quantifier =
    parts.length === 1 ? null : QUANTIFIERS.find((one) => one.toLowerCase() === parts[0]?.toLowerCase());
  if (quantifier === undefined || parts.length > 2) throw new ConditionFault(`unknown operator ${token.text}`);
  return { kind: 'comparison', left: { source, name }, quantifier, operator, right: operand(cursor) };
}

function operand(cursor: Cursor): Attribute | Values {
  const next = cursor.peek();
  if (next?.kind === 'symbol' && next.text === '{') return { values: braces(cursor), set: true };
  const token = cursor.take();
  if (token.kind === 'attribute') return { source: token.source, name: token.name };
  if (token.kind === 'symbol') throw new ConditionFault('a value expected');
  return { values: [token.text], set: false };
}

/** `{'a', 'b'}`; numbers, GUIDs, true and false have no quotes. */
function braces(cursor: Cursor): readonly string[] {
  cursor.need('{');
  const values: string[] = [];
  do {
    const token = cursor.take();
    if (token.kind !== 'string' && token.kind !== 'word') throw new ConditionFault('a value expected');
    values.push(token.text);
  } while (cursor.skip(','));
  cursor.need('}');
  return values;
}
