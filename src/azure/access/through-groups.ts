import type { RoleAssignment } from '@azure/arm-authorization';
import { budgetWith, type Budget } from '#access/clock';
import { distinctBy } from '#access/distinct';
import { isOfKind } from '#access/errors';
import type { Existing } from '#access/files/port';
import type { Assignment, Principal } from '#access/grant';
import { assignmentsAround, keyOfGrant } from '../assignments/assignment-lists.ts';
import { grantOf } from '../leases/finding/catalogue.ts';
import { groupsUnread } from '../messages/access.ts';
import { isSameGuid } from '../resolve/ids.ts';
import { governedIn, type PlaceListed } from './listed.ts';
import { sourceOf, type ListingPlace } from './listing-places.ts';
import { existingOf, throughGroup } from './existing.ts';
import type { Around } from './lookups.ts';
import { principalStates, type PrincipalStates } from './principal-states.ts';
import type { RoleFacts } from './role-facts.ts';
import type { AzureSelection } from './selections.ts';

/** Results of the lists so far. */
interface Sofar {
  readonly listed: readonly PlaceListed[];
  readonly selections: readonly AzureSelection[];
  readonly roles: RoleFacts;
  readonly states: PrincipalStates;
}

interface Found {
  readonly row: RoleAssignment;
  readonly member: Principal;
  readonly source: Existing['source'];
}

/**
 * Access that the named users and service principals have through groups. Resource Manager knows their groups, so that no
 * permission in the directory is required. Source: docs/design/azure.md#lists-and-filters.
 */
export async function throughGroups(
  { session }: Around,
  { listed, selections, roles, states }: Sofar,
  budget: Budget,
): Promise<{ readonly existing: readonly Existing[]; readonly notices: readonly string[] }> {
  const notices: string[] = [];
  const readAt = async (place: ListingPlace, member: Principal): Promise<readonly Found[]> => {
    const assigned = `assignedTo('${member.id}')`;
    const filter = place.whole ? assigned : `atScope() and ${assigned}`;
    const asking = budgetWith(budget, { mayBeDenied: true });
    const rows = await assignmentsAround(session, place.scope, {}, asking, filter).catch((error: unknown) => {
      if (!isOfKind(error, 'denied', 'invalid', 'not-found')) throw error;
      notices.push(groupsUnread(member.id, place.scope, error.message));
      return [];
    });
    return rows.flatMap((row) => {
      const source = sourceOf(asOf(grantOf(row), member), place, selections);
      return source === null || isSameGuid(row.principalId, member.id) ? [] : [{ row, member, source }];
    });
  };
  const pairs = listed.flatMap(({ place }) => membersAt(place).map((member) => ({ place, member })));
  const all = (await Promise.all(pairs.map(({ place, member }) => readAt(place, member)))).flat();
  const found = distinctBy(all, ({ row, member }) => `${row.id ?? ''} ${member.id}`.toLowerCase());
  const groups = await principalStates(
    session,
    found.map(({ row }) => grantOf(row).principal),
    budget,
  );
  const governed = governedIn(listed);
  const date = session.serverTime(session.tools.clock.now());
  const existing = found.map(async ({ row, member, source }) => {
    const grant = grantOf(row);
    const { name: roleName } = await roles.of(grant.role.id, grant.target.id, budget);
    const facts = {
      source,
      principal: groups.of(grant.principal),
      roleName,
      governedUntil: governed.get(keyOfGrant(grant)),
    };
    return throughGroup(existingOf(row, facts, session.tools.origin, date), member, states.of(member));
  });
  return { existing: await Promise.all(existing), notices };
}

/** The named principals of a place that can be members of groups, and that Resource Manager can be asked about. */
function membersAt({ wanted }: ListingPlace): readonly Principal[] {
  const named = wanted.flatMap(({ selection }) => [...(selection.principals?.values() ?? [])]);
  const can = named.filter(({ type }) => type === 'User' || type === 'ServicePrincipal');
  return distinctBy(can, ({ id }) => id.toLowerCase());
}

function asOf(grant: Assignment, principal: Principal): Assignment {
  return { ...grant, principal };
}
