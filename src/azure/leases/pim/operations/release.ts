import { hintOn } from '#access/errors';
import { restOf } from '#access/leases/protocol/executor';
import { drive } from '#access/leases/protocol/drive';
import type { HeldGrant } from '#access/leases/journal';
import { leftToCloud, leftUntilItsEnd } from '#access/leases/outcomes';
import { leftToEnder, leftToOthers } from '#access/leases/words';
import { failed, succeeded } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { seconds, withMore } from '#access/words';
import type { PimExecutor } from '../executor/executor.ts';
import { requestIdOf, seenBy, type PimContext } from '../context.ts';
import { holderProtocol, resumed } from '../steps/holder-protocol.ts';
import { newHolder, type Holder, type Released } from '../steps/holder.ts';
import { leftUnread, notListed, removalUnread } from '../words.ts';
import { isRefused, mayBeEnding, whyLeft } from './why-left.ts';

/** The time that there is for it has passed. */
const outOfTime: Released = { kind: 'released', gaveUp: null, left: 'failed' };

/** Releases what a step holds of one grant, or began to take. */
export async function release(context: PimContext, held: HeldGrant, tools: LeaseTools): Promise<LeaseDone> {
  const { grant, holder, progress } = held;
  const executor = context.openExecutor(grant, { kind: 'end', holder, end: held.end }, tools);
  const known = newHolder({ constants: context.constants, holder, end: held.end ?? 0, replaces: null });
  try {
    const { outcome, memory } = await drive(holderProtocol, resumed(known, progress, executor.now()), {
      now: executor.now,
      perform: (ask) => {
        const rest = restOf(ask, executor.now());
        if (rest > 0) tools.log.info(`Waiting ${seconds(rest)}: what was asked for may not be listed yet.`);
        return executor.perform(ask);
      },
      redirect: ({ at, memory: sofar }) =>
        executor.isOverTime() && at !== 'gone' ? { end: outOfTime, memory: sofar } : null,
    });
    if (outcome.kind !== 'released') throw new TypeError('a release ends as a release');
    return { ...conclude(context, executor, outcome, memory, held.end), seen: seenBy(executor) };
  } finally {
    tools.place.leave();
  }
}

/** @param end of the lease: where nothing was seen, the access does not end before that; `null` where nobody knows it */
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
      context.session.tools.log.info('Verified by reading back: the access is gone.');
      return { ...done, outcome: succeeded(requestId, changed) };
    case 'nothing':
      return { ...done, outcome: succeeded(null, false) };
    case 'permanent': {
      const remark =
        'The access does not end any more: somebody has made it permanent meanwhile, and it was left alone.';
      return { ...done, outcome: succeeded(requestId, false, remark) };
    }
    case 'stays':
      return {
        ...done,
        outcome: failed(requestId, null, {
          reason:
            'The access was ended, and a role assignment of this very grant without an end is listed nevertheless.',
          hint: 'Look at it, and end it with `operation: revoke` without azure-pim, unless it is to stay.',
          changed,
        }),
      };
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

/** Azure said that it ended the access: should it stand nevertheless, it has an end, which is known since it was looked at. */
function removedUnseen(executor: PimExecutor, { endsAt }: Holder): Pick<LeaseDone, 'lease' | 'outcome'> {
  return {
    lease: leftToCloud('platform', endsAt, 'leased'),
    outcome: succeeded(requestIdOf(executor), true, removalUnread(executor.trouble()?.message ?? null, endsAt)),
  };
}

const way = 'Run the step again, or end it with `operation: revoke` and azure-pim.';

/** Azure ends it by itself: at its end, which is told where it is known, and nothing is called well where it is not (P1). */
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
  const how = { way, changed: isEnding, isRefused: isRefused(executor, left) };
  const why = whyLeft(executor, left, trouble?.message ?? null);
  if (endsAt > 0) {
    const isShared = left === 'shared';
    const told = isShared
      ? leftToOthers(context.nameHolders(others), endsAt, context.words)
      : leftToEnder(why, endsAt, context.words);
    return {
      lease: leftToCloud('platform', endsAt, isShared ? 'shared' : 'leased'),
      outcome: leftUntilItsEnd(requestId, trouble, { told, ...how }),
    };
  }
  if (end !== null && left === 'failed' && unlisted > 0 && trouble === null)
    return { lease: null, outcome: succeeded(requestId, false, notListed(end)) };
  if (end !== null)
    return {
      lease: leftToCloud('platform', end, 'leased'),
      outcome: leftUntilItsEnd(requestId, trouble, { told: leftUnread(why, end), ...how }),
    };
  const reason = `${why} When Azure ends it could not be read.`;
  const hint = withMore(way, hintOn(trouble, ''));
  return { lease: null, outcome: failed(requestId, trouble, { reason, hint, changed: isEnding }) };
}
