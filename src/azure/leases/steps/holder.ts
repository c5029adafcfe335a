import type { GivenUpAnywhere } from '#access/messages/leases';
import type { Go, Phases } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import type { Entry } from './entries.ts';
import { newLeaving, type Leaving } from './leave.ts';
import type { Pausing } from './writing.ts';

/** Memory of one holder of one grant. Instants are in milliseconds on the monotonic clock, 0 where there was none. */
export interface Holder extends Leaving, Pausing {
  readonly holder: string;
  /** The end of the lease, in milliseconds since the epoch. */
  readonly end: number;
  readonly keepAfterJob: boolean;
  /** The runner's state says that a write may follow. */
  readonly noted: boolean;
  /** An entry of this holder might exist. */
  readonly mayStand: boolean;
  /**
   * True if a write of its entry might exist that no read has shown. `answered`: the cloud reported that it was carried
   * out. `lost`: unknown. Then a read without the entry is no proof, however late it is: reads might lag longer than
   * assumed.
   */
  readonly unseen: 'no' | 'lost' | 'answered';
  /** Entries of others that counted at the last read. */
  readonly others: readonly Entry[];
  /** Why the join was given up; `null` where it was not. A release follows. */
  readonly why: GivenUp | null;
}

/** Why a join was given up. `differs`: the existing lease has another condition or identity. */
export type GivenUp = GivenUpAnywhere | 'differs';

/** Outcome of a holder's join or release. */
export type HolderOutcome =
  | { readonly kind: 'held' }
  /** The access existed before, and is no lease. */
  | { readonly kind: 'kept' }
  | Released;

/** Outcome of a release; `gaveUp` is the reason if it followed a join that was given up. */
export interface Released {
  readonly kind: 'released';
  readonly gaveUp: GivenUp | null;
  /**
   * `nothing`: nothing had been written. `gone`: the access is gone. `shared`: it stays for other holders. `plain`: it
   * exists without a record, and was left alone. `to-sweep`: it could not be ended, and the next sweep or holder ends it.
   * `unseen`: a write of this holder might exist that no read has shown, and the same ends it.
   */
  readonly left: 'nothing' | 'gone' | 'shared' | 'plain' | 'to-sweep' | 'unseen';
}

export type HolderGo = Go<Holder, HolderOutcome>;
export type HolderPhases = Phases<Holder, Ask, Answer, HolderOutcome>;

/**
 * True if a write of this holder might exist that no read has shown. An entry that Azure removed had existed. So had an
 * entry that was read and requested to be removed: whatever the answer, a read that is late enough shows the result.
 */
export function isUnseen({ unseen, removed, taken, holder }: Holder): boolean {
  return unseen !== 'no' && !removed && !taken.some((entry) => entry.holder === holder);
}

/** Memory at the start of a join. */
export function newHolder(it: Pick<Holder, 'constants' | 'holder' | 'end' | 'keepAfterJob'>): Holder {
  return {
    ...newLeaving(it.constants, 0),
    ...it,
    noted: false,
    mayStand: false,
    unseen: 'no',
    landed: false,
    others: [],
    why: null,
    sleepUntil: 0,
  };
}
