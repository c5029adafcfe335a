import type { Budget } from '#access/clock';
import { type Liveness, type Origin, unknownNotices } from '#access/leases/liveness';
import type { DueGrant, Survey } from '#access/leases/port';
import type { Catalogue, Leased } from './catalogue.ts';
import { holderInWords, jobOf } from '../records/holder-names.ts';
import { counts, type Entry } from '../steps/entries.ts';
import type { Constants } from '../steps/constants.ts';
import { alteredNotice, whyDue } from '../../messages/leases.ts';

/** A grant that a sweep has to end. */
export interface Due extends DueGrant {
  /** Holders whose jobs have ended. */
  readonly ended: readonly string[];
  /** Holders of the lease that is due, in words. */
  readonly holders: readonly string[];
}

/** Records that a sweep reads, and whom it asks. */
interface Looking {
  readonly catalogue: Catalogue;
  readonly constants: Constants;
  readonly liveness: Liveness;
  readonly origin: Origin;
  /** Milliseconds since the epoch by Azure's clock. */
  readonly date: number;
}

/** Finds leases whose end time has passed, or whose jobs have ended. */
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
  const why = whyDue(
    ended.length,
    entries.map(({ end }) => end),
  );
  return { grant, due: true, why, ended: names, holders: [...new Set(holders)] };
}
