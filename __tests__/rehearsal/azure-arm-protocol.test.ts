import { describe, expect, test } from '@jest/globals';

import {
  ALICE,
  assignments,
  BROKER,
  grant,
  GROUP,
  named,
  outcome,
  PROD,
  roles,
  SUBSCRIPTION,
  withArm,
} from './azure-arm-support.ts';

describe('access tokens', () => {
  test.each([
    ['none', undefined, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."],
    ['a forged one', 'Bearer e30.e30.AAAA', 'InvalidAuthenticationToken', 'The access token is invalid.'],
  ])('%s', (_, authorization, code, message) =>
    withArm({}, async ({ send, journal }) => {
      const refused = await send('GET', assignments(GROUP), undefined, { authorization });
      expect(refused.status).toBe(401);
      expect(refused.body.error).toEqual({ code, message });
      expect(refused.headers['www-authenticate']).toMatch(/^Bearer authorization_uri="https:\/\//);
      expect(journal.all()[0]?.principal).toBeUndefined();
    }),
  );

  test('of another audience, of another tenant, and an old one', () =>
    withArm({}, async ({ send, token, advance }) => {
      const asked = async (authorization: string): Promise<string> =>
        outcome(await send('GET', assignments(GROUP), undefined, { authorization: `Bearer ${authorization}` }));
      expect(await asked(token({ audience: 'https://graph.microsoft.com' }))).toBe(
        '401 InvalidAuthenticationTokenAudience',
      );
      expect(await asked(token({ tenantId: named(1) }))).toBe('401 InvalidAuthenticationTokenTenant');
      const old = token();
      expect(await asked(old)).toBe('200');
      await advance(3_600_000);
      expect(await asked(old)).toBe('401 ExpiredAuthenticationToken');
    }));
});

describe('paths', () => {
  test.each([
    ['no api-version', 'GET', '/subscriptions', '400 MissingApiVersionParameter'],
    ['no api-version, which needs no token', 'GET', '/subscriptions?api-version=', '400 MissingApiVersionParameter'],
    ['an unknown api-version', 'GET', '/subscriptions?api-version=2022-13-01', '400 InvalidApiVersionParameter'],
    [
      'another api-version',
      'GET',
      assignments(GROUP).replace('2022-04-01', '2015-07-01'),
      '400 InvalidApiVersionParameter',
    ],
    ['something else', 'GET', '/whatever?api-version=2022-04-01', '404 InvalidResourceType'],
    ['another method', 'PATCH', assignments(GROUP, named(1)), '405 HttpMethodNotAllowed'],
    ['deleting a list', 'DELETE', assignments(GROUP), '405 HttpMethodNotAllowed'],
  ])('%s', (_, method, path, expected) =>
    withArm({}, async ({ send }) => {
      expect(outcome(await send(method, path))).toBe(expected);
    }),
  );

  test('a double slash at the beginning is one; three are not', () =>
    withArm({}, async ({ send }) => {
      expect((await send('GET', `/${assignments(GROUP)}`)).status).toBe(200);
      expect(outcome(await send('GET', `//${assignments(GROUP)}`))).toBe('404 MissingSubscription');
      expect((await send('PUT', `/${assignments('/', named(1))}`, grant(roles.reader, ALICE))).status).toBe(201);
    }));

  test('the response lists the known api-versions', () =>
    withArm({}, async ({ send }) => {
      const { body } = await send('GET', assignments(GROUP).replace('2022-04-01', '2099-01-01'));
      expect(body.error?.message).toBe(
        "The api-version '2099-01-01' is invalid. The supported versions are '2022-04-01'.",
      );
    }));
});

describe('headers', () => {
  test('every response has IDs and the remaining tokens', () =>
    withArm({}, async ({ send, journal }) => {
      const correlation = named(5);
      const answers = [
        await send('GET', assignments(GROUP), undefined, { 'x-ms-correlation-request-id': correlation }),
        await send('GET', assignments(GROUP, named(1))),
        await send('PUT', assignments(GROUP, named(1)), grant(roles.reader, ALICE)),
        await send('DELETE', assignments(GROUP, named(1))),
      ];
      expect(answers.map(({ headers }) => headers['x-ms-request-id'])).toEqual(
        journal.all().map(({ requestId }) => requestId),
      );
      expect(answers[0]?.headers['x-ms-correlation-request-id']).toBe(correlation);
      for (const { headers } of answers) expect(headers['x-ms-correlation-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answers[0]?.headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('249');
      expect(answers[1]?.headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('248');
      expect(answers[2]?.headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('199');
      expect(answers[3]?.headers['x-ms-ratelimit-remaining-subscription-deletes']).toBe('199');
      const tenant = await send('GET', '/subscriptions?api-version=2022-12-01');
      expect(tenant.headers['x-ms-ratelimit-remaining-tenant-reads']).toBe('249');
    }));
});

describe('throttling', () => {
  test('by option, with the delay', () =>
    withArm({ throttle: { writes: { capacity: 1, perSecond: 0.1 } } }, async ({ send, advance, state }) => {
      const put = (number: number, guid: string): ReturnType<typeof send> =>
        send('PUT', assignments(GROUP, named(number)), grant(guid, ALICE));
      expect((await put(1, roles.reader)).status).toBe(201);
      const refused = await put(2, roles.contributor);
      expect(refused.status).toBe(429);
      expect(refused.headers['retry-after']).toBe('10');
      expect(refused.body.error).toEqual({
        code: 'SubscriptionRequestsThrottled',
        message: `Number of 'write' requests for subscription '${PROD}' actor '${BROKER}' exceeded. Please try again after '10' seconds.`,
      });
      expect((await send('GET', assignments(GROUP))).status).toBe(200);
      await advance(10_000);
      expect((await put(2, roles.contributor)).status).toBe(201);
      expect(state.effectiveChanges()).toHaveLength(2);
    }));

  test('by script, with and without', () =>
    withArm({}, async ({ send, script, client }) => {
      script.fault({ service: 'arm', operation: 'roleAssignments.list' }, { kind: 'throttle', retryAfterSeconds: 7 });
      script.fault({ service: 'arm', operation: 'roleAssignments.put' }, { kind: 'throttle' });
      const first = await send('GET', assignments(GROUP));
      expect([outcome(first), first.headers['retry-after']]).toEqual(['429 SubscriptionRequestsThrottled', '7']);
      const second = await send('PUT', assignments(GROUP, named(1)), grant(roles.reader, ALICE));
      expect([outcome(second), second.headers['retry-after']]).toEqual([
        '429 SubscriptionRequestsThrottled',
        undefined,
      ]);
      script.fault({ service: 'arm' }, { kind: 'throttle' });
      await expect(client.roleAssignments.get(GROUP.slice(1), named(1))).rejects.toMatchObject({ statusCode: 429 });
    }));
});

test("other faults by script have ARM's form", () =>
  withArm({}, async ({ send, script, state }) => {
    script.fault({ service: 'arm' }, { kind: 'conflict' });
    script.fault({ service: 'arm' }, { kind: 'error', status: 403, code: 'LinkedAuthorizationFailed', message: 'no' });
    const put = (): ReturnType<typeof send> => send('PUT', assignments(GROUP, named(1)), grant(roles.reader, ALICE));
    expect(outcome(await put())).toBe('409 Conflict');
    const refused = await put();
    expect(refused.body.error).toEqual({ code: 'LinkedAuthorizationFailed', message: 'no' });
    expect(refused.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(state.effectiveChanges()).toEqual([]);
  }));

test('a lost answer leaves its effect', () =>
  withArm({}, async ({ send, script, state }) => {
    script.fault({ service: 'arm' }, { kind: 'lost' });
    await expect(send('PUT', assignments(SUBSCRIPTION, named(1)), grant(roles.contributor, ALICE))).rejects.toThrow();
    expect(state.find({ scope: SUBSCRIPTION, role: 'Contributor', principalId: ALICE })?.name).toBe(named(1));
  }));
