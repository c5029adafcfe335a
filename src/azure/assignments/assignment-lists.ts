import type { RoleAssignment } from '@azure/arm-authorization';
import { budgetWith, type Budget } from '#access/clock';
import { isOfKind } from '#access/errors';
import type { Assignment } from '#access/grant';
import { groupBy } from '../resolve/gather.ts';
import type { HomeTenant } from './home-tenant.ts';
import { readAtScopes } from '../messages/assignments.ts';
import { pagesOf } from '../pages.ts';
import { lastSegment, isSameScope, scopePath, subscriptionOf } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';

const action = 'Microsoft.Authorization/roleAssignments/read';

/**
 * Time limit of repeated reads after a change, in milliseconds: they lag, seldom by more than a minute. Source:
 * docs/design/azure.md#reads-lag.
 */
export const visibleWithinMs = 120_000;

/** One list of role assignments, and the grants that it covers. */
interface AssignmentList {
  readonly scope: string;
  /**
   * Lists this principal's assignments at, above and below the scope; `null` lists all at and above it. Source:
   * docs/design/azure.md#lists-and-filters.
   */
  readonly principalId: string | null;
  readonly grants: readonly Assignment[];
}

/**
 * The fewest lists that cover grants of one subscription, or of one scope outside of subscriptions: one for each principal
 * at the subscription, one for each scope, or one for each scope and principal. Of equally many, those that reveal the
 * least else and require the fewest permissions.
 *
 * @param mayListSubscription whether the caller is allowed to list a principal's assignments at the subscription
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

/** Key of the grants that one list can cover, whatever their roles. */
export function listKey({ target, principal }: Assignment): string {
  const subscription = subscriptionOf(target.id);
  return (subscription === null ? target.id : `${subscription} ${principal.id}`).toLowerCase();
}

/** The list for one grant, and its entries of the same role and principal at any scope. */
export interface Listed {
  readonly all: readonly RoleAssignment[];
  readonly same: readonly RoleAssignment[];
}

/** Reads the lists that grants need; tries once in a run whether a whole subscription can be listed. */
export function openAssignmentLists(
  session: AzureSession,
  homeTenant: (grant: Assignment, budget: Budget) => Promise<HomeTenant>,
): (grants: readonly Assignment[], budget: Budget) => Promise<ReadonlyMap<Assignment, Listed>> {
  const closed = new Set<string>();

  /** Reads the grants of one subscription, or of one scope outside of subscriptions. */
  const readGroup = async (grants: readonly [Assignment, ...Assignment[]], budget: Budget): Promise<Entries> => {
    const place = placeOf(grants[0]);
    const tenantId = await homeTenant(grants[0], budget);
    const [first, ...others] = planLists(grants, !closed.has(place));
    if (first === undefined) return [];
    const isBroad = first.grants.some(({ target }) => !isSameScope(target.id, first.scope));
    const reading = isBroad ? budgetWith(budget, { mayBeDenied: true }) : budget;
    const ask = (list: AssignmentList): Promise<Entries> => readList(session, list, tenantId, reading);
    try {
      // The first list shows whether such lists can be read, before many are requested.
      const known = await ask(first);
      return [...known, ...(await Promise.all(others.map(ask))).flat()];
    } catch (error) {
      if (!isOfKind(error, 'denied') || !isBroad) throw error;
      session.tools.log.debug(readAtScopes(error.message));
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

/**
 * All role assignments at a scope, above and below it, or those that a filter selects. Source:
 * docs/design/azure.md#lists-and-filters.
 */
export function assignmentsAround(
  session: AzureSession,
  scope: string,
  tenantId: HomeTenant,
  budget: Budget,
  filter: string | null = null,
): Promise<readonly RoleAssignment[]> {
  const filtered = filter === null ? {} : { filter };
  return pagesOf(session, action, scope, budget, isWhole, (client, options, settings) =>
    client.roleAssignments.listForScope(scopePath(scope), { ...options, ...tenantId, ...filtered }).byPage(settings),
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

/** True if an item of an answer is a role assignment. */
export function isWhole(row: Partial<RoleAssignment>): boolean {
  const { id, name, scope, roleDefinitionId, principalId, description, condition } = row;
  return [id, scope, roleDefinitionId, principalId, name ?? '', description ?? '', condition ?? ''].every(
    (it) => typeof it === 'string',
  );
}

/** Key of a grant, whatever the letter case of its IDs. */
export function keyOfGrant({ target, principal, role }: Assignment): string {
  return [target.id, principal.id, lastSegment(role.id)].join(' ').toLowerCase();
}

function rowKey({ principalId = '', roleDefinitionId = '' }: RoleAssignment): string {
  return `${principalId} ${lastSegment(roleDefinitionId)}`.toLowerCase();
}

function grantKey({ principal, role }: Assignment): string {
  return `${principal.id} ${lastSegment(role.id)}`.toLowerCase();
}
