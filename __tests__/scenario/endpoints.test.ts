import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { RequestMatch } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { byIds, byNames, errors, ids, inWorld, step } from './support.ts';
import { setTrap, type Trap } from './traps.ts';

let trap: Trap;
let folder: string;
beforeAll(async () => {
  trap = await setTrap();
  folder = await mkdtemp(join(tmpdir(), 'endpoints-'));
  await mkdir(join(folder, '.aws'));
});
beforeEach(() => {
  (trap.requests as unknown[]).length = 0;
});
afterAll(async () => {
  await trap.close();
  await rm(folder, { recursive: true });
});

/** The step ended before any request, and the trap received nothing. */
function expectNothingSent(result: StepResult): void {
  expect(result.exitCode).toBe(1);
  expect(result.outputs['status']).toBe('FAILED');
  expect(result.requests).toEqual([]);
  expect(trap.requests).toEqual([]);
}

/** Without the world's own endpoints except for the sign-in, a file decides where Identity Center is. */
const onlySts = {
  AWS_ENDPOINT_URL_SSO_ADMIN: undefined,
  AWS_ENDPOINT_URL_IDENTITYSTORE: undefined,
  AWS_ENDPOINT_URL_ORGANIZATIONS: undefined,
};

describe('a hostile endpoint variable is a fault, and gets no request', () => {
  it.each([
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_STS',
    'AWS_ENDPOINT_URL_SSO_ADMIN',
    'AWS_ENDPOINT_URL_IDENTITYSTORE',
    'AWS_ENDPOINT_URL_ORGANIZATIONS',
    'AWS_ENDPOINT_URL_SSO',
    'AWS_ENDPOINT_URL_ANYTHING_NEW',
  ])('%s', (name) =>
    inWorld({}, async (world) => {
      const result = await step(world, byNames, { env: { [name]: trap.hostile } });
      expectNothingSent(result);
      expect(errors(result)).toContain(name);
      expect(errors(result)).toContain('allowed-endpoints');
    }),
  );

  it.each([
    ['a host that begins like loopback', 'https://127.0.0.1.evil.example'],
    ['a host that begins like localhost', 'https://localhost.evil.example'],
    ['a host behind user information', 'https://localhost@evil.example'],
    ['every address', 'http://0.0.0.0:1'],
    ['a private address', 'https://10.0.0.1'],
    ['the metadata service', 'http://169.254.169.254'],
    ['loopback in the path only', 'https://evil.example/127.0.0.1'],
    ['a tab in loopback', 'http://localhost\t.evil.example'],
    ['an invalid URL', 'evil.example'],
    ['another scheme with loopback', 'file://localhost/etc/passwd'],
    ['a script', 'javascript:alert(1)'],
  ])('as %s', (_, url) =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds, { env: { AWS_ENDPOINT_URL_SSO_ADMIN: url } });
      expectNothingSent(result);
      expect(errors(result)).toContain('AWS_ENDPOINT_URL_SSO_ADMIN');
    }),
  );

  it('all of them are reported together, beside the other faults of the inputs (P10)', () =>
    inWorld({}, async (world) => {
      const hostile = {
        AWS_ENDPOINT_URL_STS: 'https://one.example',
        AWS_ENDPOINT_URL_SSO_ADMIN: 'https://two.example',
      };
      const result = await step(world, { ...byIds, target: '12345' }, { env: hostile });
      expectNothingSent(result);
      for (const word of ['one.example', 'two.example', '"12345"']) expect(errors(result)).toContain(word);
    }));

  it.each([
    ['of another host', 'http://pipelines.evil.example/token?x=1'],
    ['that is an IPv4 address in IPv6', ''],
  ])('an unencrypted ID token endpoint %s', (_, url) =>
    inWorld({}, async (world) => {
      const hostile = url === '' ? `${trap.hostile}/token?x=1` : url;
      const result = await step(world, byIds, {
        env: { ACTIONS_ID_TOKEN_REQUEST_URL: hostile, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'r' },
      });
      expectNothingSent(result);
      expect(errors(result)).toContain('ACTIONS_ID_TOKEN_REQUEST_URL');
    }),
  );
});

describe('a hostile endpoint in a shared file is a fault, and gets no request', () => {
  const inServices = (key: string): string => `[default]\nservices = x\n[services x]\n${key}\n`;
  const files: readonly (readonly [string, (url: string) => string])[] = [
    ['for every service', (url) => `[default]\nendpoint_url = ${url}\n`],
    ['without blanks', (url) => `[default]\nendpoint_url=${url}`],
    ['with a comment', (url) => `[default]\nendpoint_url = ${url} # ours\n`],
    ['with Windows line ends', (url) => `[default]\r\nendpoint_url = ${url}\r\n`],
    ['of a profile', (url) => `[profile default]\nendpoint_url = ${url}\n`],
    ['for one service', (url) => inServices(`sso_admin =\n  endpoint_url = ${url}`)],
    ['for one service by a dotted key', (url) => inServices(`sso_admin.endpoint_url = ${url}`)],
    ['behind a form feed', (url) => `[default]\n\fendpoint_url = ${url}\n`],
    ['behind a no-break space', (url) => `[default]\n\u00a0endpoint_url\u00a0= ${url}\n`],
    ['behind a byte order mark', (url) => `[default]\n\ufeffendpoint_url = ${url}\n`],
    [
      'with a tab in it',
      (url) =>
        `[default]\nendpoint_url = http://localhost\t${url.slice('http://'.length).replace('[::ffff:127.0.0.1]', '.evil.example')}\n`,
    ],
  ];

  it.each(files)('%s', (_, text) =>
    inWorld({}, async (world) => {
      const path = join(folder, 'config');
      await writeFile(path, text(trap.hostile));
      const result = await step(world, byIds, { env: { ...onlySts, AWS_CONFIG_FILE: path } });
      expectNothingSent(result);
      expect(errors(result)).toContain(path);
    }),
  );

  const places: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['in the home folder', '.aws/config', {}],
    ['in the credentials file of the home folder', '.aws/credentials', {}],
    ['in a file that AWS_CONFIG_FILE names by ~', 'other', { AWS_CONFIG_FILE: '~/other' }],
    ['in a file that AWS_SHARED_CREDENTIALS_FILE names by ~', 'other', { AWS_SHARED_CREDENTIALS_FILE: '~/other' }],
  ];
  it.each(places)('%s', (_, file, variables) =>
    inWorld({}, async (world) => {
      const path = join(folder, file);
      await writeFile(path, `[default]\nendpoint_url = ${trap.hostile}\n`);
      try {
        const result = await step(world, byIds, { env: { ...onlySts, HOME: folder, ...variables } });
        expectNothingSent(result);
        expect(errors(result)).toContain('endpoint_url');
      } finally {
        await rm(path);
      }
    }),
  );
});

const onUnix = process.platform === 'win32' ? describe.skip : describe;
onUnix('a file that the SDK would wait for is a fault at once', () => {
  const pipe = (): string => join(folder, '.aws', 'config');
  const cached = (by: string, hash: string, of: string): string =>
    join(folder, '.aws', by, 'cache', `${createHash(hash).update(of).digest('hex')}.json`);
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['AWS_CONFIG_FILE', byIds, '"'],
    ['AWS_SHARED_CREDENTIALS_FILE', byIds, '"'],
    ['HOME', byIds, 'This variable is not set, and the default file "'],
    ['AWS_WEB_IDENTITY_TOKEN_FILE', { ...byIds, 'aws-role-to-assume': 'none' }, '"'],
  ];
  it.each(cases)('by %s', (variable, inputs, told) =>
    inWorld({}, async (world) => {
      execFileSync('mkfifo', [pipe()]);
      try {
        const env = { [variable]: variable === 'HOME' ? folder : pipe() };
        const result = await step(world, inputs, { env, timeoutMs: 20_000 });
        expectNothingSent(result);
        expect(errors(result)).toContain(`${told}${pipe()}" is a pipe, not a regular file.`);
        expect(errors(result)).toContain(variable === 'HOME' ? 'AWS_CONFIG_FILE' : variable);
      } finally {
        await rm(pipe());
      }
    }),
  );

  it.each([
    [
      'web_identity_token_file',
      () => `web_identity_token_file = ${pipe()} # of the job\nrole_arn = ${ids.broker}`,
      pipe,
    ],
    ['sso_session', () => 'sso_session = s\n[sso-session s]', () => cached('sso', 'sha1', 's')],
    [
      'sso_start_url',
      () => 'sso_start_url=https://x.awsapps.com/start',
      () => cached('sso', 'sha1', 'https://x.awsapps.com/start'),
    ],
    ['login_session', () => 'login_session = arn:x', () => cached('login', 'sha256', 'arn:x')],
  ])('to which %s of a shared file leads (P4)', (_, settings, path) =>
    inWorld({}, async (world) => {
      const config = join(folder, 'config');
      await writeFile(config, `[profile other]\n${settings()}\n`);
      await mkdir(dirname(path()), { recursive: true });
      execFileSync('mkfifo', [path()]);
      try {
        const env = { AWS_CONFIG_FILE: config, HOME: folder };
        const result = await step(world, { ...byIds, 'aws-role-to-assume': 'none' }, { env, timeoutMs: 20_000 });
        expectNothingSent(result);
        expect(errors(result)).toContain(`"${config}" names "${path()}", which is a pipe`);
        expect(errors(result)).toContain('AWS_CONFIG_FILE');
        // Signed in with the job's token nothing of the kind is read.
        expect((await step(world, byIds, { env })).exitCode).toBe(0);
      } finally {
        await Promise.all([rm(path()), rm(config)]);
      }
    }),
  );

  it('and without a file, or with an invalid file name, the step continues', () =>
    inWorld({}, async (world) => {
      const env = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: join(folder, 'nowhere') };
      expect((await step(world, byIds, { env })).exitCode).toBe(0);
    }));
});

describe('allowed-endpoints', () => {
  it('allows a host by name, and an unencrypted address stays a fault (P10)', () =>
    inWorld({}, async (world) => {
      const allowed = { ...byIds, 'allowed-endpoints': 'sso.internal.example\nother.example' };
      const result = await step(world, allowed, { env: { AWS_ENDPOINT_URL_SSO_ADMIN: 'http://sso.internal.example' } });
      expectNothingSent(result);
      expect(errors(result)).toMatch(/https/u);
      expect(errors(result)).not.toContain('allowed-endpoints: This list does not name');
      const subdomain = await step(world, allowed, {
        env: { AWS_ENDPOINT_URL_SSO_ADMIN: 'https://evil.sso.internal.example' },
      });
      expectNothingSent(subdomain);
      expect(errors(subdomain)).toContain('evil.sso.internal.example');
    }));

  it('accepts host names only', () =>
    inWorld({}, async (world) => {
      for (const wrong of ['*', '*.example', 'https://sso.internal.example', 'sso.internal.example:443', 'a b']) {
        const result = await step(world, { ...byIds, 'allowed-endpoints': wrong });
        expectNothingSent(result);
        expect(errors(result)).toContain('allowed-endpoints');
        expect(errors(result)).toContain(wrong);
      }
    }));

  it('is not needed for loopback, and used endpoints are named in log and summary (P10)', () =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(0);
      const url = world.env['AWS_ENDPOINT_URL_STS'] ?? 'none';
      const said = new RegExp(
        `from outside the step: .*AWS_ENDPOINT_URL_SSO_ADMIN.*AWS_ENDPOINT_URL_STS.* = ${url}`,
        'u',
      );
      expect(result.log).toMatch(said);
      expect(result.summary.replaceAll('&#95;', '_')).toMatch(said);
    }));
});

describe('credentials never follow a redirect', () => {
  const redirected = async (world: World, match: RequestMatch, status: number): Promise<StepResult> => {
    const location = `http://127.0.0.1:${trap.port}/elsewhere`;
    world.script.fault({ ...match, times: 99 }, { kind: 'redirect', location, status });
    return step(world, byNames);
  };
  it.each([
    [301, 'GitHub’s token endpoint', { service: 'oidc' }],
    [302, 'STS', { service: 'sts' }],
    [303, 'Identity Center', { operation: 'ListInstances' }],
    [307, 'the identity store', { service: 'identitystore' }],
    [308, 'Organizations', { service: 'organizations' }],
    [307, 'GitHub’s token endpoint', { service: 'oidc' }],
    [308, 'STS', { service: 'sts' }],
  ] as const)('of HTTP %i by %s (P7)', (status, _, match) =>
    inWorld({}, async (world) => {
      const result = await redirected(world, match, status);
      expect(result.exitCode).toBe(1);
      expect(trap.requests).toEqual([]);
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
    }),
  );

  it('of a start call: its result is reported as unknown', () =>
    inWorld({}, async (world) => {
      const result = await redirected(world, { operation: 'CreateAccountAssignment' }, 307);
      expect(result.exitCode).toBe(1);
      expect(trap.requests).toEqual([]);
      expect(errors(result)).toMatch(/CreateAccountAssignment/u);
    }));
});
