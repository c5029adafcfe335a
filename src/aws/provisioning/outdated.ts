import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import type { Organization } from '../resolve/organization.ts';
import { older, type Provisioned } from './provisioned.ts';

/** A permission set on an account. */
export interface Pair {
  readonly permissionSet: string;
  readonly account: string;
}

/** The accounts that have an older version of a permission set. */
export type AccountsBehind = (permissionSet: string) => Promise<ReadonlySet<string>>;

/** Most permission sets for which the accounts are not counted: that could need as many requests as it saves. */
const fewPermissionSets = 5;

/**
 * The accounts where these permission sets are provisioned in an older version, found by permission set or by account,
 * whichever are fewer. The order is the same in every run. Source: docs/design/aws.md#provisioned-permission-sets.
 */
export async function findOutdated(
  provisioned: Provisioned,
  organization: Organization,
  permissionSets: readonly string[],
  accountsBehind: AccountsBehind,
  budget: Budget,
): Promise<readonly Pair[]> {
  const accounts = await fewerAccounts(organization, permissionSets.length, budget);
  const wanted = new Set(permissionSets);
  const found =
    accounts === null
      ? permissionSets.map(async (permissionSet) => {
          const behind = await accountsBehind(permissionSet);
          return [...behind].map((account) => ({ permissionSet, account }));
        })
      : accounts.map(async (account) => {
          const behind = await provisioned.of('account', account, older, budget);
          return [...behind].filter((it) => wanted.has(it)).map((permissionSet) => ({ permissionSet, account }));
        });
  const keyOf = ({ permissionSet, account }: Pair): string => `${permissionSet} ${account}`;
  return (await Promise.all(found)).flat().sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** The accounts of the organization if they are fewer than the permission sets; counts no further than needed. */
function fewerAccounts(
  organization: Organization,
  permissionSets: number,
  budget: Budget,
): Promise<readonly string[] | null> {
  const { sweep } = organization;
  return organization.alone(async () => {
    if (permissionSets <= fewPermissionSets) return null;
    while (!sweep.isDone() && sweep.items.length < permissionSets) {
      const denied = await sweep.next(budget).then(() => false, instead('denied', true));
      if (denied) return null;
    }
    return sweep.isDone() && sweep.items.length < permissionSets ? sweep.items.map(({ id }) => id) : null;
  });
}
