import { hintOn } from '#access/errors';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { whoseItWas } from '#access/leases/words';
import { failed, succeeded, type Outcome } from '#access/outcome';
import { sentence } from '#access/words';
import type { Executor } from '../executor/executor.ts';
import type { Due } from '../finding/due.ts';
import { newMark, type LeaseContext } from '../context.ts';
import { newSweep, sweepProtocol, type Sweep, type SweepOutcome } from '../steps/sweep.ts';
import { withRemark } from '#access/leases/outcomes';
import { decideOnSuspect } from '../words.ts';
import type { Trouble } from '#access/leases/protocol/trouble';
import { minuteInWords } from '#access/clock';
import { driveUnderMark, inDoubt, type Deletions, undeletedInWords, watchDeletions } from './shared.ts';

/** Ends what is due of one grant, and tidies up. */
export async function sweep(
  context: LeaseContext,
  { grant, due, why, ended, garbage, holders }: Due,
  tools: LeaseTools,
): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, false, tools);
  const deletions = watchDeletions(executor);
  const done = due ? await end(context, executor, deletions, ended, { why, whose: whoseItWas(holders) }) : null;
  for (const name of garbage) await deletions.perform({ do: 'drop', name, notAfter: null }, []);
  const tidied = deletions.undeleted() === null ? 'Records that stand for nothing any more were deleted.' : '';
  return withRemark(done ?? nothingEnded(tidied), undeletedInWords(deletions));
}

/** What is to be told of a lease besides how it ended: why it is due, and a sentence about who took it. */
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
  const from = { phase: 'sweep', memory: newSweep(context.constants, mark, ended) };
  const { outcome, memory } = await driveUnderMark(sweepProtocol, from, executor, deletions);
  return conclude(executor, outcome, memory, told, deletions.undeleted() === null);
}

/** Such as where a deletion is denied because the creation was. */
function goneButRecorded(trouble: Trouble | null): string {
  return `A read shows no access: there was nothing to end. ${recordsStay(trouble)}`;
}

/** A deletion was sent, and what would have told how it ended did not. */
function endedButRecorded(executor: Executor, why: string): LeaseDone {
  const remark = `Ended, since ${why} A read shows no access. ${recordsStay(executor.trouble())}`;
  return { action: 'remove', lease: null, outcome: succeeded(executor.assignment.requestId(), true, remark) };
}

function recordsStay(trouble: Trouble | null): string {
  const why = trouble === null ? 'The time limit passed.' : sentence(trouble.message);
  return `Its records stay until its timer has fired: ${why}`;
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
      const remark = late
        ? `Ended, since ${why}.${whose} All firings of its timer from ${minuteInWords(it.span.before)} on were over, and the access was still there: look at the dead-letter queue, and at what the role that Scheduler assumes may do.`
        : `Ended, since ${why}.${whose}`;
      return { action: 'remove', lease: null, outcome: succeeded(requestId, true, remark) };
    }
    case 'cleared':
      return nothingEnded(`The access was gone already${tidied ? ': its records were cleared.' : '.'}`);
    case 'held':
      return nothingEnded('Others hold it: it stays for them.');
    case 'firing':
      return nothingEnded('EventBridge Scheduler is ending it now.');
    case 'nothing':
      return nothingEnded('There was nothing to end.');
    case 'suspect': {
      const reason = `The access is there, the firings of its timers from ${minuteInWords(it.span.before)} on are over, and nothing proves whether it is that lease: it was left alone.${whose}`;
      return notEnded(failed(requestId, null, { reason, hint: decideOnSuspect }));
    }
    case 'failed': {
      const trouble = executor.trouble();
      const isSent = executor.assignment.isInDoubt('remove') || executor.assignment.operation() !== null;
      // What brought it to nothing before it could look at what there is says nothing of the access.
      const read = it.listedAt === 0 ? null : await executor.perform({ do: 'read', expected: null }, []);
      if (read?.is === 'no')
        return isSent ? endedButRecorded(executor, `${why}.${whose}`) : nothingEnded(goneButRecorded(trouble));
      if (executor.assignment.isInDoubt('remove'))
        return notEnded(inDoubt(executor, (howFar) => `It is being ended, since ${why}: ${howFar}`));
      const reason = `It could not be ended, although ${why}: ${trouble?.message ?? 'the time limit passed.'}`;
      const hint = hintOn(trouble, 'Run the sweep again, or give it a longer `timeout`.');
      return notEnded(failed(requestId, trouble, { reason, hint }));
    }
  }
}

function notEnded(outcome: Outcome): LeaseDone {
  return { action: 'remove', lease: null, outcome };
}
