import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import { inTurns } from '#access/turns';
import { listAccountsWith, provisionedTo } from '../provisioning/provisioned.ts';
import { readAll } from '../pages.ts';
import { rowsOfPlace, type Row } from './requests.ts';
import { hasPlace, type Scope } from './select.ts';
import type { AccessTools, Attached } from './tools.ts';

type Place = Pick<Row, 'account' | 'permissionSet'>;

/** Most lists that are read at once: enough to use the quota, and few enough to keep what is read in memory small. */
const atOnce = 32;
/** Items on a page of AWS. */
const onPage = 100;

/**
 * All assignments in these scopes. No request lists all: there is one for each permission set on an account. First,
 * lists of provisioned permission sets show where any assignment can be: creating one provisions its permission set.
 * Source: docs/design/aws.md#provisioned-permission-sets.
 */
export async function walk(
  scopes: readonly Scope[],
  tools: AccessTools,
  attached: Attached,
  budget: Budget,
): Promise<readonly Row[]> {
  const { arn } = attached.instance;
  const places = await placesOf(scopes, tools, attached, budget);
  const lists = await inTurns(places, atOnce, (place) => rowsOfPlace(tools.session, arn, place, budget));
  return lists.flat();
}

async function placesOf(
  scopes: readonly Scope[],
  { session, organization }: AccessTools,
  { instance, permissionSets }: Attached,
  budget: Budget,
): Promise<readonly Place[]> {
  const isMeant = ({ account, permissionSet }: Place): boolean =>
    scopes.some((scope) => hasPlace(scope, permissionSet, account));
  const accounts = union(scopes.map((scope) => scope.accounts));
  const named = union(scopes.map(({ roles }) => roles));
  const byAccount = async (ids: readonly string[]): Promise<readonly Place[]> => {
    const lists = await inTurns(ids, atOnce, (account) => provisionedTo(session, instance.arn, account, budget));
    return lists.flatMap((arns, index) =>
      arns.map((permissionSet) => ({ account: ids[index] ?? '', permissionSet })).filter(isMeant),
    );
  };
  // A list of one account is shorter than that of all permission sets.
  if (named === null && accounts?.size === 1) return byAccount([...accounts]);
  const roles = [...(named ?? (await permissionSets.list(budget)))];
  if (accounts !== null && isSmall(accounts.size, roles.length))
    return [...accounts].flatMap((account) =>
      roles.map((permissionSet) => ({ account, permissionSet })).filter(isMeant),
    );
  const total = organization.sweep.isDone() ? organization.sweep.items.length : (accounts?.size ?? 0);
  if (accounts !== null && accounts.size < roles.length * Math.max(1, Math.ceil(total / onPage)))
    return byAccount([...accounts]);
  const lists = await inTurns(roles, atOnce, (role) => {
    const reading = readAll(listAccountsWith(session, instance.arn, role, null), budget);
    // A permission set that was deleted since it was listed has no assignments; a named one has to exist.
    return named === null ? reading.catch(instead('not-found', [])) : reading;
  });
  return lists.flatMap((ids, index) =>
    ids.map((account) => ({ account, permissionSet: roles[index] ?? '' })).filter(isMeant),
  );
}

/** True if there are hardly more places than lists that would show which of them matter. */
function isSmall(accounts: number, roles: number): boolean {
  return Math.max(accounts, roles) <= 2;
}

/** `null` if one of them is everything. */
function union(sets: readonly (ReadonlySet<string> | null)[]): ReadonlySet<string> | null {
  const all = new Set<string>();
  for (const set of sets) {
    if (set === null) return null;
    for (const item of set) all.add(item);
  }
  return all;
}
