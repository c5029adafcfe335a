import { describe, expect, test } from '@jest/globals';

import { ARM, ask, filtered, graph, inAzure, rawGraph, type Answered } from './azure-support.ts';

const ALICE = '05e00000-0000-4000-8000-000000000001';
const CAROL = '05e00000-0000-4000-8000-000000000003';
const DOLLAR = '05e00000-0000-4000-8000-000000000008';
const PAT = '05e00000-0000-4000-8000-000000000009';
const ON_CALL = '96000000-0000-4000-8000-000000000001';
const OPS = '96000000-0000-4000-8000-000000000004';
const DEPLOY = '5e000000-0000-4000-8000-000000000001';
const IDENTITY = '5e000000-0000-4000-8000-000000000002';
const DEPLOY_APP = 'a9900000-0000-4000-8000-000000000001';
const APPLICATION = '0b1ec700-0000-4000-8000-000000000001';
const DEVICE = 'de000000-0000-4000-8000-000000000001';
const FOREIGN = 'f0000000-0000-4000-8000-000000000001';

function idsOf({ body }: Answered): readonly unknown[] {
  return (body['value'] as readonly { readonly id: unknown }[]).map(({ id }) => id);
}

const codeOf = ({ status, body }: Answered): readonly unknown[] => [
  status,
  (body['error'] as { readonly code?: unknown } | undefined)?.code,
];

describe('one object', () => {
  test.each([
    ['/users/alice@example.com', ALICE],
    ['/users/ALICE@example.com', ALICE],
    [`/users/${ALICE}`, ALICE],
    [`/users/${encodeURIComponent('carol_partner.com#EXT#@contoso.onmicrosoft.com')}`, CAROL],
    [`/users('${encodeURIComponent('$ops@example.com')}')`, DOLLAR],
    ["/users('pat.o''neil@example.com')", PAT],
    ["/users/pat.o'neil@example.com", PAT],
    [`/groups/${ON_CALL}`, ON_CALL],
    [`/servicePrincipals/${DEPLOY}`, DEPLOY],
    [`/servicePrincipals(appId='${DEPLOY_APP}')`, DEPLOY],
    [`/applications/${APPLICATION}`, APPLICATION],
    [`/applications(appId='${DEPLOY_APP}')`, APPLICATION],
  ])('is found at %s', (path, id) =>
    inAzure({}, async (world) => {
      const { status, body } = await graph(world, path);
      expect(status).toBe(200);
      expect(body['id']).toBe(id);
      expect(body['@odata.context']).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/v1\.0\/\$metadata#\w+\/\$entity$/);
    }),
  );

  test.each([
    ['/users/nobody@example.com', 404, 'Request_ResourceNotFound'],
    // A mail address is not a key, and the part after a bare # never leaves the client.
    ['/users/carol@partner.com', 404, 'Request_ResourceNotFound'],
    ['/users/carol_partner.com#EXT#@contoso.onmicrosoft.com', 404, 'Request_ResourceNotFound'],
    ['/groups/11111111-0000-4000-8000-000000000000', 404, 'Request_ResourceNotFound'],
    ['/groups/Payments%20On-Call', 400, 'Request_BadRequest'],
    [`/servicePrincipals/${DEPLOY_APP}`, 404, 'Request_ResourceNotFound'],
    [`/servicePrincipals/${APPLICATION}`, 404, 'Request_ResourceNotFound'],
    [`/groups(appId='${DEPLOY_APP}')`, 400, 'BadRequest'],
    ['/nothing', 400, 'BadRequest'],
  ])('is not found at %s', (path, status, code) =>
    inAzure({}, async (world) => {
      expect(codeOf(await graph(world, path))).toEqual([status, code]);
    }),
  );

  test('a name that begins with $ is not a segment', () =>
    inAzure({}, async (world) => {
      expect(await rawGraph(world, '/v1.0/users/$ops@example.com')).toBe(400);
      expect(world.journal.all().at(-1)).toMatchObject({ service: 'graph', operation: 'unknown', code: 'BadRequest' });
    }));

  test('has the selected properties', () =>
    inAzure({}, async (world) => {
      const { body } = await graph(world, `/groups/${ON_CALL}?$select=id,displayName`);
      expect(body).toEqual({
        '@odata.context': `${world.azure.graph}/v1.0/$metadata#groups(id,displayName)/$entity`,
        id: ON_CALL,
        displayName: 'Payments On-Call',
      });
      expect(codeOf(await graph(world, `/groups/${ON_CALL}?$select=id,nonsense`))).toEqual([400, 'BadRequest']);
    }));
});

describe('a filter', () => {
  test.each<[string, string, readonly string[]]>([
    ['users', "userPrincipalName eq 'Bob@Example.com'", ['05e00000-0000-4000-8000-000000000002']],
    ['users', "mail eq 'carol@partner.com'", [CAROL]],
    [
      'users',
      "mail eq 'shared@example.com'",
      ['05e00000-0000-4000-8000-000000000004', '05e00000-0000-4000-8000-000000000005'],
    ],
    ['users', "userPrincipalName eq 'pat.o''neil@example.com'", [PAT]],
    [
      'users',
      "userPrincipalName eq 'dora@example.com' or mail eq 'dora@example.com'",
      ['05e00000-0000-4000-8000-000000000006', '05e00000-0000-4000-8000-000000000007'],
    ],
    ['groups', "displayName eq 'payments on-call'", [ON_CALL]],
    ['groups', "displayName eq 'Ops'' & Co + (EU)/West'", [OPS]],
    [
      'groups',
      "displayName eq 'Twin Group'",
      ['96000000-0000-4000-8000-000000000002', '96000000-0000-4000-8000-000000000003'],
    ],
    ['groups', "displayName eq 'Twin'", []],
    ['groups', "startswith(displayName,'payments')", [ON_CALL]],
    ['groups', `id in ('${ON_CALL}', '${OPS}')`, [ON_CALL, OPS]],
    ['servicePrincipals', "displayName eq 'mi-payments'", [IDENTITY]],
    ['servicePrincipals', `appId eq '${DEPLOY_APP}'`, [DEPLOY]],
    ['servicePrincipals', `servicePrincipalNames/any(c:c eq '${DEPLOY_APP}')`, [DEPLOY]],
    ['servicePrincipals', "servicePrincipalNames/any(c:c eq 'api://deploy-payments')", [DEPLOY]],
    [
      'servicePrincipals',
      "(displayName eq 'twin-app') and appId eq 'a9900000-0000-4000-8000-000000000004'",
      ['5e000000-0000-4000-8000-000000000004'],
    ],
    ['applications', `id eq '${APPLICATION}'`, [APPLICATION]],
    ['applications', `appId eq '${DEPLOY_APP}'`, [APPLICATION]],
  ])('of %s: %s', (collection, filter, ids) =>
    inAzure({}, async (world) => {
      expect(idsOf(await filtered(world, collection, filter))).toEqual(ids);
      const { url = '' } = world.journal.of(`${collection}.list`).at(-1) ?? {};
      expect(new URL(url, 'https://localhost').searchParams.get('$filter')).toBe(filter);
    }),
  );

  test('a bare + is a space', () =>
    inAzure({}, async (world) => {
      const path = (name: string): string => `/groups?$filter=displayName+eq+'${name}'`;
      expect(idsOf(await graph(world, path('Payments+On-Call')))).toEqual([ON_CALL]);
      expect(idsOf(await graph(world, path("Ops''+%26+Co+++(EU)%2FWest")))).toEqual([]);
      expect(idsOf(await graph(world, path("Ops''+%26+Co+%2B+(EU)%2FWest")))).toEqual([OPS]);
    }));

  test.each([
    ['groups', "displayName eq 'Ops' & Co'", 'BadRequest'],
    ['groups', "displayName eq 'Ops", 'BadRequest'],
    ['groups', 'displayName eq Ops', 'BadRequest'],
    ['groups', "displayName eq 'a' 'b'", 'BadRequest'],
    ['groups', '', 'BadRequest'],
    ['groups', "displayName ne 'x'", 'Request_UnsupportedQuery'],
    ['groups', "endswith(displayName,'x')", 'Request_UnsupportedQuery'],
    ['groups', "nonsense eq 'x'", 'Request_UnsupportedQuery'],
    ['users', "appId eq 'x'", 'Request_UnsupportedQuery'],
    ['servicePrincipals', "appId eq 'deploy-payments'", 'Request_UnsupportedQuery'],
    ['servicePrincipals', "servicePrincipalNames eq 'x'", 'Request_UnsupportedQuery'],
  ])('of %s is refused: %s', (collection, filter, code) =>
    inAzure({}, async (world) => {
      expect(codeOf(await filtered(world, collection, filter))).toEqual([400, code]);
    }),
  );

  test.each(['$search="x"', '$orderby=displayName', '$count=true', '$top=0', '$top=1000', '$top=x'])(
    'and no other option: %s',
    (option) =>
      inAzure({}, async (world) => {
        expect(codeOf(await graph(world, `/groups?${option}`))).toEqual([400, 'Request_UnsupportedQuery']);
      }),
  );
});

describe('a list', () => {
  test('comes in pages of $top, each with the link to the next', () =>
    inAzure({}, async (world) => {
      const authorization = `Bearer ${world.azure.token(world.azure.graph)}`;
      const pages: (readonly unknown[])[] = [];
      let next: unknown = `${world.azure.graph}/v1.0/users?$select=id&$top=4`;
      while (typeof next === 'string') {
        const answer = await ask(next, { headers: { authorization } });
        pages.push(idsOf(answer));
        next = answer.body['@odata.nextLink'];
      }
      expect(pages.map((page) => page.length)).toEqual([4, 4, 1]);
      expect(pages.flat()).toEqual(world.azure.estate.users.map(({ id }) => id));
    }));

  test('of exactly one page has no next', () =>
    inAzure({}, async (world) => {
      const { body } = await graph(world, "/groups?$filter=displayName eq 'Twin Group'&$top=2");
      expect(body['value']).toHaveLength(2);
      expect(body).not.toHaveProperty('@odata.nextLink');
      expect(codeOf(await graph(world, '/groups?$skiptoken=x'))).toEqual([400, 'Directory_ExpiredPageToken']);
    }));
});

describe('getByIds', () => {
  const byIds = (world: Parameters<typeof graph>[0], body: unknown): Promise<Answered> =>
    graph(world, '/directoryObjects/getByIds', { method: 'POST', body: JSON.stringify(body) });

  const typesOf = ({ body }: Answered): readonly unknown[] =>
    (body['value'] as readonly Readonly<Record<string, unknown>>[]).map((object) => [
      object['id'],
      object['@odata.type'],
    ]);

  const everyone = [ALICE, ON_CALL, DEPLOY, APPLICATION, DEVICE, FOREIGN, DEPLOY_APP];

  test('returns the type of an ID, for requested types', () =>
    inAzure({}, async (world) => {
      const types = ['user', 'group', 'servicePrincipal', 'directoryObjectPartnerReference'];
      expect(typesOf(await byIds(world, { ids: everyone, types }))).toEqual([
        [ALICE, '#microsoft.graph.user'],
        [ON_CALL, '#microsoft.graph.group'],
        [DEPLOY, '#microsoft.graph.servicePrincipal'],
        [FOREIGN, '#microsoft.graph.directoryObjectPartnerReference'],
      ]);
    }));

  test("without types leaves out only groups that represent another tenant's", () =>
    inAzure({}, async (world) => {
      const found = typesOf(await byIds(world, { ids: everyone }));
      expect(found).toHaveLength(5);
      expect(found).toContainEqual([APPLICATION, '#microsoft.graph.application']);
      expect(found).toContainEqual([DEVICE, '#microsoft.graph.device']);
    }));

  test.each([
    [{}],
    [{ ids: [] }],
    [{ ids: ['alice@example.com'] }],
    [{ ids: [ALICE], types: ['person'] }],
    [{ ids: Array.from({ length: 1001 }, () => ALICE) }],
    ['no JSON object'],
  ])('refuses %.60j', (body) =>
    inAzure({}, async (world) => {
      expect(codeOf(await byIds(world, body))).toEqual([400, 'Request_BadRequest']);
    }),
  );

  test('with limited permissions returns type and ID, and everything else is denied', () =>
    inAzure({ graphPermissions: 'limited' }, async (world) => {
      const { body } = await byIds(world, { ids: [ALICE] });
      expect(body['value']).toEqual([{ '@odata.type': '#microsoft.graph.user', id: ALICE }]);
      const denied = await graph(world, `/users/${ALICE}`);
      expect(codeOf(denied)).toEqual([403, 'Authorization_RequestDenied']);
      expect(world.journal.of('users.get').at(-1)).toMatchObject({ denied: 'users.get' });
    }));

  test('without permissions is denied too', () =>
    inAzure({ graphPermissions: 'none' }, async (world) => {
      expect(codeOf(await byIds(world, { ids: [ALICE] }))).toEqual([403, 'Authorization_RequestDenied']);
    }));
});

describe('the caller', () => {
  test.each<[string, (token: (audience?: string) => string, own: string) => string | undefined, string]>([
    ['no token', () => undefined, 'Access token is empty.'],
    ['nonsense', () => 'Bearer x', 'CompactToken parsing failed with error code: 80049217'],
    ['a token for ARM', (token) => `Bearer ${token(ARM)}`, 'Access token validation failure. Invalid audience.'],
    [
      'a forged token',
      (token, own) => `Bearer ${token(own).slice(0, -8)}AAAAAAAA`,
      'CompactToken parsing failed with error code: 80049217',
    ],
  ])('with %s is refused', (_, authorization, message) =>
    inAzure({}, async (world) => {
      const value = authorization((audience) => world.azure.token(audience), world.azure.graph);
      const answer = await ask(`${world.azure.graph}/v1.0/users`, {
        headers: value === undefined ? {} : { authorization: value },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('authorization_uri=');
      expect(answer.body).toMatchObject({
        error: {
          code: 'InvalidAuthenticationToken',
          message,
          innerError: { 'request-id': answer.headers.get('request-id') },
        },
      });
      expect(world.journal.of('users.list').at(-1)).toMatchObject({
        requestId: answer.headers.get('request-id'),
        code: 'InvalidAuthenticationToken',
      });
    }),
  );

  test("gets scripted responses in Graph's own form", () =>
    inAzure({}, async (world) => {
      const { script } = world;
      script.fault({ service: 'graph' }, { kind: 'throttle', retryAfterSeconds: 3 });
      const throttled = await graph(world, '/groups');
      expect(codeOf(throttled)).toEqual([429, 'TooManyRequests']);
      expect(throttled.headers.get('retry-after')).toBe('3');
      script.fault({ service: 'graph' }, { kind: 'throttle' });
      expect((await graph(world, '/groups')).headers.get('retry-after')).toBeNull();
      script.fault({ operation: 'groups.list' }, { kind: 'error', status: 503, code: 'UnknownError' });
      expect(codeOf(await graph(world, '/groups'))).toEqual([503, 'UnknownError']);
      expect(codeOf(await graph(world, '/groups'))).toEqual([200, undefined]);
    }));
});
