import { restOf } from '../../access/leases/desk.ts';
import { drive } from '../../access/leases/drive.ts';
import type { HeldGrant } from '../../access/leases/journal.ts';
import { leftToCloud } from '../../access/leases/outcomes.ts';
import { failed, succeeded } from '../../access/outcome.ts';
import type { LeaseDone, LeaseTools } from '../../access/leases/port.ts';
import { leftToEnder, leftToOthers } from '../../access/leases/words.ts';
import { seconds } from '../../access/words.ts';
import type { PimDesk } from './desk.ts';
import { requestIdOf, seenBy, type PimRoom } from './room.ts';
import { holderProtocol, newHolder, resumed, type Holder, type Released } from './steps/holder.ts';
import { leftBecause } from './words.ts';

/** The time that there is for it has passed. */
const outOfTime: Released = { kind: 'released', gaveUp: null, left: 'failed' };

/** Gives back what a step holds of one grant, or began to take. */
export async function giveBack(room: PimRoom, held: HeldGrant, tools: LeaseTools): Promise<LeaseDone> {
  const { grant, holder, end, progress } = held;
  const purpose = { holder, end, keepAfterJob: false, replaces: null, lifetimeMs: 0, isAsked: false };
  const desk = room.openDesk(grant, purpose, tools);
  const known = newHolder({ constants: room.constants, holder, end, replaces: null });
  try {
    const { outcome, memory } = await drive(holderProtocol, resumed(known, progress, desk.now()), {
      now: desk.now,
      perform: (ask) => {
        const rest = restOf(ask, desk.now());
        if (rest > 0) tools.log.info(`Waiting ${seconds(rest)}: what was asked for may not be listed yet.`);
        return desk.perform(ask);
      },
      redirect: ({ memory: sofar }) => (desk.isOverTime() ? { end: outOfTime, memory: sofar } : null),
    });
    if (outcome.kind !== 'released') throw new TypeError('a release ends as a release');
    return { ...conclude(room, desk, outcome, memory), seen: seenBy(desk) };
  } finally {
    tools.place.leave();
  }
}

function conclude(room: PimRoom, desk: PimDesk, { left }: Released, it: Holder): LeaseDone {
  const { words, session } = room;
  const requestId = requestIdOf(desk);
  const changed = requestId !== null && (left === 'gone' || left === 'stays');
  const done = { action: left === 'gone' ? 'remove' : 'keep', lease: null } as const;
  // Before anything was seen, what was asked for says when it ends.
  const endsAt = it.endsAt > 0 ? it.endsAt : it.end;
  switch (left) {
    case 'gone':
      session.tools.log.info('Verified by reading back: the access is gone.');
      return { ...done, outcome: succeeded(requestId, changed) };
    case 'nothing':
      return { ...done, outcome: succeeded(null, false) };
    case 'permanent': {
      const remark =
        'The access does not end any more: somebody has made it permanent meanwhile, and it was left alone.';
      return { ...done, outcome: succeeded(requestId, false, remark) };
    }
    case 'stays':
      return {
        ...done,
        outcome: failed(requestId, null, {
          reason:
            'The access was ended, and a role assignment of this very grant without an end is listed nevertheless.',
          hint: 'Look at it, and end it with `operation: revoke` without azure-pim, unless it is to stay.',
          changed,
        }),
      };
    case 'shared': {
      const told = leftToOthers(room.nameHolders(it.others), endsAt, words);
      return { ...done, lease: leftToCloud('platform', endsAt, 'shared'), outcome: succeeded(requestId, false, told) };
    }
    case 'foreign':
    case 'near-end':
    case 'too-young':
    case 'waits':
    case 'failed': {
      const detail = desk.trouble()?.message ?? null;
      const told = leftToEnder(leftBecause(left, detail), endsAt, words);
      return { ...done, lease: leftToCloud('platform', endsAt, 'leased'), outcome: succeeded(requestId, false, told) };
    }
  }
}
