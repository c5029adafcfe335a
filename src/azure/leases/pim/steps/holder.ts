import type { GivenUpAnywhere } from '#access/messages/leases';
import type { Go, Moment, Next, Phases } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import { listing } from '../../steps/writing.ts';
import type { Leaving } from './leave.ts';
import type { Looker } from './seen.ts';

/** Memory of one holder of one grant. */
export interface Holder extends Leaving, Looker {
  /** The end of the lease, in milliseconds since the epoch. */
  readonly end: number;
  /** The runner's state says that a request may follow. */
  readonly noted: boolean;
  /** Next phase after that is written, empty otherwise. */
  readonly next: string;
  /** A request of this holder might have arrived. */
  readonly mayStand: boolean;
  /** Another holder was seen: then only a look that is late enough is believed. */
  readonly shared: boolean;
  /** A request of this holder was carried out, and the step waits for earlier requests that it might have overtaken. */
  readonly landed: boolean;
  /** When the access ends by itself, as last seen, in milliseconds since the epoch; 0 where there was none. */
  readonly endsAt: number;
  /** New end of an extension, or the start of a planned access after this one, in milliseconds since the epoch. */
  readonly until: number;
  readonly tries: number;
  /** Why the join was given up; `null` where it was not. A release follows. */
  readonly why: GivenUp | null;
}

/**
 * Why a join was given up. `shorter`: the existing access ends earlier, and could not be extended. `planned`: an access
 * that begins later is in the way. `taken`: an access or request that is not listed is in the way. `gone`: the lease to
 * extend is gone. `unlisted`: its schedule was never listed.
 */
export type GivenUp = GivenUpAnywhere | 'shorter' | 'planned' | 'taken' | 'gone' | 'unlisted';

/** Outcome of a holder's join or release. */
export type HolderOutcome =
  /** By a request of its own. */
  | { readonly kind: 'held' }
  /**
   * The access exists by another request, and lasts long enough. `uncounted`: others cannot see this holder, and the
   * creator of the access might end it earlier.
   */
  | { readonly kind: 'adopted'; readonly uncounted: boolean }
  /** The access existed before, and is permanent. */
  | { readonly kind: 'kept' }
  /** A request waits for a person. */
  | { readonly kind: 'pending'; readonly own: boolean }
  | Released;

/** Outcome of a release; `gaveUp` is the reason if it followed a join that was given up. */
export interface Released {
  readonly kind: 'released';
  readonly gaveUp: GivenUp | null;
  /**
   * `nothing`: nothing had been requested. `gone`: the access is gone. `permanent`: it is permanent. `removed`: Azure ended
   * it, and no read has shown that. `stays`: it was ended, and a role assignment without an end exists. All others leave
   * the end to Azure: `shared`, for other holders; `foreign`, since it was created outside this action; `near-end`;
   * `too-young`, in its first five minutes; `waits`, since a person has to approve its removal; `unlisted`, since its
   * schedule was never listed; `failed`, since it could not be ended.
   */
  readonly left:
    | 'nothing'
    | 'gone'
    | 'permanent'
    | 'removed'
    | 'stays'
    | 'shared'
    | 'foreign'
    | 'near-end'
    | 'too-young'
    | 'waits'
    | 'unlisted'
    | 'failed';
}

export type HolderGo = Go<Holder, HolderOutcome>;
export type HolderPhases = Phases<Holder, Ask, Answer, HolderOutcome>;

/** Memory at the start of a join. */
export function newHolder(it: Pick<Holder, 'constants' | 'holder' | 'end' | 'replaces'>): Holder {
  return {
    ...it,
    noted: false,
    next: '',
    mayStand: false,
    shared: false,
    landed: false,
    name: '',
    endsAt: 0,
    youngUntil: 0,
    until: it.end,
    others: [],
    tries: 0,
    unlisted: 0,
    doubted: null,
    why: null,
    readAt: 0,
    settledAt: 0,
    sleepUntil: 0,
  };
}

/** Next phase of a join that is given up, or cannot continue. */
export function abandoned(it: Holder, why: GivenUp, now: Moment): Next<Holder> {
  return { to: 'leave', memory: listing({ ...it, why, readAt: now.mono }, now) };
}
