import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import type { Identity, Provisioning } from '#access/grant';
import type { Log } from '#access/tools';
import { nothingProvisionedTo } from '../messages/organization.ts';
import { mostNamed } from '../resolve/accounts.ts';
import type { Organization } from '../resolve/organization.ts';
import type { Pair } from './outdated.ts';
import { withNames, type PermissionSets } from '../resolve/permission-sets.ts';
import { latest, older, type Provisioned } from './provisioned.ts';
import type { Selection } from '../resolve/targets.ts';
import { listed } from '#access/words';

/** Everything that resolves a request to provision. */
export interface PushTools {
  readonly provisioned: Provisioned;
  readonly organization: Organization;
  readonly permissionSets: PermissionSets;
  /** Resolves to `null` where it is unknown. */
  readonly managementAccount: () => Promise<string | null>;
  readonly log: Log;
}

/** The permission sets that a request means. */
export interface Roles {
  readonly named: readonly Identity[];
  /** True if a line is `*`. */
  readonly every: boolean;
}

/** Grants, and notices of what was left out. */
export interface Pushes {
  readonly grants: readonly Provisioning[];
  readonly notices: readonly string[];
}

const both = [latest, older] as const;

/** Every named permission set on every selected account; `*` means those that the account has. */
export async function pushesTo(
  { accounts, notices }: Selection,
  { named, every }: Roles,
  tools: PushTools,
  budget: Budget,
): Promise<Pushes> {
  const onEach = every ? await permissionSetsOn(accounts, tools, budget) : new Map<string, readonly string[]>();
  const pairs = accounts.flatMap(({ id }) => {
    const arns = new Set([...named.map((role) => role.id), ...(onEach.get(id) ?? [])]);
    return [...arns].map((permissionSet) => ({ permissionSet, account: id }));
  });
  const grants = await toGrants(pairs, new Map(accounts.map((account) => [account.id, account])), named, tools, budget);
  const empty = every ? accounts.filter(({ id }) => (onEach.get(id) ?? []).length === 0) : [];
  if (empty.length === 0) return { grants, notices };
  const those = empty.map(({ id, name }) => name ?? id);
  return { grants, notices: [...notices, nothingProvisionedTo(listed(those, mostNamed))] };
}

/** The permission sets of these accounts: read by account, or by permission set where those are fewer. */
async function permissionSetsOn(
  accounts: readonly Identity[],
  { provisioned, permissionSets }: PushTools,
  budget: Budget,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const arns = accounts.length > fewAccounts ? await permissionSets.list(budget) : null;
  if (arns === null || arns.length >= accounts.length) {
    const found = accounts.map(async ({ id }) => {
      const sets = await Promise.all(both.map((state) => provisioned.of('account', id, state, budget)));
      return [id, sets.flatMap((set) => [...set])] as const;
    });
    return new Map(await Promise.all(found));
  }
  const having = await Promise.all(arns.map((arn) => accountsWith(provisioned, arn, true, budget)));
  const holders = having.map((ids) => new Set(ids));
  return new Map(accounts.map(({ id }) => [id, arns.filter((_, index) => holders[index]?.has(id))]));
}

/** Most accounts for which the permission sets are not listed. */
const fewAccounts = 5;

/**
 * The accounts that have a permission set, in either version.
 *
 * @param isListed true if it was listed and not named: if it was deleted since, no account has it
 */
export async function accountsWith(
  provisioned: Provisioned,
  arn: string,
  isListed: boolean,
  budget: Budget,
): Promise<readonly string[]> {
  const sets = both.map((state) => {
    const asking = provisioned.of('permission-set', arn, state, budget);
    return isListed ? asking.catch(instead('not-found', new Set<string>())) : asking;
  });
  return [...new Set((await Promise.all(sets)).flatMap((set) => [...set]))];
}

/** Grants with names for the log: those that `*` added have none yet. */
export async function toGrants(
  pairs: readonly Pair[],
  accounts: ReadonlyMap<string, Identity>,
  named: readonly Identity[],
  { permissionSets }: PushTools,
  budget: Budget,
): Promise<readonly Provisioning[]> {
  const roles = new Map(named.map((role) => [role.id, role]));
  const others = [...new Set(pairs.map(({ permissionSet }) => permissionSet))].filter((arn) => !roles.has(arn));
  for (const role of await withNames(permissionSets, others, budget)) roles.set(role.id, role);
  return pairs.map(({ permissionSet, account }) => ({
    kind: 'provisioning',
    role: roles.get(permissionSet) ?? { id: permissionSet, name: null },
    target: { id: account, name: accounts.get(account)?.name ?? null },
  }));
}
