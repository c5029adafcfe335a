import type { Budget } from '#access/clock';
import type { Assignment } from '#access/grant';
import type { Survey, LeaseEntry } from '#access/leases/port';
import type { HolderEntry } from '#access/outcome';
import {
  grantOf,
  liveHolds,
  look,
  readCatalogue,
  timersIn,
  type Entry,
  type Inspected,
  type RecordReader,
} from './catalogue.ts';
import { isEnabledTimer, isPermanentHold, phaseOf, type Row } from '../steps/records.ts';
import { firingsOver, foreignNotice, permanentUnderWay } from '../messages/records.ts';

/** Shows the leases of a group, with their holders and ends: reads only. */
export async function showLeases(
  reader: RecordReader,
  isWanted: (grant: Assignment) => boolean,
  date: number,
  budget: Budget,
): Promise<Survey<LeaseEntry>> {
  const entries = await readCatalogue(reader, budget);
  const shown = await Promise.all(entries.map((entry) => entryOf(reader, entry, date, budget)));
  const items = shown.flatMap(({ item }) => item ?? []).filter(({ grant }) => isWanted(grant));
  const foreign = [
    ...entries.flatMap(({ rows }) => rows.filter((row) => row.foreign)),
    ...shown.flatMap((it) => it.foreign),
  ];
  return { items, notices: foreign.map(foreignNotice), suspects: [] };
}

/** The leases of one grant, for a person. */
interface Shown {
  readonly item: LeaseEntry | null;
  /** Records that do not prove themselves to be this action's. */
  readonly foreign: readonly Row[];
}

/** Reads the records of one grant that count. */
export async function entryOf(reader: RecordReader, entry: Entry, date: number, budget: Budget): Promise<Shown> {
  const { constants } = reader;
  const holds = liveHolds(entry, date, constants);
  const enabled = timersIn(entry).filter(isEnabledTimer);
  const looked = await Promise.all(
    [...holds, ...enabled].map(async (row) => ({ row, seen: await look(reader, entry.grantKey, row, budget) })),
  );
  const foreign = looked.flatMap(({ row, seen: it }) => (it === 'foreign' ? [row] : []));
  const seen = looked.flatMap(({ seen: it }) => (typeof it === 'string' ? [] : [it]));
  const [first] = seen;
  if (first === undefined) return { item: null, foreign };
  const timers = seen.filter(({ row }) => isEnabledTimer(row));
  const phases = timers.map(({ row }) => phaseOf(row, date, constants));
  const isSpent = phases.length > 0 && phases.every((phase) => phase === 'spent');
  const held = seen.filter(({ row }) => row.kind === 'hold');
  const holders: readonly HolderEntry[] = held
    .filter(({ row }) => !isPermanentHold(row))
    .map(({ row, description }) => ({ holder: row.holder, end: row.end, words: description?.words ?? '' }));
  const permanent = held.filter(({ row }) => isPermanentHold(row));
  const endsAt = timers.length === 0 ? null : Math.max(...timers.map(({ row }) => row.firesAt ?? row.end));
  const item: LeaseEntry = {
    grant: grantOf(first.fields),
    holders,
    endsAt,
    guarantee: endsAt === null || isSpent ? null : 'scheduler',
    // If it exists: records do not show that.
    overdueSince: isSpent && held.length === 0 ? endsAt : null,
    remarks: [...permanent.map(permanentInWords), ...(isSpent ? [firingsOver] : [])],
  };
  return { item, foreign };
}

/** The holder of a permanent hold is not a holder of a lease. */
function permanentInWords({ description }: Inspected): string {
  return permanentUnderWay(description?.words ?? null);
}
