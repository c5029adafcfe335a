import type { Budget } from '#access/clock';
import type { Refusal } from '#access/errors';
import type { Selecting } from '#access/files/access-file';
import type { Selected, Selection } from '#access/files/port';
import type { Assignment, Principal } from '#access/grant';
import type { Line } from '#access/request';
import { exclusionMatchesNothing, nothingLeft } from '../messages/targets.ts';
import { sorted, type Gathered } from '../resolve/gather.ts';
import { lastSegment, tenantRoot } from '../resolve/ids.ts';
import { distinctLines } from '../resolve/lines.ts';
import { listDefinitions } from '../resolve/role-definitions.ts';
import { areaOf, holdsIn, type Area } from './areas.ts';
import type { Around } from './lookups.ts';

/** A selection with everything that a listing needs. */
export interface AzureSelection extends Selection {
  /** In lower case; `null` for every principal. */
  readonly principals: ReadonlyMap<string, Principal> | null;
  /** `null` for every place. */
  readonly areas: readonly Area[] | null;
  readonly below: boolean;
  readonly isExcluded: (scope: string) => boolean;
  /** Whether principal and role are selected, wherever they are granted. */
  readonly coversWho: (grant: Assignment) => boolean;
}

/** Resolves selections, in their order. */
export async function select(
  around: Around,
  selecting: readonly Selecting[],
  budget: Budget,
): Promise<readonly Selected[]> {
  const found = await Promise.all(selecting.map((one) => whereOf(around, one, budget)));
  // A selection without targets looks its roles up where the others are.
  const everywhere = found.flatMap(({ areas }) => areas?.map(({ scope }) => scope) ?? []);
  const { subscriptionId } = around.session.settings;
  const elsewhere = subscriptionId === null ? tenantRoot : `/subscriptions/${subscriptionId}`;
  return Promise.all(
    selecting.map(async (one, index): Promise<Selected> => {
      const where = found[index] ?? { areas: null, excluded: [], refusals: [] };
      const own = where.areas?.map(({ scope }) => scope) ?? everywhere;
      const places = { scopes: own.length === 0 ? [elsewhere] : own, below: containersIn(where) };
      const what = await whatOf(around, one, places, budget);
      const refusals = [...where.refusals, ...what.refusals];
      if (refusals.length > 0) return { ok: false, refusals };
      return { ok: true, selection: selectionOf(one, where, what), notices: [] };
    }),
  );
}

/** Where roles are looked up: at the scopes, then in the management groups and subscriptions below them. */
interface RolePlaces {
  readonly scopes: readonly string[];
  readonly below: readonly string[];
}

function containersIn({ areas, excluded }: Where): readonly string[] {
  const isExcluded = holdsIn(excluded, true);
  const all = new Set((areas ?? []).flatMap(({ containers }) => containers));
  return [...all].filter((scope) => !isExcluded(scope));
}

interface Where {
  readonly areas: readonly Area[] | null;
  readonly excluded: readonly Area[];
  readonly refusals: readonly Refusal[];
}

async function whereOf(around: Around, one: Selecting, budget: Budget): Promise<Where> {
  const { places, lookups, session } = around;
  const { tenantId } = await session.caller(budget);
  const area = (scope: string): Promise<Area> => areaOf(places, scope, tenantId, budget);
  const [targets, exclusions] = await Promise.all([
    one.targets === null ? null : lookups.targets(one.targets, budget),
    lookups.targets(one.exclusions, budget),
  ]);
  const excluded = await Promise.all(exclusions.found.map(({ id }) => area(id)));
  const areas =
    targets === null
      ? null
      : await Promise.all(
          targets.found.map(async ({ id }) => (one.below ? await area(id) : { scope: id, containers: [] })),
        );
  const refusals = [...(targets?.refusals ?? []), ...exclusions.refusals];
  if (refusals.length > 0 || areas === null) return { areas, excluded, refusals };
  return { areas, excluded, refusals: refuseExclusions(one, areas, excluded) };
}

/** An exclusion that excludes nothing is a mistake, and so is one of everything (P8). */
function refuseExclusions(
  { exclusions, below }: Selecting,
  areas: readonly Area[],
  excluded: readonly Area[],
): readonly Refusal[] {
  const lines = distinctLines(exclusions);
  const isCovered = holdsIn(areas, below);
  const useless = excluded.flatMap((area, index) => {
    const holds = holdsIn([area], true);
    return isCovered(area.scope) || areas.some(({ scope }) => holds(scope)) ? [] : [lines[index]?.text ?? area.scope];
  });
  const isExcluded = holdsIn(excluded, true);
  const isEmpty = areas.every(({ scope }) => isExcluded(scope));
  return [
    ...useless.map(exclusionMatchesNothing),
    ...(isEmpty
      ? [
          nothingLeft(
            areas.length,
            lines.map(({ text }) => `!${text}`),
          ),
        ]
      : []),
  ];
}

interface What {
  readonly principals: ReadonlyMap<string, Principal> | null;
  /** GUIDs in lower case. */
  readonly roles: ReadonlySet<string> | null;
  readonly refusals: readonly Refusal[];
}

async function whatOf(around: Around, one: Selecting, places: RolePlaces, budget: Budget): Promise<What> {
  const { lookups } = around;
  const [each, roles] = await Promise.all([
    one.principals === null ? null : lookups.principals(one.principals, 'revoke', budget),
    one.roles === null
      ? null
      : Promise.all(distinctLines(one.roles).map((line) => guidsOf(around, line, places, budget))),
  ]);
  const who = each === null ? null : sorted([...each.values()]);
  return {
    principals: who === null ? null : new Map(who.found.map((it) => [it.id.toLowerCase(), it])),
    roles: roles === null ? null : new Set(roles.flatMap(({ found }) => found)),
    refusals: [...(who?.refusals ?? []), ...(roles ?? []).flatMap(({ refusals }) => refusals)],
  };
}

/**
 * The GUIDs of a line, in lower case. A name that exists at one of the scopes, or only below them, is selected; otherwise it
 * is a mistake.
 */
async function guidsOf(
  { lookups, session }: Around,
  line: Line,
  { scopes, below }: RolePlaces,
  budget: Budget,
): Promise<Gathered<string>> {
  if (line.kind !== 'role-name') return { found: [lastSegment(line.value).toLowerCase()], refusals: [] };
  const { found, refusals } = sorted([...(await lookups.roles(line, scopes, budget)).values()]);
  const guids = found.map(({ id }) => lastSegment(id).toLowerCase());
  if (guids.length > 0) return { found: guids, refusals: [] };
  // A list at a scope does not show custom roles that can be assigned only below it.
  const lists = await Promise.all(below.map((scope) => listDefinitions(session, scope, line.value, budget)));
  const lower = lists.flat().filter(({ roleName }) => roleName?.toLowerCase() === line.value.toLowerCase());
  const known = [...new Set(lower.map(({ name = '' }) => name.toLowerCase()))];
  return { found: known, refusals: known.length > 0 ? [] : refusals.slice(0, 1) };
}

function selectionOf(one: Selecting, { areas, excluded }: Where, { principals, roles }: What): AzureSelection {
  const types = one.principalTypes === null ? null : new Set(one.principalTypes);
  const coversWho = ({ principal, role }: Assignment): boolean =>
    (principals?.has(principal.id.toLowerCase()) ?? true) &&
    (principal.type === null || (types?.has(principal.type) ?? true)) &&
    (roles?.has(lastSegment(role.id).toLowerCase()) ?? true);
  const isSelected = areas === null ? () => true : holdsIn(areas, one.below);
  const isExcluded = holdsIn(excluded, true);
  const coversScope = (scope: string): boolean => isSelected(scope) && !isExcluded(scope);
  const scopesOf = (those: readonly Area[]): readonly string[] =>
    [...new Set(those.map(({ scope }) => scope.toLowerCase()))].sort();
  return {
    principals,
    areas,
    below: one.below,
    isExcluded,
    coversWho,
    covers: (grant) => coversWho(grant) && coversScope(grant.target.id),
    canonical: JSON.stringify({
      principals: principals === null ? null : [...principals.keys()].sort(),
      principalTypes: types === null ? null : [...types].sort(),
      roles: roles === null ? null : [...roles].sort(),
      targets: areas === null ? null : scopesOf(areas),
      exclusions: scopesOf(excluded),
      below: areas !== null && one.below,
    }),
  };
}
