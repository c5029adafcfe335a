import { describe, expect, test } from '@jest/globals';

import { checkEndpoint, isLoopback, withoutUserInfo } from '../../src/access/endpoints.ts';

const from = (url: string) => ({ source: 'AWS_ENDPOINT_URL', url });

describe('checkEndpoint', () => {
  test.each([
    'http://127.0.0.1:4566',
    'http://localhost',
    'https://localhost:8443',
    'http://[::1]:4566/',
    'http://LOCALHOST:1',
    'http://127.1:80',
    'http://2130706433/',
    'http://user@localhost',
  ])('%s is loopback and needs no leave', (url) => {
    expect(checkEndpoint(from(url), [])).toBeNull();
  });

  test('an allowed host by https is fine', () => {
    expect(checkEndpoint(from('https://sso.internal.example.com:8443/x'), ['sso.internal.example.com'])).toBeNull();
    expect(checkEndpoint(from('https://SSO.internal.example.com'), ['sso.internal.example.com'])).toBeNull();
  });

  test('an allowed host by http is a fault that names the source', () => {
    expect(checkEndpoint(from('http://sso.internal.example.com'), ['sso.internal.example.com'])).toMatchObject({
      input: 'AWS_ENDPOINT_URL',
      problem: expect.stringContaining('not an https URL'),
    });
  });

  test.each([
    ['https://evil.example', 'evil.example'],
    ['https://sso.internal.example.com.evil.example', 'sso.internal.example.com.evil.example'],
    ['https://sso.internal.example.com@evil.example', 'evil.example'],
    ['https://127.0.0.1.evil.example', '127.0.0.1.evil.example'],
    ['https://localhost.evil.example', 'localhost.evil.example'],
    ['https://127.0.0.1@evil.example', 'evil.example'],
    ['https://xsso.internal.example.com', 'xsso.internal.example.com'],
    ['https://sub.sso.internal.example.com', 'sub.sso.internal.example.com'],
    ['https://[::2]', '[::2]'],
    ['https://0.0.0.0', '0.0.0.0'],
    ['https://169.254.169.254', '169.254.169.254'],
    // Only addresses that NO_PROXY can be made to name one by one are kept away from a proxy.
    ['http://127.1.2.3', '127.1.2.3'],
    ['https://evil.example\\@sso.internal.example.com', 'evil.example'],
  ])('%s is a fault that shows the host and the input that allows it', (url, host) => {
    expect(checkEndpoint(from(url), ['sso.internal.example.com'])).toEqual({
      input: 'allowed-endpoints',
      problem: expect.stringContaining(`does not name ${host},`),
      example: {
        advice: `Unset AWS_ENDPOINT_URL, and find out who set it. Only if ${host} is yours and intended, set allowed-endpoints: ${host}`,
      },
    });
  });

  test.each(['', 'sso.example.com', '/path', 'https://', 'http://127.0.0.999', 'http://exa mple'])(
    '%j is not a URL',
    (url) => {
      expect(checkEndpoint(from(url), [])).toMatchObject({
        input: 'AWS_ENDPOINT_URL',
        problem: expect.stringContaining('not a URL'),
      });
    },
  );

  test.each(['file:///etc/passwd', 'data:text/plain,x', 'javascript:0'])('%s is a fault', (url) => {
    expect(checkEndpoint(from(url), [])).not.toBeNull();
  });
});

describe('withoutUserInfo', () => {
  test.each([
    ['https://user:secret@host.example:8443/x?y=@', 'https://***@host.example:8443/x?y=@'],
    ['https://user:sec@ret@host.example', 'https://***@host.example/'],
    ['https:user:secret@host.example', 'https://***@host.example/'],
    ['https:\\\\user:secret@host.example', 'https://***@host.example/'],
    // These are no URLs: a slash ends the part before a host.
    ['https://user:sec/ret@host.example', '***@host.example'],
    ['user@name:sec\nret@host example', '***@host example'],
  ])('of %j leaves %s', (address, shown) => {
    expect(withoutUserInfo(address)).toBe(shown);
  });

  test.each(['http://127.0.0.1:4566', 'https://host.example/a@b', 'not a URL'])('leaves %j as it is', (address) => {
    expect(withoutUserInfo(address)).toBe(address);
  });

  test('no fault shows a password', () => {
    for (const url of ['ftp://user:sec@ret@sso.example.com', 'https://user:sec/ret@sso.example.com']) {
      expect(JSON.stringify(checkEndpoint(from(url), ['sso.example.com']))).not.toMatch(/sec|ret/u);
    }
  });
});

describe('isLoopback', () => {
  test.each(['localhost', '[::1]', '127.0.0.1'])('%s is', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.each(['', 'localhost.example', '1127.0.0.1', '127.0.0.1.nip.io', '0.0.0.0', '10.0.0.1', 'xlocalhost'])(
    '%j is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
