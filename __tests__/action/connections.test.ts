import { networkInterfaces } from 'node:os';

import { afterEach, describe, expect, test } from '@jest/globals';

import { createConnections } from '../../src/action/connections.ts';
import { serve, type LocalServer } from './servers.ts';
import { supportsProxies } from '../../src/action/proxies.ts';

const never = new AbortController().signal;
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const it of open.splice(0)) await it.close();
});

async function server(body: string, host?: string): Promise<LocalServer> {
  const it = await serve((_request, response) => {
    response.end(body);
  }, host);
  open.push(it);
  return it;
}

async function get(url: string, env: NodeJS.ProcessEnv): Promise<string> {
  const connections = createConnections(env);
  open.push(connections);
  return (await connections.get(new URL(url), {}, never)).body;
}

const hasIpv6 = Object.values(networkInterfaces()).some(
  (all) => all?.some(({ address }) => address === '::1') ?? false,
);

/** Node before 24.5 knows no proxies: what they do cannot be seen there, and is shown as skipped. */
const describeProxies = supportsProxies(process.versions.node) ? describe : describe.skip;

describeProxies('the proxy', () => {
  test.each(['HTTP_PROXY', 'http_proxy'])('%s is used', async (name) => {
    const proxy = await server('by proxy');
    expect(await get('http://cloud.test/x', { [name]: proxy.url })).toBe('by proxy');
    expect(proxy.requests[0]?.url).toBe('http://cloud.test/x');
  });

  test.each(['127.0.0.1', 'localhost', ...(hasIpv6 ? ['::1'] : [])])(
    'never sees what is meant for this machine (%s)',
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

describe('get', () => {
  test('gives back status and body, sends the headers, follows no redirect', async () => {
    const elsewhere = await server('elsewhere');
    const it = await serve((_request, response) => {
      response.writeHead(307, { location: elsewhere.url }).end('look there');
    });
    open.push(it);
    const connections = createConnections({});
    open.push(connections);
    expect(await connections.get(new URL(it.url), { authorization: 'Bearer x' }, never)).toEqual({
      status: 307,
      body: 'look there',
      retryAfterSeconds: null,
    });
    expect(it.requests[0]?.headers.authorization).toBe('Bearer x');
    expect(elsewhere.requests).toHaveLength(0);
  });

  test('letters that are split between two packets come out whole', async () => {
    const bytes = Buffer.from('ä🚀');
    const it = await serve((_request, response) => {
      response.write(bytes.subarray(0, 3));
      setImmediate(() => response.end(bytes.subarray(3)));
    });
    open.push(it);
    expect(await get(it.url, {})).toBe('ä🚀');
  });

  test('an aborted signal ends it', async () => {
    const controller = new AbortController();
    const it = await serve(() => {
      controller.abort();
    });
    open.push(it);
    const connections = createConnections({});
    open.push(connections);
    await expect(connections.get(new URL(it.url), {}, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
