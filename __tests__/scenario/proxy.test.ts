import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import { runStep } from '../../rehearsal/runner/step.ts';
import { describeProxies } from '../action/describe-proxies.ts';
import { startProxy, startTls, type Proxy } from './proxies.ts';
import { behindProxy, issuerHost, noEndpoints, portOf, realCertificate } from './real-hosts.ts';
import { byIds, byNames, errors, idToken, ids, inWorld, step } from './support.ts';

/** Replaces an entry in the hosts file of a machine. */
const hostsFile = `import dns from 'node:dns';
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name === 'sso.internal.example' ? '127.0.0.1' : name, ...rest);
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-'));
  await writeFile(join(folder, 'hosts.mjs'), hostsFile);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Requests of a step by names. */
const hosts = (region: string): readonly string[] => [
  issuerHost,
  ...['sts', 'sso', 'identitystore'].map((service) => `${service}.${region}.amazonaws.com`),
  'organizations.us-east-1.amazonaws.com',
];

const tunnels = ({ requests }: Proxy): ReadonlySet<string> => new Set(requests.map(({ what }) => what));

describeProxies('HTTPS_PROXY', () => {
  it.each(['HTTPS_PROXY', 'https_proxy'])('is used by every call, as %s', (name) =>
    behindProxy({}, async ({ world, proxy, real }) => {
      const result = await step(world, byNames, { env: { ...real, [name]: `http://127.0.0.1:${proxy.port}` } });
      expect(result.exitCode).toBe(0);
      expect(tunnels(proxy)).toEqual(new Set(hosts('us-east-1').map((host) => `CONNECT ${host}:443`)));
      expect(new Set(result.requests.map((it) => it.service))).toEqual(
        new Set(['oidc', 'sts', 'sso', 'identitystore', 'organizations']),
      );
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    }),
  );

  it('reaches Organizations in its own Region, with any aws-region', () => {
    const estate = loadEstate();
    const moved = { ...estate, instances: estate.instances.map((it) => ({ ...it, region: 'eu-west-1' })) };
    return behindProxy({ estate: moved }, async ({ world, proxy, real }) => {
      const env = { ...real, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const result = await step(world, { ...byNames, 'aws-region': 'eu-west-1' }, { env });
      expect(result.exitCode).toBe(0);
      expect(tunnels(proxy)).toEqual(new Set(hosts('eu-west-1').map((host) => `CONNECT ${host}:443`)));
      const signedFor = result.requests.filter((it) => it.service === 'organizations').map((it) => it.region);
      expect(new Set(signedFor)).toEqual(new Set(['us-east-1']));
    });
  });

  it("is used by the sign-in of the SDK's default chain too", () =>
    behindProxy({}, async ({ world, proxy, real }) => {
      const token = join(folder, 'token');
      await writeFile(token, await idToken(world));
      const chain = { AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: ids.broker };
      const env = { ...real, ...chain, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const result = await step(world, { ...byIds, 'aws-role-to-assume': 'none' }, { env });
      expect(result.exitCode).toBe(0);
      expect(tunnels(proxy)).toEqual(
        new Set(['sts', 'sso'].map((service) => `CONNECT ${service}.us-east-1.amazonaws.com:443`)),
      );
    }));

  it('with a name and a password sends them to the proxy, and the password nowhere else (P7)', () =>
    behindProxy({}, async ({ world, proxy, real }) => {
      const env = {
        ...real,
        HTTPS_PROXY: `http://octo:hunter%2Ftwo%2Bmore@127.0.0.1:${proxy.port}`,
        RUNNER_DEBUG: '1',
      };
      const result = await step(world, byIds, { env });
      expect(result.exitCode).toBe(0);
      const given = `Basic ${Buffer.from('octo:hunter/two+more').toString('base64')}`;
      expect(new Set(proxy.requests.map(({ authorization }) => authorization))).toEqual(new Set([given]));
      expect(result.leaked(['hunter/two+more', 'hunter%2Ftwo%2Bmore', given])).toEqual([]);
      expect(result.masks).toContain('hunter/two+more');
    }));

  it("is the only part of the environment in Node's own debug output, and none of its secrets is shown (P7)", () =>
    behindProxy({}, async ({ world, proxy, real }) => {
      const env = {
        ...real,
        ...world.aws.ambientCredentials(),
        JOB_SECRET: 'correct-horse-battery',
        HTTPS_PROXY: `http://octo:hunter%2Ftwo@127.0.0.1:${proxy.port}`,
        NODE_DEBUG: 'http,https,net,tls,fetch,undici',
      };
      // Node writes it without the action: only the runner's output counts.
      const result = await runStep(world, { inputs: byIds, env });
      expect(result.exitCode).toBe(0);
      expect(result.log).toMatch(/^HTTPS? \d+: /mu);
      expect(result.log).not.toContain('correct-horse-battery');
      const basic = Buffer.from('octo:hunter/two').toString('base64');
      for (const secret of [...world.secrets(), 'hunter/two', 'hunter%2Ftwo', basic])
        expect(result.log).not.toContain(secret);
    }));

  it('is used for an endpoint that allowed-endpoints names', () =>
    behindProxy({}, async ({ world, proxy, real }) => {
      const env = {
        ...real,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        AWS_ENDPOINT_URL_SSO_ADMIN: 'https://sso.internal.example',
      };
      const result = await step(world, { ...byIds, 'allowed-endpoints': 'sso.internal.example' }, { env });
      expect(result.exitCode).toBe(0);
      expect(tunnels(proxy)).toContain('CONNECT sso.internal.example:443');
      expect(tunnels(proxy)).not.toContain('CONNECT sso.us-east-1.amazonaws.com:443');
      expect(result.log).toContain('AWS_ENDPOINT_URL_SSO_ADMIN = https://sso.internal.example');
    }));

  it('that presents another certificate than the trusted one ends red: nothing is sent', () =>
    behindProxy({}, async ({ world, proxy, real }) => {
      const env = { ...real, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NODE_EXTRA_CA_CERTS: undefined };
      const result = await step(world, byIds, { env });
      expect(result.exitCode).toBe(1);
      expect(result.requests).toEqual([]);
      expect(errors(result)).toMatch(/certificate/iu);
      expect(errors(result)).toMatch(/NODE_EXTRA_CA_CERTS/u);
    }));
});

describe('requests to this machine', () => {
  it.each(['127.0.0.1', 'localhost'])('never go through a proxy, where they would be readable: %s', (host) =>
    behindProxy({}, async ({ world, proxy }) => {
      const address = `http://127.0.0.1:${proxy.port}`;
      const local = Object.entries(world.env).map(([name, value]) => [name, value.replace('127.0.0.1', host)] as const);
      const endpoints = Object.fromEntries(local.filter(([name]) => /^AWS_ENDPOINT_URL|^ACTIONS_ID_TOKEN/u.test(name)));
      const proxies = { HTTP_PROXY: address, http_proxy: address, HTTPS_PROXY: address, NO_PROXY: 'example.com' };
      const result = await step(world, byNames, { env: { ...endpoints, ...proxies } });
      expect(result.exitCode).toBe(0);
      expect(new Set(result.requests.map((it) => it.service)).size).toBe(5);
      expect(result.requests.every((it) => it.host.startsWith(`${host}:`))).toBe(true);
      expect(proxy.requests).toEqual([]);
    }),
  );
});

describeProxies('NO_PROXY', () => {
  it.each([
    ['NO_PROXY', 'other.example,sso.internal.example'],
    ['no_proxy', 'other.example,sso.internal.example'],
    ['NO_PROXY', 'internal.example'],
    ['NO_PROXY', 'other.example .INTERNAL.example.'],
    ['NO_PROXY', '*.internal.example'],
  ])('excludes addresses from the proxy, and no others: %s=%s', (name, list) =>
    behindProxy({}, async ({ world, proxy, awsPort, real }) => {
      const env = {
        ...real,
        NODE_OPTIONS: `--import ${pathToFileURL(join(folder, 'hosts.mjs')).href}`,
        AWS_ENDPOINT_URL_SSO_ADMIN: `https://sso.internal.example:${awsPort}`,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        [name]: list,
      };
      const result = await step(world, { ...byIds, 'allowed-endpoints': 'sso.internal.example' }, { env });
      expect(result.exitCode).toBe(0);
      expect([...tunnels(proxy)].sort()).toEqual(
        [issuerHost, 'sts.us-east-1.amazonaws.com'].map((host) => `CONNECT ${host}:443`),
      );
      expect(result.requests.filter((it) => it.service === 'sso').length).toBeGreaterThan(3);
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    }),
  );
});

describeProxies('a proxy with a fault', () => {
  it.each<[string, number | 'refuses', RegExp]>([
    ['refuses to connect', 'refuses', /502|proxy/iu],
    ['is not there', 9, /ECONNREFUSED/u],
  ])('ends the step red, and no request goes past it: it %s', (_, port, words) =>
    behindProxy(
      {},
      async ({ world, proxy, real }) => {
        const env = { ...real, HTTPS_PROXY: `http://127.0.0.1:${port === 'refuses' ? proxy.port : port}` };
        const result = await step(world, byIds, { env });
        expect(result.exitCode).toBe(1);
        expect(result.requests).toEqual([]);
        expect(errors(result)).toMatch(words);
        expect(errors(result)).toMatch(/HTTPS_PROXY|network/u);
        expect(world.aws.estate.effectiveChanges()).toEqual([]);
        expect(result.virtualMs).toBeLessThan(130_000);
      },
      () => null,
    ),
  );

  it.each(['proxy.internal:3128', '127.0.0.1:9', 'not a proxy', 'socks5://127.0.0.1:9', 'http://'])(
    'or with an unusable address is an error that names it, and no request goes past it: %s (P10)',
    (address) =>
      inWorld({}, async (world) => {
        const result = await step(world, byIds, { env: { ...noEndpoints, HTTPS_PROXY: address } });
        expect(result.exitCode).toBe(1);
        expect(result.requests).toEqual([]);
        expect(errors(result)).toContain('HTTPS_PROXY');
        expect(errors(result)).not.toMatch(/ENOTFOUND|EAI_AGAIN|bug in cloud-access/u);
      }),
  );

  it('after sign-in is an error that names HTTPS_PROXY and NO_PROXY (P9)', () => {
    let opened = 0;
    return inWorld({}, async (world) => {
      const aws = await startTls(realCertificate().certificate, portOf(world.env['AWS_ENDPOINT_URL_STS']));
      const proxy = await startProxy((host) => {
        opened += 1;
        return host.startsWith('sts.') ? aws.port : null;
      });
      try {
        const env = {
          ...noEndpoints,
          NODE_EXTRA_CA_CERTS: realCertificate().path,
          HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        };
        const result = await step(world, byIds, { env });
        expect(result.exitCode).toBe(1);
        expect(opened).toBeGreaterThan(2);
        expect(errors(result)).toMatch(/What to do: .*HTTPS_PROXY.*NO_PROXY/su);
        expect(world.aws.estate.effectiveChanges()).toEqual([]);
        expect(result.virtualMs).toBeLessThan(130_000);
      } finally {
        for (const server of [proxy, aws]) await server.close();
      }
    });
  });
});
