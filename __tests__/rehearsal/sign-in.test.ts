import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { ListInstancesCommand } from '@aws-sdk/client-sso-admin';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';

import { defaultContext, type RunContext } from '../../rehearsal/runner/context.ts';
import type { World } from '../../rehearsal/world.ts';
import { assume, BROKER, clientsOf, idToken, inWorld } from './cloud-support.ts';

const PROVIDER = 'token.actions.githubusercontent.com';

function trust(condition: unknown): unknown {
  const Federated = `arn:aws:iam::111122223333:oidc-provider/${PROVIDER}`;
  return {
    Statement: [
      { Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition },
    ],
  };
}

function jobOf(world: World, context: Partial<RunContext>): Readonly<Record<string, string>> {
  const announcing = world as World & { identify(context: RunContext): Readonly<Record<string, string>> };
  return announcing.identify({ ...defaultContext, ...context });
}

describe('the issuer', () => {
  test('signs a different token for each request, as its published keys prove', () =>
    inWorld({}, async ({ world }) => {
      const [one, other] = [await idToken(world), await idToken(world)];
      expect(one).not.toBe(other);
      const { origin } = new URL(world.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
      const { payload } = await jwtVerify(one, createRemoteJWKSet(new URL(`${origin}/.well-known/jwks`)), {
        issuer: `https://${PROVIDER}`,
        audience: 'sts.amazonaws.com',
        currentDate: new Date(world.now()),
      });
      expect(payload).toMatchObject({
        sub: 'repo:octo-org/infra:environment:production-access',
        repository_id: '74901',
        repository_owner_id: '9919',
        check_run_id: defaultContext.checkRunId,
      });
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
      expect((payload.iat ?? 0) - (payload.nbf ?? 0)).toBe(600);
      expect(world.secrets()).toEqual(expect.arrayContaining([one, other]));
    }));

  test("refuses a caller without the job's request token", () =>
    inWorld({}, async ({ world }) => {
      const url = world.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '';
      expect((await fetch(url)).status).toBe(401);
      expect((await fetch(url, { headers: { authorization: 'Bearer wrong' } })).status).toBe(403);
    }));

  test.each<[string, Partial<RunContext>]>([
    ['repo:octo-org@9919/infra@74901:environment:production-access', { immutableSubject: true }],
    ['repo:octo-org/infra:ref:refs/heads/main', { environment: null }],
    ['repo:octo-org/infra:environment:a%3Ab', { environment: 'a:b' }],
  ])('has the subject %s', (subject, context) =>
    inWorld({}, async ({ world }) => {
      expect(decodeJwt(await idToken(world, 'x', jobOf(world, context))).sub).toBe(subject);
    }),
  );
});

describe('STS', () => {
  test('issues credentials that the services accept until they expire', () =>
    inWorld({}, async ({ world, sts }) => {
      const { Credentials: credentials, AssumedRoleUser: user } = await sts.send(
        assume(await idToken(world), BROKER, { DurationSeconds: 900 }),
      );
      expect(user?.Arn).toBe('arn:aws:sts::111122223333:assumed-role/access-broker/test');
      expect(credentials?.Expiration?.getTime()).toBe(Math.floor((world.now() + 900_000) / 1000) * 1000);
      const variables = {
        AWS_ACCESS_KEY_ID: credentials?.AccessKeyId ?? '',
        AWS_SECRET_ACCESS_KEY: credentials?.SecretAccessKey ?? '',
        AWS_SESSION_TOKEN: credentials?.SessionToken ?? '',
      };
      const signedIn = clientsOf(world, 'us-east-1', variables);
      expect((await signedIn.sts.send(new GetCallerIdentityCommand({}))).Account).toBe('111122223333');
      await signedIn.sso.send(new ListInstancesCommand({}));
      await world.advance(901_000);
      await expect(clientsOf(world, 'us-east-1', variables).sso.send(new ListInstancesCommand({}))).rejects.toThrow(
        expect.objectContaining({ name: 'ExpiredTokenException' }),
      );
      await expect(
        clientsOf(world, 'us-east-1', variables).sts.send(new GetCallerIdentityCommand({})),
      ).rejects.toMatchObject({ name: 'ExpiredToken', $metadata: { httpStatusCode: 403 } });
      expect(world.secrets()).toEqual(
        expect.arrayContaining([variables.AWS_SECRET_ACCESS_KEY, variables.AWS_SESSION_TOKEN]),
      );
    }));

  test.each([
    ['AWS_SECRET_ACCESS_KEY', 'InvalidSignatureException', 'SignatureDoesNotMatch'],
    ['AWS_SESSION_TOKEN', 'UnrecognizedClientException', 'InvalidClientTokenId'],
    ['AWS_ACCESS_KEY_ID', 'UnrecognizedClientException', 'InvalidClientTokenId'],
  ])('a wrong %s is answered %s, by STS itself %s', (variable, code, ofSts) =>
    inWorld({}, async ({ world }) => {
      const { sso, sts } = clientsOf(world, 'us-east-1', { [variable]: 'ASIAWRONGWRONGWRONG0' });
      await expect(sso.send(new ListInstancesCommand({}))).rejects.toThrow(expect.objectContaining({ name: code }));
      await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
        name: ofSts,
        $metadata: { httpStatusCode: 403 },
      });
    }),
  );

  test('refuses a text that is not a token, and one that is expired, forged, or for another audience, role or length', () =>
    inWorld({}, async ({ world, sts }) => {
      const refusal = (command: ReturnType<typeof assume>): Promise<unknown> =>
        sts.send(command).then(
          () => 'accepted',
          (error: unknown) => (error as Error).name,
        );
      expect(await refusal(assume('garbage'))).toBe('InvalidIdentityTokenException');
      const token = await idToken(world);
      const [head = '', payload = ''] = token.split('.');
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
      const forged = `${head}.${payload}.${sign('RSA-SHA256', Buffer.from(`${head}.${payload}`), key).toString('base64url')}`;
      expect(await refusal(assume(forged))).toBe('InvalidIdentityTokenException');
      expect(await refusal(assume(await idToken(world, 'other')))).toBe('InvalidIdentityTokenException');
      expect(await refusal(assume(token, 'arn:aws:iam::111122223333:role/other'))).toBe('AccessDenied');
      expect(await refusal(assume(token, BROKER, { DurationSeconds: 7200 }))).toBe('ValidationError');
      await world.advance(301_000);
      expect(await refusal(assume(token))).toBe('ExpiredTokenException');
      const uses = world.journal.of('AssumeRoleWithWebIdentity').map(({ idToken: presented }) => presented?.uses);
      expect(uses).toEqual([1, 1, 1, 2, 3, 4]);
      expect(JSON.stringify(world.journal.all())).not.toContain(payload);
    }));

  test.each<[boolean, unknown, Partial<RunContext>]>([
    [true, { StringEquals: { [`${PROVIDER}:sub`]: 'repo:octo-org/infra:environment:production-access' } }, {}],
    [
      false,
      { StringEquals: { [`${PROVIDER}:sub`]: 'repo:octo-org/infra:environment:production-access' } },
      { environment: null },
    ],
    [true, { StringLike: { [`${PROVIDER}:sub`]: 'repo:octo-org/*:environment:*' } }, {}],
    [false, { StringEquals: { [`${PROVIDER}:sub`]: 'repo:octo-org/infra:*' } }, {}],
    [
      true,
      { StringEquals: { [`${PROVIDER}:repository_id`]: '74901', [`${PROVIDER}:environment`]: 'production-access' } },
      {},
    ],
    [false, { StringEquals: { [`${PROVIDER}:repository_id`]: '74901' } }, { repositoryId: '1' }],
    [false, { 'ForAnyValue:StringEquals': { [`${PROVIDER}:environment`]: ['x'] } }, { environment: null }],
    [true, { 'ForAllValues:StringEquals': { [`${PROVIDER}:environment`]: ['x'] } }, { environment: null }],
    [true, { StringEquals: { [`${PROVIDER}:aud`]: ['sts.amazonaws.com'] } }, { immutableSubject: true }],
  ])('trusts: %p by %j', (accepted, condition, context) =>
    inWorld({ aws: { trust: trust(condition) } }, async ({ world, sts }) => {
      const token = await idToken(world, 'sts.amazonaws.com', jobOf(world, context));
      const answer = await sts.send(assume(token)).then(
        () => 'accepted',
        (error: unknown) => (error as Error).message,
      );
      expect(answer).toBe(accepted ? 'accepted' : 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
    }),
  );
});
