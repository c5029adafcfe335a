import { randomUUID } from 'node:crypto';

import { presented } from '../github/claims.ts';
import { isGuid } from '../guid.ts';
import type { OpenEntry } from '../journal.ts';
import type { Answer, Dialect, ReceivedRequest } from '../serving/dialect.ts';
import { configuration, instances } from './discovery.ts';
import { sentences, SignInError, signInError } from './entra-errors.ts';
import { formOf, json, token, type Entra, type Form } from './entra-token.ts';

/** Microsoft Entra ID: discovery, keys and the token endpoint of version 2.0. */
export function entraDialect(entra: Entra): Dialect {
  const uses = new Map<string, number>();
  const count = (id: string): number => {
    const number = (uses.get(id) ?? 0) + 1;
    uses.set(id, number);
    return number;
  };
  return {
    entry: (request) => {
      const { operation } = routeOf(request);
      const common = { service: 'entra', operation, region: '', requestId: randomUUID(), url: request.url } as const;
      if (operation !== 'token') return { ...common, body: null };
      const form = formOf(request);
      const assertion = form['client_assertion'];
      if (assertion === undefined) return { ...common, body: redacted(form) };
      const token = presented(assertion);
      return { ...common, body: redacted(form), idToken: { ...token, uses: count(token.id) } };
    },
    handle: (request, entry) => {
      try {
        return answer(entra, request, entry);
      } catch (error) {
        if (!(error instanceof SignInError)) throw error;
        // Discovery has `invalid_tenant` where the token endpoint has an invalid request.
        const form = entry.operation === 'discovery' ? { error: 'invalid_tenant' } : {};
        return signInError(error, contextOf(entra, request, entry), form);
      }
    },
    refuse: (entry, effect) => {
      const context = { entry, host: entry.host, correlationId: undefined, now: entra.now() };
      if (effect.kind === 'throttle') {
        const seconds = effect.retryAfterSeconds;
        const error = new SignInError(90055, 'There have been too many requests in a short period of time.');
        return signInError(error, context, {
          status: 429,
          headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
        });
      }
      if (effect.kind === 'conflict')
        return signInError(new SignInError(90019, 'Conflicting request.'), context, { status: 409 });
      const [, number] = /^(?:AADSTS)?(\d+)$/.exec(effect.code) ?? [];
      const error = new SignInError(Number(number ?? 90033), effect.message ?? `${effect.code} by script`);
      const more = { status: effect.status, ...(number === undefined ? { error: effect.code } : {}) };
      return { ...signInError(error, context, more), code: effect.code };
    },
  };
}

interface Route {
  readonly operation: 'discovery' | 'instance-discovery' | 'token' | 'keys' | 'unknown';
  readonly tenant: string;
}

function routeOf({ method, url }: ReceivedRequest): Route {
  const { pathname } = new URL(url, 'https://localhost');
  const [, tenant = '', rest = ''] = /^\/([^/]*)\/(.*)$/.exec(pathname) ?? [];
  const operations: Readonly<Record<string, Route['operation']>> = {
    'GET v2.0/.well-known/openid-configuration': 'discovery',
    'GET discovery/instance': 'instance-discovery',
    'GET discovery/v2.0/keys': 'keys',
    'POST oauth2/v2.0/token': 'token',
  };
  return { operation: operations[`${method} ${rest}`] ?? 'unknown', tenant: decodeURIComponent(tenant) };
}

function answer(entra: Entra, request: ReceivedRequest, entry: OpenEntry): Answer {
  const { operation, tenant } = routeOf(request);
  const environments = entra.environments();
  const cloud = environments.of(entry.host);
  switch (operation) {
    case 'instance-discovery':
      return instances(environments, cloud, request) ?? unknownInstance(entra, request, entry);
    case 'discovery':
      checkTenant(entra, tenant);
      return json(configuration(cloud, tenant, entra.estate.tenant.id));
    case 'keys':
      return json({ keys: [{ ...entra.tokens.publicKey, use: 'sig', alg: 'RS256', kid: entra.tokens.keyId }] });
    case 'token':
      checkTenant(entra, tenant);
      return token(entra, cloud, formOf(request), entry);
    case 'unknown':
      return { status: 404, headers: { 'content-type': 'text/html' }, body: '', code: '404' };
  }
}

function unknownInstance(entra: Entra, request: ReceivedRequest, entry: OpenEntry): Answer {
  const error = new SignInError(50049, 'Unknown or invalid instance.');
  return signInError(error, contextOf(entra, request, entry), { error: 'invalid_instance' });
}

function checkTenant({ estate }: Entra, tenant: string): void {
  const { id, domain } = estate.tenant;
  const name = tenant.toLowerCase();
  if (name === id || name === domain) return;
  const plausible = isGuid(name) || name.includes('.');
  if (!plausible) throw new SignInError(900023, sentences.tenantMalformed(tenant));
  throw new SignInError(90002, sentences.tenantNotFound(tenant));
}

/** Secrets do not go into the journal. */
function redacted(form: Form): Form {
  const hidden = ['client_assertion', 'client_secret'].filter((name) => form[name] !== undefined);
  return { ...form, ...Object.fromEntries(hidden.map((name) => [name, `(${name.replace('_', ' ')})`])) };
}

function contextOf(entra: Entra, request: ReceivedRequest, entry: OpenEntry): Parameters<typeof signInError>[1] {
  // MSAL for Node has it in the query, others in a header.
  const correlationId =
    new URL(request.url, 'https://localhost').searchParams.get('client-request-id') ??
    request.headers['client-request-id'];
  return { entry, host: entry.host, correlationId, now: entra.now() };
}
