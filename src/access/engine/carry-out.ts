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
 * Carries out one step of a plan. Whatever goes wrong is its outcome and nobody else's.
 *
 * @param known what was found running for its change, `null` where nobody looked
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
  const blocked = begins ? (mayStart ? tools.health.isDown() : place.blockedBy()) : null;
  const outcome =
    blocked === null
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
      : refused({
          reason: notStarted(blocked),
          hint: 'Run the step again when that has ended, or give it a longer `timeout`.',
        });
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
  const remark =
    grant.target.id === everywhere ? `It is provisioned to no ${making.cloud.words.target}: nothing to push.` : null;
  return succeeded(null, false, remark);
}

/** What an error leaves of a change: unknown stays unknown (P2), and only what surely did not happen is FAILED. */
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
  return isInWords(error) ? error.message : `This is a bug in the action: ${String(error)}`;
}

/** Whether nobody answered, or nobody could sign in. */
function isSilence(error: unknown): boolean {
  if (error instanceof Refusal) return error.cause instanceof CloudError;
  return error instanceof CloudError && isUncertain(error.failure);
}

interface ErrorTools {
  readonly log: Log;
  readonly clock: Clock;
}

/** What ends the looking says nothing of what was looked for: the call that went unanswered. */
function withCause(reason: string, error: unknown, { operation, unanswered }: Track): string {
  if (operation === null && unanswered === null && error instanceof Cancelled)
    return `${reason} Its start call was not answered yet: whether it was carried out is not known.`;
  if (operation !== null || unanswered === null || unanswered === error) return reason;
  return `${unanswered.message}. Whether it was carried out could not be seen: ${reason}`;
}

/** What to do where the change is done and only seeing it failed. */
function hintOnDoubt(error: unknown, { operation }: Track): string | null {
  if (operation?.state === 'IN_PROGRESS' && isInWords(error)) {
    const goesOn = 'The change goes on without us. Run the step again: it adopts what is in progress.';
    return withMore(goesOn, hintOf(error) ?? '');
  }
  if (operation?.state !== 'SUCCEEDED') return null;
  return ['The change was carried out, and nobody has seen it yet: run the step again, which looks.', hintOf(error)]
    .filter((it) => it !== null)
    .join(' ');
}

function hintOf(error: unknown): string | null {
  if (!isInWords(error)) return 'Report it with the debug log of the step.';
  if (error instanceof CloudError) return error.failure.hint;
  return error instanceof Refusal ? error.hint : null;
}
