import type { ApplyTools } from '#access/engine/apply-tools';
import type { Assignment } from '#access/grant';
import type { CommonExecutor } from '#access/leases/protocol/executor';
import type { LeaseTools } from '#access/leases/port';
import type { TimeLimit } from '#access/leases/protocol/time-limit';
import type { OnTrouble } from '#access/leases/protocol/trouble';
import type { AzureSession } from '../../session.ts';
import { openTurns, type TakeTurns } from './turns.ts';

/** What the executor of one grant gives its store. */
export interface ExecutorTools {
  readonly applying: ApplyTools;
  readonly grant: Assignment;
  readonly signal: AbortSignal;
  readonly limit: TimeLimit;
  readonly onTrouble: OnTrouble;
  readonly takeTurns: TakeTurns;
}

export function executorToolsOf(
  session: AzureSession,
  grant: Assignment,
  { limit, onTrouble }: CommonExecutor,
  tools: LeaseTools,
): ExecutorTools {
  const { signal } = tools.budget;
  const takeTurns = openTurns(session, grant.target.id, limit, signal);
  return { applying: tools, grant, signal, limit, onTrouble, takeTurns };
}
