import type { Draw } from '../../property/draw.ts';
import { second, type AzureSurroundings } from '../plan.ts';
import { breaking, jobs, lifetimesMinutes, stayMs, throttling, type Ways } from '../ways.ts';
import { azureOf } from './surroundings.ts';

function azureSurroundings(draw: Draw, grants: number): AzureSurroundings {
  return {
    of: 'azure',
    clock: 'virtual',
    startAt: Date.UTC(2031, 2, 3, 8) + draw.int(60 * second),
    // Ten seconds at most. Source: docs/design/leases.md#lists-and-reads-lag.
    readLagMs: draw.pick([0, 0, 500, 3_000, 9_500]),
    deleteLagMs: draw.pick([0, 0, 500, 3_000, 9_500]),
    wireMs: draw.pick([0, 400, 1_500, 4_500]),
    permanent: draw.percent(12) ? [draw.int(grants)] : [],
    storm: draw.percent(25) ? { ...draw.pick([throttling, breaking]), conflicts: 0 } : null,
    lastSweep: draw.percent(30) ? 'after-jobs' : 'after-ends',
  };
}

const [list, put, remove] = ['roleAssignments.list', 'roleAssignments.put', 'roleAssignments.delete'] as const;

export const onAzure: Ways = {
  surroundings: azureSurroundings,
  jobs,
  others: [
    ['hand', 8],
    ['permanent', 16],
    ['revoke', 16],
  ],
  joining: [put, put, put, list, list],
  leaving: [remove, remove, put, list, list],
  mostRequests: 6,
  sweeps: 45,
  lifetimesMinutes,
  stayMs,
  lateSeconds: 8,
  takesMs: (surroundings) => second + azureOf({ surroundings }).wireMs,
};
