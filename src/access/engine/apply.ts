import type { Budget } from '../clock.ts';
import type { Change, Observation, Operation } from '../cloud.ts';
import { Refusal } from '../errors.ts';
import type { ApplyTools } from './apply-tools.ts';
import { findOpposite, findRunning, isOperation, type Found } from './find.ts';
import { failed, succeeded, type Outcome } from '../outcome.ts';
import { isReached, seenIn } from '../plan/plan.ts';
import { awaitOpposite, heldUp, start } from './start.ts';
import type { Track } from './track.ts';
import { awaitReading, confirm, forSeeing } from './verify.ts';
import { sentence, seconds } from '../words.ts';

/** How long to wait before a second look where a list of running operations may not be read, in milliseconds. */
const settlingMs = 5_000;

/**
 * Makes one change: adopts it if it is already running, else starts it. Ends with a verified outcome, or throws.
 *
 * @param known what was found running before, where that was looked for already: what began since then refuses ours
 */
export async function makeChange(
  change: Change,
  known: Found | null,
  budget: Budget,
  track: Track,
  tools: ApplyTools,
): Promise<Outcome> {
  const running = known ?? (await findRunning(change, track, budget, tools));
  if (isOperation(running)) return adopt(running, budget, track, tools);
  const unasked = running === 'unreadable';
  // A list that fails may be all that fails, or the first of it: nothing is sent before something is answered.
  if (unasked && change.kind === 'provision') await tools.reading.read(change.grant, budget);
  if (change.kind === 'provision') return submit(change, budget, track, tools);
  // An update says everything anew, and among many the plan may be minutes old: what came since must not be undone.
  if (unasked || (change.kind === 'update' && !tools.alone)) return submitAsRead(change, budget, track, tools);
  return submit(change, budget, track, tools);
}

/**
 * Makes sure that a grant stays as it was found: an operation of the opposite kind that is still running would undo
 * it a moment later, and one of the same kind may still fail.
 */
export async function keepAsFound(change: Change, budget: Budget, track: Track, tools: ApplyTools): Promise<Outcome> {
  const [opposite, running] = await Promise.all([
    findOpposite(change, track, budget, tools),
    findRunning(change, track, budget, tools),
  ]);
  const undone = await outlast(opposite, budget, tools);
  if (undone !== null) return undone;
  if (isOperation(running)) return adopt(running, budget, track, tools);
  // Where changes are carried out at once there is nothing that a list could have missed.
  if (!tools.cloud.listsOperations) return succeeded(null, false);
  if (opposite === 'unreadable' || running === 'unreadable') await tools.clock.sleep(settlingMs, budget.signal);
  // An operation that ended between the first read and the lists is in neither: only a later read shows it.
  return submitAsRead(change, budget, track, tools);
}

/** Reads once more, and starts what that read still asks for. */
async function submitAsRead(change: Change, budget: Budget, track: Track, tools: ApplyTools): Promise<Outcome> {
  const read = await tools.reading.read(change.grant, budget);
  track.seen = seenIn(read) ?? track.seen;
  return isReached(change.kind, read) ? succeeded(null, false) : submit(asReadNow(change, read), budget, track, tools);
}

/** A change that was planned after one read, as a later read has it. */
function asReadNow(change: Change, read: Observation): Change {
  const seen = seenIn(read);
  if (seen === null) return { ...change, kind: change.kind === 'update' ? 'create' : change.kind, seen };
  if (change.kind === 'remove') return { ...change, seen };
  if (read.standing === 'conflicting') throw new Refusal(read.reason, read.hint);
  return { ...change, kind: 'update', seen };
}

/**
 * Waits until nothing of the opposite kind runs any more; an outcome where that outlasts the time limit. One that ended
 * well has undone what was found, even where reads still lag behind: its effect is awaited too.
 */
async function outlast(opposite: Found, budget: Budget, tools: ApplyTools): Promise<Outcome | null> {
  if (!isOperation(opposite)) return null;
  const ended = await awaitOpposite(opposite, budget, tools);
  // Green would be a lie a moment later: what undoes the grant is still running.
  if (ended.state === 'IN_PROGRESS') {
    const { message: reason, hint } = heldUp(ended);
    return failed(ended.requestId, null, { reason, hint });
  }
  // Its effect is there, time limit or not: only seeing it is left.
  if (ended.state === 'SUCCEEDED') await awaitReading(ended.change, forSeeing(budget, tools), tools);
  return null;
}

/** Follows somebody else's operation as if it were ours; what is missing at its end is started by ourselves. */
async function adopt(running: Operation, budget: Budget, track: Track, tools: ApplyTools): Promise<Outcome> {
  const { change } = running;
  tools.log.info(`Adopted ${running.call}, already in progress for this very grant: request id ${running.requestId}.`);
  tools.onStarted(running);
  const ended = await follow(running, budget, track, tools);
  if (ended.state === 'FAILED') {
    tools.log.info(`It ended FAILED: ${ended.reason}. Starting one of our own.`);
    return submit(change, budget, track, tools);
  }
  const opposite = ended.state === 'SUCCEEDED' ? await findOpposite(change, track, budget, tools) : 'none';
  const undone = await outlast(opposite, budget, tools);
  if (undone !== null) return undone;
  const outcome = await conclude(ended, budget, track, tools);
  if (outcome.status !== 'FAILED') return outcome;
  // Somebody undid it, or it had begun before the latest version was there.
  tools.log.info(`${outcome.reason}. Starting one of our own.`);
  return submit(change, budget, track, tools);
}

/** An adopted or a passing failure is followed by one more start of our own, and no more. */
async function submit(change: Change, budget: Budget, track: Track, tools: ApplyTools): Promise<Outcome> {
  for (let submissions = 1; ; submissions += 1) {
    // What ended FAILED before says nothing about the start that follows.
    track.operation = null;
    const started = await start(change, budget, track, tools);
    if (started.kind === 'done') {
      const { changed, requestId, remark } = started;
      return succeeded(requestId, changed, remark);
    }
    const ended = await follow(started.operation, budget, track, tools);
    const again = ended.state === 'FAILED' && (ended.passing || started.adopted);
    if (!again || submissions > 1) return conclude(ended, budget, track, tools);
    tools.log.info(
      `It ended FAILED: ${ended.reason}. ${started.adopted ? 'Starting one of our own' : 'Submitting it once more'}.`,
    );
  }
}

/** Follows an operation to its end; `IN_PROGRESS` only when the budget is spent, or nobody wants to wait. */
async function follow(operation: Operation, budget: Budget, track: Track, tools: ApplyTools): Promise<Operation> {
  track.operation = operation;
  const { assignmentId } = operation;
  if (assignmentId !== null) track.seen ??= { assignmentId, principalType: null };
  if (operation.state !== 'IN_PROGRESS') {
    track.ended.add(operation.requestId);
    tools.place.leave();
  }
  // Whoever does not want to wait still leaves room for what is yet to be started.
  const isEnough = (): boolean => !tools.wait && !tools.place.isWanted();
  if (isEnough() || operation.state === 'SUCCEEDED') return operation;
  const began = tools.clock.now();
  const ended = await tools.poller.awaitEnd(operation, budget, tools.log, {
    onLeft: () => {
      tools.place.leave();
    },
    isEnough,
    isUrgent: () => tools.place.isWanted(),
  });
  track.operation = ended;
  if (ended.state !== 'IN_PROGRESS') {
    track.ended.add(ended.requestId);
    const why = ended.state === 'FAILED' && !tools.alone ? `: ${ended.reason}` : '';
    const line = sentence(`${ended.call} ${ended.state} after ${seconds(tools.clock.now() - began)}${why}`);
    if (tools.alone || ended.state === 'FAILED') tools.log.info(line);
    else tools.log.debug(line);
  }
  return ended;
}

async function conclude(operation: Operation, budget: Budget, track: Track, tools: ApplyTools): Promise<Outcome> {
  const { call, requestId } = operation;
  switch (operation.state) {
    case 'IN_PROGRESS':
      return {
        status: 'IN_PROGRESS',
        requestId,
        reason: tools.wait ? `${call} is still in progress: the time limit passed.` : `${call} was accepted.`,
        hint: null,
      };
    case 'SUCCEEDED':
      return confirm(operation, budget, track, tools);
    case 'FAILED':
      return concludeFailed(operation, budget, tools);
  }
}

async function concludeFailed(
  operation: Operation & { readonly state: 'FAILED' },
  budget: Budget,
  { reading }: ApplyTools,
): Promise<Outcome> {
  const { call, requestId, reason, hint, change } = operation;
  const asSaid = failed(requestId, null, { reason, hint });
  if (change.kind === 'create' || change.kind === 'update') return asSaid;
  // The failure is known; a read that fails on top of it must not hide it.
  const read = await reading.read(change.grant, budget).catch(() => null);
  if (read === null) return asSaid;
  if (change.kind === 'remove' && isReached('remove', read)) {
    const remark = `${call} ended FAILED (${reason}), and a read-back shows that the grant is gone.`;
    return succeeded(requestId, true, remark);
  }
  if (read.standing !== 'outdated' || read.outdated.length === 0) return asSaid;
  const still = `Still without the latest version: ${read.outdated.join(', ')}.`;
  return failed(requestId, null, { reason, hint: [still, hint].filter(Boolean).join(' ') });
}
