import { STSClient } from '@aws-sdk/client-sts';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, test } from '@jest/globals';

import { isRouting, readRouting, routed, type Routing } from '../../src/aws/routing.ts';

const plain: Routing = { fips: false, dualStack: false, endpoints: {} };
const names = [
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SSO_ADMIN',
].concat(['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'AWS_CONFIG_FILE']);
afterEach(() => {
  for (const name of names) Reflect.deleteProperty(process.env, name);
});
const set = (variables: Readonly<Record<string, string>>): void => {
  Object.assign(process.env, { AWS_CONFIG_FILE: '/nowhere', ...variables });
};

/** Where a client would send a request. */
async function hostOf(routing: Routing): Promise<string> {
  let host = '';
  const client = new STSClient({
    ...routed(routing, 'STS'),
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      handle: (request: { readonly hostname: string }) => {
        host = request.hostname;
        return Promise.reject(new Error('not sent'));
      },
    } as never,
  });
  await client.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  return host;
}

describe('where requests go', () => {
  test.each([
    [{}, plain],
    [{ AWS_USE_FIPS_ENDPOINT: 'true' }, { ...plain, fips: true }],
    [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, { ...plain, dualStack: true }],
    [
      { AWS_ENDPOINT_URL_SSO_ADMIN: 'https://sso.example' },
      { ...plain, endpoints: { 'SSO Admin': 'https://sso.example' } },
    ],
    [{ AWS_ENDPOINT_URL: 'https://a.example', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, plain],
  ])('is what the SDK takes from %j', async (variables, routing) => {
    set(variables);
    expect(await readRouting()).toEqual(routing);
  });

  test.each([
    [plain, 'sts.us-east-1.amazonaws.com'],
    [{ ...plain, fips: true }, 'sts-fips.us-east-1.amazonaws.com'],
    [{ ...plain, dualStack: true }, 'sts.us-east-1.api.aws'],
    [{ ...plain, endpoints: { STS: 'https://sts.example' } }, 'sts.example'],
  ])('is what a client is told, whatever is set by then: %j', async (routing, host) => {
    expect(await hostOf(routing)).toBe(host);
    set({ AWS_USE_FIPS_ENDPOINT: String(!routing.fips), AWS_ENDPOINT_URL: 'https://evil.example' });
    expect(await hostOf(routing)).toBe(host);
    set({ AWS_USE_DUALSTACK_ENDPOINT: String(!routing.dualStack), AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' });
    expect(await hostOf(routing)).toBe(host);
  });

  test.each([null, {}, { ...plain, fips: 'true' }, { ...plain, endpoints: { STS: 5 } }, { ...plain, endpoints: null }])(
    'is no routing: %j',
    (value) => {
      expect(isRouting(value)).toBe(false);
      expect(isRouting(plain)).toBe(true);
    },
  );
});
