import type { Budget } from '../access/clock.ts';
import { absent, type Observation } from '../access/cloud.ts';
import type { Provisioning } from '../access/grant.ts';
import { everywhere } from '../access/plan.ts';
import { listing, unnamed } from './assignments.ts';
import { provisioningKey, type Family } from './family.ts';
import { pages } from './pages.ts';
import { provisionedTo } from './permission-sets.ts';
import type { AwsSession } from './session.ts';

type VersionState = 'LATEST_PERMISSION_SET_PROVISIONED' | 'LATEST_PERMISSION_SET_NOT_PROVISIONED';

export function keyOfProvisioning({ role, target }: Provisioning): string {
  return provisioningKey(target.id === everywhere ? undefined : target.id, role.id);
}

/** Reads which accounts have the latest version. Only the list calls know that. Source: aws-identity-center §2.3. */
export function readProvisionings(
  session: AwsSession,
  instanceArn: string,
  grants: readonly Provisioning[],
  budget: Budget,
): Promise<readonly Observation[]> {
  return Promise.all(
    grants.map((grant) =>
      grant.target.id === everywhere
        ? readEverywhere(session, instanceArn, grant.role.id, budget)
        : readAccount(session, instanceArn, grant, budget),
    ),
  );
}

async function readAccount(
  session: AwsSession,
  instanceArn: string,
  { role, target }: Provisioning,
  budget: Budget,
): Promise<Observation> {
  const latest = await provisionedTo(session, instanceArn, target.id, budget, 'LATEST_PERMISSION_SET_PROVISIONED');
  if (latest.includes(role.id)) return { standing: 'current', seen: unnamed };
  const older = await provisionedTo(session, instanceArn, target.id, budget, 'LATEST_PERMISSION_SET_NOT_PROVISIONED');
  return older.includes(role.id) ? { standing: 'outdated', seen: unnamed, outdated: [target.id] } : absent;
}

async function readEverywhere(
  session: AwsSession,
  instanceArn: string,
  permissionSetArn: string,
  budget: Budget,
): Promise<Observation> {
  const older = await accountsWith(
    session,
    instanceArn,
    permissionSetArn,
    'LATEST_PERMISSION_SET_NOT_PROVISIONED',
    budget,
  );
  if (older.length > 0) return { standing: 'outdated', seen: unnamed, outdated: older };
  const latest = await accountsWith(
    session,
    instanceArn,
    permissionSetArn,
    'LATEST_PERMISSION_SET_PROVISIONED',
    budget,
  );
  return latest.length > 0 ? { standing: 'current', seen: unnamed } : absent;
}

function accountsWith(
  session: AwsSession,
  InstanceArn: string,
  PermissionSetArn: string,
  ProvisioningStatus: VersionState,
  budget: Budget,
): Promise<readonly string[]> {
  return pages((NextToken) =>
    session.sso.read('ListAccountsForProvisionedPermissionSet', budget, async (client, options) => {
      const { ListAccountsForProvisionedPermissionSetCommand } = await import('@aws-sdk/client-sso-admin');
      const input = { InstanceArn, PermissionSetArn, ProvisioningStatus, MaxResults: 100, NextToken };
      const answer = await client.send(new ListAccountsForProvisionedPermissionSetCommand(input), options);
      return { items: answer.AccountIds, next: answer.NextToken };
    }),
  );
}

/** ProvisionPermissionSet and what tells how it goes. */
export function provisionings(session: AwsSession, InstanceArn: string): Family {
  const { sso } = session;
  return {
    call: 'ProvisionPermissionSet',
    start: ({ grant }, budget) =>
      sso.once('ProvisionPermissionSet', budget, async (client, options) => {
        const { ProvisionPermissionSetCommand } = await import('@aws-sdk/client-sso-admin');
        const target =
          grant.target.id === everywhere
            ? ({ TargetType: 'ALL_PROVISIONED_ACCOUNTS' } as const)
            : ({ TargetType: 'AWS_ACCOUNT', TargetId: grant.target.id } as const);
        const input = { InstanceArn, PermissionSetArn: grant.role.id, ...target };
        return (
          (await client.send(new ProvisionPermissionSetCommand(input), options)).PermissionSetProvisioningStatus ?? {}
        );
      }),
    describe: (id, budget) =>
      sso.read('DescribePermissionSetProvisioningStatus', budget, async (client, options) => {
        const { DescribePermissionSetProvisioningStatusCommand } = await import('@aws-sdk/client-sso-admin');
        const input = { InstanceArn, ProvisionPermissionSetRequestId: id };
        const answer = await client.send(new DescribePermissionSetProvisioningStatusCommand(input), options);
        const status = answer.PermissionSetProvisioningStatus ?? {};
        return { status, key: provisioningKey(status.AccountId, status.PermissionSetArn) };
      }),
    list: (state, budget) =>
      pages((NextToken) =>
        sso.read('ListPermissionSetProvisioningStatus', budget, async (client, options) => {
          const { ListPermissionSetProvisioningStatusCommand } = await import('@aws-sdk/client-sso-admin');
          const command = new ListPermissionSetProvisioningStatusCommand(listing(InstanceArn, state, NextToken));
          const answer = await client.send(command, options);
          return { items: answer.PermissionSetsProvisioningStatus, next: answer.NextToken };
        }),
      ),
  };
}
