import { type Budget, minuteInWords } from '#access/clock';
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
import { foreignNotice } from '../words.ts';
import { permanentBrokenOff } from '#access/leases/words';

/** What a sweep does about one grant. */
export interface Due extends DueGrant {
  /** Holds of jobs that have ended. */
  readonly ended: readonly RecordName[];
  readonly garbage: readonly RecordName[];
  /** Whose lease is due, in words. */
  readonly holders: readonly string[];
}

/** What a sweep looks for, and where. */
export interface Looking {
  readonly reader: RecordReader;
  readonly liveness: Liveness;
  /** Milliseconds since the epoch by the cloud's clock. */
  readonly date: number;
  /** Whether a grant is among those that were asked for. */
  readonly isWanted: (grant: Assignment) => boolean;
  /** Whether the access is there. */
  readonly isThere: (grant: Assignment, budget: Budget) => Promise<boolean>;
}

interface Holding {
  readonly entry: Entry;
  readonly hold: Row;
  readonly seen: Inspected | null;
}

/** Finds what is due by time, what belongs to ended jobs, and what a person has to look at. */
export async function findDue(looking: Looking, budget: Budget): Promise<Survey<Due>> {
  const { reader, date, liveness, isWanted } = looking;
  const { constants } = reader;
  const entries = await readCatalogue(reader, budget);
  // Whether a job has ended is asked only of holds that are old enough for it, the soonest end first.
  const old = entries
    .flatMap((entry) => liveHolds(entry, date, constants).map((hold) => ({ entry, hold })))
    .filter(({ hold }) => hold.end !== never && date >= hold.created + constants.sweepAge)
    .sort((a, b) => a.hold.end - b.hold.end);
  const seen: readonly Holding[] = await Promise.all(
    old.map(async (it) => ({ ...it, seen: await inspect(reader, it.entry.grantKey, it.hold, budget) })),
  );
  // GitHub's hourly budget is spent on nothing else than what was asked for.
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
  /** Timers that do not prove themselves to be ours, and so prove nothing. */
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
  // While AWS is at it nobody else need be.
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

/** A permanent assign that was broken off: either its access has no end, or nobody can take a lease of it. */
function suspectOf(grant: Assignment, isThere: boolean): Suspect {
  const rest = isThere ? permanentBrokenOff : 'The access is not there, and no lease of it can be taken meanwhile.';
  return {
    grant,
    reason: `A permanent assign of it was broken off. ${rest}`,
    hint: 'Repeat the permanent `assign`, or `operation: revoke` it.',
  };
}

/** What the first record says that proves itself; each is looked at only if those before it did not. */
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
  if (ended.length > 0) return ended.length === 1 ? 'its job has ended' : `${ended.length} of its jobs have ended`;
  if (!isDue) return 'some of its records stand for nothing any more';
  const latest = Math.max(...timers.map(({ row }) => row.end));
  return `nobody holds it any more (its lease ${latest < date ? 'ended' : 'would end'} at ${minuteInWords(latest)})`;
}
