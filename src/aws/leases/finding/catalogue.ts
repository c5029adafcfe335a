import type { ScheduleSummary } from '@aws-sdk/client-scheduler';
import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { AwsSession } from '../../session.ts';
import type { Constants } from '../steps/constants.ts';
import { parseScheduleName, prefixOf, scheduleName, type AssignmentFields } from '../records/names.ts';
import { readDescription, type Description } from '../records/record-text.ts';
import { proofOf, rowOf } from '../records/rows.ts';
import { isLiveHold, isTimer, type RecordName, type Row } from '../steps/records.ts';
import { getSchedule, listSchedules, schedulePager } from '../records/schedules.ts';

/** The records of one grant in a group. */
export interface Entry {
  readonly grantKey: string;
  readonly rows: readonly Row[];
}

/** A record that was read by itself. */
export interface Inspected {
  readonly row: Row;
  readonly fields: AssignmentFields;
  readonly description: Description | null;
}

/** The place of the records, and the session that reads them. */
export interface RecordReader {
  readonly session: AwsSession;
  readonly group: string;
  /** The role that Scheduler assumes in this action's records, `null` where it is unknown. */
  readonly roleArn: string | null;
  readonly constants: Constants;
}

/** All records of a group by grant; a group that does not exist has none. */
export async function readCatalogue(
  { session, group, constants }: RecordReader,
  budget: Budget,
): Promise<readonly Entry[]> {
  const all = await listSchedules(session, group, null, budget).catch(instead('not-found', []));
  return entriesIn(all, constants);
}

/** The records among schedules, by grant. */
export function entriesIn(all: readonly ScheduleSummary[], constants: Constants): readonly Entry[] {
  const known = all.flatMap((summary) => {
    const parsed = parseScheduleName(summary.Name ?? '');
    const row = rowOf(summary, constants);
    return parsed === null || row === null ? [] : [{ grantKey: parsed.grantKey, row }];
  });
  return [...Map.groupBy(known, ({ grantKey }) => grantKey)].map(([grantKey, rows]) => ({
    grantKey,
    rows: rows.map(({ row }) => row),
  }));
}

/** The records of one grant, in any group. */
export async function readEntry(
  { session, constants }: RecordReader,
  grantKey: string,
  budget: Budget,
): Promise<Entry> {
  const all = await listSchedules(session, null, prefixOf(grantKey), budget);
  return { grantKey, rows: all.flatMap((summary) => rowOf(summary, constants) ?? []) };
}

/** The first schedule group of the step that has records of a grant; the first of all where none has. */
export async function groupOfRecords(session: AwsSession, grantKey: string, budget: Budget): Promise<string> {
  const { group, moreGroups = [] } = session.settings.scheduler;
  if (moreGroups.length === 0) return group;
  const all = await listSchedules(session, null, prefixOf(grantKey), budget);
  const having = new Set(all.map(({ GroupName }) => GroupName));
  return [group, ...moreGroups].find((name) => having.has(name)) ?? group;
}

/** Most grants whose records are listed one by one without reading the whole list. */
const few = 10;

/**
 * The records of each of these grants, in any group, in their order. The list of all schedules is read as long as it can
 * need fewer requests than a list for each grant.
 */
export async function readEntries(
  reader: RecordReader,
  grantKeys: readonly string[],
  budget: Budget,
): Promise<readonly Entry[]> {
  const each = (): Promise<readonly Entry[]> =>
    Promise.all(grantKeys.map((grantKey) => readEntry(reader, grantKey, budget)));
  if (grantKeys.length <= few) return each();
  const list = schedulePager(reader.session, null, null);
  while (!list.isDone() && list.pagesRead() < grantKeys.length) await list.next(budget);
  if (!list.isDone()) return each();
  const found = new Map(entriesIn(list.items, reader.constants).map((entry) => [entry.grantKey, entry]));
  return grantKeys.map((grantKey) => found.get(grantKey) ?? { grantKey, rows: [] });
}

/** Reads one record; `null` where it is gone, or does not prove itself to be a record of this grant. */
export async function inspect(
  reader: RecordReader,
  grantKey: string,
  row: RecordName,
  budget: Budget,
): Promise<Inspected | null> {
  const seen = await look(reader, grantKey, row, budget);
  return typeof seen === 'string' ? null : seen;
}

/** Reads one record. `foreign`: it does not prove itself to be this action's record of this grant. */
export async function look(
  { session, group, roleArn, constants }: RecordReader,
  grantKey: string,
  row: RecordName,
  budget: Budget,
): Promise<Inspected | 'gone' | 'foreign'> {
  const name = scheduleName(grantKey, row);
  const it = await getSchedule(session, group, name, budget).catch(instead('not-found', null));
  if (it === null) return 'gone';
  const { State, CreationDate, LastModificationDate } = it;
  const seen = rowOf({ Name: name, State, CreationDate, LastModificationDate }, constants);
  if (seen === null) return 'foreign';
  const { fields, firesAt } = proofOf(it, seen, { grantKey, roleArn }, constants);
  if (fields === null) return 'foreign';
  return { row: { ...seen, firesAt }, fields, description: readDescription(it.Description) };
}

/** The grant of these fields, without names. */
export function grantOf({ account, permissionSetArn, principalType, principalId }: AssignmentFields): Assignment {
  return {
    kind: 'assignment',
    principal: { type: principalType, id: principalId, name: null },
    role: { id: permissionSetArn, name: null },
    target: { id: account, name: null },
  };
}

export function liveHolds({ rows }: Entry, date: number, constants: Constants): readonly Row[] {
  return rows.filter((row) => isLiveHold(row, date, constants));
}

export function timersIn({ rows }: Entry): readonly Row[] {
  return rows.filter(isTimer);
}
