import type { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Budget } from '#access/clock';
import type { Credential } from '#access/engine/credential';
import { createRequests } from '#access/engine/requests';
import type { Quota } from '#access/engine/pacing';
import { onlyDocumented, type Client } from './documented.ts';
import { routed, type RoutedConfig, type Routing, type ServiceId } from './routing.ts';
import { callerAccount, type AwsSettings } from './settings.ts';
import { createCredentials, type AwsCredentials, type Credentials } from './sign-in/credentials.ts';
import { classify, isSignInRefused } from './failures.ts';
import type { CloudTools } from '#access/tools';
import { openWire, type Wire } from './wire.ts';

type Send<C, T> = (client: C, options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** One AWS service: every call signs in first, then goes through the domain's pacing and retries. */
export interface Service<C> {
  /** A request that changes nothing; `action` is the IAM action without its prefix. */
  read<T>(action: string, budget: Budget, send: Send<C, T>): Promise<T>;
  /** A request that changes something: exactly one try. */
  once<T>(action: string, budget: Budget, send: Send<C, T>): Promise<T>;
}

/** A signed-in session with the services that the action uses; clients are loaded when first asked for. */
export interface AwsSession {
  readonly settings: AwsSettings;
  readonly routing: Routing;
  readonly tools: CloudTools;
  readonly wire: Wire;
  readonly sso: Service<SSOAdminClient>;
  readonly identityStore: Service<IdentitystoreClient>;
  readonly organizations: Service<OrganizationsClient>;
  readonly scheduler: Service<SchedulerClient>;
  readonly sts: Service<STSClient>;
  /** The Region that requests go to. */
  readonly region: () => string;
  /** Signs in before the first request. */
  signIn(budget: Budget): Promise<void>;
  /** Identity Center answers only in its primary Region: further requests go there. */
  moveTo(region: string): void;
  /** Notes the owner of the instance, which may explain a refusal. */
  ownedBy(account: string | null): void;
}

/**
 * Identity Center: 20 a second over all its APIs and callers; the identity store 20 a second for each API. Many requests
 * leave one of the 20 to other callers, and no second has more. Organizations publishes no figure, and refuses with
 * TooManyRequestsException: half of Identity Center's rate does no harm. EventBridge Scheduler accepts at least 250
 * creations a second in every Region. Source: docs/design/aws.md#quotas.
 */
const quotas: Readonly<Record<string, Quota>> = {
  sso: { perSecond: 19, burst: 3, inAnySecond: 20 },
  identitystore: { perSecond: 19, burst: 3, inAnySecond: 20 },
  organizations: { perSecond: 7, burst: 3 },
  scheduler: { perSecond: 80, burst: 20 },
};

/** Services with a separate quota for each API. */
const perApi: ReadonlySet<string> = new Set(['identitystore']);

/** Reads of access before and after it is ended. */
const endingNeeds =
  /^(?:sso:(?:ListAccountAssignments|DescribeAccountAssignment(?:Creation|Deletion)Status)|scheduler:(?:ListSchedules|GetSchedule))$/u;

export function openSession(settings: AwsSettings, routing: Routing, tools: CloudTools): AwsSession {
  const wire = openWire(tools.connections, tools.clock);
  const caller = callerAccount(settings.signIn);
  let owner = settings.ownerAccountId;
  const requests = createRequests({
    ...tools,
    quotas,
    classify: (error, operation) => classify(error, operation, { caller, owner }),
    isSignInRefused,
    endingNeeds,
    requestIdOf: (signal) => wire.requestIdOf(signal),
  });
  const credentials = createCredentials(settings, routing, tools, requests, wire);
  let { region } = settings;

  const config = (id: ServiceId): ClientConfig => ({
    ...routed(routing, id),
    region,
    // This action has the only retry policy: a second one below it would hide tries and outlast deadlines.
    maxAttempts: 1,
    customUserAgent: [[...tools.product]],
    requestHandler: wire.handler,
    credentials: credentials.provider,
  });

  const service = <C extends Client>(
    prefix: string,
    id: ServiceId,
    load: (config: ClientConfig) => Promise<C>,
  ): Service<C> => {
    const clients = new Map<string, Promise<C>>();
    const client = (): Promise<C> => {
      const known = clients.get(region) ?? load(config(id)).then(onlyDocumented);
      clients.set(region, known);
      return known;
    };
    // Clients are loaded during the sign-in.
    const credential: Credential<AwsCredentials | null> = {
      ...credentials,
      get: async (budget) => (await Promise.all([credentials.get(budget), client()]))[0],
    };
    const sending = <T>(action: string, budget: Budget, send: Send<C, T>) => ({
      operation: `${prefix}:${action}`,
      quota: prefix,
      bucket: perApi.has(prefix) ? action : '',
      budget,
      credential,
      send: async (abortSignal: AbortSignal) => send(await client(), { abortSignal }),
    });
    return {
      read: (action, budget, send) => requests.read(sending(action, budget, send)),
      once: (action, budget, send) => requests.once(sending(action, budget, send)),
    };
  };

  return {
    settings,
    routing,
    tools,
    wire,
    sso: service('sso', 'SSO Admin', async (clientConfig) => {
      const { SSOAdminClient } = await import('@aws-sdk/client-sso-admin');
      return new SSOAdminClient(clientConfig);
    }),
    identityStore: service('identitystore', 'identitystore', async (clientConfig) => {
      const { IdentitystoreClient } = await import('@aws-sdk/client-identitystore');
      return new IdentitystoreClient(clientConfig);
    }),
    organizations: service('organizations', 'Organizations', async (clientConfig) => {
      const { OrganizationsClient } = await import('@aws-sdk/client-organizations');
      return new OrganizationsClient(clientConfig);
    }),
    scheduler: service('scheduler', 'Scheduler', async (clientConfig) => {
      const { SchedulerClient } = await import('@aws-sdk/client-scheduler');
      return new SchedulerClient(clientConfig);
    }),
    sts: service('sts', 'STS', async (clientConfig) => {
      const { STSClient } = await import('@aws-sdk/client-sts');
      return new STSClient(clientConfig);
    }),
    region: () => region,
    async signIn(budget) {
      await credentials.get(budget);
    },
    moveTo(primary) {
      region = primary;
    },
    ownedBy(account) {
      owner = account;
    },
  };
}

/** The configuration of every client. */
interface ClientConfig extends RoutedConfig {
  readonly region: string;
  readonly maxAttempts: 1;
  readonly customUserAgent: [string, string][];
  readonly requestHandler: Wire['handler'];
  readonly credentials: Credentials['provider'];
}
