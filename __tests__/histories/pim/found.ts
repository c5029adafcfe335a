import { historyIn, job } from '../by-hand.ts';
import { second, type History, type PimSurroundings } from '../plan.ts';

/** Nothing happens but what a history is about. */
const calm: PimSurroundings = {
  of: 'pim',
  clock: 'virtual',
  startAt: Date.UTC(2031, 2, 3, 8, 0, 10),
  readLagMs: 0,
  deleteLagMs: 0,
  schedulesLagMs: 0,
  wireMs: 0,
  unfoundMs: 60 * second,
  endsLateMs: 0,
  showsPlain: false,
  permanent: [],
  permanentAs: 'plain',
  foreign: null,
  byHand: 'plain',
  course: 'usual',
  mostMinutes: null,
  storm: null,
  lastSweep: 'after-ends',
};

const historyOf = historyIn(calm);

/** One of three lists that are read at once, after the plan was made. */
const lookForAssignments = { operation: 'roleAssignments.list', nth: 2 } as const;

/** What random histories have found of Privileged Identity Management, and are most about, each reduced to what it takes. */
export const foundOnPim: readonly History[] = [
  // Its schedule was looked for before it was there, and its role assignment afterwards: that was taken for permanent.
  historyOf('a lease that is made while another step looks for it', {}, [
    job('A', second, {
      trouble: {
        kind: 'fault',
        at: lookForAssignments,
        effect: { kind: 'hang', processed: true },
      },
    }),
    job('B', 5 * second, { lifetimeMinutes: 60, stayMs: 400 * second }),
  ]),
  // It asked for its whole lifetime once more, and the access outlived it.
  historyOf('a joiner that was suspended before it asked', {}, [
    job('A', second, {
      lifetimeMinutes: 20,
      timeoutMinutes: 10,
      trouble: { kind: 'stop', at: lookForAssignments, forMs: 290 * second },
      stayMs: 400 * second,
    }),
  ]),
  // What traces are for: A would end what B relies on.
  historyOf('a leaver beside one that has extended its access', {}, [
    job('A', second, { lifetimeMinutes: 60, stayMs: 500 * second }),
    job('B', 120 * second, { lifetimeMinutes: 20, stayMs: 600 * second }),
  ]),
];
