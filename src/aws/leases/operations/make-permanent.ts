import { hintOn, ownHint } from '#access/errors';
import type { Assignment } from '#access/grant';
import { restOf } from '#access/leases/protocol/executor';
import { drive } from '#access/leases/protocol/drive';
import { holderName } from '#access/leases/names';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { madePermanent, permanentBrokenOff } from '#access/messages/leases';
import { seconds, sentence, withMore } from '#access/words';
import { timeLimitPassed } from '../messages/ending.ts';
import {
  againOrRevoke,
  permanentHoldStays,
  permanentInterrupted,
  waitingUntilSeen,
  withLongerTimeout,
} from '../messages/taking.ts';
import type { Executor } from '../executor/executor.ts';
import {
  breakOff,
  newPermanent,
  permanentProtocol,
  type Permanent,
  type PermanentOutcome,
} from '../steps/permanent.ts';
import type { LeaseContext } from '../context.ts';
import { permanentNow, withRemark } from '#access/leases/outcomes';
import { failed, succeeded } from '#access/outcome';
import { inDoubt, type Undeleted, watchDeletions } from './shared.ts';

/**
 * Makes access permanent that is leased, or may be: afterwards no timer of this action can end it. Its records are those of
 * the group that has the records of its leases.
 */
export async function makePermanent(
  context: LeaseContext,
  grant: Assignment,
  there: boolean,
  tools: LeaseTools,
): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, false, tools, await context.groupOf(grant, tools.budget));
  const deletions = watchDeletions(executor);
  const holder = holderName(context.randomBytes);
  let was: string | null = null;
  const { outcome, memory } = await drive(
    permanentProtocol,
    { to: 'permanent', memory: newPermanent(context.constants, holder, executor.now().mono) },
    {
      now: executor.now,
      perform: async (ask, { at, memory: { others } }) => {
        const rest = restOf(ask, executor.now());
        if (at === 'shown' && rest > 0) tools.log.info(waitingUntilSeen(seconds(rest)));
        // After their records are deleted, nothing shows who they were.
        if (ask.do === 'drop' && others.length > 0) was ??= madePermanent(await context.nameHolders(executor, others));
        return executor.unlessOfAnotherRole(await deletions.perform(ask, [holder]));
      },
      redirect: (place) => {
        if (!executor.isOverTime()) return null;
        if (atItsEnd.has(place.at)) {
          executor.goOnUnlimited();
          return null;
        }
        if (!place.memory.committed) executor.goOnUnlimited();
        return breakOff(place.memory);
      },
    },
  );
  return conclude(executor, { there, was, undeleted: deletions.undeleted() }, outcome, memory);
}

/** Steps that are carried out even after the time limit: nothing else is left to do. */
const atItsEnd: ReadonlySet<string> = new Set(['shown', 'leave']);

interface Told {
  /** True if the access existed before. */
  readonly there: boolean;
  /** A sentence about the holders of its leases; `null` where there were none. */
  readonly was: string | null;
  readonly undeleted: Undeleted | null;
}

function conclude(
  executor: Executor,
  { there, was, undeleted }: Told,
  outcome: PermanentOutcome,
  it: Permanent,
): LeaseDone {
  const holdStays = undeleted === null ? '' : permanentHoldStays(undeleted.why);
  const requestId = executor.assignment.requestId();
  const trouble = executor.trouble();
  if (outcome === 'permanent') {
    const changed = !there || it.committed;
    const done: LeaseDone = {
      action: changed ? 'create' : 'keep',
      lease: was === null ? null : permanentNow,
      outcome: succeeded(requestId, changed, was),
    };
    return withRemark(done, holdStays);
  }
  if (outcome === 'failed' && executor.assignment.isInDoubt('create'))
    return { action: 'create', lease: null, outcome: inDoubt(executor, (reason) => withMore(reason, holdStays)) };
  const because = sentence(trouble?.message ?? timeLimitPassed);
  if (outcome === 'failed') {
    const hint = hintOn(trouble, withLongerTimeout);
    const reason = withMore(because, holdStays);
    return { action: 'create', lease: null, outcome: failed(requestId, trouble, { reason, hint }) };
  }
  const reason = permanentInterrupted(because, permanentBrokenOff);
  const again = withMore(againOrRevoke, ownHint(trouble) ?? '');
  return { action: 'create', lease: null, outcome: failed(requestId, trouble, { reason, hint: again, changed: true }) };
}
