import type { Budget } from '../clock.ts';
import type { ChangeKind } from '../cloud.ts';
import type { ApplyTools } from '../engine/apply-tools.ts';
import type { RunTools } from '../engine/run-tools.ts';
import { carryOut as carryOutPlain } from '../engine/carry-out.ts';
import type { Result } from '../outcome.ts';
import type { Step } from '../plan/plan.ts';
import type { Request } from '../request.ts';
import { acrossLanes, countTurns, createGate } from './beginning.ts';
import { createInTime, type InTime } from './in-time.ts';
import type { Note } from './journal.ts';
import { keptAsLease } from './outcomes.ts';
import { perform } from './perform.ts';
import type { LeaseChange, Leases, LeaseTools } from './port.ts';
import type { Grant } from '../grant.ts';

/** The changes of a run that go through the protocol of a lease. */
interface Leasing {
  /** Order in which the steps of a plan begin. */
  inOrder(steps: readonly Step[]): readonly Step[];
  /** `null` for a step that is carried out like any other. */
  turnOf(step: Step): LeaseTurn | null;
  /** Final results, after all steps are done. */
  settle(results: readonly Result[]): readonly Result[];
}

/** One of these changes. */
interface LeaseTurn {
  /** Waits for its turn, so that a protocol that has begun does not wait for long in the middle. */
  begin(): Promise<void>;
  carryOut(tools: ApplyTools): Promise<Result>;
}

/** Time limit for finding out who is signed in, which may need a request, in milliseconds. */
const anchorMs = 60_000;

/** Prepares the leases of a run; `null` where there are none. First it saves what the post step needs (P4). */
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
      if (change === undefined) return planning.expected === null ? null : turnOfKept(step, request, signal);
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

/** The change of a lease that a step of the plan makes. Access that a reviewed plan keeps stays as it is. */
function changeIn({ action, grant }: Step, { operation, lifetime }: Request, reviewed: boolean): LeaseChange | null {
  if (grant.kind !== 'assignment' || action === 'refuse') return null;
  if (lifetime.kind === 'lease') return action === 'keep' && reviewed ? null : { kind: 'join', grant, lease: lifetime };
  if ((action === 'create' || action === 'update') && operation === 'assign') return { kind: 'make-permanent', grant };
  return action === 'remove' ? { kind: 'revoke', grant } : null;
}

/** Keeps access as any other grant, but reports that it is no lease; `null` where no lease was requested. */
function turnOfKept(step: Step, request: Request, signal: AbortSignal): LeaseTurn | null {
  const { lifetime } = request;
  if (step.action !== 'keep' || lifetime.kind !== 'lease') return null;
  return {
    begin: () => Promise.resolve(),
    carryOut: async (tools) => keptAsLease(await carryOutPlain(step, null, request, signal, tools), lifetime),
  };
}

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
    leases.carryOut(change, step.seen !== null, {
      ...watched,
      latest: Infinity,
      deniedEndFails: true,
      reason: request.reason,
      turn,
    }),
  );
}

/**
 * Access that is as requested is kept, unless a record says that it is leased. Then a lease is taken beside the others, a
 * permanent assign makes it permanent, and a revoke deletes its records as well.
 */
export async function onRecord(
  steps: readonly Step[],
  request: Request,
  leases: Leases | null,
  budget: Budget,
): Promise<readonly Step[]> {
  if (leases?.concerns(request) !== true) return steps;
  const kept = steps.flatMap(({ action, grant }) => (action === 'keep' && grant.kind === 'assignment' ? [grant] : []));
  if (kept.length === 0) return steps;
  const isLease = request.lifetime.kind === 'lease';
  const found = await (isLease ? leases.areLeased(kept, budget) : leases.haveRecords(kept, budget));
  const recorded = new Set<Grant>(kept.filter((_, index) => found[index]));
  return steps.map((step) => {
    const { action, grant, seen } = step;
    if (action !== 'keep' || !recorded.has(grant)) return step;
    return { action: request.operation === 'revoke' ? 'remove' : 'create', grant, seen };
  });
}
