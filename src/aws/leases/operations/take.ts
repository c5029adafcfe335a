import { hintOn, ownHint } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive, type Driven } from '#access/leases/protocol/drive';
import { holderName } from '#access/leases/names';
import type { Lease, LeaseDone, LeaseTools } from '#access/leases/port';
import type { Position } from '#access/leases/protocol/protocol';
import type { Trouble } from '#access/leases/protocol/trouble';
import { endsBefore, heldByOthers, madePermanentUnseen } from '#access/leases/words';
import { wholeMinute } from '#access/clock';
import { seconds, withMore } from '#access/words';
import { type Executor, isAt } from '../executor/executor.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import { holderProtocol } from '../steps/holder-protocol.ts';
import { abandoned, type GivenUp, type Holder, type HolderOutcome, type Released } from '../steps/holder.ts';
import { joinPhases } from '../steps/join.ts';
import { keepPhases } from '../steps/keep.ts';
import { isPermanentHold } from '../steps/records.ts';
import {
  endOf,
  givenUpInWords,
  hintOnGivenUp,
  leftInWords,
  leftToTimers,
  nothingGranted,
  staysUntil,
} from '../words.ts';
import { kept } from '#access/leases/outcomes';
import { failed, succeeded } from '#access/outcome';
import { holderOf, type LeaseContext } from '../context.ts';
import { findLastFiring } from './shared.ts';

/** How often a join begins anew since somebody was making the access permanent. */
const mostAgain = 3;

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
    log.info('Somebody has changed the record of this lease in the meantime: looking again.');
  }
}

/** How a join has ended, and what had brought it to nothing by then. */
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
  /** Why it was given up: what befalls the giving up is another matter. `undefined` as long as it was not. */
  let trouble: Trouble | null | undefined;
  // So that legs of a matrix share it.
  const end = wholeMinute(executor.now().date + ms);
  const memory = holderOf(context, { holder, end, turn: tools.turn });
  const driven = await drive<Holder, Ask, Answer, HolderOutcome | StillCreating>(
    holderProtocol,
    { phase: 'join', memory },
    {
      now: executor.now,
      perform: async (ask, place) => {
        // The deletion has to be sent soon after the hold is gone: who drops it waits for nobody else any more.
        if (place.at === 'release') await executor.assignment.takeTurn();
        if (place.at === 'settle') sayWaiting(place.memory, executor, tools);
        const answer = await executor.perform(ask, [place.memory.holder, ...place.memory.former]);
        return isJoining(place) ? executor.unlessOfAnotherRole(answer) : answer;
      },
      redirect: (place, now) => {
        if (!isJoining(place)) {
          if (trouble === undefined) trouble = executor.trouble();
          // However it was given up: what was begun is brought to a safe end, and its waits are no part of the limit.
          executor.goOnUnlimited();
          return null;
        }
        if (!executor.isOverTime()) return null;
        if (place.at === 'created') return { end: { kind: 'still-creating' }, memory: place.memory };
        if (atItsEnd.has(place.at)) return null;
        trouble = executor.trouble();
        executor.goOnUnlimited();
        // Whoever makes it permanent has kept it waiting: that is why.
        return abandoned(place.memory, place.at.startsWith('permanent-') ? 'permanent' : 'abandoned', now.mono);
      },
    },
  );
  return { ...driven, trouble: trouble === undefined ? executor.trouble() : trouble };
}

function isJoining(place: Position<Holder>): boolean {
  return isAt(place, joinPhases) || isAt(place, keepPhases);
}

/** What is all but done is done, whatever the time. */
const atItsEnd: ReadonlySet<string> = new Set(['save-held', 'keep-leave', 'keep-over', 'permanent-over']);

function sayWaiting(it: Holder, executor: Executor, { log }: LeaseTools): void {
  const rest = Math.max(it.heldAt + it.constants.settle, it.fireUntil) - executor.now().mono;
  if (rest <= 0) return;
  const why = it.fireUntil > 0 ? 'A timer that may be firing was stopped' : 'Others have records of this grant';
  log.info(`${why}: waiting ${seconds(rest)}, so that no deletion that is on its way hits this lease.`);
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
      // What was released is not for the post step any more.
      if (!isLeftToPost.has(outcome.left)) tools.note({ progress: 'over', holder: it.holder, end: it.end });
      return notTaken(executor, outcome.gaveUp ?? 'failed', outcome, { memory: it, trouble }, grant, context);
  }
}

/** A hold that may still be there counts: the post step tries once more, when whatever was down may be up again. */
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
  log.info('Verified by reading back: the access is there, and its timer is armed.');
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
      sentences: [...heldByOthers(others), ...(keepAfterJob ? [endsBefore(id)] : []), sessions, madePermanentUnseen],
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
  // More time mends that it ran out, and nothing else does what has taken it.
  const hint = why === 'failed' ? hintOn(trouble) : withMore(hintOnGivenUp(why), ownHint(trouble) ?? '');
  return {
    action: 'create',
    lease: null,
    outcome: failed(executor.assignment.requestId(), trouble, {
      reason: withMore(givenUpInWords(why, detail, it), left.words),
      hint,
      changed: left.mayStand,
    }),
  };
}

/** What is left of what a join had begun when it was given up. */
interface Left {
  /** A sentence or two; empty where nothing is. */
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
  if (how.left === 'unreleased') return { words: `${said} The post step tries once more.`, mayStand };
  if (it.progress === 'holding') return nothingLeft;
  if (how.left !== 'to-timer' && how.left !== 'shared') return { words: said, mayStand: false };
  const [{ firesAt }, read] = await Promise.all([
    findLastFiring(executor, it),
    executor.perform({ do: 'read', expected: null }, []),
  ]);
  // Nothing was accepted, as where whoever may not create may not delete either.
  if (read?.is === 'no' && executor.assignment.operation() === null) return { words: nothingGranted, mayStand: false };
  if (how.left === 'shared') return { words: firesAt === null ? said : staysUntil(firesAt, words), mayStand };
  if (firesAt === null) return { words: `${said} The post step looks once more.`, mayStand };
  return { words: leftToTimers(said, { firesAt, date: executor.now().date, constants }, words), mayStand };
}

/** By the hold that is in the way; `null` where it is gone by now, or cannot be seen. */
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
      reason:
        'CreateAccountAssignment was still in progress when the time limit passed: the lease does not stand yet. The post step gives it back, and its timer ends it in any case.',
      hint: 'Run the step again, or give it a longer `timeout`.',
    },
  };
}
