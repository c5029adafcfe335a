import { createHash } from 'node:crypto';

import type { Call } from './cloud.ts';
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
  /** How many when the request does not say. */
  readonly size: number;
  /** Begins with an empty page that has a NextToken, which the services reserve the right to do. */
  readonly emptyFirst?: boolean;
  readonly badToken: () => Refusal;
}

/**
 * One page of a list, in an order of the service's own. Tokens are opaque and belong to one request; a list of several
 * pages has an empty one in the middle.
 */
export function page<T>(call: Call, items: readonly T[], keyOf: (item: T) => string, rules: PageRules): Page<T> {
  const { MaxResults: max, NextToken: given, ...rest } = call.input;
  const of = digest(JSON.stringify([call.operation, rest]));
  const token = typeof given === 'string' ? read(given, of, rules) : undefined;
  const sorted = items
    .map((item) => ({ item, order: digest(keyOf(item)) }))
    .sort((one, other) => (one.order < other.order ? -1 : 1))
    .filter(({ order }) => token === undefined || order > token.after);
  const size = Math.min(typeof max === 'number' ? max : rules.size, rules.size);
  const turnToBeEmpty = token === undefined ? rules.emptyFirst === true && items.length > 0 : !token.emptied;
  if (turnToBeEmpty && sorted.length > 0)
    return { items: [], next: { NextToken: write({ of, after: token?.after ?? '', emptied: true }) } };
  const chosen = sorted.slice(0, size);
  const last = chosen.at(-1);
  const next =
    last === undefined || sorted.length <= size
      ? {}
      : { NextToken: write({ of, after: last.order, emptied: token?.emptied ?? false }) };
  return { items: chosen.map(({ item }) => item), next };
}

function read(token: string, of: string, rules: PageRules): Token {
  try {
    const found = JSON.parse(Buffer.from(token, 'base64url').toString()) as Token;
    if (found.of === of) return found;
  } catch {
    // not one of ours
  }
  throw rules.badToken();
}

function write(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function digest(value: string): string {
  return createHash('sha1').update(value).digest('hex').slice(0, 16);
}
