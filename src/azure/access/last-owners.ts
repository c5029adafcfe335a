import type { Budget } from '#access/clock';
import type { Existing } from '#access/files/port';
import { assignmentsAround, keyOfGrant } from '../assignments/assignment-lists.ts';
import { grantOf } from '../leases/finding/catalogue.ts';
import { recordMark } from '../leases/records/record-entry.ts';
import { isLastOwner } from '../messages/access.ts';
import { groupBy } from '../resolve/gather.ts';
import { isSameGuid, isSameScope, lastSegment, subscriptionOf } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';
import { activeAt, governs } from './schedules.ts';

/** Source: docs/design/azure.md#role-definitions. */
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

/**
 * Why the assignments of Owner among these must stay: with them, the last permanent Owner of their scope would go. An Owner
 * of the subscription or of a scope in between is an Owner of what is below; one above the subscription does not count.
 *
 * @param removable assignments that nothing else protects for good
 */
export async function whyLastOwners(
  session: AzureSession,
  removable: readonly Existing[],
  budget: Budget,
): Promise<ReadonlyMap<Existing, string>> {
  const owners = removable.filter(({ grant }) => isSameGuid(lastSegment(grant.role.id), owner));
  const gone = new Set(owners.map(({ grant }) => keyOfGrant(grant)));
  const kept = await Promise.all(
    groupBy(owners, ({ grant }) => grant.target.id.toLowerCase()).map(async (those) => {
      const scope = those[0].grant.target.id;
      return (await hasOtherOwner(session, scope, gone, budget))
        ? []
        : those.map((it) => [it, isLastOwner(scope)] as const);
    }),
  );
  return new Map(kept.flat());
}

/** @param gone keys of grants that might be removed */
async function hasOtherOwner(
  session: AzureSession,
  scope: string,
  gone: ReadonlySet<string>,
  budget: Budget,
): Promise<boolean> {
  const [rows, active] = await Promise.all([
    assignmentsAround(session, scope, {}, budget, 'atScope()'),
    activeAt(session, scope, false, budget),
  ]);
  const ending = new Set(active.filter(governs).map((it) => keyOfGrant(grantOf(it))));
  return rows.some((row) => {
    const key = keyOfGrant(grantOf(row));
    const isHere = isSameScope(row.scope ?? '', scope) || subscriptionOf(row.scope ?? '') !== null;
    const isOwner = isSameGuid(lastSegment(row.roleDefinitionId ?? ''), owner);
    const isLeased = row.description?.includes(recordMark) === true;
    return isHere && isOwner && !isLeased && !gone.has(key) && !ending.has(key);
  });
}
