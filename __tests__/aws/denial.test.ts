import { describe, expect, test } from '@jest/globals';

import type { Change } from '../../src/access/cloud.ts';
import { createDenials } from '../../src/aws/denial.ts';
import type { AwsSettings } from '../../src/aws/settings.ts';
import { awsError, budget, createFakeSession, instanceArn, permissionSet, type Answers } from './fake-session.ts';

const owner = '111111111111';
const instance = { arn: instanceArn, identityStoreId: null, ownerAccountId: owner };
const change = (target: string): Change => ({
  kind: 'create',
  seen: null,
  grant: {
    kind: 'assignment',
    principal: { type: 'GROUP', id: 'g-1', name: null },
    role: { id: permissionSet('1'), name: null },
    target: { id: target, name: null },
  },
});
const roleIn = (account: string): Partial<AwsSettings> => ({
  signIn: { kind: 'web-identity', roleArn: `arn:aws:iam::${account}:role/broker`, sessionName: 's', audience: 'a' },
});
const there: Answers = { ListPermissionSetsProvisionedToAccount: () => ({ PermissionSets: [permissionSet('1')] }) };
const notThere: Answers = { ListPermissionSetsProvisionedToAccount: () => ({ PermissionSets: [] }) };
const denied = awsError('denied', { hint: 'the general hint' }, 'the cause');

async function explain(answers: Answers, over: Partial<AwsSettings>, target: string, error = denied, it = instance) {
  const { session, sent } = createFakeSession(answers, over);
  return { explained: await createDenials(session, it).explain(change(target), error, budget), sent };
}

describe('createDenials', () => {
  test('the management account as target', async () => {
    const { explained, sent } = await explain({}, roleIn('222222222222'), owner);
    expect(explained.failure.hint).toContain(`The target ${owner} is the management account`);
    expect(explained).toMatchObject({
      message: denied.message,
      cause: 'the cause',
      failure: { requestId: 'aws-req-1' },
    });
    expect(sent).toEqual([]);
  });

  test('a permission set that is provisioned there', async () => {
    const { explained } = await explain(there, roleIn('222222222222'), '333333333333');
    expect(explained.failure.hint).toContain(`provisioned in the management account ${owner}`);
  });

  test("ambient credentials can be a delegated administrator's, too", async () => {
    const { explained } = await explain(there, {}, '333333333333');
    expect(explained.failure.hint).toContain('provisioned in the management account');
  });

  test('neither: the error is unchanged', async () => {
    expect((await explain(notThere, roleIn('222222222222'), '333333333333')).explained).toBe(denied);
  });

  test.each([
    { message: 'x is not authorized to perform: y with an explicit deny in an identity-based policy' },
    { code: 'InvalidSignatureException' },
  ])('an error with another cause is unchanged, without a look-up: %j', async (failure) => {
    const error = awsError('denied', failure);
    const { explained, sent } = await explain(there, roleIn('222222222222'), owner, error);
    expect(explained).toBe(error);
    expect(sent).toEqual([]);
  });

  test('a failed look-up is not a second error', async () => {
    const answers = { ListPermissionSetsProvisionedToAccount: () => awsError('denied') };
    expect((await explain(answers, roleIn('222222222222'), '333333333333')).explained).toBe(denied);
  });

  test('from the management account itself there is nothing to explain', async () => {
    expect((await explain({}, roleIn(owner), owner)).explained).toBe(denied);
  });

  test('another error, or an unknown owner: the error is unchanged', async () => {
    const busy = awsError('busy');
    expect((await explain({}, roleIn('222222222222'), owner, busy)).explained).toBe(busy);
    expect((await explain({}, {}, owner, denied, { ...instance, ownerAccountId: null as never })).explained).toBe(
      denied,
    );
  });

  test('the provisioned permission sets of an account are listed once for any number of denied starts', async () => {
    const { session, sent } = createFakeSession(there, roleIn('222222222222'));
    const denials = createDenials(session, instance);
    const targets = ['333333333333', '555555555555', '666666666666'];
    const all = await Promise.all(targets.map((target) => denials.explain(change(target), denied, budget)));
    for (const { failure } of all) expect(failure.hint).toContain('provisioned in the management account');
    expect(sent).toHaveLength(1);
  });
});
