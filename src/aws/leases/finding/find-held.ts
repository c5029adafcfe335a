import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import { found, foundUnnamed, type Found, type Why } from '#access/leases/found';
import type { HeldGrant } from '#access/leases/journal';
import type { AwsLease } from '../lease-id.ts';
import { disagrees, inGroup, noGroup, partsOfRecord } from '../messages/records.ts';
import { parseScheduleName, prefixOf } from '../records/names.ts';
import { listSchedules } from '../records/schedules.ts';
import type { Row } from '../steps/records.ts';
import { grantOf, look, readCatalogue, readEntry, type Entry, type RecordReader } from './catalogue.ts';

/** A record of the lease's holder, by its name. */
interface Hold {
  readonly grantKey: string;
  readonly row: Row;
}

/**
 * The grants of a lease ID that are on record; a key alone does not identify a grant that is not. A record that does not
 * match the ID is never reported as gone: the lease may be elsewhere.
 */
export async function findHeld(lease: AwsLease, reader: RecordReader, budget: Budget): Promise<Found> {
  const entries = await entriesOf(lease, reader, budget);
  const holds = entries.flatMap(({ grantKey, rows }): readonly Hold[] =>
    rows
      .filter((row) => row.kind === 'hold' && row.holder === lease.holder && !row.foreign)
      .map((row) => ({ grantKey, row })),
  );
  if (holds.length === 0) {
    const listed = await listSchedules(reader.session, lease.group, null, budget).catch(instead('not-found', null));
    // If a lease was taken, its group exists, even after the lease has ended.
    if (listed === null) return found({ unread: [noGroup(lease.group, lease.region)] });
    if (listed.some(({ Name }) => isOfOtherGrant(lease, Name)))
      return found({ unread: [disagrees(partsOfRecord.grants)] });
  }
  const seen = await Promise.all(holds.map((hold) => seenOf(hold, lease, reader, budget)));
  const held = seen.flatMap((it) => (it !== null && 'held' in it ? [it.held] : []));
  const unread = seen.flatMap((it) => (it !== null && 'reason' in it ? [it] : []));
  return foundUnnamed(held, lease.count, unread, lease.grants === null ? inGroup(lease.group) : null);
}

async function entriesOf({ grants }: AwsLease, reader: RecordReader, budget: Budget): Promise<readonly Entry[]> {
  if (grants === null) return readCatalogue(reader, budget);
  return Promise.all(grants.map((grantKey) => readEntry(reader, grantKey, budget)));
}

/** The grant of a hold; `null` if it was deleted since it was listed. */
async function seenOf(
  { grantKey, row }: Hold,
  lease: AwsLease,
  reader: RecordReader,
  budget: Budget,
): Promise<{ readonly held: HeldGrant } | Why | null> {
  const it = await look(reader, grantKey, row, budget);
  if (it === 'foreign') return disagrees(partsOfRecord.roleOrGrant);
  if (it === 'gone') {
    const listed = await listSchedules(reader.session, null, prefixOf(grantKey), budget);
    const isElsewhere = listed.some(({ Name, GroupName }) => isOf(lease, Name) && GroupName !== lease.group);
    return isElsewhere ? disagrees(partsOfRecord.group) : null;
  }
  if (it.fields.instanceArn !== lease.instanceArn) return disagrees(partsOfRecord.instance);
  const { keepAfterJob, holder } = lease;
  const { end } = it.row;
  return { held: { grant: grantOf(it.fields), holder, end, keepAfterJob, progress: 'held', turn: 0 } };
}

function isOf({ holder }: AwsLease, name: string | undefined): boolean {
  return name?.endsWith(`-${holder}-h`) === true;
}

/** True if the lease's holder has a record of a grant that the lease does not name. */
function isOfOtherGrant(lease: AwsLease, name: string | undefined): boolean {
  const { grantKey } = parseScheduleName(name ?? '') ?? {};
  return isOf(lease, name) && grantKey !== undefined && lease.grants?.includes(grantKey) === false;
}
