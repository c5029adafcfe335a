import { describe, expect, test } from '@jest/globals';

import { findInstance, type InstanceNeeds } from '../../src/aws/instance.ts';
import { awsError, budget, createFakeSession, instanceArn, paged, type Answers } from './fake-session.ts';

const other = 'arn:aws:sso:::instance/ssoins-2222222222222222';
const organization = {
  InstanceArn: instanceArn,
  IdentityStoreId: 'd-1111111111',
  OwnerAccountId: '111111111111',
  Name: 'corp',
  Status: 'ACTIVE',
};
const account = {
  InstanceArn: other,
  IdentityStoreId: 'd-2222222222',
  OwnerAccountId: '222222222222',
  Name: 'sandbox',
  Status: 'ACTIVE',
};
const nothing: InstanceNeeds = { identityStore: false, owner: false };
const everything: InstanceNeeds = { identityStore: true, owner: true };
const listing = (...instances: readonly unknown[]): Answers => ({ ListInstances: () => ({ Instances: instances }) });
const found = { arn: instanceArn, identityStoreId: 'd-1111111111', ownerAccountId: '111111111111' };

describe('a pinned instance', () => {
  test('is used without any request where nothing else is needed', async () => {
    const { session, sent } = createFakeSession({}, { instanceArn });
    expect(await findInstance(session, nothing, budget)).toEqual({
      arn: instanceArn,
      identityStoreId: null,
      ownerAccountId: null,
    });
    expect(sent).toEqual([]);
  });

  test("with its identity store's ARN needs no request for anything", async () => {
    const pinned = { instanceArn, identityStoreId: 'd-1111111111', ownerAccountId: '111111111111' };
    const { session, sent } = createFakeSession({}, pinned);
    expect(await findInstance(session, everything, budget)).toEqual(found);
    expect(sent).toEqual([]);
  });

  test.each<InstanceNeeds>([everything, { identityStore: true, owner: false }, { identityStore: false, owner: true }])(
    'is described where %j is needed',
    async (needs) => {
      const { session, sent } = createFakeSession({ DescribeInstance: () => organization }, { instanceArn });
      expect(await findInstance(session, needs, budget)).toEqual(found);
      expect(sent).toEqual([{ command: 'DescribeInstance', input: { InstanceArn: instanceArn } }]);
    },
  );

  test('a given value wins over the described one', async () => {
    const { session } = createFakeSession(
      { DescribeInstance: () => organization },
      { instanceArn, identityStoreId: 'd-9999999999' },
    );
    expect(await findInstance(session, everything, budget)).toMatchObject({ identityStoreId: 'd-9999999999' });
  });
});

describe('an instance that is looked up', () => {
  test('is the only one', async () => {
    const { session, sent } = createFakeSession(listing(organization));
    expect(await findInstance(session, nothing, budget)).toEqual(found);
    expect(sent.map(({ command }) => command)).toEqual(['ListInstances']);
  });

  test('is found on any page', async () => {
    const { session } = createFakeSession({ ListInstances: paged('Instances', [undefined, [], [organization]]) });
    expect(await findInstance(session, nothing, budget)).toEqual(found);
  });

  test('none: the message names the Region and the setting', async () => {
    const { session } = createFakeSession({ ListInstances: () => ({ Instances: [] }) });
    await expect(findInstance(session, nothing, budget)).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringContaining('us-east-1'),
      hint: expect.stringContaining('aws-region'),
    });
  });

  test.each(['CREATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'CREATE_FAILED'])(
    'one that is %s does not count',
    async (Status) => {
      const { session } = createFakeSession(listing({ ...organization, Status }));
      await expect(findInstance(session, nothing, budget)).rejects.toThrow(new RegExp(`is ACTIVE.*${Status}`, 'u'));
    },
  );

  test('of several the ACTIVE one', async () => {
    const { session } = createFakeSession(listing({ ...account, Status: 'DELETE_IN_PROGRESS' }, organization));
    expect(await findInstance(session, nothing, budget)).toEqual(found);
  });

  test('of several the one with the given identity store', async () => {
    const { session } = createFakeSession(listing(account, organization), { identityStoreId: 'd-1111111111' });
    expect(await findInstance(session, nothing, budget)).toEqual(found);
  });

  test('an unknown given identity store is an error that lists the existing ones', async () => {
    const { session } = createFakeSession(listing(account, organization), { identityStoreId: 'd-3333333333' });
    await expect(findInstance(session, nothing, budget)).rejects.toMatchObject({
      message: expect.stringMatching(/d-3333333333.*ssoins-2222222222222222.*ssoins-1111111111111111/u),
      hint: expect.stringContaining('aws-identity-store-id'),
    });
  });

  describe('among several', () => {
    const enabled = (arn: string): Answers => ({
      DescribeInstance: ({ InstanceArn }) => ({ PermissionSetsEnabled: InstanceArn === arn }),
    });
    const management = (id: string | undefined): Answers => ({
      DescribeOrganization: () => ({ Organization: { MasterAccountId: id } }),
    });
    const silent: Answers = { DescribeInstance: () => ({}) };
    const denied: Answers = { DescribeInstance: () => awsError('denied') };

    test('is the one that reports permission sets; the management account is not requested', async () => {
      const { session, sent } = createFakeSession({ ...listing(account, organization), ...enabled(instanceArn) });
      expect(await findInstance(session, nothing, budget)).toEqual(found);
      expect(sent.map(({ command }) => command)).not.toContain('DescribeOrganization');
    });

    test.each([
      ['without such a report', silent],
      ['where it cannot be asked', denied],
      ['where two say so', { DescribeInstance: () => ({ PermissionSetsEnabled: true }) }],
    ] satisfies [string, Answers][])('is the one that the management account owns, %s', async (_where, answers) => {
      const { session } = createFakeSession({
        ...listing(account, organization),
        ...answers,
        ...management('111111111111'),
      });
      expect(await findInstance(session, nothing, budget)).toEqual(found);
    });

    test.each([
      ['the management account owns neither', management('999999999999')],
      ['the management account is not shown', management(undefined)],
      ['the organization cannot be asked', { DescribeOrganization: () => awsError('denied') }],
    ] satisfies [string, Answers][])('is never guessed: %s, and both are listed', async (_where, answers) => {
      const { session } = createFakeSession({ ...listing(account, organization), ...silent, ...answers });
      await expect(findInstance(session, nothing, budget)).rejects.toMatchObject({
        name: 'Refusal',
        message: expect.stringMatching(/ssoins-2222222222222222.*ssoins-1111111111111111/u),
        hint: expect.stringContaining('aws-instance-arn'),
      });
    });

    test('is never guessed where the management account owns two', async () => {
      const twin = { ...account, OwnerAccountId: '111111111111' };
      const { session } = createFakeSession({
        ...listing(twin, organization),
        ...silent,
        ...management('111111111111'),
      });
      await expect(findInstance(session, nothing, budget)).rejects.toThrow(/Several/u);
    });

    test('an account without an owner does not count as one without a management account', async () => {
      const ownerless = { ...account, OwnerAccountId: undefined };
      const { session } = createFakeSession({
        ...listing(ownerless, organization),
        ...silent,
        ...management(undefined),
      });
      await expect(findInstance(session, nothing, budget)).rejects.toThrow(/Several/u);
    });

    test('any error except a denial is reported', async () => {
      const error = awsError('unavailable');
      const { session } = createFakeSession({ ...listing(account, organization), DescribeInstance: () => error });
      await expect(findInstance(session, nothing, budget)).rejects.toBe(error);
    });
  });

  test.each([
    { PrimaryRegion: 'eu-central-1' },
    { Regions: [{ RegionName: 'us-east-1' }, { RegionName: 'eu-central-1', IsPrimaryRegion: true }] },
  ])('with a primary Region elsewhere (%j) moves there, and reports it', async (more) => {
    const { session, regions, log } = createFakeSession(listing({ ...organization, ...more }));
    await findInstance(session, nothing, budget);
    expect(regions).toEqual(['eu-central-1']);
    expect(log.at('info').join('\n')).toContain('eu-central-1, not us-east-1');
  });

  test('with its primary Region here stays', async () => {
    const { session, regions } = createFakeSession(listing({ ...organization, PrimaryRegion: 'us-east-1' }));
    await findInstance(session, nothing, budget);
    expect(regions).toEqual([]);
  });
});
