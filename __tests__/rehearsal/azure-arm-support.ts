import { request } from 'node:https';

import { AuthorizationManagementClient } from '@azure/arm-authorization';

import { makeAgenda } from '../../rehearsal/agenda.ts';
import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import { makeBuckets } from '../../rehearsal/buckets.ts';
import { armDialect } from '../../rehearsal/azure/arm/dialect.ts';
import { makeArmState, type ArmState } from '../../rehearsal/azure/arm/state.ts';
import type { AzureEstate } from '../../rehearsal/azure/estate.ts';
import { makeLivePim, type LivePim } from '../../rehearsal/azure/pim/live.ts';
import { makePim } from '../../rehearsal/azure/pim/pim.ts';
import { certificates } from '../../rehearsal/azure/tls.ts';
import { makeTokens, type TokenGrant } from '../../rehearsal/azure/tokens.ts';
import { startClock } from '../../rehearsal/clock/coordinator.ts';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import { makeJournal, type Journal } from '../../rehearsal/journal.ts';
import { makeScript, type Script } from '../../rehearsal/script.ts';
import { serve } from '../../rehearsal/serving/serve.ts';

export const TENANT = '72f988bf-0000-4000-8000-000000000001';
export const PROD = '11111111-2222-4333-8444-555555555501';
export const STAGING = '11111111-2222-4333-8444-555555555502';
export const DISABLED = '11111111-2222-4333-8444-555555555505';
export const SUBSCRIPTION = `/subscriptions/${PROD}`;
export const GROUP = `${SUBSCRIPTION}/resourceGroups/payments-prod`;
export const LOCKED = `${SUBSCRIPTION}/resourceGroups/rg-locked`;
export const STORAGE = `${SUBSCRIPTION}/resourceGroups/Payments-Data/providers/Microsoft.Storage/storageAccounts/paydata`;
export const CONTAINER = `${STORAGE}/blobServices/default/containers/logs`;
export const MANAGEMENT_GROUP = '/providers/Microsoft.Management/managementGroups/mg-payments';

export const ALICE = '05e00000-0000-4000-8000-000000000001';
export const BOB = '05e00000-0000-4000-8000-000000000002';
export const ON_CALL = '96000000-0000-4000-8000-000000000001';
export const EVERYONE_ON_CALL = '96000000-0000-4000-8000-000000000006';
export const DEPLOYER = '5e000000-0000-4000-8000-000000000001';
export const BROKER = '5e000000-0000-4000-8000-0000000000b0';
export const BROKER_APP = 'a9900000-0000-4000-8000-0000000000b0';

const AUDIENCE = 'https://management.rehearsal.test/';

export const roles = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  userAccessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  paymentsOperator: 'c0570000-0000-4000-8000-000000000001',
  stagingOperator: 'c0570000-0000-4000-8000-000000000006',
} as const;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: ReplyBody;
}

/** Members of responses that tests read. */
export interface ReplyBody {
  readonly error?: { readonly code: string; readonly message: string };
  readonly value?: readonly { readonly id: string; readonly name: string; readonly displayName?: string }[];
  readonly nextLink?: string;
  readonly id?: string;
  readonly name?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

export interface Arm {
  readonly client: AuthorizationManagementClient;
  readonly state: ArmState;
  readonly pim: LivePim;
  readonly now: () => number;
  readonly estate: AzureEstate;
  readonly journal: Journal;
  readonly script: Script;
  readonly url: string;
  readonly advance: (ms: number) => Promise<void>;
  readonly token: (grant?: Partial<TokenGrant>) => string;
  /** An unchanged request, without the SDK; `headers` replace the ordinary ones. */
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string | undefined>>,
  ) => Promise<Reply>;
}

/** Starts ARM alone, over TLS, with a clock that does not move. */
export async function withArm(
  options: AzureOptions,
  use: (arm: Arm) => Promise<void>,
  change: (estate: AzureEstate) => AzureEstate = (estate) => estate,
): Promise<void> {
  const { azure } = loadEstate();
  if (azure === undefined) throw new Error('The estate has no Azure.');
  const estate = change(azure);
  const clock = await startClock('virtual');
  const now = (): number => clock.now();
  const agenda = makeAgenda(now);
  const journal = makeJournal();
  const script = makeScript(agenda);
  const tokens = makeTokens(estate, now);
  const state = makeArmState(estate, agenda, options);
  const { key, cert, ca } = await certificates();
  const buckets = makeBuckets(now);
  const audiences = (): readonly string[] => [AUDIENCE];
  const pim = makePim(estate, agenda, state, options);
  const dialect = armDialect({
    estate,
    arm: state,
    pim,
    tokens,
    options,
    buckets,
    agenda,
    now,
    armAudiences: audiences,
  });
  const server = await serve({ clock, agenda, journal, script }, dialect, { key, cert });
  const token: Arm['token'] = (grant) => tokens.issue({ audience: AUDIENCE, ...grant });
  // Never kept by the client, whose time is not the rehearsal's.
  const credential = { getToken: () => Promise.resolve({ token: token(), expiresOnTimestamp: 0 }) };
  const client = new AuthorizationManagementClient(credential, PROD, {
    endpoint: server.url,
    credentialScopes: `${AUDIENCE}.default`,
    retryOptions: { maxRetries: 0 },
    tlsOptions: { ca },
  });
  try {
    await use({
      ...{ client, state, estate, journal, script, token, now, url: server.url },
      pim: makeLivePim(pim, estate, state, agenda),
      advance: (ms) => clock.advance(ms),
      send: (method, path, body, headers) =>
        exchange(server.url + path, ca, method, body, {
          authorization: `Bearer ${token()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        }),
    });
  } finally {
    await server.close();
    await clock.close();
  }
}

function exchange(
  url: string,
  ca: string,
  method: string,
  body: unknown,
  headers: Readonly<Record<string, string | undefined>>,
): Promise<Reply> {
  // The path is sent as it is: a URL object would change it.
  const { hostname, port, origin } = new URL(url);
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: url.slice(origin.length), method, ca, headers: given }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const parsed = (text === '' ? {} : JSON.parse(text)) as ReplyBody;
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: parsed });
      });
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** The path of a role assignment, or of the list at a scope. */
export function assignments(scope: string, name = '', query = ''): string {
  const at = scope === '/' ? '' : scope;
  return `${at}/providers/Microsoft.Authorization/roleAssignments${name === '' ? '' : `/${name}`}?api-version=2022-04-01${query}`;
}

export function filtered(scope: string, filter: string): string {
  return assignments(scope, '', `&$filter=${encodeURIComponent(filter)}`);
}

/** A role definition's ID in the form of a request. */
export function role(guid: string): string {
  return `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
}

/** The body of a PUT. */
export function grant(
  guid: string,
  principalId: string,
  more: Readonly<Record<string, unknown>> = {},
): { readonly properties: Readonly<Record<string, unknown>> } {
  return { properties: { roleDefinitionId: role(guid), principalId, ...more } };
}

/** A name for a role assignment that is easy to recognize. */
export function named(number: number): string {
  return `a0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Status and error code of a response. */
export function outcome({ status, body }: Reply): string {
  return body.error === undefined ? String(status) : `${status} ${body.error.code}`;
}
