import type { LeaseReport } from '../../access/leases/report.ts';
import type { Desk } from './desk.ts';

export function requestIdOf({ assignment }: Desk): string | null {
  return assignment.operation()?.requestId ?? null;
}

/** An access that was not ended, and that EventBridge Scheduler ends. */
export function leftToScheduler(endsAtLatest: number, state: 'leased' | 'shared' = 'leased'): LeaseReport {
  return {
    state,
    id: null,
    expiresAt: null,
    endsAtLatest,
    guarantee: 'scheduler',
    keepAfterJob: false,
    sentences: [],
  };
}
