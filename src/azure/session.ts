import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import type { Budget } from '../access/clock.ts';
import type { HttpRequest } from '../access/connections.ts';
import { asNotSent, CloudError, Refusal } from '../access/errors.ts';
import type { Quota } from '../access/pacing.ts';
import { createRequests } from '../access/requests.ts';
import type { CloudTools } from '../access/tools.ts';
import { createArm, type ArmOptions } from './arm.ts';
import { readAnswer } from './answer.ts';
import type { AzureSettings } from './declaration.ts';
import type { Environment } from './environments.ts';
import { classify } from './failures.ts';
import { readEnvironment } from './metadata.ts';
import { callerOf, createSignIn, type Caller, type SignIn } from './sign-in.ts';

type Send<T> = (client: AuthorizationManagementClient, options: ArmOptions) => Promise<T>;

/** A signed-in session with Azure Resource Manager and Microsoft Graph. */
export interface AzureSession {
  readonly settings: AzureSettings;
  readonly tools: CloudTools;
  environment(budget: Budget): Promise<Environment>;
  /** Who we are, by Resource Manager's token. */
  caller(budget: Budget): Promise<Caller>;
  /** A request that changes nothing; `action` as Azure's permissions name it. */
  read<T>(action: string, budget: Budget, send: Send<T>): Promise<T>;
  /** A request that changes something: exactly one try. */
  once<T>(action: string, budget: Budget, send: Send<T>): Promise<T>;
  /**
   * A request to Resource Manager for which the SDK has no method: a path, or the address of a further page. What
   * `read` throws counts as an answer that could not be read.
   */
  get<T>(action: string, path: string, budget: Budget, read: (answer: unknown) => T): Promise<T>;
  /** Asks Microsoft Graph, `path` without its version; a body makes it a POST. Throws where there is no Graph. */
  graph<T>(path: string, budget: Budget, read: (answer: unknown) => T, body?: unknown): Promise<T>;
}

/**
 * Resource Manager's buckets hold 250 reads and refill 25 a second, 200 writes and 10 a second, for each subscription
 * and identity; the others publish no figure, or much larger ones. Source: Azure Resource Manager, throttling.
 */
const quotas: Readonly<Record<string, Quota>> = {
  arm: { perSecond: 25, burst: 10 },
  'arm-writes': { perSecond: 10, burst: 4 },
  graph: { perSecond: 20, burst: 10 },
  entra: { perSecond: 10, burst: 4 },
};

export function openSession(settings: AzureSettings, tools: CloudTools): AzureSession {
  const arm = createArm(tools);
  const requests = createRequests({ ...tools, quotas, classify, requestIdOf: (signal) => arm.requestIdOf(signal) });
  let known: Promise<Environment> | null = null;
  let signedIn: Promise<SignIn> | null = null;

  const environment = (budget: Budget): Promise<Environment> => {
    known ??= findEnvironment(budget).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
  const findEnvironment = async (budget: Budget): Promise<Environment> => {
    const choice = settings.environment;
    const found =
      choice.kind === 'known' ? choice.environment : await readEnvironment(choice.arm, requests, tools, budget);
    return settings.authority === null ? found : { ...found, authority: settings.authority, authorityAliases: [] };
  };
  const signIn = (budget: Budget): Promise<SignIn> => {
    signedIn ??= environment(budget)
      .then((it) => createSignIn(settings, it, tools, requests))
      .catch((error: unknown) => {
        signedIn = null;
        throw error;
      });
    return signedIn;
  };
  const armScope = async (budget: Budget): Promise<string> => {
    const { armTokenScope, cliTokenScope } = await environment(budget);
    return settings.signIn.kind === 'ambient' ? cliTokenScope : armTokenScope;
  };
  const armToken = async (budget: Budget): Promise<string> => {
    const scope = await armScope(budget);
    return (await (await signIn(budget)).token(scope, budget)).token;
  };
  /** The client, with the token that its next request is to carry. */
  const ready = async (budget: Budget): Promise<AuthorizationManagementClient> => {
    const [it, bearer] = await Promise.all([environment(budget), armToken(budget)]);
    return arm.client(it.arm, bearer);
  };
  /** A token that is refused is worth a new one, once: what was refused for it was not carried out. */
  const renewing = async <T>(scope: string, budget: Budget, attempt: () => Promise<T>): Promise<T> => {
    try {
      return await attempt();
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      tools.log.debug(`The access token for ${scope} was refused: trying once with a new one`);
      (await signIn(budget)).forget(scope);
      return attempt();
    }
  };
  const readArm = async <T>(
    operation: string,
    budget: Budget,
    send: (client: AuthorizationManagementClient, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    await ready(budget);
    const scope = await armScope(budget);
    return requests.read({
      operation,
      quota: 'arm',
      budget,
      send: (signal) => renewing(scope, budget, async () => send(await ready(budget), signal)),
    });
  };

  return {
    settings,
    tools,
    environment,
    async caller(budget) {
      return callerOf(await armToken(budget));
    },
    read: (operation, budget, send) =>
      readArm(operation, budget, (client, abortSignal) => send(client, { abortSignal })),
    get: (operation, path, budget, read) =>
      readArm(operation, budget, async (client, signal) => read(await arm.get(client, path, signal))),
    async once(operation, budget, send) {
      const signedIn = (): Promise<AuthorizationManagementClient> => ready(budget).catch(asNotSent);
      await signedIn();
      const scope = await armScope(budget);
      return requests.once({
        operation,
        quota: 'arm-writes',
        budget,
        send: (abortSignal) => renewing(scope, budget, async () => send(await signedIn(), { abortSignal })),
      });
    },
    async graph(path, budget, read, body) {
      const { graph } = await environment(budget);
      if (graph === null) throw new TypeError('this cloud has no Graph');
      const scope = `${graph}/.default`;
      const bearer = async (): Promise<string> => {
        const tokens = await signIn(budget);
        return (await tokens.token(scope, budget).catch(asForbidden(settings))).token;
      };
      await bearer();
      const url = new URL(`/v1.0${path}`, graph);
      return requests.read({
        operation: `Microsoft Graph ${body === undefined ? 'GET' : 'POST'} /v1.0${path.split('?')[0] ?? ''}`,
        quota: 'graph',
        budget,
        send: (signal) =>
          renewing(scope, budget, async () => {
            const request = graphRequest(url, await bearer(), tools.product.join('/'), body);
            return read(readAnswer(await tools.connections.send(request, signal)));
          }),
      });
    },
  };
}

function graphRequest(url: URL, bearer: string, userAgent: string, body: unknown): HttpRequest {
  const headers = { accept: 'application/json', authorization: `Bearer ${bearer}`, 'user-agent': userAgent };
  if (body === undefined) return { method: 'GET', url, headers };
  const json = { ...headers, 'content-type': 'application/json' };
  return { method: 'POST', url, headers: json, body: JSON.stringify(body) };
}

/** Whether an answer of Resource Manager or Graph refused the token itself. */
function isUnauthorized(error: unknown): boolean {
  const { status, statusCode } = error as { readonly status?: unknown; readonly statusCode?: unknown };
  return status === 401 || statusCode === 401;
}

/** A session that an earlier step left may open Resource Manager and not the directory: then that may not be asked. */
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
