import { historyIn, job } from '../by-hand.ts';
import { second, type AwsSurroundings, type History } from '../plan.ts';

/** Calm surroundings: nothing happens except the subject of a history. */
const calm: AwsSurroundings = {
  of: 'aws',
  clock: 'virtual',
  startAt: Date.UTC(2031, 2, 3, 8, 0, 10),
  schedulesLagMs: 0,
  assignmentsLagMs: 0,
  operationsMs: { from: second, to: 3 * second },
  permanent: [],
  storm: null,
  firings: { seed: 1, arrivesAfterMs: 0 },
  failures: null,
  hasPast: true,
  lastSweep: 'after-ends',
};

/** One on AWS. */
export const historyOf = historyIn(calm);

/** Findings of random histories on AWS, each reduced to its core, and their main subjects. */
export const foundOnAws: readonly History[] = [
  // A join that gave up when its time limit had passed slept forever.
  historyOf('a machine that was suspended past the time limit of its step', {}, [
    job('A', second, { stayMs: 300 * second }),
    job('B', 20 * second, {
      lifetimeMinutes: 5,
      trouble: { kind: 'stop', at: { operation: 'ListSchedules', nth: 2 }, forMs: 1_120 * second },
    }),
  ]),
  // A leaving holder believed a read that did not show the access yet, and deleted its timer.
  historyOf(
    'a job that is killed while its creation runs, where reads lag',
    { assignmentsLagMs: 9_500, operationsMs: { from: 40 * second, to: 41 * second } },
    [
      job('A', second, {
        lifetimeMinutes: 60,
        trouble: {
          kind: 'signal',
          at: { operation: 'DescribeAccountAssignmentCreationStatus', nth: 1 },
          signal: 'SIGKILL',
          fate: { kind: 'hang', processed: false },
          lateMs: 0,
        },
        stayMs: 0,
      }),
      job('B', 180 * second),
    ],
  ),
  // The reason for SETTLE: a new holder now sees no hold, and the deletion by the last one is still to arrive.
  historyOf('a leaver whose deletion is long on its way', {}, [
    job('A', second, {
      ending: {
        kind: 'post',
        trouble: { kind: 'late', at: { operation: 'DeleteAccountAssignment', nth: 1 }, lateMs: 9_000 },
      },
    }),
    job('B', 21 * second, { lifetimeMinutes: 20, stayMs: 60 * second }),
  ]),
  // The reason for disabling others' timers.
  historyOf('a job whose runner dies, and another that stays for longer', {}, [
    job('A', second, { lifetimeMinutes: 5, ending: { kind: 'dies', toldAfterMs: null } }),
    job('B', 20 * second, { lifetimeMinutes: 30, stayMs: 600 * second }),
  ]),
];
