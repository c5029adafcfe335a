import type { Budget, Clock, Random } from './clock.ts';
import { keepAsFound, makeChange } from './apply.ts';
import { newTrack, type ApplyTools, type Track } from './track.ts';
import { absent, type ChangeKind, type Cloud, type Operation } from './cloud.ts';
import { Cancelled, CloudError, isInWords, Refusal } from './errors.ts';
import { describeGrant, describeIdentities, type Grant } from './grant.ts';
import type { Log } from './log.ts';
import { isChanged, type Outcome, type Result } from './outcome.ts';
import { everywhere, planStep, type Step } from './plan.ts';
import type { OperationName, Request } from './request.ts';

export interface RunTools {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onStarted: (operation: Operation) => void;
}

/** How a request ended, grant by grant, and what a person should know besides. */
export interface Run {
  readonly results: readonly Result[];
  readonly remarks: readonly string[];
}

/** Reading, and signing in, have this long of their own, in milliseconds. */
const readingMs = 2 * 60_000;

/** Carries out a request: resolve, read, plan, change, verify. One bad grant does not stop the others. */
export async function run(request: Request, tools: RunTools): Promise<Run> {
  const { cloud, clock, signal } = tools;
  const reading: Budget = { until: clock.now() + readingMs, signal };
  const grants = await cloud.resolve(request, reading);
  const seen = await cloud.read(grants, reading);
  const steps = grants.map((grant, index) => planStep(request.operation, grant, seen[index] ?? absent));
  printPlan(steps, tools);
  const unreadable = new Set<ChangeKind>();
  const results = await Promise.all(steps.map((step) => carryOut(step, request, unreadable, tools)));
  return { results, remarks: await remarksOn(results, request.operation, tools) };
}

/** What no read shows: a change takes time to be enforced, and does not undo everything that a grant made possible. */
async function remarksOn(
  results: readonly Result[],
  operation: OperationName,
  { cloud, clock, signal }: RunTools,
): Promise<readonly string[]> {
  const ended = results.filter(({ outcome }) => outcome.status !== 'FAILED');
  if (signal.aborted) return [];
  const budget: Budget = { until: clock.now() + 30_000, signal };
  const kind = changeOf[operation];
  const remarks = await Promise.all(
    ended.map((result) => {
      const verified = result.outcome.status === 'SUCCEEDED';
      const it = { kind, grant: result.grant, changed: isChanged(result), verified };
      return cloud.remarkOn(it, budget).catch(() => null);
    }),
  );
  return [...new Set(remarks)].filter((remark) => remark !== null);
}

/** The change that makes an operation true. */
const changeOf = {
  assign: 'create',
  revoke: 'remove',
  provision: 'provision',
} as const satisfies Record<OperationName, ChangeKind>;

function printPlan(steps: readonly Step[], { cloud, log }: RunTools): void {
  const grants = steps.map(({ grant }) => grant);
  for (const line of describeIdentities(grants, cloud.words)) log.info(`${line}.`);
  for (const step of steps) log.info(`Plan: ${step.action} ${describeGrant(step.grant, cloud.words)}${because(step)}.`);
}

function because(step: Step): string {
  return step.action === 'update' && step.outdated.length > 0 ? ` (not as asked: ${step.outdated.join(', ')})` : '';
}

async function carryOut(step: Step, request: Request, unreadable: Set<ChangeKind>, tools: RunTools): Promise<Result> {
  const { clock, signal } = tools;
  const startedAt = clock.now();
  const budget: Budget = { until: startedAt + request.timeoutMs, signal };
  const track = newTrack(step.seen);
  const outcome = await perform(step, budget, track, { ...tools, wait: request.wait, unreadable }, request).catch(
    (error: unknown) => outcomeOf(error, track, tools),
  );
  const action = track.made ?? step.action;
  return { grant: step.grant, action, outcome, seen: track.seen, startedAt, endedAt: clock.now() };
}

async function perform(
  step: Step,
  budget: Budget,
  track: Track,
  applying: ApplyTools,
  request: Request,
): Promise<Outcome> {
  switch (step.action) {
    case 'refuse':
      return { status: 'FAILED', changed: false, requestId: null, reason: step.reason, hint: step.hint, failure: null };
    case 'keep':
      return keep(step.grant, request.operation, budget, track, applying);
    case 'create':
    case 'update':
    case 'remove':
    case 'provision':
      return makeChange({ kind: step.action, grant: step.grant, seen: step.seen }, budget, track, applying);
  }
}

async function keep(
  grant: Grant,
  operation: OperationName,
  budget: Budget,
  track: Track,
  tools: ApplyTools,
): Promise<Outcome> {
  if (operation !== 'provision')
    return keepAsFound({ kind: changeOf[operation], grant, seen: track.seen }, budget, track, tools);
  const remark =
    grant.target.id === everywhere ? `It is provisioned to no ${tools.cloud.words.target}: nothing to push.` : null;
  return { status: 'SUCCEEDED', changed: false, requestId: null, remark };
}

/** What an error leaves of a change: unknown stays unknown (P2), and only what surely did not happen is FAILED. */
function outcomeOf(error: unknown, track: Track, { log, clock }: RunTools): Outcome {
  if (error instanceof Refusal) for (const detail of error.details) log.info(detail);
  if (!isInWords(error)) log.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const reason = isInWords(error) ? error.message : `This is a bug in the action: ${String(error)}`;
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
  return {
    status: 'FAILED',
    changed: false,
    requestId,
    reason: error instanceof Cancelled ? `Not started: ${reason}` : reason,
    hint: hintOf(error),
    failure: error instanceof CloudError ? error.failure : null,
  };
}

/** What ends the looking says nothing of what was looked for: the call that went unanswered. */
function withCause(reason: string, error: unknown, { operation, unanswered }: Track): string {
  if (operation !== null || unanswered === null || unanswered === error) return reason;
  return `${unanswered.message}. Whether it was carried out could not be seen: ${reason}`;
}

/** What to do where the change is done and only seeing it failed. */
function hintOnDoubt(error: unknown, { operation }: Track): string | null {
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
