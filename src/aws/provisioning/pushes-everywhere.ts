import type { Budget } from '#access/clock';
import { instead, isOfKind, Refusal } from '#access/errors';
import { everywhere } from '#access/plan/plan';
import type { Request } from '#access/request';
import { isActive, skippedNotice } from '../resolve/accounts.ts';
import { lookUp, type Member, type Organization } from '../resolve/organization.ts';
import { findOutdated, type AccountsBehind, type Pair } from './outdated.ts';
import type { PermissionSets } from '../resolve/permission-sets.ts';
import { older } from './provisioned.ts';
import { accountsWith, toGrants, type Pushes, type PushTools, type Roles } from './pushes.ts';
import { excludedAccounts, withoutManagement } from '../resolve/targets.ts';

/** What `outdated` pushes: permission sets where an older version of them is provisioned. */
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
    const where = excluded.size === 0 ? 'any account' : 'any account that is not excluded';
    const looked = arns.length === 1 ? 'one permission set: it is not' : `${arns.length} permission sets: none is`;
    tools.log.info(`Looked at ${looked} outdated on ${where}.`);
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
    return { pairs, notice: unasked('Which account is the management account', error) };
  }
}

/** A notice instead of an error where somebody may not ask. */
function unasked(what: string, error: unknown): string {
  if (!isOfKind(error, 'denied', 'other')) throw error;
  return `${what} could not be asked, and pushes may fail there. ${error.message}.`;
}

async function meant(
  { named, every }: Roles,
  permissionSets: PermissionSets,
  budget: Budget,
): Promise<readonly string[]> {
  return [...new Set([...named.map(({ id }) => id), ...(every ? await permissionSets.list(budget) : [])])];
}

/** AWS pushes to at most this many accounts with one request. Source: docs/design/aws.md#quotas. */
const mostAccounts = 3_500;

/**
 * What `all` pushes: one request for each permission set, or one for each account where an account may not be meant,
 * may be one too many, or where there are more than AWS takes at once.
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
  // Of those that `*` brought only what is provisioned somewhere is meant.
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
    throw nothingLeft(
      apart,
      exclusions.map(({ text }) => `!${text}`),
    );
  const nothing = grants.length === 0 ? ['No account has it: nothing to push.'] : [];
  return { grants, notices: [...notices, ...pushes.notices, ...nothing] };
}

function nothingLeft(apart: readonly Pair[], excluded: readonly string[]): Refusal {
  const accounts = new Set(apart.map(({ account }) => account)).size;
  return new Refusal(
    `No account is left of what target selects. Selected: all (${accounts} ${accounts === 1 ? 'account' : 'accounts'}).${excluded.length === 0 ? '' : ` Excluded: ${excluded.join(', ')}.`}`,
    'Correct target. Accounts that are not ACTIVE are left out, too.',
  );
}

/** Single pushes, without the accounts where nothing can be done. */
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
    const strange = (id: string): Member => ({ id, name: null, state: 'no account of the organization', places: null });
    return { members: new Map(ids.map((id) => [id, found.get(id) ?? strange(id)])), notice: null };
  } catch (error) {
    return { members: new Map(), notice: unasked('Which accounts are not ACTIVE', error) };
  }
}
