import type { Budget } from '#access/clock';
import type { Assignment } from '#access/grant';
import { unknownNotices, type JobName, type Liveness } from '#access/leases/liveness';
import type { DueGrant, Survey, Suspect } from '#access/leases/port';
import {
  grantOf,
  inspect,
  liveHolds,
  look,
  readCatalogue,
  type Entry,
  type Inspected,
  type RecordReader,
} from './catalogue.ts';
import { never, type Constants } from '../steps/constants.ts';
import { isAbandonedPermanentHold, isEnabledTimer, phaseOf, type RecordName, type Row } from '../steps/records.ts';
import type { AssignmentFields } from '../records/names.ts';
import { jobsEnded, noHolder, recordsStale } from '../messages/ending.ts';
import { absentMeanwhile, foreignNotice, permanentWasInterrupted, repeatOrRevoke } from '../messages/records.ts';
import { permanentBrokenOff } from '#access/messages/leases';

/** The due work of a sweep for one grant. */
export interface Due extends DueGrant {
  /** Holds of jobs that have ended. */
  readonly ended: readonly RecordName[];
  readonly garbage: readonly RecordName[];
  /** The holders of the due leases, in words. */
  readonly holders: readonly string[];
}

/** The selection of a sweep, and the sources that it reads. */
interface Looking {
  readonly reader: RecordReader;
  readonly liveness: Liveness;
  /** Milliseconds since the epoch by the cloud's clock. */
  readonly date: number;
  /** True for a grant that the request means. */
  readonly isWanted: (grant: Assignment) => boolean;
  /** True if the access exists. */
  readonly isThere: (grant: Assignment, budget: Budget) => Promise<boolean>;
}

interface Holding {
  readonly entry: Entry;
  readonly hold: Row;
  readonly seen: Inspected | null;
}

/** Finds leases whose time is over or whose jobs have ended, and access that a person has to decide on. */
export async function findDue(looking: Looking, budget: Budget): Promise<Survey<Due>> {
  const { reader, date, liveness, isWanted } = looking;
  const { constants } = reader;
  const entries = await readCatalogue(reader, budget);
  // Jobs are checked only for holds that are old enough, those with the earliest end first.
  const old = entries
    .flatMap((entry) => liveHolds(entry, date, constants).map((hold) => ({ entry, hold })))
    .filter(({ hold }) => hold.end !== never && date >= hold.created + constants.sweepAge)
    .sort((a, b) => a.hold.end - b.hold.end);
  const seen: readonly Holding[] = await Promise.all(
    old.map(async (it) => ({ ...it, seen: await inspect(reader, it.entry.grantKey, it.hold, budget) })),
  );
  // GitHub's hourly budget is spent only on the grants of the request.
  const asked = seen.filter(({ seen: it }) => it?.description?.keepAfterJob === false && isWanted(grantOf(it.fields)));
  const jobs: readonly JobName[] = asked.flatMap(({ seen: it }) => it?.description?.job ?? []);
  const states = await liveness.states(jobs, budget);
  const ended = Map.groupBy(
    asked.filter((_, index) => states[index]?.state === 'ended'),
    ({ entry }) => entry,
  );
  const found = await Promise.all(entries.map(async (entry) => itemOf(entry, ended.get(entry) ?? [], looking, budget)));
  const foreign = [
    ...entries.flatMap(({ rows }) => rows.filter((row) => row.foreign)),
    ...found.flatMap((it) => it.foreign),
  ];
  const notices = [...unknownNotices(states), ...foreign.map(foreignNotice)];
  const items = found.flatMap(({ item }) => item ?? []);
  return { items, notices, suspects: found.flatMap(({ suspect }) => suspect ?? []) };
}

interface Judged {
  readonly item: Due | null;
  readonly suspect: Suspect | null;
  /** Timers that do not prove themselves to be this action's, and so prove nothing. */
  readonly foreign: readonly Row[];
}

const nothing: Judged = { item: null, suspect: null, foreign: [] };

async function itemOf(
  entry: Entry,
  over: readonly Holding[],
  { reader, date, isWanted, isThere }: Looking,
  budget: Budget,
): Promise<Judged> {
  const { constants } = reader;
  const ended: readonly RecordName[] = over.map(({ hold }) => hold);
  const garbage = entry.rows.filter((row) => isGarbage(row, date, constants));
  const holds = liveHolds(entry, date, constants);
  const others = holds.filter((hold) => !ended.includes(hold));
  const abandoned = holds.filter((hold) => isAbandonedPermanentHold(hold, date, constants));
  const enabled = entry.rows.filter(isEnabledTimer);
  const mayBeDue = ended.length > 0 || (others.length === 0 && enabled.length > 0);
  if (!mayBeDue && garbage.length === 0 && abandoned.length === 0) return nothing;
  const looked = await Promise.all(
    (mayBeDue ? enabled : []).map(async (row) => ({ row, seen: await look(reader, entry.grantKey, row, budget) })),
  );
  const foreign = looked.flatMap(({ row, seen }) => (seen === 'foreign' ? [row] : []));
  const timers = looked.flatMap(({ seen }) => (typeof seen === 'string' ? [] : [seen]));
  const fields = timers[0]?.fields ?? (await fieldsOfAny([...holds, ...entry.rows], entry, reader, budget));
  if (fields === null) return { ...nothing, foreign };
  const grant = grantOf(fields);
  if (!isWanted(grant)) return nothing;
  const phases = timers.map(({ row }) => phaseOf(row, date, constants));
  // While AWS is ending the access, the sweep need not.
  const isDue = mayBeDue && (ended.length > 0 || (phases.length > 0 && !phases.includes('due')));
  const suspect = abandoned.length === 0 ? null : suspectOf(grant, await isThere(grant, budget));
  if (!isDue && garbage.length === 0) return { item: null, suspect, foreign };
  const holders = holdersIn(over.length > 0 ? over.map(({ seen }) => seen) : timers);
  const why = whyOf(ended, timers, isDue, date);
  return { item: { grant, due: isDue, why, ended, garbage, holders }, suspect, foreign };
}

function holdersIn(records: readonly (Inspected | null)[]): readonly string[] {
  return [...new Set(records.flatMap((it) => it?.description?.words ?? []))];
}

/** A permanent assign that was interrupted: either its access has no end, or no lease of it can be taken. */
function suspectOf(grant: Assignment, isThere: boolean): Suspect {
  const reason = permanentWasInterrupted(isThere ? permanentBrokenOff : absentMeanwhile);
  return { grant, reason, hint: repeatOrRevoke };
}

/** The fields of the first record that proves itself; each is read only if those before it did not. */
async function fieldsOfAny(
  rows: readonly Row[],
  { grantKey }: Entry,
  reader: RecordReader,
  budget: Budget,
): Promise<AssignmentFields | null> {
  for (const row of rows) {
    const seen = row.foreign ? null : await inspect(reader, grantKey, row, budget);
    if (seen !== null) return seen.fields;
  }
  return null;
}

function isGarbage(row: Row, date: number, { gcAge }: Constants): boolean {
  if (row.foreign || row.end === never) return false;
  return date > row.end + gcAge && !isEnabledTimer(row);
}

function whyOf(ended: readonly RecordName[], timers: readonly Inspected[], isDue: boolean, date: number): string {
  if (ended.length > 0) return jobsEnded(ended.length);
  if (!isDue) return recordsStale;
  const latest = Math.max(...timers.map(({ row }) => row.end));
  return noHolder(latest, latest < date);
}
