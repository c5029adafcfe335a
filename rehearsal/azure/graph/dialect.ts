import { randomUUID } from 'node:crypto';

import { isGuid } from '../../guid.ts';
import type { OpenEntry } from '../../journal.ts';
import type { Answer, Dialect, ReceivedRequest } from '../../serving/dialect.ts';
import type { AzureCloud } from '../cloud.ts';
import type { CloudEnvironment } from '../environments.ts';
import type { AzureEstate } from '../estate.ts';
import type { TokenFault } from '../tokens.ts';
import { getByIds } from './by-ids.ts';
import { memberGroups } from './member-groups.ts';
import { checkOptions, list, selected, selection } from './lists.ts';
import { collectionOf, type Collection, type Wire } from './objects.ts';
import { GraphError, graphError, refusals } from './refusal.ts';
import { operationOf, routeOf, type Route } from './routes.ts';

/** Microsoft Graph v1.0, as far as looking up principals goes (docs/design/azure.md#microsoft-graph). */
export function graphDialect(cloud: AzureCloud, environmentOf: (host: string) => CloudEnvironment): Dialect {
  return {
    entry: (request) => ({
      service: 'graph',
      operation: operationOf(routeOf(request)),
      region: '',
      requestId: randomUUID(),
      url: request.url,
      body: bodyOf(request),
    }),
    handle: (request, entry) => {
      try {
        return answer(cloud, environmentOf(entry.host), request, entry);
      } catch (error) {
        if (error instanceof GraphError) return graphError(error, entry, cloud.now());
        throw error;
      }
    },
    refuse: (entry, effect) => {
      if (effect.kind === 'error')
        return graphError(
          new GraphError(effect.status, effect.code, effect.message ?? `${effect.code} by script`),
          entry,
          cloud.now(),
        );
      if (effect.kind === 'conflict')
        return graphError(new GraphError(409, 'Conflict', 'Conflict'), entry, cloud.now());
      const seconds = effect.retryAfterSeconds;
      const headers = seconds === undefined ? undefined : { 'retry-after': String(seconds) };
      return graphError(new GraphError(429, 'TooManyRequests', 'Too many requests', headers), entry, cloud.now());
    },
  };
}

function answer(
  { estate, tokens, options }: AzureCloud,
  environment: CloudEnvironment,
  request: ReceivedRequest,
  entry: OpenEntry,
): Answer {
  const base = `https://${environment.graphHost}`;
  const caller = tokens.verify(request.headers['authorization'], [`${base}/`]);
  if (typeof caller === 'string') throw unauthenticated(caller, environment);
  entry.principal = caller.objectId;
  const route = routeOf(request);
  if (route.kind === 'unknown') throw refusals.noSegment(route.segment);
  const permissions = options.graphPermissions ?? 'all';
  if (permissions === 'none' || (permissions === 'limited' && route.kind !== 'getByIds')) {
    entry.denied = operationOf(route);
    throw refusals.denied();
  }
  const context = `${base}/v1.0/$metadata#`;
  if (route.kind === 'getByIds') {
    const value = getByIds(estate, bodyOf(request), permissions === 'limited');
    return json({ '@odata.context': `${context}directoryObjects`, value });
  }
  if (route.kind === 'checkMemberGroups') {
    const value = memberGroups(estate, route.id, bodyOf(request));
    return json({ '@odata.context': `${context}Collection(Edm.String)`, value });
  }
  const url = new URL(request.url, base);
  return json(route.kind === 'list' ? listed(estate, route, url, context) : single(estate, route, url, context));
}

function listed(
  estate: AzureEstate,
  { collection }: Extract<Route, { kind: 'list' }>,
  url: URL,
  context: string,
): unknown {
  const { value, next } = list(collectionOf(estate, collection), collection, url);
  return {
    '@odata.context': `${context}${collection}${columns(url)}`,
    ...(next === null ? {} : { '@odata.nextLink': next.href }),
    value,
  };
}

function single(
  estate: AzureEstate,
  { collection, key, value }: Extract<Route, { kind: 'get' }>,
  url: URL,
  context: string,
): unknown {
  checkOptions(url);
  const found = collectionOf(estate, collection).find((object) => goesBy(object, collection, key, value));
  if (found === undefined) {
    // A user's key can be any name; a key that is not an ID cannot be another object's.
    if (collection !== 'users' && !isGuid(value)) throw refusals.notAnId(value);
    throw refusals.notFound(value);
  }
  return { '@odata.context': `${context}${collection}${columns(url)}/$entity`, ...selected(found, url, collection) };
}

/** A user has the principal name as a key too, never the mail address. */
function goesBy(object: Wire, collection: Collection, key: 'id' | 'appId', value: string): boolean {
  const names = collection === 'users' ? ['id', 'userPrincipalName'] : [key];
  return names.some((name) => String(object[name]).toLowerCase() === value.toLowerCase());
}

function columns(url: URL): string {
  const names = selection(url);
  return names === null ? '' : `(${names.join(',')})`;
}

/** Source of the texts: microsoft-graph-docs-contrib#2362, s1t5/mail-archiver#267; `missing` and `invalid` as seen in the Graph Explorer. */
const faults: Readonly<Record<TokenFault, string>> = {
  missing: 'Access token is empty.',
  invalid: 'CompactToken parsing failed with error code: 80049217',
  expired: 'Lifetime validation failed, the token is expired.',
  audience: 'Access token validation failure. Invalid audience.',
  tenant: 'Access token validation failure. Invalid tenant.',
};

function unauthenticated(fault: TokenFault, { preferredLoginHost }: CloudEnvironment): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', faults[fault], {
    'www-authenticate': `Bearer realm="", authorization_uri="https://${preferredLoginHost}/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`,
  });
}

/** The JSON of a request; its text when it is not JSON. */
function bodyOf({ body }: ReceivedRequest): unknown {
  const text = body.toString();
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function json(body: unknown): Answer {
  return {
    status: 200,
    headers: {
      'content-type':
        'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    },
    body: JSON.stringify(body),
  };
}
