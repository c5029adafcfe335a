import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { readUntilWanted } from '#access/engine/rereading';
import { instead } from '#access/errors';
import type { Existing } from '#access/files/port';
import { notAsDocumented } from '../answer.ts';
import { assignmentsAround, isWhole, keyOfGrant, visibleWithinMs } from '../assignments/assignment-lists.ts';
import { assignmentActions } from '../assignments/assignment-writes.ts';
import { grantOf } from '../leases/finding/catalogue.ts';
import { timeIn } from '../leases/pim/service/reading.ts';
import { recordIn } from '../leases/records/record-text.ts';
import { goneAndListed, isChangedNow, isGoneBefore, isLeasedNow, isOfPim } from '../messages/access.ts';
import { isSameScope, lastSegment, scopePath } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';
import { propertiesOf } from './existing.ts';
import type { LastOwners } from './last-owners.ts';
import { isGoverned } from './schedules.ts';

/** The longest wait before a further read, in milliseconds. */
const longestWaitMs = 8_000;

/** Reads an assignment by its name again; a sentence where it is gone, leased, governed or changed by now, else `null`. */
export async function recheck(
  session: AzureSession,
  lastOwners: LastOwners,
  existing: Existing,
  budget: Budget,
): Promise<string | null> {
  const read = (within: Budget): Promise<string | null | undefined> => whyNow(session, lastOwners, existing, within);
  const isWanted = (why: string | null | undefined): boolean => why !== undefined;
  const wanted = { read, isWanted, expected: 'gone', visibleWithinMs, longestWaitMs } as const;
  const why = await readUntilWanted(wanted, budget, session.tools);
  if (why === undefined) throw goneAndListed();
  return why;
}

/** `undefined` where one read does not find it and a list does: one answer of Azure can be wrong, and reads lag. */
async function whyNow(
  session: AzureSession,
  lastOwners: LastOwners,
  existing: Existing,
  budget: Budget,
): Promise<string | null | undefined> {
  // These lists are slow: what is read after them is as fresh as can be.
  if (await isGoverned(session, existing.grant, budget)) return isOfPim;
  const isLast = await lastOwners.whyNow(existing, budget);
  if (isLast !== null) return isLast;
  const row = await readAgain(session, existing, budget);
  if (row === null) return (await isListed(session, existing, budget)) ? undefined : isGoneBefore;
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

async function isListed(
  session: AzureSession,
  { grant: { principal, target }, seen: { assignmentId } }: Existing,
  budget: Budget,
): Promise<boolean> {
  const filter = `principalId eq '${principal.id}'`;
  const rows = await assignmentsAround(session, target.id, {}, budget, filter).catch(instead('not-found', []));
  return rows.some(({ id }) => isSameScope(id ?? '', assignmentId ?? ''));
}
