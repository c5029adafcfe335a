import { CloudError } from '#access/errors';
import { isDenied } from '#access/leases/outcomes';
import { isPassing } from '#access/engine/retry';
import type { PimDesk } from '../desk/desk.ts';
import type { Released } from '../steps/holder.ts';
import { endingUnread, leftBecause, lostEnding } from '../words.ts';

/** Whether a request of ours that ends the access was accepted, or may have arrived, and nobody has seen what came of it. */
export function mayBeEnding({ store }: PimDesk, left: Released['left']): boolean {
  return left === 'failed' && (store.mayEnd() || store.lost()?.type === 'remove');
}

/** Whether Azure refused what ends the access, or to read it, and for more than its first minutes. */
export function isRefused(desk: PimDesk, left: Released['left']): boolean {
  if (left !== 'failed' || mayBeEnding(desk, left)) return false;
  const trouble = desk.trouble();
  if (isDenied(trouble)) return true;
  if (trouble instanceof CloudError) return !isPassing(trouble.failure);
  return desk.store.operation()?.change.kind === 'remove' && !desk.store.mayEnd();
}

/** Why an access was not ended, in sentences. */
export function whyLeft(desk: PimDesk, left: Released['left'], detail: string | null): string {
  if (!mayBeEnding(desk, left)) return leftBecause(left, detail);
  const lost = desk.store.lost();
  return lost === null ? endingUnread(detail) : lostEnding(lost.name, detail);
}
