import * as messages from '../messages/changes.ts';
import type { Change, Observation, Operation } from '../cloud.ts';
import { Refusal } from '../errors.ts';
import type { UnderWay } from './apply-tools.ts';
import { findOpposite, findRunning, isOperation, type Found } from './find.ts';
import { failed, succeeded, type Outcome } from '../outcome.ts';
import { isReached, seenIn } from '../plan/plan.ts';
import { awaitOpposite, heldUp, start } from './start.ts';
import { awaitReading, confirm, forSeeing } from './verify.ts';
import { sentence, seconds } from '../words.ts';

/** Wait before a second look where a list of running operations cannot be read, in milliseconds. */
const settlingMs = 5_000;

/**
 * Makes one change: adopts it if it is already running, else starts it. Ends with a verified outcome, or throws.
 *
 * @param known the result of an earlier search for a running operation, if any: one that began since then refuses ours
 */
export async function makeChange(known: Found | null, it: UnderWay): Promise<Outcome> {
  const { change } = it;
  const running = known ?? (await findRunning(it));
  if (isOperation(running)) return adopt(running, it);
  const unasked = running === 'unreadable';
  // A list that fails may be all that fails, or the first of it: nothing is sent before something is answered.
  if (unasked && change.kind === 'provision') await it.reading.read(change.grant, it.budget);
  if (change.kind === 'provision') return submit(it);
  // An update says everything anew, and among many the plan may be minutes old: what came since must not be undone.
  if (unasked || (change.kind === 'update' && !it.alone)) return submitAsRead(it);
  return submit(it);
}

/**
 * Makes sure that a grant stays as it was found: an operation of the opposite kind that is still running would undo
 * it a moment later, and one of the same kind may still fail.
 */
export async function keepAsFound(it: UnderWay): Promise<Outcome> {
  const [opposite, running] = await Promise.all([findOpposite(it), findRunning(it)]);
  const undone = await outlast(opposite, it);
  if (undone !== null) return undone;
  if (isOperation(running)) return adopt(running, it);
  // Where changes are carried out at once there is nothing that a list could have missed.
  if (!it.cloud.listsOperations) return succeeded(null, false);
  if (opposite === 'unreadable' || running === 'unreadable') await it.clock.sleep(settlingMs, it.budget.signal);
  // An operation that ended between the first read and the lists is in neither: only a later read shows it.
  return submitAsRead(it);
}

/** Reads once more, and starts what that read still asks for. */
async function submitAsRead(it: UnderWay): Promise<Outcome> {
  const { change, track } = it;
  const read = await it.reading.read(change.grant, it.budget);
  track.seen = seenIn(read) ?? track.seen;
  return isReached(change.kind, read) ? succeeded(null, false) : submit({ ...it, change: asReadNow(change, read) });
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
async function outlast(opposite: Found, it: UnderWay): Promise<Outcome | null> {
  if (!isOperation(opposite)) return null;
  const ended = await awaitOpposite(opposite, it);
  // Green would be a lie a moment later: what undoes the grant is still running.
  if (ended.state === 'IN_PROGRESS') {
    const { message: reason, hint } = heldUp(ended);
    return failed(ended.requestId, null, { reason, hint });
  }
  // Its effect is there, time limit or not: only seeing it is left.
  if (ended.state === 'SUCCEEDED') await awaitReading(ended.change, forSeeing(it));
  return null;
}

/** Follows an operation that this step did not start; starts what is missing at its end. */
async function adopt(running: Operation, wanted: UnderWay): Promise<Outcome> {
  const it = { ...wanted, change: running.change };
  it.log.info(messages.adopted(running.call, running.requestId));
  it.onStarted(running);
  const ended = await follow(running, it);
  if (ended.state === 'FAILED') {
    it.log.info(messages.failedOnce(ended.reason, true));
    return submit(it);
  }
  const opposite = ended.state === 'SUCCEEDED' ? await findOpposite(it) : 'none';
  const undone = await outlast(opposite, it);
  if (undone !== null) return undone;
  const outcome = await conclude(ended, it);
  if (outcome.status !== 'FAILED') return outcome;
  // It was undone, or it had begun before the latest version existed.
  it.log.info(messages.startingNew(outcome.reason));
  return submit(it);
}

/** An adopted or a passing failure is followed by one more start of our own, and no more. */
async function submit(it: UnderWay): Promise<Outcome> {
  for (let submissions = 1; ; submissions += 1) {
    // What ended FAILED before says nothing about the start that follows.
    it.track.operation = null;
    const started = await start(it);
    if (started.kind === 'done') {
      const { changed, requestId, remark } = started;
      return succeeded(requestId, changed, remark);
    }
    const ended = await follow(started.operation, it);
    const again = ended.state === 'FAILED' && (ended.passing || started.adopted);
    if (!again || submissions > 1) return conclude(ended, it);
    it.log.info(messages.failedOnce(ended.reason, started.adopted));
  }
}

/** Follows an operation to its end; `IN_PROGRESS` only when the budget is spent, or the step does not wait. */
async function follow(operation: Operation, it: UnderWay): Promise<Operation> {
  const { track, place, clock, log } = it;
  track.operation = operation;
  const { assignmentId } = operation;
  if (assignmentId !== null) track.seen ??= { assignmentId, principalType: null };
  if (operation.state !== 'IN_PROGRESS') {
    track.ended.add(operation.requestId);
    place.leave();
  }
  // A step that does not wait still leaves room for what is yet to be started.
  const isEnough = (): boolean => !it.wait && !place.isWanted();
  if (isEnough() || operation.state === 'SUCCEEDED') return operation;
  const began = clock.now();
  const ended = await it.poller.awaitEnd(operation, it.budget, log, {
    onLeft: () => {
      place.leave();
    },
    isEnough,
    isUrgent: () => place.isWanted(),
  });
  track.operation = ended;
  if (ended.state !== 'IN_PROGRESS') {
    track.ended.add(ended.requestId);
    const why = ended.state === 'FAILED' && !it.alone ? `: ${ended.reason}` : '';
    const line = sentence(`${ended.call} ${ended.state} after ${seconds(clock.now() - began)}${why}`);
    if (it.alone || ended.state === 'FAILED') log.info(line);
    else log.debug(line);
  }
  return ended;
}

async function conclude(operation: Operation, it: UnderWay): Promise<Outcome> {
  const { call, requestId } = operation;
  switch (operation.state) {
    case 'IN_PROGRESS':
      return {
        status: 'IN_PROGRESS',
        requestId,
        reason: it.wait ? messages.stillInProgress(call) : messages.accepted(call),
        hint: null,
      };
    case 'SUCCEEDED':
      return confirm(operation, it);
    case 'FAILED':
      return concludeFailed(operation, it);
  }
}

async function concludeFailed(
  operation: Operation & { readonly state: 'FAILED' },
  { reading, budget }: UnderWay,
): Promise<Outcome> {
  const { call, requestId, reason, hint, change } = operation;
  const asSaid = failed(requestId, null, { reason, hint });
  if (change.kind === 'create' || change.kind === 'update') return asSaid;
  // The failure is known; a read that fails on top of it must not hide it.
  const read = await reading.read(change.grant, budget).catch(() => null);
  if (read === null) return asSaid;
  if (change.kind === 'remove' && isReached('remove', read)) {
    return succeeded(requestId, true, messages.failedButGone(call, reason));
  }
  if (read.standing !== 'outdated' || read.outdated.length === 0) return asSaid;
  const still = messages.stillOld(read.outdated);
  return failed(requestId, null, { reason, hint: [still, hint].filter(Boolean).join(' ') });
}
