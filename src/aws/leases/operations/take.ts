import { hintOn, ownHint } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive, type Driven } from '#access/leases/protocol/drive';
import { holderName } from '#access/leases/names';
import type { Lease, LeaseDone, LeaseTools } from '#access/leases/port';
import type { Position } from '#access/leases/protocol/protocol';
import type { Trouble } from '#access/leases/protocol/executor';
import { heldByOthers, madePermanentUnseen } from '#access/messages/leases';
import { wholeMinute } from '#access/clock';
import { seconds, withMore } from '#access/words';
import { type Executor, isAt } from '../executor/executor.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import { holderProtocol } from '../steps/holder-protocol.ts';
import { giveUp, type GivenUp, type Holder, type HolderOutcome, type Released } from '../steps/holder.ts';
import { joinPhases } from '../steps/join.ts';
import { keepPhases } from '../steps/keep.ts';
import { isPermanentHold } from '../steps/records.ts';
import { leftInWords, leftToTimers, orLongerTimeout } from '../messages/ending.ts';
import * as messages from '../messages/taking.ts';
import { kept } from '#access/leases/outcomes';
import { failed, succeeded } from '#access/outcome';
import { holderOf, type LeaseContext } from '../context.ts';
import { endOf, findLastFiring } from './shared.ts';

/** Most times that a join begins again because another step was making the access permanent. */
const mostAgain = 3;

/** The creation was accepted, and was still running when the time limit passed. */
interface StillCreating {
  readonly kind: 'still-creating';
}

/**
 * Takes a lease of one grant: a join, and the release that follows if the join is given up.
 *
 * @param replaces the holder that this one replaces, which does not count as another
 */
export async function take(
  context: LeaseContext,
  grant: Assignment,
  lease: Lease,
  tools: LeaseTools,
  replaces: string | null = null,
): Promise<LeaseDone> {
  const { log } = tools;
  const executor = context.openExecutor(grant, lease.keepAfterJob, tools);
  for (let times = 1; ; times += 1) {
    const name = times === 1 ? context.holder : holderName(context.randomBytes);
    const { outcome, memory, trouble } = await join(context, executor, name, lease, tools);
    if (outcome.kind !== 'again')
      return conclude(context, executor, grant, lease, outcome, { memory, trouble }, tools, replaces);
    if (times === mostAgain || executor.isOverTime())
      return notTaken(executor, 'permanent', null, { memory, trouble }, grant, context);
    log.info(messages.changedMeanwhile);
  }
}

/** The end of a join, and its trouble by then. */
interface Joined extends Driven<Holder, HolderOutcome | StillCreating> {
  readonly trouble: Trouble | null;
}

async function join(
  context: LeaseContext,
  executor: Executor,
  holder: string,
  { ms }: Lease,
  tools: LeaseTools,
): Promise<Joined> {
  /** The trouble for which it was given up, without any later one; `undefined` while it was not given up. */
  let trouble: Trouble | null | undefined;
  // A whole minute, so that the jobs of a matrix share it.
  const end = wholeMinute(executor.now().date + ms);
  const memory = holderOf(context, { holder, end, turn: tools.turn });
  const driven = await drive<Holder, Ask, Answer, HolderOutcome | StillCreating>(
    holderProtocol,
    { to: 'join', memory },
    {
      now: executor.now,
      perform: async (ask, place) => {
        // The deletion has to be sent soon after the hold is deleted, without waiting for others.
        if (place.at === 'release') await executor.assignment.takeTurn();
        if (place.at === 'settle') sayWaiting(place.memory, executor, tools);
        const answer = await executor.perform(ask, [place.memory.holder, ...place.memory.former]);
        return isJoining(place) ? executor.unlessOfAnotherRole(answer) : answer;
      },
      redirect: (place, now) => {
        if (!isJoining(place)) {
          if (trouble === undefined) trouble = executor.trouble();
          // Once a join is given up, it is brought to a safe end, whose waits are not part of the time limit.
          executor.goOnUnlimited();
          return null;
        }
        if (!executor.isOverTime()) return null;
        if (place.at === 'created') return { end: { kind: 'still-creating' }, memory: place.memory };
        if (atItsEnd.has(place.at)) return null;
        trouble = executor.trouble();
        executor.goOnUnlimited();
        // The reason is the step that makes it permanent, which has kept this one waiting.
        return giveUp(place.memory, place.at.startsWith('permanent-') ? 'permanent' : 'abandoned', now);
      },
    },
  );
  return { ...driven, trouble: trouble === undefined ? executor.trouble() : trouble };
}

function isJoining(place: Position<Holder>): boolean {
  return isAt(place, joinPhases) || isAt(place, keepPhases);
}

/** Steps that are carried out even after the time limit: nothing else is left to do. */
const atItsEnd: ReadonlySet<string> = new Set(['save-held', 'keep-leave', 'keep-over', 'permanent-over']);

function sayWaiting(it: Holder, executor: Executor, { log }: LeaseTools): void {
  const rest = Math.max(it.heldAt + it.constants.settle, it.fireUntil) - executor.now().mono;
  if (rest <= 0) return;
  log.info(messages.waitingForDeletions(seconds(rest), it.fireUntil > 0));
}

async function conclude(
  context: LeaseContext,
  executor: Executor,
  grant: Assignment,
  lease: Lease,
  outcome: Exclude<HolderOutcome, { readonly kind: 'again' }> | StillCreating,
  { memory: it, trouble }: Pick<Joined, 'memory' | 'trouble'>,
  tools: LeaseTools,
  replaces: string | null,
): Promise<LeaseDone> {
  switch (outcome.kind) {
    case 'held':
      return held(context, executor, grant, lease, it, tools, replaces);
    case 'kept':
      return kept(lease);
    case 'still-creating':
      return stillCreating(executor);
    case 'released':
      // The post step has nothing to do for a lease that was released.
      if (!isLeftToPost.has(outcome.left)) tools.note({ progress: 'over', holder: it.holder, end: it.end });
      return notTaken(executor, outcome.gaveUp ?? 'failed', outcome, { memory: it, trouble }, grant, context);
  }
}

/**
 * Ends that leave work to the post step: a hold that may still exist counts, and a service that was down may be up
 * again.
 */
const isLeftToPost: ReadonlySet<Released['left']> = new Set(['to-timer', 'unreleased']);

async function held(
  context: LeaseContext,
  executor: Executor,
  grant: Assignment,
  { keepAfterJob }: Lease,
  it: Holder,
  { log, budget }: LeaseTools,
  replaces: string | null,
): Promise<LeaseDone> {
  const beside = it.others.filter(({ holder }) => holder !== replaces);
  const shared = beside.length > 0;
  const [others, sessions] = await Promise.all([
    context.nameHolders(executor, beside),
    context.sessionsOutlive(grant, budget),
  ]);
  log.info(messages.verifiedArmed);
  const id = context.leaseId(grant, it.holder, keepAfterJob);
  return {
    action: 'create',
    outcome: succeeded(executor.assignment.requestId(), true),
    lease: {
      did: 'took',
      state: shared ? 'shared' : 'leased',
      id,
      expiresAt: it.end,
      endsAtLatest: endOf(it),
      guarantee: 'scheduler',
      keepAfterJob,
      sentences: [...heldByOthers(others), sessions, madePermanentUnseen],
    },
  };
}

async function notTaken(
  executor: Executor,
  why: GivenUp,
  how: Released | null,
  { memory: it, trouble: told }: Pick<Joined, 'memory' | 'trouble'>,
  grant: Assignment,
  context: LeaseContext,
): Promise<LeaseDone> {
  const trouble = why === 'permanent' || why === 'suspect' ? null : told;
  const detail = why === 'permanent' ? await whoMakesPermanent(context, executor) : (trouble?.message ?? null);
  const left = how === null ? nothingLeft : await whatIsLeft(context, executor, how, it, grant);
  // The hint on trouble is better than one on the time limit alone.
  const hint = why === 'failed' ? hintOn(trouble) : withMore(messages.hintOnGivenUp(why), ownHint(trouble) ?? '');
  return {
    action: 'create',
    lease: null,
    outcome: failed(executor.assignment.requestId(), trouble, {
      reason: withMore(messages.givenUpInWords(why, detail, it), left.words),
      hint,
      changed: left.mayStand,
    }),
  };
}

/** The rest of a join that was given up. */
interface Left {
  /** A sentence or two; empty where nothing is left. */
  readonly words: string;
  readonly mayStand: boolean;
}

const nothingLeft: Left = { words: '', mayStand: false };

async function whatIsLeft(
  context: LeaseContext,
  executor: Executor,
  how: Released,
  it: Holder,
  grant: Assignment,
): Promise<Left> {
  const { words, constants } = context;
  const said = leftInWords(how, it, grant, words);
  const mayStand = it.progress === 'creating';
  if (how.left === 'unreleased') return { words: messages.postTriesAgain(said), mayStand };
  if (it.progress === 'holding') return nothingLeft;
  if (how.left !== 'to-timer' && how.left !== 'shared') return { words: said, mayStand: false };
  const [{ firesAt }, read] = await Promise.all([
    findLastFiring(executor, it),
    executor.perform({ do: 'read', expected: null }, []),
  ]);
  // Nothing was accepted, for example if the caller is allowed neither to create nor to delete.
  if (read?.is === 'no' && executor.assignment.operation() === null)
    return { words: messages.nothingGranted, mayStand: false };
  if (how.left === 'shared')
    return { words: firesAt === null ? said : messages.staysUntil(firesAt, words.ender), mayStand };
  if (firesAt === null) return { words: messages.postChecksAgain(said), mayStand };
  return { words: leftToTimers(said, { firesAt, date: executor.now().date, constants }, words), mayStand };
}

/** The holder that is making the access permanent; `null` where its hold is gone by now, or cannot be read. */
async function whoMakesPermanent(context: LeaseContext, executor: Executor): Promise<string | null> {
  const listed = await executor.perform({ do: 'list' }, []);
  const hold = listed?.is === 'rows' ? listed.rows.find(isPermanentHold) : undefined;
  if (hold === undefined) return null;
  const [who] = await context.nameHolders(executor, [hold]);
  return who?.name ?? null;
}

function stillCreating(executor: Executor): LeaseDone {
  return {
    action: 'create',
    lease: null,
    outcome: {
      status: 'IN_PROGRESS',
      requestId: executor.assignment.requestId(),
      reason: messages.stillCreating,
      hint: orLongerTimeout,
    },
  };
}
