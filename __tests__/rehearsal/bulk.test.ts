import { describe, expect, test } from '@jest/globals';
import { DescribeGroupCommand, DescribeUserCommand } from '@aws-sdk/client-identitystore';
import { DescribeAccountCommand, ListAccountsCommand } from '@aws-sdk/client-organizations';
import {
  CreateAccountAssignmentCommand,
  DeleteAccountAssignmentCommand,
  ListAccountAssignmentCreationStatusCommand,
  ListAccountAssignmentDeletionStatusCommand,
  ListAccountsForProvisionedPermissionSetCommand,
  ListInstancesCommand,
  ListPermissionSetProvisioningStatusCommand,
  ListPermissionSetsProvisionedToAccountCommand,
  ProvisionPermissionSetCommand,
  type AccountAssignmentOperationStatusMetadata,
} from '@aws-sdk/client-sso-admin';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';

import { workOf } from '../../rehearsal/aws/durations.ts';
import { makeEstate, placesOf } from '../../rehearsal/estates.ts';
import { BROKER, INSTANCE, inWorld, PROD, STAGING, STORE, tuple, type Clients } from './cloud-support.ts';

const estate = makeEstate({ accounts: 30, permissionSets: 4, groups: 12 });
const places = placesOf(estate);

/** The parameters of a grant by its places' numbers. */
function grant(account: number, permissionSet = 0, group = 0) {
  return {
    InstanceArn: INSTANCE,
    TargetType: 'AWS_ACCOUNT',
    TargetId: places.accounts[account],
    PermissionSetArn: places.permissionSets[permissionSet],
    PrincipalType: 'GROUP',
    PrincipalId: places.groups[group],
  } as const;
}

const create = ({ sso }: Clients, ...of: Parameters<typeof grant>) =>
  sso.send(new CreateAccountAssignmentCommand(grant(...of)));

const named = (name: string): unknown => expect.objectContaining({ name });

describe('operations', () => {
  test('of one account run one at a time, for any permission set and kind', () =>
    inWorld({ estate }, async (clients) => {
      const { world, sso } = clients;
      world.aws.estate.add({ ...world.aws.estate.find.assignment(namedGrant(0, 2, 1)) });
      await create(clients, 0, 0);
      await expect(create(clients, 0, 1)).rejects.toThrow(named('ConflictException'));
      await expect(sso.send(new DeleteAccountAssignmentCommand(grant(0, 2, 1)))).rejects.toThrow(
        named('ConflictException'),
      );
      const push = new ProvisionPermissionSetCommand({
        InstanceArn: INSTANCE,
        PermissionSetArn: places.permissionSets[2],
        TargetType: 'AWS_ACCOUNT',
        TargetId: places.accounts[0],
      });
      await expect(sso.send(push)).rejects.toThrow(named('ConflictException'));
      await create(clients, 1, 0);
      await world.advance(2500);
      await sso.send(push);
    }));

  test('deletions do not count among the fifteen creations, provisionings have a limit of three', () =>
    inWorld({ estate }, async (clients) => {
      const { world, sso } = clients;
      for (let account = 15; account < 30; account += 1) world.aws.estate.add(namedGrant(account, 0, 0));
      for (let account = 0; account < 15; account += 1) await create(clients, account);
      for (let account = 15; account < 27; account += 1)
        await sso.send(new DeleteAccountAssignmentCommand(grant(account)));
      const push = (account: number) =>
        sso.send(
          new ProvisionPermissionSetCommand({
            InstanceArn: INSTANCE,
            PermissionSetArn: places.permissionSets[0],
            TargetType: 'AWS_ACCOUNT',
            TargetId: places.accounts[account],
          }),
        );
      for (let account = 27; account < 30; account += 1) await push(account);
      await world.advance(2500);
      for (let account = 27; account < 30; account += 1) await push(account);
      await expect(push(26)).rejects.toThrow(/too many permission set provisioning/);
      expect(workOf(world.aws.estate.operations()).count).toEqual({ create: 15, delete: 12, provision: 6 });
    }));

  test('have durations that follow from the seed, in any order, and can be added up', async () => {
    const run = async (order: readonly number[]): Promise<ReturnType<typeof workOf>> => {
      let work: ReturnType<typeof workOf> | undefined;
      await inWorld(
        { estate, aws: { operations: { durationMs: { from: 2000, to: 15_000, seed: 3 } } } },
        async (clients) => {
          for (let round = 0; round < 2; round += 1) {
            for (const account of order) await create(clients, account, 0, round);
            await clients.world.advance(15_000);
          }
          work = workOf(clients.world.aws.estate.operations());
        },
      );
      if (work === undefined) throw new Error('nothing ran');
      return work;
    };
    const there = await run([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const back = await run([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(new Map([...back.byAccount].sort())).toEqual(new Map([...there.byAccount].sort()));
    expect(there.count.create).toBe(20);
    expect(there.byKind.create).toBe([...there.byAccount.values()].reduce((one, other) => one + other));
    expect(there.byKind.create / 20).toBeGreaterThan(6_500);
    expect(there.byKind.create / 20).toBeLessThan(10_500);
    for (const took of there.byAccount.values()) expect(took).toBeGreaterThanOrEqual(4000);
  });

  test('have durations from a function', () =>
    inWorld(
      {
        estate,
        aws: {
          operations: {
            durationMs: ({ kind, nth, accountId }) => (kind === 'create' && accountId !== '' ? 1000 * nth : 1),
          },
        },
      },
      async (clients) => {
        for (const expected of [1000, 2000, 3000]) {
          await create(clients, 0, 0, expected / 1000);
          const { createdAt = 0, finishAt } = clients.world.aws.estate.operations().at(-1) ?? {};
          expect((finishAt ?? 0) - createdAt).toBe(expected);
          await clients.world.advance(expected);
        }
      },
    ));
});

function namedGrant(account: number, permissionSet: number, group: number) {
  return {
    account: places.accounts[account] ?? '',
    permissionSet: places.permissionSets[permissionSet] ?? '',
    principal: `group:${places.groups[group] ?? ''}`,
  };
}

describe('the lists of operations', () => {
  test('are by family and state, in an order of their own, each once, with any ends meanwhile', () =>
    inWorld({ estate }, async (clients) => {
      const { world, sso } = clients;
      const started: string[] = [];
      for (let round = 0; round < 12; round += 1) {
        for (let account = 0; account < 15; account += 1)
          started.push((await create(clients, account, 0, round)).AccountAssignmentCreationStatus?.RequestId ?? '');
        if (round < 11) await world.advance(2500);
      }
      const list = async (Status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED') => {
        const all: AccountAssignmentOperationStatusMetadata[] = [];
        const sizes: number[] = [];
        for (let NextToken: string | undefined, first = true; first || NextToken !== undefined; first = false) {
          const answer = await sso.send(
            new ListAccountAssignmentCreationStatusCommand({
              InstanceArn: INSTANCE,
              Filter: { Status },
              MaxResults: 100,
              ...(NextToken === undefined ? {} : { NextToken }),
            }),
          );
          const rows = answer.AccountAssignmentsCreationStatus ?? [];
          all.push(...rows);
          sizes.push(rows.length);
          ({ NextToken } = answer);
        }
        return {
          ids: all.map(({ RequestId }) => RequestId ?? ''),
          states: new Set(all.map((row) => row.Status)),
          sizes,
        };
      };
      const ended = await list('SUCCEEDED');
      expect(ended.sizes).toEqual([100, 0, 65]);
      expect(ended.states).toEqual(new Set(['SUCCEEDED']));
      expect([...ended.ids].sort()).toEqual(started.slice(0, 165).sort());
      expect(ended.ids).not.toEqual(started.slice(0, 165));
      expect((await list('IN_PROGRESS')).ids.sort()).toEqual(started.slice(165).sort());
      expect((await list('FAILED')).ids).toEqual([]);
      await world.advance(2500);
      expect((await list('IN_PROGRESS')).ids).toEqual([]);
      expect((await list('SUCCEEDED')).ids).toHaveLength(180);
      const others = [
        (await sso.send(new ListAccountAssignmentDeletionStatusCommand({ InstanceArn: INSTANCE })))
          .AccountAssignmentsDeletionStatus,
        (await sso.send(new ListPermissionSetProvisioningStatusCommand({ InstanceArn: INSTANCE })))
          .PermissionSetsProvisioningStatus,
      ];
      expect(others).toEqual([[], []]);
    }));
});

describe('provisioned copies', () => {
  test('are listed by version, from both sides', () =>
    inWorld(
      {
        estate: makeEstate({
          accounts: 30,
          permissionSets: 4,
          provisioned: { permissionSets: 3, accounts: 20, outdated: 15 },
        }),
      },
      async ({ world, sso }) => {
        const outdated = new Set(
          world.aws.estate.outdated().map(({ accountId, permissionSetArn }) => `${permissionSetArn} ${accountId}`),
        );
        expect(outdated.size).toBe(15);
        const stale = 'LATEST_PERMISSION_SET_NOT_PROVISIONED';
        const bySet = new Set<string>();
        const byAccount = new Set<string>();
        for (const PermissionSetArn of places.permissionSets) {
          const of = async (ProvisioningStatus?: typeof stale | 'LATEST_PERMISSION_SET_PROVISIONED') =>
            (
              await sso.send(
                new ListAccountsForProvisionedPermissionSetCommand({
                  InstanceArn: INSTANCE,
                  PermissionSetArn,
                  ...(ProvisioningStatus === undefined ? {} : { ProvisioningStatus }),
                }),
              )
            ).AccountIds ?? [];
          const wanting = await of(stale);
          for (const id of wanting) bySet.add(`${PermissionSetArn} ${id}`);
          const all = await of();
          expect([...wanting, ...(await of('LATEST_PERMISSION_SET_PROVISIONED'))].sort()).toEqual([...all].sort());
        }
        for (const AccountId of placesOf(estate).accounts) {
          const { PermissionSets = [] } = await sso.send(
            new ListPermissionSetsProvisionedToAccountCommand({
              InstanceArn: INSTANCE,
              AccountId,
              ProvisioningStatus: stale,
            }),
          );
          for (const arn of PermissionSets) byAccount.add(`${arn} ${AccountId}`);
        }
        expect(bySet).toEqual(outdated);
        expect(byAccount).toEqual(outdated);
      },
    ));
});

describe('the quota', () => {
  test('is shared with other callers', () =>
    inWorld({ aws: { throttlePerSecond: 20 } }, async ({ world, sso }) => {
      const granted = async (count: number): Promise<number> => {
        let ok = 0;
        for (let nth = 0; nth < count; nth += 1)
          await sso.send(new ListInstancesCommand({})).then(
            () => (ok += 1),
            () => undefined,
          );
        return ok;
      };
      expect(await granted(30)).toBe(20);
      await world.advance(1000);
      expect(await granted(30)).toBe(20);
      world.competitor(0.5);
      await world.advance(1000);
      expect(await granted(30)).toBe(10);
      world.competitor(0);
      await world.advance(500);
      expect(await granted(30)).toBe(10);
      expect(() => {
        world.competitor(1);
      }).toThrow(/less than 1/);
    }));
});

describe('for reading', () => {
  const readOnly = {
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'sso:List*',
          'sso:Describe*',
          'identitystore:Describe*',
          'identitystore:Get*',
          'organizations:Describe*',
          'organizations:List*',
        ],
        Resource: '*',
      },
    ],
  };

  test('a policy that allows reads refuses every change', () =>
    inWorld({ aws: { policy: readOnly } }, async ({ world, sso, store, organizations }) => {
      const input = tuple(world, 'ReadOnlyAccess', PROD, 'group:Auditors');
      const { InstanceArn, PermissionSetArn, PrincipalId } = input;
      const changes = [
        () => sso.send(new CreateAccountAssignmentCommand(input)),
        () => sso.send(new DeleteAccountAssignmentCommand(input)),
        () =>
          sso.send(
            new ProvisionPermissionSetCommand({
              InstanceArn,
              PermissionSetArn,
              TargetType: 'AWS_ACCOUNT',
              TargetId: PROD,
            }),
          ),
        () =>
          sso.send(
            new ProvisionPermissionSetCommand({
              InstanceArn,
              PermissionSetArn,
              TargetType: 'ALL_PROVISIONED_ACCOUNTS',
            }),
          ),
      ];
      for (const change of changes) await expect(change()).rejects.toThrow(named('AccessDeniedException'));
      expect(world.aws.estate.operations()).toEqual([]);
      await sso.send(new ListAccountAssignmentCreationStatusCommand({ InstanceArn }));
      await store.send(new DescribeGroupCommand({ IdentityStoreId: STORE, GroupId: PrincipalId }));
      await organizations.send(new ListAccountsCommand({}));
    }));

  test('principals are described by ID, and only then found', () =>
    inWorld({}, async ({ world, store }) => {
      const { principalId: UserId } = world.aws.estate.find.principal('user:alice@example.com');
      const { principalId: GroupId } = world.aws.estate.find.principal('group:Auditors');
      expect(await store.send(new DescribeUserCommand({ IdentityStoreId: STORE, UserId }))).toMatchObject({
        UserName: 'alice@example.com',
        Emails: [{ Value: 'alice@example.com', Primary: true }],
      });
      expect(await store.send(new DescribeGroupCommand({ IdentityStoreId: STORE, GroupId }))).toMatchObject({
        DisplayName: 'Auditors',
      });
      await expect(store.send(new DescribeGroupCommand({ IdentityStoreId: STORE, GroupId: UserId }))).rejects.toThrow(
        expect.objectContaining({ name: 'ResourceNotFoundException', ResourceType: 'GROUP' }),
      );
    }));

  test('accounts show their place in the organization with the option for it', async () => {
    const paths = async (organizationsWithoutPaths: boolean): Promise<unknown[]> => {
      const seen: unknown[] = [];
      await inWorld({ aws: { organizationsWithoutPaths } }, async ({ organizations }) => {
        const { Accounts = [] } = await organizations.send(new ListAccountsCommand({}));
        seen.push(Accounts.find(({ Id }) => Id === STAGING)?.Paths);
        seen.push((await organizations.send(new DescribeAccountCommand({ AccountId: PROD }))).Account?.Paths);
      });
      return seen;
    };
    const place = 'o-a1b2c3d4e5/r-f6g7/ou-f6g7-workload';
    expect(await paths(false)).toEqual([
      [`${place}/ou-f6g7-stag0001/${STAGING}/`],
      [`${place}/ou-f6g7-prod0001/${PROD}/`],
    ]);
    expect(await paths(true)).toEqual([undefined, undefined]);
  });

  test('the caller gets its identity with any policy', () =>
    inWorld({ aws: { policy: { Statement: [] } } }, async ({ sts }) => {
      expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
        Account: '111122223333',
        Arn: `${BROKER.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/ambient`,
      });
    }));
});

test('a journal of counts keeps no entries', () =>
  inWorld({ journal: 'counts' }, async ({ world, sso }) => {
    for (let nth = 0; nth < 3; nth += 1) await sso.send(new ListInstancesCommand({}));
    expect(world.journal.all()).toEqual([]);
    expect(world.journal.counts()).toEqual({ ListInstances: 3 });
    world.script.fault({ operation: 'ListInstances' }, { kind: 'throttle' });
    await expect(sso.send(new ListInstancesCommand({}))).rejects.toThrow(named('ThrottlingException'));
  }));
