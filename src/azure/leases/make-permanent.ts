import type { Assignment } from '../../access/grant.ts';
import { drive } from '../../access/leases/drive.ts';
import { failed, hintOf, permanentNow, succeeded } from '../../access/leases/outcomes.ts';
import type { LeaseDone, LeaseTools } from '../../access/leases/port.ts';
import { madePermanent } from '../../access/leases/words.ts';
import { seconds } from '../../access/words.ts';
import { requestIdOf, type Room } from './room.ts';
import { newPermanent, permanentProtocol, type Permanent } from './steps/permanent.ts';
import { seenBy } from './take.ts';

/** Makes the access to a leased grant permanent: takes its record away, until it stays away. */
export async function makePermanent(room: Room, grant: Assignment, tools: LeaseTools): Promise<LeaseDone> {
  const desk = room.openDesk(grant, true, tools);
  try {
    const { outcome, memory } = await drive(
      permanentProtocol,
      { phase: 'find', memory: newPermanent(room.constants, desk.now()) },
      {
        now: desk.now,
        perform: (ask, place) => {
          const rest = place.memory.settledAt - desk.now().mono;
          if (place.at === 'settle' && rest > 0)
            tools.log.info(`Waiting ${seconds(rest)}, so that nothing that is on its way brings the lease back.`);
          return desk.perform(ask);
        },
        redirect: (place) => {
          if (desk.isOverTime()) throw new OutOfTime(place.memory);
          return null;
        },
      },
    );
    return conclude(outcome === 'permanent', memory);
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    return conclude(false, error.memory);
  } finally {
    tools.place.leave();
  }

  function conclude(isPermanent: boolean, { others, committed }: Permanent): LeaseDone {
    const requestId = requestIdOf(desk);
    const done = { action: 'create', seen: seenBy(desk) } as const;
    const holders = room.nameHolders(others);
    if (isPermanent) {
      const was = holders.length === 0 ? null : madePermanent(holders);
      return { ...done, lease: permanentNow, outcome: succeeded(requestId, committed, was) };
    }
    const trouble = desk.trouble();
    const because = trouble?.message ?? 'The time limit passed.';
    const hint = trouble === null ? 'Run the step again with a longer `timeout`.' : hintOf(trouble);
    const reason = committed
      ? `Making the access permanent was broken off: ${because} Nobody knows whether it is still leased, or has no end by now.`
      : because;
    return { ...done, lease: null, outcome: failed(requestId, trouble, { reason, hint, changed: committed }) };
  }
}

/** The time limit passed. */
class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
  readonly memory: Permanent;

  constructor(memory: Permanent) {
    super('out of time');
    this.memory = memory;
  }
}
