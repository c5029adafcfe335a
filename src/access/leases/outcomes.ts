import { isPassing } from '../engine/retry.ts';
import { CloudError, hintOn, isOfKind, Refusal } from '../errors.ts';
import { failed, refused, succeeded, type Outcome, type Result } from '../outcome.ts';
import { withMore } from '../words.ts';
import type { Lease, LeaseDone, LeaseTools } from './port.ts';
import type { Trouble } from './protocol/trouble.ts';
import type { LeaseReport } from './report.ts';
import { madePermanentMeanwhile, wasThereBefore } from './words.ts';

/** The same, with something more that a person should know; nothing where `more` is empty. */
export function withRemark(done: LeaseDone, more: string): LeaseDone {
  const { outcome } = done;
  if (more === '' || outcome.status !== 'SUCCEEDED') return done;
  const { remark } = outcome;
  return { ...done, outcome: { ...outcome, remark: remark === null || remark === '' ? more : withMore(remark, more) } };
}

const noLease = { id: null, expiresAt: null, endsAtLatest: null, guarantee: null, keepAfterJob: false } as const;

/** Access that does not end, found or made. */
export const permanentNow: LeaseReport = { ...noLease, did: 'neither', state: 'permanent', sentences: [] };

/** An access that was not ended, and that the cloud ends by itself. @param endsAtLatest in milliseconds since the epoch */
export function leftToCloud(
  guarantee: 'platform' | 'scheduler',
  endsAtLatest: number,
  state: 'leased' | 'shared',
): LeaseReport {
  return { ...noLease, did: 'left', state, endsAtLatest, guarantee, sentences: [] };
}

/** Whether the cloud denied what ends an access, at first as `replicating`, or refused the sign-in. */
export function isDenied(trouble: Trouble | null): boolean {
  if (!(trouble instanceof Refusal)) return isOfKind(trouble, 'denied', 'replicating');
  return trouble.cause instanceof CloudError && !isPassing(trouble.cause.failure);
}

/**
 * Of access that is still there and that the cloud ends at its time: green where nothing but time is in the way, and in
 * post. What was denied stays so for the next lease too.
 *
 * @param way what else ends it
 */
export function leftUntilItsEnd(
  requestId: string | null,
  trouble: Trouble | null,
  { deniedEndFails }: Pick<LeaseTools, 'deniedEndFails'>,
  it: { readonly told: string; readonly way: string; readonly changed: boolean; readonly isRefused?: boolean },
): Outcome {
  const { told, way, changed, isRefused = isDenied(trouble) } = it;
  if (!isRefused || !deniedEndFails) return succeeded(requestId, changed, told);
  return failed(requestId, trouble, { reason: told, hint: withMore(way, hintOn(trouble, '')), changed });
}

/** It was asked for as a lease, and somebody has made it permanent before that could be said. */
export function overtaken({ onExisting }: Lease, requestId: string): LeaseDone {
  const done = { action: 'create', lease: permanentNow } as const;
  if (onExisting === 'keep') return { ...done, outcome: succeeded(requestId, true, madePermanentMeanwhile) };
  const hint = 'Revoke it, or accept it with `on-existing: keep`.';
  return { ...done, outcome: failed(requestId, null, { reason: madePermanentMeanwhile, hint, changed: true }) };
}

/** The access was there before, and has no end: it is no lease of anybody's. */
export function kept({ onExisting }: Pick<Lease, 'onExisting'>): LeaseDone {
  const lease = permanentNow;
  if (onExisting === 'fail') {
    const reason = 'The access was there before, and is permanent: no lease was taken, and nothing will be removed.';
    const hint = 'Revoke it first, or accept it with `on-existing: keep`.';
    return { action: 'keep', lease, outcome: refused({ reason, hint }) };
  }
  return { action: 'keep', lease, outcome: succeeded(null, false, wasThereBefore) };
}

/** What was found as it should be and was kept, where a lease of it was asked for: it is none. */
export function keptAsLease(result: Result, lease: Pick<Lease, 'onExisting'>): Result {
  const { outcome } = result;
  return outcome.status === 'SUCCEEDED' && !outcome.changed ? { ...result, ...kept(lease) } : result;
}
