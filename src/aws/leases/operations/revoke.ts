import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive } from '#access/leases/protocol/drive';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { cutOff } from '#access/leases/words';
import { newMark, type Room } from '../room.ts';
import { newRevocation, revocationProtocol } from '../steps/revoke.ts';
import { withRemark } from '#access/leases/outcomes';
import { failed, succeeded } from '#access/outcome';
import { inDoubt, requestIdOf } from './outcomes.ts';
import { litterInWords, watchDeletions } from './undeleted.ts';

/** Ends an access that is leased, or may be, for all who hold it, and names them. */
export async function revoke(room: Room, grant: Assignment, tools: LeaseTools): Promise<LeaseDone> {
  const desk = room.openDesk(grant, false, tools);
  const deletions = watchDeletions(desk);
  const mark = newMark(room, desk.now().date);
  try {
    const { outcome, memory } = await drive(
      revocationProtocol,
      { phase: 'revoke', memory: newRevocation(room.constants, mark) },
      {
        now: desk.now,
        perform: (ask) => deletions.perform(ask, [mark.holder]),
        redirect: (place) => {
          if (!desk.isOverTime() || place.at === 'unmark' || place.at === 'clean') return null;
          desk.goOnUnlimited();
          return { phase: 'unmark', memory: place.memory };
        },
      },
    );
    const requestId = requestIdOf(desk);
    const { others } = memory;
    const cut = others.length === 0 ? null : cutOff(await room.nameHolders(desk, others));
    if (outcome === 'revoked') {
      const changed = desk.assignment.operation()?.state === 'SUCCEEDED';
      const done: LeaseDone = { action: 'remove', lease: null, outcome: succeeded(requestId, changed, cut) };
      return withRemark(done, litterInWords(deletions));
    }
    if (desk.assignment.isInDoubt('remove') && outcome === 'failed')
      return { action: 'remove', lease: null, outcome: inDoubt(desk, (reason) => reason) };
    const trouble = desk.trouble();
    const reason =
      outcome === 'remade'
        ? 'The access was made again each time that it was ended: somebody is taking a lease of it.'
        : (trouble?.message ?? 'The time limit passed before the access was gone.');
    const hint = hintOn(trouble, 'Run the step again, or give it a longer `timeout`.');
    return { action: 'remove', lease: null, outcome: failed(requestId, trouble, { reason, hint }) };
  } finally {
    tools.place.leave();
  }
}
