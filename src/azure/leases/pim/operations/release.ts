import { CloudError, hintOn } from '#access/errors';
import { isPassing } from '#access/engine/retry';
import { drive } from '#access/leases/protocol/drive';
import type { HeldGrant } from '#access/leases/journal';
import { isDenied, leftToCloud, leftUntilItsEnd } from '#access/leases/outcomes';
import { leftToEnder, leftToOthers, verifiedGone } from '#access/messages/leases';
import { failed, succeeded } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { withMore } from '#access/words';
import { performing } from '../../operations/driving.ts';
import type { PimExecutor } from '../executor/executor.ts';
import { requestIdOf, seenBy, type PimContext } from '../context.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import { holderProtocol, resumed } from '../steps/holder-protocol.ts';
import { newHolder, type Holder, type Released } from '../steps/holder.ts';
import {
  againOrRevoke,
  endingUnread,
  endUnread,
  leftBecause,
  leftUnread,
  lostEnding,
  notListed,
  permanentAndLeft,
  removalUnread,
  staysPermanent,
  waitingForLists,
} from '#azure/messages/pim';

/** After the time limit. */
const outOfTime: Released = { kind: 'released', gaveUp: null, left: 'failed' };

/** Releases the lease of one grant that a step holds, or began to take. */
export async function release(context: PimContext, held: HeldGrant, tools: LeaseTools): Promise<LeaseDone> {
  const { grant, holder, progress } = held;
  const executor = context.openExecutor(grant, { kind: 'end', holder, end: held.end }, tools);
  const known = newHolder({ constants: context.constants, holder, end: held.end ?? 0, replaces: null });
  const { outcome, memory } = await drive(holderProtocol, resumed(known, progress, executor.now()), {
    now: executor.now,
    perform: performing<Holder, Ask, Answer>(executor, tools, {
      words: (_, rest) => waitingForLists(rest),
    }),
    redirect: ({ at, memory: sofar }) =>
      executor.isOverTime() && at !== 'gone' ? { end: outOfTime, memory: sofar } : null,
  });
  if (outcome.kind !== 'released') throw new TypeError('a release ends as a release');
  return { ...conclude(context, executor, outcome, memory, held.end), seen: seenBy(executor) };
}

/** @param end of the lease: if no read showed the access, it ends no earlier; `null` if unknown */
function conclude(
  context: PimContext,
  executor: PimExecutor,
  { left }: Released,
  it: Holder,
  end: number | null,
): LeaseDone {
  const requestId = requestIdOf(executor);
  const changed = (requestId !== null || executor.store.takenBack() !== null) && (left === 'gone' || left === 'stays');
  const done = { action: left === 'gone' ? 'remove' : 'keep', lease: null } as const;
  switch (left) {
    case 'gone':
      context.session.tools.log.info(verifiedGone);
      return { ...done, outcome: succeeded(requestId, changed) };
    case 'nothing':
      return { ...done, outcome: succeeded(null, false) };
    case 'permanent':
      return { ...done, outcome: succeeded(requestId, false, permanentAndLeft) };
    case 'stays':
      return { ...done, outcome: failed(requestId, null, { ...staysPermanent, changed }) };
    case 'removed':
      return { ...done, ...removedUnseen(executor, it) };
    case 'shared':
    case 'foreign':
    case 'near-end':
    case 'too-young':
    case 'waits':
    case 'unlisted':
    case 'failed':
      return { ...done, ...leaveToAzure(context, executor, left, it, end) };
  }
}

/** Azure reported that it ended the access. If the access still exists, its end time is known from an earlier look. */
function removedUnseen(executor: PimExecutor, { endsAt }: Holder): Pick<LeaseDone, 'lease' | 'outcome'> {
  return {
    lease: leftToCloud('platform', endsAt, 'leased'),
    outcome: succeeded(requestIdOf(executor), true, removalUnread(executor.trouble()?.message ?? null, endsAt)),
  };
}

/** Azure ends the access by itself. The outcome names the end time where it is known, and is no success where it is not (P1). */
function leaveToAzure(
  context: PimContext,
  executor: PimExecutor,
  left: Released['left'],
  { others, endsAt, unlisted }: Holder,
  end: number | null,
): Pick<LeaseDone, 'lease' | 'outcome'> {
  const requestId = requestIdOf(executor);
  const trouble = executor.trouble();
  const isEnding = mayBeEnding(executor, left);
  const how = { way: againOrRevoke, changed: isEnding, isRefused: isRefused(executor, left) };
  const why = whyLeft(executor, left, trouble?.message ?? null);
  if (endsAt > 0) {
    const isShared = left === 'shared';
    const told = isShared
      ? leftToOthers(context.nameHolders(others), endsAt, context.words)
      : leftToEnder(why, endsAt, context.words);
    return {
      lease: leftToCloud('platform', endsAt, isShared ? 'shared' : 'leased'),
      outcome: leftUntilItsEnd(requestId, trouble, executor, { told, ...how }),
    };
  }
  if (end !== null && left === 'failed' && unlisted > 0 && trouble === null)
    return { lease: null, outcome: succeeded(requestId, false, notListed(end)) };
  if (end !== null)
    return {
      lease: leftToCloud('platform', end, 'leased'),
      outcome: leftUntilItsEnd(requestId, trouble, executor, { told: leftUnread(why, end), ...how }),
    };
  const hint = withMore(againOrRevoke, hintOn(trouble, ''));
  return { lease: null, outcome: failed(requestId, trouble, { reason: endUnread(why), hint, changed: isEnding }) };
}

/** True if a request of this step to end the access was accepted, or might have arrived, and its result is unknown. */
function mayBeEnding({ store }: PimExecutor, left: Released['left']): boolean {
  return left === 'failed' && (store.mayEnd() || store.lost()?.type === 'remove');
}

/** True if Azure refused to end the access or to read it, for a reason other than its age. */
function isRefused(executor: PimExecutor, left: Released['left']): boolean {
  if (left !== 'failed' || mayBeEnding(executor, left)) return false;
  const trouble = executor.trouble();
  if (isDenied(trouble)) return true;
  if (trouble instanceof CloudError) return !isPassing(trouble.failure);
  return executor.store.operation()?.change.kind === 'remove' && !executor.store.mayEnd();
}

/** Why the access was not ended, in sentences. */
export function whyLeft(executor: PimExecutor, left: Released['left'], detail: string | null): string {
  if (!mayBeEnding(executor, left)) return leftBecause(left, detail);
  const lost = executor.store.lost();
  return lost === null ? endingUnread(detail) : lostEnding(lost.name, detail);
}
