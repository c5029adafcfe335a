import { describe, expect, test } from '@jest/globals';

import type { Line } from '../../src/access/request.ts';
import { describePermissionSet, provisionedTo, resolvePermissionSet } from '../../src/aws/permission-sets.ts';
import {
  awsError,
  budget,
  createFakeSession,
  instanceArn,
  paged,
  permissionSet,
  type Answers,
} from './fake-session.ts';

const names: Readonly<Record<string, string>> = {
  [permissionSet('1')]: 'ReadOnlyAccess',
  [permissionSet('2')]: 'PowerUser',
  [permissionSet('3')]: 'Billing',
};
const describing: Answers = {
  DescribePermissionSet: ({ PermissionSetArn }) => ({ PermissionSet: { Name: names[String(PermissionSetArn)] } }),
};
const all: Answers = {
  ListPermissionSets: paged('PermissionSets', [[permissionSet('1')], [], [permissionSet('2'), permissionSet('3')]]),
};
const inAccount = (...arns: readonly string[]): Answers => ({
  ListPermissionSetsProvisionedToAccount: () => ({ PermissionSets: arns }),
});
const line = (value: string, kind = 'permission-set-name'): Line => ({ text: value, kind, value });
const account = '123456789012';

describe('resolvePermissionSet', () => {
  test('an ARN is taken as it is, without a request', async () => {
    const { session, sent } = createFakeSession({});
    const arn = permissionSet('7');
    expect(await resolvePermissionSet(session, line(arn, 'permission-set-arn'), instanceArn, account, budget)).toEqual({
      id: arn,
      name: null,
    });
    expect(sent).toEqual([]);
  });

  test('a name is looked for among those of the account first', async () => {
    const { session, sent } = createFakeSession({ ...describing, ...inAccount(permissionSet('2')) });
    expect(await resolvePermissionSet(session, line('PowerUser'), instanceArn, account, budget)).toEqual({
      id: permissionSet('2'),
      name: 'PowerUser',
    });
    expect(sent.map(({ command }) => command)).toEqual([
      'ListPermissionSetsProvisionedToAccount',
      'DescribePermissionSet',
    ]);
  });

  test('then among all, each described once', async () => {
    const { session, sent } = createFakeSession({ ...describing, ...inAccount(permissionSet('1')), ...all });
    expect(await resolvePermissionSet(session, line('Billing'), instanceArn, account, budget)).toEqual({
      id: permissionSet('3'),
      name: 'Billing',
    });
    const described = sent
      .filter(({ command }) => command === 'DescribePermissionSet')
      .map(({ input }) => input['PermissionSetArn']);
    expect(described.toSorted()).toEqual([permissionSet('1'), permissionSet('2'), permissionSet('3')]);
  });

  test('without one account, among all at once', async () => {
    const { session, sent } = createFakeSession({ ...describing, ...all });
    expect(await resolvePermissionSet(session, line('PowerUser'), instanceArn, null, budget)).toMatchObject({
      id: permissionSet('2'),
    });
    expect(sent[0]?.command).toBe('ListPermissionSets');
  });

  test.each(['readonlyaccess', 'ReadOnly', 'ReadOnlyAccess2', 'Read'])(
    '%s is nobody: names are compared exactly',
    async (wanted) => {
      const { session } = createFakeSession({ ...describing, ...inAccount(), ...all });
      await expect(resolvePermissionSet(session, line(wanted), instanceArn, account, budget)).rejects.toMatchObject({
        name: 'Refusal',
        message: expect.stringContaining(`None of the 3 permission sets of ${instanceArn} is named "${wanted}".`),
      });
    },
  );

  test('a near miss is offered', async () => {
    const { session } = createFakeSession({ ...describing, ...inAccount(), ...all });
    await expect(resolvePermissionSet(session, line('readonlyaccess'), instanceArn, account, budget)).rejects.toThrow(
      /Close: ReadOnlyAccess\./u,
    );
  });

  test('one that is deleted while it is looked at hides no other', async () => {
    const { session } = createFakeSession({
      ...all,
      ...inAccount(),
      DescribePermissionSet: (input) =>
        input['PermissionSetArn'] === permissionSet('1')
          ? awsError('not-found')
          : describing['DescribePermissionSet']?.(input),
    });
    expect(await resolvePermissionSet(session, line('Billing'), instanceArn, account, budget)).toMatchObject({
      id: permissionSet('3'),
    });
  });

  test('a shorter way that may not be taken is not the end of the way', async () => {
    const { session } = createFakeSession({
      ...describing,
      ...all,
      ListPermissionSetsProvisionedToAccount: () => awsError('denied'),
    });
    expect(await resolvePermissionSet(session, line('Billing'), instanceArn, account, budget)).toMatchObject({
      id: permissionSet('3'),
    });
  });

  test('what may not be described is an error', async () => {
    const error = awsError('denied');
    const { session } = createFakeSession({ ...all, ...inAccount(), DescribePermissionSet: () => error });
    await expect(resolvePermissionSet(session, line('Billing'), instanceArn, account, budget)).rejects.toBe(error);
  });

  test('after an error nobody goes on describing', async () => {
    const many = Array.from({ length: 200 }, (_, index) => permissionSet(String(index)));
    const { session, sent } = createFakeSession({
      ListPermissionSets: () => ({ PermissionSets: many }),
      DescribePermissionSet: (input) =>
        input['PermissionSetArn'] === many[0] ? awsError('denied') : { PermissionSet: { Name: 'x' } },
    });
    await expect(resolvePermissionSet(session, line('Billing'), instanceArn, null, budget)).rejects.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent.length).toBeLessThan(50);
  });
});

describe('provisionedTo', () => {
  test('asks for one version state or for both, page by page', async () => {
    const { session, sent } = createFakeSession({
      ListPermissionSetsProvisionedToAccount: paged('PermissionSets', [[permissionSet('1')], [permissionSet('2')]]),
    });
    expect(await provisionedTo(session, instanceArn, account, budget)).toEqual([
      permissionSet('1'),
      permissionSet('2'),
    ]);
    expect(sent[0]?.input).toEqual({
      InstanceArn: instanceArn,
      AccountId: account,
      MaxResults: 100,
      NextToken: undefined,
    });
    expect(sent[1]?.input).toMatchObject({ NextToken: '1' });
    await provisionedTo(session, instanceArn, account, budget, 'LATEST_PERMISSION_SET_PROVISIONED');
    expect(sent[2]?.input).toMatchObject({ ProvisioningStatus: 'LATEST_PERMISSION_SET_PROVISIONED' });
  });
});

describe('describePermissionSet', () => {
  test('an empty answer is an empty permission set', async () => {
    const { session } = createFakeSession({ DescribePermissionSet: () => ({}) });
    expect(await describePermissionSet(session, instanceArn, permissionSet('1'), budget)).toEqual({});
  });
});
