import { CloudError, hintOn, isOfKind } from '#access/errors';
import type { Assignment } from '#access/grant';
import { restOf } from '#access/leases/protocol/desk';
import { drive } from '#access/leases/protocol/drive';
import { kept, overtaken } from '#access/leases/outcomes';
import { endsBefore, heldByOthers, madePermanentUnseen } from '#access/leases/words';
import { failed, refused, succeeded } from '#access/outcome';
import type { Milestone } from '#access/leases/journal';
import type { Lease, LeaseDone, LeaseTools } from '#access/leases/port';
import { wholeMinute } from '#access/times';
import { seconds, withMore } from '#access/words';
import { isConflict } from '../desk/sending.ts';
import { compare } from '../../assignments/properties.ts';
import type { Desk } from '../desk/desk.ts';
import { requestIdOf, seenBy, type Room } from '../room.ts';
import { holderProtocol } from '../steps/holder-protocol.ts';
import { isUnseen, newHolder, type Holder, type HolderOutcome, type Released } from '../steps/holder.ts';
import { giveUp, joinPhases } from '../steps/join.ts';
import { stagger, unknownOthers } from './stagger.ts';
import {
  alteredNotice,
  differsInCondition,
  givenUpInWords,
  hintOnGivenUp,
  hintOnUnseen,
  leftInWords,
} from '../words.ts';

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
  const desk = room.openDesk(grant, replaces === null, tools, room.holder);
  try {
    const { outcome, memory } = await join(room, desk, grant, lease, tools, replaces);
    switch (outcome.kind) {
      case 'held':
        return held(room, desk, grant, lease, memory, tools, replaces);
      case 'kept':
        return keptAs(desk, lease, room, replaces === null);
      case 'released':
        tools.note({ progress: leftFor(outcome, memory), holder: memory.holder, end: memory.end });
        return notTaken(desk, outcome, memory, grant, room);
    }
  } finally {
    desk.assignment.close();
    tools.place.leave();
  }
}

function join(
  { constants, holder, lastRead }: Room,
  desk: Desk,
  grant: Assignment,
  { ms, keepAfterJob }: Lease,
  { log, random }: LeaseTools,
  replaces: string | null,
): Promise<{ readonly outcome: HolderOutcome; readonly memory: Holder }> {
  const end = wholeMinute(desk.now().date + ms);
  // The read that the plan was made from is as good as another one, while it is fresh.
  let before = lastRead(grant);
  return drive(
    holderProtocol,
    { phase: 'find', memory: newHolder({ constants, holder, end, keepAfterJob }) },
    {
      now: desk.now,
      perform: (asked, place) => {
        const { others } = place.memory;
        const ask = stagger(asked, place.at === 'again' ? unknownOthers : others.length, random);
        const rest = restOf(ask, desk.now());
        if (place.at === 'settle' && rest > 0) {
          const isShared = others.some(({ holder: other }) => other !== replaces);
          log.info(
            `${isShared ? 'Others hold it too: waiting' : 'Waiting'} ${seconds(rest)}, so that nothing that is on its way overtakes this lease.`,
          );
        }
        if (desk.isSpent()) return Promise.resolve({ is: 'failed' });
        if (place.at !== 'find' || before === null) return desk.perform(ask);
        const read = before;
        before = null;
        return desk.assignment.recall(read).then((recalled) => recalled ?? desk.perform(ask));
      },
      redirect: (place, now) => {
        if (!Object.hasOwn(joinPhases, place.at)) {
          // However it was given up: what was begun is brought to a safe end, and its waits are no part of the limit.
          desk.goOnUnlimited();
          return null;
        }
        if (!desk.isOverTime() || atItsEnd.has(place.at)) return null;
        desk.goOnUnlimited();
        const go = giveUp(place.memory, 'abandoned', now);
        return 'end' in go ? go : { phase: go.to, memory: go.memory };
      },
    },
  );
}

/** What the post step has to know: what was given back is not for it any more. */
function leftFor({ left }: Released, memory: Holder): Milestone {
  if (left !== 'to-sweep' && left !== 'unseen') return 'over';
  return memory.unseen === 'answered' && isUnseen(memory) ? 'made' : 'creating';
}

/** What is all but done is done, whatever the time. */
const atItsEnd: ReadonlySet<string> = new Set(['save-made', 'save-held', 'save-over']);

function held(
  room: Room,
  desk: Desk,
  grant: Assignment,
  { keepAfterJob }: Lease,
  it: Holder,
  { log }: LeaseTools,
  replaces: string | null,
): LeaseDone {
  const others = room.nameHolders(it.others.filter(({ holder }) => holder !== replaces));
  log.info('Verified by reading back: the access is there, and its record names this step.');
  const id = room.leaseId(grant, it.holder, keepAfterJob);
  return {
    action: 'create',
    seen: seenBy(desk),
    outcome: succeeded(requestIdOf(desk), true),
    lease: {
      did: 'took',
      state: others.length > 0 ? 'shared' : 'leased',
      id,
      expiresAt: it.end,
      // Azure ends nothing by itself.
      endsAtLatest: null,
      guarantee: 'sweep',
      keepAfterJob,
      sentences: [...heldByOthers(others), ...(keepAfterJob ? [endsBefore(id)] : []), madePermanentUnseen],
    },
  };
}

/** Permanent access, as far as it is what was asked for; a record that proves nothing is told of. */
function keptAs(desk: Desk, lease: Lease, { session }: Room, isAsked: boolean): LeaseDone {
  const seen = desk.assignment.seen();
  const requestId = requestIdOf(desk);
  const done = { ...(requestId === null ? kept(lease) : overtaken(lease, requestId)), seen: seenBy(desk) };
  if (seen === null) return done;
  const { row, described } = seen;
  const { condition } = row;
  const observed = compare(row, { ...session.settings.properties, description: null });
  if (isAsked && observed.standing !== 'current') {
    const why = observed.standing === 'conflicting' ? observed : differsInCondition(condition ?? null, false);
    return { ...done, outcome: refused(why) };
  }
  const { outcome } = done;
  if (described.is !== 'altered' || outcome.status !== 'SUCCEEDED') return done;
  return { ...done, outcome: { ...outcome, remark: `${outcome.remark ?? ''} ${alteredNotice(row)}`.trim() } };
}

/** More time alone mends neither a conflict that no read explains nor a principal that is nobody's object id. */
function outlastsTime(error: CloudError): boolean {
  return isConflict(error) || isOfKind(error, 'replicating');
}

function notTaken(desk: Desk, how: Released, it: Holder, grant: Assignment, { words }: Room): LeaseDone {
  const why = how.gaveUp ?? 'failed';
  const last = desk.trouble();
  const isWhy = why === 'failed' || (why === 'abandoned' && last instanceof CloudError && outlastsTime(last));
  const trouble = isWhy ? last : null;
  const operation = desk.assignment.operation();
  const made = operation?.change.kind === 'create' ? (operation.assignmentId ?? null) : null;
  const rest = how.left === 'nothing' && why === 'failed' ? '' : leftInWords(how, it, grant, words, made);
  const because = givenUpInWords(why, why === 'failed' || why === 'abandoned' ? (last?.message ?? null) : null, it);
  const hint = hintOn(trouble, hintOnGivenUp(why));
  const isLeft = how.left === 'to-sweep' || how.left === 'unseen';
  return {
    action: 'create',
    lease: null,
    outcome: failed(requestIdOf(desk), trouble, {
      reason: withMore(because, rest),
      hint: how.left === 'unseen' ? withMore(hintOnUnseen, hint) : hint,
      changed: isLeft,
    }),
  };
}
