import { naming, type NamedWorld } from './named-world.ts';
import { anyPause, type Options } from './options.ts';
import type { Durations } from './scale.ts';
import { inOrder, world } from './worlds.ts';

/** Lists that lag by a tick: a leaving holder waits for them before it deletes, and has a tick for that. */
export const lagging: Partial<Durations> = {
  lag: 1,
  armMax: 2,
  createMax: 3,
  sendWithin: 1,
  settle: 2,
  sweepAge: 5,
};

/** The same, and reads of the assignment can show the earlier state for a tick. */
export const laggingReads: Partial<Durations> = { ...lagging, readLag: 1 };

/** A firing's call can be on its way for longer than a join waits for deletions. */
export const twoTicks: Partial<Durations> = { fireWait: 2, callCarry: 1, createMax: 3, sweepAge: 5 };

/** Requests with a time limit are on their way for up to a tick, with all possible events meanwhile. */
const slow: Partial<Durations> = { carry: 1, flight: 2, settle: 2 };

const { short, long } = naming(world);

/** No party pauses, except while a request takes its time: the worlds with many other faults. */
const brisk = { pause: 0 };

/** Permanent access; with a holder that can pause it is made permanent and revoked, and another lease begins. */
export const meanwhile: Options = inOrder([0, 2, 3, 1], {
  permanent: true,
  ends: [3, 3],
  others: ['permanent', 'revoke'],
  names: 2,
  inTurn: 1,
  faults: { ...brisk, pause: 1 },
});

/** The same without a permanent assign: the pausing holder can continue past its own end. */
export const overdue: Options = inOrder([0, 2, 1], {
  permanent: true,
  others: ['revoke'],
  inTurn: 1,
  faults: { ...brisk, pause: 1 },
});

export const worlds: readonly NamedWorld<Options>[] = [
  short('one holder, everything goes wrong', {
    ends: [1],
    faults: { crash: 2, cancel: 1, lost: 1, stall: 1, refuse: 1, fail: 1, twice: 1 },
    postAnyway: true,
  }),
  short('two holders', {}),
  short('two holders: crash', { faults: { ...brisk, crash: 1 } }),
  short('two holders, close ends: crash', { ends: [1, 2], faults: { ...brisk, crash: 1 } }),
  short('two holders, equal ends: crash', { ends: [1, 1], faults: { ...brisk, crash: 1 } }),
  short('two holders: cancellation', { faults: { ...brisk, cancel: 1 }, postAnyway: true }),
  short('two holders: lost answer', { faults: { ...brisk, lost: 1 } }),
  short('two holders: an answer is seen late', { faults: { ...brisk, stall: 1 } }),
  short('two holders: an operation FAILED', { faults: { ...brisk, fail: 1 } }),
  short('two holders: a firing twice', { faults: { ...brisk, twice: 1 } }),
  short('two holders: firings refused', { faults: { ...brisk, refuse: 2 } }),
  short('two holders: Create is accepted during a deletion', { faults: brisk, accepting: true }),
  short('two holders: lagging lists', { durations: lagging, faults: brisk }),
  short('two holders: lagging lists and reads', { durations: laggingReads, faults: { pause: 1 } }),
  short('two holders: slow requests', { durations: slow, faults: brisk }),
  short('one holder: releases begun again', { ends: [1], renewals: 2, faults: { crash: 1, cancel: 1 } }),
  short('two holders, permanent access: crash, cancellation', {
    permanent: true,
    faults: { ...brisk, crash: 1, cancel: 1 },
  }),
  short('one holder and sweep: crash, zombie, firings refused, by hand', {
    ends: [1],
    others: ['sweep'],
    faults: { crash: 1, refuse: 2, hand: 1, zombie: 1 },
  }),
  short('two holders and sweep', { others: ['sweep'], ends: [1, 2], faults: brisk }),
  short('one holder and a permanent assign: crash', {
    ends: [1],
    others: ['permanent'],
    names: 2,
    faults: { ...brisk, crash: 1 },
  }),
  short('one holder and a revocation: crash', { ends: [1], others: ['revoke'], faults: { ...brisk, crash: 1 } }),
  short('one holder and sweep: operations FAILED', {
    ends: [1],
    others: ['sweep'],
    faults: { ...brisk, crash: 1, fail: 2 },
  }),
  short('one holder and a permanent assign: operations FAILED', {
    ends: [1],
    others: ['permanent'],
    names: 2,
    faults: { ...brisk, fail: 2 },
  }),
  short('one holder and a revocation: operations FAILED', {
    ends: [1],
    others: ['revoke'],
    faults: { ...brisk, fail: 2 },
  }),

  long('two holders: releases begun again', { renewals: 1, faults: { pause: 2 } }),
  long('two holders, equal ends: crash, cancellation', { ends: [1, 1], faults: { ...brisk, crash: 1, cancel: 1 } }),
  long('two holders and sweep: zombie', { others: ['sweep'], ends: [1, 2], faults: { ...brisk, zombie: 1 } }),
  long('one holder and a permanent assign: crash, any pauses', {
    ends: [1],
    others: ['permanent'],
    names: 2,
    faults: { crash: 1 },
  }),
  long('one holder and a revocation: crash, any pauses', { ends: [1], others: ['revoke'], faults: { crash: 1 } }),
  long('two holders: crash, any pauses', { faults: { crash: 1 } }),
  long('two holders, close ends: crash, any pauses', { ends: [1, 2], faults: { crash: 1 } }),
  long('two holders, equal ends: crash, any pauses', { ends: [1, 1], faults: { crash: 1 } }),
  long('two holders: crash, cancellation, any pauses', { faults: { crash: 1, cancel: 1 } }),
  long('two holders: 2 crashes, 2 cancellations', { faults: { ...brisk, crash: 2, cancel: 2 } }),
  long('two holders: a crash, an answer seen late, a pause', { faults: { pause: 1, crash: 1, stall: 1 } }),
  long('two holders: FIREWAIT of two ticks, crash', {
    durations: twoTicks,
    faults: { pause: 1, crash: 1 },
  }),
  long('two holders: slow requests, crash', { durations: slow, faults: { pause: 1, crash: 1 } }),
  long('two holders: lagging lists, crash', { durations: lagging, faults: { pause: 1, crash: 1 } }),
  long('two holders: lagging lists, firings refused', {
    durations: lagging,
    faults: { ...brisk, refuse: 2, crash: 1 },
  }),
  long('two holders: firings refused, crash', { faults: { pause: 1, crash: 1, refuse: 2 } }),
  long('two holders and sweep: zombie, a pause', { others: ['sweep'], faults: { pause: 1, zombie: 1 } }),
  long('two holders and sweep: crash, firings refused, by hand', {
    others: ['sweep'],
    faults: { ...brisk, crash: 1, refuse: 2, hand: 1 },
  }),
  long('two holders and two sweeps: crash', { others: ['sweep', 'sweep'], faults: { ...brisk, crash: 1 } }),
  long('three holders', { ends: [1, 2, 3], faults: brisk }),
  long('three holders, two equal ends', { ends: [1, 1, 2], faults: brisk }),
  long('three holders: crash', { ends: [1, 2, 3], faults: { ...brisk, crash: 1 } }),
  long('three holders in turn: FIREWAIT of two ticks, cancellation', {
    ends: [1, 2, 3],
    durations: twoTicks,
    inTurn: 0,
    faults: { ...brisk, cancel: 1 },
  }),
  long('three holders in turn: crash, cancellation', {
    ends: [1, 2, 3],
    inTurn: 0,
    faults: { ...brisk, crash: 1, cancel: 1 },
  }),
  long('two holders: lagging lists and reads, crash', { durations: laggingReads, faults: { pause: 1, crash: 1 } }),
  long('two holders: lagging lists and reads, cancellation', {
    durations: laggingReads,
    faults: { pause: 1, cancel: 1 },
  }),
  long('two holders and sweep: lagging lists and reads', {
    durations: laggingReads,
    others: ['sweep'],
    ends: [1, 2],
    faults: { pause: 1, crash: 1 },
  }),
  long('one holder and a permanent assign: lagging lists and reads', {
    ends: [1],
    durations: laggingReads,
    others: ['permanent'],
    names: 2,
    faults: { pause: 1, crash: 1 },
  }),
  long('one holder and a revocation: lagging lists and reads', {
    ends: [1],
    durations: laggingReads,
    others: ['revoke'],
    faults: { pause: 1, crash: 1 },
  }),
  long('two holders and a permanent assign: firings refused', {
    ends: [1, 5],
    others: ['permanent'],
    names: 2,
    faults: { ...brisk, refuse: 2 },
  }),
  long('two holders and a permanent assign', { others: ['permanent'], names: 2, faults: brisk }),
  long('two holders and a permanent assign: crash', {
    others: ['permanent'],
    names: 2,
    faults: { ...brisk, crash: 1 },
  }),
  long('one holder and two permanent assigns: crash', {
    ends: [1],
    others: ['permanent', 'permanent'],
    names: 2,
    faults: { pause: anyPause, crash: 1 },
  }),
  long('one holder, a permanent assign and sweep: crash', {
    ends: [1],
    others: ['permanent', 'sweep'],
    names: 2,
    faults: { pause: 1, crash: 1 },
  }),
  long('one holder, a permanent assign and a revocation', {
    ends: [1],
    others: ['permanent', 'revoke'],
    names: 2,
    faults: { pause: 1, crash: 1 },
  }),
  {
    name: 'a holder; a permanent assign, a revocation and another holder in turn: a pause',
    options: meanwhile,
    isLong: true,
  },
  { name: 'a holder; a revocation and another holder in turn: a pause', options: overdue, isLong: true },
  long('two holders and a revocation: crash', { others: ['revoke'], faults: { ...brisk, crash: 1 } }),
  long('one holder and two revocations: crash', { ends: [1], others: ['revoke', 'revoke'], faults: { crash: 1 } }),
];
