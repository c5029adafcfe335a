import { describe, expect, test } from '@jest/globals';

import { outcome, withArm, type Arm } from './azure-arm-support.ts';

const TENANT = '72f988bf-0000-4000-8000-000000000001';
const ACTION = 'Microsoft.Management/managementGroups/descendants/read';
const groupId = (name: string): string => `/providers/Microsoft.Management/managementGroups/${name}`;
const path = (name: string, version = '2020-05-01'): string => `${groupId(name)}/descendants?api-version=${version}`;

async function all({ send, url }: Arm, from: string): Promise<{ readonly rows: unknown[]; readonly pages: number }> {
  const rows: unknown[] = [];
  let pages = 0;
  for (let next: string | undefined = from; next !== undefined; pages += 1) {
    const { body } = await send('GET', next);
    rows.push(...(body.value ?? []));
    next = body.nextLink?.slice(url.length);
  }
  return { rows, pages };
}

describe('the descendants of a management group', () => {
  test('are the management groups and subscriptions below it, at any depth, without itself', () =>
    withArm({}, async (arm) => {
      const { rows } = await all(arm, path('mg-platform'));
      const names = rows.map((row) => (row as { readonly name: string }).name);
      expect(names.sort()).toEqual(
        [
          'mg-payments',
          'mg-shared-eu',
          'mg-shared-us',
          ...['01', '02', '03'].map((end) => `11111111-2222-4333-8444-5555555555${end}`),
        ].sort(),
      );
      expect(rows).toContainEqual({
        id: groupId('mg-payments'),
        type: 'Microsoft.Management/managementGroups',
        name: 'mg-payments',
        properties: { displayName: 'Payments', parent: { id: groupId('mg-platform') } },
      });
      expect(rows).toContainEqual({
        id: '/subscriptions/11111111-2222-4333-8444-555555555502',
        type: '/subscriptions',
        name: '11111111-2222-4333-8444-555555555502',
        properties: { displayName: 'payments-staging', parent: { id: groupId('mg-payments') } },
      });
    }));

  test('of the tenant root group are all; a name is found in any letter case', () =>
    withArm({}, async (arm) => {
      const { rows } = await all(arm, path(TENANT.toUpperCase()));
      expect(rows).toHaveLength(5 + 5);
      expect(rows).toContainEqual(
        expect.objectContaining({
          name: '11111111-2222-4333-8444-555555555504',
          properties: { displayName: 'sandbox', parent: { id: groupId(TENANT) } },
        }),
      );
    }));

  test('come in pages, one of them empty, whose links belong to them', () =>
    withArm({ pageSize: 2 }, async (arm) => {
      const { rows, pages } = await all(arm, path('mg-platform'));
      expect([rows.length, pages]).toEqual([6, 4]);
      const { body } = await arm.send('GET', path('mg-platform'));
      const stolen = (body.nextLink ?? '').slice(arm.url.length).replace('mg-platform', 'mg-payments');
      expect(outcome(await arm.send('GET', stolen))).toBe('400 InvalidSkipToken');
    }));

  test.each(['2020-05-01', '2021-04-01', '2023-04-01'])('are known to api-version %s', (version) =>
    withArm({}, async ({ send, journal }) => {
      const answer = await send('GET', path('mg-payments', version));
      expect(answer.status).toBe(200);
      expect(answer.headers['x-ms-ratelimit-remaining-tenant-reads']).toBe('249');
      expect(journal.all()[0]).toMatchObject({ operation: 'managementGroups.descendants', action: ACTION });
    }),
  );

  test('are not known to others, nor to other methods', () =>
    withArm({}, async ({ send }) => {
      expect(outcome(await send('GET', path('mg-payments', '2022-04-01')))).toBe('400 InvalidApiVersionParameter');
      expect(outcome(await send('POST', path('mg-payments')))).toBe('405 HttpMethodNotAllowed');
    }));

  test('need a permission of their own at the group or above it', async () => {
    const reading = (scopes: readonly string[], actions: readonly string[], group: string): Promise<string> => {
      let seen = '';
      return withArm({ callerRole: { permissions: [{ actions }], scopes } }, async ({ send }) => {
        seen = outcome(await send('GET', path(group)));
      }).then(() => seen);
    };
    expect(await reading([groupId('mg-platform')], [ACTION], 'mg-payments')).toBe('200');
    expect(await reading([groupId('mg-payments')], [ACTION], 'mg-platform')).toBe('403 AuthorizationFailed');
    expect(await reading(['/'], ['Microsoft.Management/managementGroups/read'], 'mg-payments')).toBe(
      '403 AuthorizationFailed',
    );
    expect(await reading(['/'], ['*/read'], 'mg-none')).toBe('403 AuthorizationFailed');
  });
});
