import { isPassing } from '../engine/retry.ts';
import { CloudError, hintOn, isOfKind, Refusal } from '../errors.ts';
import { madePermanentMeanwhile, revokeOrKeep, wasThereBefore } from '../messages/leases.ts';
import { failed, refused, succeeded, type Outcome, type Result, type LeaseReport } from '../outcome.ts';
import { withMore } from '../words.ts';
import type { Lease, LeaseDone, LeaseTools } from './port.ts';
import type { Trouble } from './protocol/executor.ts';

/** Adds a remark to a successful outcome; an empty one changes nothing. */
export function withRemark(done: LeaseDone, more: string): LeaseDone {
  const { outcome } = done;
  if (more === '' || outcome.status !== 'SUCCEEDED') return done;
  const { remark } = outcome;
  return { ...done, outcome: { ...outcome, remark: remark === null || remark === '' ? more : withMore(remark, more) } };
}

const noLease = { id: null, expiresAt: null, endsAtLatest: null, guarantee: null, keepAfterJob: false } as const;

/** Permanent access, found or made. */
export const permanentNow: LeaseReport = { ...noLease, did: 'neither', state: 'permanent', sentences: [] };

/** Access that this step did not end, and that the cloud ends by itself. @param endsAtLatest in milliseconds since the epoch */
export function leftToCloud(
  guarantee: 'platform' | 'scheduler',
  endsAtLatest: number,
  state: 'leased' | 'shared',
): LeaseReport {
  return { ...noLease, did: 'left', state, endsAtLatest, guarantee, sentences: [] };
}

/** True if the cloud denied the request that ends an access, at first as `replicating`, or refused the sign-in. */
export function isDenied(trouble: Trouble | null): boolean {
  if (!(trouble instanceof Refusal)) return isOfKind(trouble, 'denied', 'replicating');
  return trouble.cause instanceof CloudError && !isPassing(trouble.cause.failure);
}

/**
 * Outcome of access that still exists and that the cloud ends at its end time. It is green where nothing was denied, and
 * in the post step. A denial is an error, since it affects the next lease too.
 *
 * @param it.told a sentence
 * @param it.way a hint: other ways to end the access
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

/** A lease was requested, but the access was made permanent before the lease was verified. */
export function overtaken({ onExisting }: Lease, requestId: string): LeaseDone {
  const done = { action: 'create', lease: permanentNow } as const;
  if (onExisting === 'keep') return { ...done, outcome: succeeded(requestId, true, madePermanentMeanwhile) };
  const why = { reason: madePermanentMeanwhile, hint: revokeOrKeep };
  return { ...done, outcome: failed(requestId, null, { ...why, changed: true }) };
}

/** The access existed before and is permanent: it is no lease. */
export function kept({ onExisting }: Pick<Lease, 'onExisting'>): LeaseDone {
  const lease = permanentNow;
  if (onExisting === 'fail')
    return { action: 'keep', lease, outcome: refused({ reason: wasThereBefore, hint: revokeOrKeep }) };
  return { action: 'keep', lease, outcome: succeeded(null, false, wasThereBefore) };
}

/** Access that was found as requested and kept, although a lease was requested: it is no lease. */
export function keptAsLease(result: Result, lease: Pick<Lease, 'onExisting'>): Result {
  const { outcome } = result;
  return outcome.status === 'SUCCEEDED' && !outcome.changed ? { ...result, ...kept(lease) } : result;
}
