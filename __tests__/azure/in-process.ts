import { randomBytes } from 'node:crypto';

import type { AzureEstate } from '../../rehearsal/azure/estate.ts';
import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import { defaultContext } from '../../rehearsal/runner/context.ts';
import { startWorld, type World } from '../../rehearsal/world.ts';
import { unanswered } from '../../src/access/leases/liveness.ts';
import { createConnections } from '../../src/action/connections.ts';
import type { Budget } from '../../src/access/clock.ts';
import type { CloudWithLeases } from '../../src/access/leases/port.ts';
import type { Parsed } from '../../src/access/declaration.ts';
import type { Grant } from '../../src/access/grant.ts';
import { permanent, type Line, type Part, type Request } from '../../src/access/request.ts';
import { parseAllowed } from '../../src/azure/guards/allowed-lines.ts';
import { openAzure } from '../../src/azure/cloud.ts';
import { parsePrincipal, parseRole, parseTarget } from '../../src/azure/resolve/lines.ts';
import type { AssignmentProperties, AzureSettings } from '../../src/azure/settings.ts';
import { systemClock } from '../../src/system-clock.ts';
import { createFakeLog, type FakeLog } from '../access/fake-log.ts';
import { someOrigin } from '../access/some-origin.ts';
import { trustOnly } from './trust.ts';

export const subscription = (last: number): string => `/subscriptions/11111111-2222-4333-8444-55555555550${last}`;
export const managementGroup = (name: string): string => `/providers/Microsoft.Management/managementGroups/${name}`;
export const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
export const user = (last: number): string => `05e00000-0000-4000-8000-00000000000${last}`;
export const group = (last: number): string => `96000000-0000-4000-8000-00000000000${last}`;
export const servicePrincipal = (last: string): string => `5e000000-0000-4000-8000-0000000000${last}`;
export const customRole = (last: number): string => `c0570000-0000-4000-8000-00000000000${last}`;

/** The port to a rehearsed Azure, over real sockets, and the requests that the servers received. */
export interface Scene {
  readonly cloud: CloudWithLeases;
  readonly world: World;
  readonly log: FakeLog;
  readonly budget: Budget;
  /** The requests of `work`, except those of sign-ins. */
  readonly during: <T>(
    work: () => Promise<T>,
  ) => Promise<{ readonly value: T; readonly requests: readonly JournalEntry[] }>;
}

export interface Setting {
  readonly azure?: AzureOptions;
  readonly properties?: Partial<AssignmentProperties>;
  readonly subscriptionId?: string | null;
  readonly estate?: (estate: AzureEstate) => AzureEstate;
}

/** Opens the port in this process, in a world of its own. */
export async function inScene(setting: Setting, use: (scene: Scene) => Promise<void>): Promise<void> {
  const whole = loadEstate();
  if (whole.azure === undefined) throw new Error('The estate has no Azure.');
  const estate = { ...whole, azure: (setting.estate ?? ((it) => it))(whole.azure) };
  const world = await startWorld({ clouds: ['azure'], clock: 'real', azure: setting.azure ?? {}, estate });
  const connections = createConnections();
  const end = new AbortController();
  try {
    trustOnly(world.azure.ca);
    const log = createFakeLog();
    const cloud = await openAzure(settingsOf(world, setting), {
      clock: systemClock,
      random: () => 0,
      log,
      mask: () => undefined,
      connections,
      signInUntil: null,
      requestsPerSecond: null,
      product: ['cloud-access', '0.0.0'],
      origin: someOrigin,
      liveness: unanswered('not requested here'),
      randomBytes,
      tokens: { mint: async (audience) => ({ jwt: await mint(world.identify(defaultContext), audience), claims: {} }) },
    });
    const budget = { until: Date.now() + 60_000, signal: end.signal };
    await use({
      cloud,
      world,
      log,
      budget,
      during: async (work) => {
        const mark = world.journal.mark();
        const value = await work();
        const requests = world.journal
          .since(mark)
          .filter(({ service, operation }) => (service === 'arm' && operation !== 'metadata') || service === 'graph');
        return { value, requests };
      },
    });
  } finally {
    end.abort();
    connections.close();
    await world.close();
  }
}

function settingsOf({ azure }: World, { properties = {}, subscriptionId }: Setting): AzureSettings {
  const { clientId, tenantId } = azure.ids;
  return {
    environment: { kind: 'custom', arm: new URL(azure.environment) },
    authority: null,
    signIn: { kind: 'federated', clientId, tenantId, audience: azure.inputs['azure-audience'] ?? '' },
    subscriptionId: subscriptionId === undefined ? azure.ids.subscriptionId : subscriptionId,
    leasing: false,
    pim: null,
    caller: null,
    lease: null,
    properties: {
      name: null,
      condition: null,
      description: null,
      delegatedManagedIdentityResourceId: null,
      ...properties,
    },
  };
}

async function mint(variables: Readonly<Record<string, string>>, audience: string): Promise<string> {
  const url = new URL(variables['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
  url.searchParams.set('audience', audience);
  const headers = { authorization: `Bearer ${variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''}` };
  return ((await (await fetch(url, { headers })).json()) as { readonly value: string }).value;
}

/** A line that is right. */
export function right<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

/** A request of a step, by its lines; a target that begins with `!` is an exclusion. */
export function asking(
  principals: readonly string[],
  roles: readonly string[],
  targets: readonly string[],
  over: Partial<Request> = {},
): Request {
  const excluded = targets.filter((line) => line.startsWith('!'));
  return {
    operation: 'assign',
    lifetime: permanent,
    reason: null,
    principals: principals.map((line) => right(parsePrincipal(line, null))),
    roles: roles.map((line) => right(parseRole(line))),
    targets: targets.filter((line) => !line.startsWith('!')).map((line) => right(parseTarget(line))),
    exclusions: excluded.map((line) => right(parseTarget(line.slice(1)))),
    wait: true,
    timeoutMs: 60_000,
    allowPrivileged: false,
    guards: { allowed: { principal: null, target: null, role: null }, maxGrants: null, maxLifetimeMs: null },
    maxInFlight: null,
    perTarget: false,
    dryRun: false,
    ...over,
  };
}

export function allowed(part: Part, ...lines: readonly string[]): readonly Line[] {
  return lines.map((line) => right(parseAllowed(part, line)));
}

/** Grants in short: principal, role and scope, by the ends of their IDs. */
export function brief(grants: readonly Grant[]): readonly string[] {
  return grants.map(({ role, target, ...grant }) =>
    [
      grant.kind === 'assignment' ? (grant.principal.name ?? grant.principal.id) : '',
      role.name ?? role.id.split('/').at(-1),
      target.id,
    ].join(' | '),
  );
}
