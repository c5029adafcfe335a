import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive } from '#access/leases/protocol/drive';
import { cutOff, lostAndDone, runAgainLonger } from '#access/messages/leases';
import { failed, succeeded } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { leaving } from './driving.ts';
import { requestIdOf, workedOn, type LeaseContext } from '../context.ts';
import { counts } from '../steps/entries.ts';
import { newLeaving, revocationProtocol } from '../steps/leave.ts';
import { noLeaseAnyMore, notGoneInTime, unknownWhether } from '../../messages/leases.ts';

/** Ends leased access for all its holders, and names them. */
export function revoke(context: LeaseContext, grant: Assignment, tools: LeaseTools): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, false, tools);
  return workedOn(executor, async () => {
    const memory = newLeaving(context.constants, executor.now().mono);
    const ended = await drive(revocationProtocol, { to: 'leave', memory }, leaving(executor, tools));
    const requestId = requestIdOf(executor);
    const isLost = executor.assignment.isLost();
    const changed = requestId !== null || isLost;
    const done = { action: 'remove', lease: null } as const;
    const taken = ended.memory.taken.filter((entry) => counts(entry, [], executor.now().date, context.constants));
    const cut = taken.length === 0 ? null : cutOff(context.nameHolders(taken));
    if (ended.outcome === 'revoked') {
      const remark = [...(isLost ? [lostAndDone] : []), ...(cut === null ? [] : [cut])].join(' ');
      return { ...done, outcome: succeeded(requestId, changed, remark === '' ? null : remark) };
    }
    const trouble = executor.trouble();
    if (isLost && ended.outcome === 'failed') return { ...done, outcome: unknownWhether(requestId, trouble, null) };
    const reason = ended.outcome === 'plain' ? noLeaseAnyMore : (trouble?.message ?? notGoneInTime);
    const hint = hintOn(trouble, runAgainLonger);
    return { ...done, outcome: failed(requestId, trouble, { reason, hint, changed }) };
  });
}
