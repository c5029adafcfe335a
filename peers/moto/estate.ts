import { CreateGroupCommand, CreateUserCommand, IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { CreateAccountCommand, CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import {
  CreateAccountAssignmentCommand,
  CreatePermissionSetCommand,
  DeleteAccountAssignmentCommand,
  ListAccountAssignmentsCommand,
  ListInstancesCommand,
  SSOAdminClient,
  type AccountAssignment,
} from '@aws-sdk/client-sso-admin';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

import type { Moto } from './server.ts';

/** What the README's examples name, in moto, and moto's own word on what is assigned. */
export interface MotoEstate {
  readonly instanceArn: string;
  readonly permissionSetArn: string;
  readonly accountId: string;
  readonly userId: string;
  readonly groupId: string;
  readonly sso: SSOAdminClient;
  readonly ssoIn: (region: string) => SSOAdminClient;
  readonly sts: STSClient;
  /** Somebody else assigns it to the group or takes it away. */
  readonly grant: () => Promise<string | undefined>;
  readonly revoke: () => Promise<string | undefined>;
  readonly assignments: () => Promise<readonly AccountAssignment[]>;
}

export const roleArn = 'arn:aws:iam::111122223333:role/access-broker';
export const region = 'us-east-1';

/** Makes it with the SDK's own clients, in the account of the role that the action assumes. */
export async function makeEstate({ url }: Moto): Promise<MotoEstate> {
  const config = { endpoint: url, region, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
  const sts = new STSClient(config);
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'estate' }));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const ssoIn = (of: string): SSOAdminClient => new SSOAdminClient({ ...config, region: of, credentials });
  const sso = ssoIn(region);
  const identities = new IdentitystoreClient({ ...config, credentials });
  const organizations = new OrganizationsClient({ ...config, credentials });

  await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  const account = await organizations.send(
    new CreateAccountCommand({ AccountName: 'payments-prod', Email: 'payments@example.com' }),
  );
  const { Instances: [instance] = [] } = await sso.send(new ListInstancesCommand({}));
  const [IdentityStoreId, InstanceArn] = [instance?.IdentityStoreId ?? '', instance?.InstanceArn ?? ''];
  const user = await identities.send(
    new CreateUserCommand({
      IdentityStoreId,
      UserName: 'alice@example.com',
      DisplayName: 'Alice Liddell',
      Name: { GivenName: 'Alice', FamilyName: 'Liddell' },
      Emails: [{ Value: 'alice@example.com', Type: 'work', Primary: true }],
    }),
  );
  const group = await identities.send(new CreateGroupCommand({ IdentityStoreId, DisplayName: 'Payments On-Call' }));
  const { PermissionSet } = await sso.send(new CreatePermissionSetCommand({ InstanceArn, Name: 'IncidentAdmin' }));
  const place = {
    InstanceArn,
    AccountId: account.CreateAccountStatus?.AccountId ?? '',
    PermissionSetArn: PermissionSet?.PermissionSetArn ?? '',
  };
  const toGroup = {
    InstanceArn,
    TargetId: place.AccountId,
    TargetType: 'AWS_ACCOUNT',
    PermissionSetArn: place.PermissionSetArn,
    PrincipalType: 'GROUP',
    PrincipalId: group.GroupId,
  } as const;
  return {
    instanceArn: InstanceArn,
    permissionSetArn: place.PermissionSetArn,
    accountId: place.AccountId,
    userId: user.UserId ?? '',
    groupId: group.GroupId ?? '',
    sso,
    ssoIn,
    sts,
    grant: async () =>
      (await sso.send(new CreateAccountAssignmentCommand(toGroup))).AccountAssignmentCreationStatus?.RequestId,
    revoke: async () =>
      (await sso.send(new DeleteAccountAssignmentCommand(toGroup))).AccountAssignmentDeletionStatus?.RequestId,
    assignments: async () => (await sso.send(new ListAccountAssignmentsCommand(place))).AccountAssignments ?? [],
  };
}
