import type { RequestListener } from 'node:http';
import { networkInterfaces } from 'node:os';
import { inspect } from 'node:util';

import { afterAll, describe, expect, test } from '@jest/globals';

import { retryAfterMs, type HttpRequest } from '../../src/access/connections.ts';
import { createConnections, type OpenConnections } from '../../src/action/connections.ts';
import { describeProxies } from './describe-proxies.ts';
import { closeAfterEach, serve, type LocalServer } from './servers.ts';

const never = new AbortController().signal;
const closing = closeAfterEach();

async function server(body: string, host?: string): Promise<LocalServer> {
  const answer: RequestListener = (_request, response) => {
    response.end(body);
  };
  return closing(await serve(answer, host));
}

/** Only these variables of the process's own environment are set, in any letter case. */
const proxyNames = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];
const before = proxyNames.map((name) => [name, process.env[name]] as const);
const setProxies = (env: NodeJS.ProcessEnv): void => {
  for (const name of proxyNames) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
};
afterAll(() => {
  setProxies(Object.fromEntries(before.filter(([, value]) => value !== undefined)));
});

const connect = (env: NodeJS.ProcessEnv = {}): OpenConnections => {
  setProxies(env);
  return closing(createConnections());
};
const asking = (url: string, over: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url: new URL(url),
  headers: {},
  ...over,
});

async function get(url: string, env: NodeJS.ProcessEnv): Promise<string> {
  return (await connect(env).send(asking(url), never)).body;
}

const hasIpv6 = Object.values(networkInterfaces()).some(
  (all) => all?.some(({ address }) => address === '::1') ?? false,
);

describeProxies('the proxy', () => {
  test.each(['HTTP_PROXY', 'http_proxy'])('%s is used', async (name) => {
    const proxy = await server('by proxy');
    expect(await get('http://cloud.test/x', { [name]: proxy.url })).toBe('by proxy');
    expect(proxy.requests[0]?.url).toBe('http://cloud.test/x');
  });

  test.each(['127.0.0.1', 'localhost', ...(hasIpv6 ? ['::1'] : [])])(
    'never receives a request to this machine (%s)',
    async (host) => {
      const proxy = await server('by proxy');
      const here = await server('direct', host === 'localhost' ? '127.0.0.1' : host);
      const url = host === 'localhost' ? `http://localhost:${here.port}` : here.url;
      for (const noProxy of [
        {},
        { NO_PROXY: '' },
        { NO_PROXY: 'x.test' },
        { no_proxy: 'x.test' },
        { no_proxy: '', NO_PROXY: 'x' },
      ]) {
        expect(await get(url, { HTTP_PROXY: proxy.url, http_proxy: proxy.url, ...noProxy })).toBe('direct');
      }
      expect(proxy.requests).toHaveLength(0);
    },
  );

  test.each([
    { NO_PROXY: 'cloud.test' },
    { no_proxy: 'other.test,cloud.test' },
    { NO_PROXY: '*' },
    { no_proxy: '', NO_PROXY: 'cloud.test' },
  ])('is not used for what %j excepts', async (noProxy) => {
    const proxy = await server('by proxy');
    await expect(get('http://cloud.test/x', { HTTP_PROXY: proxy.url, ...noProxy })).rejects.toThrow(/cloud\.test/u);
    expect(proxy.requests).toHaveLength(0);
  });
});

/** Patterns as GitHub's own toolkit and curl read them, and forms that Node accepts too. */
describeProxies('exceptions of NO_PROXY', () => {
  const viaProxy = async (noProxy: string, url: string): Promise<boolean> => {
    const proxy = await server('by proxy');
    // No server answers at an address for documentation.
    const soon = AbortSignal.timeout(1_000);
    await connect({ HTTP_PROXY: proxy.url, NO_PROXY: noProxy })
      .send(asking(url), soon)
      .catch(() => undefined);
    return proxy.requests.length > 0;
  };

  test.each([
    ['corp.test', 'http://corp.test/x'],
    ['corp.test', 'http://sso.corp.test/x'],
    ['corp.test', 'http://a.sso.corp.test:81/x'],
    ['corp.test', 'http://sso.corp.test./x'],
    ['CORP.TEST', 'http://sso.corp.test/x'],
    ['.corp.test', 'http://sso.corp.test/x'],
    ['*.corp.test', 'http://sso.corp.test/x'],
    ['corp.test.', 'http://sso.corp.test/x'],
    ['.corp.test.', 'http://sso.corp.test/x'],
    ['corp.test:81', 'http://sso.corp.test:81/x'],
    ['corp.test.:81', 'http://sso.corp.test:81/x'],
    ['sso.corp.test:80', 'http://sso.corp.test/x'],
    [' foo.test ,\tcorp.test ', 'http://sso.corp.test/x'],
    ['foo.test corp.test', 'http://sso.corp.test/x'],
    ['foo.test\ncorp.test,', 'http://sso.corp.test/x'],
    ['192.0.2.7', 'http://192.0.2.7/x'],
    ['192.0.2.1-192.0.2.9', 'http://192.0.2.7/x'],
    ['192.0.2.1 - 192.0.2.9', 'http://192.0.2.7/x'],
    ['*', 'http://sso.corp.test/x'],
  ])('%j: %s goes past the proxy', async (noProxy, url) => {
    expect(await viaProxy(noProxy, url)).toBe(false);
  });

  test.each([
    ['corp.test', 'http://notcorp.test/x'],
    ['corp.test', 'http://corp.test.example.test/x'],
    ['corp.test:81', 'http://sso.corp.test/x'],
    ['sso.corp.test', 'http://corp.test/x'],
    ['192.0.2.1-192.0.2.9', 'http://192.0.2.10/x'],
    ['', 'http://sso.corp.test/x'],
    [' , ', 'http://sso.corp.test/x'],
    ['.', 'http://sso.corp.test/x'],
  ])('%j: %s goes through it', async (noProxy, url) => {
    expect(await viaProxy(noProxy, url)).toBe(true);
  });
});

test('the agents hold only the proxies of the environment', () => {
  process.env['A_SECRET_OF_THE_JOB'] = 'hunter2-hunter2';
  const { agentsFor } = connect({ HTTPS_PROXY: 'http://proxy.test:1' });
  delete process.env['A_SECRET_OF_THE_JOB'];
  for (const url of ['https://cloud.test', 'http://cloud.test', 'http://localhost'])
    expect(inspect(agentsFor(new URL(url)), { depth: 9, showHidden: true })).not.toContain('hunter2');
});

describe('send', () => {
  test('returns status, headers and body, sends the headers, follows no redirect', async () => {
    const elsewhere = await server('elsewhere');
    const it = closing(
      await serve((_request, response) => {
        response.writeHead(307, { location: elsewhere.url, 'X-Request-Id': 'r-1' }).end('look there');
      }),
    );
    const answer = await connect().send(asking(it.url, { headers: { authorization: 'Bearer x' } }), never);
    expect(answer).toMatchObject({ status: 307, body: 'look there' });
    expect(answer.headers).toMatchObject({ location: elsewhere.url, 'x-request-id': 'r-1' });
    expect(it.requests[0]?.headers.authorization).toBe('Bearer x');
    expect(it.requests[0]?.method).toBe('GET');
    expect(elsewhere.requests).toHaveLength(0);
  });

  test('a header that comes twice is one text', async () => {
    const it = closing(
      await serve((_request, response) => {
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        response.setHeader('www-authenticate', ['Basic', 'Bearer']);
        response.end();
      }),
    );
    const { headers } = await connect().send(asking(it.url), never);
    expect(headers).toMatchObject({ 'set-cookie': 'a=1, b=2', 'www-authenticate': 'Basic, Bearer' });
  });

  test.each(['', '{"name":"ä🚀"}'])('a POST carries its body whole (%j)', async (body) => {
    let received = '';
    const it = closing(
      await serve((request, response) => {
        request.setEncoding('utf8');
        request.on('data', (chunk: string) => {
          received += chunk;
        });
        request.on('end', () => response.end());
      }),
    );
    await connect().send(
      asking(it.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
      never,
    );
    expect(received).toBe(body);
    expect(it.requests[0]?.method).toBe('POST');
    expect(it.requests[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    });
  });

  test('a body of up to 1 MiB is accepted, a longer one is an error', async () => {
    const most = await server('x'.repeat(1024 * 1024));
    expect(await get(most.url, {})).toHaveLength(1024 * 1024);
    const more = await server('x'.repeat(1024 * 1024 + 1));
    await expect(get(more.url, {})).rejects.toThrow('the answer is longer than 1 MiB');
  });

  test('an answer that breaks off is an error', async () => {
    const it = closing(
      await serve((_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half');
        setImmediate(() => response.destroy());
      }),
    );
    await expect(get(it.url, {})).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test.each(['ftp://127.0.0.1/x', 'file:///etc/passwd'])('%s is sent nowhere', async (url) => {
    await expect(get(url, {})).rejects.toMatchObject({ code: 'ERR_INVALID_PROTOCOL' });
  });

  test('letters that are split between two packets come out whole', async () => {
    const bytes = Buffer.from('ä🚀');
    const it = closing(
      await serve((_request, response) => {
        response.write(bytes.subarray(0, 3));
        setImmediate(() => response.end(bytes.subarray(3)));
      }),
    );
    expect(await get(it.url, {})).toBe('ä🚀');
  });

  test('an aborted signal ends it', async () => {
    const controller = new AbortController();
    const it = closing(
      await serve(() => {
        controller.abort();
      }),
    );
    await expect(connect().send(asking(it.url), controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('retryAfterMs', () => {
  test.each([
    ['0', 0],
    ['7', 7_000],
    ['60', 60_000],
    ['61', 60_000],
    ['86400', 60_000],
    ['-5', null],
    ['', null],
    ['soon', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    [undefined, null],
  ])('%j: %j', (value, ms) => {
    expect(retryAfterMs(value)).toBe(ms);
  });
});
