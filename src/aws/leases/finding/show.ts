import type { Budget } from '../../../access/clock.ts';
import type { Assignment } from '../../../access/grant.ts';
import type { Survey, HolderEntry, LeaseEntry } from '../../../access/leases/port.ts';
import { grantOf, liveHolds, look, readCatalogue, timersIn, type Entry, type Shelf } from './catalogue.ts';
import { never } from '../steps/constants.ts';
import { isEnabledTimer, phaseOf, type Row } from '../steps/records.ts';
import { foreignNotice } from '../words.ts';

/** Shows the leases of a group, with their holders and ends: reads only. */
export async function showLeases(
  shelf: Shelf,
  isWanted: (grant: Assignment) => boolean,
  date: number,
  budget: Budget,
): Promise<Survey<LeaseEntry>> {
  const entries = await readCatalogue(shelf, budget);
  const shown = await Promise.all(entries.map((entry) => entryOf(shelf, entry, date, budget)));
  const items = shown.flatMap(({ item }) => item ?? []).filter(({ grant }) => isWanted(grant));
  const foreign = [
    ...entries.flatMap(({ rows }) => rows.filter((row) => row.foreign)),
    ...shown.flatMap((it) => it.foreign),
  ];
  return { items, notices: foreign.map(foreignNotice), suspects: [] };
}

interface Shown {
  readonly item: LeaseEntry | null;
  /** What does not prove itself to be ours. */
  readonly foreign: readonly Row[];
}

async function entryOf(shelf: Shelf, entry: Entry, date: number, budget: Budget): Promise<Shown> {
  const { constants } = shelf;
  const holds = liveHolds(entry, date, constants);
  const enabled = timersIn(entry).filter(isEnabledTimer);
  const looked = await Promise.all(
    [...holds, ...enabled].map(async (row) => ({ row, seen: await look(shelf, entry.grantKey, row, budget) })),
  );
  const foreign = looked.flatMap(({ row, seen: it }) => (it === 'foreign' ? [row] : []));
  const seen = looked.flatMap(({ seen: it }) => (typeof it === 'string' ? [] : [it]));
  const [first] = seen;
  if (first === undefined) return { item: null, foreign };
  const timers = seen.filter(({ row }) => isEnabledTimer(row));
  const phases = timers.map(({ row }) => phaseOf(row, date, constants));
  const isSpent = phases.length > 0 && phases.every((phase) => phase === 'spent');
  const holders: readonly HolderEntry[] = seen
    .filter(({ row }) => row.kind === 'hold')
    .map(({ row, description }) => ({
      holder: row.holder,
      end: row.end,
      words: row.end === never ? 'a permanent assign that is at work, or was broken off' : (description?.words ?? ''),
    }));
  const endsAt = timers.length === 0 ? null : Math.max(...timers.map(({ row }) => row.firesAt ?? row.end));
  const item: LeaseEntry = {
    grant: grantOf(first.fields),
    holders,
    endsAt,
    guarantee: endsAt === null || isSpent ? null : 'scheduler',
    remarks: isSpent
      ? [
          'All firings of its timer are over: if the access is still there, `operation: sweep` ends it where history proves it to be a lease.',
        ]
      : [],
  };
  return { item, foreign };
}
