import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { cutOff } from '#access/messages/leases';
import { createdAgain, orLongerTimeout, timeLimitBeforeGone } from '../messages/ending.ts';
import { newMark, type LeaseContext } from '../context.ts';
import { newRevocation, revocationProtocol } from '../steps/revoke.ts';
import { withRemark } from '#access/leases/outcomes';
import { failed, succeeded } from '#access/outcome';
import { driveUnderMark, inDoubt, undeletedInWords, watchDeletions } from './shared.ts';

/** Ends access that is leased, or may be, for all holders, and names them. */
export async function revoke(context: LeaseContext, grant: Assignment, tools: LeaseTools): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, false, tools);
  const deletions = watchDeletions(executor);
  const mark = newMark(context, executor.now().date);
  const from = { to: 'revoke', memory: newRevocation(context.constants, mark) };
  const { outcome, memory } = await driveUnderMark(revocationProtocol, from, executor, deletions);
  const requestId = executor.assignment.requestId();
  const { others } = memory;
  const cut = others.length === 0 ? null : cutOff(await context.nameHolders(executor, others));
  if (outcome === 'revoked') {
    const changed = executor.assignment.operation()?.state === 'SUCCEEDED';
    const done: LeaseDone = { action: 'remove', lease: null, outcome: succeeded(requestId, changed, cut) };
    return withRemark(done, undeletedInWords(deletions));
  }
  if (executor.assignment.isInDoubt('remove') && outcome === 'failed')
    return { action: 'remove', lease: null, outcome: inDoubt(executor, (reason) => reason) };
  const trouble = executor.trouble();
  const reason = outcome === 'remade' ? createdAgain : (trouble?.message ?? timeLimitBeforeGone);
  const hint = hintOn(trouble, orLongerTimeout);
  return { action: 'remove', lease: null, outcome: failed(requestId, trouble, { reason, hint }) };
}
