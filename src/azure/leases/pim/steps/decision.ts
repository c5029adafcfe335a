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

/** One who wants an access until an end, in milliseconds since the epoch. */
export interface Wanting extends Looker {
  readonly end: number;
  /** What the last look was not believed about. */
  readonly doubted: Doubt | null;
}

/** What a join comes to, given what stands there. Source: docs/design/leases.md#join-through-pim. */
export type JoinDecision =
  | { readonly do: 'assign' }
  | { readonly do: 'extend'; readonly end: number }
  /** An own request stands, and the access lasts as long as it has to. */
  | { readonly do: 'have' }
  /** It was made by nobody of ours, or approved for an earlier attempt: it lasts long enough, and is never ended by us. */
  | { readonly do: 'adopt' }
  /** It is permanent. */
  | { readonly do: 'keep' }
  /** An own request is on its way. */
  | { readonly do: 'follow'; readonly name: string }
  /** Somebody else's is: it will tell. */
  | { readonly do: 'wait' }
  /** What it is to follow was carried out, and no schedule of it is listed: what is believed of it where none ever is. */
  | { readonly do: 'look-again'; readonly left: 'gone' | 'unlisted' }
  /** The lists contradict each other: they may lag. */
  | { readonly do: 'doubt'; readonly doubt: Doubt }
  /** A person has to decide about it. */
  | { readonly do: 'attach'; readonly name: string }
  /** One that is planned is in the way, from then on. */
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
    // One that has just ended may be listed as a role assignment for a while.
    if (plain?.is === 'recent') return { do: 'wait' };
    if (isUnlisted(seen, me, date)) return { do: 'wait' };
    // That is neither permanent because its schedule is not listed, nor made anew where somebody has removed it.
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
  // It was removed since, and is still listed.
  if (maker !== null && maker.at < removedAt(seen)) return { do: 'wait' };
  const isEnough = schedule.end >= me.end - margin;
  if (generation(seen).some((it) => isOwn(it, me))) return isEnough ? { do: 'have' } : { do: 'extend', end: me.end };
  // What made it may not be listed yet: then it could be one of ours.
  if (maker === null && !isDoubted(me, 'maker', seen)) return doubting('maker', seen);
  if (maker?.record == null) return isEnough ? { do: 'adopt' } : { do: 'extend', end: me.end };
  // What a person has approved is all that there is, unless more is what is wanted: asking for more would be to ask once more.
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

/** What a release comes to. */
export type ReleaseDecision =
  /** Requests that have not begun are taken back first. */
  | { readonly do: 'cancel'; readonly name: string }
  | { readonly do: 'follow'; readonly name: string }
  | { readonly do: 'remove' }
  /** Something was made a moment ago: lists will tell what. */
  | { readonly do: 'wait' }
  /** An own request was carried out, and no schedule of it is listed: what is believed of it where none ever is. */
  | { readonly do: 'look-again'; readonly left: 'gone' | 'unlisted' }
  /** There is no access of ours to end. `permanent`: it is there, without an end. */
  | { readonly do: 'nothing'; readonly left: 'gone' | 'permanent' | 'none-of-ours' }
  /** Others rely on it, or it is none of ours to end: Azure ends it. */
  | {
      readonly do: 'leave';
      readonly because: 'shared' | 'foreign' | 'near-end';
      readonly others: readonly SeenRequest[];
    };

/** @param hasGivenUp its join never came to stand */
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
  // By then its successor could be hit.
  if (date >= schedule.end - me.constants.margin) return { do: 'leave', because: 'near-end', others };
  return { do: 'remove' };
}
