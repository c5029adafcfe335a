import { createProtocol, type Go, type Moment, type Phases, type Protocol } from '#access/leases/protocol/protocol';
import { isFound, type Answer, type Ask, type Expected, type Found } from './asks.ts';
import type { Constants } from './constants.ts';
import { counts, union, type Entry } from './entries.ts';
import { asRead, readAnew, settleThenRead, settling, settlingLost, whileFresh, type Writing } from './writing.ts';

/** Memory of a protocol that removes entries. */
export interface Leaving extends Writing {
  /** Another holder had an entry, or might have had one: then only a read that is late enough is believed. */
  readonly shared: boolean;
  /** No write of this holder can be on its way any more: only reads might lag. */
  readonly landed: boolean;
  /** Name of the assignment as last read, and its entries that stay. */
  readonly name: string;
  readonly stay: readonly Entry[];
  /** Holders whose jobs are known to have ended: their entries no longer count. */
  readonly ended: readonly string[];
  /** Entries that the next write removes. */
  readonly going: readonly Entry[];
  /** Entries that the writes so far have removed, or tried to. */
  readonly taken: readonly Entry[];
  /** Azure has answered that it removed entries. */
  readonly removed: boolean;
}

/** @param readAt now, on the monotonic clock */
export function newLeaving(constants: Constants, readAt: number): Leaving {
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
    readAt,
    settledAt: 0,
  };
}

/** Rules by which a protocol removes entries, and its next steps. */
interface LeavingWays<Memory, Outcome> {
  /** True if an entry has to be removed. */
  readonly goes: (it: Memory, entry: Entry, now: Moment) => boolean;
  /** Next step after a believed read without entries to remove. */
  readonly over: (it: Memory, found: Found, now: Moment) => Go<Memory, Outcome>;
  readonly failed: (it: Memory) => Go<Memory, Outcome>;
  /** Expected result of the first read; default: any. */
  readonly expects?: (it: Memory) => Expected;
  /** Changes the memory where a write was too late for its read; default: nothing. */
  readonly putOff?: (it: Memory, now: Moment) => Memory;
  /** True if entries are removed although others stay; default true. Else only an assignment without remaining entries is deleted. */
  readonly rewrites?: boolean;
}

/**
 * Removes entries: rewrites the record without them, or deletes the assignment where none stays, and reads the result
 * back. Source: docs/design/leases.md#release-on-azure.
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
    // A record without holders keeps no access.
    if (answer.is === 'lease' && (stay.length === 0 || (rewrites && going.length > 0))) {
      const memory = { ...it, name: answer.name, stay, going, shared: it.shared || stay.length > 0 };
      return { to: stay.length > 0 ? 'rewrite' : 'delete', memory };
    }
    // A write that is still on its way might restore an entry that the read does not show.
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
        // Either the read lagged, or another job ended the access: only a later read shows which.
        const isOver = it.landed && answer.entries !== null;
        return { to: 'gone', memory: { ...it, readAt: now.mono, settledAt: isOver ? 0 : it.settledAt } };
      },
    },
    'leave-settle': settleThenRead('leave'),
    // Without other holders one read is enough, as soon as it shows the deletion.
    gone: {
      ask: () => ({ do: 'get', expected: 'gone', jobs: true, before: null }),
      then: judge,
    },
  };
}

/** A write that removes entries was sent. */
function struck<Memory extends Leaving>(it: Memory): Memory {
  return { ...it, going: [], taken: union(it.taken, it.going) };
}

/**
 * Outcome of a sweep of one grant. `ended`: the access is gone. `held`: it has a holder. `plain`: it exists without a
 * record. `failed`: it could not be ended.
 */
type SweepOutcome = 'ended' | 'held' | 'plain' | 'failed';

/**
 * Ends leases whose end time has passed, or whose jobs have ended. Access that still has a holder is left as it is: stale
 * entries do no harm, and so a sweep needs no permission to write, which would be one to grant. Source:
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
export function newSweep(constants: Constants, ended: readonly string[], { mono }: Moment): Leaving {
  return { ...newLeaving(constants, mono), ended };
}

/**
 * Outcome of a revocation of one leased grant. `revoked`: the access is gone. `plain`: it exists without a record now.
 * `failed`: it could not be ended.
 */
export type RevocationOutcome = 'revoked' | 'plain' | 'failed';

/** Ends leased access for all its holders; begins at `leave`. Source: docs/design/leases.md#revoke-on-azure. */
export const revocationProtocol: Protocol<Leaving, Ask, Answer, RevocationOutcome> = createProtocol(
  leavingPhases<Leaving, RevocationOutcome>({
    goes: () => true,
    over: (memory, found) => ({ end: found.is === 'none' ? 'revoked' : 'plain', memory }),
    failed: (memory) => ({ end: 'failed', memory }),
  }),
);
