import type { ApplyTools } from '#access/engine/apply-tools';
import type { Assignment } from '#access/grant';
import type { PlainDesk } from '#access/leases/protocol/desk';
import type { LeaseTools } from '#access/leases/port';
import type { TimeLimit } from '#access/leases/protocol/time-limit';
import type { OnTrouble } from '#access/leases/protocol/trouble';
import type { AzureSession } from '../../session.ts';
import { openTurns, type TakeTurns } from './turns.ts';

/** What the desk of one grant gives its store. */
export interface DeskTools {
  readonly applying: ApplyTools;
  readonly grant: Assignment;
  readonly signal: AbortSignal;
  readonly limit: TimeLimit;
  readonly onTrouble: OnTrouble;
  readonly takeTurns: TakeTurns;
}

export function deskToolsOf(
  session: AzureSession,
  grant: Assignment,
  { limit, onTrouble }: PlainDesk,
  tools: LeaseTools,
): DeskTools {
  const { signal } = tools.budget;
  const takeTurns = openTurns(session, grant.target.id, limit, signal);
  return { applying: tools, grant, signal, limit, onTrouble, takeTurns };
}
