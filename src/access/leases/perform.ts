import type { Operation } from '../cloud.ts';
import type { ApplyTools } from '../engine/apply-tools.ts';
import { newTrack } from '../engine/track.ts';
import { outcomeOf } from '../engine/carry-out.ts';
import { isUncertain } from '../engine/retry.ts';
import { Cancelled, CloudError, isInWords, Refusal } from '../errors.ts';
import { notStarted, refused, type Outcome, type Result } from '../outcome.ts';
import { afterOutage, interrupted, interruptedTaking } from '../messages/leases.ts';
import type { InTime } from './in-time.ts';
import type { LeaseDone, LeaseTools } from './port.ts';

type Noting = ApplyTools & Pick<LeaseTools, 'note' | 'budget'>;

/** The grant that a protocol is about. */
interface Subject extends Pick<Result, 'grant' | 'action' | 'seen'> {
  /** Given where the protocol takes a lease: it then notes each action before it starts. */
  readonly taking: InTime | null;
}

/** Carries out one protocol. Its errors become its own outcome, and affect no other grant. */
export async function perform(
  { grant, action, seen, taking }: Subject,
  tools: Noting,
  work: (tools: Noting) => Promise<LeaseDone>,
): Promise<Result> {
  const { clock, health, budget } = tools;
  const startedAt = clock.now();
  const end = (outcome: Outcome, done: Pick<Result, 'action' | 'lease'>): Result => ({
    grant,
    seen,
    ...done,
    outcome,
    startedAt,
    endedAt: clock.now(),
  });
  const down = health.isDown();
  if (down !== null) return end(refused({ reason: notStarted(down), hint: afterOutage }), { action, lease: null });
  const over = taking?.isOver() ?? null;
  if (over !== null) {
    const { reason, hint } = over;
    return end(refused({ reason: notStarted(reason), hint }), { action, lease: null });
  }
  const track = newTrack(seen);
  // A step that takes a lease notes first what it begins. No other operation reports whether it has begun.
  let begun = taking === null && !budget.signal.aborted;
  const watched: Noting = {
    ...tools,
    note: (it) => {
      begun = true;
      tools.note(it);
    },
    onStarted: (operation: Operation) => {
      track.operation = operation;
      tools.onStarted(operation);
    },
  };
  try {
    const { outcome, ...done } = await work(watched);
    if (isUnanswered(outcome)) health.silent(outcome.reason);
    else health.answered();
    if (done.lease?.did === 'took' && done.lease.expiresAt !== null) taking?.taken(done.lease.expiresAt);
    return end(outcome, done);
  } catch (error) {
    if (error instanceof CloudError && isUncertain(error.failure)) health.silent(error.message);
    else if (error instanceof CloudError || error instanceof Refusal) health.answered();
    // A bug in the middle of it: whether a request had been sent is unknown.
    if (begun && !isInWords(error)) track.uncertain = true;
    const outcome = error instanceof Cancelled && begun ? cutOff(error, track.operation, taking !== null) : null;
    return end(outcome ?? outcomeOf(error, track, tools), { action, lease: null });
  } finally {
    tools.place.leave();
  }
}

/** True if the last request about it got no answer. */
function isUnanswered(outcome: Outcome): outcome is Extract<Outcome, { readonly reason: string }> {
  if (outcome.status === 'IN_PROGRESS') return outcome.requestId === null;
  return outcome.status === 'FAILED' && outcome.failure !== null && isUncertain(outcome.failure);
}

/** A canceled step sends no further request, and does not read the result of the last one (P2). */
function cutOff({ message }: Cancelled, operation: Operation | null, taking: boolean): Outcome {
  const why = taking ? interruptedTaking(message) : interrupted(message);
  return { status: 'IN_PROGRESS', requestId: operation?.requestId ?? null, ...why };
}
