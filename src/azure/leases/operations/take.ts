import { CloudError, hintOn, isOfKind } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive } from '#access/leases/protocol/drive';
import { kept, overtaken } from '#access/leases/outcomes';
import { heldByOthers, madePermanentUnseen } from '#access/messages/leases';
import { failed, refused, succeeded } from '#access/outcome';
import type { Milestone } from '#access/leases/journal';
import type { Lease, LeaseDone, LeaseTools } from '#access/leases/port';
import { wholeMinute } from '#access/clock';
import { withMore } from '#access/words';
import { isConflict } from '../executor/sending.ts';
import { compare } from '../../assignments/properties.ts';
import type { Executor } from '../executor/executor.ts';
import { requestIdOf, seenBy, type LeaseContext } from '../context.ts';
import { holderProtocol } from '../steps/holder-protocol.ts';
import { isUnseen, newHolder, type Holder, type HolderOutcome, type Released } from '../steps/holder.ts';
import { giveUp, joinPhases } from '../steps/join.ts';
import { staggered, unknownOthers } from './driving.ts';
import {
  alteredNotice,
  differsInCondition,
  givenUpInWords,
  hintOnGivenUp,
  hintOnUnseen,
  leftInWords,
  recordNamesStep,
  waitingToJoin,
} from '../../messages/leases.ts';

/**
 * Takes a lease of one grant: joins, and where that is given up, releases what was begun.
 *
 * @param replaces the holder that this one replaces, and so does not count as another
 */
export async function take(
  context: LeaseContext,
  grant: Assignment,
  lease: Lease,
  tools: LeaseTools,
  replaces: string | null = null,
): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, replaces === null, tools, context.holder);
  try {
    const { outcome, memory } = await join(context, executor, grant, lease, tools, replaces);
    switch (outcome.kind) {
      case 'held':
        return held(context, executor, grant, lease, memory, tools, replaces);
      case 'kept':
        return keptAs(executor, lease, context, replaces === null);
      case 'released':
        tools.note({ progress: leftFor(outcome, memory), holder: memory.holder, end: memory.end });
        return notTaken(executor, outcome, memory, grant, context);
    }
  } finally {
    executor.assignment.close();
  }
}

function join(
  { constants, holder, lastRead }: LeaseContext,
  executor: Executor,
  grant: Assignment,
  { ms, keepAfterJob }: Lease,
  tools: LeaseTools,
  replaces: string | null,
): Promise<{ readonly outcome: HolderOutcome; readonly memory: Holder }> {
  const end = wholeMinute(executor.now().date + ms);
  // While the read that the plan is based on is fresh, no other is needed.
  let before = lastRead(grant);
  const perform = staggered<Holder>(executor, tools, {
    others: ({ at, memory }) => (at === 'again' ? unknownOthers : memory.others.length),
    words: ({ at, memory }, rest) => {
      if (at !== 'settle') return null;
      return waitingToJoin(
        rest,
        memory.others.some(({ holder: other }) => other !== replaces),
      );
    },
    isOver: executor.isSpent,
  });
  return drive(
    holderProtocol,
    { to: 'find', memory: newHolder({ constants, holder, end, keepAfterJob }) },
    {
      now: executor.now,
      perform: async (ask, place) => {
        if (place.at !== 'find' || before === null) return perform(ask, place);
        const read = before;
        before = null;
        return (await executor.assignment.recall(read)) ?? perform(ask, place);
      },
      redirect: (place, now) => {
        if (!Object.hasOwn(joinPhases, place.at)) {
          // After giving up, the time limit does not count the waits that bring it to a safe end.
          executor.goOnUnlimited();
          return null;
        }
        if (!executor.isOverTime() || atItsEnd.has(place.at)) return null;
        executor.goOnUnlimited();
        return giveUp(place.memory, 'abandoned', now);
      },
    },
  );
}

/** Progress for the post step, which ignores a lease that was released. */
function leftFor({ left }: Released, memory: Holder): Milestone {
  if (left !== 'to-sweep' && left !== 'unseen') return 'over';
  return memory.unseen === 'answered' && isUnseen(memory) ? 'made' : 'creating';
}

/** Phases that are carried out even after the time limit: they are the last ones. */
const atItsEnd: ReadonlySet<string> = new Set(['save-made', 'save-held', 'save-over']);

function held(
  context: LeaseContext,
  executor: Executor,
  grant: Assignment,
  { keepAfterJob }: Lease,
  it: Holder,
  { log }: LeaseTools,
  replaces: string | null,
): LeaseDone {
  const others = context.nameHolders(it.others.filter(({ holder }) => holder !== replaces));
  log.info(recordNamesStep);
  const id = context.leaseId(grant, it.holder, keepAfterJob);
  return {
    action: 'create',
    seen: seenBy(executor),
    outcome: succeeded(requestIdOf(executor), true),
    lease: {
      did: 'took',
      state: others.length > 0 ? 'shared' : 'leased',
      id,
      expiresAt: it.end,
      // Azure does not end role assignments.
      endsAtLatest: null,
      guarantee: 'sweep',
      keepAfterJob,
      sentences: [...heldByOthers(others), madePermanentUnseen],
    },
  };
}

/** Permanent access, if it is as requested; reports an altered record. */
function keptAs(executor: Executor, lease: Lease, { session }: LeaseContext, isAsked: boolean): LeaseDone {
  const seen = executor.assignment.seen();
  const requestId = requestIdOf(executor);
  const done = { ...(requestId === null ? kept(lease) : overtaken(lease, requestId)), seen: seenBy(executor) };
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

/** True if more time alone does not help: a conflict that no read explains, or an object ID that no principal has. */
function outlastsTime(error: CloudError): boolean {
  return isConflict(error) || isOfKind(error, 'replicating');
}

function notTaken(
  executor: Executor,
  how: Released,
  it: Holder,
  grant: Assignment,
  { words }: LeaseContext,
): LeaseDone {
  const why = how.gaveUp ?? 'failed';
  const last = executor.trouble();
  const isWhy = why === 'failed' || (why === 'abandoned' && last instanceof CloudError && outlastsTime(last));
  const trouble = isWhy ? last : null;
  const operation = executor.assignment.operation();
  const made = operation?.change.kind === 'create' ? (operation.assignmentId ?? null) : null;
  const rest = how.left === 'nothing' && why === 'failed' ? '' : leftInWords(how, it, grant, words, made);
  const because = givenUpInWords(why, why === 'failed' || why === 'abandoned' ? (last?.message ?? null) : null, it);
  const hint = hintOn(trouble, hintOnGivenUp(why));
  const isLeft = how.left === 'to-sweep' || how.left === 'unseen';
  return {
    action: 'create',
    lease: null,
    outcome: failed(requestIdOf(executor), trouble, {
      reason: withMore(because, rest),
      hint: how.left === 'unseen' ? withMore(hintOnUnseen, hint) : hint,
      changed: isLeft,
    }),
  };
}
