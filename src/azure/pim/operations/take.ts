import { hintOn, isOfKind } from '#access/errors';
import type { Assignment } from '#access/grant';
import { restOf } from '#access/leases/protocol/desk';
import { drive, type Driven } from '#access/leases/protocol/drive';
import { kept } from '#access/leases/outcomes';
import { endsBefore, heldByOthers, leftToEnder } from '#access/leases/words';
import { failed, succeeded } from '#access/outcome';
import type { Lease, LeaseDone, LeaseTools } from '#access/leases/port';
import { wholeMinute } from '#access/times';
import { seconds, withMore } from '#access/words';
import type { PimDesk } from '../desk/desk.ts';
import { requestIdOf, seenBy, type PimRoom } from '../room.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import { holderProtocol } from '../steps/holder-protocol.ts';
import { abandoned, newHolder, type Holder, type HolderOutcome, type Released } from '../steps/holder.ts';
import { joinPhases } from '../steps/join.ts';
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
import { whyLeft } from './why-left.ts';

/** A request was accepted, and nobody waits for its end any more. */
interface StillMoving {
  readonly kind: 'still-moving';
}

/**
 * Takes a lease of one grant: a join, and where that is given up, what follows from it.
 *
 * @param holder its name
 * @param replaces the holder that gives way to this one, and so is no other
 */
export async function take(
  room: PimRoom,
  grant: Assignment,
  lease: Lease,
  tools: LeaseTools,
  holder: string,
  replaces: string | null = null,
): Promise<LeaseDone> {
  const end = wholeMinute(room.date() + lease.ms);
  const { keepAfterJob, ms: lifetimeMs } = lease;
  const isAsked = replaces === null;
  const intent = { kind: 'take', holder, end, keepAfterJob, replaces, lifetimeMs, isAsked } as const;
  const desk = room.openDesk(grant, intent, tools);
  try {
    const memory = newHolder({ constants: room.constants, holder, end, replaces });
    const { outcome, memory: known } = await join(desk, memory, tools);
    return { ...conclude(room, desk, grant, lease, outcome, known, tools), seen: seenBy(desk) };
  } finally {
    tools.place.leave();
  }
}

function join(
  desk: PimDesk,
  memory: Holder,
  { log, wait }: LeaseTools,
): Promise<Driven<Holder, HolderOutcome | StillMoving>> {
  return drive<Holder, Ask, Answer, HolderOutcome | StillMoving>(
    holderProtocol,
    { phase: 'look', memory },
    {
      now: desk.now,
      perform: (ask, place) => {
        const rest = restOf(ask, desk.now());
        if (rest > 0) log.info(`${whyWaiting(place.at)}: waiting ${seconds(rest)}.`);
        if (desk.isSpent()) return Promise.resolve({ is: 'failed' });
        return desk.perform(ask);
      },
      redirect: (place, now) => {
        if (!Object.hasOwn(joinPhases, place.at)) {
          // However it was given up: what was begun is brought to a safe end, and its waits are no part of the limit.
          desk.goOnUnlimited();
          return null;
        }
        if (place.at === 'follow' && (!wait || desk.isOverTime()))
          return { end: { kind: 'still-moving' }, memory: place.memory };
        if (!desk.isOverTime() || place.at.startsWith('save-')) return null;
        desk.goOnUnlimited();
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
  room: PimRoom,
  desk: PimDesk,
  grant: Assignment,
  lease: Lease,
  outcome: HolderOutcome | StillMoving,
  it: Holder,
  tools: LeaseTools,
): LeaseDone {
  switch (outcome.kind) {
    case 'held':
      return held(room, desk, grant, lease, it, tools);
    case 'adopted':
      return adopting(desk, it, outcome.uncounted, tools);
    case 'kept':
      return kept(lease);
    case 'pending':
      return pending(desk, it, outcome.own);
    case 'released':
      return notTaken(room, desk, outcome, it, tools);
    case 'still-moving':
      return stillMoving(desk, tools.wait);
  }
}

function held(
  room: PimRoom,
  desk: PimDesk,
  grant: Assignment,
  { keepAfterJob }: Lease,
  it: Holder,
  { log }: LeaseTools,
): LeaseDone {
  log.info('Verified by reading back: the access runs, and Azure ends it by itself.');
  const id = room.leaseId(grant, it.holder, keepAfterJob);
  return {
    action: 'create',
    outcome: succeeded(requestIdOf(desk), true),
    lease: {
      did: 'took',
      state: it.others.length > 0 ? 'shared' : 'leased',
      id,
      expiresAt: Math.min(it.end, it.endsAt),
      endsAtLatest: it.endsAt,
      guarantee: 'platform',
      keepAfterJob,
      sentences: [...heldByOthers(room.nameHolders(it.others)), ...(keepAfterJob ? [endsBefore(id)] : [])],
    },
  };
}

function adopting(desk: PimDesk, it: Holder, isUncounted: boolean, { log }: LeaseTools): LeaseDone {
  log.info('Verified by reading back: the access runs, and lasts long enough.');
  return {
    action: 'keep',
    outcome: succeeded(requestIdOf(desk), false, isUncounted ? uncounted : null),
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

function pending(desk: PimDesk, { name }: Holder, own: boolean): LeaseDone {
  const changed = own && requestIdOf(desk) === name;
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

function isLeftBehind(desk: PimDesk, left: Released['left']): boolean {
  return leavesIt.includes(left) || (showsNothing.includes(left) && desk.store.mayGrant());
}

function notTaken(room: PimRoom, desk: PimDesk, how: Released, it: Holder, tools: LeaseTools): LeaseDone {
  const why = how.gaveUp ?? 'failed';
  const trouble = desk.trouble();
  // What was given back, or is ended by Azure, is not for the post step any more.
  const isLeft = isLeftBehind(desk, how.left);
  if (!isLeft) tools.note({ progress: 'over', holder: it.holder, end: it.end });
  const rest = isLeft ? whatIsLeft(room, desk, how.left, it) : '';
  // More time alone does not make a principal of what is nobody's object id.
  const isWhy = why === 'failed' || (why === 'abandoned' && isOfKind(trouble, 'replicating'));
  const isOurs = isWhy || why === 'shorter' || why === 'taken' || why === 'planned';
  return {
    action: 'create',
    lease: null,
    outcome: failed(requestIdOf(desk), isOurs ? trouble : null, {
      reason: withMore(givenUpInWords(why, trouble?.message ?? null, it), rest),
      hint: isWhy && trouble !== null ? hintOn(trouble) : hintOnGivenUp(why, it),
      changed: isLeft && (it.endsAt > 0 || desk.store.mayGrant() || desk.store.lost() !== null),
    }),
  };
}

/** When Azure ends what was begun, as far as that is known. */
function whatIsLeft(room: PimRoom, desk: PimDesk, left: Released['left'], it: Holder): string {
  if (left === 'permanent' || left === 'gone') return '';
  const lost = desk.store.lost();
  if (it.endsAt === 0) {
    if (lost !== null && lost.type !== 'remove') return lostUnread(lost.name, it.end);
    return desk.store.mayGrant() ? acceptedUnread(it.end) : '';
  }
  if (left === 'removed') return removalUnread(null, it.endsAt);
  const why = whyLeft(desk, left, null);
  const told = leftToEnder(left === 'foreign' ? acceptedBeside(why) : why, it.endsAt, room.words);
  return lost?.type === 'update' ? withMore(told, lostExtension(lost.name, it.until)) : told;
}

function stillMoving(desk: PimDesk, waited: boolean): LeaseDone {
  const requestId = requestIdOf(desk);
  const call = desk.store.operation()?.call ?? 'The request';
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
