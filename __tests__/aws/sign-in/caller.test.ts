import { describe, expect, test } from '@jest/globals';

import { findCaller, parseCaller } from '../../../src/aws/sign-in/caller.ts';
import { budget, createFakeSession } from '../fake-session.ts';

describe('parseCaller', () => {
  test.each([
    ['arn:aws:iam::111122223333:role/access-broker', 'arn:aws:iam::111122223333:role/access-broker'],
    ['arn:aws:iam::111122223333:role/ci/brokers/access-broker', 'arn:aws:iam::111122223333:role/access-broker'],
    ['arn:aws-us-gov:iam::111122223333:role/x', 'arn:aws-us-gov:iam::111122223333:role/x'],
    ['arn:aws:sts::111122223333:assumed-role/access-broker/run-7', 'arn:aws:iam::111122223333:role/access-broker'],
    ['arn:aws:iam::111122223333:user/ops/alice', 'arn:aws:iam::111122223333:user/ops/alice'],
  ])('%s is %s', (text, value) => {
    expect(parseCaller(text)).toEqual({ ok: true, value });
  });

  test.each([
    'access-broker',
    'arn:aws:iam::111122223333:role/',
    'arn:aws:iam::111122223333:role',
    'arn:aws:iam::1:role/x',
    'arn:aws:iam::111122223333:group/x',
    'arn:aws:iam::111122223333:root',
    'arn:aws:sts::111122223333:assumed-role/x',
    'arn:aws:iam::111122223333:role/x y',
    'arn:other:iam::111122223333:role/x',
    'arn:aws:iam::111122223333:role/x\narn:aws:iam::111122223333:role/y',
  ])('%j is not a caller', (text) => {
    expect(parseCaller(text).ok).toBe(false);
  });
});

describe('findCaller', () => {
  test('the role to assume, without its path and without a request', async () => {
    const roleArn = 'arn:aws:iam::111122223333:role/ci/access-broker';
    const signIn = { kind: 'web-identity', roleArn, sessionName: 's', audience: 'a' } as const;
    const { session, sent } = createFakeSession({}, { signIn });
    expect(await findCaller(session, budget)).toBe('arn:aws:iam::111122223333:role/access-broker');
    expect(sent).toEqual([]);
  });

  test.each([
    [
      'arn:aws:sts::111122223333:assumed-role/access-broker/GitHubActions',
      'arn:aws:iam::111122223333:role/access-broker',
    ],
    ['arn:aws:iam::111122223333:user/ops/alice', 'arn:aws:iam::111122223333:user/ops/alice'],
    ['arn:aws:sts::111122223333:federated-user/bob', 'arn:aws:sts::111122223333:federated-user/bob'],
  ])('of ambient credentials: %s', async (Arn, caller) => {
    expect(await findCaller(createFakeSession({ GetCallerIdentity: () => ({ Arn }) }).session, budget)).toBe(caller);
  });

  test('a response without a caller is refused', async () => {
    const { session } = createFakeSession({ GetCallerIdentity: () => ({}) });
    await expect(findCaller(session, budget)).rejects.toMatchObject({ name: 'Refusal' });
  });
});
