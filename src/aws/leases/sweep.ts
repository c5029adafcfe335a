import { drive } from '../../access/leases/drive.ts';
import type { LeaseDone, LeaseTools, SweepItem } from '../../access/leases/port.ts';
import type { Outcome } from '../../access/outcome.ts';
import type { Desk } from './desk.ts';
import type { SweepWork } from './due.ts';
import { newMark, type Room } from './room.ts';
import { newSweep, sweepProtocol, type Sweep, type SweepOutcome } from './steps/sweep.ts';
import { failed, hintOf, succeeded } from '../../access/leases/outcomes.ts';
import { requestIdOf } from './outcomes.ts';
import { whoseItWas } from '../../access/leases/words.ts';
import { decideOnSuspect } from './words.ts';
import { minuteInWords } from '../../access/times.ts';

/** Ends what is due of one grant, and tidies up. */
export async function sweep(room: Room, { grant, why, work }: SweepItem, tools: LeaseTools): Promise<LeaseDone> {
  const { isDue, ended, garbage, holders } = work as SweepWork;
  const desk = room.openDesk(grant, false, tools);
  try {
    const done = isDue
      ? await end(room, desk, ended, { why, whose: whoseItWas(holders) })
      : nothingEnded('Records that stand for nothing any more were deleted.');
    for (const name of garbage) await desk.perform({ do: 'drop', name, notAfter: null }, []);
    return done;
  } finally {
    tools.place.leave();
  }
}

/** What is to be told of a lease besides how it ended: why it is due, and a sentence about who took it. */
interface Told {
  readonly why: string;
  readonly whose: string;
}

async function end(room: Room, desk: Desk, ended: SweepWork['ended'], told: Told): Promise<LeaseDone> {
  const mark = newMark(room, desk.now().date);
  const { outcome, memory } = await drive(
    sweepProtocol,
    { phase: 'sweep', memory: newSweep(room.constants, mark, ended) },
    {
      now: desk.now,
      perform: (ask) => desk.perform(ask, [mark.holder]),
      redirect: (place) => {
        if (!desk.isOverTime() || place.at === 'unmark' || place.at === 'clean') return null;
        desk.goOnUnlimited();
        const memory: Sweep = { ...place.memory, outcome: 'failed' };
        return { phase: 'unmark', memory };
      },
    },
  );
  return conclude(desk, outcome, memory, told);
}

function nothingEnded(remark: string): LeaseDone {
  return { action: 'keep', lease: null, outcome: succeeded(null, false, remark) };
}

function conclude(desk: Desk, outcome: SweepOutcome, it: Sweep, { why, whose }: Told): LeaseDone {
  const requestId = requestIdOf(desk);
  switch (outcome) {
    case 'ended': {
      const late = it.span.before > 0 && desk.now().date > it.span.before + it.constants.window;
      const remark = late
        ? `Ended, since ${why}.${whose} All firings of its timer from ${minuteInWords(it.span.before)} on were over, and the access was still there: look at the dead-letter queue, and at what the role that Scheduler assumes may do.`
        : `Ended, since ${why}.${whose}`;
      return { action: 'remove', lease: null, outcome: succeeded(requestId, true, remark) };
    }
    case 'cleared':
      return nothingEnded('The access was gone already: its records were cleared.');
    case 'held':
      return nothingEnded('Others hold it: it stays for them.');
    case 'firing':
      return nothingEnded('EventBridge Scheduler is ending it now.');
    case 'nothing':
      return nothingEnded('There was nothing to end.');
    case 'suspect': {
      const reason = `The access is there, the firings of its timers from ${minuteInWords(it.span.before)} on are over, and nothing proves whether it is that lease: it was left alone.${whose}`;
      return notEnded(failed(requestId, null, { reason, hint: decideOnSuspect }));
    }
    case 'failed': {
      const trouble = desk.trouble();
      const reason = `It could not be ended, although ${why}: ${trouble?.message ?? 'the time limit passed.'}`;
      const hint = trouble === null ? 'Run the sweep again, or give it a longer `timeout`.' : hintOf(trouble);
      return notEnded(failed(requestId, trouble, { reason, hint }));
    }
  }
}

function notEnded(outcome: Outcome): LeaseDone {
  return { action: 'remove', lease: null, outcome };
}
