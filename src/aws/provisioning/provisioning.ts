import type { Budget } from '#access/clock';
import { absent, type Observation } from '#access/cloud';
import type { Provisioning } from '#access/grant';
import { everywhere } from '#access/plan/plan';
import { listing, unnamed } from '../assignments.ts';
import { provisioningKey, type Family } from '../family.ts';
import { latest, older, type Provisioned, type Side } from './provisioned.ts';
import { createPager, pageOf } from '../pages.ts';
import type { AwsSession } from '../session.ts';

export function keyOfProvisioning({ role, target }: Provisioning): string {
  return provisioningKey(target.id === everywhere ? undefined : target.id, role.id);
}

/** Reads which accounts have the latest version, by permission set or by account, whichever needs fewer requests. */
export function readProvisionings(
  provisioned: Provisioned,
  grants: readonly Provisioning[],
  budget: Budget,
): Promise<readonly Observation[]> {
  const side = cheaperSide(
    provisioned,
    grants.filter(({ target }) => target.id !== everywhere),
  );
  return Promise.all(
    grants.map((grant) =>
      grant.target.id === everywhere
        ? readEverywhere(provisioned, grant.role.id, budget)
        : readAccount(provisioned, side, grant, budget),
    ),
  );
}

function cheaperSide(provisioned: Provisioned, grants: readonly Provisioning[]): Side {
  const cost = (side: Side, ids: readonly string[]): number =>
    [...new Set(ids)].reduce((sum, id) => sum + provisioned.cost(side, id), 0);
  const byPermissionSet = cost(
    'permission-set',
    grants.map(({ role }) => role.id),
  );
  const byAccount = cost(
    'account',
    grants.map(({ target }) => target.id),
  );
  return byPermissionSet < byAccount ? 'permission-set' : 'account';
}

async function readAccount(
  provisioned: Provisioned,
  side: Side,
  { role, target }: Provisioning,
  budget: Budget,
): Promise<Observation> {
  const [id, wanted] = side === 'account' ? [target.id, role.id] : [role.id, target.id];
  // The search for outdated ones has read one of them already: then the other is seldom needed.
  const states = provisioned.isKnown(side, id, older) ? ([older, latest] as const) : ([latest, older] as const);
  for (const state of states) {
    if (!(await provisioned.of(side, id, state, budget)).has(wanted)) continue;
    return state === latest
      ? { standing: 'current', seen: unnamed }
      : { standing: 'outdated', seen: unnamed, outdated: [target.id] };
  }
  return absent;
}

async function readEverywhere(
  provisioned: Provisioned,
  permissionSetArn: string,
  budget: Budget,
): Promise<Observation> {
  const behind = await provisioned.of('permission-set', permissionSetArn, older, budget);
  if (behind.size > 0) return { standing: 'outdated', seen: unnamed, outdated: [...behind] };
  const current = await provisioned.of('permission-set', permissionSetArn, latest, budget);
  return current.size > 0 ? { standing: 'current', seen: unnamed } : absent;
}

/** ProvisionPermissionSet, and the calls that show its progress. */
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
    list: (state) =>
      createPager('sso:ListPermissionSetProvisioningStatus', (NextToken, budget) =>
        sso.read('ListPermissionSetProvisioningStatus', budget, async (client, options) => {
          const { ListPermissionSetProvisioningStatusCommand } = await import('@aws-sdk/client-sso-admin');
          const command = new ListPermissionSetProvisioningStatusCommand(listing(InstanceArn, state, NextToken));
          const answer = await client.send(command, options);
          return pageOf(answer, 'PermissionSetsProvisioningStatus');
        }),
      ),
  };
}
