import type { RoleAssignment } from '@azure/arm-authorization';
import { budgetWith, type Budget } from '#access/clock';
import { isOfKind } from '#access/errors';
import type { Assignment } from '#access/grant';
import { groupBy } from '../resolve/gather.ts';
import type { HomeTenant } from './home-tenant.ts';
import { pagesOf } from '../pages.ts';
import { lastSegment, isSameScope, scopePath, subscriptionOf } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';

const action = 'Microsoft.Authorization/roleAssignments/read';

/**
 * Reads lag behind a change, seldom by more than a minute: so long they are repeated, in milliseconds. Source:
 * docs/design/azure.md#reads-lag.
 */
export const visibleWithinMs = 120_000;

/** One list of role assignments, and the grants that it answers for. */
export interface AssignmentList {
  readonly scope: string;
  /**
   * Whose assignments at, above and below the scope; `null` for everybody's at and above it. Source:
   * docs/design/azure.md#lists-and-filters.
   */
  readonly principalId: string | null;
  readonly grants: readonly Assignment[];
}

/**
 * The fewest lists that answer for grants of one subscription, or of one scope that lies in none: one for each
 * principal at the subscription, one for each scope, or one for each scope and principal. Of as many, those that tell
 * the least besides and take the least rights.
 *
 * @param mayListSubscription whether a principal's assignments may be listed at the subscription itself
 */
export function planLists(grants: readonly Assignment[], mayListSubscription: boolean): readonly AssignmentList[] {
  const scopeOf = ({ target }: Assignment): string => target.id.toLowerCase();
  const principalOf = ({ principal }: Assignment): string => principal.id.toLowerCase();
  const pairs = groupBy(grants, (grant) => `${scopeOf(grant)} ${principalOf(grant)}`);
  const principals = groupBy(grants, principalOf);
  const scopes = groupBy(grants, scopeOf);
  const subscription = subscriptionOf(grants[0]?.target.id ?? '');
  const byPrincipal = subscription === null || !mayListSubscription ? Number.POSITIVE_INFINITY : principals.length;
  const fewest = Math.min(pairs.length, byPrincipal, scopes.length);
  if (pairs.length === fewest) {
    return pairs.map((same) => ({ scope: same[0].target.id, principalId: same[0].principal.id, grants: same }));
  }
  return byPrincipal === fewest
    ? principals.map((same) => ({
        scope: `/subscriptions/${subscription ?? ''}`,
        principalId: same[0].principal.id,
        grants: same,
      }))
    : scopes.map((same) => ({ scope: same[0].target.id, principalId: null, grants: same }));
}

/** Grants for which one list can answer whatever their roles are. */
export function listKey({ target, principal }: Assignment): string {
  const subscription = subscriptionOf(target.id);
  return (subscription === null ? target.id : `${subscription} ${principal.id}`).toLowerCase();
}

/** What was listed for one grant: all of the list, and of it the same role of the same principal, wherever. */
export interface Listed {
  readonly all: readonly RoleAssignment[];
  readonly same: readonly RoleAssignment[];
}

/** Reads the lists that grants need; whether a whole subscription may be listed is found out once in a run. */
export function openAssignmentLists(
  session: AzureSession,
  homeTenant: (grant: Assignment, budget: Budget) => Promise<HomeTenant>,
): (grants: readonly Assignment[], budget: Budget) => Promise<ReadonlyMap<Assignment, Listed>> {
  const closed = new Set<string>();

  /** Of one subscription, or of one scope that lies in none. */
  const readGroup = async (grants: readonly [Assignment, ...Assignment[]], budget: Budget): Promise<Entries> => {
    const place = placeOf(grants[0]);
    const tenantId = await homeTenant(grants[0], budget);
    const [first, ...others] = planLists(grants, !closed.has(place));
    if (first === undefined) return [];
    const isBroad = first.grants.some(({ target }) => !isSameScope(target.id, first.scope));
    const reading = isBroad ? budgetWith(budget, { mayBeDenied: true }) : budget;
    const ask = (list: AssignmentList): Promise<Entries> => readList(session, list, tenantId, reading);
    try {
      // The first tells whether such lists may be read, before there are many of them.
      const known = await ask(first);
      return [...known, ...(await Promise.all(others.map(ask))).flat()];
    } catch (error) {
      if (!isOfKind(error, 'denied') || !isBroad) throw error;
      session.tools.log.debug(`${error.message}: role assignments are read at the scopes themselves`);
      closed.add(place);
      return readGroup(grants, budget);
    }
  };
  return async (grants, budget) => {
    const groups = await Promise.all(groupBy(grants, placeOf).map((group) => readGroup(group, budget)));
    return new Map(groups.flat());
  };
}

type Entries = readonly (readonly [Assignment, Listed])[];

/** Lists never reach from one subscription into another. */
function placeOf({ target }: Assignment): string {
  return (subscriptionOf(target.id) ?? target.id).toLowerCase();
}

/** All role assignments at a scope, above and below it. Source: docs/design/azure.md#lists-and-filters. */
export function assignmentsAround(
  session: AzureSession,
  scope: string,
  tenantId: HomeTenant,
  budget: Budget,
): Promise<readonly RoleAssignment[]> {
  return pagesOf(session, action, scope, budget, isWhole, (client, options, settings) =>
    client.roleAssignments.listForScope(scopePath(scope), { ...options, ...tenantId }).byPage(settings),
  );
}

async function readList(
  session: AzureSession,
  { scope, principalId, grants }: AssignmentList,
  tenantId: HomeTenant,
  budget: Budget,
): Promise<Entries> {
  const filter = principalId === null ? 'atScope()' : `principalId eq '${principalId}'`;
  const all = await pagesOf(session, action, scope, budget, isWhole, (client, options, settings) =>
    client.roleAssignments.listForScope(scopePath(scope), { ...options, ...tenantId, filter }).byPage(settings),
  );
  const byKey = new Map(groupBy(all, rowKey).map((rows) => [rowKey(rows[0]), rows]));
  return grants.map((grant) => [grant, { all, same: byKey.get(grantKey(grant)) ?? [] }]);
}

/** Whether an answer is a role assignment at all. */
export function isWhole(row: Partial<RoleAssignment>): boolean {
  const { id, name, scope, roleDefinitionId, principalId, description, condition } = row;
  return [id, scope, roleDefinitionId, principalId, name ?? '', description ?? '', condition ?? ''].every(
    (it) => typeof it === 'string',
  );
}

/** Tells grants apart, whatever the letter case of their ids. */
export function keyOfGrant({ target, principal, role }: Assignment): string {
  return [target.id, principal.id, lastSegment(role.id)].join(' ').toLowerCase();
}

function rowKey({ principalId = '', roleDefinitionId = '' }: RoleAssignment): string {
  return `${principalId} ${lastSegment(roleDefinitionId)}`.toLowerCase();
}

function grantKey({ principal, role }: Assignment): string {
  return `${principal.id} ${lastSegment(role.id)}`.toLowerCase();
}
