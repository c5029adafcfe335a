import { describe, expect, test } from '@jest/globals';

import { resolveTarget } from '../../src/aws/accounts.ts';
import { budget, createFakeSession, paged, type Answers } from './fake-session.ts';

const accounts: Answers = {
  ListAccounts: paged('Accounts', [
    [
      { Id: '111111111111', Name: 'Prod', State: 'ACTIVE' },
      { Id: '222222222222', Name: 'Twin', Status: 'ACTIVE' },
    ],
    [],
    [
      { Id: '333333333333', Name: 'Twin', State: 'ACTIVE' },
      { Id: '444444444444', Name: 'Old', State: 'SUSPENDED', Status: 'ACTIVE' },
      { Id: '555555555555', Name: 'Older', Status: 'PENDING_CLOSURE' },
      { Name: 'No id' },
    ],
  ]),
};
const resolve = (kind: string, value: string) => {
  const fake = createFakeSession(accounts);
  return { ...fake, resolving: resolveTarget(fake.session, { text: value, kind, value }, budget) };
};

describe('resolveTarget', () => {
  test('an id is taken as it is, without asking Organizations', async () => {
    const { resolving, sent } = resolve('account-id', '999999999999');
    expect(await resolving).toEqual({ id: '999999999999', name: null });
    expect(sent).toEqual([]);
  });

  test('all stands for everywhere', async () => {
    expect(await resolve('all', 'all').resolving).toEqual({ id: 'all', name: null });
  });

  test('a name is looked for on all pages, twenty accounts each', async () => {
    const { resolving, sent } = resolve('account-name', 'Prod');
    expect(await resolving).toEqual({ id: '111111111111', name: 'Prod' });
    expect(sent).toHaveLength(3);
    expect(sent[0]?.input).toMatchObject({ MaxResults: 20 });
  });

  test('a name that two have is an error that lists both', async () => {
    await expect(resolve('account-name', 'Twin').resolving).rejects.toMatchObject({
      name: 'Refusal',
      message: '2 accounts are named "Twin": 222222222222, 333333333333.',
    });
  });

  test.each(['prod', 'Prod ', 'Pro'])(
    '%j is nobody: names are compared exactly, and the near one is offered',
    async (name) => {
      await expect(resolve('account-name', name).resolving).rejects.toThrow(/No account .*Close: Prod\b/u);
    },
  );

  test.each([
    ['Old', 'SUSPENDED'],
    ['Older', 'PENDING_CLOSURE'],
  ])('%s is %s, and so an error', async (name, state) => {
    await expect(resolve('account-name', name).resolving).rejects.toThrow(new RegExp(`is ${state}`, 'u'));
  });
});
