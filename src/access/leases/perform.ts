import type { Operation } from '../cloud.ts';
import type { ApplyTools } from '../engine/apply-tools.ts';
import { newTrack } from '../engine/track.ts';
import { outcomeOf } from '../engine/carry-out.ts';
import { isUncertain } from '../engine/retry.ts';
import { Cancelled, CloudError, isInWords, Refusal } from '../errors.ts';
import { notStarted, refused, type Outcome, type Result } from '../outcome.ts';
import type { InTime } from './in-time.ts';
import type { LeaseDone, LeaseTools } from './port.ts';

type Noting = ApplyTools & Pick<LeaseTools, 'note' | 'budget'>;

/** What a protocol is about. */
interface Subject extends Pick<Result, 'grant' | 'action' | 'seen'> {
  /** Where it takes a lease; then each thing is noted before it is done. */
  readonly taking: InTime | null;
}

/** Carries out one protocol; whatever goes wrong is its outcome and nobody else's. */
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
  if (down !== null) {
    const hint = 'Run the step again when that has ended, or give it a longer `timeout`.';
    return end(refused({ reason: notStarted(down), hint }), { action, lease: null });
  }
  const over = taking?.isOver() ?? null;
  if (over !== null) {
    const { reason, hint } = over;
    return end(refused({ reason: notStarted(reason), hint }), { action, lease: null });
  }
  const track = newTrack(seen);
  // Who takes a lease notes first what it begins; of all others nothing tells whether they have.
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
    // A bug of ours in the middle of it: whether something had been sent nobody knows.
    if (begun && !isInWords(error)) track.uncertain = true;
    const outcome = error instanceof Cancelled && begun ? cutOff(error, track.operation, taking !== null) : null;
    return end(outcome ?? outcomeOf(error, track, tools), { action, lease: null });
  } finally {
    tools.place.leave();
  }
}

/** The last request about it came to no answer. */
function isUnanswered(outcome: Outcome): outcome is Extract<Outcome, { readonly reason: string }> {
  if (outcome.status === 'IN_PROGRESS') return outcome.requestId === null;
  return outcome.status === 'FAILED' && outcome.failure !== null && isUncertain(outcome.failure);
}

/** Nothing more is sent by a step that was cancelled, and nobody looks how far it has come (P2). */
function cutOff({ message }: Cancelled, operation: Operation | null, taking: boolean): Outcome {
  const [reason, hint] = taking
    ? [`${message} while the lease was being taken.`, 'The post step gives back what was begun.']
    : [
        `${message} in the middle of it: how far it has come is not known.`,
        'Run the step again, or end the access with `operation: revoke`.',
      ];
  return { status: 'IN_PROGRESS', requestId: operation?.requestId ?? null, reason, hint };
}
