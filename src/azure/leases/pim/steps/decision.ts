import { goesOn } from '../statuses.ts';
import {
  doubtAbout,
  generation,
  isDoubted,
  isLeftBehind,
  isOfEarlierAttempt,
  isOwn,
  isUnlisted,
  makerOf,
  reliedOn,
  removedAt,
  type Doubt,
  type Looker,
  type Seen,
  type SeenRequest,
} from './seen.ts';

/** A joiner that needs access until an end, in milliseconds since the epoch. */
interface Wanting extends Looker {
  readonly end: number;
  /** Doubt about the last look. */
  readonly doubted: Doubt | null;
}

/** Decision of a join, by the last look. Source: docs/design/leases.md#join-through-pim. */
type JoinDecision =
  | { readonly do: 'assign' }
  | { readonly do: 'extend'; readonly end: number }
  /** A request of this holder was carried out, and the access lasts long enough. */
  | { readonly do: 'have' }
  /** The access was created outside this action, or approved for an earlier attempt. It lasts long enough, and this holder never ends it. */
  | { readonly do: 'adopt' }
  /** The access is permanent. */
  | { readonly do: 'keep' }
  /** A request of this holder is in progress. */
  | { readonly do: 'follow'; readonly name: string }
  /** A request of another holder is in progress: its result decides. */
  | { readonly do: 'wait' }
  /** The request of the replaced holder was carried out, and its schedule is not listed. `left`: the conclusion if it never is. */
  | { readonly do: 'look-again'; readonly left: 'gone' | 'unlisted' }
  /** The lists contradict each other: they might lag. */
  | { readonly do: 'doubt'; readonly doubt: Doubt }
  /** A request waits for a person. */
  | { readonly do: 'attach'; readonly name: string }
  /** A planned access is in the way, from then on. */
  | { readonly do: 'refuse'; readonly from: number };

export function decideJoin(seen: Seen, me: Wanting, date: number): JoinDecision {
  const { schedule, plain, requests } = seen;
  const own = requests.filter((it) => isOwn(it, me) && it.type !== 'remove');
  const onItsWay = own.find(({ standing }) => goesOn(standing));
  if (onItsWay !== undefined) return { do: 'follow', name: onItsWay.name };
  const waiting = own.find(isWaiting) ?? (schedule === null ? requests.find(isWaiting) : undefined);
  if (waiting !== undefined) return { do: 'attach', name: waiting.name };
  const isEnding = requests.some((it) => it.type === 'remove' && goesOn(it.standing));
  if (isEnding) return { do: 'wait' };
  if (schedule === null) {
    // Access that has just ended might be listed as a role assignment for a while.
    if (plain?.is === 'recent') return { do: 'wait' };
    if (isUnlisted(seen, me, date)) return { do: 'wait' };
    // The replaced holder's access is neither permanent because its schedule is not listed, nor created again if it was removed.
    if (me.replaces !== null && isUnlisted(seen, { ...me, holder: me.replaces }, date))
      return { do: 'look-again', left: plain === null ? 'gone' : 'unlisted' };
    if (isLeftBehind(seen) && !isDoubted(me, 'plain', seen)) return doubting('plain', seen);
    if (plain !== null) return { do: 'keep' };
    return requests.some(({ standing }) => goesOn(standing)) ? { do: 'wait' } : { do: 'assign' };
  }
  const { margin, trace } = me.constants;
  if (schedule.start > date + margin)
    return schedule.start > me.end ? { do: 'assign' } : { do: 'refuse', from: schedule.start };
  if (schedule.end === null) return { do: 'keep' };
  const maker = makerOf(seen);
  // The access was removed, and is still listed.
  if (maker !== null && maker.at < removedAt(seen)) return { do: 'wait' };
  const isEnough = schedule.end >= me.end - margin;
  if (generation(seen).some((it) => isOwn(it, me))) return isEnough ? { do: 'have' } : { do: 'extend', end: me.end };
  // The request that made it might not be listed yet: then it could be a lease of this action.
  if (maker === null && !isDoubted(me, 'maker', seen)) return doubting('maker', seen);
  if (maker?.record == null) return isEnough ? { do: 'adopt' } : { do: 'extend', end: me.end };
  // Access that a person approved for an earlier attempt is used as it is: an extension would need another approval.
  const isResumed = maker.approved && isOfEarlierAttempt(maker.record.holder, me.holder);
  if (isResumed && me.replaces === null && reliedOn(seen, me, date).length === 0 && schedule.end > date + margin)
    return { do: 'adopt' };
  return { do: 'extend', end: Math.max(me.end, schedule.end + trace) };
}

function doubting(about: Doubt['about'], seen: Seen): JoinDecision {
  return { do: 'doubt', doubt: doubtAbout(about, seen) };
}

function isWaiting({ type, standing }: SeenRequest): boolean {
  return type !== 'remove' && standing === 'waits';
}

/** Decision of a release. */
type ReleaseDecision =
  /** Requests that have not begun are canceled first. */
  | { readonly do: 'cancel'; readonly name: string }
  | { readonly do: 'follow'; readonly name: string }
  | { readonly do: 'remove' }
  /** Access was created a moment ago: lists will show its schedule. */
  | { readonly do: 'wait' }
  /** A request of this holder was carried out, and its schedule is not listed. `left`: the conclusion if it never is. */
  | { readonly do: 'look-again'; readonly left: 'gone' | 'unlisted' }
  /** This holder has no access to end. `permanent`: the access exists, without an end. */
  | { readonly do: 'nothing'; readonly left: 'gone' | 'permanent' | 'none-of-ours' }
  /** Others use the access, or it was created outside this action, or its end is near: Azure ends it. */
  | {
      readonly do: 'leave';
      readonly because: 'shared' | 'foreign' | 'near-end';
      readonly others: readonly SeenRequest[];
    };

/** @param hasGivenUp its join was given up */
export function decideRelease(seen: Seen, me: Looker, date: number, hasGivenUp: boolean): ReleaseDecision {
  const { schedule, plain, requests } = seen;
  const own = requests.filter((it) => isOwn(it, me) && it.type !== 'remove');
  const begun = schedule !== null && schedule.start <= date;
  const notBegun = own.find((it) => isWaiting(it) || (!begun && it.type === 'assign' && it.standing === 'planned'));
  if (notBegun !== undefined) return { do: 'cancel', name: notBegun.name };
  const onItsWay = own.find(({ standing }) => goesOn(standing));
  if (onItsWay !== undefined) return { do: 'follow', name: onItsWay.name };
  const ending = requests.find(({ type, standing }) => type === 'remove' && goesOn(standing));
  if (ending !== undefined) return { do: 'follow', name: ending.name };
  if (schedule === null && plain?.is === 'recent') return { do: 'wait' };
  if (isUnlisted(seen, me, date)) return { do: 'look-again', left: plain === null ? 'gone' : 'unlisted' };
  if (schedule === null) return { do: 'nothing', left: plain === null ? 'gone' : 'permanent' };
  if (schedule.end === null) return { do: 'nothing', left: 'permanent' };
  if (!generation(seen).some((it) => isOwn(it, me))) return { do: 'nothing', left: 'none-of-ours' };
  const others = reliedOn(seen, me, date, hasGivenUp);
  if (makerOf(seen)?.record == null) return { do: 'leave', because: 'foreign', others };
  if (others.length > 0) return { do: 'leave', because: 'shared', others };
  // By then the removal could hit its successor.
  if (date >= schedule.end - me.constants.margin) return { do: 'leave', because: 'near-end', others };
  return { do: 'remove' };
}
