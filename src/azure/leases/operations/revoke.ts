import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive } from '#access/leases/protocol/drive';
import { cutOff, lostAndDone } from '#access/leases/words';
import { failed, succeeded } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { leaving } from './leaving.ts';
import { requestIdOf, seenBy, type Room } from '../room.ts';
import { counts } from '../steps/entries.ts';
import { newLeaving } from '../steps/leave.ts';
import { revocationProtocol } from '../steps/revoke.ts';
import { unknownWhether } from '../words.ts';

/** Ends an access that is leased for all who hold it, and names them. */
export async function revoke(room: Room, grant: Assignment, tools: LeaseTools): Promise<LeaseDone> {
  const desk = room.openDesk(grant, false, tools);
  try {
    const memory = newLeaving(room.constants, desk.now());
    const ended = await drive(revocationProtocol, { phase: 'leave', memory }, leaving(desk, tools));
    const requestId = requestIdOf(desk);
    const isLost = desk.assignment.isLost();
    const changed = requestId !== null || isLost;
    const done = { action: 'remove', lease: null, seen: seenBy(desk) } as const;
    const taken = ended.memory.taken.filter((entry) => counts(entry, [], desk.now().date, room.constants));
    const cut = taken.length === 0 ? null : cutOff(room.nameHolders(taken));
    if (ended.outcome === 'revoked') {
      const remark = [...(isLost ? [lostAndDone] : []), ...(cut === null ? [] : [cut])].join(' ');
      return { ...done, outcome: succeeded(requestId, changed, remark === '' ? null : remark) };
    }
    const trouble = desk.trouble();
    if (isLost && ended.outcome === 'failed') return { ...done, outcome: unknownWhether(requestId, trouble, null) };
    const reason =
      ended.outcome === 'plain'
        ? 'The access has no lease any more, and has no end: it was made permanent, or its record was changed by hand, meanwhile.'
        : (trouble?.message ?? 'The time limit passed before the access was gone.');
    const hint = hintOn(trouble, 'Run the step again, or give it a longer `timeout`.');
    return { ...done, outcome: failed(requestId, trouble, { reason, hint, changed }) };
  } finally {
    desk.assignment.close();
    tools.place.leave();
  }
}
