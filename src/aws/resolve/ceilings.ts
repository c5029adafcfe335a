import { distinctBy } from '#access/distinct';
import type { Budget } from '#access/clock';
import { Refusal, together } from '#access/errors';
import type { Grant, Identity, Principal } from '#access/grant';
import { everywhere } from '#access/plan/plan';
import type { Line, Part } from '#access/request';
import { accountByName } from './accounts.ts';
import { lookUp, type Organization } from './organization.ts';
import { accountsOfUnits, isUnit } from './organizational-units.ts';
import { readAll } from '../pages.ts';
import { nameOf, type PermissionSets } from './permission-sets.ts';
import { currentNames, neededStore, type CurrentNames } from './identity-store.ts';
import { resolvePrincipals } from './principals.ts';
import type { AwsSession } from '../session.ts';
import { hasWildcard, matches } from '#access/wildcard';
import { keyOfPrincipal } from './principals.ts';

/** Everything that is read to find out whether a ceiling covers a grant. */
interface CeilingTools {
  readonly session: AwsSession;
  readonly identityStoreId: string | null;
  readonly organization: Organization;
  readonly permissionSets: PermissionSets;
}

/**
 * The identities of one part that no line covers, each once. The resolved identities are compared, by ID or by their
 * present name: neither a line from an expression nor a group that got another's name passes. An identity that the
 * caller cannot read is an error, never covered.
 */
export function findUncovered(
  part: Part,
  lines: readonly Line[],
  grants: readonly Grant[],
  tools: CeilingTools,
  budget: Budget,
): Promise<readonly Identity[]> {
  switch (part) {
    case 'principal': {
      const principals = grants.flatMap((grant) => (grant.kind === 'assignment' ? [grant.principal] : []));
      return uncoveredPrincipals(lines, distinctBy(principals, keyOfPrincipal), tools, budget);
    }
    case 'target': {
      const targets = grants.map(({ target }) => target);
      return uncoveredAccounts(
        lines,
        distinctBy(targets, ({ id }) => id),
        tools,
        budget,
      );
    }
    case 'role': {
      const roles = grants.map(({ role }) => role);
      return uncoveredPermissionSets(
        lines,
        distinctBy(roles, ({ id }) => id),
        tools,
        budget,
      );
    }
  }
}

function valuesOf(lines: readonly Line[], ...kinds: readonly string[]): readonly string[] {
  return lines.filter(({ kind }) => kinds.includes(kind)).map(({ value }) => value);
}

/** True for the names that these patterns match. */
function anyOf(patterns: readonly string[]): (name: string) => boolean {
  return (name) => patterns.some((pattern) => matches(pattern, name));
}

async function uncoveredPrincipals(
  lines: readonly Line[],
  principals: readonly Principal[],
  { session, identityStoreId }: CeilingTools,
  budget: Budget,
): Promise<readonly Identity[]> {
  const idsOf = (kind: string): ReadonlySet<string> =>
    new Set(valuesOf(lines, kind, 'principal-id').map((id) => id.toLowerCase()));
  const ids = { USER: idsOf('user-id'), GROUP: idsOf('group-id') } as const;
  const names = { USER: valuesOf(lines, 'user-name'), GROUP: valuesOf(lines, 'group-name') } as const;
  const checked = await Promise.all(
    principals.map(async (principal) => {
      const type = principal.type === 'USER' ? 'USER' : 'GROUP';
      if (ids[type].has(principal.id.toLowerCase())) return null;
      if (names[type].length === 0) return principal;
      const current = await currentNames(session, principal, neededStore(identityStoreId), budget);
      if (await isNamed(current, names[type], principal, { session, identityStoreId }, budget)) return null;
      return { ...principal, name: current.unique ?? current.emails[0] ?? principal.name };
    }),
  );
  return checked.filter((principal) => principal !== null);
}

/** An e-mail address need not be unique in a store, so one in full covers only the user that it would be resolved to. */
async function isNamed(
  { unique, emails }: CurrentNames,
  patterns: readonly string[],
  { id }: Principal,
  { session, identityStoreId }: Pick<CeilingTools, 'session' | 'identityStoreId'>,
  budget: Budget,
): Promise<boolean> {
  if (unique !== null && anyOf(patterns)(unique)) return true;
  const meant = patterns.filter((pattern) => emails.some((email) => matches(pattern, email)));
  if (meant.some(hasWildcard)) return true;
  const lines = meant.map((value) => ({ text: value, kind: 'user-name', value }));
  const found = await resolvePrincipals(session, lines, identityStoreId, budget);
  return found.some((it) => it.id.toLowerCase() === id.toLowerCase());
}

async function uncoveredPermissionSets(
  lines: readonly Line[],
  roles: readonly Identity[],
  { permissionSets }: CeilingTools,
  budget: Budget,
): Promise<readonly Identity[]> {
  const arns = new Set(valuesOf(lines, 'permission-set-arn'));
  const isNamed = anyOf(valuesOf(lines, 'permission-set-name'));
  const looks = lines.some(({ kind }) => kind === 'permission-set-name');
  const checked = await Promise.all(
    roles.map(async (role) => {
      if (arns.has(role.id)) return null;
      if (!looks) return role;
      const name = await nameOf(permissionSets, role.id, budget);
      return name !== null && isNamed(name) ? null : { ...role, name: name ?? role.name };
    }),
  );
  return checked.filter((role) => role !== null);
}

async function uncoveredAccounts(
  lines: readonly Line[],
  accounts: readonly Identity[],
  { organization }: CeilingTools,
  budget: Budget,
): Promise<readonly Identity[]> {
  const ids = new Set(valuesOf(lines, 'account-id'));
  const others = accounts.filter(({ id }) => !ids.has(id));
  const units = lines.filter(isUnit);
  const isAsked = others.some(({ id }) => id !== everywhere);
  const inside = isAsked && units.length > 0 ? await accountsInside(organization, units, budget) : new Set<string>();
  const outside = others.filter(({ id }) => !inside.has(id));
  const patterns = valuesOf(lines, 'account-name');
  const nameable = outside.map(({ id }) => id).filter((id) => id !== everywhere);
  if (patterns.length === 0 || nameable.length === 0) return outside;
  const members = await lookUp(organization, nameable, budget);
  const isNamed = anyOf(patterns);
  const isLikeOne = anyOf(patterns.filter(hasWildcard));
  const names = nameable.map((id) => members.get(id)?.name ?? '').filter((name) => !isLikeOne(name));
  await refuseTwins(
    organization,
    lines.filter(({ kind, value }) => kind === 'account-name' && names.includes(value)),
    budget,
  );
  return outside.flatMap((account) => {
    const name = members.get(account.id)?.name ?? null;
    return name !== null && isNamed(name) ? [] : [{ ...account, name: name ?? account.name }];
  });
}

/** A name that two accounts have identifies neither (P8): the administrators of an account can choose its name. */
async function refuseTwins(organization: Organization, lines: readonly Line[], budget: Budget): Promise<void> {
  if (lines.length === 0) return;
  const { sweep } = organization;
  if (!sweep.isDone()) await organization.alone(() => readAll(sweep, budget));
  const refusals = lines.map((line) => accountByName(sweep.items, line)).filter((it) => it instanceof Refusal);
  if (refusals.length > 0) throw together(refusals);
}

/** All accounts of these organizational units, in any state and including the management account. */
async function accountsInside(
  organization: Organization,
  units: readonly Line[],
  budget: Budget,
): Promise<ReadonlySet<string>> {
  const found = [...(await accountsOfUnits(organization, units, budget)).values()];
  const refusals = found.filter((it) => it instanceof Refusal);
  if (refusals.length > 0) throw together(refusals);
  return new Set(found.flatMap((it) => (it instanceof Refusal ? [] : it.map(({ id }) => id))));
}
