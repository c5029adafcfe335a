import * as messages from '../messages/changes.ts';
import type { ApplyTools, UnderWay } from './apply-tools.ts';
import { newTrack, type Track } from './track.ts';
import { keepAsFound, makeChange } from './apply.ts';
import type { Budget, Clock } from '../clock.ts';
import type { Change, ChangeKind } from '../cloud.ts';
import { Cancelled, CloudError, isInWords, Refusal } from '../errors.ts';
import type { Found } from './find.ts';
import type { Log } from '../tools.ts';
import { isUncertain } from './retry.ts';
import { failed, notStarted, refused, succeeded, type Outcome, type Result } from '../outcome.ts';
import { everywhere, type Step } from '../plan/plan.ts';
import type { ChangingOperation, Request } from '../request.ts';
import { withMore } from '../words.ts';

/** The change that makes an operation true. */
export const changeOf = {
  assign: 'create',
  revoke: 'remove',
  provision: 'provision',
} as const satisfies Record<ChangingOperation, ChangeKind>;

/** The change that a step asks for, `null` where it asks for none. */
export function changeIn(step: Step): Change | null {
  const { action, grant, seen } = step;
  return action === 'keep' || action === 'refuse' ? null : { kind: action, grant, seen };
}

/**
 * Carries out one step of a plan. Any error becomes the outcome of this step alone.
 *
 * @param known the operation that was found in progress for its change, `null` where none was looked for
 */
export async function carryOut(
  step: Step,
  known: Found | null,
  request: Request,
  signal: AbortSignal,
  tools: ApplyTools,
): Promise<Result> {
  const { clock, place } = tools;
  const mayStart = changeIn(step) === null || (await place.take());
  const startedAt = clock.now();
  const budget: Budget = { until: startedAt + request.timeoutMs, signal };
  const track = newTrack(step.seen);
  const begins = changeIn(step) !== null && !signal.aborted;
  const blockedBy = begins ? (mayStart ? tools.health.isDown() : place.blockedBy()) : null;
  const outcome =
    blockedBy === null
      ? await perform(step, known, request, { ...tools, budget, track }).then(
          (outcome) => {
            if (begins) tools.health.answered();
            return outcome;
          },
          (error: unknown) => {
            if (begins && isSilence(error)) tools.health.silent(reasonIn(error));
            else if (begins) tools.health.answered();
            return outcomeOf(error, track, tools);
          },
        )
      : outcomeOf(messages.blocked(blockedBy), track, tools);
  const { operation } = track;
  const goesOn = outcome.status === 'IN_PROGRESS' && operation?.state === 'IN_PROGRESS' && !signal.aborted;
  if (goesOn && tools.wait) tools.linger(operation);
  else place.leave();
  const action = track.made ?? step.action;
  return { grant: step.grant, action, outcome, seen: track.seen, lease: null, startedAt, endedAt: clock.now() };
}

type Making = Omit<UnderWay, 'change'>;

async function perform(step: Step, known: Found | null, request: Request, making: Making): Promise<Outcome> {
  if (step.action === 'refuse') return refused(step);
  if (step.action === 'keep') return keep(step, request.operation, making);
  making.budget.signal.throwIfAborted();
  return makeChange(known, { ...making, change: { kind: step.action, grant: step.grant, seen: step.seen } });
}

async function keep({ grant }: Step, operation: ChangingOperation, making: Making): Promise<Outcome> {
  if (operation !== 'provision')
    return keepAsFound({ ...making, change: { kind: changeOf[operation], grant, seen: making.track.seen } });
  const remark = grant.target.id === everywhere ? messages.nothingToPush(making.cloud.words.target) : null;
  return succeeded(null, false, remark);
}

/** The outcome of a change after an error: an unknown result stays unknown (P2), and only a change that surely did not happen is FAILED. */
export function outcomeOf(error: unknown, track: Track, { log, clock }: ErrorTools): Outcome {
  if (error instanceof Refusal) for (const detail of error.details) log.info(detail);
  if (!isInWords(error)) log.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const reason = reasonIn(error);
  const requestId = track.operation?.requestId ?? null;
  const doubted = track.uncertain || clock.now() < track.doubtedUntil;
  if (doubted || (track.operation !== null && track.operation.state !== 'FAILED')) {
    return {
      status: 'IN_PROGRESS',
      requestId,
      reason: withCause(reason, error, track),
      hint: hintOnDoubt(error, track),
    };
  }
  return failed(requestId, error, {
    reason: error instanceof Cancelled ? notStarted(reason) : reason,
    hint: hintOf(error),
  });
}

function reasonIn(error: unknown): string {
  if (error instanceof Cancelled) return `${error.message}.`;
  return isInWords(error) ? error.message : messages.bug(String(error));
}

/** True if the cloud did not answer, or the sign-in failed. */
function isSilence(error: unknown): boolean {
  if (error instanceof Refusal) return error.cause instanceof CloudError;
  return error instanceof CloudError && isUncertain(error.failure);
}

interface ErrorTools {
  readonly log: Log;
  readonly clock: Clock;
}

/** The error that ended the looking, with the unanswered call that was looked for. */
function withCause(reason: string, error: unknown, { operation, unanswered }: Track): string {
  if (operation === null && unanswered === null && error instanceof Cancelled) return messages.unanswered(reason);
  if (operation !== null || unanswered === null || unanswered === error) return reason;
  return messages.unknownResult(unanswered.message, reason);
}

/** Advice where the change is done, and only seeing it failed. */
function hintOnDoubt(error: unknown, { operation }: Track): string | null {
  if (operation?.state === 'IN_PROGRESS' && isInWords(error)) return withMore(messages.goesOn, hintOf(error) ?? '');
  return operation?.state === 'SUCCEEDED' ? withMore(messages.notVerified, hintOf(error) ?? '') : null;
}

function hintOf(error: unknown): string | null {
  if (!isInWords(error)) return messages.reportBug;
  if (error instanceof CloudError) return error.failure.hint;
  return error instanceof Refusal ? error.hint : null;
}
