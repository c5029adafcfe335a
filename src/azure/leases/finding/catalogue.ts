import type { RoleAssignment } from '@azure/arm-authorization';
import { budgetWith, type Budget } from '#access/clock';
import { isOfKind } from '#access/errors';
import type { Assignment } from '#access/grant';
import { assignmentsAround } from '../../assignments/assignment-lists.ts';
import { distinctBy } from '#access/distinct';
import { tenantsOfScopes } from '../../assignments/home-tenant.ts';
import { holds, type Places } from '../../resolve/places.ts';
import type { AzureSession } from '../../session.ts';
import { recordIn } from '../records/record-text.ts';
import { recordMark } from '../records/record-entry.ts';
import { delegatedUnread } from '../../messages/leases.ts';
import type { Entry } from '../steps/entries.ts';

/** A leased role assignment, as a list shows it. */
export interface Leased {
  readonly row: RoleAssignment;
  readonly grant: Assignment;
  readonly entries: readonly Entry[];
}

/** Records found at some scopes and below them. */
export interface Catalogue {
  readonly leased: readonly Leased[];
  /** Role assignments whose record does not prove itself. */
  readonly altered: readonly RoleAssignment[];
}

/** Reads all records at these scopes and below them. Role assignments that are inherited from above are left out. */
export async function readCatalogue(
  session: AzureSession,
  places: Places,
  scopes: readonly string[],
  budget: Budget,
): Promise<Catalogue> {
  const tenants = tenantsOfScopes(session);
  /**
   * Lists show role assignments of delegated identities only to requests that name their directory, which not every caller
   * is allowed to. Source:
   * docs/design/azure.md#delegated-identities.
   */
  const ofDelegated = async (scope: string, reading: Budget): Promise<readonly RoleAssignment[]> => {
    try {
      return await assignmentsAround(
        session,
        scope,
        await tenants(scope, reading),
        budgetWith(reading, { mayBeDenied: true }),
      );
    } catch (error) {
      // A failure of the service is no refusal: such leases might exist.
      if (!isOfKind(error, 'denied', 'invalid', 'not-found')) throw error;
      session.tools.log.info(delegatedUnread(scope, error.message));
      return [];
    }
  };
  const found = await Promise.all(
    scopes.map(async (scope) => {
      const [rows, delegated] = await Promise.all([
        assignmentsAround(session, scope, {}, budget),
        ofDelegated(scope, budget),
      ]);
      const marked = [...rows, ...delegated].filter(({ description }) => description?.includes(recordMark) === true);
      const isBelow = await Promise.all(marked.map((row) => holds(places, scope, row.scope ?? '', budget)));
      return marked.filter((_, index) => isBelow[index]);
    }),
  );
  const rows = distinctBy(found.flat(), ({ id }) => (id ?? '').toLowerCase());
  const date = session.serverTime(session.tools.clock.now());
  const described = rows.map((row) => ({ row, it: recordIn(row, date) }));
  return {
    leased: described.flatMap(({ row, it }) =>
      it.is === 'record' ? [{ row, grant: grantOf(row), entries: it.entries }] : [],
    ),
    altered: described.flatMap(({ row, it }) => (it.is === 'record' ? [] : [row])),
  };
}

/** Grant of a row of a list; its names were not looked up. */
export function grantOf({
  principalId = '',
  principalType,
  roleDefinitionId = '',
  scope = '',
}: Pick<RoleAssignment, 'principalId' | 'principalType' | 'roleDefinitionId' | 'scope'>): Assignment {
  return {
    kind: 'assignment',
    principal: { id: principalId, type: principalType ?? null, name: null },
    role: { id: roleDefinitionId, name: null },
    target: { id: scope, name: null },
  };
}
