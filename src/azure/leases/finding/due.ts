import { type Budget, minuteInWords } from '#access/clock';
import { type Liveness, type Origin, unknownNotices } from '#access/leases/liveness';
import type { DueGrant, Survey } from '#access/leases/port';
import type { Catalogue, Leased } from './catalogue.ts';
import { holderInWords, jobOf } from '../records/holder-names.ts';
import { counts, type Entry } from '../steps/entries.ts';
import type { Constants } from '../steps/constants.ts';
import { alteredNotice } from '../words.ts';

/** What a sweep does about one grant. */
export interface Due extends DueGrant {
  /** Holders whose jobs have ended. */
  readonly ended: readonly string[];
  /** Whose lease is due, in words. */
  readonly holders: readonly string[];
}

/** What a sweep looks at, and whom it asks. */
export interface Looking {
  readonly catalogue: Catalogue;
  readonly constants: Constants;
  readonly liveness: Liveness;
  readonly origin: Origin;
  /** Milliseconds since the epoch by Azure's clock. */
  readonly date: number;
}

/** Finds what is due by time, and what belongs to ended jobs. */
export async function findDue(looking: Looking, budget: Budget): Promise<Survey<Due>> {
  const { catalogue, constants, liveness, origin, date } = looking;
  // Whether a job has ended is asked of entries that still count, the soonest end first.
  const asked = catalogue.leased
    .flatMap((leased) => leased.entries.map((entry) => ({ leased, entry })))
    .filter(({ entry }) => !entry.keepAfterJob && counts(entry, [], date, constants))
    .sort((a, b) => a.entry.end - b.entry.end);
  const states = await liveness.states(
    asked.map(({ entry }) => jobOf(entry.holder, origin)),
    budget,
  );
  const ended = Map.groupBy(
    asked.filter((_, index) => states[index]?.state === 'ended'),
    ({ leased }) => leased,
  );
  const items = catalogue.leased.flatMap((leased) => {
    const over = (ended.get(leased) ?? []).map(({ entry }) => entry);
    return itemOf(leased, over, looking) ?? [];
  });
  return { items, notices: [...unknownNotices(states), ...catalogue.altered.map(alteredNotice)], suspects: [] };
}

function itemOf({ grant, entries }: Leased, ended: readonly Entry[], { constants, origin, date }: Looking): Due | null {
  const names = ended.map(({ holder }) => holder);
  const stay = entries.filter((entry) => counts(entry, names, date, constants));
  if (stay.length > 0) return null;
  const holders = (ended.length > 0 ? ended : entries).map(({ holder }) => holderInWords(holder, origin));
  return { grant, due: true, why: whyOf(entries, ended), ended: names, holders: [...new Set(holders)] };
}

function whyOf(entries: readonly Entry[], ended: readonly Entry[]): string {
  if (ended.length > 0) return ended.length === 1 ? 'its job has ended' : `${ended.length} of its jobs have ended`;
  if (entries.length === 0) return 'its record names nobody';
  return `nobody holds it any more (its lease ended at ${minuteInWords(Math.max(...entries.map(({ end }) => end)))})`;
}
