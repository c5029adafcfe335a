import type { Budget } from '#access/clock';
import { CloudError, instead } from '#access/errors';
import type { RecordsNeed } from '#access/files/port';
import type { Assignment } from '#access/grant';
import type { LeaseEntry } from '#access/leases/port';
import { inTurns } from '#access/turns';
import { schedulerInputs } from '../inputs.ts';
import { entriesIn, readEntry, type RecordReader } from '../leases/finding/catalogue.ts';
import { entryOf } from '../leases/finding/show.ts';
import { foreignNotice, permanentUnderWay } from '../leases/messages/records.ts';
import { fieldsOf, grantKeyOf } from '../leases/records/names.ts';
import { listSchedules } from '../leases/records/schedules.ts';
import { constants } from '../leases/steps/constants.ts';
import { isArmedTimer, isLiveLease, isPermanentHold } from '../leases/steps/records.ts';
import {
  groupMissing,
  groupUnknown,
  inChange,
  leasedNow,
  recordsElsewhere,
  recordsUnread,
} from '../messages/access.ts';
import { accountOf } from '../resolve/privileged.ts';
import type { AwsSession } from '../session.ts';
import type { AccessTools } from './tools.ts';

/** The leases that records prove, of the grants that exist. */
export interface Recorded {
  /** By the key of the grant. */
  readonly leases: ReadonlyMap<string, Recording>;
  readonly notices: readonly string[];
}

interface Recording extends Pick<LeaseEntry, 'holders' | 'endsAt' | 'overdueSince'> {
  readonly isLeased: boolean;
}

type RecordTools = Pick<AccessTools, 'session' | 'caller'>;

/** Most records that are read at once. */
const atOnce = 24;

export function keyOf(instanceArn: string, grant: Assignment): string {
  return grantKeyOf(fieldsOf(instanceArn, grant));
}

/** The role of a record does not matter here: records of other roles are leases too. */
function readerOf(session: AwsSession, group: string): RecordReader {
  return { session, group, roleArn: null, constants };
}

function dateOf({ wire, tools }: AwsSession): number {
  return wire.serverTime(tools.clock.now());
}

/** Reads the records of all schedule groups, and by itself each record of a grant that exists. */
export async function readRecords(
  tools: RecordTools,
  keys: ReadonlySet<string>,
  need: RecordsNeed,
  budget: Budget,
): Promise<Recorded> {
  const { group, moreGroups = [] } = tools.session.settings.scheduler;
  const found = await inTurns([...new Set([group, ...moreGroups])], atOnce, (name) =>
    readGroup(tools, name, keys, need, budget),
  );
  const leases = new Map<string, Recording>();
  for (const [key, recording] of found.flatMap((it) => it.recordings)) {
    const before = leases.get(key);
    leases.set(key, before === undefined ? recording : both(before, recording));
  }
  return { leases, notices: found.flatMap(({ notices }) => notices) };
}

interface OfGroup {
  readonly recordings: readonly (readonly [string, Recording])[];
  readonly notices: readonly string[];
}

async function readGroup(
  tools: RecordTools,
  group: string,
  keys: ReadonlySet<string>,
  need: RecordsNeed,
  budget: Budget,
): Promise<OfGroup> {
  const { session } = tools;
  const reader = readerOf(session, group);
  const date = dateOf(session);
  try {
    const all = await listSchedules(session, group, null, budget).catch(instead('not-found', null));
    if (all === null) return { recordings: [], notices: await whereMissing(tools, group, need, budget) };
    const entries = entriesIn(all, constants).filter(({ grantKey }) => keys.has(grantKey));
    const shown = await inTurns(entries, atOnce, async (entry) => ({
      entry,
      shown: await entryOf(reader, entry, date, budget),
    }));
    const foreign = shown.flatMap((it) => [...it.entry.rows.filter((row) => row.foreign), ...it.shown.foreign]);
    const recordings = shown.flatMap(({ entry, shown: { item } }) =>
      item === null ? [] : [[entry.grantKey, recordingOf(item)] as const],
    );
    return { recordings, notices: foreign.map(foreignNotice) };
  } catch (error) {
    if (need === 'required' || !(error instanceof CloudError)) throw error;
    return { recordings: [], notices: [recordsUnread(group, error.message)] };
  }
}

/**
 * Notices of a group that does not exist. The default group exists only once a lease was taken. Any other that does not exist
 * may be a typing error.
 */
async function whereMissing(
  { session, caller }: RecordTools,
  group: string,
  need: RecordsNeed,
  budget: Budget,
): Promise<readonly string[]> {
  const { roleArn } = session.settings.scheduler;
  if (group === schedulerInputs['aws-scheduler-group'].fallback) {
    if (need !== 'required' || roleArn === null) return [];
    // A role can end only leases that are recorded in its own account.
    const [ender, own] = [accountOf(roleArn), accountOf(await caller(budget))];
    if (ender !== own) throw recordsElsewhere(group, own, ender);
    return [];
  }
  if (need === 'required') throw groupMissing(group, session.region());
  return [groupUnknown(group)];
}

/** A timer whose firings are over ends nothing any more: then only holders prove a lease. */
function recordingOf({ holders, endsAt, guarantee, overdueSince }: LeaseEntry): Recording {
  const isLeased = holders.length > 0 || guarantee !== null;
  return { holders, endsAt: guarantee === null ? null : endsAt, overdueSince, isLeased };
}

function both(one: Recording, other: Recording): Recording {
  const isLeased = one.isLeased || other.isLeased;
  return {
    holders: [...one.holders, ...other.holders],
    endsAt: later(one.endsAt, other.endsAt),
    overdueSince: isLeased ? null : later(one.overdueSince, other.overdueSince),
    isLeased,
  };
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

/** A sentence about the record because of which a grant stays; `null` where no record of any group counts. */
export async function whyRecorded(
  session: AwsSession,
  instanceArn: string,
  grant: Assignment,
  budget: Budget,
): Promise<string | null> {
  const { rows } = await readEntry(
    readerOf(session, session.settings.scheduler.group),
    keyOf(instanceArn, grant),
    budget,
  );
  const date = dateOf(session);
  if (rows.some((row) => isLiveLease(row, date, constants) || isArmedTimer(row, date, constants))) return leasedNow;
  if (rows.some(isPermanentHold)) return permanentUnderWay(null);
  return rows.some(({ kind, end }) => kind === 'mark' && date < end) ? inChange : null;
}
