import type { GivenUpAnywhere } from '#access/messages/leases';
import type { Milestone } from '#access/leases/journal';
import type { Go, Moment, Next, Phases } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import type { Disarming } from './disarming.ts';
import type { HistorySpan, StaleRecord, OtherHolder, Proof } from './records.ts';

/** The state of one holder of one grant. Instants are in milliseconds on the monotonic clock, 0 where there was none. */
export interface Holder {
  readonly constants: Constants;
  readonly holder: string;
  /** Its earlier names, newest last: those of releases that were too late and began again. */
  readonly former: readonly string[];
  /** Further names for such releases. */
  readonly spare: readonly string[];
  /** The end of the lease, in milliseconds since the epoch. */
  readonly end: number;
  /** By how much its timer fires later than the end of the lease, so that a step's timers do not collide. */
  readonly spread: number;
  readonly progress: Milestone;
  /** True if the request that the runner's state announces may have been sent, and was not answered. */
  readonly unsure: boolean;
  readonly armed: boolean;
  /** True if no other holder had a record when it joined. */
  readonly alone: boolean;
  /** The largest end of all live holds that were listed. */
  readonly latest: number;
  readonly others: readonly OtherHolder[];
  readonly toDisarm: readonly Disarming[];
  /** The proof by the timers of the last list, and the time span in which history has to prove a lease. */
  readonly proof: Proof;
  readonly span: HistorySpan;
  /** Timers to be deleted once absence is verified, others' first. */
  readonly clean: readonly StaleRecord[];
  readonly cleanOwn: readonly StaleRecord[];
  /** Why the join was given up, `null` where it was not: then a release follows. */
  readonly why: GivenUp | null;
  /** The time just before its hold was requested: its limits count from here. */
  readonly askedAt: number;
  /** The time at which its hold existed: its waits count from here. */
  readonly heldAt: number;
  readonly armedAt: number;
  readonly droppedAt: number;
  readonly listedAt: number;
  readonly fireUntil: number;
  readonly sleepUntil: number;
}

/**
 * The reason for giving up a join; `late` can also mean that the time limit of one of its requests passed. `suspect`: access
 * exists, and nothing proves whether it is a lease. `permanent`: another step is making it permanent.
 */
export type GivenUp = GivenUpAnywhere | 'suspect' | 'permanent';

/** The end of a holder's join or release. */
export type HolderOutcome =
  | { readonly kind: 'held' }
  /** The access was there before, and is no lease. */
  | { readonly kind: 'kept' }
  /** Another step was making the access permanent: the join begins again, as another holder. */
  | { readonly kind: 'again' }
  | Released;

/** The end of a release; `gaveUp` is the reason for giving up the join before it. */
export type Released = { readonly kind: 'released'; readonly gaveUp: GivenUp | null } & (
  | { readonly left: 'gone' }
  /** Others hold it: it stays for them. */
  | { readonly left: 'shared' }
  /** Its hold was gone: another step has ended it. */
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

/** The state of a holder that is about to join. */
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

/** The next phase of a join that is given up, or cannot continue. */
export function giveUp(it: Holder, why: GivenUp, { mono }: Moment): Next<Holder> {
  const { flight } = it.constants;
  return { to: 'abandon', memory: { ...it, why, sleepUntil: it.unsure ? mono + flight : 0 } };
}
