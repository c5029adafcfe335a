import * as messages from '../messages/changes.ts';
import { left } from '../clock.ts';
import type { Observation, Operation } from '../cloud.ts';
import { CloudError, Refusal, Unsent, type Failure, type FailureKind } from '../errors.ts';
import type { ApplyTools, UnderWay } from './apply-tools.ts';
import { findOpposite, findRunning, findSince, isOperation } from './find.ts';
import { isReached, seenIn } from '../plan/plan.ts';
import { delayBeforeRetry, isUncertain } from './retry.ts';
import { awaitReading, awaitStanding, isSeen } from './verify.ts';

/** Result of a start: an operation to follow, or a change that was found done without one. */
export type Started =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly adopted: boolean }
  | {
      readonly kind: 'done';
      readonly changed: boolean;
      readonly requestId: string | null;
      readonly remark: string;
    };

/** Times of looking for a lost start call after the first look, in milliseconds since the loss: reads lag by seconds. */
const looks = [500, 1_500, 3_500, 7_500] as const;
const lastLookAt = 7_500;
/** Time from which a look was one that waited for its turn, in milliseconds. */
const rareMs = 1_000;

/** Maximum number of lost start calls of one change before the last error is reported. */
const maxLost = 5;

/**
 * Starts a change once. A refused start is tried again within the budget; one that may have been carried out is looked for
 * first, and never repeated without checking.
 */
export async function start(it: UnderWay): Promise<Started> {
  const { change, budget, track, clock, cloud, place } = it;
  if (it.only !== null && it.only !== change.kind) throw messages.notReviewed(it.only, change.kind);
  track.made = change.kind;
  const since = clock.now();
  const refusals = new Map<FailureKind, number>();
  let lost = 0;
  let refused: CloudError | null = null;
  for (;;) {
    // A change that has waited too long for others reports the last refusal.
    const inTime = await place.take(budget);
    budget.signal.throwIfAborted();
    if (!inTime) throw refused ?? messages.noPlace(place.blockedBy());
    const stays = (await it.recheck?.(change, budget)) ?? null;
    // Only a call without an answer can have made the change.
    if (stays !== null)
      return { kind: 'done', changed: lost > 0 && (await isSeen(it)), requestId: null, remark: stays };
    const answer = await tryStart(it);
    if (!(answer instanceof CloudError)) {
      place.accepted();
      sayStarted(answer, it);
      return { kind: 'operation', operation: answer, adopted: false };
    }
    const { kind } = answer.failure;
    if (!isUncertain(answer.failure)) {
      const tries = (refusals.get(kind) ?? 0) + 1;
      refusals.set(kind, tries);
      refused = answer;
      const found = await afterRefusal(answer, { tries, lost }, it);
      if (found !== null) return found;
      continue;
    }
    track.unanswered = answer;
    if (!cloud.listsOperations) track.doubtedUntil = clock.now() + cloud.visibleWithinMs;
    const found = await afterLostAnswer(answer, since, it);
    if (found !== null) return found;
    lost += 1;
    if (lost >= maxLost) return lastLook(answer, it);
  }
}

function sayStarted(operation: Operation, { log, onStarted }: ApplyTools): void {
  onStarted(operation);
  const said = operation.state === 'SUCCEEDED' ? messages.carriedOut : messages.started;
  log.info(said(operation.call, operation.requestId));
}

async function tryStart({ change, budget, track, cloud }: UnderWay): Promise<Operation | CloudError> {
  track.uncertain = true;
  try {
    const operation = await cloud.start(change, budget);
    track.operation = operation;
    track.uncertain = false;
    return operation;
  } catch (error) {
    // A refusal by this action, such as that of a sign-in on the way, means that nothing was sent.
    if (error instanceof Refusal || error instanceof Unsent) track.uncertain = false;
    if (!(error instanceof CloudError)) throw error;
    track.uncertain = isUncertain(error.failure);
    return error;
  }
}

/** Waits out a temporary refusal. A conflict may come from this change or from its opposite: looks which. */
async function afterRefusal(
  refusal: CloudError,
  { tries, lost }: { readonly tries: number; readonly lost: number },
  it: UnderWay,
): Promise<Started | null> {
  const { change, budget, clock, log, random, place } = it;
  if (change.kind === 'remove' && refusal.failure.kind === 'not-found') return acceptAbsence(refusal, lost > 0, it);
  if (change.kind === 'create' && refusal.failure.kind === 'exists') return adoptExisting(refusal, lost > 0, it);
  const delay = delayBeforeRetry(refusal.failure, tries, random);
  if (delay === null || delay >= left(budget, clock)) throw refusal;
  log.info(messages.tryingAgain(refusal.message, delay, meaning(refusal.failure)));
  // No change of this step runs there, and others can use the room.
  if (refusal.failure.kind === 'busy' || refusal.failure.kind === 'throttled') place.refused();
  place.give();
  await clock.sleep(delay, budget.signal);
  if (refusal.failure.kind !== 'busy') return null;
  const opposite = await findOpposite(it).catch(insteadOf(refusal));
  if (isOperation(opposite)) {
    const last = await awaitOpposite(opposite, it);
    if (last.state === 'IN_PROGRESS') throw heldUp(last);
  }
  const running = await findRunning(it).catch(insteadOf(refusal));
  if (!isOperation(running)) return null;
  log.info(messages.adopted(running.call, running.requestId));
  it.onStarted(running);
  return { kind: 'operation', operation: running, adopted: true };
}

function meaning(failure: Failure): string {
  const { kind } = failure;
  if (kind === 'busy') return messages.busyThere;
  return kind === 'replicating' || kind === 'unknown-role' ? messages.notKnownYet : '';
}

/** @param lost true if an earlier try was not answered, and so may have removed it */
async function acceptAbsence(refusal: CloudError, lost: boolean, it: UnderWay): Promise<Started> {
  const read = await awaitReading(it.change, it).catch(insteadOf(refusal));
  if (!isReached('remove', read)) throw refusal;
  return { kind: 'done', changed: lost, requestId: null, remark: messages.goneAlready(lost, refusal.message) };
}

/** A look that fails in passing, or for lack of time, must not hide the refusal that it was to explain. For `catch`. */
function insteadOf(refusal: CloudError): (error: unknown) => never {
  return (error) => {
    const passing = error instanceof CloudError && (isUncertain(error.failure) || error.failure.kind === 'throttled');
    throw passing ? refusal : error;
  };
}

/**
 * The assignment existed, and no read had shown it: it is accepted as it is, or updated once.
 *
 * @param lost true if an earlier try was not answered, and so may have made it
 */
async function adoptExisting(refusal: CloudError, lost: boolean, it: UnderWay): Promise<Started> {
  const { change, track } = it;
  it.log.info(messages.lookingForExisting(refusal.message));
  const isThere = ({ standing }: Observation): boolean => standing !== 'absent';
  const read = await awaitStanding(change.grant, 'there', isThere, it).catch(insteadOf(refusal));
  track.seen = seenIn(read);
  switch (read.standing) {
    case 'absent':
      throw refusal;
    case 'current':
      return { kind: 'done', changed: lost, requestId: null, remark: messages.thereAlready(lost) };
    case 'outdated':
      return start({ ...it, change: { ...change, kind: 'update', seen: read.seen } });
    case 'conflicting':
      throw new Refusal(read.reason, read.hint, [`${refusal.message}.`]);
  }
}

/** Looks for a change whose start call was not answered: as an operation, or as its effect. */
async function afterLostAnswer(error: CloudError, since: number, it: UnderWay): Promise<Started | null> {
  const { change, budget, track, clock, log, alone } = it;
  log.info(messages.checkingLost(error.message));
  const lostAt = clock.now();
  for (;;) {
    const began = clock.now();
    const isLast = began - lostAt >= lastLookAt;
    // The lists of what has ended are long: among many they are looked through once.
    const running = await (alone || isLast ? findSince(since, it) : findRunning(it));
    const took = clock.now() - began;
    if (isOperation(running)) {
      log.info(messages.foundUnanswered(running.call, running.requestId));
      it.onStarted(running);
      return { kind: 'operation', operation: running, adopted: false };
    }
    const unreadable = running === 'unreadable';
    // Where lists show what was accepted, a read adds something only in the end.
    const readTells = alone || !it.cloud.listsOperations || unreadable || isLast;
    if (readTells && change.kind !== 'provision' && (await isSeen(it))) return seenAfterAll(error);
    if (isLast) {
      // Where the caller cannot read the lists, a change that is still running stays unknown.
      if (unreadable) throw error;
      track.uncertain = false;
      log.info(messages.sendingAgain);
      return null;
    }
    const elapsed = clock.now() - lostAt;
    // Looking takes turns with everything else: where those are rare, only the last look is worth its requests.
    const next = took > rareMs ? lastLookAt : (looks.find((at) => at > elapsed) ?? lastLookAt);
    const delay = Math.max(0, next - elapsed);
    // Whether it was carried out stays unknown: a second start would be a blind one.
    if (delay >= left(budget, clock)) throw error;
    await clock.sleep(delay, budget.signal);
  }
}

function seenAfterAll({ failure: { requestId } }: CloudError): Started {
  return { kind: 'done', changed: true, requestId, remark: messages.seenAfterAll(requestId === null) };
}

/** There is no other call after so many lost ones: where no list has them, the last read decides. */
async function lastLook(error: CloudError, it: UnderWay): Promise<Started> {
  const { change, budget, track, clock, cloud } = it;
  if (cloud.listsOperations || left(budget, clock) < cloud.visibleWithinMs) throw error;
  track.uncertain = true;
  const read = await awaitReading(change, it).catch(insteadOf(error));
  if (!isReached(change.kind, read)) {
    track.uncertain = false;
    track.doubtedUntil = 0;
    throw error;
  }
  track.seen = seenIn(read);
  return { kind: 'done', changed: true, requestId: null, remark: messages.seenAtLast(error.message) };
}

/** The refusal where an operation on this grant that this step did not start has outlasted the time limit. */
export function heldUp({ call, requestId }: Operation): Refusal {
  return messages.heldUp(call, requestId);
}

/** Waits for the end of an operation of the opposite kind; returns how it was last seen. */
export function awaitOpposite(
  opposite: Operation,
  { budget, log, poller }: Pick<UnderWay, 'budget' | 'log' | 'poller'>,
): Promise<Operation> {
  log.info(messages.waitingFor(opposite.call, opposite.requestId));
  return poller.awaitEnd(opposite, budget, log);
}
