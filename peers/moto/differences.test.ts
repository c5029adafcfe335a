import {
  CreateAccountAssignmentCommand,
  DescribePermissionSetCommand,
  ListAccountsForProvisionedPermissionSetCommand,
  ListInstancesCommand,
  ListPermissionSetsCommand,
  ListAccountAssignmentDeletionStatusCommand,
  ProvisionPermissionSetCommand,
} from '@aws-sdk/client-sso-admin';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { forgetAll, startMoto, type Moto } from './server.ts';
import { byNames, describeMoto, meet, type Meeting } from './support.ts';

/**
 * Where moto is known to differ from Identity Center, each in a line with what it means here, and as moto shows it: one that
 * moto mends is red here, and its line goes. What AWS does instead stands in the sources' comments and the rehearsal.
 */
const differences: readonly (readonly [difference: string, shown: (moto: Meeting) => Promise<void>])[] = [
  [
    'ARNs of permission sets are `instance/<ins>/ps-…`: taken as they are where moto returned them, refused as an input',
    async ({ permissionSetArn, step }) => {
      expect(permissionSetArn).toMatch(/^arn:aws:sso:::instance\/ssoins-\w{16}\/ps-\w{16}$/u);
      const { exitCode, log } = await step({ ...byNames, role: permissionSetArn });
      expect({ exitCode, log }).toEqual({ exitCode: 1, log: expect.stringContaining('role') });
    },
  ],
  [
    'List…Status operations are missing, an HTML page with status 500: a warning and a later re-read after ten seconds',
    async ({ sso, instanceArn }) => {
      const asked = sso.send(new ListAccountAssignmentDeletionStatusCommand({ InstanceArn: instanceArn }));
      await expect(asked).rejects.toMatchObject({ name: 'SyntaxError', $metadata: { httpStatusCode: 500 } });
    },
  ],
  [
    'an instance is ACTIVE in every Region, a different one in each: a wrong aws-region is not noticed',
    async ({ ssoIn, instanceArn }) => {
      const { Instances: [other] = [] } = await ssoIn('eu-west-1').send(new ListInstancesCommand({}));
      expect(other?.Status).toBe('ACTIVE');
      expect(other?.InstanceArn).not.toBe(instanceArn);
    },
  ],
  [
    'creations end SUCCEEDED at once, for accounts and principals that do not exist too: nothing is polled or adopted here',
    async ({ sso, instanceArn, permissionSetArn }) => {
      const { AccountAssignmentCreationStatus } = await sso.send(
        new CreateAccountAssignmentCommand({
          InstanceArn: instanceArn,
          PermissionSetArn: permissionSetArn,
          TargetId: '000000000000',
          TargetType: 'AWS_ACCOUNT',
          PrincipalType: 'USER',
          PrincipalId: '00000000-0000-4000-8000-000000000000',
        }),
      );
      expect(AccountAssignmentCreationStatus?.Status).toBe('SUCCEEDED');
    },
  ],
  [
    'a second creation of the same makes a second row, and a deletion removes one: two runs at once would need two revokes',
    async ({ grant, revoke, assignments }) => {
      await grant();
      await grant();
      expect(await assignments()).toHaveLength(2);
      await revoke();
      expect(await assignments()).toHaveLength(1);
    },
  ],
  [
    'a deletion has the request id of the creation',
    async ({ grant, revoke }) => {
      expect(await grant()).toBe(await revoke());
    },
  ],
  [
    'the session duration is the number 3600: how long open sessions last is said as “up to 12 hours”',
    async ({ sso, instanceArn, permissionSetArn }) => {
      const { PermissionSet } = await sso.send(
        new DescribePermissionSetCommand({ InstanceArn: instanceArn, PermissionSetArn: permissionSetArn }),
      );
      expect(PermissionSet?.SessionDuration).toBe(3600);
    },
  ],
  [
    'an assignment provisions nothing: a push to a named account that has one is refused as not provisioned',
    async ({ grant, step }) => {
      await grant();
      const { exitCode, log } = await step({ operation: 'provision', role: byNames.role, target: byNames.target });
      expect({ exitCode, log }).toEqual({ exitCode: 1, log: expect.stringContaining('It is not provisioned there') });
    },
  ],
  [
    'a push counts for the caller’s account only, and stays outdated: provision is red at its verification',
    async ({ sso, instanceArn, permissionSetArn, accountId }) => {
      const about = { InstanceArn: instanceArn, PermissionSetArn: permissionSetArn };
      await sso.send(new ProvisionPermissionSetCommand({ ...about, TargetType: 'AWS_ACCOUNT', TargetId: accountId }));
      for (const ProvisioningStatus of [
        'LATEST_PERMISSION_SET_PROVISIONED',
        'LATEST_PERMISSION_SET_NOT_PROVISIONED',
      ] as const) {
        const listing = new ListAccountsForProvisionedPermissionSetCommand({ ...about, ProvisioningStatus });
        expect((await sso.send(listing)).AccountIds).toEqual(['111122223333']);
      }
    },
  ],
  [
    'an instance that does not exist has an empty list of permission sets',
    async ({ sso }) => {
      const listing = new ListPermissionSetsCommand({ InstanceArn: 'arn:aws:sso:::instance/ssoins-0000000000000000' });
      expect((await sso.send(listing)).PermissionSets).toEqual([]);
    },
  ],
  [
    'STS takes any token for any role: what a trust policy refuses is for the rehearsal to show',
    async ({ sts }) => {
      const { Credentials } = await sts.send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: 'arn:aws:iam::111122223333:role/there-is-none',
          RoleSessionName: 'any',
          WebIdentityToken: 'this.is.nothing',
        }),
      );
      expect(Credentials?.SessionToken).toBeDefined();
    },
  ],
];

describeMoto('moto is known to differ:', () => {
  let moto: Moto | null = null;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto?.close());

  it.each(differences)('%s', async (_difference, shown) => {
    if (moto === null) throw new TypeError('moto was not started');
    await forgetAll(moto);
    await meet(moto, shown);
  });
});
