import { type Moment, pauseThen } from '#access/leases/protocol/protocol';
import { dropFirst, isTrouble, putDisabled, whenListed, type Listed } from './asks.ts';
import { endingPhases } from './ending.ts';
import type { Holder, HolderGo, HolderOutcome, HolderPhases, Released } from './holder.ts';
import { isPastEnd } from './join.ts';
import { stillFiring } from './disarming.ts';
import {
  asOther,
  historySpan,
  holdOf,
  isEnabledTimer,
  isLiveHold,
  staleRecordOf,
  phaseOf,
  proofIn,
  timerOf,
  type StaleRecord,
  type Row,
} from './records.ts';

/**
 * Releases a lease: deletes the own hold, lists, and the last holder ends the access. Source:
 * docs/design/leases.md#release-on-aws.
 */
export const releasePhases: HolderPhases = {
  release: {
    // A list shows what was armed before the hold is gone.
    ask: (it) => ({ do: 'sleep', until: it.armedAt === 0 ? 0 : it.armedAt + it.constants.lag }),
    then: (it, _, now) => ({ to: 'drop', memory: { ...it, droppedAt: now.mono } }),
  },
  drop: {
    ask: (it) => ({ do: 'drop', name: holdOf(it), notAfter: null }),
    then: (it, answer, now) => {
      // If the hold was never created, only its trace is to be deleted.
      if (answer.is === 'missing')
        return it.progress === 'holding' ? { to: 'drop-dead', memory: it } : left(it, { left: 'ended' });
      if (isTrouble(answer)) return left(it, { left: 'to-timer', because: 'failed' });
      return { to: 'dropped', memory: { ...it, sleepUntil: now.mono + it.constants.lag } };
    },
  },
  dropped: pauseThen('last'),
  last: {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) =>
      answer.is === 'rows' ? amongOthers(it, answer, now) : left(it, { left: 'to-timer', because: 'failed' }),
  },
  'last-judge': {
    ask: (it) => ({ do: 'history', span: it.span }),
    then: (it, answer) => (answer.is === 'yes' ? { to: 'last-look', memory: it } : dropTrace(it)),
  },
  'drop-dead': {
    ask: (it) => ({ do: 'drop', name: timerOf(it), notAfter: null }),
    then: (it) => left(it, { left: 'unproven' }),
  },
  'last-look': {
    ask: () => ({ do: 'read', expected: null }),
    then: (it, answer) => {
      if (answer.is === 'no') return { to: 'last-creation', memory: it };
      if (answer.is !== 'yes') return left(it, { left: 'to-timer', because: 'failed' });
      return { to: 'delete', memory: it };
    },
  },
  // Another step may have died while its creation was running, and only the timers end the access that it creates. A read
  // need not show access that was just created: the answer to the deletion says whether there was any.
  'last-creation': {
    ask: () => ({ do: 'await', what: 'creation' }),
    then: (it, answer) =>
      isTrouble(answer) && answer.is !== 'failed'
        ? left(it, { left: 'to-timer', because: 'failed' })
        : { to: 'delete', memory: it },
  },
  ...endingPhases<Holder, HolderOutcome>({
    since: (it) => it.droppedAt,
    late: renew,
    failed: (it) => left(it, { left: 'to-timer', because: 'failed' }),
  }),
  absent: {
    ask: () => ({ do: 'read', expected: false }),
    then: (it, answer, now) =>
      answer.is === 'no' ? clean(it, now) : left(it, { left: 'to-timer', because: 'failed' }),
  },
  // Another step may be between its list and its deletion, and its timer is its only trace.
  'clean-wait': pauseThen('clean', ({ listedAt, constants: { settle } }) => listedAt + settle),
  clean: {
    ask: (it) => dropFirst(it.clean),
    then: (it) => nextClean({ ...it, clean: it.clean.slice(1) }),
  },
  'clean-own': {
    ask: (it) => dropFirst(it.cleanOwn),
    then: (it) => nextClean({ ...it, cleanOwn: it.cleanOwn.slice(1) }),
  },
  'renew-hold': {
    ask: (it) => putDisabled(holdOf(it)),
    then: (it, answer) =>
      isTrouble(answer) ? left(it, { left: 'to-timer', because: 'late' }) : { to: 'renew-timer', memory: it },
  },
  'renew-timer': {
    ask: (it) => putDisabled(timerOf(it)),
    then: (it, answer, now) =>
      isTrouble(answer)
        ? left(it, { left: 'to-timer', because: 'late' })
        : { to: 'release', memory: { ...it, armedAt: now.mono } },
  },
};

type Left = Released extends infer R ? (R extends Released ? Omit<R, 'kind' | 'gaveUp'> : never) : never;

function left(it: Holder, how: Left): HolderGo {
  return { end: { kind: 'released', gaveUp: it.why, ...how } as Released, memory: it };
}

/**
 * The next phase once the own hold is gone: only the last holder ends the access, and only if it is proven to be a
 * lease.
 */
function amongOthers(it: Holder, listed: Listed, now: Moment): HolderGo {
  const { constants } = it;
  const { rows } = listed;
  const then = whenListed(listed, now);
  const names = [it.holder, ...it.former];
  const others = rows.filter((row) => isLiveHold(row, then.date, constants) && !names.includes(row.holder));
  const memory: Holder = { ...it, others: others.map(asOther), span: historySpan(rows), listedAt: now.mono };
  if (others.length > 0) return left(memory, { left: 'shared' });
  if (!rows.some(({ kind, holder }) => kind === 'timer' && holder === it.holder))
    return left(memory, { left: 'unproven' });
  const proof = proofIn(rows, then.date, constants);
  const timers = rows.filter((row) => row.kind === 'timer' && !row.foreign && mayClean(row, it, then));
  const isOwn = ({ holder }: Row): boolean => names.includes(holder);
  const asStale = (row: Row): StaleRecord => staleRecordOf(row, then.date, constants);
  const cleaning = {
    ...memory,
    clean: timers.filter((row) => !isOwn(row)).map(asStale),
    cleanOwn: timers.filter(isOwn).map(asStale),
  };
  if (proof === 'none') return dropTrace(cleaning);
  if (isNearEnd(cleaning, now)) return left(cleaning, { left: 'to-timer', because: 'near-end' });
  return { to: proof === 'spent' ? 'last-judge' : 'last-look', memory: cleaning };
}

/** Deletes its own disabled timer, unless the timer has to show others that a call may be under way. */
function dropTrace(it: Holder): HolderGo {
  const isStale = it.cleanOwn.some(({ name }) => name.holder === it.holder);
  return isStale ? { to: 'drop-dead', memory: it } : left(it, { left: 'unproven' });
}

/** True if a deletion that is sent now could arrive after the lease's own timer has fired and another lease has begun. */
function isNearEnd(it: Holder, now: Moment): boolean {
  const { sendWithin, flight } = it.constants;
  return isPastEnd(it, { ...now, date: now.date + sendWithin + flight });
}

/**
 * True for a timer that may be deleted: one that is due is at work, and one that was just disabled shows others that
 * they have to wait.
 */
function mayClean(row: Row, it: Holder, now: Moment): boolean {
  if (isEnabledTimer(row)) return phaseOf(row, now.date, it.constants) !== 'due';
  return stillFiring(row, it.constants, now) === 0;
}

function clean(it: Holder, now: Moment): HolderGo {
  const { settle } = it.constants;
  if (it.clean.length > 0 && now.mono < it.listedAt + settle) return { to: 'clean-wait', memory: it };
  return nextClean(it);
}

function nextClean(it: Holder): HolderGo {
  if (it.clean.length > 0) return { to: 'clean', memory: it };
  if (it.cleanOwn.length > 0) return { to: 'clean-own', memory: it };
  return left(it, { left: 'gone' });
}

/** Too late for this hold: as a new holder, which others see before it drops its hold, it tries once more. */
function renew(it: Holder): HolderGo {
  const [next, ...spare] = it.spare;
  if (next === undefined) return left(it, { left: 'to-timer', because: 'late' });
  return { to: 'renew-hold', memory: { ...it, holder: next, former: [...it.former, it.holder], spare } };
}
