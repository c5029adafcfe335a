import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { IdentitystoreClient, ListUsersCommand } from '@aws-sdk/client-identitystore';
import { ListRootsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListInstancesCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { afterEach, describe, expect, test } from '@jest/globals';

import { isRouting, readRouting, routed, type Routing, type ServiceId } from '../../src/aws/routing.ts';

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

function configOf(routing: Routing, service: ServiceId, onHost: (host: string) => void = () => undefined) {
  return {
    ...routed(routing, service),
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      handle: (request: { readonly hostname: string }) => {
        onHost(request.hostname);
        return Promise.reject(new Error('not sent'));
      },
    } as never,
  };
}

/** The address to which a client would send a request. */
async function hostOf(routing: Routing): Promise<string> {
  let host = '';
  const client = new STSClient(configOf(routing, 'STS', (it) => (host = it)));
  await client.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  return host;
}

/** The variables of AWS that are looked at while something is done. */
async function lookedAt(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = process.env;
  const seen = new Set<string>();
  const noting = new Proxy(before, {
    get: (of, name: string) => (seen.add(name), of[name]),
    has: (of, name: string) => (seen.add(name), name in of),
  });
  process.env = noting;
  try {
    await work().catch(() => undefined);
  } finally {
    process.env = before;
  }
  return [...seen].filter((it) => it.includes('AWS')).sort();
}

describe('the routing of requests', () => {
  test.each([
    [{}, plain],
    [{ AWS_USE_FIPS_ENDPOINT: 'true' }, { ...plain, fips: true }],
    [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, { ...plain, dualStack: true }],
    [
      { AWS_ENDPOINT_URL_SSO_ADMIN: 'https://sso.example' },
      { ...plain, endpoints: { 'SSO Admin': 'https://sso.example' } },
    ],
    [{ AWS_ENDPOINT_URL: 'https://a.example', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, plain],
  ])("is the SDK's own with %j", async (variables, routing) => {
    set(variables);
    expect(await readRouting()).toEqual(routing);
  });

  test.each([
    [plain, 'sts.us-east-1.amazonaws.com'],
    [{ ...plain, fips: true }, 'sts-fips.us-east-1.amazonaws.com'],
    [{ ...plain, dualStack: true }, 'sts.us-east-1.api.aws'],
    [{ ...plain, endpoints: { STS: 'https://sts.example' } }, 'sts.example'],
  ])('is fixed for a client, and later settings do not change it: %j (P4)', async (routing, host) => {
    expect(await hostOf(routing)).toBe(host);
    set({ AWS_USE_FIPS_ENDPOINT: String(!routing.fips), AWS_ENDPOINT_URL: 'https://evil.example' });
    expect(await hostOf(routing)).toBe(host);
    set({ AWS_USE_DUALSTACK_ENDPOINT: String(!routing.dualStack), AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' });
    expect(await hostOf(routing)).toBe(host);
  });

  /** None of them decides the route of a request or the clock: two are about where the SDK runs, one silences it. */
  const harmless = /^AWS_(?:EXECUTION_ENV|LAMBDA_\w+|SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED)$/u;

  test.each([
    ['SSO Admin', () => new SSOAdminClient(configOf(plain, 'SSO Admin')).send(new ListInstancesCommand({}))],
    [
      'identitystore',
      () =>
        new IdentitystoreClient(configOf(plain, 'identitystore')).send(new ListUsersCommand({ IdentityStoreId: 'd' })),
    ],
    ['Organizations', () => new OrganizationsClient(configOf(plain, 'Organizations')).send(new ListRootsCommand({}))],
    ['Scheduler', () => new SchedulerClient(configOf(plain, 'Scheduler')).send(new ListSchedulesCommand({}))],
    ['STS', () => new STSClient(configOf(plain, 'STS')).send(new GetCallerIdentityCommand({}))],
  ])('no other setting of the environment or a file affects a client: %s', async (_, send) => {
    const seen = await lookedAt(send);
    expect(seen.filter((it) => !harmless.test(it))).toEqual([]);
    // It is the SDK that is looked over.
    expect(await lookedAt(() => new STSClient({ region: 'us-east-1' }).send(new GetCallerIdentityCommand({})))).toEqual(
      expect.arrayContaining(['AWS_AUTH_SCHEME_PREFERENCE']),
    );
  });

  test.each([null, {}, { ...plain, fips: 'true' }, { ...plain, endpoints: { STS: 5 } }, { ...plain, endpoints: null }])(
    'is not %j',
    (value) => {
      expect(isRouting(value)).toBe(false);
      expect(isRouting(plain)).toBe(true);
    },
  );
});
