import { describe, expect, test } from '@jest/globals';

import type { Provisioning } from '../../src/access/grant.ts';
import { unnamed } from '../../src/aws/assignments.ts';
import { keyOfProvisioning, provisionings, readProvisionings } from '../../src/aws/provisioning.ts';
import { budget, createFakeSession, instanceArn, permissionSet, type Answers } from './fake-session.ts';

const one: Provisioning = {
  kind: 'provisioning',
  role: { id: permissionSet('1'), name: null },
  target: { id: '123456789012', name: null },
};
const all: Provisioning = { ...one, target: { id: 'all', name: null } };
const latest = 'LATEST_PERMISSION_SET_PROVISIONED';
const older = 'LATEST_PERMISSION_SET_NOT_PROVISIONED';

describe('readProvisionings of one account', () => {
  const read = (byState: Readonly<Record<string, readonly string[]>>) => {
    const answers: Answers = {
      ListPermissionSetsProvisionedToAccount: ({ ProvisioningStatus }) => ({
        PermissionSets: byState[String(ProvisioningStatus)],
      }),
    };
    return readProvisionings(createFakeSession(answers).session, instanceArn, [one], budget);
  };

  test('current, outdated or absent', async () => {
    expect(await read({ [latest]: [permissionSet('1')] })).toEqual([{ standing: 'current', seen: unnamed }]);
    expect(await read({ [older]: [permissionSet('2'), permissionSet('1')] })).toEqual([
      { standing: 'outdated', seen: unnamed, outdated: ['123456789012'] },
    ]);
    expect(await read({ [latest]: [permissionSet('2')], [older]: [permissionSet('3')] })).toEqual([
      { standing: 'absent' },
    ]);
  });
});

describe('readProvisionings everywhere', () => {
  const read = (byState: Readonly<Record<string, readonly string[]>>) => {
    const answers: Answers = {
      ListAccountsForProvisionedPermissionSet: ({ ProvisioningStatus }) => ({
        AccountIds: byState[String(ProvisioningStatus)],
      }),
    };
    return readProvisionings(createFakeSession(answers).session, instanceArn, [all], budget);
  };

  test('one account that is behind makes it outdated, and is named', async () => {
    expect(await read({ [latest]: ['1', '2'], [older]: ['3'] })).toEqual([
      { standing: 'outdated', seen: unnamed, outdated: ['3'] },
    ]);
    expect(await read({ [latest]: ['1', '2'] })).toEqual([{ standing: 'current', seen: unnamed }]);
    expect(await read({})).toEqual([{ standing: 'absent' }]);
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

  test('what an operation is about is comparable with what is wanted', async () => {
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
