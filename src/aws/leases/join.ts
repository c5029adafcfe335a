import type { Moment } from '../../access/leases/protocol.ts';
import { whenListed, type Answer } from './asks.ts';
import { abandoned, type GivenUp, type Holder, type HolderGo, type HolderPhases, type Kill } from './holder.ts';
import {
  historySpan,
  isEnabledTimer,
  isLiveHold,
  isPermanentHold,
  isTimer,
  phaseOf,
  proofIn,
  wasJustDisabled,
  type RecordName,
  type Row,
} from './records.ts';

/** Takes a lease: hold, list, timer, then the access itself. Source of every rule: the lease protocol's 4.1. */
export const joinPhases: HolderPhases = {
  join: {
    ask: (it) => ({ do: 'save', progress: 'holding', holder: it.holder, end: it.end }),
    then: (it, _, now) => ({ to: 'hold', memory: { ...it, unsure: true, askedAt: now.mono } }),
  },
  hold: {
    ask: (it) => ({ do: 'put', record: { name: ownHold(it), enabled: false, firesAt: it.end }, notAfter: null }),
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
  'settle-list': {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it) => ({ to: 'list', memory: it }),
  },
  list: {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) => {
      if (answer.is !== 'rows') return giveUp(it, 'failed', now);
      if (permanentHolds(answer.rows).length > 0) return awaitPermanent(it, answer.rows, now);
      return { to: 'look', memory: asListed(it, answer.rows, whenListed(answer, now)) };
    },
  },
  look: {
    ask: () => ({ do: 'read', expected: null }),
    then: (it, answer, now) => {
      if (answer.is !== 'yes' && answer.is !== 'no') return giveUp(it, 'failed', now);
      if (answer.is === 'no' || it.proof === 'armed') return { to: 'save-arming', memory: it };
      return { to: it.proof === 'spent' ? 'judge' : 'keep', memory: { ...it, keepSince: now.mono } };
    },
  },
  judge: {
    ask: (it) => ({ do: 'history', span: it.span }),
    then: (it, answer, now) => (answer.is === 'yes' ? { to: 'save-arming', memory: it } : giveUp(it, 'suspect', now)),
  },
  'save-arming': {
    ask: (it) => ({ do: 'save', progress: 'arming', holder: it.holder, end: it.end }),
    then: (it) => ({ to: 'arm', memory: { ...it, progress: 'arming', unsure: true } }),
  },
  arm: {
    ask: (it) => ({
      do: 'put',
      record: { name: ownTimer(it), enabled: true, firesAt: it.latest + it.spread },
      notAfter: { mono: it.askedAt + it.constants.armMax, date: it.end - it.constants.margin },
    }),
    then: (it, answer, now) => {
      if (answer.is === 'late') return giveUp({ ...it, unsure: false }, 'late', now);
      if (isTrouble(answer)) return giveUp({ ...it, unsure: answer.is !== 'failed' }, 'failed', now);
      // Taken: a holder with a later end has made it a dead one, and its own timer covers us.
      return { to: nextKill(it), memory: { ...it, armed: true, unsure: false, armedAt: now.mono } };
    },
  },
  'kill-timer': {
    ask: (it) => ({ do: 'disable', name: firstKill(it).name }),
    then: (it, answer, now) => {
      if (answer.is === 'missing') return { to: 'kill-unmade', memory: withFirst(it, { exists: false }) };
      if (answer.is !== 'done') return giveUp(it, 'failed', now);
      const memory = { ...killed(it), fireUntil: fireUntil(it, firstKill(it), now) };
      return { to: nextKill(memory), memory };
    },
  },
  'kill-unmade': {
    ask: (it) => {
      const { name } = firstKill(it);
      return { do: 'put', record: { name, enabled: false, firesAt: name.end }, notAfter: null };
    },
    then: (it, answer, now) => {
      if (answer.is === 'taken') return { to: 'kill-timer', memory: withFirst(it, { exists: true }) };
      if (isTrouble(answer)) return giveUp(it, 'failed', now);
      const memory = killed(it);
      return { to: nextKill(memory), memory };
    },
  },
  settle: {
    ask: (it) => ({ do: 'sleep', until: Math.max(it.heldAt + it.constants.settle, it.fireUntil) }),
    then: (it) => ({ to: 'deletions', memory: it }),
  },
  deletions: {
    ask: () => ({ do: 'deletions' }),
    then: (it, answer, now) => {
      if (answer.is === 'no') return { to: 'save-creating', memory: it };
      if (answer.is !== 'yes') return giveUp(it, 'failed', now);
      if (isTooLate(it, now)) return giveUp(it, 'late', now);
      return { to: 'look-again', memory: { ...it, sleepUntil: now.mono + it.constants.lookAgain } };
    },
  },
  'look-again': {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it) => ({ to: 'deletions', memory: it }),
  },
  'save-creating': {
    ask: (it) => ({ do: 'save', progress: 'creating', holder: it.holder, end: it.end }),
    then: (it) => ({ to: 'create', memory: { ...it, progress: 'creating' } }),
  },
  create: {
    // Always, even where the access was seen: what was seen may be about to be ended.
    ask: (it) => ({
      do: 'create',
      notAfter: { mono: it.askedAt + it.constants.createMax, date: it.end - it.constants.margin },
    }),
    then: (it, answer, now) => {
      const { lookAgain, flight } = it.constants;
      if (answer.is === 'done') return { to: 'created', memory: { ...it, creating: true } };
      if (answer.is === 'late') return giveUp({ ...it, unsure: false }, 'late', now);
      if (answer.is === 'busy') return { to: 'create-again', memory: { ...it, sleepUntil: now.mono + lookAgain } };
      if (answer.is !== 'lost') return giveUp(it, 'failed', now);
      // It changes nothing if it is carried out twice.
      return { to: 'create-again', memory: { ...it, unsure: true, sleepUntil: now.mono + flight } };
    },
  },
  'create-again': {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it) => ({ to: 'create', memory: it }),
  },
  created: {
    ask: () => ({ do: 'await', what: 'creation' }),
    then: (it, answer, now) => {
      const { lookAgain } = it.constants;
      if (answer.is === 'done') return { to: 'verify', memory: { ...it, creating: false, unsure: false } };
      // It has ended FAILED, for a reason that passes.
      if (answer.is === 'busy')
        return { to: 'create-again', memory: { ...it, creating: false, sleepUntil: now.mono + lookAgain } };
      return giveUp({ ...it, creating: answer.is !== 'failed' }, 'failed', now);
    },
  },
  verify: {
    ask: () => ({ do: 'read', expected: true }),
    then: (it, answer, now) => {
      if (isPastEnd(it, now)) return giveUp(it, 'late', now);
      if (answer.is === 'yes') return { to: 'save-held', memory: it };
      if (answer.is !== 'no') return giveUp(it, 'failed', now);
      // Somebody has ended it meanwhile: what may still come is waited for.
      return { to: 'settle', memory: { ...it, alone: false } };
    },
  },
  'save-held': {
    ask: (it) => ({ do: 'save', progress: 'held', holder: it.holder, end: it.end }),
    then: (it) => ({ end: { kind: 'held' }, memory: { ...it, progress: 'held' } }),
  },
  'permanent-pause': {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it) => ({ to: 'permanent-list', memory: it }),
  },
  'permanent-list': {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) => {
      if (answer.is !== 'rows') return giveUp(it, 'failed', now);
      if (permanentHolds(answer.rows).length > 0) return awaitPermanent(it, answer.rows, now);
      return { to: 'permanent-over', memory: it };
    },
  },
  // The one that made it permanent may have deleted the hold, and made its timer's name a dead one: a new holder begins.
  'permanent-over': {
    ask: (it) => ({ do: 'drop', name: ownHold(it), notAfter: null }),
    then: (it, answer, now) => (isTrouble(answer) ? giveUp(it, 'failed', now) : { end: { kind: 'again' }, memory: it }),
  },
};

export function ownHold({ holder, end }: Holder): RecordName {
  return { kind: 'hold', end, holder };
}

export function ownTimer({ holder, end }: Holder): RecordName {
  return { kind: 'timer', end, holder };
}

/** Whether a request has come to nothing, or nobody knows. */
export function isTrouble({ is }: Answer): boolean {
  return is === 'failed' || is === 'lost' || is === 'late';
}

export function isPastEnd({ end, constants: { margin } }: Holder, { date }: Moment): boolean {
  return date >= end - margin;
}

function isTooLate(it: Holder, now: Moment): boolean {
  return isPastEnd(it, now) || now.mono > it.askedAt + it.constants.createMax;
}

export function giveUp(it: Holder, why: GivenUp, { mono }: Moment): HolderGo {
  const { phase, memory } = abandoned(it, why, mono);
  return { to: phase, memory };
}

/** Holds that somebody makes who makes the access permanent. */
function permanentHolds(rows: readonly Row[]): readonly Row[] {
  return rows.filter(isPermanentHold);
}

/** Waits until the access is permanent, unless whoever makes it so has given up or our own time is over. */
export function awaitPermanent(it: Holder, rows: readonly Row[], now: Moment): HolderGo {
  const { sweepAge, lookAgain } = it.constants;
  const young = permanentHolds(rows).some(({ created }) => now.date < created + sweepAge);
  if (!young || isTooLate(it, now)) return giveUp(it, 'permanent', now);
  return { to: 'permanent-pause', memory: { ...it, sleepUntil: now.mono + 5 * lookAgain } };
}

/** What a list tells a joiner. */
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
    others: holds.map((hold) => ({ holder: hold.holder, end: hold.end })),
    kills: killsIn(others, it, now),
    fireUntil: Math.max(it.fireUntil, ...others.map((row) => stillFiring(row, it, now))),
  };
}

/** The timers of holders that end before us: those that are there, and those that a live holder may yet make. */
function killsIn(others: readonly Row[], { end, constants }: Holder, { date }: Moment): readonly Kill[] {
  const earlier = others.filter((row) => row.end < end);
  const armed = earlier.filter((row) => isEnabledTimer(row) && phaseOf(row, date, constants) !== 'spent');
  const unmade = earlier.filter(
    (hold) => isLiveHold(hold, date, constants) && !others.some((row) => isTimer(row) && row.holder === hold.holder),
  );
  return [
    ...armed.map((row) => ({ name: timerOf(row), exists: true, firesAt: row.firesAt ?? row.end })),
    ...unmade.map((row) => ({ name: timerOf(row), exists: false, firesAt: row.end })),
  ];
}

export function timerOf({ end, holder }: RecordName): RecordName {
  return { kind: 'timer', end, holder };
}

/** Until when the call of a timer may arrive that somebody else has disabled while it was due; 0 for none. */
export function stillFiring(row: Row, { constants }: Pick<Holder, 'constants'>, { mono, date }: Moment): number {
  return wasJustDisabled(row, date, constants) ? mono + constants.fireWait - (date - row.modified) : 0;
}

/** The same of a timer that was disabled by us just now. */
export function fireUntil(
  it: Pick<Holder, 'constants' | 'fireUntil'>,
  { firesAt }: Kill,
  { mono, date }: Moment,
): number {
  const { margin, fireWait } = it.constants;
  return date >= firesAt - margin ? Math.max(it.fireUntil, mono + fireWait) : it.fireUntil;
}

function nextKill({ kills, alone, fireUntil }: Holder): string {
  const [first] = kills;
  if (first !== undefined) return first.exists ? 'kill-timer' : 'kill-unmade';
  return alone && fireUntil === 0 ? 'save-creating' : 'settle';
}

function firstKill({ kills: [first] }: Holder): Kill {
  if (first === undefined) throw new TypeError('there is no timer to be made a dead one');
  return first;
}

function withFirst(it: Holder, change: Partial<Kill>): Holder {
  const [, ...rest] = it.kills;
  return { ...it, kills: [{ ...firstKill(it), ...change }, ...rest] };
}

function killed(it: Holder): Holder {
  return { ...it, kills: it.kills.slice(1) };
}
