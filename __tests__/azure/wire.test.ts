import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { certificates } from '../../rehearsal/azure/tls.ts';
import { createConnections } from '../../src/action/connections.ts';
import { ErrorAnswer } from '../../src/azure/answer.ts';
import { ForeignHost, openWire } from '../../src/azure/wire.ts';
import { trustOnly } from './trust.ts';

let server: Server;
let origin: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const connections = createConnections();

beforeAll(async () => {
  const { key, cert, ca } = await certificates();
  trustOnly(ca);
  server = createServer({ key, cert }, (request, response) => {
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  connections.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function send(url = `${origin}/x`, signal = AbortSignal.timeout(10_000)): Promise<PipelineResponse> {
  return openWire(connections, Date, origin).client.sendRequest(createPipelineRequest({ url, abortSignal: signal }));
}

function respond(status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
  answer = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
}

describe('the credentials of a request', () => {
  test.each(['https://elsewhere.example/x', 'http://127.0.0.1/x', 'https://127.0.0.1.example/x'])(
    'go only to their own addresses: not to %s',
    async (url) => {
      await expect(send(url)).rejects.toThrow(ForeignHost);
    },
  );

  test("its response's request ID is assigned by its signal", async () => {
    respond(200, '{}', { 'x-ms-request-id': 'req-1' });
    const wire = openWire(connections, Date, origin);
    const { signal } = new AbortController();
    await wire.client.sendRequest(createPipelineRequest({ url: `${origin}/x`, abortSignal: signal }));
    expect(wire.requestIdOf(signal)).toBe('req-1');
    expect(wire.requestIdOf(new AbortController().signal)).toBeNull();
  });
});

describe('the rest of a bucket', () => {
  const left = async (headers: Readonly<Record<string, string>>): Promise<number | null> => {
    respond(200, '{}', headers);
    const wire = openWire(connections, Date, origin);
    const { signal } = new AbortController();
    await wire.client.sendRequest(createPipelineRequest({ url: `${origin}/x`, abortSignal: signal }));
    expect(wire.remainingOf(new AbortController().signal)).toBeNull();
    return wire.remainingOf(signal);
  };
  const of = (which: string): string => `x-ms-ratelimit-remaining-${which}`;

  test.each<[string, Readonly<Record<string, string>>, number | null]>([
    ['of reads', { [of('subscription-reads')]: '249' }, 249],
    ['of writes', { [of('subscription-writes')]: '0' }, 0],
    ['of deletes above subscriptions', { [of('tenant-deletes')]: '17' }, 17],
    ['in any letter case', { 'X-MS-RateLimit-Remaining-Subscription-Reads': '5' }, 5],
    [
      'of the global one where that is emptier',
      { [of('subscription-reads')]: '9', [of('subscription-global-reads')]: '3' },
      3,
    ],
    ['of the own one where that is emptier', { [of('tenant-writes')]: '9', [of('tenant-global-writes')]: '2999' }, 9],
    [
      'not of something else',
      { [of('resource')]: 'Microsoft.Compute/x;5', [of('subscription-resource-requests')]: '5' },
      null,
    ],
    ['not of an invalid number', { [of('subscription-reads')]: 'many', [of('tenant-reads')]: '-1' }, null],
    ['of the valid one', { [of('subscription-reads')]: '', [of('subscription-global-reads')]: '8' }, 8],
    ['not without a header', {}, null],
  ])('is read %s', async (_, headers, expected) => {
    expect(await left(headers)).toBe(expected);
  });
});

describe('an answer', () => {
  test('is requested without compression: a decoder would never end where it breaks off', async () => {
    let encoding: string | undefined;
    answer = (request, response) => {
      encoding = request.headers['accept-encoding'];
      response.writeHead(200).end('{}');
    };
    await send();
    expect(encoding).toBe('identity');
  });

  test('that breaks off in its middle fails', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"value":');
      setTimeout(() => response.destroy(), 20);
    };
    await expect(send()).rejects.toThrow();
  });

  test('that stalls in its middle ends with the signal', async () => {
    const controller = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"value":');
      setTimeout(() => {
        controller.abort();
      }, 20);
    };
    await expect(send(undefined, controller.signal)).rejects.toThrow();
  });

  test.each(['<html>welcome</html>', '', 'null', '5', '"text"'])(
    'with a good status that is not a JSON object is an error: %j',
    async (body) => {
      respond(200, body, { 'x-ms-request-id': 'req-2' });
      await expect(send()).rejects.toMatchObject({ name: ErrorAnswer.name, status: 200, requestId: 'req-2' });
    },
  );

  test('without content has none, and a refusal is for the SDK to read', async () => {
    answer = (_, response) => response.writeHead(204).end();
    expect((await send()).status).toBe(204);
    respond(403, '<html>no</html>');
    expect((await send()).status).toBe(403);
  });

  test('to a cancellation has no content, and is still good; a page is not', async () => {
    const cancel = (method: 'GET' | 'POST'): Promise<PipelineResponse> =>
      openWire(connections, Date, origin).client.sendRequest(
        createPipelineRequest({
          url: `${origin}/x/cancel?api-version=1`,
          method,
          abortSignal: AbortSignal.timeout(10_000),
        }),
      );
    respond(200, '');
    expect((await cancel('POST')).status).toBe(200);
    await expect(cancel('GET')).rejects.toMatchObject({ status: 200 });
    respond(200, '<html>welcome</html>');
    await expect(cancel('POST')).rejects.toMatchObject({ status: 200 });
  });
});
