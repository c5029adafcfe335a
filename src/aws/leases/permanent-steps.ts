import { createProtocol, type Go, type Moment, type Phases, type Protocol } from '../../access/leases/protocol.ts';
import { whenListed, type Answer, type Ask } from './asks.ts';
import { never, type Constants } from './constants.ts';
import type { Kill, OtherHolder } from './holder.ts';
import { fireUntil, isTrouble, stillFiring, timerOf } from './join.ts';
import { isEnabledTimer, isLiveHold, isTimer, nameOf, phaseOf, type RecordName, type Row } from './records.ts';

/** What whoever makes one grant permanent knows. Instants are in milliseconds on the monotonic clock. */
export interface Permanent {
  readonly constants: Constants;
  readonly holder: string;
  readonly alone: boolean;
  /** Something was made a dead one: from then on it must not give up its hold. */
  readonly committed: boolean;
  readonly kills: readonly Kill[];
  /** Records of others that go at the end: holds first, then spent timers. */
  readonly clean: readonly RecordName[];
  /** Those who held a lease of it. */
  readonly others: readonly OtherHolder[];
  readonly heldAt: number;
  readonly fireUntil: number;
  readonly sleepUntil: number;
}

export const instantsOfPermanent = [
  'heldAt',
  'fireUntil',
  'sleepUntil',
] as const satisfies readonly (keyof Permanent)[];

/**
 * `permanent`: the access has no end any more. `failed`: nothing was changed. `broken`: it was broken off when timers were
 * dead already; its hold stays, and the access has no end until it is repeated or revoked.
 */
export type PermanentOutcome = 'permanent' | 'failed' | 'broken';

type PermanentGo = Go<Permanent, PermanentOutcome>;

/** Makes the access to a leased grant permanent: a join without an end. Source of every rule: the lease protocol's 4.6. */
const phases: Phases<Permanent, Ask, Answer, PermanentOutcome> = {
  permanent: {
    ask: (it) => ({ do: 'put', record: { name: ownHold(it), enabled: false, firesAt: never }, notAfter: null }),
    then: (it, answer, { mono }) => {
      if (answer.is === 'failed') return { end: 'failed', memory: it };
      if (isTrouble(answer)) return breakOff(it);
      return { to: 'settle-list', memory: { ...it, heldAt: mono, sleepUntil: mono + it.constants.lag } };
    },
  },
  'settle-list': {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it) => ({ to: 'list', memory: it }),
  },
  list: {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) => {
      if (answer.is !== 'rows') return breakOff(it);
      const memory = asListed(it, answer.rows, whenListed(answer, now));
      return { to: nextKill(memory), memory };
    },
  },
  'kill-timer': {
    ask: (it) => ({ do: 'disable', name: firstKill(it).name }),
    then: (it, answer, now) => {
      if (answer.is === 'missing') return { to: 'kill-unmade', memory: withFirst(it, false) };
      if (answer.is !== 'done') return breakOff({ ...it, committed: true });
      return goOn({ ...it, committed: true, fireUntil: fireUntil(it, firstKill(it), now) });
    },
  },
  'kill-unmade': {
    ask: (it) => {
      const { name } = firstKill(it);
      return { do: 'put', record: { name, enabled: false, firesAt: name.end }, notAfter: null };
    },
    then: (it, answer) => {
      if (answer.is === 'taken') return { to: 'kill-timer', memory: withFirst(it, true) };
      if (isTrouble(answer)) return breakOff({ ...it, committed: true });
      return goOn({ ...it, committed: true });
    },
  },
  settle: {
    ask: (it) => ({ do: 'sleep', until: Math.max(it.heldAt + it.constants.settle, it.fireUntil) }),
    then: (it) => ({ to: 'deletions', memory: it }),
  },
  deletions: {
    ask: () => ({ do: 'deletions' }),
    then: (it, answer, { mono }) => {
      if (answer.is === 'no') return { to: 'create', memory: it };
      if (answer.is !== 'yes') return breakOff(it);
      return { to: 'look-again', memory: { ...it, sleepUntil: mono + it.constants.lookAgain } };
    },
  },
  'look-again': {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it) => ({ to: 'deletions', memory: it }),
  },
  create: {
    ask: () => ({ do: 'create', notAfter: { mono: Infinity, date: Infinity } }),
    then: (it, answer, { mono }) => {
      const { lookAgain, flight } = it.constants;
      if (answer.is === 'done') return { to: 'created', memory: it };
      if (answer.is === 'busy') return { to: 'create-again', memory: { ...it, sleepUntil: mono + lookAgain } };
      if (answer.is === 'lost') return { to: 'create-again', memory: { ...it, sleepUntil: mono + flight } };
      return breakOff(it);
    },
  },
  'create-again': {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it) => ({ to: 'create', memory: it }),
  },
  created: {
    ask: () => ({ do: 'await', what: 'creation' }),
    then: (it, answer) => (answer.is === 'done' ? { to: 'verify', memory: it } : breakOff(it)),
  },
  verify: {
    ask: () => ({ do: 'read', expected: true }),
    then: (it, answer) => {
      if (answer.is === 'yes') return nextClean(it);
      return answer.is === 'no' ? { to: 'settle', memory: it } : breakOff(it);
    },
  },
  clean: {
    ask: ({ clean: [name = noRecord] }) => ({ do: 'drop', name, notAfter: null }),
    then: (it, answer) => (isTrouble(answer) ? breakOff(it) : nextClean({ ...it, clean: it.clean.slice(1) })),
  },
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

export function newPermanent(constants: Constants, holder: string): Permanent {
  return {
    constants,
    holder,
    alone: true,
    committed: false,
    kills: [],
    clean: [],
    others: [],
    heldAt: 0,
    fireUntil: 0,
    sleepUntil: 0,
  };
}

/** Where it goes on when it is told to stop, or has failed: the hold stays once a timer may be a dead one. */
export function breakOff(it: Permanent): PermanentGo {
  return it.committed ? { end: 'broken', memory: it } : { to: 'give-up', memory: it };
}

function ownHold({ holder }: Permanent): RecordName {
  return { kind: 'hold', end: never, holder };
}

function asListed(it: Permanent, rows: readonly Row[], now: Moment): Permanent {
  const { constants, holder } = it;
  const others = rows.filter((row) => row.holder !== holder);
  const isSpent = (row: Row): boolean => isEnabledTimer(row) && phaseOf(row, now.date, constants) === 'spent';
  const holds = others.filter((row) => isLiveHold(row, now.date, constants) && row.end !== never);
  // Whoever began before: by the time that this is done, the access is there and no timer can end it, whatever became of it.
  const began = rows.find((row) => row.holder === holder)?.created ?? now.date;
  const earlierHolds = others.filter((row) => row.kind === 'hold' && row.end === never && row.created <= began);
  const armed = others.filter((row) => isEnabledTimer(row) && !isSpent(row));
  const unmade = holds.filter((hold) => !others.some((row) => isTimer(row) && row.holder === hold.holder));
  return {
    ...it,
    alone: others.length === 0,
    kills: [
      ...armed.map((row) => ({ name: timerOf(row), exists: true, firesAt: row.firesAt ?? row.end })),
      ...unmade.map((row) => ({ name: timerOf(row), exists: false, firesAt: row.end })),
    ],
    clean: [...holds, ...earlierHolds, ...others.filter(isSpent)].map(nameOf),
    others: holds.map((row) => ({ holder: row.holder, end: row.end })),
    fireUntil: Math.max(0, ...others.map((row) => stillFiring(row, it, now))),
  };
}

function nextKill({ kills: [first], alone }: Permanent): string {
  if (first !== undefined) return first.exists ? 'kill-timer' : 'kill-unmade';
  return alone ? 'create' : 'settle';
}

function goOn(it: Permanent): PermanentGo {
  const memory = { ...it, kills: it.kills.slice(1) };
  return { to: nextKill(memory), memory };
}

function firstKill({ kills: [kill] }: Permanent): Kill {
  if (kill === undefined) throw new TypeError('there is no timer to be made a dead one');
  return kill;
}

function withFirst(it: Permanent, exists: boolean): Permanent {
  return { ...it, kills: [{ ...firstKill(it), exists }, ...it.kills.slice(1)] };
}

function nextClean(it: Permanent): PermanentGo {
  return { to: it.clean.length > 0 ? 'clean' : 'leave', memory: it };
}
