import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import {
  asked,
  ender,
  forbid,
  hour,
  inLeases,
  isThere,
  leased,
  minute,
  post,
  shortly,
  summaryText,
  take,
  told,
  unrecorded,
} from './lease-support.ts';
import { withGrants } from './lease-notes.ts';
import { errors, ids, step } from './support.ts';

type State = StepResult['state'];
const main = 'cloud-access';
const grants = 'cloud-access-grants-0';
const progress = 'cloud-access-progress-0';

/** Runs a scene with this text in a shared AWS file. */
async function inSharedFile<T>(text: string, use: (env: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'shared-file-'));
  const path = join(folder, 'config');
  await writeFile(path, text);
  try {
    return await use({ AWS_CONFIG_FILE: path });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function edited(state: State, key: string, edit: (text: string) => string): State {
  return { ...state, [key]: edit(state[key] ?? '') };
}

function without(state: State, key: string): State {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name !== key));
}

describe("post trusts only main's state", () => {
  it('with any later inputs (P4)', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const inputs = {
        cloud: 'azure',
        operation: 'revoke',
        principal: `user:${ids.alice}`,
        target: ids.staging,
        role: ids.breakGlass,
        'aws-role-to-assume': 'arn:aws:iam::111122223333:role/other',
        'aws-region': 'eu-central-1',
        'aws-scheduler-group': 'other',
      };
      const ended = await post(world, taken, { inputs });
      expect([ended.exitCode, isThere(world), shortly(world), told(ended, 'warning')]).toEqual([0, false, [], []]);
    }));

  it('with any exports of later steps: Region, role and event (P4)', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const env = {
        AWS_REGION: 'eu-central-1',
        AWS_DEFAULT_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'ASIAFOREIGN000000000',
        AWS_SECRET_ACCESS_KEY: 'a-foreign-secret-access-key-0123456789ab',
        AWS_SESSION_TOKEN: 'a-foreign-session-token',
        AWS_PROFILE: 'other',
        AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/other',
        GITHUB_EVENT_NAME: 'issue_comment',
      };
      const ended = await post(world, taken, { env });
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
    }));

  it.each([
    ['another address', { AWS_ENDPOINT_URL_SCHEDULER: 'https://scheduler.evil.example' }],
    ['none', { AWS_ENDPOINT_URL_SCHEDULER: undefined }],
    ['one for all services', { AWS_ENDPOINT_URL: 'https://evil.example' }],
  ])("with an endpoint variable that now has %s warns, and uses main's", (_, env) =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const ended = await post(world, taken, { env });
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
      expect(told(ended, 'warning')).toEqual([
        expect.stringMatching(
          /^AWS_ENDPOINT_URL(?:_SCHEDULER)? has changed since the main step\. The post step uses the value of the main step: /u,
        ),
      ]);
      expect(ended.requests.every(({ host }) => !host.includes('evil'))).toBe(true);
    }),
  );

  it('with a shared file that a later step wrote warns, and does not read it', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      // With the last line, the SDK would ignore the variables too.
      const text = '[default]\nendpoint_url = https://evil.example\nignore_configured_endpoint_urls = true\n';
      const ended = await inSharedFile(text, (env) => post(world, taken, { env }));
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
      expect(told(ended, 'warning')).toEqual([
        expect.stringMatching(/endpoint_url in .* = https:\/\/evil\.example, .*was set after the main step/u),
        expect.stringContaining('AWS_SHARED_CREDENTIALS_FILE is not read'),
      ]);
    }));

  it("uses main's endpoints though the shared file with them has others now (P4)", () =>
    inLeases({}, async (world) => {
      const url = world.env['AWS_ENDPOINT_URL_SSO_ADMIN'] ?? '';
      const bare = { AWS_ENDPOINT_URL_SSO_ADMIN: undefined };
      const inFile = <T>(at: string, use: (env: NonNullable<Step['env']>) => Promise<T>): Promise<T> =>
        inSharedFile(`[default]\nendpoint_url = ${at}\n`, (env) => use({ ...env, ...bare }));
      const taken = await inFile(url, (env) => take(world, leased, { env }));
      const ended = await inFile('https://evil.example', (env) => post(world, taken, { env }));
      expect([errors(ended), isThere(world), shortly(world)]).toEqual(['', false, []]);
      expect(told(ended, 'warning')[0]).toMatch(
        /The main step used endpoint_url in .*The shared files now set .*evil\.example/su,
      );
      expect(ended.requests.every(({ host }) => !host.includes('evil'))).toBe(true);
    }));

  it.each([
    ['AWS_USE_FIPS_ENDPOINT', 'true'],
    ['AWS_USE_DUALSTACK_ENDPOINT', 'true'],
    ['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'true'],
  ])("uses main's endpoints though a later step has set %s, and warns of it (P4)", (name, value) =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const ended = await post(world, taken, { env: { [name]: value } });
      expect([errors(ended), isThere(world), shortly(world)]).toEqual(['', false, []]);
      expect(told(ended, 'warning')).toEqual([
        `${name} has changed since the main step. The post step uses the value of the main step: nothing.`,
      ]);
    }),
  );

  it("uses main's endpoints with any other setting that an SDK of AWS reads (P4)", () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const text = ['use_fips_endpoint', 'use_dualstack_endpoint', 'ignore_configured_endpoint_urls'].map(
        (it) => `${it} = true`,
      );
      const others = {
        AWS_DEFAULTS_MODE: 'auto',
        AWS_RETRY_MODE: 'adaptive',
        AWS_MAX_ATTEMPTS: '9',
        AWS_STS_REGIONAL_ENDPOINTS: 'legacy',
        AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required',
        AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a',
        AWS_SIGV4A_SIGNING_REGION_SET: '*',
        AWS_SDK_UA_APP_ID: 'other',
        AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv6',
        AWS_PROFILE: 'other',
      };
      const ended = await inSharedFile(['[default]', ...text, '[profile other]', ...text, ''].join('\n'), (env) =>
        post(world, taken, { env: { ...others, ...env } }),
      );
      expect([errors(ended), isThere(world), shortly(world)]).toEqual(['', false, []]);
    }));

  const onUnix = process.platform === 'win32' ? it.skip : it;
  onUnix('does not wait for a pipe in a place that the SDK reads (P4)', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const folder = await mkdtemp(join(tmpdir(), 'pipe-'));
      try {
        execFileSync('mkfifo', [join(folder, 'config')]);
        const ended = await post(world, taken, { env: { AWS_CONFIG_FILE: join(folder, 'config') }, timeoutMs: 30_000 });
        expect([errors(ended), isThere(world), shortly(world)]).toEqual(['', false, []]);
      } finally {
        await rm(folder, { recursive: true });
      }
    }),
  );

  it('with certificate checks that a later step has disabled checks them, and warns (P4)', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const ended = await post(world, taken, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
      expect([errors(ended), isThere(world), shortly(world)]).toEqual(['', false, []]);
      expect(told(ended, 'warning')).toEqual([
        'NODE_TLS_REJECT_UNAUTHORIZED is 0, which switches certificate checks off. This step ignores it.',
      ]);
      expect(ended.log).not.toContain("Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0'");
    }));

  it("long after main's credentials have expired: it signs in again (P4)", () =>
    inLeases({}, async (world) => {
      const taken = await take(world, { ...leased, lifetime: '12h' });
      await world.advance(6 * hour);
      const ended = await post(world, taken);
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
      expect(asked(ended, 'sts')).toEqual(['AssumeRoleWithWebIdentity']);
    }));

  it('and reads nothing where no lease was taken: no file, no request, no output', () =>
    inLeases({}, async (world) => {
      const refused = await step(world, { ...leased, 'max-lifetime': '1h' });
      expect(refused.exitCode).toBe(1);
      const dry = await step(world, { ...leased, 'dry-run': 'true' });
      expect(dry.exitCode).toBe(0);
      for (const { state } of [refused, dry]) {
        expect(Object.keys(state)).toEqual([main]);
        const ended = await post(world, { state }, { idToken: false });
        expect([ended.exitCode, ended.requests, ended.stdout, ended.summary]).toEqual([0, [], '', '']);
      }
    }));

  it('and has no secret in it', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const text = JSON.stringify(taken.state);
      expect(world.secrets().filter((secret) => text.includes(secret))).toEqual([]);
      expect(JSON.parse(taken.state[main] ?? '')).toMatchObject({
        version: 2,
        leases: { cloud: 'aws', keepAfterJob: false, reason: 'INC-1', grants: 1, chunks: 1 },
      });
    }));

  it('releases once: run again it finds no task', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      await post(world, taken);
      const again = await post(world, taken);
      expect([again.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
    }));
});

describe('an unusable saved state', () => {
  const cases: readonly (readonly [string, (state: State) => State, RegExp])[] = [
    [
      'of another version',
      (state) => edited(state, main, (text) => text.replace('"version":2', '"version":3')),
      /version/u,
    ],
    [
      'whose keep-after-job is altered',
      (state) => edited(state, main, (text) => text.replace('"keepAfterJob":false', '"keepAfterJob":"false"')),
      /it was altered or cut/u,
    ],
    [
      'that is cut',
      (state) => edited(state, main, (text) => text.slice(0, 100)),
      /it was altered or cut\. The log of the main step lists its leases/u,
    ],
    [
      'whose endpoints are altered',
      (state) => edited(state, main, (text) => text.replace(/"endpoints":\[.*?\]/u, '"endpoints":[null]')),
      /it was altered or cut/u,
    ],
    [
      'whose grants are altered',
      (state) => withGrants(state, (json) => json.replaceAll(ids.prod, ids.staging)),
      /the list of its grants was altered or cut/u,
    ],
    [
      'whose grants are cut',
      (state) => edited(state, grants, (text) => text.slice(0, -1)),
      /the list of its grants was altered or cut/u,
    ],
    ['whose grants are missing', (state) => without(state, grants), /the list of its grants was altered or cut/u],
    [
      'whose progress is altered',
      (state) => edited(state, progress, () => 'x;y'),
      /the progress of its leases was altered/u,
    ],
    ['whose progress is missing', (state) => without(state, progress), /the progress of its leases was altered/u],
  ];
  it.each(cases)('%s makes the job red, reports the reason, and sends no request (P4)', (_, alter, why) =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const ended = await post(world, { state: alter(taken.state) });
      expect([ended.exitCode, ended.requests, isThere(world)]).toEqual([1, [], true]);
      expect(errors(ended)).toMatch(/Could not release the leases of this step/u);
      expect(errors(ended)).toMatch(why);
      expect(summaryText(ended)).toContain('Could not release the leases of this step');
    }),
  );

  it('reports the number of grants and that their timers end them', () =>
    inLeases({}, async (world) => {
      const taken = await take(world, { ...leased, target: `${ids.prod}\n${ids.staging}` });
      const ended = await post(world, { state: without(taken.state, grants) });
      expect(errors(ended)).toMatch(
        /It concerns 2 grants of this step: each lease ends by its own timer, or by `operation: sweep`; `operation: list` shows the leases/u,
      );
      await world.advance(2 * hour + 5 * minute);
      expect(isThere(world)).toBe(false);
    }));

  it('reports leases without records as leases that nothing else ends', () =>
    inLeases({}, async (world) => {
      const taken = await take(world, unrecorded);
      const ended = await post(world, { state: without(taken.state, grants) });
      expect([ended.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(ended)).toMatch(/nothing else ends the leases.*`operation: revoke`/su);
    }));

  it("never counts for another step's grant: an earlier step's exports are not main's state", () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const spoofed = Object.fromEntries(Object.entries(taken.state).map(([key, value]) => [`STATE_${key}`, value]));
      const other = await step(world, leased, {
        stage: 'post',
        state: { [main]: '{"version":2}' },
        env: { ...spoofed, [`STATE_${main}`]: '{"version":9}' },
      });
      expect([other.exitCode, other.requests, isThere(world)]).toEqual([0, [], true]);
    }));
});

describe('post that cannot sign in', () => {
  it('since GitHub issues no token: a warning with the time, as the timer ends it (P4)', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      world.script.fault({ service: 'oidc', times: 100 }, { kind: 'error', code: '500', status: 500, message: 'down' });
      const ended = await post(world, taken);
      expect([ended.exitCode, isThere(world)]).toEqual([0, true]);
      expect(told(ended, 'warning').join('\n')).toContain('ends the access at 2026-11-21 22:00 UTC');
      expect(ended.virtualMs).toBeLessThan(5 * minute);
      await world.advance(2 * hour + 5 * minute);
      expect(isThere(world)).toBe(false);
    }));

  it('since the role no longer trusts it: a warning with the time, and the trust that it needs', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      world.aws.roles.remove(ids.broker);
      const ended = await post(world, taken);
      expect([ended.exitCode, isThere(world)]).toEqual([0, true]);
      expect(told(ended, 'warning').join('\n')).toContain('ends the access at 2026-11-21 22:00 UTC');
    }));

  it('and nothing else ends it: red (P4)', () =>
    inLeases({}, async (world) => {
      const taken = await take(world, unrecorded);
      world.script.fault({ service: 'oidc', times: 100 }, { kind: 'error', code: '500', status: 500, message: 'down' });
      const ended = await post(world, taken, { inputs: unrecorded });
      expect([ended.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(ended)).toContain('nothing else will end it');
    }));

  it('since the job has no right to a token any longer: a warning with the time', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      const ended = await post(world, taken, { idToken: false });
      expect([ended.exitCode, isThere(world)]).toEqual([0, true]);
      expect(told(ended, 'warning').join('\n')).toContain('ends the access at 2026-11-21 22:00 UTC');
    }));
});

describe('credentials of the job', () => {
  const ambient = { ...leased, 'aws-role-to-assume': 'none' } as const;
  it('of the same role end the lease', () =>
    inLeases({}, async (world) => {
      const taken = await take(world, ambient, { env: world.aws.ambientCredentials() });
      const ended = await post(world, taken, { env: world.aws.ambientCredentials() });
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
    }));

  it('of another role by then make post red: that role did not take the lease', () =>
    inLeases({ aws: { roles: [{ arn: 'arn:aws:iam::111122223333:role/other' }] } }, async (world) => {
      const taken = await take(world, ambient, { env: world.aws.ambientCredentials() });
      const ended = await post(world, taken, {
        env: world.aws.ambientCredentials('arn:aws:iam::111122223333:role/other'),
      });
      expect([ended.exitCode, isThere(world)]).toEqual([1, true]);
      expect(errors(ended)).toContain('The job now has the credentials of arn:aws:iam::111122223333:role/other,');
      expect(asked(ended, 'scheduler')).toEqual([]);
      expect(asked(ended, 'sso')).toEqual([]);
    }));

  it('that have expired leave the end to the timer', () =>
    inLeases({}, async (world) => {
      const taken = await take(world, ambient, { env: world.aws.ambientCredentials() });
      // No machine's own role either: a request for one leaves this machine.
      const ended = await post(world, taken, { env: { AWS_EC2_METADATA_DISABLED: 'true' } });
      expect([ended.exitCode, isThere(world)]).toEqual([0, true]);
      expect(told(ended, 'warning')).toEqual([
        expect.stringMatching(/Could not load credentials.*ends the access at 2026-11-21 22:00 UTC/su),
      ]);
    }));
});

describe('post after a main that failed', () => {
  it('releases what was begun when the creation ended FAILED', () =>
    inLeases({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { status: 'FAILED', failureReason: 'The account is suspended.' });
      const failed = await step(world, leased);
      expect([failed.exitCode, isThere(world)]).toEqual([1, false]);
      const ended = await post(world, failed);
      expect([ended.exitCode, isThere(world)]).toEqual([0, false]);
      expect(shortly(world).filter((it) => it.includes('hold') || it.includes('armed'))).toEqual([]);
    }));

  it('ends access that was still being created at the time limit (P4)', () =>
    inLeases({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { durationMs: 90_000 });
      const slow = await step(world, { ...leased, timeout: '30s' });
      expect([slow.exitCode, slow.outputs['status']]).toEqual([1, 'IN_PROGRESS']);
      const ended = await post(world, slow);
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
    }));

  it('has only the needed rights: without sso:CreateAccountAssignment it still ends the access', () =>
    inLeases({}, async (world) => {
      const taken = await take(world);
      forbid(world, 'sso:CreateAccountAssignment', 'scheduler:CreateScheduleGroup');
      const ended = await post(world, taken);
      expect([ended.exitCode, isThere(world), shortly(world)]).toEqual([0, false, []]);
      expect(ender).toContain('access-ender');
    }));
});
