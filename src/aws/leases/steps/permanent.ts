import {
  createProtocol,
  type Go,
  type Moment,
  pauseThen,
  type Phases,
  type Protocol,
} from '#access/leases/protocol/protocol';
import { isTrouble, putDisabled, whenListed, type Answer, type Ask } from './asks.ts';
import { never, type Constants } from './constants.ts';
import { disarmingPhases, timersToDisarm, stillFiring, disarmNext, type Disarming } from './disarming.ts';
import {
  asOther,
  holdOf,
  isLiveLease,
  isPermanentHold,
  isSpentTimer,
  nameOf,
  type OtherHolder,
  type RecordName,
  type Row,
} from './records.ts';

/** The state of a permanent assign of one grant. Instants are in milliseconds on the monotonic clock. */
export interface Permanent {
  readonly constants: Constants;
  readonly holder: string;
  readonly alone: boolean;
  /** True once a timer was disabled: from then on it must not give up its hold. */
  readonly committed: boolean;
  readonly toDisarm: readonly Disarming[];
  /** Records of others that are deleted at the end: holds first, then spent timers. */
  readonly clean: readonly RecordName[];
  /** The holders of its leases. */
  readonly others: readonly OtherHolder[];
  /** Just before its hold was asked for. */
  readonly askedAt: number;
  readonly heldAt: number;
  readonly fireUntil: number;
  /** The time at which its creation was known to have ended. */
  readonly createdAt: number;
  readonly sleepUntil: number;
}

/**
 * `permanent`: the access has no end any more. `failed`: nothing was changed. `broken`: it was interrupted after timers were
 * disabled; its hold stays, and the access has no end until it is repeated or revoked.
 */
export type PermanentOutcome = 'permanent' | 'failed' | 'broken';

type PermanentGo = Go<Permanent, PermanentOutcome>;

/** Makes the access to a leased grant permanent: a join without an end. Source: docs/design/leases.md#permanent-assign-on-aws. */
const phases: Phases<Permanent, Ask, Answer, PermanentOutcome> = {
  permanent: {
    ask: (it) => putDisabled(ownHold(it)),
    then: (it, answer, { mono }) => {
      if (answer.is === 'failed') return { end: 'failed', memory: it };
      if (isTrouble(answer)) return breakOff(it);
      return { to: 'settle-list', memory: { ...it, heldAt: mono, sleepUntil: mono + it.constants.lag } };
    },
  },
  'settle-list': pauseThen('list'),
  list: {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) => {
      if (answer.is !== 'rows') return breakOff(it);
      const memory = asListed(it, answer.rows, whenListed(answer, now));
      return disarmNext(memory, 'create');
    },
  },
  ...disarmingPhases<Permanent, PermanentOutcome>({
    next: 'create',
    failed: breakOff,
    late: () => null,
    noted: (it) => ({ ...it, committed: true }),
  }),
  // An older hold can look like one that was given up.
  create: {
    ask: (it) => ({ do: 'create', notAfter: { mono: it.askedAt + it.constants.createMax, date: Infinity } }),
    then: (it, answer, { mono }) => {
      const { lookAgain, flight } = it.constants;
      if (answer.is === 'done') return { to: 'created', memory: it };
      if (answer.is === 'busy') return { to: 'create-again', memory: { ...it, sleepUntil: mono + lookAgain } };
      if (answer.is === 'lost') return { to: 'create-again', memory: { ...it, sleepUntil: mono + flight } };
      return breakOff(it);
    },
  },
  'create-again': pauseThen('create'),
  created: {
    ask: () => ({ do: 'await', what: 'creation' }),
    then: (it, answer, { mono }) => {
      if (answer.is === 'done') return { to: 'verify', memory: { ...it, createdAt: mono } };
      // It has ended FAILED, for a reason that passes.
      if (answer.is !== 'busy') return breakOff(it);
      return { to: 'create-again', memory: { ...it, sleepUntil: mono + it.constants.lookAgain } };
    },
  },
  verify: {
    ask: () => ({ do: 'read', expected: true }),
    then: (it, answer, now) => {
      if (answer.is === 'yes') return nextClean(it, now);
      return answer.is === 'no' ? { to: 'settle', memory: it } : breakOff(it);
    },
  },
  clean: {
    ask: ({ clean: [name = noRecord] }) => ({ do: 'drop', name, notAfter: null }),
    then: (it, answer, now) => (isTrouble(answer) ? breakOff(it) : nextClean({ ...it, clean: it.clean.slice(1) }, now)),
  },
  // A joiner that no longer sees the hold sees the access.
  shown: pauseThen('leave', ({ createdAt, constants: { readLag } }) => createdAt + readLag),
  leave: {
    ask: (it) => ({ do: 'drop', name: ownHold(it), notAfter: null }),
    then: (it) => ({ end: 'permanent', memory: it }),
  },
  'give-up': {
    ask: (it) => ({ do: 'drop', name: ownHold(it), notAfter: null }),
    then: (it) => ({ end: 'failed', memory: it }),
  },
};

export const permanentProtocol: Protocol<Permanent, Ask, Answer, PermanentOutcome> = createProtocol(phases);

const noRecord: RecordName = { kind: 'hold', end: 0, holder: '' };

/** @param askedAt now, on the monotonic clock */
export function newPermanent(constants: Constants, holder: string, askedAt: number): Permanent {
  return {
    constants,
    holder,
    alone: true,
    committed: false,
    toDisarm: [],
    clean: [],
    others: [],
    askedAt,
    heldAt: 0,
    fireUntil: 0,
    createdAt: 0,
    sleepUntil: 0,
  };
}

/** The next phase if it has to stop, or has failed: the hold stays once a timer may be disabled. */
export function breakOff(it: Permanent): PermanentGo {
  return it.committed ? { end: 'broken', memory: it } : { to: 'give-up', memory: it };
}

function ownHold({ holder }: Permanent): RecordName {
  return holdOf({ end: never, holder });
}

function asListed(it: Permanent, rows: readonly Row[], now: Moment): Permanent {
  const { constants, holder } = it;
  const others = rows.filter((row) => row.holder !== holder);
  const isSpent = (row: Row): boolean => isSpentTimer(row, now.date, constants);
  const holds = others.filter((row) => isLiveLease(row, now.date, constants));
  // Permanent assigns that began earlier: when this one is done, the access exists and no timer can end it, however
  // they ended.
  const began = rows.find((row) => row.holder === holder)?.created ?? now.date;
  const earlierHolds = others.filter((row) => isPermanentHold(row) && row.created <= began);
  return {
    ...it,
    alone: others.length === 0,
    toDisarm: timersToDisarm(others, never, constants, now.date),
    clean: [...holds, ...earlierHolds, ...others.filter(isSpent)].map(nameOf),
    others: holds.map(asOther),
    fireUntil: Math.max(0, ...others.map((row) => stillFiring(row, constants, now))),
  };
}

function nextClean(it: Permanent, { mono }: Moment): PermanentGo {
  if (it.clean.length > 0) return { to: 'clean', memory: it };
  return { to: mono < it.createdAt + it.constants.readLag ? 'shown' : 'leave', memory: it };
}
