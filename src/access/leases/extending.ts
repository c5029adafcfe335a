import { Cancelled, Refusal, together } from '../errors.ts';
import type { Lack } from '../outcome.ts';
import type { Why } from './found.ts';
import { endOf, type HeldGrant } from './journal.ts';
import type { Lease, LeaseDone, LeaseTools } from './port.ts';

/** What is to be extended is not there any more. */
export function goneMeanwhile(): Refusal {
  return new Refusal(
    'The lease is gone: it was released, has ended, or was swept or revoked.',
    'Take a new one with `operation: assign`.',
  );
}

/** A part of what is to be extended is not there any more, and nobody knows which grants those are. */
export function partGone(there: number, gone: number): Lack {
  const what =
    gone === 1
      ? '1 is gone: it was released, has ended, was swept, or is permanent by now.'
      : `${gone} are gone: they were released, have ended, were swept, or are permanent by now.`;
  return {
    title: 'A part of the lease is gone',
    reason: `Of the ${there + gone} grants of this lease ${what}`,
    hint: 'Compare the results with those of the step that took the lease, and take a new one of what is missing with `operation: assign`.',
  };
}

/** Not all of a lease could be looked for; `null` where all could. */
export function lackOf(unread: readonly Why[]): Lack | null {
  if (unread.length === 0) return null;
  const { message: reason, hint } = notRead(unread);
  return { title: 'A part of the lease could not be read', reason, hint };
}

/** Where a lease was looked for in vain. */
export function notRead(unread: readonly Why[]): Refusal {
  return together(unread.map(({ reason, hint }) => new Refusal(reason, hint)));
}

/** The old hold has at least so long to be given back, in milliseconds: the longest settling, and some requests. */
const givingWayMs = 3 * 60_000;

/**
 * Gives an old hold back where the lease that follows it stands; that this may fail only means that the old one counts
 * until its end.
 */
export async function giveWay(
  joined: LeaseDone,
  { held, lease, tools }: { readonly held: HeldGrant; readonly lease: Lease; readonly tools: LeaseTools },
  giveBack: (held: HeldGrant, tools: LeaseTools) => Promise<LeaseDone>,
): Promise<LeaseDone> {
  const { outcome } = joined;
  if (outcome.status !== 'SUCCEEDED') return joined;
  // What runs to its end although the job has ended is not for the post step.
  if (lease.keepAfterJob) tools.note({ progress: 'over', holder: '', end: endOf(held) });
  // What the join has left of the time limit need not suffice: the new lease stands, and the old one is to go.
  const budget = { ...tools.budget, until: Math.max(tools.budget.until, tools.clock.now() + givingWayMs) };
  const why = await stillHeld(giveBack(held, { ...tools, budget, note: () => undefined }));
  if (why === null) return joined;
  const remark = `The old hold could not be given back, and counts until its end: ${why}`;
  return { ...joined, outcome: { ...outcome, remark } };
}

/** `null` where it was given back. That the step was cancelled by then takes nothing from the lease that stands. */
async function stillHeld(released: Promise<LeaseDone>): Promise<string | null> {
  try {
    const { outcome } = await released;
    return outcome.status === 'SUCCEEDED' ? null : outcome.reason;
  } catch (error) {
    if (error instanceof Cancelled) return `${error.message} before that was done.`;
    throw error;
  }
}
