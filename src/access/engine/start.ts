import { left } from '../clock.ts';
import type { Change, Observation, Operation } from '../cloud.ts';
import { CloudError, Refusal, Unsent, type Failure, type FailureKind } from '../errors.ts';
import type { ApplyTools, UnderWay } from './apply-tools.ts';
import { findOpposite, findRunning, findSince, isOperation } from './find.ts';
import { isReached, seenIn, type Action } from '../plan/plan.ts';
import { delayBeforeRetry, isUncertain } from './retry.ts';
import { awaitReading, awaitStanding, isSeen } from './verify.ts';
import { seconds } from '../words.ts';
import { notStarted } from '../outcome.ts';

/** What came of starting: an operation to follow, or the change was found done without one. */
export type Started =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly adopted: boolean }
  | {
      readonly kind: 'done';
      readonly changed: boolean;
      readonly requestId: string | null;
      readonly remark: string;
    };

/** A start call that was lost is looked for at once, and so many milliseconds after the loss: reads lag by seconds. */
const looks = [500, 1_500, 3_500, 7_500] as const;
const lastLookAt = 7_500;
/** A look that takes longer than this, in milliseconds, waits for its turn. */
const rareMs = 1_000;

/** So many lost start calls of one change are looked for before the last error is reported. */
const maxLost = 5;

/**
 * Starts a change, once as far as the cloud is concerned: what was refused is tried again within the budget, what may
 * have been carried out is looked for first, never started again blindly.
 */
export async function start(it: UnderWay): Promise<Started> {
  const { change, budget, track, clock, cloud, place } = it;
  if (it.only !== null && it.only !== change.kind) throw notReviewed(change, it.only);
  track.made = change.kind;
  const since = clock.now();
  const refusals = new Map<FailureKind, number>();
  let lost = 0;
  let refused: CloudError | null = null;
  for (;;) {
    // Who has waited for others for too long says what it was refused with before.
    const inTime = await place.take(budget);
    budget.signal.throwIfAborted();
    if (!inTime) throw refused ?? noPlace(place.blockedBy());
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

/** What has come about since the plan was made was reviewed by nobody. */
function notReviewed({ kind }: Change, planned: Action): Refusal {
  return new Refusal(
    notStarted(`the reviewed plan says ${planned} here, and it would take ${kind} by now.`),
    'Somebody has changed it in the meantime: run the step with `dry-run: true` again, and have the new plan reviewed.',
  );
}

function noPlace(blocked: string | null): Refusal {
  return new Refusal(
    notStarted(blocked ?? 'others were at work until the time limit passed.'),
    'Run the step again, or give it a longer `timeout`.',
  );
}

function sayStarted(operation: Operation, { log, onStarted }: ApplyTools): void {
  onStarted(operation);
  const began = operation.state === 'SUCCEEDED' ? 'Carried out' : 'Started';
  log.info(`${began} ${operation.call}: request id ${operation.requestId}.`);
}

async function tryStart({ change, budget, track, cloud }: UnderWay): Promise<Operation | CloudError> {
  track.uncertain = true;
  try {
    const operation = await cloud.start(change, budget);
    track.operation = operation;
    track.uncertain = false;
    return operation;
  } catch (error) {
    // A refusal of ours, as of a sign-in on the way, means that nothing was sent.
    if (error instanceof Refusal || error instanceof Unsent) track.uncertain = false;
    if (!(error instanceof CloudError)) throw error;
    track.uncertain = isUncertain(error.failure);
    return error;
  }
}

/** Waits out a passing refusal. A conflict may come from this very change, or from its opposite: see which. */
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
  log.info(`${refusal.message}. ${meaning(refusal.failure)}Trying again in ${seconds(delay)}.`);
  // Nothing of ours runs there, and others may use the room.
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
  log.info(`Adopted ${running.call}, in progress for this very grant: request id ${running.requestId}.`);
  it.onStarted(running);
  return { kind: 'operation', operation: running, adopted: true };
}

function meaning(failure: Failure): string {
  const { kind } = failure;
  if (kind === 'busy') return 'Another operation is running there, or too much is at once. ';
  const young = kind === 'replicating' || kind === 'unknown-role';
  return young ? 'What was made a moment ago is not known everywhere yet. ' : '';
}

/** @param lost whether an earlier try went unanswered, and so may have been what removed it */
async function acceptAbsence(refusal: CloudError, lost: boolean, it: UnderWay): Promise<Started> {
  const read = await awaitReading(it.change, it).catch(insteadOf(refusal));
  if (!isReached('remove', read)) throw refusal;
  const remark = lost ? 'The answer to the call that removed it was lost' : 'It was gone already';
  return { kind: 'done', changed: lost, requestId: null, remark: `${remark}: ${refusal.message}.` };
}

/** A look that fails in passing, or for lack of time, must not hide the refusal that it was to explain. For `catch`. */
function insteadOf(refusal: CloudError): (error: unknown) => never {
  return (error) => {
    const passing = error instanceof CloudError && (isUncertain(error.failure) || error.failure.kind === 'throttled');
    throw passing ? refusal : error;
  };
}

/**
 * What was to be created was there and no read had shown it: it is taken as it is, or brought up to date, once.
 *
 * @param lost whether an earlier try went unanswered, and so may have been what made it
 */
async function adoptExisting(refusal: CloudError, lost: boolean, it: UnderWay): Promise<Started> {
  const { change, track } = it;
  it.log.info(`${refusal.message}. Looking for the one that is there.`);
  const isThere = ({ standing }: Observation): boolean => standing !== 'absent';
  const read = await awaitStanding(change.grant, 'there', isThere, it).catch(insteadOf(refusal));
  track.seen = seenIn(read);
  switch (read.standing) {
    case 'absent':
      throw refusal;
    case 'current':
      return {
        kind: 'done',
        changed: lost,
        requestId: null,
        remark: lost
          ? 'It is there: an earlier call, whose answer was lost, has made it, or somebody else.'
          : 'It was there already, made by somebody else a moment before.',
      };
    case 'outdated':
      return start({ ...it, change: { ...change, kind: 'update', seen: read.seen } });
    case 'conflicting':
      throw new Refusal(read.reason, read.hint, [`${refusal.message}.`]);
  }
}

/** Looks for a change whose start call was not answered: as an operation, or as its effect. */
async function afterLostAnswer(error: CloudError, since: number, it: UnderWay): Promise<Started | null> {
  const { change, budget, track, clock, log, alone } = it;
  log.info(`${error.message}. It may have been carried out nevertheless: looking.`);
  const lostAt = clock.now();
  for (;;) {
    const began = clock.now();
    const isLast = began - lostAt >= lastLookAt;
    // The lists of what has ended are long: among many they are looked through once.
    const running = await (alone || isLast ? findSince(since, it) : findRunning(it));
    const took = clock.now() - began;
    if (isOperation(running)) {
      log.info(`Found ${running.call}, begun by the unanswered call: request id ${running.requestId}.`);
      it.onStarted(running);
      return { kind: 'operation', operation: running, adopted: false };
    }
    const unreadable = running === 'unreadable';
    // Where lists tell what was accepted, a read adds something only in the end.
    const readTells = alone || !it.cloud.listsOperations || unreadable || isLast;
    if (readTells && change.kind !== 'provision' && (await isSeen(it))) return seenAfterAll(error);
    if (isLast) {
      // Where the lists may not be read, a change that is still running cannot be seen: it stays unknown.
      if (unreadable) throw error;
      track.uncertain = false;
      log.info('There is no trace of it: it is sent again.');
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
  const answer = requestId === null ? 'The answer to the start call was lost' : 'The answer could not be read';
  return {
    kind: 'done',
    changed: true,
    requestId,
    remark: `${answer}; a read-back shows that the change took place.`,
  };
}

/** After so many lost calls there is no other: what reads can show in the end decides, where nothing lists them. */
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
  const remark = `${error.message}. A read-back shows that the change took place all the same.`;
  return { kind: 'done', changed: true, requestId: null, remark };
}

/** Somebody else's operation on this very grant has outlasted the time limit. */
export function heldUp({ call, requestId }: Operation): Refusal {
  const why = `${call} (request id ${requestId}) of somebody else was still in progress for this very grant when the time limit passed.`;
  return new Refusal(notStarted(why), 'Run the step again when it has ended, or give it a longer `timeout`.');
}

/** Waits for the end of an operation of the opposite kind; returns how it was last seen. */
export function awaitOpposite(
  opposite: Operation,
  { budget, log, poller }: Pick<UnderWay, 'budget' | 'log' | 'poller'>,
): Promise<Operation> {
  log.info(`Waiting for ${opposite.call}, in progress for this very grant: request id ${opposite.requestId}.`);
  return poller.awaitEnd(opposite, budget, log);
}
