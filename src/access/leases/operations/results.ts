import type { Run } from '../../engine/run.ts';
import type { Assignment } from '../../grant.ts';
import type { Lack, Outcome, Result } from '../../outcome.ts';
import type { Action } from '../../plan/plan.ts';
import type { LeaseReport } from '../report.ts';

export function runOf(
  results: readonly Result[],
  notices: readonly string[],
  remarks: readonly string[] = [],
  lack: Lack | null = null,
): Run {
  return { results, notices, remarks, lack };
}

/** Result of a grant that was read, and not changed. */
export function untouched(
  grant: Assignment,
  action: Action,
  outcome: Outcome,
  now: number,
  lease: LeaseReport | null = null,
): Result {
  return { grant, action, outcome, seen: null, lease, startedAt: now, endedAt: now };
}
