import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate.ts';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import { byIds, calls, errors, ids, inWorld, policy, step } from './support.ts';

const second = 1_000;
const minute = 60 * second;

/** The requests for ID tokens, and the exchanges of them. */
const minted = ({ requests }: StepResult): readonly JournalEntry[] => requests.filter((it) => it.service === 'oidc');
const exchanges = ({ requests }: StepResult): readonly JournalEntry[] => requests.filter((it) => it.service === 'sts');
const tokens = (result: StepResult): readonly (string | undefined)[] => exchanges(result).map((it) => it.idToken?.id);

/** One token per exchange, and none presented twice. */
function expectFreshTokens(result: StepResult, many: number): void {
  expect(exchanges(result)).toHaveLength(many);
  expect(new Set(tokens(result)).size).toBe(many);
  expect(exchanges(result).map((it) => it.idToken?.uses)).toEqual(exchanges(result).map(() => 1));
}

function trustOf(condition: Readonly<Record<string, unknown>>): unknown {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: condition,
      },
    ],
  };
}

const aud = 'token.actions.githubusercontent.com:aud';
const sub = 'token.actions.githubusercontent.com:sub';
const wrongTrust = trustOf({
  StringEquals: { [aud]: 'sts.amazonaws.com', [sub]: 'repo:octo-org/infra:environment:staging-access' },
});

const sts = { service: 'sts' } as const;
const stsError = (code: string, message: string, status = 400): Effect => ({ kind: 'error', status, code, message });

describe('signing in', () => {
  it('exchanges one ID token for credentials of the role, with a session named after repository, run and attempt', () =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(1);
      expectFreshTokens(result, 1);
      expect(minted(result)[0]?.idToken?.audience).toBe('sts.amazonaws.com');
      expect(exchanges(result)[0]?.body).toMatchObject({
        RoleArn: ids.broker,
        RoleSessionName: 'cloud-access-74901-16011000001-1',
      });
      expect(exchanges(result)[0]?.authorized).toBe(false);
      expect(result.log).toContain('assumed-role/access-broker/cloud-access-74901-16011000001-1');
    }));

  it('takes the session name and the audience that are given', () =>
    inWorld(
      {
        estate: {
          ...loadEstate(),
          identityProvider: { issuer: loadEstate().identityProvider.issuer, audiences: ['https://octo.example'] },
        },
        trust: trustOf({
          StringEquals: { [aud]: 'https://octo.example', [sub]: 'repo:octo-org/infra:environment:production-access' },
        }),
      },
      async (world) => {
        const named = { 'aws-role-session-name': 'nightly@octo', 'aws-audience': 'https://octo.example' };
        const result = await step(world, { ...byIds, ...named });
        expect(result.exitCode).toBe(0);
        expect(exchanges(result)[0]?.body).toMatchObject({ RoleSessionName: 'nightly@octo' });
        expect(minted(result).map((it) => it.idToken?.audience)).toEqual(['https://octo.example']);
      },
    ));

  it('asks for the audience of China where the role is in that partition', () =>
    inWorld({}, async (world) => {
      const result = await step(world, {
        ...byIds,
        'aws-region': 'cn-north-1',
        'aws-role-to-assume': 'arn:aws-cn:iam::111122223333:role/access-broker',
      });
      expect(new Set(minted(result).map((it) => it.idToken?.audience))).toEqual(new Set(['sts.amazonaws.com.cn']));
    }));

  it('does not use credentials that an earlier step left behind when a role is given', () =>
    inWorld({}, async (world) => {
      const leftover = {
        AWS_ACCESS_KEY_ID: 'ASIALEFTOVER00000000',
        AWS_SECRET_ACCESS_KEY: 'left/over',
        AWS_SESSION_TOKEN: 'left',
      };
      const result = await step(world, byIds, { env: { ...leftover, AWS_PROFILE: 'leftover' } });
      expect(result.exitCode).toBe(0);
      const signed = result.requests.filter((it) => it.service === 'sso');
      expect(signed.length).toBeGreaterThan(3);
      for (const { principal } of signed) expect(principal).toMatch(/assumed-role\/access-broker\/cloud-access-/u);
    }));

  it('uses the ambient credentials where no role is given, and asks for no ID token', () =>
    inWorld({}, async (world) => {
      const { 'aws-role-to-assume': _, ...without } = byIds;
      const result = await step(world, without, { env: world.ambientCredentials(), idToken: false });
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toEqual([]);
      expect(exchanges(result)).toEqual([]);
      expect(world.estate.effectiveChanges()).toHaveLength(1);
    }));

  it('says that ambient credentials are missing, or refused, and what to set', () =>
    inWorld({}, async (world) => {
      const { 'aws-role-to-assume': _, ...without } = byIds;
      const ambient = world.ambientCredentials();
      const bad = await step(world, without, { env: { ...ambient, AWS_SESSION_TOKEN: 'of-another-time' } });
      expect(bad.exitCode).toBe(1);
      expect(errors(bad)).toMatch(/UnrecognizedClientException|ExpiredTokenException/u);
      expect(errors(bad)).toMatch(/aws-role-to-assume/u);
      const none = await step(world, without, { env: { AWS_EC2_METADATA_DISABLED: 'true' } });
      expect(none.exitCode).toBe(1);
      expect(errors(none)).toMatch(/credentials/iu);
      expect(errors(none)).toMatch(/aws-role-to-assume/u);
      expect(errors(none)).not.toMatch(/bug in cloud-access/u);
      expect(world.estate.effectiveChanges()).toEqual([]);
    }));
});

describe('renewal', () => {
  it('takes a fresh ID token five minutes before the credentials end, during a long wait', () =>
    inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { durationMs: 62 * minute });
      const result = await step(world, { ...byIds, timeout: '2h' });
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(2);
      expectFreshTokens(result, 2);
      const [first, again] = exchanges(result);
      const between = (again?.at ?? 0) - (first?.at ?? 0);
      expect(between).toBeGreaterThanOrEqual(55 * minute);
      expect(between).toBeLessThan(55 * minute + 10 * second);
      expect(result.requests.filter((it) => it.outcome !== 'ok')).toEqual([]);
    }));

  it('of a refused renewal leaves an unknown: IN_PROGRESS with the request id, never green', () =>
    inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { durationMs: 62 * minute });
      world.script.fault(
        { ...sts, nth: 2, times: 99 },
        stsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403),
      );
      const result = await step(world, { ...byIds, timeout: '2h' });
      expect(result.exitCode).toBe(1);
      const [started] = world.estate.operations();
      expect(result.outputs).toMatchObject({ status: 'IN_PROGRESS', 'request-id': started?.requestId });
      expect(errors(result)).toContain(started?.requestId ?? 'no operation');
    }));
});

describe('a wrong trust policy', () => {
  it('is one error within 5 s, after at most three tries with different tokens, with sub, aud and the other claims and never the token', () =>
    inWorld({ trust: wrongTrust }, async (world) => {
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(result.virtualMs).toBeLessThanOrEqual(5 * second);
      expect(exchanges(result).length).toBeGreaterThan(1);
      expect(exchanges(result).length).toBeLessThanOrEqual(3);
      expectFreshTokens(result, exchanges(result).length);
      expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
      expect(errors(result)).toContain('Not authorized to perform sts:AssumeRoleWithWebIdentity');
      expect(errors(result)).toContain('AccessDenied');
      expect(errors(result)).toContain(exchanges(result).at(-1)?.requestId ?? 'no request id');
      expect(errors(result)).toContain('repo:octo-org/infra:environment:production-access');
      expect(errors(result)).toContain('sts.amazonaws.com');
      const claims = [
        'sub',
        'aud',
        'iss',
        'repository',
        'repository_id',
        'ref',
        'environment',
        'workflow',
        'job_workflow_ref',
        'actor',
        'actor_id',
      ];
      for (const claim of claims) expect(result.log).toMatch(new RegExp(`^\\s+${claim}: \\S+`, 'mu'));
      expect(result.log).not.toMatch(/eyJ[\w-]{8,}/u);
      expect(result.outputs).toMatchObject({ status: 'FAILED' });
      expect(result.outputs['failure-reason']).toContain('AccessDenied');
      expect(calls(result)['CreateAccountAssignment']).toBeUndefined();
      expect(result.log).not.toContain('name-only form');
    }));

  it('that knows only the old form of the subject is explained when the token has the immutable one', () =>
    inWorld({ trust: policy('trust-name') }, async (world) => {
      const result = await step(world, byIds, { context: { immutableSubject: true } });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('repo:octo-org@9919/infra@74901:environment:production-access');
      expect(errors(result)).toContain('immutable subject');
      expect(errors(result)).toContain('(repo:octo-org/infra:environment:production-access)');
    }));

  it.each([
    [
      'another audience',
      { StringEquals: { [aud]: 'api://other', [sub]: 'repo:octo-org/infra:environment:production-access' } },
    ],
    [
      'another repository id',
      { StringEquals: { [aud]: 'sts.amazonaws.com', 'token.actions.githubusercontent.com:repository_id': '1' } },
    ],
  ])('that names %s is the same error', (_, condition) =>
    inWorld({ trust: trustOf(condition) }, async (world) => {
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(result.virtualMs).toBeLessThanOrEqual(5 * second);
      expect(errors(result)).toContain('AccessDenied');
      expect(result.log).toMatch(/repository_id: 74901/u);
    }),
  );

  it('is told the same way where the role does not exist', () =>
    inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, 'aws-role-to-assume': 'arn:aws:iam::111122223333:role/typo' });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('arn:aws:iam::111122223333:role/typo');
      expect(errors(result)).toMatch(/role exists/u);
    }));
});

describe('an exchange that STS refuses', () => {
  const passing: readonly (readonly [string, Effect, number])[] = [
    [
      'AccessDenied, a flake',
      stsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403),
      1,
    ],
    [
      'InvalidIdentityToken',
      stsError('InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider"),
      1,
    ],
    [
      'ExpiredTokenException',
      stsError('ExpiredTokenException', 'Token expired: current date/time must be before the expiration date/time'),
      1,
    ],
    ['IDPCommunicationError', stsError('IDPCommunicationError', 'The identity provider could not be reached'), 2],
    ['an HTML page of HTTP 503', { kind: 'http', status: 503, body: '<html>busy</html>', contentType: 'text/html' }, 2],
    ['a reset connection', { kind: 'reset' }, 2],
    ['a lost answer', { kind: 'lost' }, 1],
    ['no answer at all', { kind: 'hang' }, 1],
    ['throttling', { kind: 'throttle' }, 1],
  ];
  it.each(passing)('once with %s is tried again with a new ID token', (_, effect, times) =>
    inWorld({}, async (world) => {
      world.script.fault({ ...sts, times }, effect);
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(times + 1);
      expectFreshTokens(result, times + 1);
      expect(world.estate.effectiveChanges()).toHaveLength(1);
    }),
  );

  it.each(['ValidationError', 'PackedPolicyTooLarge', 'RegionDisabledException', 'MalformedPolicyDocument'])(
    'with %s is final at once',
    (code) =>
      inWorld({}, async (world) => {
        world.script.fault({ ...sts, times: 9 }, stsError(code, `a ${code} of STS`));
        const result = await step(world, byIds);
        expect(result.exitCode).toBe(1);
        expectFreshTokens(result, 1);
        expect(errors(result)).toContain(`a ${code} of STS`);
        expect(errors(result)).toContain(exchanges(result)[0]?.requestId ?? 'no request id');
      }),
  );

  it('for good with InvalidIdentityToken or ExpiredTokenException ends red after three tries', () =>
    inWorld({}, async (world) => {
      for (const code of ['InvalidIdentityToken', 'ExpiredTokenException']) {
        world.script.fault({ ...sts, times: 3 }, stsError(code, `${code} it is`));
        const result = await step(world, byIds);
        expect(result.exitCode).toBe(1);
        expectFreshTokens(result, 3);
        expect(errors(result)).toContain(`${code} it is`);
        expect(errors(result)).not.toMatch(/eyJ/u);
      }
    }));
});

describe('a token endpoint', () => {
  const oidc = { service: 'oidc' } as const;
  const passing: readonly (readonly [string, Effect, number])[] = [
    ['HTTP 500', { kind: 'http', status: 500, body: 'oops' }, 4],
    ['HTTP 503', { kind: 'http', status: 503, body: 'oops' }, 1],
    ['a reset connection', { kind: 'reset' }, 2],
    ['no answer', { kind: 'hang' }, 1],
    ['an answer that is no JSON', { kind: 'http', status: 200, body: '<html>' }, 1],
    ['an answer without a token', { kind: 'http', status: 200, body: '{}' }, 1],
  ];
  it.each(passing)('that answers with %s is asked again', (_, effect, times) =>
    inWorld({}, async (world) => {
      world.script.fault({ ...oidc, times }, effect);
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(times + 1);
      expectFreshTokens(result, 1);
    }),
  );

  const lasting: readonly (readonly [string, Effect, RegExp, number])[] = [
    ['HTTP 500', { kind: 'http', status: 500, body: 'oops' }, /500.*githubstatus/su, 5],
    ['a reset connection', { kind: 'reset' }, /ECONNRESET|socket hang up/u, 5],
    ['HTTP 401', { kind: 'http', status: 401, body: 'no' }, /401.*id-token: write/su, 1],
    ['no answer', { kind: 'hang' }, /no answer within 10 s/u, 5],
  ];
  it.each(lasting)('that keeps answering with %s ends the step red, with what to do', (_, effect, words, tries) =>
    inWorld({}, async (world) => {
      world.script.fault({ ...oidc, times: 99 }, effect);
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(words);
      expect(result.requests).toHaveLength(tries);
      expect(result.virtualMs).toBeLessThan(2 * minute);
      expect(result.outputs['status']).toBe('FAILED');
    }),
  );
});

describe('without an ID token', () => {
  it('the missing permission is named before any request', () =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds, { idToken: false });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('id-token: write');
      expect(errors(result)).not.toMatch(/fork/u);
      expect(result.requests).toEqual([]);
    }));

  it('the pull request of a fork is told that it never gets one', () =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds, {
        idToken: false,
        event: 'pull_request',
        payload: { pull_request: { head: { repo: { fork: true } } } },
      });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/fork/u);
      expect(errors(result)).toMatch(/push|workflow_dispatch|schedule/u);
      expect(errors(result)).not.toMatch(/id-token: write/u);
      expect(result.requests).toEqual([]);
    }));
});
