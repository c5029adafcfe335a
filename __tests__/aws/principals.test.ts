import { describe, expect, test } from '@jest/globals';

import type { Line } from '../../src/access/request.ts';
import { needsDirectory, resolvePrincipal } from '../../src/aws/principals.ts';
import { awsError, budget, createFakeSession, type Answers } from './fake-session.ts';

const store = 'd-1111111111';
const alice = '11111111-aaaa-bbbb-cccc-000000000001';
const bob = '11111111-aaaa-bbbb-cccc-000000000002';
const line = (kind: string, value: string): Line => ({ text: value, kind, value });
const resolve = (answers: Answers, kind: string, value: string, id: string | null = store) => {
  const fake = createFakeSession(answers);
  return { ...fake, resolving: resolvePrincipal(fake.session, line(kind, value), id, budget) };
};
const missing = (type: string) => awsError('not-found', {}, { ResourceType: type });

/** A directory: users by user name and by e-mail. */
const users = (
  byName: Readonly<Record<string, string>>,
  byEmail: Readonly<Record<string, string>>,
  list: readonly unknown[] = [],
): Answers => ({
  GetUserId: ({ AlternateIdentifier }) => {
    const { AttributePath, AttributeValue } = (
      AlternateIdentifier as {
        readonly UniqueAttribute: { readonly AttributePath: string; readonly AttributeValue: string };
      }
    ).UniqueAttribute;
    const id = (AttributePath === 'userName' ? byName : byEmail)[AttributeValue];
    return id === undefined ? missing('USER') : { UserId: id };
  },
  ListUsers: () => ({ Users: list }),
});

describe('resolvePrincipal', () => {
  test.each([
    ['user-id', 'USER'],
    ['group-id', 'GROUP'],
  ])('%s is taken as it is, without asking the directory', async (kind, type) => {
    const { resolving, sent } = resolve({}, kind, alice, null);
    expect(await resolving).toEqual({ type, id: alice, name: null });
    expect(sent).toEqual([]);
  });

  test('a group by its display name, exactly', async () => {
    const { resolving, sent } = resolve({ GetGroupId: () => ({ GroupId: bob }) }, 'group-name', 'Payments  On-Call');
    expect(await resolving).toEqual({ type: 'GROUP', id: bob, name: 'Payments  On-Call' });
    expect(sent[0]?.input).toEqual({
      IdentityStoreId: store,
      AlternateIdentifier: { UniqueAttribute: { AttributePath: 'displayName', AttributeValue: 'Payments  On-Call' } },
    });
  });

  test('a group that is not there is refused, with the store’s name', async () => {
    const { resolving } = resolve({ GetGroupId: () => missing('GROUP') }, 'group-name', 'Nobody');
    await expect(resolving).rejects.toMatchObject({ name: 'Refusal', message: expect.stringContaining(store) });
  });

  test('a store that is not there is an error, not a missing group', async () => {
    const error = missing('IDENTITY_STORE');
    await expect(resolve({ GetGroupId: () => error }, 'group-name', 'Any').resolving).rejects.toBe(error);
    await expect(resolve({ GetUserId: () => error }, 'user-name', 'any').resolving).rejects.toBe(error);
  });

  test('a user by user name; without an @ no e-mail is asked for', async () => {
    const { resolving, sent } = resolve(users({ alice }, {}), 'user-name', 'alice');
    expect(await resolving).toEqual({ type: 'USER', id: alice, name: 'alice' });
    expect(sent).toHaveLength(1);
  });

  test('with an @ both are asked; the same hit twice is one user', async () => {
    const { resolving, sent } = resolve(users({ 'a@x': alice }, { 'a@x': alice }), 'user-name', 'a@x');
    expect(await resolving).toEqual({ type: 'USER', id: alice, name: 'a@x' });
    expect(sent).toHaveLength(2);
  });

  test('two different hits are an error that lists both', async () => {
    const { resolving } = resolve(users({ 'a@x': alice }, { 'a@x': bob }), 'user-name', 'a@x');
    await expect(resolving).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(new RegExp(`${alice}.*${bob}`, 'u')),
    });
  });

  test('a user found by e-mail alone is taken only where no other has it', async () => {
    const users1 = [
      { UserId: alice, Emails: [{ Value: 'a@x' }] },
      { UserId: bob, Emails: [{ Value: 'b@x' }] },
      { UserId: 'c' },
    ];
    expect(await resolve(users({}, { 'a@x': alice }, users1), 'user-name', 'a@x').resolving).toMatchObject({
      id: alice,
    });
    const users2 = [...users1, { UserId: bob, Emails: [{ Value: 'old@x' }, { Value: 'A@x' }] }];
    await expect(resolve(users({}, { 'a@x': alice }, users2), 'user-name', 'a@x').resolving).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`2 users: ${alice}, ${bob}`, 'u')),
    });
  });

  test('nobody at all is refused', async () => {
    await expect(resolve(users({}, {}), 'user-name', 'a@x').resolving).rejects.toThrow(
      /user name or the e-mail address "a@x"/u,
    );
    await expect(resolve(users({}, {}), 'user-name', 'alice').resolving).rejects.toThrow(/user name "alice"/u);
  });

  test('a name without a known store is refused, with the input to set', async () => {
    await expect(resolve({}, 'user-name', 'alice', null).resolving).rejects.toMatchObject({
      hint: expect.stringContaining('aws-identity-store-id'),
    });
  });
});

describe('needsDirectory', () => {
  test('only for names', () => {
    expect(['user-name', 'group-name', 'user-id', 'group-id'].map((kind) => needsDirectory(line(kind, 'x')))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
