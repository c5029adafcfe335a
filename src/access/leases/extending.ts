import { Refusal } from '../errors.ts';
import type { HeldGrant } from './journal.ts';
import type { LeaseDone, LeaseTools } from './port.ts';

/** What is to be extended is not there any more. */
export function goneMeanwhile(): Refusal {
  return new Refusal(
    'The lease is gone: it was released, has ended, or was swept or revoked.',
    'Take a new one with `operation: assign`.',
  );
}

/**
 * Gives an old hold back where the lease that follows it stands; that this may fail only means that the old one counts
 * until its end.
 *
 * @param keepAfterJob whether what stands runs to its end although the job has ended
 */
export async function giveWay(
  joined: LeaseDone,
  {
    held,
    keepAfterJob,
    tools,
  }: { readonly held: HeldGrant; readonly keepAfterJob: boolean; readonly tools: LeaseTools },
  giveBack: (held: HeldGrant, tools: LeaseTools) => Promise<LeaseDone>,
): Promise<LeaseDone> {
  const { outcome } = joined;
  if (outcome.status !== 'SUCCEEDED') return joined;
  // What runs to its end although the job has ended is not for the post step.
  if (keepAfterJob) tools.note({ progress: 'over', holder: '', end: held.end });
  const released = await giveBack(held, { ...tools, note: () => undefined });
  if (released.outcome.status === 'SUCCEEDED') return joined;
  const remark = `The old hold could not be given back: ${released.outcome.reason}`;
  return { ...joined, outcome: { ...outcome, remark } };
}
