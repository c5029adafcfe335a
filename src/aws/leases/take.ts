import type { Assignment } from '../../access/grant.ts';
import { drive, type Driven } from '../../access/leases/drive.ts';
import { holderName } from '../../access/leases/holder-name.ts';
import type { Lease, LeaseDone, LeaseTools } from '../../access/leases/port.ts';
import { endsBefore, heldByOthers, madePermanentUnseen } from '../../access/leases/words.ts';
import { minuteMs, wholeMinute } from '../../access/times.ts';
import { seconds, withMore } from '../../access/words.ts';
import type { Desk } from './desk.ts';
import { isAt } from './desk.ts';
import type { Answer, Ask } from './steps/asks.ts';
import { abandoned } from './steps/abandon.ts';
import { holderProtocol, newHolder, type GivenUp, type Holder, type HolderOutcome } from './steps/holder.ts';
import { joinPhases } from './steps/join.ts';
import { keepPhases } from './steps/keep.ts';
import { isPermanentHold } from './steps/records.ts';
import { endOf, givenUpInWords, hintOnGivenUp, leftInWords } from './words.ts';
import { failed, hintOf, kept, succeeded } from '../../access/leases/outcomes.ts';
import { requestIdOf } from './outcomes.ts';
import type { Room } from './room.ts';

/** How often a join begins anew since somebody was making the access permanent. */
const mostAgain = 3;
/** So often a release that comes too late is begun again. */
const renewals = 3;

/** The creation was accepted, and was still running when the time limit passed. */
interface StillCreating {
  readonly kind: 'still-creating';
}

/**
 * Takes a lease of one grant: a join, and where that is given up, what follows from it.
 *
 * @param replaces the holder that gives way to this one, and so is no other
 */
export async function take(
  room: Room,
  grant: Assignment,
  lease: Lease,
  tools: LeaseTools,
  replaces: string | null = null,
): Promise<LeaseDone> {
  const { log } = tools;
  const desk = room.openDesk(grant, lease.keepAfterJob, tools);
  try {
    for (let times = 1; ; times += 1) {
      const name = times === 1 ? room.holder : holderName(room.randomBytes);
      const { outcome, memory } = await join(room, desk, name, lease, tools);
      if (outcome.kind !== 'again') return await conclude(room, desk, grant, lease, outcome, memory, tools, replaces);
      if (times === mostAgain || desk.isOverTime()) return await notTaken(desk, 'permanent', null, memory, grant, room);
      log.info('Somebody has changed what keeps this lease meanwhile: looking anew.');
    }
  } finally {
    tools.place.leave();
  }
}

/** The timers of one step on the same account fire one minute after another. In milliseconds. */
export function spreadOf({ turn }: LeaseTools): number {
  return turn * minuteMs;
}

async function join(
  room: Room,
  desk: Desk,
  holder: string,
  { ms }: Lease,
  tools: LeaseTools,
): Promise<Driven<Holder, HolderOutcome | StillCreating>> {
  const { constants, randomBytes } = room;
  const memory = newHolder({
    constants,
    holder,
    spare: sparesFor(randomBytes),
    // So that legs of a matrix share it.
    end: wholeMinute(desk.now().date + ms),
    spread: spreadOf(tools),
  });
  return drive<Holder, Ask, Answer, HolderOutcome | StillCreating>(
    holderProtocol,
    { phase: 'join', memory },
    {
      now: desk.now,
      perform: async (ask, place) => {
        // The deletion has to be sent soon after the hold is gone: who drops it waits for nobody else any more.
        if (place.at === 'release') await desk.assignment.takeTurn();
        if (place.at === 'settle') sayWaiting(place.memory, desk, tools);
        return desk.perform(ask, [place.memory.holder, ...place.memory.former]);
      },
      redirect: (place, now) => {
        if (!isAt(place, joinPhases) && !isAt(place, keepPhases)) {
          // However it was given up: what was begun is brought to a safe end, and its waits are no part of the limit.
          desk.goOnUnlimited();
          return null;
        }
        if (!desk.isOverTime()) return null;
        if (place.at === 'created') return { end: { kind: 'still-creating' }, memory: place.memory };
        if (atItsEnd.has(place.at)) return null;
        desk.goOnUnlimited();
        // Whoever makes it permanent has kept it waiting: that is why.
        return abandoned(place.memory, place.at.startsWith('permanent-') ? 'permanent' : 'abandoned', now.mono);
      },
    },
  );
}

/** What is all but done is done, whatever the time. */
const atItsEnd: ReadonlySet<string> = new Set(['save-held', 'keep-leave', 'keep-over', 'permanent-over']);

export function sparesFor(randomBytes: Room['randomBytes']): readonly string[] {
  return Array.from({ length: renewals }, () => holderName(randomBytes));
}

function sayWaiting(it: Holder, desk: Desk, { log }: LeaseTools): void {
  const rest = Math.max(it.heldAt + it.constants.settle, it.fireUntil) - desk.now().mono;
  if (rest <= 0) return;
  const why = it.fireUntil > 0 ? 'A timer that may be firing was stopped' : 'Others have records of this grant';
  log.info(`${why}: waiting ${seconds(rest)}, so that no deletion that is on its way hits this lease.`);
}

async function conclude(
  room: Room,
  desk: Desk,
  grant: Assignment,
  lease: Lease,
  outcome: Exclude<HolderOutcome, { readonly kind: 'again' }> | StillCreating,
  it: Holder,
  tools: LeaseTools,
  replaces: string | null,
): Promise<LeaseDone> {
  switch (outcome.kind) {
    case 'held':
      return held(room, desk, grant, lease, it, tools, replaces);
    case 'kept':
      return kept(lease);
    case 'still-creating':
      return stillCreating(desk);
    case 'released':
      // What was given back is not for the post step any more.
      if (outcome.left !== 'to-timer') tools.note({ progress: 'over', holder: it.holder, end: it.end });
      return notTaken(desk, outcome.gaveUp ?? 'failed', outcome, it, grant, room);
  }
}

async function held(
  room: Room,
  desk: Desk,
  grant: Assignment,
  { keepAfterJob }: Lease,
  it: Holder,
  { log, budget }: LeaseTools,
  replaces: string | null,
): Promise<LeaseDone> {
  const beside = it.others.filter(({ holder }) => holder !== replaces);
  const shared = beside.length > 0;
  const [others, sessions] = await Promise.all([room.nameHolders(desk, beside), room.sessionsOutlive(grant, budget)]);
  log.info('Verified by reading back: the access is there, and its timer is armed.');
  const id = room.leaseId(grant, it.holder, keepAfterJob);
  return {
    action: 'create',
    outcome: succeeded(requestIdOf(desk), true),
    lease: {
      did: 'took',
      state: shared ? 'shared' : 'leased',
      id,
      expiresAt: it.end,
      endsAtLatest: endOf(it),
      guarantee: 'scheduler',
      keepAfterJob,
      sentences: [...heldByOthers(others), ...(keepAfterJob ? [endsBefore(id)] : []), sessions, madePermanentUnseen],
    },
  };
}

async function notTaken(
  desk: Desk,
  why: GivenUp,
  how: Extract<HolderOutcome, { readonly kind: 'released' }> | null,
  it: Holder,
  grant: Assignment,
  room: Room,
): Promise<LeaseDone> {
  const { words } = room;
  const trouble = why === 'failed' ? desk.trouble() : null;
  const detail = why === 'permanent' ? await whoMakesPermanent(room, desk) : (trouble?.message ?? null);
  const rest = how === null || it.progress === 'holding' ? '' : leftInWords(how, it, grant, words);
  const stays = how?.left === 'to-timer' || how?.left === 'shared';
  const hint = trouble === null ? hintOnGivenUp(why) : hintOf(trouble);
  return {
    action: 'create',
    lease: null,
    outcome: failed(requestIdOf(desk), trouble, {
      reason: withMore(givenUpInWords(why, detail, it), rest),
      hint,
      changed: stays && it.progress === 'creating',
    }),
  };
}

/** By the hold that is in the way; `null` where it is gone by now, or cannot be seen. */
async function whoMakesPermanent(room: Room, desk: Desk): Promise<string | null> {
  const listed = await desk.perform({ do: 'list' }, []);
  const hold = listed?.is === 'rows' ? listed.rows.find(isPermanentHold) : undefined;
  if (hold === undefined) return null;
  const [who] = await room.nameHolders(desk, [hold]);
  return who?.name ?? null;
}

function stillCreating(desk: Desk): LeaseDone {
  return {
    action: 'create',
    lease: null,
    outcome: {
      status: 'IN_PROGRESS',
      requestId: requestIdOf(desk),
      reason:
        'CreateAccountAssignment was still in progress when the time limit passed: the lease does not stand yet. The post step gives it back, and its timer ends it in any case.',
      hint: 'Run the step again, or give it a longer `timeout`.',
    },
  };
}
