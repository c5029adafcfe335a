import { describe, expect, test } from '@jest/globals';

import type { Assignment } from '../../../src/access/grant.ts';
import { listKey, planLists } from '../../../src/azure/assignments/assignment-lists.ts';
import { group, inScene, managementGroup, reader, subscription, user } from '../in-process.ts';

const at = (name: string): string => `${subscription(1)}/resourceGroups/${name}`;
const prod = at('payments-prod');
const data = at('Payments-Data');

const grant = (principal: string, target: string, role = reader): Assignment => ({
  kind: 'assignment',
  principal: { type: 'User', id: principal, name: null },
  role: { id: `/providers/Microsoft.Authorization/roleDefinitions/${role}`, name: null },
  target: { id: target, name: null },
});
const product = (principals: readonly string[], targets: readonly string[]): readonly Assignment[] =>
  principals.flatMap((principal) => targets.map((target) => grant(principal, target)));
const lists = (grants: readonly Assignment[], mayListSubscription = true): readonly string[] =>
  planLists(grants, mayListSubscription).map(
    ({ scope, principalId, grants: its }) => `${scope} ${principalId ?? 'everybody'} ${its.length}`,
  );

describe('planLists', () => {
  test.each<[string, readonly Assignment[], readonly string[]]>([
    ['one grant at its scope', [grant('a', prod)], [`${prod} a 1`]],
    [
      'two roles of one at one scope together',
      [grant('a', prod), grant('A', prod.toUpperCase(), 'other')],
      [`${prod} a 2`],
    ],
    ['one on many scopes at the subscription', product(['a'], [prod, data]), [`${subscription(1)} a 2`]],
    ['many on one scope at that', product(['a', 'b'], [prod]), [`${prod} everybody 2`]],
    [
      'few on many scopes: one list for each of them',
      product(['a', 'b'], ['1', '2', '3'].map(at)),
      [`${subscription(1)} a 3`, `${subscription(1)} b 3`],
    ],
    [
      'as many as scopes for each of them, which shows less',
      product(['a', 'b'], ['1', '2'].map(at)),
      [`${subscription(1)} a 2`, `${subscription(1)} b 2`],
    ],
    [
      'many on few scopes for each scope',
      product(['a', 'b', 'c'], ['1', '2'].map(at)),
      [`${at('1')} everybody 3`, `${at('2')} everybody 3`],
    ],
    [
      'each on a scope of its own there',
      [grant('a', at('1')), grant('b', at('2'))],
      [`${at('1')} a 1`, `${at('2')} b 1`],
    ],
    ['one at a management group', [grant('a', managementGroup('x'))], [`${managementGroup('x')} a 1`]],
    [
      'several at a management group',
      product(['a', 'b'], [managementGroup('x')]),
      [`${managementGroup('x')} everybody 2`],
    ],
    ['several at the root', product(['a', 'b'], ['/']), ['/ everybody 2']],
  ])('%s', (_, grants, expected) => {
    expect(lists(grants)).toEqual(expected);
  });

  test('uses the fewest other lists without the one of the subscription', () => {
    expect(lists(product(['a'], ['1', '2'].map(at)), false)).toEqual([`${at('1')} a 1`, `${at('2')} a 1`]);
    expect(lists(product(['a', 'b'], ['1', '2', '3'].map(at)), false)).toEqual(
      ['1', '2', '3'].map((it) => `${at(it)} everybody 2`),
    );
  });

  test('answers for every grant exactly once (Many)', () => {
    for (const [principals, targets] of [
      [1, 7],
      [7, 1],
      [3, 5],
      [5, 3],
      [4, 4],
    ] as const) {
      const grants = product(
        Array.from({ length: principals }, (_, it) => `p${it}`),
        Array.from({ length: targets }, (_, it) => at(`g${it}`)),
      );
      const some = grants.filter((_, index) => index % 3 !== 1);
      const answered = planLists(some, true).flatMap((it) => it.grants);
      expect(answered).toHaveLength(some.length);
      expect(new Set(answered)).toEqual(new Set(some));
      expect(planLists(some, true).length).toBeLessThanOrEqual(Math.min(principals, targets));
    }
  });
});

test('listKey is the same where one list answers', () => {
  expect(listKey(grant('a', prod))).toBe(listKey(grant('A', data.toUpperCase(), 'other')));
  expect(listKey(grant('a', prod))).not.toBe(listKey(grant('b', prod)));
  expect(listKey(grant('a', prod))).not.toBe(listKey(grant('a', subscription(2))));
  expect(listKey(grant('a', '/'))).toBe(listKey(grant('b', '/')));
  expect(listKey(grant('a', '/'))).not.toBe(listKey(grant('a', managementGroup('x'))));
});

describe('reading', () => {
  const users = [1, 2, 3].map(user);
  const operations = (requests: readonly { readonly url?: string }[]): readonly string[] =>
    requests.map(({ url = '' }) => decodeURIComponent(url).replace(/^\/\//u, '/'));

  test('shows the existing assignment of each grant, from any list', () =>
    inScene({}, async ({ cloud, world, budget, during }) => {
      const { estate } = world.azure;
      const there = [grant(user(1), prod), grant(user(2), data), grant(user(3), subscription(1))];
      for (const { principal, target } of there)
        estate.add({ scope: target.id, role: reader, principalId: principal.id });
      estate.add({ scope: managementGroup('mg-payments'), role: reader, principalId: user(2) });
      for (const targets of [
        [prod],
        [prod, data],
        [prod, data, subscription(1), at('rg-locked')],
        [subscription(1), subscription(2)],
      ]) {
        const grants = product(users, targets);
        const { value, requests } = await during(() => cloud.read(grants, budget));
        expect(value.map(({ standing }) => standing)).toEqual(
          grants.map((one) =>
            there.some((it) => it.principal.id === one.principal.id && it.target.id === one.target.id)
              ? 'current'
              : 'absent',
          ),
        );
        expect(requests.length).toBe(targets.includes(subscription(2)) ? 2 : Math.min(users.length, targets.length));
      }
      // What an answer for many said is remembered for each.
      const ended = { kind: 'remove', changed: true, verified: true } as const;
      expect(await cloud.remarkOn({ ...ended, grant: grant(user(2), data) }, budget)).toContain('mg-payments');
      expect(await cloud.remarkOn({ ...ended, grant: grant(user(1), prod) }, budget)).not.toContain('mg-payments');
      expect(await cloud.remarkOn({ ...ended, grant: grant(user(3), prod) }, budget)).toContain(subscription(1));
    }));

  test('of one grant requests at its scope for its principal', () =>
    inScene({}, async ({ cloud, budget, during }) => {
      const { requests } = await during(() => cloud.read([grant(user(1), prod)], budget));
      expect(operations(requests)).toEqual([
        `${prod}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=principalId eq '${user(1)}'`,
      ]);
    }));

  test('reads the scopes where the subscription is not readable, and remembers that', () =>
    inScene(
      {
        azure: { callerRole: { permissions: [{ actions: ['*'] }], scopes: [prod, data, managementGroup('mg-decoy')] } },
      },
      async ({ cloud, world, budget, during }) => {
        world.azure.estate.add({ scope: data, role: reader, principalId: user(1) });
        const grants = product([user(1)], [prod, data]);
        const first = await during(() => cloud.read(grants, budget));
        expect(first.value.map(({ standing }) => standing)).toEqual(['absent', 'current']);
        expect(first.requests.map(({ status }) => status)).toEqual([403, 200, 200]);
        const second = await during(() => cloud.read(grants, budget));
        expect(second.value.map(({ standing }) => standing)).toEqual(['absent', 'current']);
        expect(second.requests.map(({ status }) => status)).toEqual([200, 200]);
      },
    ));

  test('finds out with one list whether a subscription is readable, for any number of lists', () =>
    inScene(
      { azure: { callerRole: { permissions: [{ actions: ['*'] }], scopes: [prod, data, at('rg-locked')] } } },
      async ({ cloud, budget, during }) => {
        const { requests } = await during(() =>
          cloud.read(product([user(1), user(2)], [prod, data, at('rg-locked')]), budget),
        );
        expect(requests.map(({ status }) => status)).toEqual([403, 200, 200, 200]);
      },
    ));

  test('fails with the denial at a scope itself', () =>
    inScene(
      { azure: { callerRole: { permissions: [{ actions: ['*'] }], scopes: [prod] } } },
      async ({ cloud, budget }) => {
        for (const targets of [[data], [prod, data], [subscription(1)]])
          await expect(cloud.read(product([user(1)], targets), budget)).rejects.toMatchObject({
            failure: { kind: 'denied' },
          });
      },
    ));

  test('of a delegated identity names the directory of each subscription, requested once', () =>
    inScene(
      {
        properties: {
          delegatedManagedIdentityResourceId: `${prod}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x`,
        },
      },
      async ({ cloud, world, budget, during }) => {
        const { requests } = await during(() =>
          cloud.read(product(users, [prod, data, subscription(2), subscription(3)]), budget),
        );
        expect(requests.filter(({ operation }) => operation === 'subscriptions.get')).toHaveLength(3);
        const asked = requests.filter(({ operation }) => operation === 'roleAssignments.list');
        expect(asked).toHaveLength(4);
        expect(asked.every(({ url }) => url?.includes(`tenantId=${world.azure.ids.tenantId}`))).toBe(true);
      },
    ));

  test('reads groups and everything else on all pages', () =>
    inScene({ azure: { pageSize: 2 } }, async ({ cloud, world, budget }) => {
      const principals = [...users, ...[1, 2, 3].map(group)];
      for (const principalId of principals) world.azure.estate.add({ scope: prod, role: reader, principalId });
      const read = await cloud.read(product(principals, [prod]), budget);
      expect(read.map(({ standing }) => standing)).toEqual(principals.map(() => 'current'));
    }));
});
