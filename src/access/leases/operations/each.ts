import type { Budget } from '../../clock.ts';
import type { Change } from '../../cloud.ts';
import type { ApplyTools } from '../../engine/apply-tools.ts';
import type { RunTools } from '../../engine/run-tools.ts';
import { createFinder } from '../../engine/find.ts';
import { openCoordinator, type Coordinator } from '../../engine/coordinator.ts';
import type { Run } from '../../engine/run.ts';
import type { Assignment } from '../../grant.ts';
import type { Lack, LeaseReport, Outcome, Result } from '../../outcome.ts';
import type { Action } from '../../plan/plan.ts';
import { acrossLanes, countTurns, createGate } from '../beginning.ts';
import type { InTime } from '../in-time.ts';
import type { Journal, Note } from '../journal.ts';
import { perform } from '../perform.ts';
import type { LeaseDone, LeaseTools } from '../port.ts';

export type LeaseRunTools = Omit<RunTools, 'planning'>;

/** Concurrency, time limit of each grant, and reason. */
export interface WorkOrder {
  readonly timeoutMs: number;
  readonly maxInFlight: number | null;
  /** Hard limit, in milliseconds since the epoch; without it each grant has its time from its first turn on. */
  readonly latest?: number;
  /** Default true. */
  readonly deniedEndFails?: boolean;
  readonly reason?: string | null;
}

/** Further tools for taking a lease. */
interface Taking {
  readonly inTime: InTime;
  readonly journal: Journal;
}

interface About {
  readonly grant: Assignment;
  readonly kind: Change['kind'];
  readonly action: Action;
}

/** Carries out a protocol for each grant, all together, each on its own. */
export async function forEach<T>(
  items: readonly T[],
  about: (item: T) => About,
  { timeoutMs, maxInFlight, latest = Infinity, deniedEndFails = true, reason = null }: WorkOrder,
  tools: Omit<LeaseRunTools, 'journal'>,
  work: (item: T, tools: LeaseTools) => Promise<LeaseDone>,
  taking: Taking | null = null,
): Promise<readonly Result[]> {
  const { cloud, clock, log, signal } = tools;
  const finder = createFinder(cloud, clock, log, items.length === 1);
  const works = items.map((item) => ({ item, ...about(item) }));
  const grants = works.map(({ grant }) => grant);
  const coordinator: Coordinator = openCoordinator(tools, { grants, maxInFlight, timeoutMs, wait: true, finder });
  const turns = countTurns(grants);
  const gate = createGate();
  const one = ({ item, grant, kind, action }: (typeof works)[number]): Promise<Result> => {
    const change: Change = { kind, grant, seen: null };
    const place = coordinator.placeFor(change);
    const applying: ApplyTools = coordinator.toolsFor(change, place, null);
    const budget: Budget = { until: clock.now() + timeoutMs, signal };
    const noting = {
      ...applying,
      budget,
      note: (it: Note) => {
        taking?.journal.note(grant, it);
      },
    };
    return perform({ grant, action, seen: null, taking: taking?.inTime ?? null }, noting, (watched) =>
      work(item, { ...watched, latest, deniedEndFails, reason, turn: turns.get(grant) ?? 0 }),
    );
  };
  // Work that only ends leases is not urgent, and keeps its order.
  const laneOf = ({ grant, kind }: About): string | null =>
    kind === 'create' ? cloud.laneOf({ kind, grant, seen: null }) : null;
  const inTurn = async (it: (typeof works)[number]): Promise<Result> => {
    if (it.kind !== 'create') return one(it);
    const lane = laneOf(it);
    await gate.enter(lane);
    try {
      return await one(it);
    } finally {
      gate.leave(lane);
    }
  };
  try {
    const begun = new Map(acrossLanes(works, laneOf).map((it) => [it, inTurn(it)]));
    return await Promise.all(works.map((it) => begun.get(it) ?? inTurn(it)));
  } finally {
    coordinator.close();
  }
}

export function runOf(
  results: readonly Result[],
  notices: readonly string[],
  remarks: readonly string[] = [],
  lack: Lack | null = null,
): Run {
  return { results, notices, remarks, lack };
}

/** Result of a grant that was read, and not changed. */
export function untouched(
  grant: Assignment,
  action: Action,
  outcome: Outcome,
  now: number,
  lease: LeaseReport | null = null,
): Result {
  return { grant, action, outcome, seen: null, lease, startedAt: now, endedAt: now };
}
