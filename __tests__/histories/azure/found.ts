import { historyIn, job } from '../by-hand.ts';
import { second, type AzureSurroundings, type History } from '../plan.ts';

/** Calm surroundings: nothing happens except the subject of a history. */
const calm: AzureSurroundings = {
  of: 'azure',
  clock: 'virtual',
  startAt: Date.UTC(2031, 2, 3, 8, 0, 10),
  readLagMs: 0,
  deleteLagMs: 0,
  wireMs: 0,
  permanent: [],
  storm: null,
  lastSweep: 'after-ends',
};

const historyOf = historyIn(calm);

/** A write that arrives after others have written since the read that it is based on. */
const late = { kind: 'late', at: { operation: 'roleAssignments.put', nth: 1 }, lateMs: 9_000 } as const;

/** Main subjects of random histories on Azure, each reduced to its core. */
export const foundOnAzure: readonly History[] = [
  // The reason for settling with other holders: A's write replaces C's entry, and B is the last holder with an entry.
  historyOf('a leaver whose write overtakes a joiner’s', {}, [
    job('A', second, { stayMs: 60 * second, ending: { kind: 'post', trouble: late } }),
    job('B', 3 * second, { stayMs: 75 * second }),
    job('C', 62 * second, { lifetimeMinutes: 20, stayMs: 120 * second }),
  ]),
  // The reason for fresh reads: C is green when A wakes up and would write its read of a minute ago.
  historyOf('a leaver that is suspended while it reads', {}, [
    job('A', second, {
      stayMs: 60 * second,
      ending: {
        kind: 'post',
        trouble: { kind: 'stop', at: { operation: 'roleAssignments.list', nth: 1 }, forMs: 60 * second },
      },
    }),
    job('B', 3 * second, { stayMs: 75 * second }),
    job('C', 62 * second, { lifetimeMinutes: 20, stayMs: 120 * second }),
  ]),
  // B's read is outdated when its write arrives, and restores A's entry: until A's end, and no longer.
  historyOf('a joiner whose write brings back a leaver', { lastSweep: 'after-jobs' }, [
    job('A', second, { stayMs: 20 * second }),
    job('B', 20_500, { trouble: late, stayMs: 60 * second }),
  ]),
  // A sweep leaves access with a holder: the next one ends it.
  historyOf('a lost job beside one that stays, and sweeps', { readLagMs: 9_500, deleteLagMs: 9_500 }, [
    job('A', second, { lifetimeMinutes: 60, ending: { kind: 'dies', toldAfterMs: 0 } }),
    job('B', 20 * second, { lifetimeMinutes: 60, stayMs: 200 * second }),
    { kind: 'sweep', name: 'S', startMs: 120 * second, skewMs: 0, trouble: null },
    { kind: 'sweep', name: 'T', startMs: 400 * second, skewMs: 0, trouble: null },
  ]),
];
