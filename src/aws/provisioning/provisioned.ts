import type { Budget } from '#access/clock';
import { createPager, pageOf, readAll, type Pager } from '../pages.ts';
import type { AwsSession } from '../session.ts';

/** State of a permission set on an account: its latest version, or an older one. */
type VersionState = typeof latest | typeof older;

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

/** The accounts that have a permission set in this state, page by page; `null` for those of both states. */
export function listAccountsWith(
  session: AwsSession,
  InstanceArn: string,
  PermissionSetArn: string,
  state: VersionState | null,
): Pager<string> {
  return createPager('sso:ListAccountsForProvisionedPermissionSet', (NextToken, budget) =>
    session.sso.read('ListAccountsForProvisionedPermissionSet', budget, async (client, options) => {
      const { ListAccountsForProvisionedPermissionSetCommand } = await import('@aws-sdk/client-sso-admin');
      const command = new ListAccountsForProvisionedPermissionSetCommand({
        InstanceArn,
        PermissionSetArn,
        MaxResults: 100,
        NextToken,
        ...(state === null ? {} : { ProvisioningStatus: state }),
      });
      const answer = await client.send(command, options);
      return pageOf(answer, 'AccountIds');
    }),
  );
}

/** The lists to read: those of permission sets, or those of accounts. */
export type Side = 'permission-set' | 'account';

/**
 * The provisioned permission sets with their versions, as they are now: each list is read once. Only the list calls have
 * them, by permission set or by account. Source: docs/design/aws.md#provisioned-permission-sets.
 */
export interface Provisioned {
  /** The accounts that have a permission set in this state, or the permission sets that an account has. */
  of(side: Side, id: string, state: VersionState, budget: Budget): Promise<ReadonlySet<string>>;
  isKnown(side: Side, id: string, state: VersionState): boolean;
  /** The expected number of requests that an answer needs. */
  cost(side: Side, id: string): number;
}

/** @param lengths pages that each list had when it was last read, an estimate of its present length */
export function readProvisioned(session: AwsSession, instanceArn: string, lengths: Map<string, number>): Provisioned {
  const asked = new Map<string, Promise<ReadonlySet<string>>>();
  const keyOf = (side: Side, id: string, state: VersionState): string => `${side} ${id} ${state}`;

  const read = async (side: Side, id: string, state: VersionState, budget: Budget): Promise<ReadonlySet<string>> => {
    const pager =
      side === 'account'
        ? listPermissionSetsOn(session, instanceArn, id, state)
        : listAccountsWith(session, instanceArn, id, state);
    const all = await readAll(pager, budget);
    lengths.set(keyOf(side, id, state), pager.pagesRead());
    return new Set(all);
  };

  return {
    of(side, id, state, budget) {
      const key = keyOf(side, id, state);
      const answer = asked.get(key) ?? read(side, id, state, budget);
      asked.set(key, answer);
      return answer;
    },
    isKnown: (side, id, state) => asked.has(keyOf(side, id, state)),
    cost(side, id) {
      // Outdated ones are listed to update them: then the list of the others is not needed.
      if (asked.has(keyOf(side, id, older))) return 0;
      const costs = ([latest, older] as const).map((state) => {
        const key = keyOf(side, id, state);
        return asked.has(key) ? 0 : (lengths.get(key) ?? 1);
      });
      return costs.reduce((sum, cost) => sum + cost, 0);
    },
  };
}
