import { createProtocol, type Go, type Moment, type Phases, type Protocol } from '#access/leases/protocol/protocol';
import { isFound, type Answer, type Ask, type Expected, type Found } from './asks.ts';
import type { Constants } from './constants.ts';
import { counts, union, type Entry } from './entries.ts';
import { asRead, readAnew, settleThenRead, settling, settlingLost, whileFresh, type Writing } from './writing.ts';

/** What whoever takes entries away knows. */
export interface Leaving extends Writing {
  /** Somebody else had an entry, or may have had: then only a read that is late enough is believed. */
  readonly shared: boolean;
  /** No own write can be on its way any more: only reads may lag. */
  readonly landed: boolean;
  /** The name of the assignment that was read last, and those of its entries that stay. */
  readonly name: string;
  readonly stay: readonly Entry[];
  /** Holders whose jobs are known to have ended: their entries count no more. */
  readonly ended: readonly string[];
  /** What the write that is next takes away. */
  readonly going: readonly Entry[];
  /** What writes that were sent have taken away so far, or were to. */
  readonly taken: readonly Entry[];
  /** Azure has answered that it took entries away. */
  readonly removed: boolean;
}

export function newLeaving(constants: Constants, { mono }: Moment): Leaving {
  return {
    constants,
    shared: false,
    landed: true,
    name: '',
    stay: [],
    ended: [],
    going: [],
    taken: [],
    removed: false,
    readAt: mono,
    settledAt: 0,
  };
}

/** How a protocol takes entries away, and where it goes on. */
interface LeavingWays<Memory, Outcome> {
  /** Whether an entry goes. */
  readonly goes: (it: Memory, entry: Entry, now: Moment) => boolean;
  /** A read that is believed shows nothing that has to go. */
  readonly over: (it: Memory, found: Found, now: Moment) => Go<Memory, Outcome>;
  readonly failed: (it: Memory) => Go<Memory, Outcome>;
  /** What the first read is to show; default: whatever it shows. */
  readonly expects?: (it: Memory) => Expected;
  /** What is known besides where a write was not sent any more that rests on what was read; default: nothing. */
  readonly putOff?: (it: Memory, now: Moment) => Memory;
  /** Whether entries are taken away although others stay; default true. Else only what has none left is deleted. */
  readonly rewrites?: boolean;
}

/**
 * Takes entries away: rewrites the record without them, or deletes the assignment where none stays, and reads whether
 * that stands. Source: docs/design/leases.md#release-on-azure.
 */
export function leavingPhases<Memory extends Leaving, Outcome>({
  goes,
  over,
  failed,
  expects = () => null,
  putOff = (it) => it,
  rewrites = true,
}: LeavingWays<Memory, Outcome>): Phases<Memory, Ask, Answer, Outcome> {
  const again = (it: Memory, now: Moment): Go<Memory, Outcome> => readAnew('leave', it, now);
  const settled = (it: Memory): Go<Memory, Outcome> => ({ to: 'leave-settle', memory: { ...it, shared: true } });
  const judge = (earlier: Memory, answer: Answer, now: Moment): Go<Memory, Outcome> => {
    if (!isFound(answer)) return failed(earlier);
    const before = asRead(earlier, answer.asOf);
    const it = answer.is === 'lease' ? { ...before, ended: [...new Set([...before.ended, ...answer.ended])] } : before;
    const going = answer.is === 'lease' ? answer.entries.filter((entry) => goes(it, entry, now)) : [];
    const stay = answer.is === 'lease' ? answer.entries.filter((entry) => !going.includes(entry)) : [];
    // A record that names nobody keeps nothing.
    if (answer.is === 'lease' && (stay.length === 0 || (rewrites && going.length > 0))) {
      const memory = { ...it, name: answer.name, stay, going, shared: it.shared || stay.length > 0 };
      return { to: stay.length > 0 ? 'rewrite' : 'delete', memory };
    }
    // An own write that is still on its way may bring back what is not seen.
    return now.mono < it.settledAt ? { to: 'leave-settle', memory: it } : over(it, answer, now);
  };
  return {
    leave: {
      ask: (it) => ({
        do: 'get',
        expected: expects(it),
        jobs: true,
        before: rewrites && it.stay.length > 0 ? 'put' : 'delete',
      }),
      then: judge,
    },
    rewrite: {
      ask: (it) => ({ do: 'write', name: it.name, entries: it.stay, notAfter: whileFresh(it) }),
      then: (it, answer, now) => {
        if (answer.is === 'done') return settled(settling({ ...struck(it), removed: true }, now));
        if (answer.is === 'lost') return settled(settlingLost(struck(it), now));
        if (answer.is === 'late') return again(putOff(it, now), now);
        return answer.is === 'taken' ? again(it, now) : failed(it);
      },
    },
    delete: {
      ask: (it) => ({ do: 'delete', name: it.name, notAfter: whileFresh(it) }),
      then: (before, answer, now) => {
        if (answer.is === 'late') return again(putOff(before, now), now);
        if (answer.is === 'lost') return settled(settlingLost(struck(before), now));
        if (answer.is !== 'deleted') return failed(before);
        const it = { ...struck(before), removed: before.removed || answer.entries !== null };
        const hasHit = answer.entries?.some((entry) => !goes(it, entry, now)) === true;
        if (hasHit || it.shared) return settled(settling(it, now));
        // What was not there any more was read too early, or somebody else ended it: only a later read tells which.
        const isOver = it.landed && answer.entries !== null;
        return { to: 'gone', memory: { ...it, readAt: now.mono, settledAt: isOver ? 0 : it.settledAt } };
      },
    },
    'leave-settle': settleThenRead('leave'),
    // Nobody else was ever seen: one read is enough, as soon as it shows the deletion.
    gone: {
      ask: () => ({ do: 'get', expected: 'gone', jobs: true, before: null }),
      then: judge,
    },
  };
}

/** A write that takes entries away was sent. */
function struck<Memory extends Leaving>(it: Memory): Memory {
  return { ...it, going: [], taken: union(it.taken, it.going) };
}

/**
 * How a sweep of one grant has ended. `ended`: the access is gone. `held`: somebody holds it.
 * `plain`: it stands there without a record of ours. `failed`: it could not be ended.
 */
export type SweepOutcome = 'ended' | 'held' | 'plain' | 'failed';

/**
 * Ends what is due, or belongs to ended jobs. Where somebody still holds it, it is left as it is: what does not count any
 * more harms nobody, and so a sweep needs no right to write, which would be one to grant. Source:
 * docs/design/leases.md#sweep-on-azure.
 */
export const sweepProtocol: Protocol<Leaving, Ask, Answer, SweepOutcome> = createProtocol(
  leavingPhases<Leaving, SweepOutcome>({
    goes: (it, entry, { date }) => !counts(entry, it.ended, date, it.constants),
    over: (memory, found) => ({ end: ({ none: 'ended', lease: 'held', plain: 'plain' } as const)[found.is], memory }),
    failed: (memory) => ({ end: 'failed', memory }),
    rewrites: false,
  }),
);

/** Begins at `leave`. @param ended holders whose jobs have ended */
export function newSweep(constants: Constants, ended: readonly string[], now: Moment): Leaving {
  return { ...newLeaving(constants, now), ended };
}

/**
 * How a revocation of one leased grant has ended. `revoked`: the access is gone. `plain`: it stands there without a record
 * of ours by now. `failed`: it could not be ended.
 */
export type RevocationOutcome = 'revoked' | 'plain' | 'failed';

/** Ends a leased access for all who hold it; begins at `leave`. Source: docs/design/leases.md#revoke-on-azure. */
export const revocationProtocol: Protocol<Leaving, Ask, Answer, RevocationOutcome> = createProtocol(
  leavingPhases<Leaving, RevocationOutcome>({
    goes: () => true,
    over: (memory, found) => ({ end: found.is === 'none' ? 'revoked' : 'plain', memory }),
    failed: (memory) => ({ end: 'failed', memory }),
  }),
);
