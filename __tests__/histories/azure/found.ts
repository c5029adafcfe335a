import { historyIn, job } from '../by-hand.ts';
import { second, type AzureSurroundings, type History } from '../plan.ts';

/** Nothing happens but what a history is about. */
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

/** A write that arrives when others have written since the read that it rests on. */
const late = { kind: 'late', at: { operation: 'roleAssignments.put', nth: 1 }, lateMs: 9_000 } as const;

/** What random histories on Azure are most about, each reduced to what it takes. */
export const foundOnAzure: readonly History[] = [
  // What settling beside others is for: C's entry is overtaken by A's write, and B is the last that is named.
  historyOf('a leaver whose write overtakes a joiner’s', {}, [
    job('A', second, { stayMs: 60 * second, ending: { kind: 'post', trouble: late } }),
    job('B', 3 * second, { stayMs: 75 * second }),
    job('C', 62 * second, { lifetimeMinutes: 20, stayMs: 120 * second }),
  ]),
  // What fresh reads are for: C is green when A wakes up and would write what it has read a minute ago.
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
  // What B has read is gone when its write arrives, and A's entry comes back with it: until A's end, and no longer.
  historyOf('a joiner whose write brings back a leaver', { lastSweep: 'after-jobs' }, [
    job('A', second, { stayMs: 20 * second }),
    job('B', 20_500, { trouble: late, stayMs: 60 * second }),
  ]),
  // A sweep leaves what somebody holds: the next one ends it.
  historyOf('a lost job beside one that stays, and sweeps', { readLagMs: 9_500, deleteLagMs: 9_500 }, [
    job('A', second, { lifetimeMinutes: 60, ending: { kind: 'dies', toldAfterMs: 0 } }),
    job('B', 20 * second, { lifetimeMinutes: 60, stayMs: 200 * second }),
    { kind: 'sweep', name: 'S', startMs: 120 * second, skewMs: 0, trouble: null },
    { kind: 'sweep', name: 'T', startMs: 400 * second, skewMs: 0, trouble: null },
  ]),
];
