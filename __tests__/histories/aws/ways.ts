import type { Draw } from '../../property/draw.ts';
import { second, type AwsSurroundings } from '../plan.ts';
import { breaking, jobs, lifetimesMinutes, stayMs, throttling, type Ways } from '../ways.ts';
import { awsOf } from './surroundings.ts';

const fast = { from: 500, to: 4_000 } as const;

function awsSurroundings(draw: Draw, grants: number): AwsSurroundings {
  const slow = draw.percent(20);
  return {
    of: 'aws',
    clock: 'virtual',
    // Any second of a minute: ends of leases are whole minutes.
    startAt: Date.UTC(2031, 2, 3, 8) + draw.int(60 * second),
    schedulesLagMs: draw.pick([0, 0, 500, 1_900]),
    assignmentsLagMs: draw.pick([0, 0, 3_000, 9_500]),
    operationsMs: slow
      ? { from: 20 * second, to: 150 * second }
      : draw.pick([fast, fast, { from: second, to: 20 * second }]),
    permanent: draw.percent(12) ? [draw.int(grants)] : [],
    storm: draw.percent(25) ? draw.pick([throttling, breaking]) : null,
    firings: { seed: draw.int(1_000_000), arrivesAfterMs: draw.pick([0, 0, 5 * second, 60 * second]) },
    failures: draw.percent(20)
      ? {
          from: 1 + draw.int(2),
          times: draw.pick([1, 1, 2, 4, 40]),
          fate: draw.pick([
            { kind: 'refused', code: 'ConflictException' },
            { kind: 'ends', outcome: { status: 'FAILED' } },
            { kind: 'never' },
          ] as const),
        }
      : null,
    hasPast: draw.percent(80),
    lastSweep: draw.percent(30) ? 'after-jobs' : 'after-ends',
  };
}

export const onAws: Ways = {
  surroundings: awsSurroundings,
  jobs,
  others: [['hand', 12]],
  joining: [
    'CreateSchedule',
    'CreateSchedule',
    'ListSchedules',
    'UpdateSchedule',
    'CreateAccountAssignment',
    'DescribeAccountAssignmentCreationStatus',
  ],
  leaving: [
    'DeleteSchedule',
    'DeleteSchedule',
    'ListSchedules',
    'DeleteAccountAssignment',
    'DescribeAccountAssignmentDeletionStatus',
  ],
  mostRequests: 11,
  sweeps: 45,
  lifetimesMinutes,
  stayMs,
  lateSeconds: 8,
  takesMs: (surroundings) => 4 * second + awsOf({ surroundings }).operationsMs.from,
};
