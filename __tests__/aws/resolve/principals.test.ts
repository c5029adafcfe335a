import { describe, expect, test } from '@jest/globals';

import type { Line } from '../../../src/access/request.ts';
import { currentNames } from '../../../src/aws/resolve/identity-store.ts';
import { needsDirectory, resolvePrincipals } from '../../../src/aws/resolve/principals.ts';
import { awsError, budget, createFakeSession, type Answers } from '../fake-session.ts';

const store = 'd-1111111111';
const alice = '11111111-aaaa-bbbb-cccc-000000000001';
const bob = '11111111-aaaa-bbbb-cccc-000000000002';
const line = (kind: string, value: string): Line => ({ text: value, kind, value });
const resolve = (answers: Answers, kind: string, value: string, id: string | null = store) => {
  const fake = createFakeSession(answers);
  return {
    ...fake,
    resolving: resolvePrincipals(fake.session, [line(kind, value)], id, budget).then(([only]) => only),
  };
};
const missing = (type: string) => awsError('not-found', {}, { ResourceType: type });

const noGroup: Answers = { GetGroupId: () => missing('GROUP') };

/** A directory: users by user name and by email. */
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

describe('resolvePrincipals', () => {
  test.each([
    ['user-id', 'USER'],
    ['group-id', 'GROUP'],
  ])('%s is used as it is, without a request to the directory', async (kind, type) => {
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

  test("a missing group is refused, with the store's name", async () => {
    const { resolving } = resolve({ ...noGroup, ListGroups: () => ({ Groups: [] }) }, 'group-name', 'Nobody');
    await expect(resolving).rejects.toMatchObject({ name: 'Refusal', message: expect.stringContaining(store) });
  });

  test('a similar name is reported with its ID, and with its invisible differences', async () => {
    const Groups = [
      { GroupId: bob, DisplayName: 'Cloud Admins ' },
      { GroupId: alice, DisplayName: 'cloud admin' },
    ];
    const { resolving } = resolve({ ...noGroup, ListGroups: () => ({ Groups }) }, 'group-name', 'Cloud Admins');
    await expect(resolving).rejects.toMatchObject({
      message: `No group in identity store ${store} has the display name "Cloud Admins". Similar: "Cloud Admins " (${bob}), "cloud admin" (${alice}). "Cloud Admins " differs only in characters that are easily missed. If you mean it, use its ID.`,
      hint: expect.stringContaining('group:<ID>'),
    });
  });

  test('without permission to list groups, a missing one is still reported; a long list is not read to its end', async () => {
    const denied = resolve({ ...noGroup, ListGroups: () => awsError('denied') }, 'group-name', 'Nobody');
    await expect(denied.resolving).rejects.toThrow(/No group .* "Nobody"\.$/u);
    const endless = {
      ...noGroup,
      ListGroups: () => ({ Groups: [{ GroupId: bob }], NextToken: Math.random().toString() }),
    };
    const { resolving, sent } = resolve(endless, 'group-name', 'Nobody');
    await expect(resolving).rejects.toThrow('"Nobody"');
    expect(sent.filter(({ command }) => command === 'ListGroups')).toHaveLength(10);
  });

  test('a missing store is an error, not a missing group', async () => {
    const error = missing('IDENTITY_STORE');
    await expect(resolve({ GetGroupId: () => error }, 'group-name', 'Any').resolving).rejects.toBe(error);
    await expect(resolve({ GetUserId: () => error }, 'user-name', 'any').resolving).rejects.toBe(error);
  });

  test('a user by user name; without an @ no email address is searched', async () => {
    const { resolving, sent } = resolve(users({ alice }, {}), 'user-name', 'alice');
    expect(await resolving).toEqual({ type: 'USER', id: alice, name: 'alice' });
    expect(sent).toHaveLength(1);
  });

  test('with an @ both are searched; the same hit twice is one user', async () => {
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

  test('a user found by email address alone is accepted only where no other has it', async () => {
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

  test('an unknown name is refused', async () => {
    await expect(resolve(users({}, {}), 'user-name', 'a@x').resolving).rejects.toThrow(
      /user name or the email address "a@x"/u,
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

describe('several lines', () => {
  const resolveAll = (answers: Answers, lines: readonly Line[], id: string | null = store) => {
    const fake = createFakeSession(answers);
    return { ...fake, resolving: resolvePrincipals(fake.session, lines, id, budget) };
  };

  test('one principal by ID, by ID in capitals and by name is one, and keeps the name', async () => {
    const lines = [
      line('user-id', alice.toUpperCase()),
      line('user-id', alice),
      line('user-name', 'alice'),
      line('user-name', 'alice'),
    ];
    const { resolving, sent } = resolveAll(users({ alice }, {}), lines);
    expect(await resolving).toEqual([{ type: 'USER', id: alice.toUpperCase(), name: 'alice' }]);
    expect(sent).toHaveLength(1);
  });

  test('a user and a group are two, with any IDs', async () => {
    expect(await resolveAll({}, [line('user-id', alice), line('group-id', alice)]).resolving).toHaveLength(2);
  });

  test('a principal that does not exist is reported together with the others', async () => {
    const answers = { ...users({ alice }, {}), ...noGroup, ListGroups: () => ({ Groups: [] }) };
    const lines = [line('user-name', 'nobody'), line('user-name', 'alice'), line('group-name', 'Ghosts')];
    await expect(resolveAll(answers, lines).resolving).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(/"nobody".*"Ghosts"/su),
    });
  });

  test('all users are listed once, for any number found by email address alone', async () => {
    const list = [
      { UserId: alice, Emails: [{ Value: 'a@x' }] },
      { UserId: bob, Emails: [{ Value: 'b@x' }] },
    ];
    const { resolving, sent } = resolveAll(users({}, { 'a@x': alice, 'b@x': bob }, list), [
      line('user-name', 'a@x'),
      line('user-name', 'b@x'),
    ]);
    expect(await resolving).toHaveLength(2);
    expect(sent.filter(({ command }) => command === 'ListUsers')).toHaveLength(1);
  });
});

describe('currentNames', () => {
  const names = (answers: Answers, type: 'USER' | 'GROUP') =>
    currentNames(createFakeSession(answers).session, { type, id: alice, name: null }, store, budget);

  test('of a user the user name and every email address', async () => {
    const DescribeUser = () => ({ UserName: 'alice', Emails: [{ Value: 'a@x' }, {}, { Value: 'b@x' }] });
    expect(await names({ DescribeUser }, 'USER')).toEqual({ unique: 'alice', emails: ['a@x', 'b@x'] });
    expect(await names({ DescribeUser: () => ({ Emails: [{ Value: 'a@x' }] }) }, 'USER')).toEqual({
      unique: null,
      emails: ['a@x'],
    });
  });

  test('of a group the display name', async () => {
    expect(await names({ DescribeGroup: () => ({ DisplayName: 'Payments' }) }, 'GROUP')).toEqual({
      unique: 'Payments',
      emails: [],
    });
  });

  test('a deleted principal has none; a failed look-up is an error', async () => {
    expect(await names({ DescribeGroup: () => missing('GROUP') }, 'GROUP')).toEqual({ unique: null, emails: [] });
    await expect(names({ DescribeUser: () => awsError('denied') }, 'USER')).rejects.toMatchObject({
      failure: { kind: 'denied' },
    });
  });
});
