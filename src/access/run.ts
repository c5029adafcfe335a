import type { Budget, Clock, Random } from './clock.ts';
import { keepAsFound, makeChange } from './apply.ts';
import { newTrack, type ApplyTools, type Track } from './track.ts';
import type { ChangeKind, Cloud, Operation } from './cloud.ts';
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
  const steps = grants.map((grant, index) =>
    planStep(request.operation, grant, seen[index] ?? { standing: 'absent', outdated: [] }),
  );
  printPlan(steps, tools);
  const unreadable = new Set<ChangeKind>();
  const results = await Promise.all(steps.map((step) => carryOut(step, request, unreadable, tools)));
  return { results, remarks: request.operation === 'revoke' ? await remarksOn(results, tools) : [] };
}

/** Revoking does not undo everything that the grant made possible. */
async function remarksOn(results: readonly Result[], { cloud, clock, signal }: RunTools): Promise<readonly string[]> {
  const removed = results.filter((result) => result.outcome.status !== 'FAILED' && isChanged(result));
  if (signal.aborted) return [];
  const budget: Budget = { until: clock.now() + 30_000, signal };
  const remarks = await Promise.all(removed.map(({ grant }) => cloud.outlives(grant, budget).catch(() => null)));
  return [...new Set(remarks)].filter((remark) => remark !== null);
}

function printPlan(steps: readonly Step[], { cloud, log }: RunTools): void {
  const grants = steps.map(({ grant }) => grant);
  for (const line of describeIdentities(grants, cloud.words)) log.info(`${line}.`);
  for (const step of steps) log.info(`Plan: ${step.action} ${describeGrant(step.grant, cloud.words)}.`);
}

async function carryOut(step: Step, request: Request, unreadable: Set<ChangeKind>, tools: RunTools): Promise<Result> {
  const { clock, signal } = tools;
  const startedAt = clock.now();
  const budget: Budget = { until: startedAt + request.timeoutMs, signal };
  const track = newTrack();
  const outcome = await perform(step, budget, track, { ...tools, wait: request.wait, unreadable }, request).catch(
    (error: unknown) => outcomeOf(error, track, tools.log),
  );
  return { grant: step.grant, action: step.action, outcome, startedAt, endedAt: clock.now() };
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
      return makeChange({ kind: step.action, grant: step.grant }, budget, track, applying);
  }
}

async function keep(
  grant: Grant,
  operation: OperationName,
  budget: Budget,
  track: Track,
  tools: ApplyTools,
): Promise<Outcome> {
  const kinds = { assign: 'create', revoke: 'remove', provision: null } as const satisfies Record<
    OperationName,
    ChangeKind | null
  >;
  const kind = kinds[operation];
  if (kind !== null) return keepAsFound({ kind, grant }, budget, track, tools);
  const remark =
    grant.target.id === everywhere ? `It is provisioned to no ${tools.cloud.words.target}: nothing to push.` : null;
  return { status: 'SUCCEEDED', changed: false, requestId: null, remark };
}

/** What an error leaves of a change: unknown stays unknown (P2), and only what surely did not happen is FAILED. */
function outcomeOf(error: unknown, track: Track, log: Log): Outcome {
  if (error instanceof Refusal) for (const detail of error.details) log.info(detail);
  if (!isInWords(error)) log.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const reason = isInWords(error) ? error.message : `This is a bug in the action: ${String(error)}`;
  const requestId = track.operation?.requestId ?? null;
  if (track.uncertain || (track.operation !== null && track.operation.state !== 'FAILED')) {
    return { status: 'IN_PROGRESS', requestId, reason };
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

function hintOf(error: unknown): string | null {
  if (!isInWords(error)) return 'Report it with the debug log of the step.';
  if (error instanceof CloudError) return error.failure.hint;
  return error instanceof Refusal ? error.hint : null;
}
