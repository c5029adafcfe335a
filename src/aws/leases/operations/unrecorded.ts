import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { HeldGrant } from '#access/leases/journal';
import type { Lease, LeaseDone, LeaseTools } from '#access/leases/port';
import { unrecorded } from '#access/messages/leases';
import { wholeMinute } from '#access/clock';
import { failed, succeeded, type Outcome } from '#access/outcome';
import { withMore } from '#access/words';
import { notEndedByPost, revokeIt, timeLimitPassed, verifiedGone } from '../messages/ending.ts';
import {
  postEndsIt,
  schedulerWouldEnd,
  timeLimitBeforeLease,
  verifiedThere,
  withLongerTimeout,
} from '../messages/taking.ts';
import type { Answer } from '../steps/asks.ts';
import type { Constants } from '../steps/constants.ts';
import type { Deadline } from '#access/leases/protocol/protocol';
import type { Executor } from '../executor/executor.ts';
import type { LeaseContext } from '../context.ts';
import { kept } from '#access/leases/outcomes';

/**
 * Leases without EventBridge Scheduler: only the runner's state has them, overlap is not counted, and only the post step
 * ends them.
 */
export async function takeUnrecorded(
  context: LeaseContext,
  grant: Assignment,
  lease: Lease,
  tools: LeaseTools,
): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, false, tools);
  const { constants } = context;
  const end = wholeMinute(executor.now().date + lease.ms);
  const note = (progress: 'creating' | 'held' | 'over'): void => {
    tools.note({ progress, holder: '', end });
  };
  const notAfter: Deadline = { mono: Infinity, date: end - constants.margin };
  let lost = false;
  /** True if this step may have created the access that a read shows. */
  let tried = false;
  for (;;) {
    const read = await executor.perform({ do: 'read', expected: null }, []);
    if (read?.is === 'yes' && !tried) {
      note('over');
      return kept(lease);
    }
    if (read?.is !== 'no' && read?.is !== 'yes') return notTaken(executor, false);
    note('creating');
    const started = await executor.perform({ do: 'create', notAfter }, []);
    tried ||= started?.is === 'done' || started?.is === 'lost';
    if (started?.is === 'done') {
      const ended = await executor.perform({ do: 'await', what: 'creation' }, []);
      if (ended?.is === 'done') break;
      // It has ended FAILED, for a reason that passes.
      if (ended?.is === 'busy' && (await sleep(executor, constants.lookAgain)) !== null) continue;
      if (ended?.is === 'failed' || ended?.is === 'busy') note('over');
      return notTaken(executor, ended === null || ended.is === 'lost');
    }
    if (started?.is === 'busy' || started?.is === 'lost') {
      lost ||= started.is === 'lost';
      const pause = started.is === 'lost' ? constants.flight : constants.lookAgain;
      if ((await sleep(executor, pause)) !== null) continue;
    }
    // If the result is unknown, the post step checks it.
    if (!lost && (started?.is === 'late' || started?.is === 'failed' || started?.is === 'busy')) note('over');
    return notTaken(executor, lost);
  }
  const seen = await executor.perform({ do: 'read', expected: true }, []);
  if (seen?.is !== 'yes') return notTaken(executor, true);
  note('held');
  return held(context, executor, grant, end, tools);
}

function sleep(executor: Executor, ms: number): Promise<Answer | null> {
  return executor.perform({ do: 'sleep', until: executor.now().mono + ms }, []);
}

async function held(
  context: LeaseContext,
  executor: Executor,
  grant: Assignment,
  end: number,
  { budget, log }: LeaseTools,
): Promise<LeaseDone> {
  log.info(verifiedThere);
  return {
    action: 'create',
    outcome: succeeded(executor.assignment.requestId(), true, unrecorded(schedulerWouldEnd)),
    lease: {
      did: 'took',
      state: 'leased',
      id: null,
      expiresAt: end,
      endsAtLatest: null,
      guarantee: 'post-step',
      keepAfterJob: false,
      sentences: [await context.sessionsOutlive(grant, budget)],
    },
  };
}

function notTaken(executor: Executor, unknown: boolean): LeaseDone {
  const trouble = executor.trouble();
  const requestId = executor.assignment.requestId();
  const reason = trouble?.message ?? timeLimitBeforeLease;
  const hint = hintOn(trouble, withLongerTimeout);
  const outcome: Outcome = unknown
    ? { status: 'IN_PROGRESS', requestId, reason: postEndsIt(reason), hint }
    : failed(requestId, trouble, { reason, hint });
  return { action: 'create', lease: null, outcome };
}

/**
 * Ends the access that a step has granted, by its own state alone. Access that cannot be ended is an error: nothing
 * else ends it.
 */
export async function releaseUnrecorded(
  context: LeaseContext,
  { grant, progress }: HeldGrant,
  tools: LeaseTools,
): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, false, tools);
  const { constants } = context;
  const gone = (changed: boolean): LeaseDone => ({
    action: 'remove',
    lease: null,
    outcome: succeeded(executor.assignment.requestId(), changed),
  });
  const mayCome = progress !== 'held' && !(await hasEnded(executor, constants));
  const notAfter: Deadline = { mono: Infinity, date: Infinity };
  /** True if a deletion whose answer was lost may have been carried out. */
  let lost = false;
  for (;;) {
    const read = await executor.perform({ do: 'read', expected: null }, []);
    // A deletion waits for a creation that may still take place: it is refused while the creation is running.
    if (read?.is === 'no' && !mayCome) return gone(lost);
    const started = read === null ? null : await executor.perform({ do: 'delete', notAfter }, []);
    lost ||= started?.is === 'lost';
    const ended = started?.is === 'done' ? await executor.perform({ do: 'await', what: 'deletion' }, []) : started;
    // Busy: it was refused, or it has ended FAILED for a reason that passes.
    if (ended?.is === 'busy' || started?.is === 'lost') {
      const pause = started?.is === 'lost' ? constants.flight : constants.lookAgain;
      if ((await sleep(executor, pause)) !== null) continue;
    }
    const seen =
      ended?.is === 'done' || ended?.is === 'missing'
        ? await executor.perform({ do: 'read', expected: false }, [])
        : null;
    if (seen?.is === 'no') {
      tools.log.info(verifiedGone);
      return gone(ended?.is === 'done' || lost);
    }
    return notEnded(executor);
  }
}

/** True if the creation that main began is seen to have ended; its request may be under way, or it may be running. */
async function hasEnded(executor: Executor, { flight }: Constants): Promise<boolean> {
  await sleep(executor, flight);
  const creation = await executor.perform({ do: 'await', what: 'creation' }, []);
  return creation?.is === 'done' || creation?.is === 'busy';
}

function notEnded(executor: Executor): LeaseDone {
  const trouble = executor.trouble();
  const requestId = executor.assignment.requestId();
  const reason = notEndedByPost(trouble?.message ?? timeLimitPassed);
  const hint = withMore(revokeIt, hintOn(trouble, ''));
  return { action: 'remove', lease: null, outcome: failed(requestId, trouble, { reason, hint }) };
}
