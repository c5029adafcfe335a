import type { Budget, Turn } from '#access/clock';
import type { TimeLimit } from '#access/leases/protocol/time-limit';
import type { AzureSession } from '../../session.ts';

/**
 * Waits for turns at Resource Manager's pace, all of them next to one another in their queues; `null` where the time limit
 * comes before, which begins with the first of them.
 */
export type TakeTurns = (actions: readonly string[]) => Promise<readonly Turn[] | null>;

/** The turns of what is asked at one scope, about one grant. */
export function openTurns(session: AzureSession, scope: string, limit: TimeLimit, signal: AbortSignal): TakeTurns {
  let begun = false;
  const budget: Budget = {
    get until() {
      return begun ? limit.until() : limit.latest;
    },
    signal,
    // However many are before it, its turn may still come in time.
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
