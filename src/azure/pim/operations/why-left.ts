import type { PimDesk } from '../desk/desk.ts';
import type { Released } from '../steps/holder.ts';
import { endingUnread, leftBecause, lostEnding } from '../words.ts';

/** Whether a request of ours that ends the access was accepted, or may have arrived, and nobody has seen what came of it. */
export function mayBeEnding({ store }: PimDesk, left: Released['left']): boolean {
  return left === 'failed' && (store.mayEnd() || store.lost()?.type === 'remove');
}

/** Why an access was not ended, in sentences. */
export function whyLeft(desk: PimDesk, left: Released['left'], detail: string | null): string {
  if (!mayBeEnding(desk, left)) return leftBecause(left, detail);
  const lost = desk.store.lost();
  return lost === null ? endingUnread(detail) : lostEnding(lost.name, detail);
}
