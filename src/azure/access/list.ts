import type { RoleAssignment, RoleEligibilityScheduleInstance } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { distinctBy } from '#access/distinct';
import type { Breadth, Existing, Listing, ListingNeed } from '#access/files/port';
import type { Assignment } from '#access/grant';
import { inTurns } from '#access/turns';
import { keyOfGrant } from '../assignments/assignment-lists.ts';
import { grantOf } from '../leases/finding/catalogue.ts';
import { recordIn } from '../leases/records/record-text.ts';
import { alteredNotice } from '../messages/leases.ts';
import { lastSegment } from '../resolve/ids.ts';
import { eligibleOf, existingOf } from './existing.ts';
import { governedIn, readPlace, type PlaceListed } from './listed.ts';
import { placesFor, sourceOf } from './listing-places.ts';
import type { Around } from './lookups.ts';
import { principalStates, type PrincipalStates } from './principal-states.ts';
import type { RoleFacts } from './role-facts.ts';
import type { AzureSelection } from './selections.ts';
import { throughGroups } from './through-groups.ts';

/** Number of places that are read at once: each has connections and answers of its own, and there may be hundreds. */
const placesAtOnce = 40;

/** Selected access, and how it comes to the selected scopes. */
interface Chosen<T> {
  readonly it: T;
  readonly grant: Assignment;
  readonly source: Existing['source'];
}

/** Lists what the selections cover, completely. */
export async function list(
  around: Around,
  roles: RoleFacts,
  selections: readonly AzureSelection[],
  need: ListingNeed,
  budget: Budget,
): Promise<Listing> {
  const { session } = around;
  const { breadth } = need;
  const places = await placesFor(around, selections, budget);
  const read = await inTurns(places, placesAtOnce, (place) => readPlace(session, place, need, budget));
  const listed = read.flat();
  const rows = choose(listed, ({ rows: all }) => all, selections, breadth);
  const eligible = choose(listed, ({ eligible: all }) => all, selections, breadth);
  const grants = [...rows, ...eligible].map(({ grant }) => grant);
  const members = breadth === 'effective' ? membersIn(selections) : [];
  const [states, names] = await Promise.all([
    principalStates(session, [...grants.map(({ principal }) => principal), ...members], budget),
    namesOf(roles, grants, budget),
  ]);
  const direct = shownIn(around, listed, rows, eligible, states, names);
  const through =
    members.length === 0 ? null : await throughGroups(around, { listed, selections, roles, states }, budget);
  return {
    existing: [...direct, ...(through?.existing ?? [])],
    notices: [
      ...new Set([
        ...listed.flatMap(({ notices }) => notices),
        ...(states.notice === null ? [] : [states.notice]),
        ...alteredIn(around, rows),
        ...(through?.notices ?? []),
      ]),
    ],
  };
}

/** The selected among what the places show, each once; direct access comes first. */
function choose<T extends Parameters<typeof grantOf>[0] & { readonly id?: string }>(
  listed: readonly PlaceListed[],
  rowsOf: (listed: PlaceListed) => readonly T[],
  selections: readonly AzureSelection[],
  breadth: Breadth,
): readonly Chosen<T>[] {
  const all = listed.flatMap((here) =>
    rowsOf(here).flatMap((it): readonly Chosen<T>[] => {
      const grant = grantOf(it);
      const source = sourceOf(grant, here.place, selections);
      return source === null || (source === 'inherited' && breadth === 'assigned') ? [] : [{ it, grant, source }];
    }),
  );
  const directFirst = [...all.filter(({ source }) => source === 'direct'), ...all];
  return distinctBy(directFirst, ({ it }) => (it.id ?? '').toLowerCase());
}

/** The principals that selections name, which can have access through groups. */
function membersIn(selections: readonly AzureSelection[]): readonly Assignment['principal'][] {
  return selections.flatMap(({ principals }) => [...(principals?.values() ?? [])]);
}

async function namesOf(
  roles: RoleFacts,
  grants: readonly Assignment[],
  budget: Budget,
): Promise<ReadonlyMap<string, string | null>> {
  const guidOf = ({ role }: Assignment): string => lastSegment(role.id).toLowerCase();
  const each = distinctBy(grants, guidOf).map(
    async (grant) => [guidOf(grant), (await roles.of(grant.role.id, grant.target.id, budget)).name] as const,
  );
  return new Map(await Promise.all(each));
}

function shownIn(
  { session }: Around,
  listed: readonly PlaceListed[],
  rows: readonly Chosen<RoleAssignment>[],
  eligible: readonly Chosen<RoleEligibilityScheduleInstance>[],
  states: PrincipalStates,
  names: ReadonlyMap<string, string | null>,
): readonly Existing[] {
  const date = session.serverTime(session.tools.clock.now());
  const governed = governedIn(listed);
  const factsOf = ({ grant, source }: Chosen<unknown>) => ({
    source,
    principal: states.of(grant.principal),
    roleName: names.get(lastSegment(grant.role.id).toLowerCase()) ?? null,
  });
  return [
    ...rows.map((chosen) => {
      const governedUntil = governed.get(keyOfGrant(chosen.grant));
      return existingOf(chosen.it, { ...factsOf(chosen), governedUntil }, session.tools.origin, date);
    }),
    ...eligible.map((chosen) => eligibleOf(chosen.it, factsOf(chosen))),
  ];
}

function alteredIn({ session }: Around, rows: readonly Chosen<RoleAssignment>[]): readonly string[] {
  const date = session.serverTime(session.tools.clock.now());
  return rows.filter(({ it }) => recordIn(it, date).is === 'altered').map(({ it }) => alteredNotice(it));
}
