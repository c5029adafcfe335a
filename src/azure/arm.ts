import { AuthorizationManagementClient } from '@azure/arm-authorization';
import {
  bearerTokenAuthenticationPolicyName,
  createHttpHeaders,
  createPipelineRequest,
  proxyPolicyName,
  redirectPolicyName,
} from '@azure/core-rest-pipeline';
import type { CloudTools } from '#access/tools';
import { readAnswer } from './answer.ts';
import { noProxyOfItsOwn, openWire, type Wire } from './wire.ts';

/** Options of every method of the client: the token belongs to one request. */
export interface ArmOptions {
  readonly abortSignal: AbortSignal;
  readonly requestOptions: { readonly customHeaders: { authorization: string } };
}

export function armOptions(token: string, abortSignal: AbortSignal): ArmOptions {
  return { abortSignal, requestOptions: { customHeaders: { authorization: `Bearer ${token}` } } };
}

/** The client of Azure Resource Manager at one address. */
export interface Arm {
  readonly client: AuthorizationManagementClient;
  /** A GET for which the client has no method, through its own pipeline; `path` may be a whole address. */
  get(path: string, options: ArmOptions): Promise<unknown>;
  readonly requestIdOf: Wire['requestIdOf'];
  readonly remainingOf: Wire['remainingOf'];
  readonly serverTime: Wire['serverTime'];
}

/**
 * The constructor requires a subscription even if none is used; any text will do. Source:
 * docs/design/azure.md#sdk-behavior.
 */
const noSubscription = '';

/** Creates the client without the pipeline's own sign-in, retries, redirects and proxies: this action has its own. */
export function createArm(endpoint: string, { clock, connections, product }: CloudTools): Arm {
  const wire = openWire(connections, clock, endpoint);
  const neverAsked = { getToken: () => Promise.reject(new TypeError('each request carries its own token')) };
  const client = new AuthorizationManagementClient(neverAsked, noSubscription, {
    endpoint,
    httpClient: wire.client,
    retryOptions: { maxRetries: 0 },
    proxyOptions: noProxyOfItsOwn,
    userAgentOptions: { userAgentPrefix: product.join('/') },
  });
  for (const name of [bearerTokenAuthenticationPolicyName, redirectPolicyName, proxyPolicyName])
    client.pipeline.removePolicy({ name });
  return {
    client,
    requestIdOf: (signal) => wire.requestIdOf(signal),
    remainingOf: (signal) => wire.remainingOf(signal),
    serverTime: (ours) => wire.serverTime(ours),
    async get(path, { abortSignal, requestOptions }) {
      const url = new URL(path, endpoint).href;
      const headers = createHttpHeaders(requestOptions.customHeaders);
      const answer = await client.sendRequest(createPipelineRequest({ url, abortSignal, headers }));
      return readAnswer({ status: answer.status, headers: answer.headers.toJSON(), body: answer.bodyAsText ?? '' });
    },
  };
}
