import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import type { HeldGrant } from '#access/leases/journal';
import type { Lease, LeaseDone, LeaseTools } from '#access/leases/port';
import { unrecorded } from '#access/leases/words';
import { wholeMinute } from '#access/clock';
import { failed, succeeded, type Outcome } from '#access/outcome';
import { withMore } from '#access/words';
import type { Answer } from '../steps/asks.ts';
import type { Constants } from '../steps/constants.ts';
import type { Deadline } from '#access/leases/protocol/protocol';
import type { Executor } from '../executor/executor.ts';
import type { LeaseContext } from '../context.ts';
import { kept } from '#access/leases/outcomes';

/**
 * Leases without EventBridge Scheduler: nothing but the runner's state knows of them, overlap is not counted, and nobody
 * but the post step ends them.
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
  /** Whether what is seen may be of our own making. */
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
    // What is not known to have been carried out is for the post step to look at.
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
  log.info('Verified by reading back: the access is there.');
  return {
    action: 'create',
    outcome: succeeded(
      executor.assignment.requestId(),
      true,
      unrecorded('Give aws-scheduler-role-arn, and EventBridge Scheduler ends it.'),
    ),
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
  const reason = trouble?.message ?? 'The time limit passed before the lease stood.';
  const hint = hintOn(trouble, 'Run the step again with a longer `timeout`.');
  const outcome: Outcome = unknown
    ? { status: 'IN_PROGRESS', requestId, reason: `${reason} The post step ends what came of it.`, hint }
    : failed(requestId, trouble, { reason, hint });
  return { action: 'create', lease: null, outcome };
}

/** Ends what a step has granted, by nothing but its own state: what cannot be ended is red, since nothing else ends it. */
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
  /** Whether a deletion whose answer was lost may have been carried out. */
  let lost = false;
  for (;;) {
    const read = await executor.perform({ do: 'read', expected: null }, []);
    // What may come yet a deletion waits for: it is refused while the creation is running.
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
      tools.log.info('Verified by reading back: the access is gone.');
      return gone(ended?.is === 'done' || lost);
    }
    return notEnded(executor);
  }
}

/** Whether what main began to create is seen to have ended; it may still be under way, and may be running. */
async function hasEnded(executor: Executor, { flight }: Constants): Promise<boolean> {
  await sleep(executor, flight);
  const creation = await executor.perform({ do: 'await', what: 'creation' }, []);
  return creation?.is === 'done' || creation?.is === 'busy';
}

function notEnded(executor: Executor): LeaseDone {
  const trouble = executor.trouble();
  const requestId = executor.assignment.requestId();
  const reason = `The access could not be ended, and nothing else will end it: ${trouble?.message ?? 'the time for it has passed.'}`;
  const hint = withMore('End it with `operation: revoke`.', hintOn(trouble, ''));
  return { action: 'remove', lease: null, outcome: failed(requestId, trouble, { reason, hint }) };
}
