import { AuthorizationManagementClient } from '@azure/arm-authorization';
import {
  bearerTokenAuthenticationPolicyName,
  createPipelineRequest,
  proxyPolicyName,
  redirectPolicyName,
} from '@azure/core-rest-pipeline';
import type { CloudTools } from '../access/tools.ts';
import { readAnswer } from './answer.ts';
import { openWire, type Wire } from './wire.ts';

/** What every method of the client takes. */
export interface ArmOptions {
  readonly abortSignal: AbortSignal;
}

/** The client of Azure Resource Manager, made when its address is known. */
export interface Arm {
  /** The client, whose next requests carry this token. */
  client(endpoint: string, bearer: string): AuthorizationManagementClient;
  /** A GET for which the client has no method, through its own pipeline; `path` may be a whole address. */
  get(client: AuthorizationManagementClient, path: string, signal: AbortSignal): Promise<unknown>;
  requestIdOf(signal: AbortSignal): string | null;
}

/** The constructor wants a subscription even where none is used; any text will do. Source: azure-rbac §1, trap 1. */
const noSubscription = '';

/** Without the pipeline's own sign-in, retries, redirects and proxies: ours are the only ones. */
export function createArm({ connections, product }: CloudTools): Arm {
  let made: AuthorizationManagementClient | null = null;
  let wire: Wire | null = null;
  let address = '';
  let token = '';

  const make = (endpoint: string): AuthorizationManagementClient => {
    wire = openWire(connections, endpoint);
    address = endpoint;
    const neverAsked = { getToken: () => Promise.reject(new TypeError('the pipeline signs in by itself')) };
    const client = new AuthorizationManagementClient(neverAsked, noSubscription, {
      endpoint,
      httpClient: wire.client,
      retryOptions: { maxRetries: 0 },
      userAgentOptions: { userAgentPrefix: product.join('/') },
    });
    for (const name of [bearerTokenAuthenticationPolicyName, redirectPolicyName, proxyPolicyName])
      client.pipeline.removePolicy({ name });
    client.pipeline.addPolicy({
      name: 'cloudAccessToken',
      sendRequest: (request, next) => {
        request.headers.set('authorization', `Bearer ${token}`);
        return next(request);
      },
    });
    return client;
  };

  return {
    client(endpoint, bearer) {
      token = bearer;
      made ??= make(endpoint);
      return made;
    },
    async get(client, path, abortSignal) {
      const answer = await client.sendRequest(createPipelineRequest({ url: new URL(path, address).href, abortSignal }));
      return readAnswer({
        status: answer.status,
        headers: answer.headers.toJSON(),
        body: answer.bodyAsText ?? '',
      });
    },
    requestIdOf: (signal) => wire?.requestIdOf(signal) ?? null,
  };
}
