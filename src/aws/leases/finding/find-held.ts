import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import { found, foundUnnamed, type Found, type Why } from '#access/leases/found';
import type { HeldGrant } from '#access/leases/journal';
import type { AwsLease } from '../lease-id.ts';
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
 * What is there of what a lease id stands for: the keys of grants tell nobody which grants are not. What disagrees with
 * the id is never gone: the lease may stand elsewhere.
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
    // Where a lease was taken there is a group, also when the lease is gone.
    if (listed === null) return found({ unread: [noGroup(lease)] });
    if (listed.some(({ Name }) => isOfOtherGrant(lease, Name)))
      return found({ unread: [disagrees('the grants of its record')] });
  }
  const seen = await Promise.all(holds.map((hold) => seenOf(hold, lease, reader, budget)));
  const held = seen.flatMap((it) => (it !== null && 'held' in it ? [it.held] : []));
  const unread = seen.flatMap((it) => (it !== null && 'reason' in it ? [it] : []));
  return foundUnnamed(held, lease.count, unread, lease.grants === null ? `in the schedule group ${lease.group}` : null);
}

async function entriesOf({ grants }: AwsLease, reader: RecordReader, budget: Budget): Promise<readonly Entry[]> {
  if (grants === null) return readCatalogue(reader, budget);
  return Promise.all(grants.map((grantKey) => readEntry(reader, grantKey, budget)));
}

/** `null` where it was deleted since it was listed. */
async function seenOf(
  { grantKey, row }: Hold,
  lease: AwsLease,
  reader: RecordReader,
  budget: Budget,
): Promise<{ readonly held: HeldGrant } | Why | null> {
  const it = await look(reader, grantKey, row, budget);
  if (it === 'foreign') return disagrees('the role or the grant of its record');
  if (it === 'gone') {
    const listed = await listSchedules(reader.session, null, prefixOf(grantKey), budget);
    const isElsewhere = listed.some(({ Name, GroupName }) => isOf(lease, Name) && GroupName !== lease.group);
    return isElsewhere ? disagrees('the schedule group of its record') : null;
  }
  if (it.fields.instanceArn !== lease.instanceArn) return disagrees('the instance of its record');
  const { keepAfterJob, holder } = lease;
  const { end } = it.row;
  return { held: { grant: grantOf(it.fields), holder, end, keepAfterJob, progress: 'held', turn: 0 } };
}

function isOf({ holder }: AwsLease, name: string | undefined): boolean {
  return name?.endsWith(`-${holder}-h`) === true;
}

/** Whether its holder has a record of a grant that it does not name. */
function isOfOtherGrant(lease: AwsLease, name: string | undefined): boolean {
  const { grantKey } = parseScheduleName(name ?? '') ?? {};
  return isOf(lease, name) && grantKey !== undefined && lease.grants?.includes(grantKey) === false;
}

function noGroup({ group, region }: AwsLease): Why {
  return {
    reason: `There is no schedule group ${group} in ${region}, where the lease-id says that the records of the lease are.`,
    hint: 'Take the lease-id as the step that took the lease gave it. Where the group was deleted, nothing ends the access any more: look at it, and end it with `operation: revoke`.',
  };
}

function disagrees(what: string): Why {
  return {
    reason: `The lease-id does not agree with ${what}: nothing was ended.`,
    hint: 'Take the lease-id as the step that took the lease gave it, or end the access with `operation: sweep` or `operation: revoke`.',
  };
}
