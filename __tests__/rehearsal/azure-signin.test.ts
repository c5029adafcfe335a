import { generateKeyPairSync, sign } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { ClientAssertionCredential } from '@azure/identity';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';

import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import type { RunContext } from '../../rehearsal/runner/context.ts';
import { ARM, ask, AUDIENCE, idToken, inAzure, signIn } from './azure-support.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const SUBJECT = 'repo:octo-org/infra:environment:production-access';
const right = { issuer: ISSUER, subject: SUBJECT, audience: AUDIENCE };

describe('the token endpoint', () => {
  test('issues tokens for ARM and Graph to the official client, signed by the published keys', () =>
    inAzure({}, async (world) => {
      const { ids, login, graph } = world.azure;
      const credential = new ClientAssertionCredential(ids.tenantId, ids.clientId, () => idToken(world), {
        authorityHost: login,
        disableInstanceDiscovery: true,
      });
      const arm = await credential.getToken(`${ARM}/.default`);
      const keys = createRemoteJWKSet(new URL(`${login}/${ids.tenantId}/discovery/v2.0/keys`));
      const { payload } = await jwtVerify(arm.token, keys, { currentDate: new Date(world.now()) });
      expect(payload).toMatchObject({
        aud: ARM,
        iss: `https://sts.windows.net/${ids.tenantId}/`,
        tid: ids.tenantId,
        oid: ids.callerObjectId,
        appid: ids.clientId,
      });
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
      const other = await credential.getToken(`${graph}/.default`);
      expect(decodeJwt(other.token).aud).toBe(graph);
      expect(world.secrets()).toEqual(expect.arrayContaining([arm.token, other.token]));
    }));

  test('issues tokens that are valid for an hour', () =>
    inAzure({}, async (world) => {
      const { body } = await signIn(world, { scope: `${world.azure.graph}/.default` });
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
      const headers = { authorization: `Bearer ${String(body['access_token'])}` };
      const url = `${world.azure.graph}/v1.0/users?$top=1`;
      await world.advance(3_599_000);
      expect((await ask(url, { headers })).status).toBe(200);
      await world.advance(2_000);
      const { status, body: refusal } = await ask(url, { headers });
      expect(status).toBe(401);
      expect(refusal).toMatchObject({
        error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed, the token is expired.' },
      });
    }));

  test.each<[string, string, Partial<RunContext>]>([
    ['with names', SUBJECT, {}],
    ['with ids', 'repo:octo-org@9919/infra@74901:environment:production-access', { immutableSubject: true }],
  ])('accepts the subject %s', (_, subject, context) =>
    inAzure({}, async (world) => {
      const assertion = await idToken(world, AUDIENCE, context);
      expect(decodeJwt(assertion).sub).toBe(subject);
      expect((await signIn(world, { client_assertion: assertion })).status).toBe(200);
    }),
  );

  interface Refused {
    readonly code: number;
    readonly says: string;
    readonly options?: AzureOptions;
    readonly context?: Partial<RunContext>;
    readonly audience?: string;
    readonly status?: number;
    readonly error?: string;
  }

  test.each<[string, Refused]>([
    [
      'another subject',
      {
        context: { environment: null },
        code: 700213,
        says: "No matching federated identity record found for presented assertion subject 'repo:octo-org/infra:ref:refs/heads/main'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
      },
    ],
    [
      'another issuer',
      {
        options: { federatedCredentials: [{ ...right, issuer: `${ISSUER}/` }] },
        code: 700211,
        says: `presented assertion issuer '${ISSUER}'.`,
      },
    ],
    ['another audience', { audience: 'api://x', code: 700212, says: "presented assertion audience 'api://x'." }],
    [
      'another letter case',
      {
        options: { federatedCredentials: [{ ...right, subject: SUBJECT.replace('octo-org', 'Octo-Org') }] },
        code: 7002138,
        says: 'The subject matches with case-insensitive comparison, but not with case-sensitive comparison.',
      },
    ],
    [
      'no federated credentials',
      { options: { federatedCredentials: [] }, code: 70025, says: 'has no configured federated identity credentials' },
    ],
    [
      'another subject, in the older words',
      {
        options: { olderSignInErrors: true },
        context: { environment: 'other' },
        code: 70021,
        status: 400,
        error: 'invalid_request',
        says: "Assertion Subject: 'repo:octo-org/infra:environment:other'. Assertion Audience: 'api://AzureADTokenExchange'.",
      },
    ],
  ])('refuses an assertion with %s', (_, { options = {}, context, audience, ...expected }) =>
    inAzure(options, async (world) => {
      const assertion = await idToken(world, audience, context);
      const { status, body } = await signIn(world, { client_assertion: assertion });
      expect(status).toBe(expected.status ?? 401);
      expect(body['error']).toBe(expected.error ?? 'invalid_client');
      expect(body['error_codes']).toEqual([expected.code]);
      expect(body['error_description']).toContain(`AADSTS${expected.code}: `);
      expect(body['error_description']).toContain(expected.says);
      expect(body['error_description']).toMatch(/ Trace ID: \S{36} Correlation ID: \S{36} Timestamp: [\d-]+ [\d:]+Z$/);
      expect(world.journal.of('token').at(-1)).toMatchObject({ code: `AADSTS${expected.code}`, status });
    }),
  );

  test('one matching credential of a list is enough', () =>
    inAzure({ federatedCredentials: [{ ...right, subject: 'x' }, right] }, async (world) => {
      expect((await signIn(world)).status).toBe(200);
    }));

  test('refuses an assertion after its five minutes', () =>
    inAzure({}, async (world) => {
      const assertion = await idToken(world);
      await world.advance(299_000);
      expect((await signIn(world, { client_assertion: assertion })).status).toBe(200);
      await world.advance(2_000);
      const { status, body } = await signIn(world, { client_assertion: assertion });
      expect([status, body['error'], body['error_codes']]).toEqual([401, 'invalid_client', [700024]]);
      expect(body['error_description']).toMatch(
        /^AADSTS700024: Client assertion is not within its valid time range\. Current time: .+Z, assertion valid from .+Z, expiry time of assertion .+Z\./,
      );
    }));

  test('refuses an assertion that GitHub has not signed', () =>
    inAzure({}, async (world) => {
      const [head = '', payload = ''] = (await idToken(world)).split('.');
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const signature = sign('RSA-SHA256', Buffer.from(`${head}.${payload}`), privateKey).toString('base64url');
      const { body } = await signIn(world, { client_assertion: `${head}.${payload}.${signature}` });
      expect(body['error_codes']).toEqual([700027]);
    }));

  test.each<[string, Readonly<Record<string, string | undefined>>, number, number, string]>([
    ['no token', { client_assertion: 'garbage' }, 50027, 400, 'invalid_request'],
    ['no assertion', { client_assertion: undefined }, 7000216, 401, 'invalid_client'],
    ['no assertion type', { client_assertion_type: undefined }, 900144, 400, 'invalid_request'],
    ['another grant type', { grant_type: 'password' }, 70003, 400, 'unsupported_grant_type'],
    ['a scope without /.default', { scope: ARM }, 1002012, 400, 'invalid_scope'],
    [
      'a resource of another cloud',
      { scope: 'https://management.azure.com/.default' },
      500011,
      400,
      'invalid_resource',
    ],
    ['an unknown client', { client_id: '0'.repeat(8) }, 700016, 400, 'unauthorized_client'],
    [
      'an object ID in place of the client ID',
      { client_id: '5e000000-0000-4000-8000-0000000000b0' },
      700016,
      400,
      'unauthorized_client',
    ],
    [
      'an application without a service principal',
      { client_id: 'a9900000-0000-4000-8000-000000000006' },
      700016,
      400,
      'unauthorized_client',
    ],
    [
      'an application without credentials',
      { client_id: 'a9900000-0000-4000-8000-000000000001' },
      70025,
      401,
      'invalid_client',
    ],
  ])('refuses a request with %s', (_, form, code, status, error) =>
    inAzure({}, async (world) => {
      const answer = await signIn(world, form);
      expect([answer.status, answer.body['error'], answer.body['error_codes']]).toEqual([status, error, [code]]);
    }),
  );

  test.each([
    ['11111111-0000-4000-8000-000000000000', 90002],
    ['elsewhere.onmicrosoft.com', 90002],
    ['nonsense', 900023],
  ])('does not know the tenant %s', (tenant, code) =>
    inAzure({}, async (world) => {
      const { status, body } = await signIn(world, {}, tenant);
      expect([status, body['error'], body['error_codes']]).toEqual([400, 'invalid_request', [code]]);
    }),
  );

  test('the official client has the number of a refused token in its error', () =>
    inAzure({}, async (world) => {
      const { ids, login } = world.azure;
      const attempt = (tenant: string, audience: string): Promise<unknown> =>
        new ClientAssertionCredential(tenant, ids.clientId, () => idToken(world, audience), {
          authorityHost: login,
          disableInstanceDiscovery: true,
        })
          .getToken(`${ARM}/.default`)
          .catch((error: unknown) => error);
      expect(await attempt(ids.tenantId, 'api://x')).toMatchObject({
        name: 'AuthenticationRequiredError',
        message: expect.stringContaining('AADSTS700212') as unknown,
      });
      // Of an unknown tenant it says only that discovery failed.
      expect(await attempt('11111111-0000-4000-8000-000000000000', AUDIENCE)).toMatchObject({
        name: 'CredentialUnavailableError',
        message: expect.stringContaining('endpoints_resolution_error') as unknown,
      });
      expect(world.journal.of('discovery').at(-1)).toMatchObject({ code: 'AADSTS90002' });
    }));

  test('the journal counts the uses of an assertion and keeps no secret', () =>
    inAzure({}, async (world) => {
      const assertion = await idToken(world);
      const { body } = await signIn(world, { client_assertion: assertion });
      await signIn(world, { client_assertion: assertion });
      await signIn(world, { client_assertion: await idToken(world) });
      const entries = world.journal.of('token').filter(({ service }) => service === 'entra');
      expect(entries.map(({ idToken: presented }) => presented?.uses)).toEqual([1, 2, 1]);
      expect(entries[0]).toMatchObject({
        idToken: { id: decodeJwt(assertion).jti, audience: AUDIENCE },
        principal: world.azure.ids.callerObjectId,
        body: { client_id: world.azure.ids.clientId, client_assertion: '(client assertion)' },
        url: `/${world.azure.ids.tenantId}/oauth2/v2.0/token`,
      });
      const text = JSON.stringify(world.journal.all());
      expect(text).not.toContain(assertion.split('.')[1]);
      expect(text).not.toContain(String(body['access_token']).split('.')[1]);
    }));

  test('has scripted responses in its own form', () =>
    inAzure({}, async (world) => {
      const { script } = world;
      script.fault({ service: 'entra', operation: 'token' }, { kind: 'throttle', retryAfterSeconds: 7 });
      const throttled = await signIn(world);
      expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '7']);
      script.fault({ service: 'entra' }, { kind: 'error', status: 400, code: 'AADSTS70021', message: 'No matching' });
      expect((await signIn(world)).body).toMatchObject({
        error: 'invalid_request',
        error_codes: [70021],
        error_description: expect.stringContaining('AADSTS70021: No matching Trace ID: ') as unknown,
      });
      script.fault({ service: 'entra' }, { kind: 'reset' });
      await expect(signIn(world)).rejects.toThrow(
        expect.objectContaining({ cause: expect.objectContaining({ code: 'ECONNRESET' }) as unknown }),
      );
      const { status, headers } = await signIn(world);
      expect(status).toBe(200);
      expect(headers.get('x-ms-request-id')).toBe(world.journal.of('token').at(-1)?.requestId);
    }));
});

describe('discovery', () => {
  test("leads to this Entra, by the tenant's ID or domain", () =>
    inAzure({}, async (world) => {
      const { login, ids } = world.azure;
      for (const tenant of [ids.tenantId, 'octo.onmicrosoft.com']) {
        const { body } = await ask(`${login}/${tenant}/v2.0/.well-known/openid-configuration`);
        expect(body).toMatchObject({
          token_endpoint: `${login}/${tenant}/oauth2/v2.0/token`,
          issuer: `${login}/${ids.tenantId}/v2.0`,
        });
      }
      expect(world.journal.of('discovery')).toHaveLength(2);
    }));

  test('returns invalid_tenant for an unknown one', () =>
    inAzure({}, async (world) => {
      const tenant = '11111111-0000-4000-8000-000000000000';
      const { status, body } = await ask(`${world.azure.login}/${tenant}/v2.0/.well-known/openid-configuration`);
      expect([status, body['error'], body['error_codes']]).toEqual([400, 'invalid_tenant', [90002]]);
    }));

  test('knows the authorities of Microsoft and no others', () =>
    inAzure({}, async (world) => {
      const about = (authority: string): ReturnType<typeof ask> =>
        ask(
          `${world.azure.login}/common/discovery/instance?api-version=1.1&authorization_endpoint=https://${authority}/t/oauth2/v2.0/authorize`,
        );
      expect((await about('login.chinacloudapi.cn')).body).toMatchObject({
        tenant_discovery_endpoint: 'https://login.chinacloudapi.cn/t/v2.0/.well-known/openid-configuration',
        metadata: [{ preferred_network: 'login.partner.microsoftonline.cn' }],
      });
      const { status, body } = await about('login.example.com');
      expect([status, body['error']]).toEqual([400, 'invalid_instance']);
      expect(world.journal.of('instance-discovery')).toHaveLength(2);
    }));
});

describe('the metadata of ARM', () => {
  const read = async (url: string): Promise<{ status: number; bytes: Buffer }> => {
    const answer = await fetch(url);
    return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
  };

  test('are one object, after a byte order mark, for every caller', () =>
    inAzure({}, async (world) => {
      const { environment, login, graph } = world.azure;
      const { status, bytes } = await read(`${environment}/metadata/endpoints?api-version=2022-09-01`);
      expect(status).toBe(200);
      expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
      expect(JSON.parse(bytes.subarray(3).toString())).toMatchObject({
        name: 'Rehearsal',
        authentication: { loginEndpoint: `${login}/`, audiences: [ARM], tenant: 'common', identityProvider: 'AAD' },
        resourceManager: `${environment}/`,
        microsoftGraphResourceId: `${graph}/`,
      });
      expect(world.journal.of('metadata')).toMatchObject([{ service: 'arm', authorized: false }]);
    }));

  test('cannot name Microsoft Graph, and can have other audiences', () =>
    inAzure({ withoutGraph: true, armAudiences: ['https://a.test', 'https://b.test/'] }, async (world) => {
      const { body } = await ask(`${world.azure.environment}/metadata/endpoints?api-version=2022-09-01`);
      expect(body).not.toHaveProperty('microsoftGraphResourceId');
      expect(body['authentication']).toMatchObject({ audiences: ['https://a.test', 'https://b.test/'] });
      expect((await signIn(world, { scope: 'https://b.test/.default' })).status).toBe(200);
      expect((await signIn(world)).body['error_codes']).toEqual([500011]);
    }));

  test.each([
    ['?api-version=2015-01-01', 'InvalidApiVersionParameter'],
    ['', 'MissingApiVersionParameter'],
  ])('are not available for %p', (query, code) =>
    inAzure({}, async (world) => {
      const { status, body } = await ask(`${world.azure.environment}/metadata/endpoints${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: { code } });
    }),
  );
});
