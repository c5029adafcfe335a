import type { Budget } from '#access/clock';
import { eachOf, Refusal } from '#access/errors';
import type { Selecting } from '#access/files/access-file';
import type { Selected, Selection } from '#access/files/port';
import type { Assignment, Principal } from '#access/grant';
import type { Line } from '#access/request';
import { nothingSelected } from '../messages/access.ts';
import { exclusionMatchesNothing, managementUnknown } from '../messages/organization.ts';
import { isActive, skippedNotice } from '../resolve/accounts.ts';
import { isUnit } from '../resolve/organizational-units.ts';
import { withoutManagement, type MeantAccounts } from '../resolve/targets.ts';
import type { LookUps } from './look-ups.ts';
import type { AccessTools, Around } from './tools.ts';
import { keyOfPrincipal } from '../resolve/principals.ts';

/** The exact IDs of a selection; `null` for everything of a part. */
export interface Scope {
  /** By type and ID. */
  readonly principals: ReadonlyMap<string, Principal> | null;
  readonly types: ReadonlySet<string> | null;
  readonly roles: ReadonlySet<string> | null;
  readonly accounts: ReadonlySet<string> | null;
  /** Accounts that are left out; empty where the accounts are named. */
  readonly excluded: ReadonlySet<string>;
}

interface AwsSelection extends Selection {
  readonly scope: Scope;
}

/** The scope of a result of `select`. */
export function scopeOf(selection: Selection): Scope {
  if ('scope' in selection) return (selection as AwsSelection).scope;
  throw new TypeError('a selection comes from select');
}

/** True if a scope has assignments of a permission set on an account. */
export function hasPlace({ roles, accounts, excluded }: Scope, role: string, account: string): boolean {
  return (roles?.has(role) ?? true) && (accounts?.has(account) ?? true) && !excluded.has(account);
}

/** Selections by exact IDs, or why they mean none. */
export async function select(
  selecting: readonly Selecting[],
  lookUps: LookUps,
  tools: AccessTools,
  around: Around,
  budget: Budget,
): Promise<readonly Selected[]> {
  if (selecting.length === 0) return [];
  await around.attached(budget);
  await lookUps.learn(
    {
      principals: selecting.flatMap(({ principals }) => principals ?? []),
      roles: selecting.flatMap(({ roles }) => roles?.filter((line) => !isEvery(line)) ?? []),
      targets: selecting.flatMap(({ targets, exclusions }) => [...(targets ?? []), ...exclusions]),
    },
    budget,
  );
  const isBroad = selecting.some(({ targets }) => targets?.some(isUnit) === true);
  const management = isBroad ? await around.management(budget) : null;
  return selecting.map((it) => selectOne(it, lookUps, tools, management));
}

function isEvery({ kind }: Line): boolean {
  return kind === 'every-permission-set';
}

function selectOne(it: Selecting, lookUps: LookUps, tools: AccessTools, management: string | null): Selected {
  const principals = it.principals?.map(lookUps.principal) ?? null;
  const lines = it.roles?.some(isEvery) === true ? null : it.roles;
  const roles = lines?.map(lookUps.role) ?? null;
  const places = placesOf(it, lookUps.accounts, tools, management);
  const refusals = [
    ...[...(principals ?? []), ...(roles ?? [])].filter((found) => found instanceof Refusal).flatMap(eachOf),
    ...places.refusals,
  ];
  if (refusals.length > 0) return { ok: false, refusals };
  const scope: Scope = {
    principals:
      principals === null
        ? null
        : new Map(principals.flatMap((found) => (found instanceof Refusal ? [] : [[keyOfPrincipal(found), found]]))),
    types: it.principalTypes === null ? null : new Set(it.principalTypes),
    roles: roles === null ? null : new Set(roles.flatMap((found) => (found instanceof Refusal ? [] : [found.id]))),
    accounts: places.accounts,
    excluded: places.excluded,
  };
  return { ok: true, selection: selectionOf(scope), notices: places.notices };
}

function selectionOf(scope: Scope): AwsSelection {
  const { principals, types, roles, accounts, excluded } = scope;
  const covers = ({ principal, role, target }: Assignment): boolean =>
    hasPlace(scope, role.id, target.id) &&
    (types?.has(principal.type ?? '') ?? true) &&
    (principals?.has(keyOfPrincipal(principal)) ?? true);
  const parts = {
    principals: sorted(principals?.keys()),
    types: sorted(types),
    roles: sorted(roles),
    accounts: sorted(accounts),
    excluded: sorted(excluded),
  };
  return { scope, covers, canonical: JSON.stringify(parts) };
}

function sorted(ids: Iterable<string> | null | undefined): readonly string[] | '*' {
  return ids === null || ids === undefined ? '*' : [...ids].sort();
}

interface Places {
  readonly accounts: ReadonlySet<string> | null;
  readonly excluded: ReadonlySet<string>;
  readonly notices: readonly string[];
  readonly refusals: readonly Refusal[];
}

/**
 * The accounts of a selection as they are now. The management account counts only where a line names it, or where access is
 * left alone: an `ignore` of a unit must not leave its root out (P11).
 */
function placesOf(
  { targets, exclusions, leavesAlone = false }: Selecting,
  idsFor: (line: Line) => MeantAccounts,
  { organization }: AccessTools,
  management: string | null,
): Places {
  const refusals: Refusal[] = [];
  const meant = (line: Line): readonly string[] => {
    const ids = idsFor(line);
    if (!(ids instanceof Refusal)) return ids;
    refusals.push(...eachOf(ids));
    return [];
  };
  const excluding = exclusions.map((line) => ({ line, ids: meant(line) }));
  const excluded = new Set(excluding.flatMap(({ ids }) => ids));
  if (targets === null) return { accounts: null, excluded, notices: [], refusals };
  const selecting = targets.map((line) => ({ line, ids: meant(line) }));
  const selected = new Set(selecting.flatMap(({ ids }) => ids));
  const named = new Set(selecting.flatMap(({ line, ids }) => (isUnit(line) ? [] : ids)));
  for (const { line, ids } of excluding)
    if (refusals.length === 0 && !ids.some((id) => selected.has(id))) refusals.push(exclusionMatchesNothing(line.text));
  const left = [...selected].filter((id) => !excluded.has(id));
  if (leavesAlone) return { accounts: new Set(left), excluded: new Set(), notices: [], refusals };
  const brought = left.filter((id) => !named.has(id));
  if (brought.length > 0 && management === null) refusals.push(managementUnknown());
  const withoutIt = left.filter((id) => id !== management || named.has(id));
  // Changes in such accounts fail. Source: docs/design/aws.md#provisioned-permission-sets.
  const inactive = withoutIt.flatMap((id) => organization.known(id) ?? []).filter((member) => !isActive(member));
  const unusable = new Set(inactive.map(({ id }) => id));
  const accounts = new Set(withoutIt.filter((id) => !unusable.has(id)));
  const notices = [
    management === null || !left.includes(management) || named.has(management)
      ? null
      : withoutManagement(organization, management),
    skippedNotice(inactive),
    accounts.size === 0 ? nothingSelected(targets.map(({ text }) => text)) : null,
  ].filter((notice) => notice !== null);
  return { accounts, excluded: new Set(), notices, refusals };
}
