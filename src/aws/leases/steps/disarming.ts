import { type Go, type Moment, pauseThen, type Phases } from '#access/leases/protocol/protocol';
import { isTrouble, putDisabled, type Answer, type Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import { isArmedTimer, isLiveHold, isTimer, timerOf, wasJustDisabled, type RecordName, type Row } from './records.ts';

/** A timer that ends earlier than this holder's, or that may still be created: it is to be disabled. */
export interface Disarming {
  readonly name: RecordName;
  /** True if it exists already: then it is disabled, else it is created as disabled. */
  readonly exists: boolean;
  /** The time from which it may be firing, in milliseconds since the epoch. */
  readonly firesAt: number;
}

interface DisarmingMemory {
  readonly constants: Constants;
  readonly toDisarm: readonly Disarming[];
  /** True if no other holder had a record. */
  readonly alone: boolean;
  /** The time at which its hold existed. */
  readonly heldAt: number;
  /** The time until which the call of a timer that was disabled while due may arrive. */
  readonly fireUntil: number;
  readonly sleepUntil: number;
}

/** The next phases of a protocol after no timer can end the access any more. */
interface DisarmingWays<Memory, Outcome> {
  readonly next: string;
  readonly failed: (it: Memory, now: Moment) => Go<Memory, Outcome>;
  /** The next phase if it must not wait any longer, else `null`. */
  readonly late: (it: Memory, now: Moment) => Go<Memory, Outcome> | null;
  /** Notes that a timer may be disarmed. */
  readonly noted?: (it: Memory) => Memory;
}

/**
 * Disables the timers that could end the access too early, then waits until no deletion under way can end it.
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
      ask: (it) => putDisabled(firstToDisarm(it).name),
      then: (it, answer, now) => {
        if (answer.is === 'taken') return { to: 'disarm-timer', memory: withFirst(it, true) };
        return isTrouble(answer) ? failed(noted(it), now) : goOn(noted(it));
      },
    },
    settle: pauseThen('deletions', (it) => Math.max(it.heldAt + it.constants.settle, it.fireUntil)),
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

/** Goes to the next timer to disable, to the wait, or straight on if no other holder was ever there. */
export function disarmNext<Memory extends DisarmingMemory, Outcome>(it: Memory, next: string): Go<Memory, Outcome> {
  const [timer] = it.toDisarm;
  if (timer !== undefined) return { to: timer.exists ? 'disarm-timer' : 'disarm-unmade', memory: it };
  return { to: it.alone && it.fireUntil === 0 ? next : 'settle', memory: it };
}

/** The timers of others that end before `end`: existing ones, and those that a live holder may still create. */
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

/** The time until which the call of a timer may arrive that another step has disabled while due; 0 for none. */
export function stillFiring(row: Row, constants: Constants, { mono, date }: Moment): number {
  return wasJustDisabled(row, date, constants) ? mono + constants.fireWait - (date - row.modified) : 0;
}

/** The same for a timer that this step has just disabled. */
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
