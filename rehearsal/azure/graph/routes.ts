import type { ReceivedRequest } from '../../serving/dialect.ts';
import type { Collection } from './objects.ts';

/** Subject of a request to Graph. */
export type Route =
  | { readonly kind: 'list'; readonly collection: Collection }
  /** `key`: the object ID or another key that the collection takes. */
  | { readonly kind: 'get'; readonly collection: Collection; readonly key: 'id' | 'appId'; readonly value: string }
  | { readonly kind: 'getByIds' }
  | { readonly kind: 'checkMemberGroups'; readonly id: string }
  | { readonly kind: 'unknown'; readonly segment: string };

const collections: readonly Collection[] = ['users', 'groups', 'servicePrincipals', 'applications'];

/** Reads `/v1.0/users`, `/v1.0/users/x`, `/v1.0/users('x')`, `/v1.0/servicePrincipals(appId='x')` and `/v1.0/directoryObjects/getByIds`. */
export function routeOf({ method, url }: ReceivedRequest): Route {
  const { pathname } = new URL(url, 'https://localhost');
  const [version = '', first = '', ...rest] = pathname.split('/').slice(1).map(decoded);
  if (version !== 'v1.0') return { kind: 'unknown', segment: version };
  if (method === 'POST' && first === 'directoryObjects' && rest.join('/') === 'getByIds') return { kind: 'getByIds' };
  if (method === 'POST' && first === 'directoryObjects' && rest.length === 2 && rest[1] === 'checkMemberGroups')
    return { kind: 'checkMemberGroups', id: rest[0] ?? '' };
  const [, name = first, key, literal] = /^(\w+)\((?:(\w+)=)?'((?:[^']|'')*)'\)$/s.exec(first) ?? [];
  const collection = collections.find((known) => known === name);
  if (method !== 'GET' || collection === undefined) return { kind: 'unknown', segment: name };
  if (literal !== undefined && rest.length === 0) return keyed(collection, key ?? 'id', literal.replaceAll("''", "'"));
  const [id, ...more] = rest;
  if (id === undefined) return { kind: 'list', collection };
  // OData reads `$…` as a segment of its own (Graph's reference, "Get a user": such a name needs /users('$x')).
  if (id === '' || id.startsWith('$') || more.length > 0) return { kind: 'unknown', segment: more[0] ?? id };
  return { kind: 'get', collection, key: 'id', value: id };
}

function keyed(collection: Collection, key: string, value: string): Route {
  const hasAppId = collection === 'servicePrincipals' || collection === 'applications';
  if (key === 'id' || (key === 'appId' && hasAppId)) return { kind: 'get', collection, key, value };
  return { kind: 'unknown', segment: `${collection}(${key}=)` };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Its name in the journal. */
export function operationOf(route: Route): string {
  if (route.kind !== 'list' && route.kind !== 'get') return route.kind;
  return `${route.collection}.${route.kind}`;
}
