import { Agent } from 'node:https';
import { describe, expect, test } from '@jest/globals';

import { proxyFaults, supportsProxies } from '../../src/action/proxies.ts';

const faultsOf = (variables: Readonly<Record<string, string>>, node = '24.21.0') =>
  proxyFaults(new Map(Object.entries(variables)), node);

describe('proxyFaults', () => {
  test.each(['http://proxy:3128', 'https://proxy.example', 'http://user:p%25ss@proxy:3128/', 'http://[::1]:3128'])(
    '%s is a proxy',
    (value) => {
      for (const name of ['HTTP_PROXY', 'https_proxy']) expect(faultsOf({ [name]: value })).toEqual([]);
    },
  );

  test.each([
    'proxy:3128',
    'proxy',
    'socks5://proxy:1080',
    'http:proxy',
    'http://',
    '//proxy',
    'http://pro xy',
    'HTTP://proxy:3128',
  ])('%j is not a proxy, and Node would ignore it silently', (value) => {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']) {
      expect(faultsOf({ [name]: value })).toMatchObject([{ input: name, example: expect.stringContaining('http://') }]);
    }
  });

  test.each([
    ['http://proxy:3128\n', /line break/u],
    ['http://user:hunter22@proxy:3128\r\n', /line break/u],
    ['http://user:100%@proxy:3128', /user name or password has a %/u],
    ['http://%user:hunter22@proxy:3128', /user name or password has a %/u],
  ])("%j makes Node fail, and is a fault of the runner's environment", (value, problem) => {
    if (supportsProxies(process.versions.node)) expect(() => new Agent({ proxyEnv: { HTTPS_PROXY: value } })).toThrow();
    expect(faultsOf({ HTTPS_PROXY: value })).toMatchObject([
      { input: 'HTTPS_PROXY', problem: expect.stringMatching(problem) },
    ]);
  });

  test('the value, which can hold a password, is not shown', () => {
    expect(JSON.stringify(faultsOf({ HTTPS_PROXY: 'socks5://user:hunter22@proxy' }))).not.toContain('hunter22');
  });

  test.each(['24.0.0', '24.4.1'])('Node %s would ignore every proxy silently', (node) => {
    expect(faultsOf({ HTTPS_PROXY: 'http://proxy:3128' }, node)).toMatchObject([
      { input: 'HTTPS_PROXY', problem: expect.stringContaining(node) },
    ]);
    expect(faultsOf({}, node)).toEqual([]);
  });

  test.each(['24.5.0', '24.21.0', '26.0.0'])('Node %s can use one', (node) => {
    expect(faultsOf({ HTTPS_PROXY: 'http://proxy:3128' }, node)).toEqual([]);
  });

  test('other variables are ignored', () => {
    expect(faultsOf({ NO_PROXY: 'x', FTP_PROXY: 'x', MY_HTTP_PROXY: 'x' })).toEqual([]);
  });
});
