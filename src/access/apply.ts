import type { Budget, Clock, Random } from './clock.ts';
import type { Change, Cloud, Operation } from './cloud.ts';
import { findRunning, isOperation } from './find.ts';
import type { Log } from './log.ts';
import type { Outcome } from './outcome.ts';
import { isReached } from './plan.ts';
import { awaitEnd } from './poll.ts';
import { awaitOpposite, start } from './start.ts';
import { confirm } from './verify.ts';
import { seconds } from './words.ts';

export interface ApplyTools {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whether to wait for the end of an accepted change. */
  readonly wait: boolean;
  /** Told as soon as a request id is known, so that a step that is killed has said it already. */
  readonly onStarted: (operation: Operation) => void;
}

/**
 * What is known of a change while it is being made. It outlives an error, so that a deadline, a refusal or a
 * cancellation can still say whether anything may have happened.
 */
export interface Track {
  /** The newest operation that makes the change, our own or an adopted one, as last seen. */
  operation: Operation | null;
  /** A start call went out and no good answer has come back. */
  uncertain: boolean;
}

export function newTrack(): Track {
  return { operation: null, uncertain: false };
}

/** How long to wait before a second look where a list of running operations may not be read, in milliseconds. */
const settlingMs = 5_000;

/** Makes one change: adopts it if it is already running, else starts it. Ends with a verified outcome, or throws. */
export async function makeChange(change: Change, budget: Budget, track: Track, tools: ApplyTools): Promise<Outcome> {
  const running = await findRunning(change, null, budget, tools);
  return isOperation(running) ? adopt(running, budget, track, tools) : submit(change, budget, track, tools);
}

/**
 * Makes sure that a grant stays as it was found: an operation of the opposite kind that is still running would undo
 * it a moment later, and one of the same kind may still fail.
 */
export async function keepAsFound(change: Change, budget: Budget, track: Track, tools: ApplyTools): Promise<Outcome> {
  const { cloud, clock } = tools;
  const [opposite, running] = await Promise.all([
    awaitOpposite(change, budget, tools),
    findRunning(change, null, budget, tools),
  ]);
  if (opposite?.state === 'IN_PROGRESS') return notStarted(opposite);
  if (isOperation(running)) return adopt(running, budget, track, tools);
  if (opposite === null && running === 'none')
    return { status: 'SUCCEEDED', changed: false, requestId: null, remark: null };
  if (opposite === null) await clock.sleep(settlingMs, budget.signal);
  const [seen] = await cloud.read([change.grant], budget);
  if (seen !== undefined && isReached(change.kind, seen)) {
    return { status: 'SUCCEEDED', changed: false, requestId: null, remark: null };
  }
  return submit(change, budget, track, tools);
}

function notStarted(opposite: Operation): Outcome {
  return {
    status: 'FAILED',
    changed: false,
    requestId: opposite.requestId,
    reason: `Not started: ${opposite.call} (request id ${opposite.requestId}) of somebody else was still in progress for this very grant when the time limit passed.`,
    hint: 'Run the step again when it has ended, or give it a longer `timeout`.',
    failure: null,
  };
}

async function adopt(running: Operation, budget: Budget, track: Track, tools: ApplyTools): Promise<Outcome> {
  tools.log.info(`Adopted ${running.call}, already in progress for this very grant: request id ${running.requestId}.`);
  tools.onStarted(running);
  const ended = await follow(running, budget, track, tools);
  if (ended.state !== 'FAILED') return conclude(ended, budget, tools);
  tools.log.info(`It ended FAILED: ${ended.reason}. Starting one of our own.`);
  return submit(ended.change, budget, track, tools);
}

async function submit(change: Change, budget: Budget, track: Track, tools: ApplyTools): Promise<Outcome> {
  for (let submissions = 1; ; submissions += 1) {
    const started = await start(change, budget, track, tools);
    if (started.kind === 'done') {
      return { status: 'SUCCEEDED', changed: started.changed, requestId: null, remark: started.remark };
    }
    const ended = await follow(started.operation, budget, track, tools);
    if (ended.state !== 'FAILED' || !ended.passing || submissions > 1) return conclude(ended, budget, tools);
    tools.log.info(`It ended FAILED: ${ended.reason}. Submitting it once more.`);
  }
}

/** Follows an operation to its end; `IN_PROGRESS` only when the budget is spent, or nobody wants to wait. */
async function follow(operation: Operation, budget: Budget, track: Track, tools: ApplyTools): Promise<Operation> {
  track.operation = operation;
  if (!tools.wait) return operation;
  const began = tools.clock.now();
  const ended = await awaitEnd(operation, budget, tools);
  track.operation = ended;
  if (ended.state !== 'IN_PROGRESS') {
    tools.log.info(`${ended.call} ${ended.state} after ${seconds(tools.clock.now() - began)}.`);
  }
  return ended;
}

async function conclude(operation: Operation, budget: Budget, tools: ApplyTools): Promise<Outcome> {
  const { call, requestId } = operation;
  switch (operation.state) {
    case 'IN_PROGRESS':
      return {
        status: 'IN_PROGRESS',
        requestId,
        reason: tools.wait ? `${call} is still in progress: the time limit passed.` : `${call} was accepted.`,
      };
    case 'SUCCEEDED':
      return confirm(operation, budget, tools);
    case 'FAILED':
      return concludeFailed(operation, budget, tools);
  }
}

async function concludeFailed(
  operation: Operation & { readonly state: 'FAILED' },
  budget: Budget,
  { cloud }: ApplyTools,
): Promise<Outcome> {
  const { call, requestId, reason, hint, change } = operation;
  const failed = { status: 'FAILED', changed: false, requestId, reason, hint, failure: null } as const;
  if (change.kind === 'create' || change.kind === 'update') return failed;
  const [seen] = await cloud.read([change.grant], budget);
  if (seen === undefined) return failed;
  if (change.kind === 'remove' && isReached('remove', seen)) {
    const remark = `${call} ended FAILED (${reason}), and a read-back shows that the grant is gone.`;
    return { status: 'SUCCEEDED', changed: true, requestId, remark };
  }
  if (seen.outdated.length === 0) return failed;
  return {
    ...failed,
    hint: [`Still without the latest version: ${seen.outdated.join(', ')}.`, hint].filter(Boolean).join(' '),
  };
}
