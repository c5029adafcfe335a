import { hintOn } from '#access/errors';
import { drive } from '#access/leases/protocol/drive';
import { lostAndDone, whoseItWas } from '#access/messages/leases';
import { failed, succeeded } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import type { Due } from '../finding/due.ts';
import { leaving } from './driving.ts';
import { requestIdOf, seenBy, type LeaseContext } from '../context.ts';
import { newSweep, sweepProtocol } from '../steps/leave.ts';
import { unknownWhether } from '../words.ts';

/** Takes away of one grant what does not count any more, and ends the access where nothing is left. */
export async function sweep(
  context: LeaseContext,
  { grant, why, ended, holders }: Due,
  tools: LeaseTools,
): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, false, tools);
  try {
    const memory = newSweep(context.constants, ended, executor.now());
    const { outcome } = await drive(sweepProtocol, { phase: 'leave', memory }, leaving(executor, tools));
    const requestId = requestIdOf(executor);
    const isLost = executor.assignment.isLost();
    const seen = seenBy(executor);
    const nothing = (remark: string): LeaseDone => ({
      action: 'keep',
      lease: null,
      seen,
      outcome: succeeded(requestId, false, remark),
    });
    switch (outcome) {
      case 'ended':
        if (requestId === null && !isLost) return nothing('The access was gone already.');
        return {
          action: 'remove',
          lease: null,
          seen,
          outcome: succeeded(
            requestId,
            true,
            `Ended, since ${why}.${whoseItWas(holders)}${isLost ? ` ${lostAndDone}` : ''}`,
          ),
        };
      case 'held':
        return nothing('Others hold it: it stays for them.');
      case 'plain':
        return nothing('It has no lease any more: it was left alone.');
      case 'failed': {
        const trouble = executor.trouble();
        if (isLost) return { action: 'remove', lease: null, seen, outcome: unknownWhether(requestId, trouble, null) };
        const reason = `It could not be ended, although ${why}: ${trouble?.message ?? 'the time limit passed.'}`;
        const hint = hintOn(trouble, 'Run the sweep again, or give it a longer `timeout`.');
        return {
          action: 'remove',
          lease: null,
          seen,
          outcome: failed(requestId, trouble, { reason, hint, changed: requestId !== null }),
        };
      }
    }
  } finally {
    executor.assignment.close();
  }
}
