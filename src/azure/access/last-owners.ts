import type { Budget } from '#access/clock';
import type { Existing } from '#access/files/port';
import { assignmentsAround, keyOfGrant } from '../assignments/assignment-lists.ts';
import { grantOf } from '../leases/finding/catalogue.ts';
import { recordMark } from '../leases/records/record-entry.ts';
import { isLastOwner, mightBeLastOwner } from '../messages/access.ts';
import { groupBy } from '../resolve/gather.ts';
import { isSameGuid, isSameScope, lastSegment, subscriptionOf } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';
import { principalStates } from './principal-states.ts';
import { activeAt, governs } from './schedules.ts';

/** Source: docs/design/azure.md#role-definitions. */
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

/** Owners of scopes that must not lose their last one. */
export interface LastOwners {
  /**
   * Why the assignments of Owner among these must stay: with them, the last permanent Owner of their scope would go. An
   * Owner of the subscription or of a scope in between is an Owner of what is below; one above the subscription does not
   * count.
   *
   * @param removable assignments that nothing else protects for good
   */
  why(removable: readonly Existing[], budget: Budget): Promise<ReadonlyMap<Existing, string>>;
  /** The same right before a removal: by then, others can have removed an Owner that was to stay. */
  whyNow(existing: Existing, budget: Budget): Promise<string | null>;
}

export function openLastOwners(session: AzureSession): LastOwners {
  /** Of each Owner by its key: the keys of all that might be removed together with it. */
  const together = new Map<string, ReadonlySet<string>>();
  const isOwner = ({ grant }: Existing): boolean => isSameGuid(lastSegment(grant.role.id), owner);
  return {
    async why(removable, budget) {
      const owners = removable.filter(isOwner);
      const gone = new Set(owners.map(({ grant }) => keyOfGrant(grant)));
      for (const key of gone) together.set(key, gone);
      const kept = await Promise.all(
        groupBy(owners, ({ grant }) => grant.target.id.toLowerCase()).map(async (those) => {
          const why = await whyLast(session, those[0].grant.target.id, gone, budget);
          return why === null ? [] : those.map((it) => [it, why] as const);
        }),
      );
      return new Map(kept.flat());
    },
    async whyNow(existing, budget) {
      const key = keyOfGrant(existing.grant);
      if (!isOwner(existing)) return null;
      return whyLast(session, existing.grant.target.id, together.get(key) ?? new Set([key]), budget);
    },
  };
}

/** `null` where another Owner stays. @param gone keys of grants that might be removed */
async function whyLast(
  session: AzureSession,
  scope: string,
  gone: ReadonlySet<string>,
  budget: Budget,
): Promise<string | null> {
  const [rows, active] = await Promise.all([
    assignmentsAround(session, scope, {}, budget, 'atScope()'),
    activeAt(session, scope, false, budget),
  ]);
  const ending = new Set(active.filter(governs).map((it) => keyOfGrant(grantOf(it))));
  const others = rows.filter((row) => {
    const key = keyOfGrant(grantOf(row));
    const isHere = isSameScope(row.scope ?? '', scope) || subscriptionOf(row.scope ?? '') !== null;
    const isOwner = isSameGuid(lastSegment(row.roleDefinitionId ?? ''), owner);
    // A condition takes rights of an Owner away.
    const isWhole = (row.condition ?? '') === '' && row.description?.includes(recordMark) !== true;
    return isHere && isOwner && isWhole && !gone.has(key) && !ending.has(key);
  });
  // Nobody signs in as a principal that was deleted.
  const principals = others.map((row) => grantOf(row).principal);
  const known = await principalStates(session, principals, budget);
  const states = principals.map((principal) => known.of(principal).state);
  if (states.includes('found')) return null;
  return states.includes('unknown') ? mightBeLastOwner(scope) : isLastOwner(scope);
}
