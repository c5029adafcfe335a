import { describe, expect, test } from '@jest/globals';

import { createConnections } from '../../src/action/connections.ts';
import { proxyFaults, supportsProxies } from '../../src/action/proxies.ts';

const faultsOf = (variables: Readonly<Record<string, string>>, node = '24.21.0') =>
  proxyFaults(new Map(Object.entries(variables)), node);

describe('proxyFaults', () => {
  test.each(['http://proxy:3128', 'https://proxy.example', 'HTTP://user:pass@proxy:3128/', 'http://[::1]:3128'])(
    '%s is a proxy',
    (value) => {
      for (const name of ['HTTP_PROXY', 'https_proxy']) expect(faultsOf({ [name]: value })).toEqual([]);
    },
  );

  test.each(['proxy:3128', 'proxy', 'socks5://proxy:1080', 'http:proxy', 'http://', '//proxy', 'http://pro xy'])(
    '%j is none, and would be passed by without a word',
    (value) => {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']) {
        expect(faultsOf({ [name]: value })).toMatchObject([
          { input: name, example: expect.stringContaining('http://') },
        ]);
      }
    },
  );

  test.each(['http://user:50%@proxy:3128', 'http://%zz@proxy:3128', 'https://user:%e4@proxy'])(
    'the sign-in of %j cannot be decoded, and no connection could be made',
    (value) => {
      expect(faultsOf({ HTTPS_PROXY: value })).toMatchObject([{ problem: expect.stringContaining('%25') }]);
      if (supportsProxies(process.versions.node))
        expect(() => createConnections({ HTTPS_PROXY: value })).toThrow('malformed');
    },
  );

  test('a sign-in that is escaped can be', () => {
    expect(faultsOf({ HTTPS_PROXY: 'http://us%40er:50%25@proxy:3128' })).toEqual([]);
  });

  test('the value, which may hold a password, is not shown', () => {
    expect(JSON.stringify(faultsOf({ HTTPS_PROXY: 'socks5://user:hunter22@proxy' }))).not.toContain('hunter22');
  });

  test.each(['24.0.0', '24.4.1'])('Node %s would pass by every proxy without a word', (node) => {
    expect(faultsOf({ HTTPS_PROXY: 'http://proxy:3128' }, node)).toMatchObject([
      { input: 'HTTPS_PROXY', problem: expect.stringContaining(node) },
    ]);
    expect(faultsOf({}, node)).toEqual([]);
  });

  test.each(['24.5.0', '24.21.0', '26.0.0'])('Node %s can use one', (node) => {
    expect(faultsOf({ HTTPS_PROXY: 'http://proxy:3128' }, node)).toEqual([]);
  });

  test('other variables are none of its business', () => {
    expect(faultsOf({ NO_PROXY: 'x', FTP_PROXY: 'x', MY_HTTP_PROXY: 'x' })).toEqual([]);
  });
});
