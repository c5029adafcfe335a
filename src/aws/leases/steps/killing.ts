import type { Go, Moment, Phases } from '#access/leases/protocol/protocol';
import { isTrouble, type Answer, type Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import { pauseThen } from '#access/leases/protocol/pause';
import { isArmedTimer, isLiveHold, isTimer, timerOf, wasJustDisabled, type RecordName, type Row } from './records.ts';

/** A timer that ends earlier than ours, or may yet be made: it is to be made a dead one. */
export interface Kill {
  readonly name: RecordName;
  /** Whether it is there already: then it is disabled, else made as a dead one. */
  readonly exists: boolean;
  /** From when on it may be firing, in milliseconds since the epoch. */
  readonly firesAt: number;
}

interface Killing {
  readonly constants: Constants;
  readonly kills: readonly Kill[];
  /** Nobody else had a record. */
  readonly alone: boolean;
  /** When its hold was there. */
  readonly heldAt: number;
  /** Until when a timer's call may arrive that was disabled while it was due. */
  readonly fireUntil: number;
  readonly sleepUntil: number;
}

/** Where a protocol goes on when no timer can end the access any more. */
interface KillingWays<Memory, Outcome> {
  readonly next: string;
  readonly failed: (it: Memory, now: Moment) => Go<Memory, Outcome>;
  /** Whether it may wait no longer, and where it goes on then. */
  readonly late: (it: Memory, now: Moment) => Go<Memory, Outcome> | null;
  /** Notes that a timer may be a dead one. */
  readonly noted?: (it: Memory) => Memory;
}

/**
 * Makes the timers dead that could end the access too early, then waits until no deletion can hit it that is on its way.
 * Source: docs/design/leases.md#make-earlier-timers-dead, docs/design/leases.md#wait-until-no-deletion-can-arrive.
 */
export function killingPhases<Memory extends Killing, Outcome>({
  next,
  failed,
  late,
  noted = (it) => it,
}: KillingWays<Memory, Outcome>): Phases<Memory, Ask, Answer, Outcome> {
  const goOn = (it: Memory): Go<Memory, Outcome> => toKill({ ...it, kills: it.kills.slice(1) }, next);
  return {
    'kill-timer': {
      ask: (it) => ({ do: 'disable', name: firstKill(it).name }),
      then: (it, answer, now) => {
        if (answer.is === 'missing') return { to: 'kill-unmade', memory: withFirst(it, false) };
        if (answer.is !== 'done') return failed(noted(it), now);
        return goOn({ ...noted(it), fireUntil: fireUntil(it, firstKill(it), now) });
      },
    },
    'kill-unmade': {
      ask: (it) => {
        const { name } = firstKill(it);
        return { do: 'put', record: { name, enabled: false, firesAt: name.end }, notAfter: null };
      },
      then: (it, answer, now) => {
        if (answer.is === 'taken') return { to: 'kill-timer', memory: withFirst(it, true) };
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

/** Goes to the next timer that is to die, to the waiting, or straight on where nobody else was ever there. */
export function toKill<Memory extends Killing, Outcome>(it: Memory, next: string): Go<Memory, Outcome> {
  const [kill] = it.kills;
  if (kill !== undefined) return { to: kill.exists ? 'kill-timer' : 'kill-unmade', memory: it };
  return { to: it.alone && it.fireUntil === 0 ? next : 'settle', memory: it };
}

/** The timers of others that end before `end`: those that are there, and those that a live holder may yet make. */
export function killsIn(others: readonly Row[], end: number, constants: Constants, date: number): readonly Kill[] {
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
function fireUntil(it: Killing, { firesAt }: Kill, { mono, date }: Moment): number {
  const { margin, fireWait } = it.constants;
  return date >= firesAt - margin ? Math.max(it.fireUntil, mono + fireWait) : it.fireUntil;
}

function firstKill({ kills: [first] }: Killing): Kill {
  if (first === undefined) throw new TypeError('there is no timer to be made a dead one');
  return first;
}

function withFirst<Memory extends Killing>(it: Memory, exists: boolean): Memory {
  return { ...it, kills: [{ ...firstKill(it), exists }, ...it.kills.slice(1)] };
}
