import { outcomeOf } from '../engine/carry-out.ts';
import type { Budget } from '../clock.ts';
import type { ChangeKind, Operation } from '../cloud.ts';
import { Cancelled, CloudError, isInWords, Refusal } from '../errors.ts';
import { notStarted, refused, type Outcome, type Result } from '../outcome.ts';
import type { Step } from '../plan/plan.ts';
import type { Request } from '../request.ts';
import { isUncertain } from '../engine/retry.ts';
import type { RunTools } from '../engine/run.ts';
import { newTrack, type ApplyTools } from '../engine/track.ts';
import { acrossLanes, createGate } from './beginning.ts';
import { countTurns } from './turns.ts';
import { createInTime, type InTime } from './in-time.ts';
import type { Note } from './journal.ts';
import type { LeaseChange, LeaseDone, Leases, LeaseTools } from './port.ts';

/** The changes of a run that go through a lease protocol. */
export interface Leasing {
  /** The order in which the steps of a plan begin. */
  inOrder(steps: readonly Step[]): readonly Step[];
  /** `null` for a step that is carried out like any other. */
  turnOf(step: Step): LeaseTurn | null;
  /** The results as they are when all steps are done. */
  settle(results: readonly Result[]): readonly Result[];
}

/** One of them. */
export interface LeaseTurn {
  /** Waits until it is its turn: what is begun should not have to wait for long in the middle. */
  begin(): Promise<void>;
  carryOut(tools: ApplyTools): Promise<Result>;
}

/** Writing down who signs in may take a request. */
const anchorMs = 60_000;

/** Prepares the leases of a run, `null` where there are none: what the post step needs is written down first (P4). */
export async function openLeasing(
  steps: readonly Step[],
  request: Request,
  { cloud, clock, signal, journal, planning }: RunTools,
): Promise<Leasing | null> {
  const { leases } = cloud;
  if (leases?.concerns(request) !== true) return null;
  const changes = new Map<Step, LeaseChange>();
  for (const step of steps) {
    const change = changeIn(step, request, planning.expected !== null);
    if (change === null) continue;
    if (leases.takesOver(change)) changes.set(step, change);
    else leases.leave(change);
  }
  const joins = [...changes].filter(([, { kind }]) => kind === 'join');
  const joined = joins.map(([, { grant }]) => grant);
  if (joined.length > 0) {
    leases.announce(joined, joins.filter(([{ action }]) => action !== 'keep').length);
    const keepAfterJob = request.lifetime.kind === 'lease' && request.lifetime.keepAfterJob;
    const anchor = await leases.anchor({ until: clock.now() + anchorMs, signal });
    journal.open(joined, { anchor, guarantee: leases.guarantee, keepAfterJob });
  }
  const turns = countTurns([...changes.values()].map(({ grant }) => grant));
  const gate = createGate();
  const inTime = createInTime(() => leases.date());
  const laneOf = ({ kind, grant }: LeaseChange): string | null =>
    cloud.laneOf({ kind: kinds[kind], grant, seen: null });
  return {
    settle: (results) => inTime.settle(results),
    inOrder: (all) =>
      acrossLanes(all, (step) => {
        const change = changes.get(step);
        return change === undefined ? null : laneOf(change);
      }),
    turnOf(step) {
      const change = changes.get(step);
      if (change === undefined) return null;
      return {
        begin: () => gate.enter(laneOf(change)),
        carryOut: async (tools) => {
          const note = (it: Note): void => {
            if (change.kind === 'join') journal.note(change.grant, it);
          };
          try {
            return await carryOut(step, change, request, { ...tools, note }, leases, {
              turn: turns.get(change.grant) ?? 0,
              inTime,
              signal,
            });
          } finally {
            gate.leave(laneOf(change));
          }
        },
      };
    },
  };
}

const kinds = { join: 'create', 'make-permanent': 'create', revoke: 'remove' } as const satisfies Record<
  LeaseChange['kind'],
  ChangeKind
>;

/** What a step comes to as a lease; what a reviewed plan keeps is kept as it is. */
function changeIn({ action, grant }: Step, { operation, lifetime }: Request, reviewed: boolean): LeaseChange | null {
  if (grant.kind !== 'assignment' || action === 'refuse') return null;
  if (lifetime.kind === 'lease') return action === 'keep' && reviewed ? null : { kind: 'join', grant, lease: lifetime };
  if ((action === 'create' || action === 'update') && operation === 'assign') return { kind: 'make-permanent', grant };
  return action === 'remove' ? { kind: 'revoke', grant } : null;
}

type Noting = ApplyTools & Pick<LeaseTools, 'note' | 'budget'>;

function carryOut(
  step: Step,
  change: LeaseChange,
  request: Request,
  tools: ApplyTools & Pick<LeaseTools, 'note'>,
  leases: Leases,
  { turn, inTime, signal }: { readonly turn: number; readonly inTime: InTime; readonly signal: AbortSignal },
): Promise<Result> {
  const budget: Budget = { until: tools.clock.now() + request.timeoutMs, signal };
  const about = {
    grant: change.grant,
    action: step.action,
    seen: step.seen,
    taking: change.kind === 'join' ? inTime : null,
  };
  return perform(about, { ...tools, budget }, (watched) =>
    leases.carryOut(change, step.seen !== null, { ...watched, latest: Infinity, reason: request.reason, turn }),
  );
}

/** What a protocol is about. */
interface Subject extends Pick<Result, 'grant' | 'action' | 'seen'> {
  /** Where it takes a lease; then each thing is noted before it is done. */
  readonly taking: InTime | null;
}

/** Carries out one protocol; whatever goes wrong is its outcome and nobody else's. */
export async function perform(
  { grant, action, seen, taking }: Subject,
  tools: Noting,
  work: (tools: Noting) => Promise<LeaseDone>,
): Promise<Result> {
  const { clock, health, budget } = tools;
  const startedAt = clock.now();
  const end = (outcome: Outcome, done: Pick<Result, 'action' | 'lease'>): Result => ({
    grant,
    seen,
    ...done,
    outcome,
    startedAt,
    endedAt: clock.now(),
  });
  const down = health.isDown();
  if (down !== null) {
    const hint = 'Run the step again when that has ended, or give it a longer `timeout`.';
    return end(refused({ reason: notStarted(down), hint }), { action, lease: null });
  }
  const over = taking?.isOver() ?? null;
  if (over !== null) {
    const { reason, hint } = over;
    return end(refused({ reason: notStarted(reason), hint }), { action, lease: null });
  }
  const track = newTrack(seen);
  // Who takes a lease notes first what it begins; of all others nothing tells whether they have.
  let begun = taking === null && !budget.signal.aborted;
  const watched: Noting = {
    ...tools,
    note: (it) => {
      begun = true;
      tools.note(it);
    },
    onStarted: (operation: Operation) => {
      track.operation = operation;
      tools.onStarted(operation);
    },
  };
  try {
    const { outcome, ...done } = await work(watched);
    if (isUnanswered(outcome)) health.silent(outcome.reason);
    else health.answered();
    if (done.lease?.did === 'took' && done.lease.expiresAt !== null) taking?.taken(done.lease.expiresAt);
    return end(outcome, done);
  } catch (error) {
    if (error instanceof CloudError && isUncertain(error.failure)) health.silent(error.message);
    else if (error instanceof CloudError || error instanceof Refusal) health.answered();
    // A bug of ours in the middle of it: whether something had been sent nobody knows.
    if (begun && !isInWords(error)) track.uncertain = true;
    const outcome = error instanceof Cancelled && begun ? cutOff(error, track.operation, taking !== null) : null;
    return end(outcome ?? outcomeOf(error, track, tools), { action, lease: null });
  } finally {
    tools.place.leave();
  }
}

/** The last request about it came to no answer. */
function isUnanswered(outcome: Outcome): outcome is Extract<Outcome, { readonly reason: string }> {
  if (outcome.status === 'IN_PROGRESS') return outcome.requestId === null;
  return outcome.status === 'FAILED' && outcome.failure !== null && isUncertain(outcome.failure);
}

/** Nothing more is sent by a step that was cancelled, and nobody looks how far it has come (P2). */
function cutOff({ message }: Cancelled, operation: Operation | null, taking: boolean): Outcome {
  const [reason, hint] = taking
    ? [`${message} while the lease was being taken.`, 'The post step gives back what was begun.']
    : [
        `${message} in the middle of it: how far it has come is not known.`,
        'Run the step again, or end the access with `operation: revoke`.',
      ];
  return { status: 'IN_PROGRESS', requestId: operation?.requestId ?? null, reason, hint };
}
