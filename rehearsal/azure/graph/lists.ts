import { parseFilter } from './filter.ts';
import { filterable, type Collection, type Wire } from './objects.ts';
import { GraphError, refusals } from './refusal.ts';

/** [docs] $top of users, groups, servicePrincipals and applications: 100 by default, at most 999. */
const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 999;

/** The query options that can be understood here; others want `ConsistencyLevel: eventual` or are not offered. */
const understood = ['$filter', '$select', '$top', '$skiptoken'];

/** The requested part of an object. */
export type Selected = Readonly<Record<string, unknown>>;

export interface Listing {
  readonly value: readonly Selected[];
  /** Of the next page; null on the last. */
  readonly next: URL | null;
}

/** A page of a collection by the options of its URL. */
export function list(objects: readonly Wire[], collection: Collection, url: URL): Listing {
  checkOptions(url);
  const filter = url.searchParams.get('$filter');
  const matching = filter === null ? objects : objects.filter(parseFilter(filter, filterable[collection]));
  const top = pageSize(url.searchParams.get('$top'));
  const from = offset(url.searchParams.get('$skiptoken'));
  return {
    value: matching.slice(from, from + top).map((object) => selected(object, url, collection)),
    next: from + top < matching.length ? nextOf(url, from + top) : null,
  };
}

/** An object with the properties of `$select` only. */
export function selected(object: Wire, url: URL, collection: Collection): Selected {
  const names = selection(url);
  if (names === null) return object;
  for (const name of names)
    if (!(name in object))
      throw new GraphError(
        400,
        'BadRequest',
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${collection.slice(0, -1)}'.`,
      );
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

export function selection(url: URL): readonly string[] | null {
  const select = url.searchParams.get('$select');
  return select === null ? null : select.split(',').map((name) => name.trim());
}

export function checkOptions(url: URL): void {
  for (const name of url.searchParams.keys())
    if (name.startsWith('$') && !understood.includes(name)) throw refusals.unsupported('Unsupported Query.');
}

function pageSize(top: string | null): number {
  if (top === null) return DEFAULT_PAGE;
  const size = Number(top);
  if (!/^\d+$/.test(top) || size < 1 || size > LARGEST_PAGE)
    throw refusals.unsupported(
      `Invalid page size specified: '${top}'. Must be between 1 and ${LARGEST_PAGE} inclusive.`,
    );
  return size;
}

function offset(token: string | null): number {
  if (token === null) return 0;
  const [, from] = /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (from === undefined)
    throw new GraphError(400, 'Directory_ExpiredPageToken', 'The specified page token value is not valid.');
  return Number(from);
}

function nextOf(url: URL, from: number): URL {
  const next = new URL(url);
  next.searchParams.set('$skiptoken', Buffer.from(`from ${from}`).toString('base64url'));
  return next;
}
