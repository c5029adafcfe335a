import { Readable } from 'node:stream';
import {
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { readText, TooLong } from '#access/answers';
import type { Clock } from '#access/clock';
import type { Connections } from '#access/connections';
import { parseJson } from '#access/json';
import { ErrorAnswer, notAsDocumented } from './answer.ts';
import { leadsElsewhere } from './messages/responses.ts';

/** The connection of one SDK client. */
export interface Wire {
  /** For the client's `httpClient`. */
  readonly client: HttpClient;
  /** Request ID of the answer to the request with this abort signal. */
  requestIdOf(signal: AbortSignal): string | null;
  /** Requests that are left in the bucket of that request, by the headers of its answer; `null` where they do not name it. */
  remainingOf(signal: AbortSignal): number | null;
  /** Converts a time of the runner's clock, which can be minutes off, to the service's; both in milliseconds since the epoch. */
  serverTime(ours: number): number;
}

/**
 * Sends the SDK's requests through the step's own connections, and only to these addresses: the credentials of a request
 * are meant for them, and an answer can name another address for the next page.
 */
export function openWire(
  { agentsFor }: Pick<Connections, 'agentsFor'>,
  clock: Pick<Clock, 'now'>,
  ...addresses: readonly string[]
): Wire {
  const origins = addresses.map((address) => new URL(address).origin);
  const inner = createDefaultHttpClient();
  const requestIds = new WeakMap<object, string>();
  const remaining = new WeakMap<object, number>();
  let ahead = 0;
  return {
    client: {
      sendRequest: async (request) => {
        const url = new URL(request.url);
        const { origin: asked } = url;
        if (!origins.includes(asked)) throw new ForeignHost(asked, origins[0] ?? '');
        request.agent = agentsFor(url).https;
        // The SDK's way of unpacking neither ends nor fails when an answer breaks off in its middle.
        request.headers.set('accept-encoding', 'identity');
        const response = await sendBounded(inner, request);
        const date = Date.parse(response.headers.get('date') ?? '');
        if (!Number.isNaN(date)) ahead = date - clock.now();
        const requestId = response.headers.get('x-ms-request-id');
        if (request.abortSignal !== undefined && requestId !== undefined)
          requestIds.set(request.abortSignal, requestId);
        const rest = remainingIn(response.headers);
        if (request.abortSignal !== undefined && rest !== null) remaining.set(request.abortSignal, rest);
        const text = response.bodyAsText ?? '';
        if (response.status === 200 && text === '' && isCancellation(request)) return response;
        // The SDK would treat a page of a proxy or a portal with a good status as an answer without content.
        const json = parseJson(text);
        const isJson = typeof json === 'object' && json !== null;
        if (response.status < 300 && response.status !== 204 && !isJson)
          throw notAsDocumented(response.status, requestId ?? null);
        // With any other type, the SDK would treat the same text as an answer without content, and a list as an empty one.
        if (isJson) response.headers.set('content-type', 'application/json');
        return response;
      },
    },
    requestIdOf: (signal) => requestIds.get(signal) ?? null,
    remainingOf: (signal) => remaining.get(signal) ?? null,
    serverTime: (ours) => ours + ahead,
  };
}

/** The one request whose good answer is a 200 without a body. Source: docs/design/azure.md#pim-requests. */
function isCancellation({ method, url }: PipelineRequest): boolean {
  return method === 'POST' && new URL(url).pathname.endsWith('/cancel');
}

/** Reads every body with a limit, and passes the text to the SDK, which would read an answer of any size. */
async function sendBounded(inner: HttpClient, request: PipelineRequest): Promise<PipelineResponse> {
  const { streamResponseStatusCodes: wanted } = request;
  request.streamResponseStatusCodes = everyStatus;
  try {
    const { status, headers, readableStreamBody } = await inner.sendRequest(request);
    if (!(readableStreamBody instanceof Readable)) return { status, headers, request };
    const bodyAsText = await readText(readableStreamBody).catch((error: unknown) => {
      if (!(error instanceof TooLong)) throw error;
      const requestId = headers.get('x-ms-request-id') ?? null;
      throw new ErrorAnswer({ status, code: `HTTP ${status}`, message: error.message, requestId, retryAfterMs: null });
    });
    return { status, headers, request, bodyAsText };
  } finally {
    // The SDK reads the answer by this member too.
    if (wanted === undefined) delete request.streamResponseStatusCodes;
    else request.streamResponseStatusCodes = wanted;
  }
}

/** All statuses, as the SDK expects them. */
const everyStatus = new Set([Number.POSITIVE_INFINITY]);

/**
 * Requests that are left in the emptiest of the buckets of one request, which can be several. Source:
 * docs/design/azure.md#limits-and-throttling.
 */
function remainingIn(headers: Iterable<readonly [name: string, value: string]>): number | null {
  const found = [...headers]
    .filter(([name, value]) => bucketHeader.test(name) && /^\d{1,9}$/u.test(value))
    .map(([, value]) => Number(value));
  return found.length === 0 ? null : Math.min(...found);
}

/** Source: Azure Resource Manager, throttling. */
const bucketHeader = /^x-ms-ratelimit-remaining-(?:subscription|tenant)-(?:global-)?(?:reads|writes|deletes)$/iu;

/**
 * For the clients' `proxyOptions`: without any, the SDK reads the proxy variables by its own rules. It is never used, since
 * each request gets an agent of this action, which uses the step's proxy.
 */
export const noProxyOfItsOwn = { host: 'http://proxy.invalid', port: 9 } as const;

/** An answer led to a host that the request's credentials are not meant for. */
export class ForeignHost extends Error {
  override readonly name = 'ForeignHost';

  constructor(asked: string, meant: string) {
    super(leadsElsewhere(asked, meant));
  }
}
