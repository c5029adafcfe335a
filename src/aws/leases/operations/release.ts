import { type CloudError, hintOn } from '#access/errors';
import { drive } from '#access/leases/protocol/drive';
import { endOf, type HeldGrant } from '#access/leases/journal';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import {
  endedBySweep,
  goneThoughHeld,
  holdMayStay,
  leftToOthers,
  staysForOthers,
  staysForPermanent,
  sweepOrRevoke,
} from '#access/messages/leases';
import { sentence, withMore } from '#access/words';
import * as messages from '../messages/ending.ts';
import type { Executor } from '../executor/executor.ts';
import type { Answer } from '../steps/asks.ts';
import { holderProtocol, resumed } from '../steps/holder-protocol.ts';
import type { Holder, Released } from '../steps/holder.ts';
import { holderOf, spreadOf, type LeaseContext } from '../context.ts';
import { leftToCloud, leftUntilItsEnd } from '#access/leases/outcomes';
import { failed, succeeded } from '#access/outcome';
import { leftInWords, leftToTimers, nothingWillFire, othersUnseen } from '../messages/ending.ts';
import { findLastFiring } from './shared.ts';

/** The end of a release whose time limit passed. */
function outOfTime(because: 'no-turn' | 'failed'): Released {
  return { kind: 'released', gaveUp: null, left: 'to-timer', because };
}

/** Releases the lease of one grant that a step holds, or began to take. */
export async function release(context: LeaseContext, held: HeldGrant, tools: LeaseTools): Promise<LeaseDone> {
  const { grant, holder, progress, turn } = held;
  const executor = context.openExecutor(grant, false, tools);
  const known = holderOf(context, { holder, end: endOf(held), turn }, progress);
  // A creation that main began can still take place, until it was seen to have ended.
  let mayCome = progress === 'creating';
  let hasNoTurn = false;
  const { outcome, memory } = await drive(holderProtocol, resumed(known, executor.now()), {
    now: executor.now,
    perform: async (ask, place) => {
      // The deletion has to be sent soon after the hold is deleted, without waiting for others.
      hasNoTurn = place.at === 'release' && !(await executor.assignment.takeTurn());
      if (hasNoTurn) return null;
      const answer = await executor.perform(ask, [place.memory.holder, ...place.memory.former]);
      if (place.at === 'abandon-created' && isTold(answer)) mayCome &&= executor.assignment.isInDoubt('create');
      return answer;
    },
    redirect: ({ memory: sofar }) =>
      hasNoTurn || executor.isOverTime() ? { end: outOfTime(hasNoTurn ? 'no-turn' : 'failed'), memory: sofar } : null,
  });
  if (outcome.kind !== 'released') throw new TypeError('a release ends as a release');
  return conclude(context, executor, held, outcome, memory, mayCome);
}

/** True if a creation was answered, even if only that the caller cannot read its list. */
function isTold(answer: Answer | null): boolean {
  return answer?.is === 'done' || answer?.is === 'failed' || answer?.is === 'busy';
}

async function conclude(
  context: LeaseContext,
  executor: Executor,
  { grant }: HeldGrant,
  how: Released,
  it: Holder,
  mayCome: boolean,
): Promise<LeaseDone> {
  const said = leftInWords(how, it, grant, context.words);
  const gone = how.left === 'gone';
  const changed = executor.assignment.operation()?.state === 'SUCCEEDED';
  const done = { action: gone ? 'remove' : 'keep', lease: null } as const;
  const requestId = executor.assignment.requestId();
  if (gone) {
    context.session.tools.log.info(messages.verifiedGone);
    return { ...done, outcome: succeeded(requestId, changed) };
  }
  switch (how.left) {
    case 'shared': {
      const others = await context.nameHolders(executor, it.others);
      const [{ firesAt }, read] = await Promise.all([
        findLastFiring(executor, it),
        executor.perform({ do: 'read', expected: null }, []),
      ]);
      if (read?.is === 'no') return { ...done, outcome: succeeded(requestId, false, goneThoughHeld(others)) };
      const permanent = others.filter(({ until }) => until === null);
      if (permanent.length > 0) return { ...done, outcome: succeeded(requestId, true, staysForPermanent(permanent)) };
      if (firesAt === null)
        return { ...done, outcome: succeeded(requestId, true, `${staysForOthers(others)} ${nothingWillFire}`) };
      // This is as it should be: there is nothing to warn of.
      const lease = leftToCloud('scheduler', firesAt, 'shared');
      const shared = { ...lease, sentences: [leftToOthers(others, firesAt, context.words)] };
      return { ...done, lease: shared, outcome: succeeded(requestId, true) };
    }
    case 'ended': {
      const read = await executor.perform({ do: 'read', expected: null }, []);
      const remark = endedBySweep(read?.is !== 'no');
      return { ...done, outcome: succeeded(requestId, changed, remark) };
    }
    case 'unreleased':
    case 'unproven': {
      // Nothing else may end the access, for example if its timers were deleted by hand.
      if (it.progress !== 'holding')
        return {
          ...done,
          ...(await leaveToTimers(context, executor, said, it, { mayCome, way: messages.revokeUnlessMeant })),
        };
      const trouble = executor.trouble();
      const remark = trouble === null ? null : holdMayStay(trouble.message, it.end);
      if (remark === null) context.session.tools.log.info(messages.nothingToRelease);
      return { ...done, outcome: succeeded(requestId, changed, remark) };
    }
    case 'to-timer':
      return { ...done, ...(await leaveToTimers(context, executor, said, it, { mayCome, way: sweepOrRevoke })) };
  }
}

/** The outcome without a sign-in: nothing can be read, but access that exists, or was being created, was armed before. */
export function leaveUnseen(
  { words, session, constants }: LeaseContext,
  held: HeldGrant,
  error: CloudError,
  tools: LeaseTools,
): LeaseDone {
  const { holder, turn } = held;
  const firesAt = endOf(held) + spreadOf(turn);
  const date = session.wire.serverTime(tools.clock.now());
  if (holder === '' || date >= firesAt + constants.window) throw error;
  const why = messages.notEndedNow(error.message);
  const remark = `${leftToTimers(why, { firesAt, date, constants }, words)} ${othersUnseen}`;
  const lease = leftToCloud('scheduler', firesAt, 'leased');
  const outcome = leftUntilItsEnd(null, error, tools, { told: remark, way: sweepOrRevoke, changed: false });
  return { action: 'keep', lease, outcome };
}

/** Succeeds only if something will end the access and nothing was denied: reads the timers, and the access. */
async function leaveToTimers(
  { words }: LeaseContext,
  executor: Executor,
  said: string,
  it: Holder,
  { mayCome, way }: { readonly mayCome: boolean; readonly way: string },
): Promise<Pick<LeaseDone, 'lease' | 'outcome'>> {
  const requestId = executor.assignment.requestId();
  const trouble = executor.trouble();
  const why = trouble === null ? said : `${said} ${sentence(trouble.message)}`;
  executor.goOnUnlimited();
  const [{ firesAt, isSeen }, read] = await Promise.all([
    findLastFiring(executor, it),
    executor.perform({ do: 'read', expected: null }, []),
  ]);
  if (read?.is === 'no' && !mayCome) {
    return { lease: null, outcome: succeeded(requestId, false, messages.goneButRecords) };
  }
  if (firesAt !== null) {
    const told = leftToTimers(why, { firesAt, date: executor.now().date, constants: it.constants }, words);
    const remark = isSeen ? told : `${told} ${othersUnseen}`;
    const outcome = leftUntilItsEnd(requestId, trouble, executor, { told: remark, way, changed: false });
    return { lease: leftToCloud('scheduler', firesAt, 'leased'), outcome };
  }
  const outcome = failed(requestId, trouble, {
    reason: `${why} ${nothingWillFire}`,
    hint: withMore(way, hintOn(trouble, '')),
  });
  return { lease: null, outcome };
}
