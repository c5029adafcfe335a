import { historyIn, job } from '../by-hand.ts';
import { second, type History, type PimSurroundings } from '../plan.ts';

/** Calm surroundings: nothing happens except the subject of a history. */
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

/**
 * Findings of random histories of Privileged Identity Management, and their main subjects, each reduced to its core.
 */
export const foundOnPim: readonly History[] = [
  // Its schedule was looked up before it existed, and its role assignment afterwards: that counted as permanent.
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
  // It requested its whole lifetime again, and the access outlived it.
  historyOf('a joiner that was suspended before it asked', {}, [
    job('A', second, {
      lifetimeMinutes: 20,
      timeoutMinutes: 10,
      trouble: { kind: 'stop', at: lookForAssignments, forMs: 290 * second },
      stayMs: 400 * second,
    }),
  ]),
  // The reason for traces: A would end access that B relies on.
  historyOf('a leaver beside one that has extended its access', {}, [
    job('A', second, { lifetimeMinutes: 60, stayMs: 500 * second }),
    job('B', 120 * second, { lifetimeMinutes: 20, stayMs: 600 * second }),
  ]),
];
