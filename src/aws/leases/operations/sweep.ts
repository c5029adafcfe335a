import { hintOn } from '#access/errors';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { whoseItWas } from '#access/messages/leases';
import { failed, succeeded, type Outcome } from '#access/outcome';
import type { Executor } from '../executor/executor.ts';
import type { Due } from '../finding/due.ts';
import { newMark, type LeaseContext } from '../context.ts';
import { newSweep, sweepProtocol, type Sweep, type SweepOutcome } from '../steps/sweep.ts';
import { withRemark } from '#access/leases/outcomes';
import * as messages from '../messages/ending.ts';
import { driveUnderMark, inDoubt, type Deletions, undeletedInWords, watchDeletions } from './shared.ts';

/** Ends the due leases of one grant, and deletes stale records. */
export async function sweep(
  context: LeaseContext,
  { grant, due, why, ended, garbage, holders }: Due,
  tools: LeaseTools,
): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, false, tools);
  const deletions = watchDeletions(executor);
  const done = due ? await end(context, executor, deletions, ended, { why, whose: whoseItWas(holders) }) : null;
  for (const name of garbage) await deletions.perform({ do: 'drop', name, notAfter: null }, []);
  const tidied = deletions.undeleted() === null ? messages.staleDeleted : '';
  return withRemark(done ?? nothingEnded(tidied), undeletedInWords(deletions));
}

/** Reported of a lease besides its end: why it is due, in a clause, and a sentence about its holders. */
interface Told {
  readonly why: string;
  readonly whose: string;
}

async function end(
  context: LeaseContext,
  executor: Executor,
  deletions: Deletions,
  ended: Due['ended'],
  told: Told,
): Promise<LeaseDone> {
  const mark = newMark(context, executor.now().date);
  const from = { to: 'sweep', memory: newSweep(context.constants, mark, ended) };
  const { outcome, memory } = await driveUnderMark(sweepProtocol, from, executor, deletions);
  return conclude(executor, outcome, memory, told, deletions.undeleted() === null);
}

/** A read shows no access after trouble: the deletion was sent and its result is unknown, or it was never needed. */
function goneButRecorded(executor: Executor, isSent: boolean, { why, whose }: Told): LeaseDone {
  const trouble = executor.trouble()?.message ?? messages.timeLimitPassed;
  if (!isSent) return nothingEnded(messages.readShowedNone(trouble));
  const remark = `${messages.ended(why, whose)} ${messages.readShowsNone(trouble)}`;
  return { action: 'remove', lease: null, outcome: succeeded(executor.assignment.requestId(), true, remark) };
}

function nothingEnded(remark: string): LeaseDone {
  return { action: 'keep', lease: null, outcome: succeeded(null, false, remark) };
}

async function conclude(
  executor: Executor,
  outcome: SweepOutcome,
  it: Sweep,
  { why, whose }: Told,
  tidied: boolean,
): Promise<LeaseDone> {
  const requestId = executor.assignment.requestId();
  switch (outcome) {
    case 'ended': {
      const late = it.span.before > 0 && executor.now().date > it.span.before + it.constants.window;
      const remark = late ? messages.endedLate(why, whose, it.span.before) : messages.ended(why, whose);
      return { action: 'remove', lease: null, outcome: succeeded(requestId, true, remark) };
    }
    case 'cleared':
      return nothingEnded(messages.goneAlready(tidied));
    case 'held':
      return nothingEnded(messages.staysForHolders);
    case 'firing':
      return nothingEnded(messages.endingNow);
    case 'nothing':
      return nothingEnded(messages.nothingToEnd);
    case 'suspect': {
      const reason = messages.unprovenLeft(it.span.before, whose);
      return notEnded(failed(requestId, null, { reason, hint: messages.decideOnSuspect }));
    }
    case 'failed': {
      const trouble = executor.trouble();
      const isSent = executor.assignment.isInDoubt('remove') || executor.assignment.operation() !== null;
      // Trouble before the first list shows nothing about the access.
      const read = it.listedAt === 0 ? null : await executor.perform({ do: 'read', expected: null }, []);
      if (read?.is === 'no') return goneButRecorded(executor, isSent, { why, whose });
      if (executor.assignment.isInDoubt('remove'))
        return notEnded(inDoubt(executor, (howFar) => messages.beingEnded(why, howFar)));
      const reason = messages.notEnded(why, trouble?.message ?? messages.timeLimitPassed);
      const hint = hintOn(trouble, messages.sweepAgain);
      return notEnded(failed(requestId, trouble, { reason, hint }));
    }
  }
}

function notEnded(outcome: Outcome): LeaseDone {
  return { action: 'remove', lease: null, outcome };
}
