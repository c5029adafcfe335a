import type { RoleAssignmentSchedule } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import type { Assignment } from '#access/grant';
import { found, foundUnnamed, type Found } from '#access/leases/found';
import type { HeldGrant } from '#access/leases/journal';
import { keyOfGrant, type Listed } from '#azure/assignments/assignment-lists';
import { eachAlone, placesInWords, readPlaces } from '../../finding/find-held.ts';
import type { AzureLease } from '../../lease-id.ts';
import { isSameScope } from '#azure/resolve/ids';
import { requestSeen, scheduleSeen } from '../service/reading.ts';
import { findOurs, type PimFound, type Searching } from './show.ts';
import { mayCome } from '../statuses.ts';
import { constants } from '../steps/constants.ts';
import { isUnlisted, removedAt, type Seen } from '../steps/seen.ts';

interface Finding extends Searching {
  readonly lists: (grants: readonly Assignment[], budget: Budget) => Promise<ReadonlyMap<Assignment, Listed>>;
  /** Current time of Azure's clock, in milliseconds since the epoch. */
  readonly date: () => number;
}

/** Finds the grants of a lease ID that was taken through Privileged Identity Management. */
export async function findHeld(lease: AzureLease, finding: Finding, budget: Budget): Promise<Found> {
  const { holder, where } = lease;
  const { service, date } = finding;
  if (where.kind === 'places') {
    const read = (scopes: readonly string[]): Promise<readonly PimFound[]> => findOurs(finding, scopes, date(), budget);
    const { rows, unread } = await readPlaces(where.scopes, read, ({ grant }) => keyOfGrant(grant));
    const held = rows.flatMap(({ grant, seen }) => heldIn(grant, holder, seen, date()));
    return foundUnnamed(held, where.count, unread, placesInWords(where.scopes));
  }
  return eachAlone(where.grants, lease, async (grant) => {
    const [requests, schedules] = await Promise.all([
      service.requestsOf(grant, budget),
      service.schedulesOf(grant, budget),
    ]);
    const [schedule] = schedules.map((it) => scheduleSeen(it, false));
    const seen = { schedule: schedule ?? null, requests: requests.map((it) => requestSeen(it, grant, date())) };
    const held = heldIn(grant, holder, seen, date());
    if (held.length > 0) return found({ held });
    const isPermanent =
      schedules.length > 0
        ? schedules.some(isEndless)
        : requests.length === 0 && (await isPlain(grant, finding, budget));
    return found(isPermanent ? { permanent: [grant] } : { gone: [grant] });
  });
}

/**
 * Access that has ended is over, whatever its requests say. A waiting request can be canceled, and one in progress is
 * followed. A request that was carried out and is not listed might be listed late: its release looks again.
 */
function heldIn(
  grant: Assignment,
  holder: string,
  seen: Pick<Seen, 'schedule' | 'requests'>,
  date: number,
): readonly HeldGrant[] {
  const whole = { ...seen, plain: null };
  const isThere = seen.schedule !== null || isUnlisted(whole, { constants, holder, replaces: null }, date);
  // Access that was created after the last removal belongs to another holder.
  const since = removedAt(whole);
  const own = seen.requests
    .filter(({ record, type, standing }) => record?.holder === holder && type !== 'remove' && standing !== 'failed')
    .find((it) => it.at >= since && (isThere || mayCome(it)));
  if (own?.record == null) return [];
  const { end, keepAfterJob } = own.record;
  return [{ grant, holder, end, keepAfterJob, progress: 'held', turn: 0 }];
}

function isEndless({ endDateTime }: RoleAssignmentSchedule): boolean {
  return !(endDateTime instanceof Date);
}

/** True if the access exists without a schedule, as a role assignment that no request made. */
async function isPlain(grant: Assignment, { lists }: Finding, budget: Budget): Promise<boolean> {
  const rows = (await lists([grant], budget)).get(grant)?.same ?? [];
  return rows.some(({ scope }) => isSameScope(scope ?? '', grant.target.id));
}
