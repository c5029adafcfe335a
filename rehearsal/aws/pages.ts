import { digest, stretch } from '../order.ts';
import type { Call } from './call.ts';
import { Refusal } from './refusal.ts';

interface Token {
  /** The request it belongs to. */
  readonly of: string;
  /** The order of the last item given. */
  readonly after: string;
  /** An empty page has been given. */
  readonly emptied: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: { readonly NextToken?: string };
}

export interface PageRules {
  /** Number of items without one in the request. */
  readonly size: number;
  /** Begins with an empty page that has a NextToken, which the services reserve the right to do. */
  readonly emptyFirst?: boolean;
  readonly badToken: () => Refusal;
}

/**
 * One page of a list, in an order of the service's own. Tokens are opaque and belong to one request; a list of several
 * pages has an empty one in the middle.
 */
export function page<T>(call: Call, items: Iterable<T>, keyOf: (item: T) => string, rules: PageRules): Page<T> {
  const { MaxResults: max, NextToken: given, ...rest } = call.input;
  const of = digest(JSON.stringify([call.operation, rest]));
  const token = typeof given === 'string' ? read(given, of, rules) : undefined;
  const size = Math.min(typeof max === 'number' ? max : rules.size, rules.size);
  const after = token === undefined || token.after === '' ? null : token.after;
  const turnToBeEmpty = token === undefined ? rules.emptyFirst === true : !token.emptied;
  const chosen = stretch(items, keyOf, after, turnToBeEmpty ? 0 : size);
  if (turnToBeEmpty && chosen.more)
    return { items: [], next: { NextToken: write({ of, after: token?.after ?? '', emptied: true }) } };
  if (!chosen.more || chosen.last === null) return { items: chosen.items, next: {} };
  return {
    items: chosen.items,
    next: { NextToken: write({ of, after: chosen.last, emptied: token?.emptied ?? false }) },
  };
}

function read(token: string, of: string, rules: PageRules): Token {
  try {
    const found = JSON.parse(Buffer.from(token, 'base64url').toString()) as Token;
    if (found.of === of) return found;
  } catch {
    // not a token of this server
  }
  throw rules.badToken();
}

function write(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}
