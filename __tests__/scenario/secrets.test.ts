import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { Effect, RequestMatch } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { byIds, byNames, errors, idToken, ids, inWorld, pushAll, step } from './support.ts';

interface Scene {
  readonly title: string;
  readonly inputs?: Step['inputs'];
  readonly more?: Omit<Step, 'inputs'>;
  readonly before?: (world: World) => void;
}

const fault =
  (match: RequestMatch, effect: Effect) =>
  (world: World): void => {
    world.script.fault({ times: 99, ...match }, effect);
  };
const refusal: Effect = { kind: 'error', status: 403, code: 'AccessDenied', message: 'Not authorized' };
const ambient = { ...byIds, 'aws-role-to-assume': 'none' };

const scenes: readonly Scene[] = [
  { title: 'an assignment by names', inputs: byNames },
  {
    title: 'a revocation',
    inputs: { ...byNames, operation: 'revoke', principal: 'group:Auditors', role: 'ReadOnlyAccess' },
  },
  { title: 'a provisioning', inputs: pushAll },
  { title: 'a failed assignment', inputs: { ...byIds, role: 'NeedsPolicy', target: '777788889999' } },
  { title: 'an unknown name', inputs: { ...byNames, principal: 'user:nobody@example.com' } },
  { title: 'an input fault', inputs: { ...byIds, target: '1' } },
  { title: 'a refused exchange', before: fault({ service: 'sts' }, refusal) },
  { title: 'an exchange without an answer', before: fault({ service: 'sts', times: 2 }, { kind: 'hang' }) },
  { title: 'an exchange whose answer is lost', before: fault({ service: 'sts', times: 1 }, { kind: 'lost' }) },
  {
    title: 'an exchange that is answered with rubbish',
    before: fault({ service: 'sts', times: 1 }, { kind: 'http', status: 200, body: '<html>' }),
  },
  {
    title: 'an exchange without credentials',
    before: fault({ service: 'sts', times: 1 }, { kind: 'answer', body: '<AssumeRoleWithWebIdentityResponse/>' }),
  },
  {
    title: 'a token endpoint that refuses',
    before: fault({ service: 'oidc' }, { kind: 'http', status: 403, body: '{}' }),
  },
  { title: 'a token endpoint that is lost', before: fault({ service: 'oidc', times: 2 }, { kind: 'lost' }) },
  {
    title: 'a token that is none',
    before: fault({ service: 'oidc' }, { kind: 'answer', body: { value: 'not.a-token' } }),
  },
  {
    title: 'a denied request',
    before: fault({ operation: 'ListAccountAssignments' }, { ...refusal, code: 'AccessDeniedException' }),
  },
  {
    title: 'HTML instead of JSON',
    before: fault({ operation: 'ListAccountAssignments', times: 3 }, { kind: 'http', status: 500, body: '<h1>' }),
  },
  { title: 'a lost start call', before: fault({ operation: 'CreateAccountAssignment', times: 1 }, { kind: 'lost' }) },
  { title: 'a cancelled step', more: { cancel: { operation: 'DescribeAccountAssignmentCreationStatus' } } },
  { title: 'a time limit that passes', inputs: { ...byIds, timeout: '1s' } },
];

const issuedSince = (known: readonly string[], world: World): readonly string[] =>
  world.secrets().filter((secret) => !known.includes(secret));

describe('no secret leaves', () => {
  // `step` looks for every secret that was issued, in every form, in everything that left the process.
  it.each(scenes)('with debug logging on, in $title (P7)', ({ inputs, more, before }) =>
    inWorld({}, async (world) => {
      before?.(world);
      const result = await step(world, inputs ?? byIds, {
        ...more,
        env: { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' },
      });
      expect(result.leaked(world.secrets())).toEqual([]);
      expect(result.log).not.toMatch(/eyJ[\w-]{8,}\.[\w-]{8,}|Bearer \S|Signature=|Credential=/u);
      expect(Object.keys(result.files).filter((name) => !/^temp\/cloud-access-[\w-]+\.json$/u.test(name))).toEqual([]);
    }),
  );

  it('that came from an earlier step', () =>
    inWorld({}, async (world) => {
      for (const inputs of [ambient, { ...ambient, target: '1' }, byIds]) {
        const result = await step(world, inputs, { env: { ...world.aws.ambientCredentials(), RUNNER_DEBUG: '1' } });
        expect(result.leaked(world.secrets())).toEqual([]);
      }
    }));

  it('and a canary would be visible: a text that is not a secret is found in stream, output, summary and file (P7)', () =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds);
      expect(result.leaked([byIds.principal.slice('group:'.length)]).length).toBeGreaterThan(3);
      // Request token, ID token, secret access key and session token of this step; the world's own job has a request token too.
      expect(world.secrets().length).toBeGreaterThanOrEqual(4);
    }));

  const echoes: readonly (readonly [string, RequestMatch, string])[] = [
    ['the session token in a refused signature', { operation: 'ListAccountAssignments' }, 'InvalidSignatureException'],
    ['the ID token in a refused exchange', { service: 'sts' }, 'InvalidIdentityToken'],
  ];
  it.each(echoes)('when the cloud repeats it in a message: %s (P7)', (_, match, code) =>
    inWorld({}, async (world) => {
      world.script.onRequest(match, () => {
        const secret = world.secrets().at(-1) ?? '';
        const message = `The Canonical String for this request should have been 'POST\n/\n\nx-amz-security-token:${secret}\n'`;
        world.script.fault(match, { kind: 'error', status: 403, code, message });
      });
      const result = await step(world, byIds, { env: { RUNNER_DEBUG: '1' } });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('The Canonical String for this request should have been');
      expect(result.leaked(world.secrets())).toEqual([]);
    }),
  );
});

describe('a secret is masked (P7)', () => {
  it.each<[string, RequestMatch, number]>([
    ['the ID token before it is exchanged', { service: 'sts' }, 1],
    ['the secret access key and the session token before they sign anything', { service: 'sso' }, 3],
  ])('before its first use: %s', (_, when, issued) =>
    inWorld({}, async (world) => {
      // Killed during the request: a value that is masked by then was masked before.
      const known = world.secrets();
      let secrets: readonly string[] = [];
      world.script.onRequest(when, () => {
        // The secrets of this request itself are issued later, to a process that can be gone.
        if (secrets.length === 0) secrets = issuedSince(known, world);
      });
      const result = await step(world, byIds, { signals: [{ when, signal: 'SIGKILL' }] });
      expect(result.signal).toBe('SIGKILL');
      expect(secrets.length).toBeGreaterThanOrEqual(issued);
      for (const secret of secrets) expect(result.masks).toContain(secret);
    }),
  );

  it("from the SDK's default chain: in a file, or by a web identity of its own", () =>
    inWorld({}, async (world) => {
      const folder = await mkdtemp(join(tmpdir(), 'secrets-'));
      try {
        const keys = world.aws.ambientCredentials();
        const lines = Object.entries(keys).map(([name, value]) => `${name.toLowerCase()} = ${value}`);
        await writeFile(join(folder, 'credentials'), ['[default]', ...lines, ''].join('\n'));
        const env = { AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') };
        const filed = await step(world, ambient, { env });
        expect(filed.exitCode).toBe(0);
        expect(filed.masks).toContain(keys['AWS_SECRET_ACCESS_KEY']);
        expect(filed.masks).toContain(keys['AWS_SESSION_TOKEN']);

        await writeFile(join(folder, 'token'), await idToken(world));
        const known = world.secrets();
        const chain = { AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'), AWS_ROLE_ARN: ids.broker };
        const assumed = await step(world, ambient, { env: chain, idToken: false });
        expect(assumed.exitCode).toBe(0);
        // The request token of the step's own job is among them, and is not given to this step.
        const masked = issuedSince(known, world).filter((secret) => assumed.masks.includes(secret));
        expect(masked).toHaveLength(2);
      } finally {
        await rm(folder, { recursive: true });
      }
    }));

  it('and IDs, ARNs, names and access key IDs are not', () =>
    inWorld({}, async (world) => {
      const credentials = world.aws.ambientCredentials();
      const result = await step(world, ambient, { env: credentials });
      expect(result.exitCode).toBe(0);
      expect(new Set(result.masks)).toEqual(new Set(world.secrets().filter((it) => result.masks.includes(it))));
      expect(result.masks).toContain(credentials['AWS_SECRET_ACCESS_KEY']);
      expect(result.masks).toContain(credentials['AWS_SESSION_TOKEN']);
      expect(result.masks).not.toContain(credentials['AWS_ACCESS_KEY_ID']);
      expect(result.log).not.toContain('***');
    }));
});

describe('debug logging', () => {
  it('shows operation, duration, attempt and request ID of every request, and no header, body or credential (P7)', () =>
    inWorld({}, async (world) => {
      world.script.fault({ operation: 'ListAccountAssignments' }, { kind: 'throttle' });
      const result = await step(world, byNames, { env: { RUNNER_DEBUG: '1' } });
      expect(result.exitCode).toBe(0);
      const lines = result.commands.filter(({ name }) => name === 'debug').map(({ value }) => value);
      for (const { operation, requestId, service } of result.requests) {
        if (service === 'oidc') continue;
        const told = lines.filter((line) => line.includes(requestId));
        expect(told).toContainEqual(expect.stringMatching(new RegExp(`${operation}.*\\d+ ms.*try \\d+`, 'u')));
      }
      const told = lines.join('\n');
      expect(told).not.toMatch(/authorization|x-amz-(?!target)|security-token|user-agent|content-type/iu);
      expect(told).not.toMatch(/InstanceArn|PermissionSetArn|WebIdentityToken|RoleSessionName|[{}]/u);
      expect(told).not.toMatch(/A[KS]IA[A-Z2-7]{16}/u);
    }));

  it('shows the request for the ID token too', () =>
    inWorld({}, async (world) => {
      world.script.fault({ service: 'oidc' }, { kind: 'http', status: 500, body: '' });
      const result = await step(world, byIds, { env: { RUNNER_DEBUG: '1' } });
      const lines = result.commands.filter(({ name, value }) => name === 'debug' && /token/iu.test(value));
      expect(lines.map(({ value }) => value)).toEqual([
        expect.stringMatching(/500.*\d+ ms.*try 1/u),
        expect.stringMatching(/\d+ ms.*try 2/u),
      ]);
    }));

  it('counts the attempts of a start call and of an exchange', () =>
    inWorld({}, async (world) => {
      world.script.fault({ operation: 'CreateAccountAssignment', times: 2 }, { kind: 'conflict' });
      world.script.fault({ service: 'sts' }, { kind: 'throttle' });
      const result = await step(world, byIds, { env: { RUNNER_DEBUG: '1' } });
      expect(result.exitCode).toBe(0);
      const lines = result.commands.filter(({ name }) => name === 'debug').map(({ value }) => value);
      expect(lines).toContainEqual(expect.stringMatching(/CreateAccountAssignment.*try 3/u));
      expect(lines).toContainEqual(expect.stringMatching(/AssumeRoleWithWebIdentity.*try 2/u));
    }));

  it('that is off shows none of it', () =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds);
      expect(result.log).not.toMatch(/try \d|\d ms|##\[debug\]/u);
    }));
});
