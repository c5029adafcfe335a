import { hintOn } from '#access/errors';
import { drive } from '#access/leases/protocol/drive';
import { endedBecause, notEndedThough } from '#access/messages/lease-operations';
import { lostAndDone, outOfTime, runAgainLonger, whoseItWas } from '#access/messages/leases';
import { failed, succeeded } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import type { Due } from '../finding/due.ts';
import { leaving } from './driving.ts';
import { requestIdOf, workedOn, type LeaseContext } from '../context.ts';
import { newSweep, sweepProtocol } from '../steps/leave.ts';
import { goneBefore, plainAndLeft, staysForHolders, unknownWhether } from '../../messages/leases.ts';

/** Deletes entries of one grant that no longer count, and ends the access where none is left. */
export function sweep(
  context: LeaseContext,
  { grant, why, ended, holders }: Due,
  tools: LeaseTools,
): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, false, tools);
  return workedOn(executor, async () => {
    const memory = newSweep(context.constants, ended, executor.now());
    const { outcome } = await drive(sweepProtocol, { to: 'leave', memory }, leaving(executor, tools));
    const requestId = requestIdOf(executor);
    const isLost = executor.assignment.isLost();
    const done = { action: 'remove', lease: null } as const;
    const nothing = (remark: string): LeaseDone => ({
      action: 'keep',
      lease: null,
      outcome: succeeded(requestId, false, remark),
    });
    switch (outcome) {
      case 'ended':
        if (requestId === null && !isLost) return nothing(goneBefore);
        return {
          ...done,
          outcome: succeeded(
            requestId,
            true,
            `${endedBecause(why)}${whoseItWas(holders)}${isLost ? ` ${lostAndDone}` : ''}`,
          ),
        };
      case 'held':
        return nothing(staysForHolders);
      case 'plain':
        return nothing(plainAndLeft);
      case 'failed': {
        const trouble = executor.trouble();
        if (isLost) return { ...done, outcome: unknownWhether(requestId, trouble, null) };
        const reason = notEndedThough(why, trouble?.message ?? outOfTime);
        const hint = hintOn(trouble, runAgainLonger);
        return { ...done, outcome: failed(requestId, trouble, { reason, hint, changed: requestId !== null }) };
      }
    }
  });
}
