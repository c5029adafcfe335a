import type { GivenUpAnywhere } from '#access/leases/words';
import type { Milestone } from '#access/leases/journal';
import type { Go, Phases } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import type { Disarming } from './disarming.ts';
import type { HistorySpan, StaleRecord, OtherHolder, Proof } from './records.ts';

/** What one holder of one grant knows. Instants are in milliseconds on the monotonic clock, 0 where there was none. */
export interface Holder {
  readonly constants: Constants;
  readonly holder: string;
  /** The names that it had before, newest last: of releases that came too late and were begun again. */
  readonly former: readonly string[];
  /** Names for that. */
  readonly spare: readonly string[];
  /** The end of the lease, in milliseconds since the epoch. */
  readonly end: number;
  /** By how much its timer fires later than the end of the lease, so that a step's timers do not collide. */
  readonly spread: number;
  readonly progress: Milestone;
  /** What was written down for the runner's state may have been sent, and was not answered. */
  readonly unsure: boolean;
  readonly armed: boolean;
  /** Nobody else had a record when it joined. */
  readonly alone: boolean;
  /** The largest end of all live holds that were listed. */
  readonly latest: number;
  readonly others: readonly OtherHolder[];
  readonly toDisarm: readonly Disarming[];
  /** What the timers of the last list say of an access that is there, and where history would have to prove it. */
  readonly proof: Proof;
  readonly span: HistorySpan;
  /** Timers to be deleted once absence is verified, others' first. */
  readonly clean: readonly StaleRecord[];
  readonly cleanOwn: readonly StaleRecord[];
  /** Why the join was given up, `null` where it was not: then a release follows. */
  readonly why: GivenUp | null;
  /** Just before its hold was asked for: what limits it counts from here. */
  readonly askedAt: number;
  /** When its hold was there: what it waits for counts from here. */
  readonly heldAt: number;
  readonly armedAt: number;
  readonly droppedAt: number;
  readonly listedAt: number;
  readonly fireUntil: number;
  readonly sleepUntil: number;
}

/** The fields of a holder that are instants, for whoever compares states. */
export const instantsOfHolder = [
  'askedAt',
  'heldAt',
  'armedAt',
  'droppedAt',
  'listedAt',
  'fireUntil',
  'sleepUntil',
] as const satisfies readonly (keyof Holder)[];

/**
 * Why a join was given up: the time in which a step of it is allowed may be over too. `suspect`: an access is there that
 * nothing proves to be a lease or none. `permanent`: somebody is making it permanent.
 */
export type GivenUp = GivenUpAnywhere | 'suspect' | 'permanent';

/** How a holder's join or release has ended. */
export type HolderOutcome =
  | { readonly kind: 'held' }
  /** The access was there before, and is no lease. */
  | { readonly kind: 'kept' }
  /** Somebody was making the access permanent: the join begins anew, as another holder. */
  | { readonly kind: 'again' }
  | Released;

/** How a release has ended; `gaveUp` says why a join was followed by it. */
export type Released = { readonly kind: 'released'; readonly gaveUp: GivenUp | null } & (
  | { readonly left: 'gone' }
  /** Others hold it: it stays for them. */
  | { readonly left: 'shared' }
  /** Its hold was gone: somebody else has ended it. */
  | { readonly left: 'ended' }
  /** No timer proves that it is a lease: it was left alone. */
  | { readonly left: 'unproven' }
  /** Its hold may still be there: the trace that dropping it needs could not be written. */
  | { readonly left: 'unreleased' }
  /** AWS ends it: its own end is near, the deletion came too late, its turn never came, or it failed. */
  | { readonly left: 'to-timer'; readonly because: 'near-end' | 'late' | 'no-turn' | 'failed' }
);

export type HolderGo = Go<Holder, HolderOutcome>;
export type HolderPhases = Phases<Holder, Ask, Answer, HolderOutcome>;

/** What somebody knows who is about to join. */
export function newHolder(
  it: Pick<Holder, 'constants' | 'holder' | 'spare' | 'end' | 'spread'>,
  progress: Milestone = 'holding',
): Holder {
  return {
    ...it,
    former: [],
    progress,
    unsure: false,
    armed: false,
    alone: true,
    latest: it.end,
    others: [],
    toDisarm: [],
    proof: 'none',
    span: { after: 0, before: 0 },
    clean: [],
    cleanOwn: [],
    why: null,
    askedAt: 0,
    heldAt: 0,
    armedAt: 0,
    droppedAt: 0,
    listedAt: 0,
    fireUntil: 0,
    sleepUntil: 0,
  };
}

/** Where a join goes on that is given up, or cannot go on. */
export function abandoned(it: Holder, why: GivenUp, mono: number): { readonly phase: string; readonly memory: Holder } {
  const { flight } = it.constants;
  return { phase: 'abandon', memory: { ...it, why, sleepUntil: it.unsure ? mono + flight : 0 } };
}
