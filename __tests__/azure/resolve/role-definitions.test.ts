import { describe, expect, test } from '@jest/globals';

import { isAssignableIn, lookUpAt } from '../../../src/azure/resolve/role-definitions.ts';
import { managementGroup, subscription } from '../in-process.ts';

const own = subscription(1);
const id = own.slice(-36);
const inside = `${own}/resourceGroups/app`;

describe('isAssignableIn', () => {
  test.each<[string, readonly string[]]>([
    ['the subscription', [own]],
    ['that in another letter case, among others', [inside, own.toUpperCase()]],
    ['everything', ['/']],
    ['a management group that it was found through', [managementGroup('mg-payments')]],
    ['a similar subscription', [subscription(2), managementGroup('mg-payments')]],
  ])('a role that is assignable at %s is so everywhere in the subscription', (_, assignableScopes) => {
    expect(isAssignableIn({ roleType: 'CustomRole', assignableScopes: [...assignableScopes] }, id)).toBe(true);
  });

  test.each<[string, readonly string[]]>([
    ['a part of it', [inside]],
    ['a part of it that can have matched, and a management group', [inside, managementGroup('mg-payments')]],
    ['a subscription whose id begins alike', [`${own}0`]],
    ['nothing', []],
  ])('one that is assignable at %s cannot be', (_, assignableScopes) => {
    expect(isAssignableIn({ roleType: 'CustomRole', assignableScopes: [...assignableScopes] }, id)).toBe(false);
  });

  test('a built-in role is so everywhere, and one without assignable scopes is not', () => {
    expect([id, null].map((where) => isAssignableIn({ roleType: 'BuiltInRole' }, where))).toEqual([true, true]);
    expect([id, null].map((where) => isAssignableIn({}, where))).toEqual([false, false]);
    expect(isAssignableIn({ assignableScopes: 'x' as unknown as string[] }, id)).toBe(false);
    expect(isAssignableIn({ assignableScopes: [managementGroup('mg-payments')] }, null)).toBe(false);
  });
});

describe('lookUpAt', () => {
  const scopes = [own, inside, inside.replace('app', 'db'), subscription(2), managementGroup('a'), '/'];

  test('requests once the roles of a whole subscription, and once those of none', async () => {
    const asked: string[] = [];
    const ask = (scope: string): Promise<string> => {
      asked.push(scope);
      return Promise.resolve(`of ${scope}`);
    };
    const answers = await lookUpAt(scopes, ask, () => true);
    expect(asked).toEqual([own, subscription(2), managementGroup('a')]);
    expect([...answers.values()]).toEqual(
      [own, own, own, subscription(2), managementGroup('a'), managementGroup('a')].map((it: string) => `of ${it}`),
    );
  });

  test('requests at every scope where a response applies to its scope only', async () => {
    const answers = await lookUpAt(
      scopes,
      (scope) => Promise.resolve(scope),
      () => false,
    );
    expect([...answers]).toEqual(scopes.map((scope) => [scope, scope]));
  });
});
