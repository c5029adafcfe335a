import { describe, expect, test } from '@jest/globals';
import {
  DescribeUserCommand,
  GetGroupIdCommand,
  GetUserIdCommand,
  ListUsersCommand,
} from '@aws-sdk/client-identitystore';
import {
  DescribeAccountCommand,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListParentsCommand,
  ListRootsCommand,
} from '@aws-sdk/client-organizations';
import {
  CreateAccountAssignmentCommand,
  DescribeInstanceCommand,
  DescribePermissionSetCommand,
  ListAccountAssignmentsCommand,
  ListInstancesCommand,
  ListPermissionSetsCommand,
} from '@aws-sdk/client-sso-admin';

import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import { clientsOf, INSTANCE, inWorld, PROD, STORE, tuple } from './cloud-support.ts';

const named = (name: string): unknown => expect.objectContaining({ name });

describe('the instance', () => {
  test('is in its Region only', () =>
    inWorld({}, async ({ world, sso }) => {
      expect((await sso.send(new ListInstancesCommand({}))).Instances).toMatchObject([
        { InstanceArn: INSTANCE, IdentityStoreId: STORE, Status: 'ACTIVE' },
      ]);
      const elsewhere = clientsOf(world, 'eu-west-1').sso;
      expect((await elsewhere.send(new ListInstancesCommand({}))).Instances).toBeUndefined();
      await expect(elsewhere.send(new ListPermissionSetsCommand({ InstanceArn: INSTANCE }))).rejects.toThrow(
        named('ResourceNotFoundException'),
      );
    }));

  test('can have additional Regions, where it can be read but not used', () => {
    const estate = loadEstate();
    const [instance] = estate.instances;
    const wide: Estate =
      instance === undefined ? estate : { ...estate, instances: [{ ...instance, additionalRegions: ['eu-west-1'] }] };
    return inWorld({ estate: wide }, async ({ world }) => {
      const { sso, store } = clientsOf(world, 'eu-west-1');
      expect((await sso.send(new ListInstancesCommand({}))).Instances?.[0]?.PrimaryRegion).toBe('us-east-1');
      expect((await sso.send(new DescribeInstanceCommand({ InstanceArn: INSTANCE }))).PermissionSetsEnabled).toBe(true);
      await expect(sso.send(new ListPermissionSetsCommand({ InstanceArn: INSTANCE }))).rejects.toThrow(
        named('AccessDeniedException'),
      );
      await store.send(new ListUsersCommand({ IdentityStoreId: STORE }));
    });
  });

  test('has permission sets in pages, one of them empty', () =>
    inWorld({}, async ({ sso }) => {
      const sizes: number[] = [];
      let token: string | undefined;
      do {
        const answer = await sso.send(
          new ListPermissionSetsCommand({
            InstanceArn: INSTANCE,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        );
        sizes.push(answer.PermissionSets?.length ?? -1);
        token = answer.NextToken;
      } while (token !== undefined);
      expect(sizes).toEqual([25, 0, 5]);
    }));
});

describe('requests', () => {
  test.each([
    ['TargetId', '12345678901'],
    ['TargetType', 'OU'],
    ['PrincipalId', 'alice'],
    ['PermissionSetArn', 'arn:aws:sso:::permissionset/ssoins-72231a2b3c4d5e6f/ps-3c4d5e6f708192a3'],
    ['InstanceArn', `${INSTANCE}0`],
    ['PrincipalType', 'user'],
  ])('with a malformed %s are refused', (name, value) =>
    inWorld({}, async ({ world, sso }) => {
      const input = { ...tuple(world, 'Billing', PROD, 'group:Auditors'), [name]: value };
      await expect(sso.send(new CreateAccountAssignmentCommand(input))).rejects.toThrow(named('ValidationException'));
    }),
  );

  test("are checked against the role's policy, for all resources together", () => {
    const action = ['sso:CreateAccountAssignment', 'sso:ListAccountAssignments'];
    const policy = {
      Statement: [
        { Effect: 'Allow', Action: action, Resource: [INSTANCE, `arn:aws:sso:::account/${PROD}`] },
        {
          Effect: 'Allow',
          Action: action,
          Resource: 'arn:aws:sso:::permissionSet/*',
          Condition: { StringEquals: { 'aws:ResourceTag/jit': 'true' } },
        },
        { Effect: 'Deny', Action: '*', Resource: '*ps-2b3c4d5e6f708192' },
      ],
    };
    return inWorld({ aws: { policy } }, async ({ world, sso }) => {
      const list = (permissionSet: string, account: string) => {
        const { PermissionSetArn } = tuple(world, permissionSet, account, 'group:Auditors');
        return sso.send(
          new ListAccountAssignmentsCommand({ InstanceArn: INSTANCE, AccountId: account, PermissionSetArn }),
        );
      };
      await list('IncidentAdmin', PROD);
      await expect(list('AdministratorAccess', PROD)).rejects.toThrow(
        /is not authorized to perform: sso:ListAccountAssignments on resource: .*ps-6f708192a3b4c5d6 because no identity-based policy/,
      );
      await expect(list('Billing', PROD)).rejects.toThrow(/explicit deny/);
      await expect(list('IncidentAdmin', '777788889999')).rejects.toThrow(/account\/777788889999/);
      await expect(sso.send(new ListInstancesCommand({}))).rejects.toThrow(named('AccessDeniedException'));
      expect(world.journal.of('ListInstances')[0]).toMatchObject({
        action: 'sso:ListInstances',
        denied: '*',
        code: 'AccessDeniedException',
        outcome: 'error',
      });
    });
  });

  test('are throttled together beyond the quota', () =>
    inWorld({ aws: { throttlePerSecond: 3 } }, async ({ world, sso }) => {
      const list = () => sso.send(new ListInstancesCommand({}));
      for (let count = 0; count < 3; count += 1) await list();
      await expect(list()).rejects.toThrow(named('ThrottlingException'));
      await world.advance(400);
      await list();
    }));
});

describe('the identity store', () => {
  const user = (path: string, value: string) =>
    new GetUserIdCommand({
      IdentityStoreId: STORE,
      AlternateIdentifier: { UniqueAttribute: { AttributePath: path, AttributeValue: value } },
    });

  test('finds users by name and email, groups by name', () =>
    inWorld({}, async ({ world, store }) => {
      const { principalId } = world.aws.estate.find.principal('user:alice@example.com');
      expect((await store.send(user('userName', 'alice@example.com'))).UserId).toBe(principalId);
      expect((await store.send(user('emails.value', 'alice@example.com'))).UserId).toBe(principalId);
      const [first, second] = [
        await store.send(user('userName', 'carol@example.com')),
        await store.send(user('emails.value', 'carol@example.com')),
      ];
      expect(first.UserId).not.toBe(second.UserId);
      await store.send(user('emails.value', 'shared@example.com'));
      const group = new GetGroupIdCommand({
        IdentityStoreId: STORE,
        AlternateIdentifier: { UniqueAttribute: { AttributePath: 'displayName', AttributeValue: 'Payments On-Call' } },
      });
      expect((await store.send(group)).GroupId).toBe(
        world.aws.estate.find.principal('group:Payments On-Call').principalId,
      );
      expect(
        (await store.send(new DescribeUserCommand({ IdentityStoreId: STORE, UserId: principalId }))).UserName,
      ).toBe('alice@example.com');
    }));

  test('names missing principals', () =>
    inWorld({}, async ({ store }) => {
      await expect(store.send(user('userName', 'Alice@example.com'))).rejects.toThrow(
        expect.objectContaining({
          name: 'ResourceNotFoundException',
          ResourceType: 'USER',
          RequestId: expect.any(String),
        }),
      );
      await expect(store.send(user('displayName', 'x'))).rejects.toThrow(named('ValidationException'));
      await expect(store.send(new ListUsersCommand({ IdentityStoreId: 'd-0000000000' }))).rejects.toThrow(
        expect.objectContaining({ ResourceType: 'IDENTITY_STORE' }),
      );
    }));
});

describe('organizations', () => {
  test('shows accounts, units and parents', () =>
    inWorld({}, async ({ organizations }) => {
      expect((await organizations.send(new DescribeOrganizationCommand({}))).Organization?.MasterAccountId).toBe(
        '444455556666',
      );
      expect((await organizations.send(new DescribeAccountCommand({ AccountId: '999900001111' }))).Account?.State).toBe(
        'SUSPENDED',
      );
      await expect(organizations.send(new DescribeAccountCommand({ AccountId: '000000000000' }))).rejects.toThrow(
        named('AccountNotFoundException'),
      );
      await expect(organizations.send(new ListAccountsCommand({ MaxResults: 21 }))).rejects.toThrow(
        named('InvalidInputException'),
      );
      expect((await organizations.send(new ListAccountsCommand({}))).Accounts).toHaveLength(8);
      const root = (await organizations.send(new ListRootsCommand({}))).Roots?.[0]?.Id;
      const units = await organizations.send(new ListOrganizationalUnitsForParentCommand({ ParentId: root }));
      expect(units.OrganizationalUnits?.map(({ Name }) => Name).sort()).toEqual(['Sandbox', 'Workloads']);
      const first = await organizations.send(new ListAccountsForParentCommand({ ParentId: 'ou-f6g7-prod0001' }));
      expect(first).toMatchObject({ Accounts: [], NextToken: expect.any(String) });
      const second = await organizations.send(
        new ListAccountsForParentCommand({ ParentId: 'ou-f6g7-prod0001', NextToken: first.NextToken }),
      );
      expect(second.Accounts?.map(({ Name }) => Name).sort()).toEqual(['legacy-billing', 'payments-prod']);
      const parents = await organizations.send(new ListParentsCommand({ ChildId: PROD }));
      expect(parents.Parents).toEqual([{ Id: 'ou-f6g7-prod0001', Type: 'ORGANIZATIONAL_UNIT' }]);
    }));

  test('is not available without an organization', () => {
    const { instances, identityProvider, repository, users, groups, permissionSets } = loadEstate();
    const alone: Estate = { instances, identityProvider, repository, users, groups, permissionSets };
    return inWorld({ estate: alone }, async ({ organizations }) => {
      await expect(organizations.send(new DescribeOrganizationCommand({}))).rejects.toThrow(
        named('AWSOrganizationsNotInUseException'),
      );
    });
  });
});

test('permission sets are described with their session', () =>
  inWorld({}, async ({ world, sso }) => {
    const { arn } = world.aws.estate.find.permissionSet('IncidentAdmin');
    const { PermissionSet: set } = await sso.send(
      new DescribePermissionSetCommand({ InstanceArn: INSTANCE, PermissionSetArn: arn }),
    );
    expect(set).toMatchObject({ Name: 'IncidentAdmin', SessionDuration: 'PT2H' });
  }));
