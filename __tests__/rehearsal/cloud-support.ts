import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';

import { startWorld, type World, type WorldOptions } from '../../rehearsal/world.ts';

export const INSTANCE = 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f';
export const STORE = 'd-90679a1b2c';
export const PROD = '123456789012';
export const STAGING = '777788889999';
export const MANAGEMENT = '444455556666';
export const BROKER = 'arn:aws:iam::111122223333:role/access-broker';

export interface Clients {
  readonly world: World;
  readonly sso: SSOAdminClient;
  readonly store: IdentitystoreClient;
  readonly organizations: OrganizationsClient;
  readonly sts: STSClient;
}

/** The official clients, signed in, without retries of their own. */
export function clientsOf(
  world: World,
  region = 'us-east-1',
  override: Readonly<Record<string, string>> = {},
): Clients {
  const ambient = { ...world.aws.ambientCredentials(), ...override };
  const settings = {
    region,
    maxAttempts: 1,
    endpoint: world.env['AWS_ENDPOINT_URL_SSO_ADMIN'] ?? '',
    credentials: {
      accessKeyId: ambient['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: ambient['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: ambient['AWS_SESSION_TOKEN'] ?? '',
    },
    systemClockOffset: world.now() - Date.now(),
  };
  return {
    world,
    sso: new SSOAdminClient(settings),
    store: new IdentitystoreClient(settings),
    organizations: new OrganizationsClient(settings),
    sts: new STSClient(settings),
  };
}

export async function inWorld(options: WorldOptions, use: (clients: Clients) => Promise<void>): Promise<void> {
  const world = await startWorld({ ...options, aws: { throttlePerSecond: null, ...options.aws } });
  const clients = clientsOf(world);
  try {
    await use(clients);
  } finally {
    for (const client of [clients.sso, clients.store, clients.organizations, clients.sts]) client.destroy();
    await world.close();
  }
}

/** An ID token in the form that a step gets. */
export async function idToken(world: World, audience = 'sts.amazonaws.com', variables = world.env): Promise<string> {
  const answer = await fetch(`${variables['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? ''}&audience=${audience}`, {
    headers: { authorization: `Bearer ${variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''}` },
  });
  const { value } = (await answer.json()) as { readonly value: string };
  return value;
}

export function assume(
  token: string,
  role = BROKER,
  more: { readonly DurationSeconds?: number } = {},
): AssumeRoleWithWebIdentityCommand {
  return new AssumeRoleWithWebIdentityCommand({
    RoleArn: role,
    RoleSessionName: 'test',
    WebIdentityToken: token,
    ...more,
  });
}

/** The parameters of an assignment by names. */
export function tuple(
  { aws: { estate } }: World,
  permissionSet: string,
  account: string,
  principal: string,
): {
  readonly InstanceArn: string;
  readonly TargetType: 'AWS_ACCOUNT';
  readonly TargetId: string;
  readonly PermissionSetArn: string;
  readonly PrincipalType: 'USER' | 'GROUP';
  readonly PrincipalId: string;
} {
  const { accountId, permissionSetArn, principalType, principalId } = estate.find.assignment({
    permissionSet,
    account,
    principal,
  });
  return {
    InstanceArn: INSTANCE,
    TargetType: 'AWS_ACCOUNT',
    TargetId: accountId,
    PermissionSetArn: permissionSetArn,
    PrincipalType: principalType,
    PrincipalId: principalId,
  };
}
