import type { Budget } from '#access/clock';
import { instead, isOfKind } from '#access/errors';
import { everywhere } from '#access/plan/plan';
import type { Request } from '#access/request';
import {
  managementUnasked,
  noAccountHasIt,
  noAccountLeftOfAll,
  noneOutdated,
  notInOrganization,
  statesUnasked,
} from '../messages/organization.ts';
import { isActive, skippedNotice } from '../resolve/accounts.ts';
import { lookUp, type Member, type Organization } from '../resolve/organization.ts';
import { findOutdated, type AccountsBehind, type Pair } from './outdated.ts';
import type { PermissionSets } from '../resolve/permission-sets.ts';
import { older } from './provisioned.ts';
import { accountsWith, toGrants, type Pushes, type PushTools, type Roles } from './pushes.ts';
import { excludedAccounts, withoutManagement } from '../resolve/targets.ts';

/** The pushes of `outdated`: permission sets where an older version of them is provisioned. */
export async function pushesWhereOutdated(
  { exclusions }: Request,
  roles: Roles,
  tools: PushTools,
  budget: Budget,
): Promise<Pushes> {
  const { permissionSets, provisioned, organization } = tools;
  const { excluded, notices } = await excludedAccounts(organization, exclusions, budget);
  const named = new Set(roles.named.map(({ id }) => id));
  const behind: AccountsBehind = (arn) => {
    const asking = provisioned.of('permission-set', arn, older, budget);
    return named.has(arn) ? asking : asking.catch(instead('not-found', new Set<string>()));
  };
  const arns = await meant(roles, permissionSets, budget);
  const all = await findOutdated(provisioned, organization, arns, behind, budget);
  const meantPairs = all.filter(({ account }) => !excluded.has(account));
  if (meantPairs.length === 0) {
    tools.log.info(noneOutdated(arns.length, excluded.size > 0));
    return { grants: [], notices };
  }
  const { pairs, notice } = await withoutManagementAccount(meantPairs, tools);
  const pushes = await pushPairs(pairs, roles, tools, budget);
  return { grants: pushes.grants, notices: [...notices, ...[notice].filter((it) => it !== null), ...pushes.notices] };
}

/**
 * A delegated administrator cannot push to the management account, and would fail there every night. Source:
 * docs/design/aws.md#delegated-administrators.
 */
async function withoutManagementAccount(
  pairs: readonly Pair[],
  { organization, managementAccount }: PushTools,
): Promise<{ readonly pairs: readonly Pair[]; readonly notice: string | null }> {
  try {
    const management = await managementAccount();
    const left = pairs.filter(({ account }) => account !== management);
    const isThere = management !== null && left.length < pairs.length;
    return { pairs: left, notice: isThere ? withoutManagement(organization, management) : null };
  } catch (error) {
    return { pairs, notice: managementUnasked(whyUnasked(error)) };
  }
}

/** The message of an error that only costs a notice: the request was denied. */
function whyUnasked(error: unknown): string {
  if (!isOfKind(error, 'denied', 'other')) throw error;
  return error.message;
}

async function meant(
  { named, every }: Roles,
  permissionSets: PermissionSets,
  budget: Budget,
): Promise<readonly string[]> {
  return [...new Set([...named.map(({ id }) => id), ...(every ? await permissionSets.list(budget) : [])])];
}

/** Most accounts that AWS pushes to with one request. Source: docs/design/aws.md#quotas. */
const mostAccounts = 3_500;

/**
 * The pushes of `all`: one request for each permission set; or one for each account if an account may be excluded, if
 * accounts are limited, or if there are more than AWS accepts in one request.
 */
export async function pushesEverywhere(
  { exclusions, guards, perTarget }: Request,
  roles: Roles,
  tools: PushTools,
  budget: Budget,
): Promise<Pushes> {
  const { permissionSets, provisioned, organization } = tools;
  const { excluded, notices } = await excludedAccounts(organization, exclusions, budget);
  const single = perTarget || exclusions.length > 0 || guards.allowed.target !== null || guards.maxGrants !== null;
  const named = new Set(roles.named.map(({ id }) => id));
  const having = await Promise.all(
    (await meant(roles, permissionSets, budget)).map(async (arn) => ({
      arn,
      accounts: await accountsWith(provisioned, arn, !named.has(arn), budget),
    })),
  );
  // Of the permission sets that `*` added, only those that are provisioned somewhere are meant.
  const whole = having.filter(
    ({ arn, accounts }) => !single && accounts.length <= mostAccounts && (accounts.length > 0 || named.has(arn)),
  );
  const apart = having
    .filter(({ accounts }) => single || accounts.length > mostAccounts)
    .flatMap(({ arn, accounts }) => accounts.map((account) => ({ permissionSet: arn, account })));
  const left = apart.filter(({ account }) => !excluded.has(account));
  const everyAccount = new Map([[everywhere, { id: everywhere, name: null }]]);
  const wholePairs = whole.map(({ arn }) => ({ permissionSet: arn, account: everywhere }));
  const atOnce = await toGrants(wholePairs, everyAccount, roles.named, tools, budget);
  const pushes = await pushPairs(left, roles, tools, budget);
  const grants = [...atOnce, ...pushes.grants];
  if (grants.length === 0 && apart.length > 0)
    throw noAccountLeftOfAll(
      new Set(apart.map(({ account }) => account)).size,
      exclusions.map(({ text }) => `!${text}`),
    );
  const nothing = grants.length === 0 ? [noAccountHasIt] : [];
  return { grants, notices: [...notices, ...pushes.notices, ...nothing] };
}

/** Single pushes, without the accounts that are not ACTIVE. */
async function pushPairs(pairs: readonly Pair[], roles: Roles, tools: PushTools, budget: Budget): Promise<Pushes> {
  if (pairs.length === 0) return { grants: [], notices: [] };
  const ids = [...new Set(pairs.map(({ account }) => account))];
  const { members, notice } = await statesOf(tools.organization, ids, budget);
  const skipped = [...members.values()].filter((member) => !isActive(member));
  const unusable = new Set(skipped.map(({ id }) => id));
  const pushed = pairs.filter(({ account }) => !unusable.has(account));
  return {
    grants: await toGrants(pushed, members, roles.named, tools, budget),
    notices: [notice, skippedNotice(skipped)].filter((it) => it !== null),
  };
}

/**
 * Suspended and closed accounts are still listed as provisioned, and fail. Source:
 * docs/design/aws.md#provisioned-permission-sets.
 */
async function statesOf(
  organization: Organization,
  ids: readonly string[],
  budget: Budget,
): Promise<{ readonly members: ReadonlyMap<string, Member>; readonly notice: string | null }> {
  try {
    const found = await lookUp(organization, ids, budget);
    const strange = (id: string): Member => ({ id, name: null, state: notInOrganization, places: null });
    return { members: new Map(ids.map((id) => [id, found.get(id) ?? strange(id)])), notice: null };
  } catch (error) {
    return { members: new Map(), notice: statesUnasked(whyUnasked(error)) };
  }
}
