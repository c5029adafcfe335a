import { hintOn, isOfKind } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive, type Driven } from '#access/leases/protocol/drive';
import { kept } from '#access/leases/outcomes';
import { heldByOthers, leftToEnder, runAgainLonger } from '#access/messages/leases';
import { failed, succeeded } from '#access/outcome';
import type { Lease, LeaseDone, LeaseTools } from '#access/leases/port';
import { wholeMinute } from '#access/clock';
import { withMore } from '#access/words';
import { performing } from '../../operations/driving.ts';
import type { PimExecutor } from '../executor/executor.ts';
import { requestIdOf, seenBy, type PimContext } from '../context.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import { holderProtocol } from '../steps/holder-protocol.ts';
import { abandoned, newHolder, type Holder, type HolderOutcome, type Released } from '../steps/holder.ts';
import { joinPhases } from '../steps/join.ts';
import { whyLeft } from './release.ts';
import * as say from '#azure/messages/pim';

/** A request was accepted, and the step does not wait for its end. */
interface StillMoving {
  readonly kind: 'still-moving';
}

/**
 * Takes a lease of one grant: joins, and where that is given up, releases what was begun.
 *
 * @param replaces the holder that this one replaces, and so does not count as another
 */
export async function take(
  context: PimContext,
  grant: Assignment,
  lease: Lease,
  tools: LeaseTools,
  replaces: string | null = null,
): Promise<LeaseDone> {
  const { holder } = context;
  const end = wholeMinute(context.date() + lease.ms);
  const { keepAfterJob, ms: lifetimeMs } = lease;
  const isAsked = replaces === null;
  const intent = { kind: 'take', holder, end, keepAfterJob, replaces, lifetimeMs, isAsked } as const;
  const executor = context.openExecutor(grant, intent, tools);
  const memory = newHolder({ constants: context.constants, holder, end, replaces });
  const { outcome, memory: known } = await join(executor, memory, tools);
  return { ...conclude(context, executor, grant, lease, outcome, known, tools), seen: seenBy(executor) };
}

function join(
  executor: PimExecutor,
  memory: Holder,
  tools: LeaseTools,
): Promise<Driven<Holder, HolderOutcome | StillMoving>> {
  return drive<Holder, Ask, Answer, HolderOutcome | StillMoving>(
    holderProtocol,
    { to: 'look', memory },
    {
      now: executor.now,
      perform: performing<Holder, Ask, Answer>(executor, tools, {
        words: ({ at }, rest) => say.waitingToJoin(rest, at === 'settle'),
        isOver: executor.isSpent,
      }),
      redirect: (place, now) => {
        if (!Object.hasOwn(joinPhases, place.at)) {
          // After giving up, the time limit does not count the waits that bring it to a safe end.
          executor.goOnUnlimited();
          return null;
        }
        if (place.at === 'follow' && (!tools.wait || executor.isOverTime()))
          return { end: { kind: 'still-moving' }, memory: place.memory };
        if (!executor.isOverTime() || place.at.startsWith('save-')) return null;
        executor.goOnUnlimited();
        if (place.memory.mayStand) return abandoned(place.memory, 'abandoned', now);
        return { to: 'give-up', memory: { ...place.memory, why: 'abandoned' } };
      },
    },
  );
}

function conclude(
  context: PimContext,
  executor: PimExecutor,
  grant: Assignment,
  lease: Lease,
  outcome: HolderOutcome | StillMoving,
  it: Holder,
  tools: LeaseTools,
): LeaseDone {
  switch (outcome.kind) {
    case 'held':
      return held(context, executor, grant, lease, it, tools);
    case 'adopted':
      return adopting(executor, it, outcome.uncounted, tools);
    case 'kept':
      return kept(lease);
    case 'pending':
      return pending(executor, it, outcome.own);
    case 'released':
      return notTaken(context, executor, outcome, it, tools);
    case 'still-moving':
      return stillMoving(executor, tools.wait);
  }
}

function held(
  context: PimContext,
  executor: PimExecutor,
  grant: Assignment,
  { keepAfterJob }: Lease,
  it: Holder,
  { log }: LeaseTools,
): LeaseDone {
  log.info(say.activeUntilEnd);
  const id = context.leaseId(grant, it.holder, keepAfterJob);
  return {
    action: 'create',
    outcome: succeeded(requestIdOf(executor), true),
    lease: {
      did: 'took',
      state: it.others.length > 0 ? 'shared' : 'leased',
      id,
      expiresAt: Math.min(it.end, it.endsAt),
      endsAtLatest: it.endsAt,
      guarantee: 'platform',
      keepAfterJob,
      sentences: [...heldByOthers(context.nameHolders(it.others))],
    },
  };
}

function adopting(executor: PimExecutor, it: Holder, isUncounted: boolean, { log }: LeaseTools): LeaseDone {
  log.info(say.activeLongEnough);
  return {
    action: 'keep',
    outcome: succeeded(requestIdOf(executor), false, isUncounted ? say.uncounted : null),
    lease: {
      did: 'took',
      state: 'shared',
      id: null,
      expiresAt: Math.min(it.end, it.endsAt),
      endsAtLatest: it.endsAt,
      guarantee: 'platform',
      // The post step does not end it with the job.
      keepAfterJob: true,
      sentences: isUncounted ? [] : [say.adopted],
    },
  };
}

function pending(executor: PimExecutor, { name }: Holder, own: boolean): LeaseDone {
  const changed = own && requestIdOf(executor) === name;
  return {
    action: 'create',
    lease: null,
    outcome: { status: 'PENDING_APPROVAL', changed, requestId: name, ...say.pendingApproval(name, own) },
  };
}

/** Access of this step might still exist. */
const leavesIt: readonly Released['left'][] = [
  'failed',
  'removed',
  'unlisted',
  'waits',
  'too-young',
  'near-end',
  'shared',
];
/** No read has shown access of this step, which proves nothing if its request was carried out. */
const showsNothing: readonly Released['left'][] = ['gone', 'permanent', 'foreign'];

function isLeftBehind(executor: PimExecutor, left: Released['left']): boolean {
  return leavesIt.includes(left) || (showsNothing.includes(left) && executor.store.mayGrant());
}

function notTaken(context: PimContext, executor: PimExecutor, how: Released, it: Holder, tools: LeaseTools): LeaseDone {
  const why = how.gaveUp ?? 'failed';
  const trouble = executor.trouble();
  // The post step ignores access that was released, or that Azure ends.
  const isLeft = isLeftBehind(executor, how.left);
  if (!isLeft) tools.note({ progress: 'over', holder: it.holder, end: it.end });
  const rest = isLeft ? whatIsLeft(context, executor, how.left, it) : '';
  // More time alone does not help with an object ID that no principal has.
  const isWhy = why === 'failed' || (why === 'abandoned' && isOfKind(trouble, 'replicating'));
  const isOurs = isWhy || why === 'shorter' || why === 'taken' || why === 'planned';
  return {
    action: 'create',
    lease: null,
    outcome: failed(requestIdOf(executor), isOurs ? trouble : null, {
      reason: withMore(say.givenUpInWords(why, trouble?.message ?? null, it), rest),
      hint: isWhy && trouble !== null ? hintOn(trouble) : say.hintOnGivenUp(why, it),
      changed: isLeft && (it.endsAt > 0 || executor.store.mayGrant() || executor.store.lost() !== null),
    }),
  };
}

/** When Azure ends the access that was begun, if known. */
function whatIsLeft(context: PimContext, executor: PimExecutor, left: Released['left'], it: Holder): string {
  if (left === 'permanent' || left === 'gone') return '';
  const lost = executor.store.lost();
  if (it.endsAt === 0) {
    if (lost !== null && lost.type !== 'remove') return say.lostUnread(lost.name, it.end);
    return executor.store.mayGrant() ? say.acceptedUnread(it.end) : '';
  }
  if (left === 'removed') return say.removalUnread(null, it.endsAt);
  const why = whyLeft(executor, left, null);
  const told = leftToEnder(left === 'foreign' ? say.acceptedBeside(why) : why, it.endsAt, context.words);
  return lost?.type === 'update' ? withMore(told, say.lostExtension(lost.name, it.until)) : told;
}

function stillMoving(executor: PimExecutor, waited: boolean): LeaseDone {
  const requestId = requestIdOf(executor);
  const call = executor.store.operation()?.call ?? 'The request';
  return {
    action: 'create',
    lease: null,
    outcome: {
      status: 'IN_PROGRESS',
      requestId,
      reason: say.stillMoving(call, waited),
      hint: runAgainLonger,
    },
  };
}
