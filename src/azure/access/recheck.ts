import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import type { Existing } from '#access/files/port';
import { notAsDocumented } from '../answer.ts';
import { isWhole, keyOfGrant } from '../assignments/assignment-lists.ts';
import { assignmentActions } from '../assignments/assignment-writes.ts';
import { grantOf } from '../leases/finding/catalogue.ts';
import { timeIn } from '../leases/pim/service/reading.ts';
import { recordIn } from '../leases/records/record-text.ts';
import { isChangedNow, isGoneBefore, isLeasedNow, isOfPim } from '../messages/access.ts';
import { lastSegment, scopePath } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';
import { propertiesOf } from './existing.ts';
import type { LastOwners } from './last-owners.ts';
import { isGoverned } from './schedules.ts';

/** Reads an assignment by its name again; a sentence where it is gone, leased, governed or changed by now, else `null`. */
export async function recheck(
  session: AzureSession,
  lastOwners: LastOwners,
  existing: Existing,
  budget: Budget,
): Promise<string | null> {
  // These lists are slow: what is read after them is as fresh as can be.
  if (await isGoverned(session, existing.grant, budget)) return isOfPim;
  const isLast = await lastOwners.whyNow(existing, budget);
  if (isLast !== null) return isLast;
  const row = await readAgain(session, existing, budget);
  if (row === null) return isGoneBefore;
  const described = recordIn(row, session.serverTime(session.tools.clock.now()));
  if (described.is === 'record' && existing.kind !== 'lease') return isLeasedNow;
  const { condition, description } = propertiesOf(row, described);
  const { properties, createdAt, grant } = existing;
  const isSame =
    keyOfGrant(grantOf(row)) === keyOfGrant(grant) &&
    condition === properties.condition &&
    description === properties.description &&
    timeIn(row.createdOn) === createdAt;
  return isSame ? null : isChangedNow;
}

async function readAgain(
  session: AzureSession,
  { grant: { target }, seen }: Existing,
  budget: Budget,
): Promise<RoleAssignment | null> {
  const { assignmentId } = seen;
  if (assignmentId === null) return null;
  return session
    .read(assignmentActions.read, target.id, budget, async (client, options) => {
      const found = await client.roleAssignments.get(scopePath(target.id), lastSegment(assignmentId), options);
      if (!isWhole(found)) throw notAsDocumented();
      return found;
    })
    .catch(instead('not-found', null));
}
