import { CloudError } from '#access/errors';
import { isDenied } from '#access/leases/outcomes';
import { isPassing } from '#access/engine/retry';
import type { PimExecutor } from '../executor/executor.ts';
import type { Released } from '../steps/holder.ts';
import { endingUnread, leftBecause, lostEnding } from '../words.ts';

/** Whether a request of ours that ends the access was accepted, or may have arrived, and nobody has seen what came of it. */
export function mayBeEnding({ store }: PimExecutor, left: Released['left']): boolean {
  return left === 'failed' && (store.mayEnd() || store.lost()?.type === 'remove');
}

/** Whether Azure refused what ends the access, or to read it, and for more than its first minutes. */
export function isRefused(executor: PimExecutor, left: Released['left']): boolean {
  if (left !== 'failed' || mayBeEnding(executor, left)) return false;
  const trouble = executor.trouble();
  if (isDenied(trouble)) return true;
  if (trouble instanceof CloudError) return !isPassing(trouble.failure);
  return executor.store.operation()?.change.kind === 'remove' && !executor.store.mayEnd();
}

/** Why an access was not ended, in sentences. */
export function whyLeft(executor: PimExecutor, left: Released['left'], detail: string | null): string {
  if (!mayBeEnding(executor, left)) return leftBecause(left, detail);
  const lost = executor.store.lost();
  return lost === null ? endingUnread(detail) : lostEnding(lost.name, detail);
}
