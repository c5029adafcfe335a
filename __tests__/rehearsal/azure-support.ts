import { request } from 'node:https';

import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import { defaultContext, type RunContext } from '../../rehearsal/runner/context.ts';
import { startWorld, type World, type WorldOptions } from '../../rehearsal/world.ts';
import { trustOnly } from '../azure/trust.ts';

export const AUDIENCE = 'api://AzureADTokenExchange';
export const ARM = 'https://management.rehearsal.test/';

type AnyWorld = Awaited<ReturnType<typeof startWorld>>;

/** Runs a test in a world with Azure alone, whose certificates this process trusts. */
export async function inAzure(
  azure: AzureOptions,
  use: (world: AnyWorld) => Promise<void>,
  more: WorldOptions = {},
): Promise<void> {
  const world = await startWorld({ clouds: ['azure'], azure, ...more });
  try {
    trustOnly(world.azure.ca);
    await use(world);
  } finally {
    await world.close();
  }
}

/** An ID token in the form that a step of a job gets. */
export async function idToken(
  world: AnyWorld,
  audience = AUDIENCE,
  context: Partial<RunContext> = {},
): Promise<string> {
  const variables = world.identify({ ...defaultContext, ...context });
  const url = new URL(variables['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
  url.searchParams.set('audience', audience);
  const headers = { authorization: `Bearer ${variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''}` };
  const { value } = (await (await fetch(url, { headers })).json()) as { readonly value: string };
  return value;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function ask(url: string | URL, init: RequestInit = {}): Promise<Answered> {
  const answer = await fetch(url, init);
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Readonly<Record<string, unknown>>,
  };
}

/** Form of a correct token request; undefined removes a field. */
export async function signIn(
  world: AnyWorld,
  form: Readonly<Record<string, string | undefined>> = {},
  tenant = world.azure.ids.tenantId,
): Promise<Answered> {
  const fields = {
    client_id: world.azure.ids.clientId,
    scope: `${ARM}/.default`,
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: 'client_assertion' in form ? form['client_assertion'] : await idToken(world),
    ...form,
  };
  const body = new URLSearchParams(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
  return ask(`${world.azure.login}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body });
}

/** Requests from Graph as the broker; `path` is the part after `/v1.0`. */
export function graph(world: World, path: string, init: Omit<RequestInit, 'headers'> = {}): Promise<Answered> {
  const authorization = `Bearer ${world.azure.token(`${world.azure.graph}/`)}`;
  return ask(`${world.azure.graph}/v1.0${path}`, { ...init, headers: { authorization } });
}

/** Graph's list of a collection by a filter. */
export function filtered(world: World, collection: string, filter: string): Promise<Answered> {
  return graph(world, `/${collection}?$filter=${encodeURIComponent(filter)}`);
}

/** Sends a path unchanged, which `fetch` would normalize. */
export function rawGraph(world: World, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const authorization = `Bearer ${world.azure.token(`${world.azure.graph}/`)}`;
    const { hostname, port } = new URL(world.azure.graph);
    const options = { hostname, port, path, headers: { authorization }, ca: world.azure.ca };
    request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
