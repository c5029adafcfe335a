import type { Draw } from '../../property/draw.ts';
import { minute, second, type PimSurroundings } from '../plan.ts';
import { breaking, throttling, type Ways } from '../ways.ts';
import { pimOf } from './surroundings.ts';

function pimSurroundings(draw: Draw, grants: number): PimSurroundings {
  const permanent = draw.percent(8) ? [draw.int(grants)] : [];
  // Ten seconds at most. Source: docs/design/leases.md#lists-and-reads-lag.
  const lags = draw.percent(60) ? [0, 500, 3_000, 9_500] : [0];
  return {
    of: 'pim',
    clock: 'virtual',
    startAt: Date.UTC(2031, 2, 3, 8) + draw.int(60 * second),
    readLagMs: draw.pick(lags),
    deleteLagMs: draw.pick(lags),
    schedulesLagMs: draw.pick(lags),
    // With the duration of a request and the longest delay, ten seconds at most. Source:
    // docs/design/leases.md#a-request-arrives-soon-or-never.
    wireMs: draw.pick([0, 400, 1_500]),
    unfoundMs: draw.pick([0, 60 * second, 60 * second]),
    endsLateMs: draw.pick([0, 0, 15 * second]),
    showsPlain: draw.percent(60),
    permanent,
    permanentAs: draw.pick(['plain', 'schedule']),
    foreign:
      permanent.length === 0 && draw.percent(15)
        ? { grant: draw.int(grants), endsAfterMs: (5 + draw.int(30)) * minute + draw.int(60 * second) }
        : null,
    byHand: draw.pick(['plain', 'schedule', 4 * minute, 15 * minute]),
    course: draw.pick(['usual', 'usual', 'usual', 'usual', 'slow', 'slow', 'failing', 'waiting']),
    mostMinutes: draw.pick([null, null, null, null, 30]),
    storm: draw.percent(25) ? { ...draw.pick([throttling, breaking]), conflicts: 0 } : null,
    lastSweep: 'after-ends',
  };
}

const [put, requests, schedules, instances] = [
  'roleAssignmentScheduleRequests.put',
  'roleAssignmentScheduleRequests.list',
  'roleAssignmentSchedules.list',
  'roleAssignmentScheduleInstances.list',
] as const;

/** No access is ended in its first five minutes: most jobs stay longer. */
function stayMs(draw: Draw, lifetimeMinutes: number): number {
  return draw.pick([
    draw.int(120) * second,
    (290 + draw.int(120)) * second,
    (290 + draw.int(400)) * second,
    // About its end.
    Math.max(0, (lifetimeMinutes * 60 - 150 + draw.int(200)) * second),
  ]);
}

export const onPim: Ways = {
  surroundings: pimSurroundings,
  jobs: [2, 3, 3, 4, 4],
  others: [
    ['hand', 12],
    ['revoke', 18],
  ],
  joining: [put, put, put, requests, schedules, instances],
  leaving: [put, put, put, requests, schedules, instances],
  mostRequests: 12,
  // It has no task: a look shows soon that it leaves everything alone.
  sweeps: 12,
  lifetimesMinutes: [5, 7, 8, 10, 10, 12, 15, 20, 25, 30],
  stayMs,
  lateSeconds: 3,
  takesMs: (surroundings) => 5 * second + pimOf({ surroundings }).wireMs,
};
