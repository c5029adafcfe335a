import { describe, expect, test } from '@jest/globals';

import type { Provisioning } from '../../../src/access/grant.ts';
import { unnamed } from '../../../src/aws/assignments.ts';
import { readProvisioned, latest, older } from '../../../src/aws/provisioning/provisioned.ts';
import { keyOfProvisioning, provisionings, readProvisionings } from '../../../src/aws/provisioning/provisioning.ts';
import { provisionedAnswers } from './fake-provisioned.ts';
import { budget, createFakeSession, instanceArn, permissionSet } from '../fake-session.ts';

const one: Provisioning = {
  kind: 'provisioning',
  role: { id: permissionSet('1'), name: null },
  target: { id: '123456789012', name: null },
};
const all: Provisioning = { ...one, target: { id: 'all', name: null } };

describe('readProvisionings of one account', () => {
  const read = async (byState: Readonly<Record<string, readonly string[]>>) => {
    const { session, sent } = createFakeSession({
      ListPermissionSetsProvisionedToAccount: ({ ProvisioningStatus }) => ({
        PermissionSets: byState[String(ProvisioningStatus)],
      }),
    });
    const seen = await readProvisionings(readProvisioned(session, instanceArn, new Map()), [one], budget);
    return { seen, requests: sent.length };
  };

  test('current, outdated or absent', async () => {
    expect(await read({ [latest]: [permissionSet('1')] })).toEqual({
      seen: [{ standing: 'current', seen: unnamed }],
      requests: 1,
    });
    expect(await read({ [older]: [permissionSet('2'), permissionSet('1')] })).toEqual({
      seen: [{ standing: 'outdated', seen: unnamed, outdated: ['123456789012'] }],
      requests: 2,
    });
    expect(await read({ [latest]: [permissionSet('2')], [older]: [permissionSet('3')] })).toEqual({
      seen: [{ standing: 'absent' }],
      requests: 2,
    });
  });
});

describe('readProvisionings everywhere', () => {
  const read = (byState: Readonly<Record<string, readonly string[]>>) => {
    const { session } = createFakeSession({
      ListAccountsForProvisionedPermissionSet: ({ ProvisioningStatus }) => ({
        AccountIds: byState[String(ProvisioningStatus)] ?? [],
      }),
    });
    return readProvisionings(readProvisioned(session, instanceArn, new Map()), [all], budget);
  };

  test('one outdated account makes it outdated, and is named', async () => {
    expect(await read({ [latest]: ['1', '2'], [older]: ['3'] })).toEqual([
      { standing: 'outdated', seen: unnamed, outdated: ['3'] },
    ]);
    expect(await read({ [latest]: ['1', '2'] })).toEqual([{ standing: 'current', seen: unnamed }]);
    expect(await read({})).toEqual([{ standing: 'absent' }]);
  });
});

describe('readProvisionings of many', () => {
  const grantsOf = (sets: readonly number[], accounts: readonly string[]): readonly Provisioning[] =>
    sets.flatMap((set) =>
      accounts.map((id): Provisioning => ({
        kind: 'provisioning',
        role: { id: permissionSet(String(set)), name: null },
        target: { id, name: null },
      })),
    );
  const pairs = [
    { set: 1, account: 'a' },
    { set: 1, account: 'b', stale: true },
    { set: 2, account: 'a', stale: true },
    { set: 2, account: 'b' },
  ];
  const read = async (sets: readonly number[], accounts: readonly string[], lengths = new Map<string, number>()) => {
    const { session, sent } = createFakeSession(provisionedAnswers(pairs));
    const provisioned = readProvisioned(session, instanceArn, lengths);
    const seen = await readProvisionings(provisioned, grantsOf(sets, accounts), budget);
    return {
      standings: seen.map(({ standing }) => standing),
      commands: sent.map(({ command }) => command),
      provisioned,
    };
  };
  const bySet = 'ListAccountsForProvisionedPermissionSet';
  const byAccount = 'ListPermissionSetsProvisionedToAccount';

  test('one permission set on many accounts: its own lists', async () => {
    const { standings, commands } = await read([1], ['a', 'b', 'c', 'd']);
    expect(standings).toEqual(['current', 'outdated', 'absent', 'absent']);
    expect(commands).toEqual([bySet, bySet]);
  });

  test("many permission sets on one account: the account's lists", async () => {
    const { standings, commands } = await read([1, 2, 3], ['b']);
    expect(standings).toEqual(['outdated', 'current', 'absent']);
    expect(commands).toEqual([byAccount, byAccount]);
  });

  test('a long list is not used where others are shorter', async () => {
    const lengths = new Map([[`permission-set ${permissionSet('1')} ${latest}`, 30]]);
    expect(new Set((await read([1], ['a', 'b', 'c'], lengths)).commands)).toEqual(new Set([byAccount]));
  });

  test('the length of a list is remembered', async () => {
    const lengths = new Map<string, number>();
    await read([1], ['a', 'b', 'c'], lengths);
    expect([...lengths]).toEqual([
      [`permission-set ${permissionSet('1')} ${latest}`, 1],
      [`permission-set ${permissionSet('1')} ${older}`, 1],
    ]);
  });

  test('lists that were already read need no request, and the others are seldom needed', async () => {
    const { session, sent } = createFakeSession(provisionedAnswers(pairs));
    const provisioned = readProvisioned(session, instanceArn, new Map());
    for (const set of ['1', '2', '3']) await provisioned.of('permission-set', permissionSet(set), older, budget);
    const grants = [...grantsOf([1], ['b']), ...grantsOf([2], ['a'])];
    const seen = await readProvisionings(provisioned, grants, budget);
    expect(seen.map(({ standing }) => standing)).toEqual(['outdated', 'outdated']);
    expect(sent).toHaveLength(3);
  });
});

describe('provisionings', () => {
  test('an account is named, everywhere is not', async () => {
    const { session, sent } = createFakeSession({
      ProvisionPermissionSet: () => ({ PermissionSetProvisioningStatus: { RequestId: 'op-1' } }),
    });
    const family = provisionings(session, instanceArn);
    await family.start({ kind: 'provision', grant: one, seen: null }, budget);
    await family.start({ kind: 'provision', grant: all, seen: null }, budget);
    expect(sent.map(({ input }) => input)).toEqual([
      {
        InstanceArn: instanceArn,
        PermissionSetArn: permissionSet('1'),
        TargetType: 'AWS_ACCOUNT',
        TargetId: '123456789012',
      },
      { InstanceArn: instanceArn, PermissionSetArn: permissionSet('1'), TargetType: 'ALL_PROVISIONED_ACCOUNTS' },
    ]);
  });

  test('the subject of an operation is comparable with that of a request', async () => {
    const about = async (AccountId: string | undefined): Promise<string> => {
      const { session } = createFakeSession({
        DescribePermissionSetProvisioningStatus: () => ({
          PermissionSetProvisioningStatus: { AccountId, PermissionSetArn: permissionSet('1') },
        }),
      });
      return (await provisionings(session, instanceArn).describe('op-1', budget)).key;
    };
    expect(await about('123456789012')).toBe(keyOfProvisioning(one));
    expect(await about(undefined)).toBe(keyOfProvisioning(all));
    expect(keyOfProvisioning(one)).not.toBe(keyOfProvisioning(all));
  });
});
