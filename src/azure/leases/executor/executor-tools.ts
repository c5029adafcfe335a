import type { Budget, Turn } from '#access/clock';
import type { ApplyTools } from '#access/engine/apply-tools';
import type { Assignment } from '#access/grant';
import type { CommonExecutor, OnTrouble } from '#access/leases/protocol/executor';
import type { LeaseTools } from '#access/leases/port';
import type { TimeLimit } from '#access/leases/protocol/time-limit';
import type { AzureSession } from '../../session.ts';
import type { LeaseBase } from '../base.ts';

/** Tools that the executor of one grant gives its store. */
export interface ExecutorTools {
  readonly applying: ApplyTools;
  readonly grant: Assignment;
  /** Milliseconds since the epoch by Azure's clock. */
  readonly date: () => number;
  readonly signal: AbortSignal;
  readonly limit: TimeLimit;
  readonly onTrouble: OnTrouble;
  readonly takeTurns: TakeTurns;
}

export function executorToolsOf(
  { session, date }: Pick<LeaseBase, 'session' | 'date'>,
  grant: Assignment,
  { limit, onTrouble }: CommonExecutor,
  tools: LeaseTools,
): ExecutorTools {
  const { signal } = tools.budget;
  const takeTurns = openTurns(session, grant.target.id, limit, signal);
  return { applying: tools, grant, date, signal, limit, onTrouble, takeTurns };
}

/**
 * Waits for turns at Resource Manager's pace, which are adjacent in their queues; `null` where the time limit passes
 * first. The time limit begins with the first turn.
 */
export type TakeTurns = (actions: readonly string[]) => Promise<readonly Turn[] | null>;

/** Turns of requests at one scope, about one grant. */
function openTurns(session: AzureSession, scope: string, limit: TimeLimit, signal: AbortSignal): TakeTurns {
  let begun = false;
  const budget: Budget = {
    get until() {
      return begun ? limit.until() : limit.latest;
    },
    signal,
    // However many are ahead, its turn might still come in time.
    onAnswer: () => undefined,
  };
  return async (actions) => {
    const turns = await Promise.all(actions.map((action) => session.turn(action, scope, budget)));
    const taken = turns.filter((turn) => turn !== null);
    if (taken.length < turns.length) {
      for (const turn of taken) turn.release();
      return null;
    }
    if (!begun) limit.begin();
    begun = true;
    return taken;
  };
}
