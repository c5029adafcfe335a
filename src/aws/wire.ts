import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Clock } from '../access/clock.ts';
import type { Log } from '../access/log.ts';

type Handle = NodeHttpHandler['handle'];

/** The connections of all clients, and what every answer tells besides its body. */
export interface Wire {
  /** For the clients' `requestHandler`. */
  readonly handler: { readonly handle: Handle };
  /**
   * A time on our clock, as AWS's clock had it, in milliseconds since the epoch: an operation's `CreatedDate` is AWS's,
   * and a runner's clock may be minutes off.
   */
  serverTime(ours: number): number;
}

/** Notes AWS's clock by the Date headers, and each request id in the debug log: no other header, no body. */
export function openWire(
  agents: { readonly http: HttpAgent; readonly https: HttpsAgent },
  clock: Clock,
  log: Log,
): Wire {
  const inner = new NodeHttpHandler({ httpAgent: agents.http, httpsAgent: agents.https });
  let ahead = 0;
  const handle: Handle = async (request, options) => {
    const answer = await inner.handle(request, options);
    const { statusCode, headers } = answer.response;
    const date = Date.parse(headers['date'] ?? '');
    if (!Number.isNaN(date)) ahead = date - clock.now();
    const what = request.headers['x-amz-target'] ?? request.hostname;
    log.debug(`${what}: HTTP ${statusCode}, request id ${headers['x-amzn-requestid'] ?? 'none'}`);
    return answer;
  };
  return { handler: { handle }, serverTime: (ours) => ours + ahead };
}
