import type { Survey, LeaseEntry } from '#access/leases/port';
import type { Origin } from '#access/leases/liveness';
import type { Catalogue, Leased } from './catalogue.ts';
import { holderInWords } from '../records/holder-names.ts';
import { counts, lastEnd } from '../steps/entries.ts';
import type { Constants } from '../steps/constants.ts';
import { alteredNotice, nextSweepEndsIt } from '../../messages/leases.ts';

/** Shows the leases that were found, with their holders and ends. @param date now, in milliseconds since the epoch */
export function showLeases(
  { leased, altered }: Catalogue,
  constants: Constants,
  origin: Origin,
  date: number,
): Survey<LeaseEntry> {
  return {
    items: leased.map((it) => entryOf(it, constants, origin, date)),
    notices: altered.map(alteredNotice),
    suspects: [],
  };
}

function entryOf({ grant, entries }: Leased, constants: Constants, origin: Origin, date: number): LeaseEntry {
  const live = entries.filter((entry) => counts(entry, [], date, constants));
  return {
    grant,
    holders: live.map(({ holder, end }) => ({ holder, end, words: holderInWords(holder, origin) })),
    endsAt: null,
    guarantee: 'sweep',
    overdueSince: live.length > 0 ? null : lastEnd(entries),
    remarks: live.length > 0 ? [] : [nextSweepEndsIt],
  };
}
