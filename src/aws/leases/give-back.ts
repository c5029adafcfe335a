import type { CloudError } from '../../access/errors.ts';
import { drive } from '../../access/leases/drive.ts';
import type { HeldGrant } from '../../access/leases/journal.ts';
import type { LeaseDone, LeaseTools } from '../../access/leases/port.ts';
import { endedBySweep, holdMayStay, leftToEnder, leftToOthers } from '../../access/leases/words.ts';
import { sentence } from '../../access/words.ts';
import { isArmedTimer } from './steps/records.ts';
import type { Desk } from './desk.ts';
import { holderProtocol, newHolder, resumed, type Holder, type Released } from './steps/holder.ts';
import type { Room } from './room.ts';
import { failed, hintOf, leftToCloud, succeeded } from '../../access/leases/outcomes.ts';
import { requestIdOf } from './outcomes.ts';
import { sparesFor, spreadOf } from './take.ts';
import { endOf, leftInWords } from './words.ts';

/** The time that there is for it has passed. */
function outOfTime(because: 'no-turn' | 'failed'): Released {
  return { kind: 'released', gaveUp: null, left: 'to-timer', because };
}

/** Gives back what a step holds of one grant, or began to take. */
export async function giveBack(room: Room, held: HeldGrant, tools: LeaseTools): Promise<LeaseDone> {
  const { grant, holder, end, progress } = held;
  const desk = room.openDesk(grant, false, tools);
  const spare = sparesFor(room.randomBytes);
  const known = newHolder({ constants: room.constants, holder, spare, end, spread: spreadOf(tools) }, progress);
  // What main began to create may come yet, until it was seen to have ended.
  let mayCome = progress === 'creating';
  let hasNoTurn = false;
  try {
    const { outcome, memory } = await drive(holderProtocol, resumed(known, desk.now().mono), {
      now: desk.now,
      perform: async (ask, place) => {
        // The deletion has to be sent soon after the hold is gone: who drops it waits for nobody else any more.
        hasNoTurn = place.at === 'release' && !(await desk.assignment.takeTurn());
        if (hasNoTurn) return null;
        const answer = await desk.perform(ask, [place.memory.holder, ...place.memory.former]);
        if (place.at === 'abandon-created' && (answer?.is === 'done' || answer?.is === 'failed')) mayCome = false;
        return answer;
      },
      redirect: ({ memory: sofar }) =>
        hasNoTurn || desk.isOverTime() ? { end: outOfTime(hasNoTurn ? 'no-turn' : 'failed'), memory: sofar } : null,
    });
    if (outcome.kind !== 'released') throw new TypeError('a release ends as a release');
    return await conclude(room, desk, held, outcome, memory, mayCome);
  } finally {
    tools.place.leave();
  }
}

async function conclude(
  room: Room,
  desk: Desk,
  { grant }: HeldGrant,
  how: Released,
  it: Holder,
  mayCome: boolean,
): Promise<LeaseDone> {
  const said = leftInWords(how, it, grant, room.words);
  const gone = how.left === 'gone';
  const changed = desk.assignment.operation()?.state === 'SUCCEEDED';
  const done = { action: gone ? 'remove' : 'keep', lease: null } as const;
  const requestId = requestIdOf(desk);
  if (gone) {
    room.session.tools.log.info('Verified by reading back: the access is gone.');
    return { ...done, outcome: succeeded(requestId, changed) };
  }
  const lease = leftToCloud('scheduler', endOf(it), how.left === 'shared' ? 'shared' : 'leased');
  switch (how.left) {
    case 'shared': {
      const others = await room.nameHolders(desk, it.others);
      // As it should be: nothing that anybody has to be warned of.
      const shared = { ...lease, sentences: [leftToOthers(others, endOf(it), room.words)] };
      return { ...done, lease: shared, outcome: succeeded(requestId, true) };
    }
    case 'ended': {
      const read = await desk.perform({ do: 'read', expected: null }, []);
      const remark = endedBySweep(read?.is !== 'no');
      return { ...done, outcome: succeeded(requestId, changed, remark) };
    }
    case 'unproven': {
      // Nothing else may end what stands there, as where its timers were deleted by hand.
      if (it.progress !== 'holding')
        return { ...done, ...(await leftToTimer(desk, said, it, lease, { mayCome, way: revokeIt })) };
      const trouble = desk.trouble();
      const remark = trouble === null ? null : holdMayStay(trouble.message, it.end);
      if (remark === null) room.session.tools.log.info('No lease had been taken yet: there was nothing to give back.');
      return { ...done, outcome: succeeded(requestId, changed, remark) };
    }
    case 'to-timer':
      return { ...done, ...(await leftToTimer(desk, said, it, lease, { mayCome, way: sweepIt })) };
  }
}

/** Nobody is signed in, so that nothing can be looked at: what stands, or was being made, was armed before. */
export function leaveToTimer(
  { words, session, constants }: Room,
  { end, holder }: HeldGrant,
  error: CloudError,
  tools: LeaseTools,
): LeaseDone {
  const endsAt = end + spreadOf(tools);
  if (holder === '' || session.wire.serverTime(tools.clock.now()) >= endsAt + constants.window) throw error;
  const remark = leftToEnder(`It could not be ended now: ${sentence(error.message)}`, endsAt, words);
  return { action: 'keep', lease: leftToCloud('scheduler', endsAt, 'leased'), outcome: succeeded(null, false, remark) };
}

/** It is green only where something will end it: the timer is looked at, and the access. */
const sweepIt = 'End it with `operation: sweep`, or `operation: revoke`.';
/** No record proves anything: a sweep would leave it alone too. */
const revokeIt = 'End it with `operation: revoke`, unless it is to stay.';

async function leftToTimer(
  desk: Desk,
  said: string,
  it: Holder,
  lease: LeaseDone['lease'],
  { mayCome, way }: { readonly mayCome: boolean; readonly way: string },
): Promise<Pick<LeaseDone, 'lease' | 'outcome'>> {
  const requestId = requestIdOf(desk);
  const trouble = desk.trouble();
  const why = trouble === null ? said : `${said} ${trouble.message}`;
  desk.goOnUnlimited();
  const [rows, read] = await Promise.all([
    desk.perform({ do: 'list' }, []),
    desk.perform({ do: 'read', expected: null }, []),
  ]);
  if (read?.is === 'no' && !mayCome) {
    const remark = 'It is gone: a read shows no access. Its records are left to the next sweep.';
    return { lease: null, outcome: succeeded(requestId, false, remark) };
  }
  const { date } = desk.now();
  // Where it cannot be looked at, the runner's state tells: what stands, or was being created, was armed before.
  const armed =
    rows?.is === 'rows'
      ? rows.rows.some((row) => isArmedTimer(row, date, it.constants))
      : date < endOf(it) + it.constants.window;
  if (armed) return { lease, outcome: succeeded(requestId, false, why) };
  const outcome = failed(requestId, trouble, {
    reason: `${why} But no timer that will still fire could be seen there: nothing else may end this access.`,
    hint: `${way} ${trouble === null ? '' : hintOf(trouble)}`.trim(),
  });
  return { lease: null, outcome };
}
