import type { GivenUpAnywhere } from '#access/messages/leases';
import type { Go, Moment, Phases } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import { listing } from '../../steps/writing.ts';
import type { Leaving } from './leave.ts';
import type { Looker } from './seen.ts';

/** What one holder of one grant knows. */
export interface Holder extends Leaving, Looker {
  /** The end of the lease, in milliseconds since the epoch. */
  readonly end: number;
  /** The runner's state says that a request may follow. */
  readonly noted: boolean;
  /** What follows when that is written, empty otherwise. */
  readonly next: string;
  /** A request of ours may have arrived. */
  readonly mayStand: boolean;
  /** Somebody else was seen beside this holder: then only a look that is late enough is believed. */
  readonly shared: boolean;
  /** A request of ours was seen to be carried out, and what it may have overtaken is waited for. */
  readonly landed: boolean;
  /** When the access ends by itself, as it was seen last, in milliseconds since the epoch; 0 where none was. */
  readonly endsAt: number;
  /** To what end it is to be extended, or when one begins that is planned after its own, in milliseconds since the epoch. */
  readonly until: number;
  readonly tries: number;
  /** Why the join was given up, `null` where it was not: then a release follows. */
  readonly why: GivenUp | null;
}

/**
 * Why a join was given up. `shorter`: the access that is there ends sooner, and was not to be extended. `planned`: one that
 * begins later is in the way. `taken`: something that nobody sees is in the way. `gone`: what it was to follow is.
 * `unlisted`: no schedule of that was ever listed.
 */
export type GivenUp = GivenUpAnywhere | 'shorter' | 'planned' | 'taken' | 'gone' | 'unlisted';

/** How a holder's join or release has ended. */
export type HolderOutcome =
  /** By a request of its own. */
  | { readonly kind: 'held' }
  /**
   * It is there by somebody else's request, and lasts long enough. `uncounted`: nobody sees that this holder relies on it, and
   * whoever made it may end it before.
   */
  | { readonly kind: 'adopted'; readonly uncounted: boolean }
  /** The access was there before, and does not end. */
  | { readonly kind: 'kept' }
  /** A request waits for a person. */
  | { readonly kind: 'pending'; readonly own: boolean }
  | Released;

/** How a release has ended; `gaveUp` says why a join was followed by it. */
export interface Released {
  readonly kind: 'released';
  readonly gaveUp: GivenUp | null;
  /**
   * `nothing`: nothing had been asked for. `gone`: the access is gone. `permanent`: it stands there without an end. `shared`:
   * others rely on it. `removed`: Azure ended it, and no read has shown that. `stays`: it was ended, and a role assignment without an end is there. All others leave the end to
   * Azure: `foreign`, since nobody of ours made it; `near-end`; `too-young`, in its first five minutes; `waits`, since a person
   * has to approve its removal; `unlisted`, since no schedule of it was ever listed; `failed`, since it could not be ended.
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

/** What somebody knows who is about to join. */
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

/** Where a join goes on that is given up, or cannot go on. */
export function abandoned(it: Holder, why: GivenUp, now: Moment): { readonly phase: string; readonly memory: Holder } {
  return { phase: 'leave', memory: listing({ ...it, why, readAt: now.mono }, now) };
}
