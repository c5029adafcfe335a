import { describe, expect, test } from '@jest/globals';
import {
  CreateAccountAssignmentCommand,
  DeleteAccountAssignmentCommand,
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribePermissionSetProvisioningStatusCommand,
  ListAccountAssignmentCreationStatusCommand,
  ListAccountAssignmentsCommand,
  ListAccountsForProvisionedPermissionSetCommand,
  ListPermissionSetsProvisionedToAccountCommand,
  ProvisionPermissionSetCommand,
} from '@aws-sdk/client-sso-admin';

import { clientsOf, INSTANCE, inWorld, MANAGEMENT, PROD, STAGING, tuple } from './cloud-support.ts';

const onCall = ['IncidentAdmin', 'payments-prod', 'group:Payments On-Call'] as const;
const assignment = { permissionSet: onCall[0], account: onCall[1], principal: onCall[2] };

describe('an assignment', () => {
  test('takes time, then exists, and its permission set is provisioned', () =>
    inWorld({}, async ({ world, sso }) => {
      const input = tuple(world, ...onCall);
      const { AccountAssignmentCreationStatus: started } = await sso.send(new CreateAccountAssignmentCommand(input));
      expect(started).toMatchObject({ Status: 'IN_PROGRESS', TargetId: PROD });
      const describeIt = new DescribeAccountAssignmentCreationStatusCommand({
        InstanceArn: INSTANCE,
        AccountAssignmentCreationRequestId: started?.RequestId,
      });
      await world.advance(2400);
      expect((await sso.send(describeIt)).AccountAssignmentCreationStatus?.Status).toBe('IN_PROGRESS');
      expect(world.aws.estate.has(assignment)).toBe(false);
      await world.advance(100);
      expect((await sso.send(describeIt)).AccountAssignmentCreationStatus?.Status).toBe('SUCCEEDED');
      const list = new ListAccountAssignmentsCommand({
        InstanceArn: INSTANCE,
        AccountId: PROD,
        PermissionSetArn: input.PermissionSetArn,
      });
      expect((await sso.send(list)).AccountAssignments).toEqual([
        {
          AccountId: PROD,
          PermissionSetArn: input.PermissionSetArn,
          PrincipalType: 'GROUP',
          PrincipalId: input.PrincipalId,
        },
      ]);
      const sets = await sso.send(
        new ListPermissionSetsProvisionedToAccountCommand({ InstanceArn: INSTANCE, AccountId: PROD }),
      );
      expect(sets.PermissionSets).toContain(input.PermissionSetArn);
      await sso.send(new CreateAccountAssignmentCommand(input));
      await world.advance(2500);
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
      expect(world.aws.estate.operations().map(({ status, changed }) => [status, changed])).toEqual([
        ['SUCCEEDED', true],
        ['SUCCEEDED', false],
      ]);
    }));

  test('is deleted, and with the last one the role; a missing one is not found', () =>
    inWorld({}, async ({ world, sso }) => {
      const input = tuple(world, ...onCall);
      await expect(sso.send(new DeleteAccountAssignmentCommand(input))).rejects.toThrow(
        expect.objectContaining({ name: 'ResourceNotFoundException' }),
      );
      world.aws.estate.add(assignment);
      const { AccountAssignmentDeletionStatus: started } = await sso.send(new DeleteAccountAssignmentCommand(input));
      await world.advance(2500);
      const { AccountAssignmentDeletionStatus: ended } = await sso.send(
        new DescribeAccountAssignmentDeletionStatusCommand({
          InstanceArn: INSTANCE,
          AccountAssignmentDeletionRequestId: started?.RequestId,
        }),
      );
      expect(ended).toMatchObject({ Status: 'SUCCEEDED', PrincipalId: input.PrincipalId });
      expect(world.aws.estate.has(assignment)).toBe(false);
      expect(world.aws.estate.provisioned()).not.toContainEqual(
        expect.objectContaining({ permissionSetArn: input.PermissionSetArn }),
      );
    }));

  test('one operation at a time per account; fifteen creations in all', () =>
    inWorld({}, async ({ world, sso }) => {
      for (let index = 0; index < 16; index += 1)
        world.aws.estate.putAccount({
          id: `5000000000${String(index).padStart(2, '0')}`,
          name: `a${String(index)}`,
          parent: 'r-f6g7',
        });
      const create = (account: string) =>
        sso.send(new CreateAccountAssignmentCommand(tuple(world, 'Billing', account, 'group:Auditors')));
      await create('500000000000');
      await expect(create('500000000000')).rejects.toThrow(expect.objectContaining({ name: 'ConflictException' }));
      for (let index = 1; index < 15; index += 1) await create(`5000000000${String(index).padStart(2, '0')}`);
      await expect(create('500000000015')).rejects.toThrow(/too many outstanding/);
      await world.advance(2500);
      await create('500000000015');
    }));

  test('fails for causes in the estate, and as scripted', () =>
    inWorld({}, async ({ world, sso }) => {
      const reasonOf = async (
        permissionSet: string,
        account: string,
        principal: string,
      ): Promise<string | undefined> => {
        await sso.send(new CreateAccountAssignmentCommand(tuple(world, permissionSet, account, principal)));
        await world.advance(2500);
        const { status, failureReason, changed } = world.aws.estate.operations().at(-1) ?? {};
        expect([status, changed]).toEqual(['FAILED', false]);
        return failureReason;
      };
      expect(await reasonOf('NeedsPolicy', 'payments-staging', 'group:Auditors')).toMatch(/payments-boundary/);
      expect(await reasonOf('Billing', 'legacy-billing', 'group:Payments On-Call')).toMatch(/Obtaining permissions/);
      const input = tuple(world, 'Billing', STAGING, 'user:alice@example.com');
      world.aws.estate.removePrincipal('user:alice@example.com');
      await sso.send(new CreateAccountAssignmentCommand(input));
      await world.advance(2500);
      expect(world.aws.estate.operations().at(-1)?.failureReason).toBe(
        `Received a 404 status error: the USER assignee ${input.PrincipalId} was not found in directory d-90679a1b2c`,
      );
      world.script.outcome({ kind: 'create' }, { status: 'FAILED', failureReason: 'why', immediate: true });
      const { AccountAssignmentCreationStatus: failed } = await sso.send(
        new CreateAccountAssignmentCommand(tuple(world, ...onCall)),
      );
      expect(failed).toMatchObject({ Status: 'FAILED', FailureReason: 'why' });
      world.script.outcome({ kind: 'create' }, { status: 'SUCCEEDED', effect: false, immediate: true });
      const { AccountAssignmentCreationStatus: absent } = await sso.send(
        new CreateAccountAssignmentCommand(tuple(world, ...onCall)),
      );
      expect(absent).toMatchObject({ Status: 'SUCCEEDED' });
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
      const unknown = { ...tuple(world, ...onCall), TargetId: '999999999999' };
      await sso.send(new CreateAccountAssignmentCommand(unknown));
      await world.advance(2500);
      expect(world.aws.estate.operations().at(-1)).toMatchObject({ status: 'SUCCEEDED', changed: false });
    }));

  test('is visible late where reads lag', () =>
    inWorld({ aws: { lag: { assignmentsMs: 3000, statusMs: 1000 } } }, async ({ world, sso }) => {
      const input = tuple(world, ...onCall);
      const { AccountAssignmentCreationStatus: started } = await sso.send(new CreateAccountAssignmentCommand(input));
      const describeIt = new DescribeAccountAssignmentCreationStatusCommand({
        InstanceArn: INSTANCE,
        AccountAssignmentCreationRequestId: started?.RequestId,
      });
      const list = async (): Promise<number | undefined> =>
        (
          await sso.send(
            new ListAccountAssignmentsCommand({
              InstanceArn: INSTANCE,
              AccountId: PROD,
              PermissionSetArn: input.PermissionSetArn,
            }),
          )
        ).AccountAssignments?.length;
      await expect(sso.send(describeIt)).rejects.toThrow(
        expect.objectContaining({ name: 'ResourceNotFoundException' }),
      );
      await world.advance(5000);
      expect((await sso.send(describeIt)).AccountAssignmentCreationStatus?.Status).toBe('SUCCEEDED');
      expect([world.aws.estate.has(assignment), await list()]).toEqual([true, 0]);
      await world.advance(500);
      expect(await list()).toBe(1);
      world.script.at(1000, () => {
        world.aws.estate.remove(assignment);
      });
      expect(await list()).toBe(1);
      await world.advance(1000);
      expect(await list()).toBe(0);
    }));

  test('of another caller is listed with three members, in pages', () =>
    inWorld({}, async ({ world, sso }) => {
      world.aws.estate.start('create', assignment, { durationMs: 60_000 });
      world.aws.estate.start('create', { ...assignment, account: STAGING }, { immediate: true });
      const all = [];
      let pages = 0;
      for (let NextToken: string | undefined; pages === 0 || NextToken !== undefined; pages += 1) {
        const answer = await sso.send(
          new ListAccountAssignmentCreationStatusCommand({
            InstanceArn: INSTANCE,
            MaxResults: 1,
            ...(NextToken === undefined ? {} : { NextToken }),
          }),
        );
        all.push(...(answer.AccountAssignmentsCreationStatus ?? []));
        ({ NextToken } = answer);
      }
      expect(pages).toBe(3); // one of them is empty
      expect(all.map(({ Status }) => Status).sort()).toEqual(['IN_PROGRESS', 'SUCCEEDED']);
      expect(Object.keys(all[0] ?? {}).sort()).toEqual(['CreatedDate', 'RequestId', 'Status']);
      await expect(
        sso.send(new ListAccountAssignmentCreationStatusCommand({ InstanceArn: INSTANCE, NextToken: 'abc' })),
      ).rejects.toThrow(/NextToken/);
    }));
});

describe('a provisioning', () => {
  test('updates outdated permission sets', () =>
    inWorld({}, async ({ world, sso }) => {
      const { arn } = world.aws.estate.find.permissionSet('ReadOnlyAccess');
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
      const stale = new ListAccountsForProvisionedPermissionSetCommand({
        InstanceArn: INSTANCE,
        PermissionSetArn: arn,
        ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED',
      });
      expect((await sso.send(stale)).AccountIds).toEqual([PROD]);
      await sso.send(
        new ProvisionPermissionSetCommand({
          InstanceArn: INSTANCE,
          PermissionSetArn: arn,
          TargetType: 'AWS_ACCOUNT',
          TargetId: PROD,
        }),
      );
      await world.advance(2500);
      expect((await sso.send(stale)).AccountIds).toEqual([]);
      expect(world.aws.estate.effectiveChanges()).toMatchObject([{ kind: 'provision', accountId: PROD }]);
    }));

  test('of all accounts is one request; one failing account fails it, the others are done', () =>
    inWorld({}, async ({ world, sso }) => {
      const { arn } = world.aws.estate.find.permissionSet('ReadOnlyAccess');
      world.aws.estate.edit('ReadOnlyAccess');
      world.script.outcome({ kind: 'provision' }, { partial: [STAGING] });
      const all = new ProvisionPermissionSetCommand({
        InstanceArn: INSTANCE,
        PermissionSetArn: arn,
        TargetType: 'ALL_PROVISIONED_ACCOUNTS',
      });
      const { PermissionSetProvisioningStatus: started } = await sso.send(all);
      await expect(sso.send(all)).rejects.toThrow(expect.objectContaining({ name: 'ConflictException' }));
      await world.advance(2500);
      const { PermissionSetProvisioningStatus: ended } = await sso.send(
        new DescribePermissionSetProvisioningStatusCommand({
          InstanceArn: INSTANCE,
          ProvisionPermissionSetRequestId: started?.RequestId,
        }),
      );
      expect(ended).toMatchObject({ Status: 'FAILED', FailureReason: expect.stringContaining(STAGING) });
      expect(world.aws.estate.outdated().map(({ accountId }) => accountId)).toEqual([STAGING]);
    }));
});

describe('a delegated administrator', () => {
  test('cannot change the management account, nor a permission set that is provisioned there', () =>
    inWorld({}, async ({ world, sso }) => {
      const create = (permissionSet: string, account: string) =>
        sso.send(new CreateAccountAssignmentCommand(tuple(world, permissionSet, account, 'group:Auditors')));
      await expect(create('Billing', MANAGEMENT)).rejects.toThrow(
        /not authorized to perform: sso:CreateAccountAssignment on resource: .*:account\/444455556666/,
      );
      await expect(create('BreakGlass', PROD)).rejects.toThrow(/on resource: .*ps-4d5e6f708192a3b4/);
    }));

  test("the management account's role needs IAM permissions there", () =>
    inWorld(
      {
        aws: {
          roleArn: `arn:aws:iam::${MANAGEMENT}:role/broker`,
          policy: { Statement: [{ Effect: 'Allow', Action: 'sso:*', Resource: '*' }] },
        },
      },
      async ({ world, sso }) => {
        await sso.send(new CreateAccountAssignmentCommand(tuple(world, 'BreakGlass', MANAGEMENT, 'group:Auditors')));
        await world.advance(2500);
        expect(world.aws.estate.operations()[0]?.failureReason).toMatch(
          /^Received a 403 status error: Access denied by IAM.*iam:CreateRole/,
        );
        const { InstanceArn, PermissionSetArn, TargetType, TargetId } = tuple(
          world,
          'BreakGlass',
          MANAGEMENT,
          'group:Auditors',
        );
        await sso.send(new ProvisionPermissionSetCommand({ InstanceArn, PermissionSetArn, TargetType, TargetId }));
        await world.advance(2500);
        expect(world.aws.estate.operations()[1]?.failureReason).toMatch(/Access denied by IAM.*iam:CreateRole/);
      },
    ));

  test('other accounts are refused', () =>
    inWorld({ aws: { roleArn: `arn:aws:iam::${PROD}:role/broker` } }, async ({ world }) => {
      const { sso } = clientsOf(world);
      await expect(sso.send(new ListAccountAssignmentCreationStatusCommand({ InstanceArn: INSTANCE }))).rejects.toThrow(
        expect.objectContaining({ name: 'AccessDeniedException' }),
      );
    }));
});
