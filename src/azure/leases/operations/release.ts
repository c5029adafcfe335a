import { hintOn } from '#access/errors';
import { drive } from '#access/leases/protocol/drive';
import { stands, type HeldGrant } from '#access/leases/journal';
import { endedBySweep, outOfTime, staysForOthers, sweepOrRevoke, verifiedGone } from '#access/messages/leases';
import { failed, succeeded, type Outcome } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { withMore } from '#access/words';
import type { Executor } from '../executor/executor.ts';
import { requestIdOf, workedOn, type LeaseContext } from '../context.ts';
import { holderProtocol, resumed } from '../steps/holder-protocol.ts';
import { staggered } from './driving.ts';
import { newHolder, type Holder, type Released } from '../steps/holder.ts';
import {
  alteredRecord,
  hintOnUnseen,
  maybeNeverMade,
  neverShown,
  notReleased,
  plainAndLeft,
  sweptWhen,
  unknownWhether,
  waitingToLand,
  waitingToSee,
} from '../../messages/leases.ts';

/** After the time limit. */
const unreleased: Released = { kind: 'released', gaveUp: null, left: 'to-sweep' };

/** Releases the lease of one grant that a step holds, or began to take. */
export function release(context: LeaseContext, held: HeldGrant, tools: LeaseTools): Promise<LeaseDone> {
  const { grant, holder, progress, keepAfterJob } = held;
  const { constants } = context;
  const executor = context.openExecutor(grant, false, tools, holder);
  const known = newHolder({ constants, holder, end: held.end ?? 0, keepAfterJob });
  return workedOn(executor, async () => {
    const { outcome, memory } = await drive(holderProtocol, resumed(known, progress, executor.now()), {
      now: executor.now,
      perform: staggered<Holder>(executor, tools, {
        others: (place) => place.memory.stay.length,
        words: ({ at }, rest) => (at === 'land' ? waitingToLand : waitingToSee)(rest),
      }),
      redirect: ({ memory: sofar }) => (executor.isOverTime() ? { end: unreleased, memory: sofar } : null),
    });
    if (outcome.kind !== 'released') throw new TypeError('a release ends as a release');
    return {
      action: outcome.left === 'gone' ? 'remove' : 'keep',
      lease: leftToOthers(context, memory),
      outcome: outcomeOf(context, executor, outcome, memory, held),
    };
  });
}

function outcomeOf(
  context: LeaseContext,
  executor: Executor,
  { left }: Released,
  it: Holder,
  held: HeldGrant,
): Outcome {
  const requestId = requestIdOf(executor);
  const isLost = executor.assignment.isLost();
  const changed = requestId !== null || isLost;
  const own = [...it.going, ...it.taken].find(({ holder }) => holder === it.holder);
  // A lease that was only begun might never have existed.
  const endedBefore = (present: boolean): string | null =>
    own !== undefined || !stands(held.progress) ? null : endedBySweep(present);
  switch (left) {
    case 'gone':
      context.session.tools.log.info(verifiedGone);
      return succeeded(requestId, changed, endedBefore(false));
    case 'nothing':
      return succeeded(null, false);
    case 'shared':
      return succeeded(requestId, changed, endedBefore(true));
    case 'unseen':
      if (it.unseen === 'lost') return succeeded(null, false, maybeNeverMade(it));
      return failed(null, null, { reason: neverShown(it), hint: hintOnUnseen });
    case 'plain':
      return plainOutcome(executor, requestId, changed, own !== undefined || stands(held.progress));
    case 'to-sweep': {
      const trouble = executor.trouble();
      if (isLost) return unknownWhether(requestId, trouble, sweptWhen(own ?? held));
      return failed(requestId, trouble, {
        // An entry that was read is more accurate than the lease ID.
        reason: notReleased(it.removed, trouble?.message ?? outOfTime, sweptWhen(own ?? held)),
        hint: withMore(sweepOrRevoke, hintOn(trouble, '')),
        changed,
      });
    }
  }
}

/** The access stays for its other holders; `null` where there are none. */
function leftToOthers(context: LeaseContext, { others }: Holder): LeaseDone['lease'] {
  if (others.length === 0) return null;
  return {
    did: 'left',
    state: 'shared',
    id: null,
    expiresAt: Math.max(...others.map(({ end }) => end)),
    endsAtLatest: null,
    guarantee: 'sweep',
    keepAfterJob: true,
    sentences: [staysForOthers(context.nameHolders(others))],
  };
}

/**
 * Removing the record makes the access permanent; a record that was changed by hand does not end the access any more.
 *
 * @param stood whether the lease is known to have existed
 */
function plainOutcome(executor: Executor, requestId: string | null, changed: boolean, stood: boolean): Outcome {
  if (executor.assignment.seen()?.described.is !== 'altered')
    return succeeded(requestId, changed, stood ? endedBySweep(true) : plainAndLeft);
  return failed(requestId, null, { ...alteredRecord, changed });
}
