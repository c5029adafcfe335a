import { left, type Budget } from './clock.ts';
import type { Change, Operation } from './cloud.ts';
import { CloudError, Refusal, type Failure, type FailureKind } from './errors.ts';
import { findOpposite, findRunning, findSince, isOperation } from './find.ts';
import { isReached, seenIn } from './plan.ts';
import { awaitEnd } from './poll.ts';
import { delayBeforeRetry, isUncertain } from './retry.ts';
import type { ApplyTools, Track } from './track.ts';
import { awaitReading, awaitStanding, isSeen } from './verify.ts';
import { seconds } from './words.ts';

/** What came of starting: an operation to follow, or the change was found done without one. */
export type Started =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly adopted: boolean }
  | {
      readonly kind: 'done';
      readonly changed: boolean;
      readonly requestId: string | null;
      readonly remark: string;
    };

/** A start call that was lost is looked for after each of these milliseconds: reads lag by seconds. */
const looks = [0, 500, 1_000, 2_000, 4_000] as const;

/** So many lost start calls of one change are looked for before the last error is reported. */
const maxLost = 5;

/**
 * Starts a change, once as far as the cloud is concerned: what was refused is tried again within the budget, what may
 * have been carried out is looked for first, never started again blindly.
 */
export async function start(change: Change, budget: Budget, track: Track, tools: ApplyTools): Promise<Started> {
  track.made = change.kind;
  const since = tools.clock.now();
  const refusals = new Map<FailureKind, number>();
  let lost = 0;
  for (;;) {
    const answer = await tryStart(change, budget, track, tools);
    if (!(answer instanceof CloudError)) {
      sayStarted(answer, tools);
      return { kind: 'operation', operation: answer, adopted: false };
    }
    const { kind } = answer.failure;
    if (!isUncertain(answer.failure)) {
      const tries = (refusals.get(kind) ?? 0) + 1;
      refusals.set(kind, tries);
      const found = await afterRefusal(change, answer, { tries, lost }, budget, track, tools);
      if (found !== null) return found;
      continue;
    }
    track.unanswered = answer;
    if (!tools.cloud.listsOperations) track.doubtedUntil = tools.clock.now() + tools.cloud.visibleWithinMs;
    const found = await afterLostAnswer(change, answer, since, budget, track, tools);
    if (found !== null) return found;
    lost += 1;
    if (lost >= maxLost) throw answer;
  }
}

function sayStarted(operation: Operation, { log, onStarted }: ApplyTools): void {
  onStarted(operation);
  const began = operation.state === 'SUCCEEDED' ? 'Carried out' : 'Started';
  log.info(`${began} ${operation.call}: request id ${operation.requestId}.`);
}

async function tryStart(
  change: Change,
  budget: Budget,
  track: Track,
  { cloud }: ApplyTools,
): Promise<Operation | CloudError> {
  track.uncertain = true;
  try {
    const operation = await cloud.start(change, budget);
    track.uncertain = false;
    return operation;
  } catch (error) {
    // A refusal of ours, as of a sign-in on the way, means that nothing was sent.
    if (error instanceof Refusal) track.uncertain = false;
    if (!(error instanceof CloudError)) throw error;
    track.uncertain = isUncertain(error.failure);
    return error;
  }
}

/** Waits out a passing refusal. A conflict may come from this very change, or from its opposite: see which. */
async function afterRefusal(
  change: Change,
  refusal: CloudError,
  { tries, lost }: { readonly tries: number; readonly lost: number },
  budget: Budget,
  track: Track,
  tools: ApplyTools,
): Promise<Started | null> {
  const { clock, log, random } = tools;
  if (change.kind === 'remove' && refusal.failure.kind === 'not-found')
    return acceptAbsence(change, refusal, lost > 0, budget, tools);
  if (change.kind === 'create' && refusal.failure.kind === 'exists')
    return adoptExisting(change, refusal, lost > 0, budget, track, tools);
  const delay = delayBeforeRetry(refusal.failure, tries, random);
  if (delay === null || delay >= left(budget, clock)) throw refusal;
  log.info(`${refusal.message}. ${meaning(refusal.failure)}Trying again in ${seconds(delay)}.`);
  await clock.sleep(delay, budget.signal);
  if (refusal.failure.kind !== 'busy') return null;
  const opposite = await findOpposite(change, track, budget, tools);
  if (isOperation(opposite)) await awaitOpposite(opposite, budget, tools);
  const running = await findRunning(change, track, budget, tools);
  if (!isOperation(running)) return null;
  log.info(`Adopted ${running.call}, in progress for this very grant: request id ${running.requestId}.`);
  tools.onStarted(running);
  return { kind: 'operation', operation: running, adopted: true };
}

function meaning(failure: Failure): string {
  const { kind } = failure;
  if (kind === 'busy') return 'Another operation is running there. ';
  const young = kind === 'replicating' || kind === 'unknown-role';
  return young ? 'What was made a moment ago is not known everywhere yet. ' : '';
}

/** @param lost whether an earlier try went unanswered, and so may have been what removed it */
async function acceptAbsence(
  change: Change,
  refusal: CloudError,
  lost: boolean,
  budget: Budget,
  tools: ApplyTools,
): Promise<Started> {
  const read = await awaitReading(change, budget, tools).catch(insteadOf(refusal));
  if (!isReached('remove', read)) throw refusal;
  const remark = lost ? 'The answer to the call that removed it was lost' : 'It was gone already';
  return { kind: 'done', changed: lost, requestId: null, remark: `${remark}: ${refusal.message}.` };
}

/** A read that fails in passing, or for lack of time, must not hide the refusal that it was to explain. For `catch`. */
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
async function adoptExisting(
  change: Change,
  refusal: CloudError,
  lost: boolean,
  budget: Budget,
  track: Track,
  tools: ApplyTools,
): Promise<Started> {
  tools.log.info(`${refusal.message}. Looking for the one that is there.`);
  const read = await awaitStanding(
    change.grant,
    'Not visible yet',
    ({ standing }) => standing !== 'absent',
    budget,
    tools,
  ).catch(insteadOf(refusal));
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
      return start({ ...change, kind: 'update', seen: read.seen }, budget, track, tools);
    case 'conflicting':
      throw new Refusal(read.reason, read.hint, [`${refusal.message}.`]);
  }
}

/** Looks for a change whose start call was not answered: as an operation, or as its effect. */
async function afterLostAnswer(
  change: Change,
  error: CloudError,
  since: number,
  budget: Budget,
  track: Track,
  tools: ApplyTools,
): Promise<Started | null> {
  const { clock, log } = tools;
  log.info(`${error.message}. It may have been carried out nevertheless: looking.`);
  let unreadable = false;
  for (const delay of looks) {
    // Whether it was carried out stays unknown: a second start would be a blind one.
    if (delay >= left(budget, clock)) throw error;
    await clock.sleep(delay, budget.signal);
    const running = await findSince(change, since, track, budget, tools);
    if (isOperation(running)) {
      log.info(`Found ${running.call}, begun by the unanswered call: request id ${running.requestId}.`);
      tools.onStarted(running);
      return { kind: 'operation', operation: running, adopted: false };
    }
    unreadable ||= running === 'unreadable';
    if (change.kind !== 'provision' && (await isSeen(change, budget, track, tools))) {
      const { requestId } = error.failure;
      const answer = requestId === null ? 'The answer to the start call was lost' : 'The answer could not be read';
      return {
        kind: 'done',
        changed: true,
        requestId,
        remark: `${answer}; a read-back shows that the change took place.`,
      };
    }
  }
  // Where the lists may not be read, a change that is still running cannot be seen: it stays unknown.
  if (unreadable) throw error;
  track.uncertain = false;
  log.info('There is no trace of it: it is sent again.');
  return null;
}

/** Waits for the end of an operation of the opposite kind; returns how it was last seen. */
export function awaitOpposite(opposite: Operation, budget: Budget, tools: ApplyTools): Promise<Operation> {
  tools.log.info(`Waiting for ${opposite.call}, in progress for this very grant: request id ${opposite.requestId}.`);
  return awaitEnd(opposite, budget, tools);
}
