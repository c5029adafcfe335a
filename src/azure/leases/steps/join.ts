import { type Moment, type Next, saveThen } from '#access/leases/protocol/protocol';
import { isFound, type Answer } from './asks.ts';
import { counts, type Entry } from './entries.ts';
import type { GivenUp, Holder, HolderGo, HolderPhases } from './holder.ts';
import {
  asRead,
  pauseThenRead,
  pausing,
  readAnew,
  settleThenRead,
  settling,
  settlingLost,
  whileFresh,
} from './writing.ts';

/** Takes a lease: reads, then creates the assignment, or adds an entry to the existing one. */
export const joinPhases: HolderPhases = {
  find: {
    ask: () => ({ do: 'get', expected: null, jobs: false, before: 'put' }),
    then: placed,
  },
  // Right before the first write: reads leave nothing behind.
  note: saveThen('creating', (it) => writing({ ...it, noted: true })),
  create: {
    ask: (it) => ({ do: 'create', entries: [ownEntry(it)], notAfter: whileFresh(it, it.end - it.constants.margin) }),
    then: (it, answer, now) => {
      if (answer.is === 'done') return { to: 'save-made', memory: { ...it, mayStand: true, unseen: 'answered' } };
      return unlessDone(it, answer, now);
    },
  },
  'save-made': saveThen('made', (it) => ({ to: it.name === '' ? 'verify' : 'settle', memory: it })),
  // Any other writer has read this entry before, so no write can have overtaken it.
  verify: {
    ask: () => ({ do: 'get', expected: 'there', jobs: false, before: null }),
    then: (it, answer, now) => (hasOwn(it, answer) ? { to: 'save-held', memory: it } : placed(it, answer, now)),
  },
  add: {
    ask: (it) => ({
      do: 'write',
      name: it.name,
      entries: [...it.others, ownEntry(it)],
      notAfter: whileFresh(it, it.end - it.constants.margin),
    }),
    then: (it, answer, now) =>
      answer.is === 'done'
        ? { to: 'save-made', memory: settling(beside(it, 'answered'), now) }
        : unlessDone(it, answer, now),
  },
  settle: settleThenRead('confirm'),
  confirm: {
    ask: () => ({ do: 'get', expected: null, jobs: false, before: null }),
    then: (it, answer, now) => {
      if (hasOwn(it, answer)) return { to: 'save-held', memory: it };
      // A read this late proves that others have overtaken the step's own entry, or that there was none.
      return placed(answer.is === 'lease' ? { ...it, unseen: 'no' } : it, answer, now);
    },
  },
  again: pauseThenRead('find'),
  'save-held': {
    ask: (it) => ({ do: 'save', progress: it.shared ? 'shared' : 'held', holder: it.holder, end: it.end }),
    then: (it) => ({ end: { kind: 'held' }, memory: { ...it, settledAt: 0 } }),
  },
  'save-over': saveThen('over', (it) => ({ end: { kind: 'kept' }, memory: it })),
};

/** Next phase after a read. */
function placed(before: Holder, answer: Answer, now: Moment): HolderGo {
  if (!isFound(answer)) return giveUp(before, 'failed', now);
  const it = asRead(before, answer.asOf);
  if (answer.is === 'plain')
    return now.mono < it.settledAt ? { to: 'settle', memory: it } : { to: 'save-over', memory: it };
  if (now.date >= it.end - it.constants.margin) return giveUp(it, 'late', now);
  if (answer.is === 'none') return writing({ ...it, name: '', others: [] });
  if (!answer.fits) return giveUp(it, 'differs', now);
  const others = answer.entries.filter(({ holder }) => holder !== it.holder);
  const counting = others.filter((entry) => counts(entry, answer.ended, now.date, it.constants));
  const memory: Holder = { ...it, name: answer.name, others: counting, shared: it.shared || others.length > 0 };
  if (!hasOwn(it, answer)) return writing(memory);
  // The answer to the step's own write was lost: a read is believed when it is late enough.
  return now.mono < it.settledAt ? { to: 'settle', memory } : { to: 'save-held', memory };
}

/** Next phase: creates the assignment where there is none, or adds to the one that was read. */
function writing(it: Holder): HolderGo {
  if (!it.noted) return { to: 'note', memory: it };
  return { to: it.name === '' ? 'create' : 'add', memory: it };
}

/** Next phase after a write that did not succeed. */
function unlessDone(it: Holder, answer: Answer, now: Moment): HolderGo {
  if (answer.is === 'lost') return { to: 'settle', memory: settlingLost(beside(it, 'lost'), now) };
  if (answer.is === 'taken') return pausing('again', it, now);
  if (answer.is !== 'late') return giveUp(it, 'failed', now);
  return now.date >= it.end - it.constants.margin ? giveUp(it, 'late', now) : readAnew('find', it, now);
}

/** From now on an entry of this holder might exist, and might be overtaken by writes of others that had not read it. */
function beside(it: Holder, how: 'answered' | 'lost'): Holder {
  return { ...it, mayStand: true, shared: true, unseen: it.unseen === 'answered' ? it.unseen : how };
}

function ownEntry({ holder, end, keepAfterJob }: Holder): Entry {
  return { holder, end, keepAfterJob };
}

function hasOwn({ holder }: Holder, answer: Answer): boolean {
  return answer.is === 'lease' && answer.entries.some((entry) => entry.holder === holder);
}

/** Next phase of a join that is given up; its end, if it can have left nothing behind. */
export function giveUp(it: Holder, why: GivenUp, now: Moment): HolderGo {
  if (!it.mayStand) return { end: { kind: 'released', gaveUp: why, left: 'nothing' }, memory: it };
  return abandoned(it, why, now);
}

/** Next phase of a join that might have left something behind. */
export function abandoned(it: Holder, why: GivenUp, { mono }: Moment): Next<Holder> {
  return { to: mono < landsAt(it) ? 'land' : 'leave', memory: { ...it, why, readAt: mono } };
}

/** Time from which no write of this holder is on its way: after the last moment at which one can take effect. */
export function landsAt({ settledAt, constants }: Holder): number {
  return settledAt - constants.settle + 1;
}
