import { CloudError, type Refusal } from '../../access/errors.ts';
import type { LeaseReport } from '../../access/leases/report.ts';
import type { Outcome } from '../../access/outcome.ts';
import type { Desk } from './desk.ts';

/** What brought a request to nothing. */
export type Trouble = CloudError | Refusal;

export function requestIdOf({ assignment }: Desk): string | null {
  return assignment.operation()?.requestId ?? null;
}

export function hintOf(trouble: Trouble): string {
  return (trouble instanceof CloudError ? trouble.failure.hint : trouble.hint) ?? 'Run the step again.';
}

export function succeeded(requestId: string | null, changed: boolean, remark: string | null = null): Outcome {
  return { status: 'SUCCEEDED', changed, requestId, remark };
}

/** @param trouble what the reason tells of, `null` where it is no request that failed */
export function failed(
  requestId: string | null,
  trouble: Trouble | null,
  { reason, hint, changed = false }: { readonly reason: string; readonly hint: string; readonly changed?: boolean },
): Outcome {
  const failure = trouble instanceof CloudError ? trouble.failure : null;
  return { status: 'FAILED', changed, requestId, reason, hint, failure };
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
