import { hintOn } from '#access/errors';
import { drive } from '#access/leases/protocol/drive';
import { stands, type HeldGrant } from '#access/leases/journal';
import { endedBySweep, staysForOthers, sweepOrRevoke } from '#access/messages/leases';
import { failed, succeeded, type Outcome } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { sentence, withMore } from '#access/words';
import type { Executor } from '../executor/executor.ts';
import { requestIdOf, seenBy, type LeaseContext } from '../context.ts';
import { holderProtocol, resumed } from '../steps/holder-protocol.ts';
import { staggered, waitingToSee } from './driving.ts';
import { newHolder, type Holder, type Released } from '../steps/holder.ts';
import {
  alteredRecord,
  hintOnUnseen,
  maybeNeverMade,
  neverShown,
  plainAndLeft,
  sweptWhen,
  unknownWhether,
} from '../words.ts';

/** The time that there is for it has passed. */
const outOfTime: Released = { kind: 'released', gaveUp: null, left: 'to-sweep' };

/** Releases what a step holds of one grant, or began to take. */
export async function release(context: LeaseContext, held: HeldGrant, tools: LeaseTools): Promise<LeaseDone> {
  const { grant, holder, progress, keepAfterJob } = held;
  const { constants } = context;
  const executor = context.openExecutor(grant, false, tools, holder);
  const known = newHolder({ constants, holder, end: held.end ?? 0, keepAfterJob });
  try {
    const { outcome, memory } = await drive(holderProtocol, resumed(known, progress, executor.now()), {
      now: executor.now,
      perform: staggered<Holder>(executor, tools, {
        others: (place) => place.memory.stay.length,
        words: ({ at }, rest) =>
          at === 'land' ? `Waiting ${rest}: what was asked for may still be on its way.` : waitingToSee(rest),
      }),
      redirect: ({ memory: sofar }) => (executor.isOverTime() ? { end: outOfTime, memory: sofar } : null),
    });
    if (outcome.kind !== 'released') throw new TypeError('a release ends as a release');
    return {
      action: outcome.left === 'gone' ? 'remove' : 'keep',
      lease: leftToOthers(context, memory),
      seen: seenBy(executor),
      outcome: outcomeOf(context, executor, outcome, memory, held),
    };
  } finally {
    executor.assignment.close();
  }
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
  // What had only been begun may never have been there.
  const endedBefore = (present: boolean): string | null =>
    own !== undefined || !stands(held.progress) ? null : endedBySweep(present);
  switch (left) {
    case 'gone':
      context.session.tools.log.info('Verified by reading back: the access is gone.');
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
      const what = it.removed
        ? 'Azure carried out what gives this lease back, and no read has shown it in the time that there is for that.'
        : `The access could not be ended now: ${sentence(trouble?.message ?? 'the time that there is for it passed')}`;
      return failed(requestId, trouble, {
        // What a read has shown of it says more than the lease id does.
        reason: `${what} Nothing but the next holder or a sweep ends what is left, ${sweptWhen(own ?? held)}.`,
        hint: withMore(sweepOrRevoke, hintOn(trouble, '')),
        changed,
      });
    }
  }
}

/** Access stays for those who hold it too; `null` where nobody does. */
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
 * Whoever takes a record away makes the access permanent; a record that was changed by hand ends nothing any more.
 *
 * @param stood whether the lease is known to have been there
 */
function plainOutcome(executor: Executor, requestId: string | null, changed: boolean, stood: boolean): Outcome {
  if (executor.assignment.seen()?.described.is !== 'altered')
    return succeeded(requestId, changed, stood ? endedBySweep(true) : plainAndLeft);
  return failed(requestId, null, { ...alteredRecord, changed });
}
