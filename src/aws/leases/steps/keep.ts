import { type Moment, pauseThen, saveThen } from '#access/leases/protocol/protocol';
import { isTrouble, whenListed, type Listed } from './asks.ts';
import { giveUp, type Holder, type HolderGo, type HolderPhases } from './holder.ts';
import { asListed, awaitPermanent, isPastEnd } from './join.ts';
import { holdOf, isPermanentHold } from './records.ts';

/**
 * Finds out whether an access that is there, and that no timer proves to be a lease, is a permanent one. Source:
 * docs/design/leases.md#keep-permanent-access.
 */
export const keepPhases: HolderPhases = {
  keep: {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) => {
      if (answer.is !== 'rows') return giveUp(it, 'failed', now);
      return unlessALease(it, answer, now, (memory) => ({ to: 'keep-deletions', memory }));
    },
  },
  'keep-deletions': {
    ask: () => ({ do: 'deletions' }),
    then: (it, answer, now) => {
      const { lookAgain, readLag } = it.constants;
      if (answer.is === 'yes') return { to: 'keep-pause', memory: { ...it, sleepUntil: now.mono + lookAgain } };
      if (answer.is !== 'no') return giveUp(it, 'failed', now);
      return { to: 'keep-wait', memory: { ...it, sleepUntil: now.mono + readLag } };
    },
  },
  'keep-pause': {
    ask: (it) => ({ do: 'sleep', until: it.sleepUntil }),
    then: (it, _, now) => (isPastEnd(it, now) ? giveUp(it, 'late', now) : { to: 'keep', memory: it }),
  },
  'keep-wait': pauseThen('keep-look'),
  'keep-look': {
    ask: () => ({ do: 'read', expected: null }),
    then: (it, answer, now) => {
      if (answer.is === 'no') return { to: 'settle-list', memory: it };
      if (answer.is !== 'yes') return giveUp(it, 'failed', now);
      return { to: 'keep-settle', memory: { ...it, sleepUntil: now.mono + it.constants.lag } };
    },
  },
  'keep-settle': pauseThen('keep-confirm'),
  'keep-confirm': {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) => {
      if (answer.is !== 'rows') return giveUp(it, 'failed', now);
      return unlessALease(it, answer, now, (memory) => {
        if (isPastEnd(it, now)) return giveUp(memory, 'late', now);
        return { to: 'keep-leave', memory };
      });
    },
  },
  'keep-leave': {
    ask: (it) => ({ do: 'drop', name: holdOf(it), notAfter: null }),
    then: (it, answer, now) => {
      // It did not count all the time: others may have ended what was seen, and have deleted what showed it.
      if (answer.is === 'missing') return { end: { kind: 'again' }, memory: it };
      return isTrouble(answer) ? giveUp(it, 'failed', now) : { to: 'keep-over', memory: { ...it, unsure: false } };
    },
  },
  'keep-over': saveThen('over', (it) => ({ end: { kind: 'kept' }, memory: { ...it, progress: 'over' } })),
};

/** A timer that proves a lease ends the search; one that is spent may prove one. */
function unlessALease(it: Holder, listed: Listed, now: Moment, otherwise: (memory: Holder) => HolderGo): HolderGo {
  const { rows } = listed;
  if (rows.some(isPermanentHold)) return awaitPermanent(it, rows, now);
  const memory = asListed(it, rows, whenListed(listed, now));
  switch (memory.proof) {
    case 'armed':
      return { to: 'save-arming', memory };
    case 'spent':
      return { to: 'judge', memory };
    case 'none':
      return otherwise(memory);
  }
}
