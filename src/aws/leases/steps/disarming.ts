import { type Go, type Moment, pauseThen, type Phases } from '#access/leases/protocol/protocol';
import { isTrouble, type Answer, type Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import { isArmedTimer, isLiveHold, isTimer, timerOf, wasJustDisabled, type RecordName, type Row } from './records.ts';

/** A timer that ends earlier than ours, or may yet be made: it is to be disarmed. */
export interface Disarming {
  readonly name: RecordName;
  /** Whether it is there already: then it is disabled, else made as a disarmed one. */
  readonly exists: boolean;
  /** From when on it may be firing, in milliseconds since the epoch. */
  readonly firesAt: number;
}

interface DisarmingMemory {
  readonly constants: Constants;
  readonly toDisarm: readonly Disarming[];
  /** Nobody else had a record. */
  readonly alone: boolean;
  /** When its hold was there. */
  readonly heldAt: number;
  /** Until when a timer's call may arrive that was disabled while it was due. */
  readonly fireUntil: number;
  readonly sleepUntil: number;
}

/** Where a protocol goes on when no timer can end the access any more. */
interface DisarmingWays<Memory, Outcome> {
  readonly next: string;
  readonly failed: (it: Memory, now: Moment) => Go<Memory, Outcome>;
  /** Whether it may wait no longer, and where it goes on then. */
  readonly late: (it: Memory, now: Moment) => Go<Memory, Outcome> | null;
  /** Notes that a timer may be disarmed. */
  readonly noted?: (it: Memory) => Memory;
}

/**
 * Disarms the timers that could end the access too early, then waits until no deletion can hit it that is on its way.
 * Source: docs/design/leases.md#make-earlier-timers-dead, docs/design/leases.md#wait-until-no-deletion-can-arrive.
 */
export function disarmingPhases<Memory extends DisarmingMemory, Outcome>({
  next,
  failed,
  late,
  noted = (it) => it,
}: DisarmingWays<Memory, Outcome>): Phases<Memory, Ask, Answer, Outcome> {
  const goOn = (it: Memory): Go<Memory, Outcome> => disarmNext({ ...it, toDisarm: it.toDisarm.slice(1) }, next);
  return {
    'disarm-timer': {
      ask: (it) => ({ do: 'disable', name: firstToDisarm(it).name }),
      then: (it, answer, now) => {
        if (answer.is === 'missing') return { to: 'disarm-unmade', memory: withFirst(it, false) };
        if (answer.is !== 'done') return failed(noted(it), now);
        return goOn({ ...noted(it), fireUntil: fireUntil(it, firstToDisarm(it), now) });
      },
    },
    'disarm-unmade': {
      ask: (it) => {
        const { name } = firstToDisarm(it);
        return { do: 'put', record: { name, enabled: false, firesAt: name.end }, notAfter: null };
      },
      then: (it, answer, now) => {
        if (answer.is === 'taken') return { to: 'disarm-timer', memory: withFirst(it, true) };
        return isTrouble(answer) ? failed(noted(it), now) : goOn(noted(it));
      },
    },
    settle: {
      ask: (it) => ({ do: 'sleep', until: Math.max(it.heldAt + it.constants.settle, it.fireUntil) }),
      then: (it) => ({ to: 'deletions', memory: it }),
    },
    deletions: {
      ask: () => ({ do: 'deletions' }),
      then: (it, answer, now) => {
        if (answer.is === 'no') return { to: next, memory: it };
        if (answer.is !== 'yes') return failed(it, now);
        const { lookAgain } = it.constants;
        return late(it, now) ?? { to: 'look-again', memory: { ...it, sleepUntil: now.mono + lookAgain } };
      },
    },
    'look-again': pauseThen('deletions'),
  };
}

/** Goes to the next timer to disarm, to the waiting, or straight on where nobody else was ever there. */
export function disarmNext<Memory extends DisarmingMemory, Outcome>(it: Memory, next: string): Go<Memory, Outcome> {
  const [timer] = it.toDisarm;
  if (timer !== undefined) return { to: timer.exists ? 'disarm-timer' : 'disarm-unmade', memory: it };
  return { to: it.alone && it.fireUntil === 0 ? next : 'settle', memory: it };
}

/** The timers of others that end before `end`: those that are there, and those that a live holder may yet make. */
export function timersToDisarm(
  others: readonly Row[],
  end: number,
  constants: Constants,
  date: number,
): readonly Disarming[] {
  const earlier = others.filter((row) => row.end < end);
  const armed = earlier.filter((row) => isArmedTimer(row, date, constants));
  const unmade = earlier.filter(
    (hold) => isLiveHold(hold, date, constants) && !others.some((row) => isTimer(row) && row.holder === hold.holder),
  );
  return [
    ...armed.map((row) => ({ name: timerOf(row), exists: true, firesAt: row.firesAt ?? row.end })),
    ...unmade.map((row) => ({ name: timerOf(row), exists: false, firesAt: row.end })),
  ];
}

/** Until when the call of a timer may arrive that somebody else has disabled while it was due; 0 for none. */
export function stillFiring(row: Row, constants: Constants, { mono, date }: Moment): number {
  return wasJustDisabled(row, date, constants) ? mono + constants.fireWait - (date - row.modified) : 0;
}

/** The same of a timer that was disabled by us just now. */
function fireUntil(it: DisarmingMemory, { firesAt }: Disarming, { mono, date }: Moment): number {
  const { margin, fireWait } = it.constants;
  return date >= firesAt - margin ? Math.max(it.fireUntil, mono + fireWait) : it.fireUntil;
}

function firstToDisarm({ toDisarm: [first] }: DisarmingMemory): Disarming {
  if (first === undefined) throw new TypeError('there is no timer to be made a dead one');
  return first;
}

function withFirst<Memory extends DisarmingMemory>(it: Memory, exists: boolean): Memory {
  return { ...it, toDisarm: [{ ...firstToDisarm(it), exists }, ...it.toDisarm.slice(1)] };
}
