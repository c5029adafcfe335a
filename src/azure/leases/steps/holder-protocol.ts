import { stands, type Milestone } from '#access/leases/journal';
import { createProtocol, type Moment, type Next, type Protocol } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import { counts } from './entries.ts';
import { isUnseen, type Holder, type HolderGo, type HolderOutcome, type Released } from './holder.ts';
import { abandoned, joinPhases, landsAt } from './join.ts';
import { leavingPhases } from './leave.ts';
import { settling, settlingLost, sleepThenRead } from './writing.ts';

const released = (it: Holder, left: Released['left']): HolderGo => ({
  end: { kind: 'released', gaveUp: it.why, left },
  memory: it,
});

/** Takes a lease and releases it. Source of every rule: docs/design/leases.md#azure-in-the-description. */
export const holderProtocol: Protocol<Holder, Ask, Answer, HolderOutcome> = createProtocol({
  ...joinPhases,
  // A write that is still on its way would take effect after a deletion.
  land: sleepThenRead(landsAt, 'leave'),
  ...leavingPhases<Holder, HolderOutcome>({
    goes: (it, entry, { date }) => entry.holder === it.holder || !counts(entry, it.ended, date, it.constants),
    // An assignment that no read has shown is not deleted: others might have seen it, and hold it by now.
    expects: (it) => (isUnseen(it) ? { entryOf: it.holder } : null),
    putOff: (it, now) => (isUnseen(it) ? seenOnce(it, now) : it),
    over: (it, found, { date }) => {
      if (found.is === 'plain') return released(it, 'plain');
      if (found.is === 'none') return released({ ...it, others: [] }, isUnseen(it) ? 'unseen' : 'gone');
      const others = found.entries.filter((entry) => counts(entry, it.ended, date, it.constants));
      return released({ ...it, others }, isUnseen(it) ? 'unseen' : 'shared');
    },
    failed: (it) => released(it, 'to-sweep'),
  }),
});

/** A read has shown the step's own write. A lagging read might hide it again, and only a later one proves that it is gone. */
function seenOnce(it: Holder, now: Moment): Holder {
  const seen = it.going.some(({ holder }) => holder === it.holder);
  return seen ? { ...settling(it, now), unseen: 'no' } : it;
}

/**
 * Start of a release in the post step, by the progress in the runner's state. Where main was interrupted, a write of it
 * might still be on its way.
 */
export function resumed(it: Holder, progress: Milestone, now: Moment): Next<Holder> {
  const memory: Holder = { ...it, mayStand: true, readAt: now.mono };
  if (!stands(progress)) {
    const unseen = progress === 'made' ? 'answered' : 'lost';
    return abandoned(settlingLost({ ...memory, unseen }, now), 'abandoned', now);
  }
  // Main has seen its entry, but a read might still lag.
  return { to: 'leave', memory: { ...settling(memory, now), landed: true, shared: progress === 'shared' } };
}
