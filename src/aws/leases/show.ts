import type { Budget } from '../../access/clock.ts';
import type { Assignment } from '../../access/grant.ts';
import type { Found, HolderEntry, LeaseEntry } from '../../access/leases/port.ts';
import { grantOf, inspect, liveHolds, readCatalogue, timersIn, type Entry, type Shelf } from './catalogue.ts';
import { never } from './steps/constants.ts';
import { isEnabledTimer, phaseOf } from './steps/records.ts';

/** Shows the leases of a group, with their holders and ends: reads only. */
export async function showLeases(
  shelf: Shelf,
  isWanted: (grant: Assignment) => boolean,
  date: number,
  budget: Budget,
): Promise<Found<LeaseEntry>> {
  const entries = await readCatalogue(shelf, budget);
  const shown = await Promise.all(entries.map((entry) => entryOf(shelf, entry, date, budget)));
  const items = shown.filter((it) => it !== null).filter(({ grant }) => isWanted(grant));
  return { items, notices: [], suspects: [] };
}

async function entryOf(shelf: Shelf, entry: Entry, date: number, budget: Budget): Promise<LeaseEntry | null> {
  const { constants } = shelf;
  const holds = liveHolds(entry, date, constants);
  const enabled = timersIn(entry).filter(isEnabledTimer);
  if (holds.length === 0 && enabled.length === 0) return null;
  const looked = await Promise.all([...holds, ...enabled].map((row) => inspect(shelf, entry.grantKey, row, budget)));
  const seen = looked.filter((it) => it !== null);
  const [first] = seen;
  if (first === undefined) return null;
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
  return {
    grant: grantOf(first.fields),
    state: isSpent ? 'suspect' : holds.length > 0 ? 'leased' : 'ended',
    holders,
    endsAt: timers.length === 0 ? null : Math.max(...timers.map(({ row }) => row.firesAt ?? row.end)),
    remarks: isSpent
      ? [
          'All firings of its timer are over: if the access is still there, `operation: sweep` ends it where history proves it to be a lease.',
        ]
      : [],
  };
}
