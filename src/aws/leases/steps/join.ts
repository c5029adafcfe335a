import { type Moment, pauseThen, saveThen } from '#access/leases/protocol/protocol';
import { isTrouble, putDisabled, whenListed } from './asks.ts';
import { giveUp, type Holder, type HolderGo, type HolderOutcome, type HolderPhases } from './holder.ts';
import { disarmingPhases, timersToDisarm, stillFiring, disarmNext } from './disarming.ts';
import {
  asOther,
  historySpan,
  holdOf,
  isAbandonedPermanentHold,
  isArmedTimer,
  isLiveHold,
  isPermanentHold,
  proofIn,
  timerOf,
  type Row,
} from './records.ts';

const afterKills = 'save-creating';

/** Takes a lease: hold, list, timer, then the access itself. Source of every rule: docs/design/leases.md#join-on-aws. */
export const joinPhases: HolderPhases = {
  join: saveThen('holding', (it, now) => ({ to: 'hold', memory: { ...it, unsure: true, askedAt: now.mono } })),
  hold: {
    ask: (it) => putDisabled(holdOf(it)),
    then: (it, answer, now) => {
      // Refused for good: nothing was begun.
      if (answer.is === 'failed') return { end: { kind: 'released', gaveUp: 'failed', left: 'unproven' }, memory: it };
      if (isTrouble(answer)) return giveUp(it, 'failed', now);
      const { lag } = it.constants;
      return {
        to: 'settle-list',
        memory: { ...it, unsure: false, heldAt: now.mono, sleepUntil: now.mono + lag },
      };
    },
  },
  'settle-list': pauseThen('list'),
  list: {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) => {
      if (answer.is !== 'rows') return giveUp(it, 'failed', now);
      if (answer.rows.some(isPermanentHold)) return awaitPermanent(it, answer.rows, now);
      return { to: 'look', memory: asListed(it, answer.rows, whenListed(answer, now)) };
    },
  },
  look: {
    ask: () => ({ do: 'read', expected: null }),
    then: (it, answer, now) => {
      if (answer.is !== 'yes' && answer.is !== 'no') return giveUp(it, 'failed', now);
      if (answer.is === 'no' || it.proof === 'armed') return { to: 'save-arming', memory: it };
      return { to: it.proof === 'spent' ? 'judge' : 'keep', memory: it };
    },
  },
  judge: {
    ask: (it) => ({ do: 'history', span: it.span }),
    then: (it, answer, now) => (answer.is === 'yes' ? { to: 'save-arming', memory: it } : giveUp(it, 'suspect', now)),
  },
  'save-arming': saveThen('arming', (it) => ({ to: 'arm', memory: { ...it, progress: 'arming', unsure: true } })),
  arm: {
    ask: (it) => ({
      do: 'put',
      record: { name: timerOf(it), enabled: true, firesAt: it.latest + it.spread },
      notAfter: { mono: it.askedAt + it.constants.armMax, date: it.end - it.constants.margin },
    }),
    then: (it, answer, now) => {
      if (answer.is === 'late') return giveUp({ ...it, unsure: false }, 'late', now);
      if (isTrouble(answer)) return giveUp({ ...it, unsure: answer.is !== 'failed' }, 'failed', now);
      const memory: Holder = { ...it, armed: true, unsure: false, armedAt: now.mono };
      if (answer.is !== 'taken') return disarmNext(memory, afterKills);
      return { to: 'fenced', memory: { ...memory, sleepUntil: now.mono + it.constants.lag } };
    },
  },
  // Another step has disabled it: a holder with a later end, whose own timer covers this one while its hold counts, or a
  // permanent assign, whose access may have been revoked since.
  fenced: pauseThen('covered'),
  covered: {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) => {
      if (answer.is !== 'rows') return giveUp(it, 'failed', now);
      const { rows } = answer;
      if (rows.some(isPermanentHold)) return awaitPermanent(it, rows, now);
      const { date } = whenListed(answer, now);
      const counts = rows.some(({ kind, holder }) => kind === 'hold' && holder === it.holder);
      const isCover = (row: Row): boolean => row.end >= it.end && isArmedTimer(row, date, it.constants);
      if (!counts) return { to: 'permanent-over', memory: it };
      // Others may have left the end to the remaining holder: this one.
      return rows.some(isCover) ? disarmNext(it, afterKills) : giveUp(it, 'late', now);
    },
  },
  ...disarmingPhases<Holder, HolderOutcome>({
    next: afterKills,
    failed: (it, now) => giveUp(it, 'failed', now),
    late: (it, now) => (isTooLate(it, now) ? giveUp(it, 'late', now) : null),
  }),
  'save-creating': saveThen('creating', (it) => ({ to: 'create', memory: { ...it, progress: 'creating' } })),
  create: {
    // Always, even where the access was seen: what was seen may be about to be ended.
    ask: (it) => ({
      do: 'create',
      notAfter: { mono: it.askedAt + it.constants.createMax, date: it.end - it.constants.margin },
    }),
    then: (it, answer, now) => {
      const { lookAgain, flight } = it.constants;
      if (answer.is === 'done') return { to: 'created', memory: it };
      if (answer.is === 'late') return giveUp({ ...it, unsure: false }, 'late', now);
      if (answer.is === 'busy') return { to: 'create-again', memory: { ...it, sleepUntil: now.mono + lookAgain } };
      if (answer.is !== 'lost') return giveUp(it, 'failed', now);
      // A second creation changes nothing.
      return { to: 'create-again', memory: { ...it, unsure: true, sleepUntil: now.mono + flight } };
    },
  },
  'create-again': pauseThen('create'),
  created: {
    ask: () => ({ do: 'await', what: 'creation' }),
    then: (it, answer, now) => {
      const { lookAgain } = it.constants;
      if (answer.is === 'done') return { to: 'verify', memory: { ...it, unsure: false } };
      // It has ended FAILED, for a reason that passes.
      if (answer.is === 'busy') return { to: 'create-again', memory: { ...it, sleepUntil: now.mono + lookAgain } };
      return giveUp(it, 'failed', now);
    },
  },
  verify: {
    ask: () => ({ do: 'read', expected: true }),
    then: (it, answer, now) => {
      if (isPastEnd(it, now)) return giveUp(it, 'late', now);
      if (answer.is === 'yes') return { to: isArmingListed(it, now) ? 'save-held' : 'verified', memory: it };
      if (answer.is !== 'no') return giveUp(it, 'failed', now);
      // Another step has ended it meanwhile: wait for deletions that are still under way.
      return { to: 'settle', memory: { ...it, alone: false } };
    },
  },
  // A post step that begins at once deletes its hold: by then a list has to show the timer.
  verified: pauseThen('save-held', ({ armedAt, constants: { lag } }) => armedAt + lag),
  'save-held': saveThen('held', (it) => ({ end: { kind: 'held' }, memory: { ...it, progress: 'held' } })),
  'permanent-pause': pauseThen('permanent-list'),
  'permanent-list': {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) => {
      if (answer.is !== 'rows') return giveUp(it, 'failed', now);
      if (answer.rows.some(isPermanentHold)) return awaitPermanent(it, answer.rows, now);
      return { to: 'permanent-over', memory: it };
    },
  },
  // The permanent assign may have deleted the hold, and created its timer as disabled: a new holder begins.
  'permanent-over': {
    ask: (it) => ({ do: 'drop', name: holdOf(it), notAfter: null }),
    then: (it, answer, now) => (isTrouble(answer) ? giveUp(it, 'failed', now) : { end: { kind: 'again' }, memory: it }),
  },
};

export function isPastEnd({ end, constants: { margin } }: Holder, { date }: Moment): boolean {
  return date >= end - margin;
}

function isArmingListed({ armedAt, constants: { lag } }: Holder, { mono }: Moment): boolean {
  return mono >= armedAt + lag;
}

function isTooLate(it: Holder, now: Moment): boolean {
  return isPastEnd(it, now) || now.mono > it.askedAt + it.constants.createMax;
}

/** Waits until the access is permanent, unless the permanent assign was given up or this holder's time is over. */
export function awaitPermanent(it: Holder, rows: readonly Row[], now: Moment): HolderGo {
  const { lookAgain } = it.constants;
  const young = rows.some((row) => isPermanentHold(row) && !isAbandonedPermanentHold(row, now.date, it.constants));
  if (!young || isTooLate(it, now)) return giveUp(it, 'permanent', now);
  return { to: 'permanent-pause', memory: { ...it, sleepUntil: now.mono + 5 * lookAgain } };
}

/** The state of a joiner after a list. */
export function asListed(it: Holder, rows: readonly Row[], now: Moment): Holder {
  const { constants, holder, end } = it;
  const others = rows.filter((row) => row.holder !== holder);
  const holds = others.filter((row) => isLiveHold(row, now.date, constants));
  return {
    ...it,
    alone: others.length === 0,
    proof: proofIn(others, now.date, constants),
    span: historySpan(rows),
    latest: Math.max(end, ...holds.map((hold) => hold.end)),
    others: holds.map(asOther),
    toDisarm: timersToDisarm(others, end, constants, now.date),
    fireUntil: Math.max(it.fireUntil, ...others.map((row) => stillFiring(row, constants, now))),
  };
}
