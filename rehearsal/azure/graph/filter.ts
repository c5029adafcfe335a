import { isGuid } from '../../guid.ts';
import { refusals } from './refusal.ts';
import { tokenize, type Token } from './filter-tokens.ts';
import type { Wire } from './objects.ts';

export type Predicate = (object: Wire) => boolean;

/**
 * Reads a `$filter` (OData 4.01, part 2 §5.1.1) as far as Graph offers it for texts of directory objects: `eq`, `in`,
 * `startswith`, `any` over a list of texts, `and`, `or` and brackets. Comparison ignores letter case, as Graph's does.
 */
export function parseFilter(text: string, properties: readonly string[]): Predicate {
  const reader = makeReader(tokenize(text), text);
  const predicate = disjunction(reader, properties);
  reader.end();
  return predicate;
}

interface Reader {
  peek(): Token | undefined;
  take(kind: Token['kind'], value?: string): Token;
  /** Takes a token if it is the next. */
  accept(kind: Token['kind'], value: string): boolean;
  end(): void;
}

function makeReader(tokens: readonly Token[], text: string): Reader {
  let index = 0;
  const fail = (token: Token | undefined): never => {
    throw refusals.syntax(`Syntax error at position ${token?.at ?? text.length} in '${text}'.`);
  };
  const is = (token: Token | undefined, kind: Token['kind'], value?: string): token is Token =>
    token?.kind === kind && (value === undefined || token.value === value);
  return {
    peek: () => tokens[index],
    take: (kind, value) => {
      const token = tokens[index];
      if (!is(token, kind, value)) return fail(token);
      index += 1;
      return token;
    },
    accept: (kind, value) => {
      if (!is(tokens[index], kind, value)) return false;
      index += 1;
      return true;
    },
    end: () => {
      if (index < tokens.length) fail(tokens[index]);
    },
  };
}

function disjunction(reader: Reader, properties: readonly string[]): Predicate {
  const parts = [conjunction(reader, properties)];
  while (reader.accept('word', 'or')) parts.push(conjunction(reader, properties));
  return (object) => parts.some((part) => part(object));
}

function conjunction(reader: Reader, properties: readonly string[]): Predicate {
  const parts = [clause(reader, properties)];
  while (reader.accept('word', 'and')) parts.push(clause(reader, properties));
  return (object) => parts.every((part) => part(object));
}

function clause(reader: Reader, properties: readonly string[]): Predicate {
  if (reader.accept('mark', '(')) {
    const inner = disjunction(reader, properties);
    reader.take('mark', ')');
    return inner;
  }
  const { value: word } = reader.take('word');
  if (word === 'startswith') return startsWith(reader, properties);
  if (reader.accept('mark', '/')) return anyOf(reader, properties, word);
  if (reader.peek()?.value === '(') throw refusals.unsupported('Unsupported Query.');
  return comparison(reader, properties, word);
}

function comparison(reader: Reader, properties: readonly string[], property: string): Predicate {
  check(properties, property, property);
  const { value: operator } = reader.take('word');
  if (operator === 'eq') {
    const wanted = literal(reader, property);
    return (object) => same(object[property], wanted);
  }
  if (operator === 'in') {
    reader.take('mark', '(');
    const wanted = [literal(reader, property)];
    while (reader.accept('mark', ',')) wanted.push(literal(reader, property));
    reader.take('mark', ')');
    return (object) => wanted.some((value) => same(object[property], value));
  }
  // `ne`, `not` and `endswith` would need ConsistencyLevel: eventual (microsoft-graph-docs-contrib#3042).
  throw refusals.unsupported(
    `Unsupported property filter clause operator '${operator === 'ne' ? 'NotEqualsMatch' : operator}'.`,
  );
}

function startsWith(reader: Reader, properties: readonly string[]): Predicate {
  reader.take('mark', '(');
  const { value: property } = reader.take('word');
  check(properties, property, property);
  reader.take('mark', ',');
  const { value: start } = reader.take('text');
  reader.take('mark', ')');
  return (object) => textOf(object[property]).startsWith(start.toLowerCase());
}

/** `list/any(c:c eq 'x')`; the slash is behind us. */
function anyOf(reader: Reader, properties: readonly string[], list: string): Predicate {
  reader.take('word', 'any');
  check(properties, `${list}[]`, list);
  reader.take('mark', '(');
  const { value: name } = reader.take('word');
  reader.take('mark', ':');
  reader.take('word', name);
  reader.take('word', 'eq');
  const { value: wanted } = reader.take('text');
  reader.take('mark', ')');
  return (object) => {
    const values = object[list];
    return Array.isArray(values) && values.some((value) => same(value, wanted));
  };
}

function check(properties: readonly string[], property: string, name: string): void {
  if (!properties.includes(property))
    throw refusals.unsupported(`Unsupported or invalid query filter clause specified for property '${name}'.`);
}

function literal(reader: Reader, property: string): string {
  const { value } = reader.take('text');
  if ((property === 'id' || property === 'appId') && !isGuid(value))
    throw refusals.unsupported(`Invalid filter clause: Invalid object identifier '${value}'.`);
  return value;
}

function same(value: unknown, wanted: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === wanted.toLowerCase();
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
