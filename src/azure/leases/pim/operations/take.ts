import { hintOn, isOfKind } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive, type Driven } from '#access/leases/protocol/drive';
import { kept } from '#access/leases/outcomes';
import { endsBefore, heldByOthers, leftToEnder } from '#access/messages/leases';
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
import {
  acceptedBeside,
  acceptedUnread,
  adopted,
  approveIt,
  givenUpInWords,
  hintOnGivenUp,
  lostExtension,
  lostUnread,
  removalUnread,
  uncounted,
  waitsForPerson,
} from '../words.ts';

/** A request was accepted, and nobody waits for its end any more. */
interface StillMoving {
  readonly kind: 'still-moving';
}

/**
 * Takes a lease of one grant: a join, and where that is given up, what follows from it.
 *
 * @param replaces the holder that gives way to this one, and so is no other
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
    { phase: 'look', memory },
    {
      now: executor.now,
      perform: performing<Holder, Ask, Answer>(executor, tools, {
        words: ({ at }, rest) => `${whyWaiting(at)}: waiting ${rest}.`,
        isOver: executor.isSpent,
      }),
      redirect: (place, now) => {
        if (!Object.hasOwn(joinPhases, place.at)) {
          // However it was given up: what was begun is brought to a safe end, and its waits are no part of the limit.
          executor.goOnUnlimited();
          return null;
        }
        if (place.at === 'follow' && (!tools.wait || executor.isOverTime()))
          return { end: { kind: 'still-moving' }, memory: place.memory };
        if (!executor.isOverTime() || place.at.startsWith('save-')) return null;
        executor.goOnUnlimited();
        if (place.memory.mayStand) return abandoned(place.memory, 'abandoned', now);
        return { phase: 'give-up', memory: { ...place.memory, why: 'abandoned' } };
      },
    },
  );
}

function whyWaiting(phase: string): string {
  return phase === 'settle'
    ? 'Others rely on this access too, or lists may lag: only a look that is late enough shows that nothing on its way overtakes this lease'
    : 'Something is in the way of this request, was refused in passing, or is not listed yet';
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
  log.info('Verified by reading back: the access runs, and Azure ends it by itself.');
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
      sentences: [...heldByOthers(context.nameHolders(it.others)), ...(keepAfterJob ? [endsBefore(id)] : [])],
    },
  };
}

function adopting(executor: PimExecutor, it: Holder, isUncounted: boolean, { log }: LeaseTools): LeaseDone {
  log.info('Verified by reading back: the access runs, and lasts long enough.');
  return {
    action: 'keep',
    outcome: succeeded(requestIdOf(executor), false, isUncounted ? uncounted : null),
    lease: {
      did: 'took',
      state: 'shared',
      id: null,
      expiresAt: Math.min(it.end, it.endsAt),
      endsAtLatest: it.endsAt,
      guarantee: 'platform',
      // Nothing of ours ends it with the job.
      keepAfterJob: true,
      sentences: isUncounted ? [] : [adopted],
    },
  };
}

function pending(executor: PimExecutor, { name }: Holder, own: boolean): LeaseDone {
  const changed = own && requestIdOf(executor) === name;
  const reason = `Request ${name} of ${own ? 'this step' : 'an earlier run, or of somebody else,'} waits for a person. ${waitsForPerson}`;
  return {
    action: 'create',
    lease: null,
    outcome: { status: 'PENDING_APPROVAL', changed, requestId: name, reason, hint: approveIt },
  };
}

/** Something of ours may be there still. */
const leavesIt: readonly Released['left'][] = [
  'failed',
  'removed',
  'unlisted',
  'waits',
  'too-young',
  'near-end',
  'shared',
];
/** No read has shown anything of ours: that proves nothing where a request of ours was carried out. */
const showsNothing: readonly Released['left'][] = ['gone', 'permanent', 'foreign'];

function isLeftBehind(executor: PimExecutor, left: Released['left']): boolean {
  return leavesIt.includes(left) || (showsNothing.includes(left) && executor.store.mayGrant());
}

function notTaken(context: PimContext, executor: PimExecutor, how: Released, it: Holder, tools: LeaseTools): LeaseDone {
  const why = how.gaveUp ?? 'failed';
  const trouble = executor.trouble();
  // What was released, or is ended by Azure, is not for the post step any more.
  const isLeft = isLeftBehind(executor, how.left);
  if (!isLeft) tools.note({ progress: 'over', holder: it.holder, end: it.end });
  const rest = isLeft ? whatIsLeft(context, executor, how.left, it) : '';
  // More time alone does not make a principal of what is nobody's object id.
  const isWhy = why === 'failed' || (why === 'abandoned' && isOfKind(trouble, 'replicating'));
  const isOurs = isWhy || why === 'shorter' || why === 'taken' || why === 'planned';
  return {
    action: 'create',
    lease: null,
    outcome: failed(requestIdOf(executor), isOurs ? trouble : null, {
      reason: withMore(givenUpInWords(why, trouble?.message ?? null, it), rest),
      hint: isWhy && trouble !== null ? hintOn(trouble) : hintOnGivenUp(why, it),
      changed: isLeft && (it.endsAt > 0 || executor.store.mayGrant() || executor.store.lost() !== null),
    }),
  };
}

/** When Azure ends what was begun, as far as that is known. */
function whatIsLeft(context: PimContext, executor: PimExecutor, left: Released['left'], it: Holder): string {
  if (left === 'permanent' || left === 'gone') return '';
  const lost = executor.store.lost();
  if (it.endsAt === 0) {
    if (lost !== null && lost.type !== 'remove') return lostUnread(lost.name, it.end);
    return executor.store.mayGrant() ? acceptedUnread(it.end) : '';
  }
  if (left === 'removed') return removalUnread(null, it.endsAt);
  const why = whyLeft(executor, left, null);
  const told = leftToEnder(left === 'foreign' ? acceptedBeside(why) : why, it.endsAt, context.words);
  return lost?.type === 'update' ? withMore(told, lostExtension(lost.name, it.until)) : told;
}

function stillMoving(executor: PimExecutor, waited: boolean): LeaseDone {
  const requestId = requestIdOf(executor);
  const call = executor.store.operation()?.call ?? 'The request';
  const when = waited ? 'was still in progress when the time limit passed' : 'was accepted, and is in progress';
  return {
    action: 'create',
    lease: null,
    outcome: {
      status: 'IN_PROGRESS',
      requestId,
      reason: `${call} ${when}: the lease does not stand yet. The post step gives it back, and Azure ends it in any case.`,
      hint: 'Run the step again, or give it a longer `timeout`.',
    },
  };
}
