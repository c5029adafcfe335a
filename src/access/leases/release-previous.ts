import { Cancelled } from '../errors.ts';
import { endOf, type HeldGrant } from './journal.ts';
import type { Lease, LeaseDone, LeaseTools } from './port.ts';

/** The old hold has at least so long to be released, in milliseconds: the longest settling, and some requests. */
const releasingMs = 3 * 60_000;

/**
 * Releases an old hold where the lease that follows it stands; that this may fail only means that the old one counts
 * until its end.
 */
export async function releasePrevious(
  joined: LeaseDone,
  { held, lease, tools }: { readonly held: HeldGrant; readonly lease: Lease; readonly tools: LeaseTools },
  release: (held: HeldGrant, tools: LeaseTools) => Promise<LeaseDone>,
): Promise<LeaseDone> {
  const { outcome } = joined;
  if (outcome.status !== 'SUCCEEDED') return joined;
  // What runs to its end although the job has ended is not for the post step.
  if (lease.keepAfterJob) tools.note({ progress: 'over', holder: '', end: endOf(held) });
  // What the join has left of the time limit need not suffice: the new lease stands, and the old one is to go.
  const budget = { ...tools.budget, until: Math.max(tools.budget.until, tools.clock.now() + releasingMs) };
  const why = await stillHeld(release(held, { ...tools, budget, note: () => undefined }));
  if (why === null) return joined;
  const remark = `The old hold could not be given back, and counts until its end: ${why}`;
  return { ...joined, outcome: { ...outcome, remark } };
}

/** `null` where it was released. That the step was cancelled by then takes nothing from the lease that stands. */
async function stillHeld(released: Promise<LeaseDone>): Promise<string | null> {
  try {
    const { outcome } = await released;
    return outcome.status === 'SUCCEEDED' ? null : outcome.reason;
  } catch (error) {
    if (error instanceof Cancelled) return `${error.message} before that was done.`;
    throw error;
  }
}
