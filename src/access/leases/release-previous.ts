import { Cancelled } from '../errors.ts';
import { interruptedReleasing, oldLeaseStays } from '../messages/lease-operations.ts';
import { endOf, type HeldGrant } from './journal.ts';
import type { Lease, LeaseDone, LeaseTools } from './port.ts';

/** Minimum time to release the old hold, in milliseconds: the longest settling, and some requests. */
const releasingMs = 3 * 60_000;

/**
 * Releases an old hold after its successor was taken. If this fails, the old hold counts until its end time, and the
 * outcome stays a success.
 */
export async function releasePrevious(
  joined: LeaseDone,
  { held, lease, tools }: { readonly held: HeldGrant; readonly lease: Lease; readonly tools: LeaseTools },
  release: (held: HeldGrant, tools: LeaseTools) => Promise<LeaseDone>,
): Promise<LeaseDone> {
  const { outcome } = joined;
  if (outcome.status !== 'SUCCEEDED') return joined;
  // A lease that outlives its job is not for the post step.
  if (lease.keepAfterJob) tools.note({ progress: 'over', holder: '', end: endOf(held) });
  // The join may have used up the time limit, but the old hold still has to be released.
  const budget = { ...tools.budget, until: Math.max(tools.budget.until, tools.clock.now() + releasingMs) };
  const why = await stillHeld(release(held, { ...tools, budget, note: () => undefined }));
  if (why === null) return joined;
  return { ...joined, outcome: { ...outcome, remark: oldLeaseStays(why) } };
}

/** Why it is still held; `null` where it was released. A cancellation by then does not affect the new lease. */
async function stillHeld(released: Promise<LeaseDone>): Promise<string | null> {
  try {
    const { outcome } = await released;
    return outcome.status === 'SUCCEEDED' ? null : outcome.reason;
  } catch (error) {
    if (error instanceof Cancelled) return interruptedReleasing(error.message);
    throw error;
  }
}
