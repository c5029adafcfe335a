import { describe, expect, test } from '@jest/globals';

import type { Identity } from '../../../src/access/grant.ts';
import type { Line } from '../../../src/access/request.ts';
import { readAll } from '../../../src/aws/pages.ts';
import { resolvePermissionSets } from '../../../src/aws/resolve/permission-set-names.ts';
import { openPermissionSets, withNames } from '../../../src/aws/resolve/permission-sets.ts';
import { latest, listPermissionSetsOn, provisionedTo } from '../../../src/aws/provisioning/provisioned.ts';
import type { AwsSession } from '../../../src/aws/session.ts';
import {
  awsError,
  budget,
  createFakeSession,
  instanceArn,
  paged,
  permissionSet,
  type Answers,
} from '../fake-session.ts';

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

const resolveAll = (
  session: AwsSession,
  lines: readonly Line[],
  accountId: string | null,
): Promise<readonly Identity[]> =>
  resolvePermissionSets(session, openPermissionSets(session, instanceArn), lines, instanceArn, accountId, budget);

async function resolveOne(session: AwsSession, wanted: Line, accountId: string | null): Promise<Identity | undefined> {
  const [only, ...others] = await resolveAll(session, [wanted], accountId);
  expect(others).toEqual([]);
  return only;
}

describe('resolvePermissionSets', () => {
  test('an ARN is used as it is, without a request', async () => {
    const { session, sent } = createFakeSession({});
    const arn = permissionSet('7');
    expect(await resolveOne(session, line(arn, 'permission-set-arn'), account)).toEqual({
      id: arn,
      name: null,
    });
    expect(sent).toEqual([]);
  });

  test('a name is looked up among those of the account first', async () => {
    const { session, sent } = createFakeSession({ ...describing, ...inAccount(permissionSet('2')) });
    expect(await resolveOne(session, line('PowerUser'), account)).toEqual({
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
    expect(await resolveOne(session, line('Billing'), account)).toEqual({
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
    expect(await resolveOne(session, line('PowerUser'), null)).toMatchObject({
      id: permissionSet('2'),
    });
    expect(sent[0]?.command).toBe('ListPermissionSets');
  });

  test.each(['readonlyaccess', 'ReadOnly', 'ReadOnlyAccess2', 'Read'])(
    '%s matches nothing: names are compared exactly',
    async (wanted) => {
      const { session } = createFakeSession({ ...describing, ...inAccount(), ...all });
      await expect(resolveOne(session, line(wanted), account)).rejects.toMatchObject({
        name: 'Refusal',
        message: expect.stringContaining(`None of the 3 permission sets of ${instanceArn} is named "${wanted}".`),
      });
    },
  );

  test('a similar name is suggested', async () => {
    const { session } = createFakeSession({ ...describing, ...inAccount(), ...all });
    await expect(resolveOne(session, line('readonlyaccess'), account)).rejects.toThrow(
      /Similar: "ReadOnlyAccess" \(arn:aws:sso:::\S+\)\./u,
    );
  });

  test('one that is deleted during the search hides no other', async () => {
    const { session } = createFakeSession({
      ...all,
      ...inAccount(),
      DescribePermissionSet: (input) =>
        input['PermissionSetArn'] === permissionSet('1')
          ? awsError('not-found')
          : describing['DescribePermissionSet']?.(input),
    });
    expect(await resolveOne(session, line('Billing'), account)).toMatchObject({
      id: permissionSet('3'),
    });
  });

  test('without permission for a shorter way, the longer one is used', async () => {
    const { session } = createFakeSession({
      ...describing,
      ...all,
      ListPermissionSetsProvisionedToAccount: () => awsError('denied'),
    });
    expect(await resolveOne(session, line('Billing'), account)).toMatchObject({
      id: permissionSet('3'),
    });
  });

  test('a failed description is an error', async () => {
    const error = awsError('denied');
    const { session } = createFakeSession({ ...all, ...inAccount(), DescribePermissionSet: () => error });
    await expect(resolveOne(session, line('Billing'), account)).rejects.toBe(error);
  });

  test('after an error, no more permission sets are described', async () => {
    const many = Array.from({ length: 200 }, (_, index) => permissionSet(String(index)));
    const { session, sent } = createFakeSession({
      ListPermissionSets: () => ({ PermissionSets: many }),
      DescribePermissionSet: (input) =>
        input['PermissionSetArn'] === many[0] ? awsError('denied') : { PermissionSet: { Name: 'x' } },
    });
    await expect(resolveOne(session, line('Billing'), null)).rejects.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent.length).toBeLessThan(50);
  });
});

describe('several names', () => {
  const described = (
    sent: readonly { readonly command: string; readonly input: Readonly<Record<string, unknown>> }[],
  ) => sent.filter(({ command }) => command === 'DescribePermissionSet').map(({ input }) => input['PermissionSetArn']);

  test('share one search: no permission set is described twice', async () => {
    const { session, sent } = createFakeSession({ ...describing, ...inAccount(permissionSet('1')), ...all });
    const lines = [line('Billing'), line('ReadOnlyAccess'), line('PowerUser')];
    expect(await resolveAll(session, lines, account)).toEqual([
      { id: permissionSet('3'), name: 'Billing' },
      { id: permissionSet('1'), name: 'ReadOnlyAccess' },
      { id: permissionSet('2'), name: 'PowerUser' },
    ]);
    expect(described(sent).toSorted()).toEqual([permissionSet('1'), permissionSet('2'), permissionSet('3')]);
  });

  test('one by ARN and by name is one, and keeps the name', async () => {
    const { session } = createFakeSession({ ...describing, ...all });
    const arn = line(permissionSet('2'), 'permission-set-arn');
    for (const lines of [
      [arn, line('PowerUser'), arn],
      [line('PowerUser'), arn],
    ])
      expect(await resolveAll(session, lines, null)).toEqual([{ id: permissionSet('2'), name: 'PowerUser' }]);
  });

  test('all names that do not exist are reported at once', async () => {
    const { session } = createFakeSession({ ...describing, ...all });
    await expect(resolveAll(session, [line('Nope'), line('Billing'), line('Bling')], null)).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(/"Nope".*"Bling"\. Similar: "Billing"/su),
    });
  });

  test('every permission set is not a name to look up', async () => {
    const { session, sent } = createFakeSession({});
    expect(await resolveAll(session, [line('*', 'every-permission-set')], null)).toEqual([]);
    expect(sent).toEqual([]);
  });
});

describe('openPermissionSets', () => {
  test('describes each once, lists once', async () => {
    const { session, sent } = createFakeSession({ ...describing, ...all });
    const permissionSets = openPermissionSets(session, instanceArn);
    await Promise.all([1, 2].map(() => permissionSets.describe(permissionSet('1'), budget)));
    expect(await permissionSets.describe(permissionSet('1'), budget)).toEqual({ Name: 'ReadOnlyAccess' });
    await Promise.all([1, 2].map(() => permissionSets.list(budget)));
    expect(sent).toHaveLength(4);
  });

  test('a deleted one has no result; an error is requested again', async () => {
    const answers = [awsError('unavailable'), awsError('not-found')];
    const { session } = createFakeSession({ DescribePermissionSet: () => answers.shift() });
    const permissionSets = openPermissionSets(session, instanceArn);
    await expect(permissionSets.describe(permissionSet('1'), budget)).rejects.toThrow();
    expect(await permissionSets.describe(permissionSet('1'), budget)).toBeNull();
  });

  test('an empty response is no result', async () => {
    const { session } = createFakeSession({ DescribePermissionSet: () => ({}) });
    await expect(openPermissionSets(session, instanceArn).describe(permissionSet('1'), budget)).rejects.toThrow(
      'PermissionSet is missing',
    );
  });
});

describe('withNames', () => {
  test('a name that cannot be looked up stays unknown', async () => {
    const { session } = createFakeSession({
      DescribePermissionSet: (input) =>
        input['PermissionSetArn'] === permissionSet('1') ? awsError('denied') : { PermissionSet: { Name: 'Billing' } },
    });
    expect(
      await withNames(openPermissionSets(session, instanceArn), [permissionSet('1'), permissionSet('3')], budget),
    ).toEqual([
      { id: permissionSet('1'), name: null },
      { id: permissionSet('3'), name: 'Billing' },
    ]);
  });
});

describe('provisionedTo', () => {
  test('lists one version state or both, page by page', async () => {
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
    await readAll(listPermissionSetsOn(session, instanceArn, account, latest), budget);
    expect(sent[2]?.input).toMatchObject({ ProvisioningStatus: 'LATEST_PERMISSION_SET_PROVISIONED' });
  });
});
