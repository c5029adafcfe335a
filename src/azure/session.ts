import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import type { Budget, Turn } from '#access/clock';
import type { HttpRequest } from '#access/connections';
import { CloudError, Refusal } from '#access/errors';
import type { Quota } from '#access/engine/pacing';
import type { Credential } from '#access/engine/credential';
import { renewedInVain } from '#access/messages/sign-in';
import { createRequests, type Requests } from '#access/engine/requests';
import { persistent } from '#access/engine/signing-in';
import type { CloudTools } from '#access/tools';
import { armOptions, createArm, type Arm, type ArmOptions } from './arm.ts';
import { readAnswer } from './answer.ts';
import { cliSessionEnded } from './messages/sign-in.ts';
import type { AzureSettings } from './settings.ts';
import { environments, withAuthority, type Environment } from './sign-in/environments.ts';
import { classify, isSignInRefused } from './failures.ts';
import { readEnvironment } from './sign-in/metadata.ts';
import { remembered } from '#access/remembered';
import { subscriptionOf } from './resolve/ids.ts';
import { createSignIn } from './sign-in/sign-in.ts';
import { callerOf, type AccessToken, type Caller } from './sign-in/access-token.ts';

type Send<T> = (client: AuthorizationManagementClient, options: ArmOptions) => Promise<T>;

/** A signed-in session with Azure Resource Manager and Microsoft Graph. */
export interface AzureSession {
  readonly settings: AzureSettings;
  readonly tools: CloudTools;
  /** Converts a time of the runner's clock to Resource Manager's clock; both in milliseconds since the epoch. */
  serverTime(ours: number): number;
  environment(budget: Budget): Promise<Environment>;
  /** Signs in before the first request. */
  signIn(budget: Budget): Promise<void>;
  /** The caller, by Resource Manager's token. */
  caller(budget: Budget): Promise<Caller>;
  /**
   * Waits for the turn of a request of this action at a scope, which is sent later; `null` if the budget ends before.
   */
  turn(action: string, scope: string, budget: Budget): Promise<Turn | null>;
  /** A request at a scope that changes nothing; `action` as Azure's permissions name it. */
  read<T>(action: string, scope: string, budget: Budget, send: Send<T>): Promise<T>;
  /** A request at a scope that changes something: exactly one try. */
  once<T>(action: string, scope: string, budget: Budget, send: Send<T>): Promise<T>;
  /**
   * A request to Resource Manager for which the SDK has no method: a path, or the address of a further page. An error that
   * `read` throws counts as an answer that could not be read.
   */
  get<T>(action: string, path: string, budget: Budget, read: (answer: unknown) => T): Promise<T>;
  /** Asks Microsoft Graph, `path` without its version; a body makes it a POST. Throws where there is no Graph. */
  graph<T>(path: string, budget: Budget, read: (answer: unknown) => T, body?: unknown): Promise<T>;
}

/** Actions that read access before it is ended, and after. */
const endingNeeds =
  /\/(?:roleAssignments|roleAssignmentSchedules|roleAssignmentScheduleInstances|roleAssignmentScheduleRequests)\/read$/u;

/**
 * Resource Manager's buckets hold 250 reads and refill 25 a second, 200 writes and 10 a second, and as many deletes, for
 * each subscription and identity, and for scopes outside of subscriptions; the other services publish no figure, or much
 * larger ones. Source: Azure Resource Manager, throttling.
 */
const quotas: Readonly<Record<string, Quota>> = {
  arm: { perSecond: 25, burst: 250 },
  'arm-writes': { perSecond: 10, burst: 200 },
  'arm-deletes': { perSecond: 10, burst: 200 },
  graph: { perSecond: 10, burst: 10 },
  entra: { perSecond: 6, burst: 4 },
};

function quotaOf(action: string): string {
  if (action.endsWith('/read')) return 'arm';
  return action.endsWith('/delete') ? 'arm-deletes' : 'arm-writes';
}

/** Scopes outside of subscriptions share one bucket. */
function bucketOf(scope: string): string {
  return subscriptionOf(scope)?.toLowerCase() ?? 'tenant';
}

export function openSession(settings: AzureSettings, tools: CloudTools): AzureSession {
  let arm: Arm | null = null;
  const requestIdOf = (signal: AbortSignal): string | null => arm?.requestIdOf(signal) ?? null;
  const remainingOf = (signal: AbortSignal): number | null => arm?.remainingOf(signal) ?? null;
  const requests = createRequests({
    ...tools,
    quotas,
    classify,
    isSignInRefused,
    endingNeeds,
    requestIdOf,
    remainingOf,
  });
  const isAmbient = settings.signIn.kind === 'ambient';
  const find = (budget: Budget): Promise<Environment> => findEnvironment(settings, requests, tools, budget);
  const environment = remembered(tools.signInUntil === null ? find : persistent(find, tools));
  const signIn = remembered(async (budget) => createSignIn(settings, await environment(budget), tools, requests));

  const armOf = async (budget: Budget): Promise<{ readonly it: Arm; readonly scope: string }> => {
    const { arm: address, armTokenScope, cliTokenScope } = await environment(budget);
    arm ??= createArm(address, tools);
    return { it: arm, scope: isAmbient ? cliTokenScope : armTokenScope };
  };
  /** The access token for a scope. @param refused handles a failed sign-in */
  const credentialFor = <K extends Carried>(
    carry: (budget: Budget) => Promise<Omit<K, 'token'>>,
    refused: Rethrow = rethrow,
  ): Credential<K> => ({
    async get(budget) {
      const carried = await carry(budget);
      const tokens = await signIn(budget).catch(refused);
      return { ...carried, token: await tokens.get(carried.scope, budget).catch(refused) } as K;
    },
    renew: async ({ scope, token }, budget) => (await signIn(budget)).renew(scope, token, budget).catch(refused),
    goesOnUntil: tools.signInUntil,
    hint: isAmbient ? cliSessionEnded : renewedInVain,
  });
  const toArm = credentialFor<Carried & { readonly it: Arm }>(armOf);
  const readArm = <T>(
    operation: string,
    at: string,
    budget: Budget,
    send: (arm: Arm, options: ArmOptions) => Promise<T>,
  ): Promise<T> =>
    requests.read({
      operation,
      quota: quotaOf(operation),
      bucket: bucketOf(at),
      budget,
      credential: toArm,
      send: (signal, { it, token }) => send(it, armOptions(token.token, signal)),
    });

  return {
    settings,
    tools,
    serverTime: (ours) => arm?.serverTime(ours) ?? ours,
    environment,
    turn: (action, at, budget) => requests.turn({ quota: quotaOf(action), bucket: bucketOf(at) }, budget),
    async signIn(budget) {
      await toArm.get(budget);
    },
    caller: async (budget) => callerOf((await toArm.get(budget)).token.token),
    read: (operation, at, budget, send) =>
      readArm(operation, at, budget, ({ client }, options) => send(client, options)),
    get: (operation, path, budget, read) =>
      readArm(operation, pathOf(path), budget, async (it, options) => read(await it.get(path, options))),
    once: (operation, at, budget, send) =>
      requests.once({
        operation,
        quota: quotaOf(operation),
        bucket: bucketOf(at),
        budget,
        credential: toArm,
        send: (signal, { it, token }) => send(it.client, armOptions(token.token, signal)),
      }),
    async graph(path, budget, read, body) {
      const { graph } = await environment(budget);
      if (graph === null) throw new TypeError('this cloud has no Graph');
      const url = new URL(`/v1.0${path}`, graph);
      const ask = async ({ token }: AccessToken, signal: AbortSignal): Promise<unknown> =>
        readAnswer(await tools.connections.send(graphRequest(url, token, tools.product.join('/'), body), signal));
      return requests.read({
        operation: `Microsoft Graph ${body === undefined ? 'GET' : 'POST'} /v1.0${path.split('?')[0] ?? ''}`,
        quota: 'graph',
        budget,
        credential: credentialFor<Carried>(
          () => Promise.resolve({ scope: `${graph}/.default` }),
          asForbidden(settings),
        ),
        send: async (signal, { token }) => read(await ask(token, signal)),
      });
    },
  };
}

/** The credentials of a request. */
interface Carried {
  readonly scope: string;
  readonly token: AccessToken;
}

/** For `catch`: throws the error as it is, or another one in its place. */
type Rethrow = (error: unknown) => never;

const rethrow: Rethrow = (error) => {
  throw error;
};

/** The path of a path or a whole address. */
function pathOf(address: string): string {
  return URL.parse(address)?.pathname.replace(/^\/+/u, '/') ?? address;
}

async function findEnvironment(
  settings: AzureSettings,
  requests: Requests,
  tools: CloudTools,
  budget: Budget,
): Promise<Environment> {
  const { environment: choice, authority } = settings;
  if (choice.kind === 'custom') return readEnvironment(choice.arm, issuerOf(settings), requests, tools, budget);
  return authority === null ? choice.environment : withAuthority(choice.environment, authority);
}

/** The address that issues the tokens for a custom cloud, `null` where the cloud itself names it. */
function issuerOf({ authority, signIn }: AzureSettings): string | null {
  // The CLI signs in at the cloud of its own session, mostly a well-known one.
  return signIn.kind === 'ambient' ? environments.AzureCloud.authority : authority;
}

function graphRequest(url: URL, bearer: string, userAgent: string, body: unknown): HttpRequest {
  const headers = { accept: 'application/json', authorization: `Bearer ${bearer}`, 'user-agent': userAgent };
  if (body === undefined) return { method: 'GET', url, headers };
  const json = { ...headers, 'content-type': 'application/json' };
  return { method: 'POST', url, headers: json, body: JSON.stringify(body) };
}

/** Turns a refusal into a denial: a session of an earlier step can open Resource Manager and not the directory. */
function asForbidden({ signIn }: AzureSettings): (error: unknown) => never {
  return (error) => {
    if (signIn.kind !== 'ambient' || !(error instanceof Refusal)) throw error;
    throw new CloudError({
      kind: 'denied',
      operation: 'Microsoft Graph',
      code: 'NoToken',
      message: error.message,
      requestId: null,
      retryAfterMs: null,
      hint: error.hint,
    });
  };
}
