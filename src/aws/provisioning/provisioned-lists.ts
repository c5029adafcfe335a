import type { Budget } from '#access/clock';
import { createPager, readAll, type Pager, pageOf } from '../pages.ts';
import type { AwsSession } from '../session.ts';

/** Whether an account has the latest version of a permission set. */
export type VersionState = typeof latest | typeof older;

export const latest = 'LATEST_PERMISSION_SET_PROVISIONED';
export const older = 'LATEST_PERMISSION_SET_NOT_PROVISIONED';

/** The permission sets that an account has, of either version state. */
export function provisionedTo(
  session: AwsSession,
  instanceArn: string,
  accountId: string,
  budget: Budget,
): Promise<readonly string[]> {
  return readAll(listPermissionSetsOn(session, instanceArn, accountId, null), budget);
}

/** The permission sets that an account has, page by page; `null` for those of both states. */
export function listPermissionSetsOn(
  session: AwsSession,
  InstanceArn: string,
  AccountId: string,
  state: VersionState | null,
): Pager<string> {
  return createPager('sso:ListPermissionSetsProvisionedToAccount', (NextToken, budget) =>
    session.sso.read('ListPermissionSetsProvisionedToAccount', budget, async (client, options) => {
      const { ListPermissionSetsProvisionedToAccountCommand } = await import('@aws-sdk/client-sso-admin');
      const command = new ListPermissionSetsProvisionedToAccountCommand({
        InstanceArn,
        AccountId,
        MaxResults: 100,
        NextToken,
        ...(state === null ? {} : { ProvisioningStatus: state }),
      });
      const answer = await client.send(command, options);
      return pageOf(answer, 'PermissionSets');
    }),
  );
}

/** The accounts that have a permission set in this state, page by page. */
export function listAccountsWith(
  session: AwsSession,
  InstanceArn: string,
  PermissionSetArn: string,
  ProvisioningStatus: VersionState,
): Pager<string> {
  return createPager('sso:ListAccountsForProvisionedPermissionSet', (NextToken, budget) =>
    session.sso.read('ListAccountsForProvisionedPermissionSet', budget, async (client, options) => {
      const { ListAccountsForProvisionedPermissionSetCommand } = await import('@aws-sdk/client-sso-admin');
      const input = { InstanceArn, PermissionSetArn, ProvisioningStatus, MaxResults: 100, NextToken };
      const answer = await client.send(new ListAccountsForProvisionedPermissionSetCommand(input), options);
      return pageOf(answer, 'AccountIds');
    }),
  );
}
