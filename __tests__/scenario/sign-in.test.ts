import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import { exchanges, expectFreshTokens, minted, sts, stsError } from './exchanges.ts';
import { byIds, calls, errors, ids, inWorld, policy, step } from './support.ts';

const second = 1_000;
const minute = 60 * second;

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

const ambient = { ...byIds, 'aws-role-to-assume': 'none' };

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

  it('uses the given session name and audience', () =>
    inWorld(
      {
        estate: {
          ...loadEstate(),
          identityProvider: { issuer: loadEstate().identityProvider.issuer, audiences: ['https://octo.example'] },
        },
        aws: {
          trust: trustOf({
            StringEquals: { [aud]: 'https://octo.example', [sub]: 'repo:octo-org/infra:environment:production-access' },
          }),
        },
      },
      async (world) => {
        const named = { 'aws-role-session-name': 'nightly@octo', 'aws-audience': 'https://octo.example' };
        const result = await step(world, { ...byIds, ...named });
        expect(result.exitCode).toBe(0);
        expect(exchanges(result)[0]?.body).toMatchObject({ RoleSessionName: 'nightly@octo' });
        expect(minted(result).map((it) => it.idToken?.audience)).toEqual(['https://octo.example']);
      },
    ));

  it('uses the audience of China where the role is in that partition', () => {
    const chinese = (arn: string): string => arn.replace('arn:aws:', 'arn:aws-cn:');
    const estate = loadEstate();
    const { issuer } = estate.identityProvider;
    const china: Estate = {
      ...estate,
      identityProvider: { issuer, audiences: ['sts.amazonaws.com.cn'] },
      instances: estate.instances.map((it) => ({ ...it, arn: chinese(it.arn), region: 'cn-north-1' })),
    };
    return inWorld({ estate: china, aws: { roleArn: chinese(ids.broker) } }, async (world) => {
      const result = await step(world, {
        cloud: 'aws',
        'aws-region': 'cn-north-1',
        'aws-role-to-assume': chinese(ids.broker),
        principal: byIds.principal,
        target: ids.prod,
        role: 'IncidentAdmin',
      });
      expect(result.exitCode).toBe(0);
      expect(minted(result).map((it) => it.idToken?.audience)).toEqual(['sts.amazonaws.com.cn']);
      expect(result.outputs['role-id']).toBe(chinese(ids.incidentAdmin));
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    });
  });

  it('does not use credentials that an earlier step left behind when a role is given', () =>
    inWorld({}, async (world) => {
      const keys = {
        AWS_ACCESS_KEY_ID: 'ASIALEFTOVER00000000',
        AWS_SECRET_ACCESS_KEY: 'left/over',
        AWS_SESSION_TOKEN: 'left',
      };
      // Runners on EKS bring a web identity of their own, which the SDK's default chain would take first.
      const cluster = { AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere', AWS_ROLE_ARN: 'arn:aws:iam::999900001111:role/node' };
      const region = { AWS_REGION: 'ap-south-1', AWS_DEFAULT_REGION: 'ap-south-1' };
      const result = await step(world, byIds, { env: { ...keys, ...cluster, ...region, AWS_PROFILE: 'leftover' } });
      expect(result.exitCode).toBe(0);
      const signed = result.requests.filter((it) => it.service === 'sso');
      expect(signed.length).toBeGreaterThan(3);
      for (const { principal } of signed) expect(principal).toMatch(/assumed-role\/access-broker\/cloud-access-/u);
      expect(new Set(signed.map((it) => it.region))).toEqual(new Set(['us-east-1']));
    }));

  it('uses the ambient credentials where no role is given, and requests no ID token', () =>
    inWorld({}, async (world) => {
      const result = await step(world, ambient, { env: world.aws.ambientCredentials(), idToken: false });
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toEqual([]);
      expect(exchanges(result).map(({ operation }) => operation)).toEqual(['GetCallerIdentity']);
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    }));

  it('reports ambient credentials as missing, or refused, and the setting (P9)', () =>
    inWorld({}, async (world) => {
      const given = world.aws.ambientCredentials();
      const bad = await step(world, ambient, { env: { ...given, AWS_SESSION_TOKEN: 'of-another-time' } });
      expect(bad.exitCode).toBe(1);
      expect(errors(bad)).toMatch(/InvalidClientTokenId|UnrecognizedClientException|ExpiredTokenException/u);
      expect(errors(bad)).toMatch(/aws-role-to-assume/u);
      const none = await step(world, ambient, { env: { AWS_EC2_METADATA_DISABLED: 'true' } });
      expect(none.exitCode).toBe(1);
      expect(errors(none)).toMatch(/credentials/iu);
      expect(errors(none)).toMatch(/aws-role-to-assume/u);
      expect(errors(none)).not.toMatch(/bug in cloud-access/u);
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
    }));
});

describe('renewal', () => {
  it('uses a new ID token five minutes before the credentials end, during a long wait', () =>
    inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { durationMs: 62 * minute });
      const result = await step(world, { ...byIds, timeout: '2h' });
      expect(result.exitCode).toBe(0);
      expect(minted(result)).toHaveLength(2);
      expectFreshTokens(result, 2);
      const [first, again] = exchanges(result);
      const between = (again?.at ?? 0) - (first?.at ?? 0);
      expect(between).toBeGreaterThanOrEqual(55 * minute - second); // STS reports whole seconds
      expect(between).toBeLessThan(55 * minute + 10 * second);
      expect(result.requests.filter((it) => it.outcome !== 'ok')).toEqual([]);
    }));

  it('that is refused leaves the result unknown: IN_PROGRESS with the request ID, never green (P2)', () =>
    inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { durationMs: 62 * minute });
      world.script.fault(
        { ...sts, nth: 2, times: 99 },
        stsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403),
      );
      world.script.onRequest({ operation: 'DescribeAccountAssignmentCreationStatus', nth: 3 }, () =>
        world.advance(54 * minute),
      );
      const result = await step(world, { ...byIds, timeout: '2h' });
      expect(result.exitCode).toBe(1);
      // Three tries each time: a minute apart while the old credentials last, and again at their end.
      const minutes = exchanges(result).map(({ at }) => Math.round((at - (exchanges(result)[0]?.at ?? 0)) / minute));
      expect(minutes.slice(1)).toEqual([55, 55, 55, 56, 56, 56, 57, 57, 57, 58, 58, 58, 59, 59, 59]);
      const [started] = world.aws.estate.operations();
      expect(result.outputs).toMatchObject({ status: 'IN_PROGRESS', 'request-id': started?.requestId });
      expect(errors(result)).toContain(started?.requestId ?? 'no operation');
    }));
});

describe('an STS that is down', () => {
  it('for three minutes at the renewal of the credentials has no effect: the old ones last', () =>
    inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { durationMs: 62 * minute });
      const down = world.now() + 58 * minute;
      world.script.weather((entry) =>
        entry.operation === 'AssumeRoleWithWebIdentity' && world.now() > down - 4 * minute && world.now() < down
          ? { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'Service is unavailable.' }
          : undefined,
      );
      const result = await step(world, { ...byIds, timeout: '2h' });
      expect([result.exitCode, errors(result), result.outputs['status']]).toEqual([0, '', 'SUCCEEDED']);
      expect(result.log).toContain('The current sign-in is still valid. Trying to renew it again in 60 s.');
      expect(result.requests.filter((it) => it.service !== 'sts' && it.outcome !== 'ok')).toEqual([]);
    }));
});

describe('a wrong trust policy', () => {
  it.each([500, 1_500, 1_900, 2_100, 4_000])(
    'is reported within 5 s by an STS that needs %i ms to respond, too (P9)',
    (ms) =>
      inWorld({ aws: { trust: wrongTrust } }, async (world) => {
        world.script.fault({ service: 'sts', times: 3 }, { kind: 'delay', ms });
        const result = await step(world, byIds);
        expect(result.exitCode).toBe(1);
        expect(errors(result)).toContain('repo:octo-org/infra:environment:production-access');
        expect(result.virtualMs).toBeLessThanOrEqual(5 * second);
      }),
  );

  it('is not reported after a temporary refusal that an outage follows: the sign-in continues until it is over', () =>
    inWorld({}, async (world) => {
      const answers = [
        { status: 403, code: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' },
        ...Array.from({ length: 5 }, () => ({ status: 503, code: 'ServiceUnavailable', message: 'Unavailable.' })),
      ];
      world.script.weather(({ operation }) => {
        const answer = operation === 'AssumeRoleWithWebIdentity' ? answers.shift() : undefined;
        return answer === undefined ? undefined : { kind: 'error', ...answer };
      });
      const result = await step(world, byIds);
      expect([result.exitCode, errors(result), answers]).toEqual([0, '', []]);
    }));

  it('is one error within 5 s, after at most three tries with different tokens, with sub, aud and the other claims and never the token (P9)', () =>
    inWorld({ aws: { trust: wrongTrust } }, async (world) => {
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

  it('that knows only the old form of the subject is explained when the token has the immutable one (P9)', () =>
    inWorld({ aws: { trust: policy('trust-name') } }, async (world) => {
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
    inWorld({ aws: { trust: trustOf(condition) } }, async (world) => {
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(result.virtualMs).toBeLessThanOrEqual(5 * second);
      expect(errors(result)).toContain('AccessDenied');
      expect(result.log).toMatch(/repository_id: 74901/u);
    }),
  );

  it('is reported in the same way where the role does not exist', () =>
    inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, 'aws-role-to-assume': 'arn:aws:iam::111122223333:role/typo' });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('arn:aws:iam::111122223333:role/typo');
      expect(errors(result)).toMatch(/role exists/u);
    }));
});
