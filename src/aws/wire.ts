import type { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { bounded } from '#access/answers';
import type { Clock } from '#access/clock';
import type { Agents, Connections } from '#access/connections';

type Handle = NodeHttpHandler['handle'];

/** The connections of all clients, and the data of every answer's headers. */
export interface Wire {
  /** For the clients' `requestHandler`. */
  readonly handler: { readonly handle: Handle };
  /**
   * A time of the runner's clock by AWS's clock, in milliseconds since the epoch: an operation's `CreatedDate` is by AWS's
   * clock, and the runner's can be wrong by minutes.
   */
  serverTime(ours: number): number;
  /** The request ID of the answer to the request that this signal could have aborted. */
  requestIdOf(signal: AbortSignal): string | null;
}

/** Reads AWS's clock from the Date headers, and request IDs: no other header, and only the length of bodies. */
export function openWire({ agentsFor }: Pick<Connections, 'agentsFor'>, clock: Clock): Wire {
  const handlers = new Map<Agents, NodeHttpHandler>();
  const handlerFor = (agents: Agents): NodeHttpHandler => {
    const { http: httpAgent, https: httpsAgent } = agents;
    const handler = handlers.get(agents) ?? new NodeHttpHandler({ httpAgent, httpsAgent });
    handlers.set(agents, handler);
    return handler;
  };
  const requestIds = new WeakMap<object, string>();
  let ahead = 0;
  const handle: Handle = async (request, options) => {
    const { protocol, hostname, port } = request;
    const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
    const answer = await handlerFor(agentsFor(url)).handle(request, options);
    // The SDK would read a body of any length.
    answer.response.body = bounded(answer.response.body as Readable);
    const { headers } = answer.response;
    const date = Date.parse(headers['date'] ?? '');
    if (!Number.isNaN(date)) ahead = date - clock.now();
    const requestId = headers['x-amzn-requestid'];
    if (options?.abortSignal !== undefined && requestId !== undefined) requestIds.set(options.abortSignal, requestId);
    return answer;
  };
  return {
    handler: { handle },
    serverTime: (ours) => ours + ahead,
    requestIdOf: (signal) => requestIds.get(signal) ?? null,
  };
}
