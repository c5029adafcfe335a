import type { GivenUpAnywhere } from '#access/messages/leases';
import type { Go, Phases } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import type { Entry } from './entries.ts';
import type { Leaving } from './leave.ts';
import type { Pausing } from './writing.ts';

/** What one holder of one grant knows. Instants are in milliseconds on the monotonic clock, 0 where there was none. */
export interface Holder extends Leaving, Pausing {
  readonly holder: string;
  /** The end of the lease, in milliseconds since the epoch. */
  readonly end: number;
  readonly keepAfterJob: boolean;
  /** The runner's state says that a write may follow. */
  readonly noted: boolean;
  /** Something of ours may stand there. */
  readonly mayStand: boolean;
  /**
   * Whether a write of its entry may stand that no read has shown: `answered`, the cloud said that it was carried out;
   * `lost`, nobody knows. Then that a read shows nothing of it is no proof, however late it is: reads may lag for longer
   * than is assumed.
   */
  readonly unseen: 'no' | 'lost' | 'answered';
  /** The entries of others that counted when it was read last. */
  readonly others: readonly Entry[];
  /** Why the join was given up, `null` where it was not: then a release follows. */
  readonly why: GivenUp | null;
}

/** Why a join was given up. `differs`: the lease that is there has another condition. */
export type GivenUp = GivenUpAnywhere | 'differs';

/** How a holder's join or release has ended. */
export type HolderOutcome =
  | { readonly kind: 'held' }
  /** The access was there before, and is no lease. */
  | { readonly kind: 'kept' }
  | Released;

/** How a release has ended; `gaveUp` says why a join was followed by it. */
export interface Released {
  readonly kind: 'released';
  readonly gaveUp: GivenUp | null;
  /**
   * `nothing`: nothing had been written. `gone`: the access is gone. `shared`: others hold it, and it stays for them. `plain`: it stands there without a record
   * of ours, and was left alone. `to-sweep`: it could not be ended, and the next sweep or holder does that.
   * `unseen`: an own write may stand there that no read has shown, and the same ends it.
   */
  readonly left: 'nothing' | 'gone' | 'shared' | 'plain' | 'to-sweep' | 'unseen';
}

export type HolderGo = Go<Holder, HolderOutcome>;
export type HolderPhases = Phases<Holder, Ask, Answer, HolderOutcome>;

/**
 * Whether an own write may stand there that no read has shown. What Azure has taken away was there. So was what was seen
 * and asked to be taken away: whatever the answer, a read that is late enough shows how it stands.
 */
export function isUnseen({ unseen, removed, taken, holder }: Holder): boolean {
  return unseen !== 'no' && !removed && !taken.some((entry) => entry.holder === holder);
}

/** What somebody knows who is about to join. */
export function newHolder(it: Pick<Holder, 'constants' | 'holder' | 'end' | 'keepAfterJob'>): Holder {
  return {
    ...it,
    noted: false,
    mayStand: false,
    unseen: 'no',
    landed: false,
    shared: false,
    name: '',
    stay: [],
    ended: [],
    going: [],
    taken: [],
    removed: false,
    others: [],
    why: null,
    readAt: 0,
    settledAt: 0,
    sleepUntil: 0,
  };
}
