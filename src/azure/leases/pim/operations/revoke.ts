import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive } from '#access/leases/protocol/drive';
import { cutOff } from '#access/messages/leases';
import { failed, succeeded, type Outcome } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import type { Why } from '#access/leases/found';
import type { Trouble } from '#access/leases/protocol/executor';
import { minuteMs, wholeMinute } from '#access/clock';
import { performing } from '../../operations/driving.ts';
import type { PimExecutor } from '../executor/executor.ts';
import { requestIdOf, seenBy, type PimContext } from '../context.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import { newRevocation, revocationProtocol, type Revocation, type RevocationOutcome } from '../steps/revoke.ts';
import {
  accessUnlisted,
  endingInDoubt,
  madeWithoutPim,
  notEndedInTime,
  remade,
  removalWaits,
  stillExists,
  tooYoungToEnd,
  unlistedInTime,
  waitingToRevoke,
  waitingToRipen,
} from '#azure/messages/pim';

/** Ends access for all its holders, and cancels waiting requests, only through Privileged Identity Management. */
export async function revoke(context: PimContext, grant: Assignment, tools: LeaseTools): Promise<LeaseDone> {
  const executor = context.openExecutor(
    grant,
    { kind: 'end', holder: context.holder, end: wholeMinute(context.date()) },
    tools,
  );
  const memory = newRevocation(context.constants, executor.now());
  const { outcome, memory: known } = await drive<Revocation, Ask, Answer, RevocationOutcome | TooLate>(
    revocationProtocol,
    { to: 'leave', memory },
    {
      now: executor.now,
      perform: performing<Revocation, Ask, Answer>(executor, tools, {
        words: ({ at, memory: sofar }, rest) =>
          at === 'ripen'
            ? waitingToRipen(rest, sofar.ripeAt)
            : waitingToRevoke(rest, at === 'leave-settle' ? 'lists' : 'not-yet'),
      }),
      redirect: (place) => {
        // The wait would be longer than the time limit.
        if (place.at === 'ripen' && !executor.limit.allows(place.memory.sleepUntil))
          return { end: 'too-young', memory: place.memory };
        if (!executor.isOverTime() || place.at === 'gone') return null;
        const isMoving = place.at === 'follow-removal' || place.at === 'find-removal';
        return { end: isMoving ? 'still-moving' : 'out-of-time', memory: place.memory };
      },
    },
  );
  return {
    action: 'remove',
    lease: null,
    outcome: outcomeOf(context, executor, outcome, known),
    seen: seenBy(executor),
  };
}

/**
 * The time limit passed during a request (`still-moving`), or while there was none (`out-of-time`), or it will pass before
 * the access can be ended at all (`too-young`).
 */
type TooLate = 'still-moving' | 'out-of-time' | 'too-young';

function outcomeOf(
  context: PimContext,
  executor: PimExecutor,
  outcome: RevocationOutcome | TooLate,
  it: Revocation,
): Outcome {
  const requestId = requestIdOf(executor) ?? executor.store.takenBack();
  const changed = requestId !== null;
  const trouble = executor.trouble();
  switch (outcome) {
    case 'revoked': {
      const cut = it.others.length === 0 ? null : cutOff(context.nameHolders(it.others));
      return succeeded(requestId, changed, cut);
    }
    case 'plain':
      return failed(requestId, trouble, { ...madeWithoutPim, changed });
    case 'unlisted':
      return failed(requestId, trouble, { ...accessUnlisted, changed });
    case 'remade':
      return failed(requestId, null, { ...remade, changed: true });
    case 'waits':
      return { status: 'PENDING_APPROVAL', changed, requestId: it.name, ...removalWaits(it.name, it.endsAt) };
    case 'failed':
      if (executor.store.lost() !== null) return inDoubt(executor, it);
      return failed(requestId, trouble, {
        reason: trouble?.message ?? stillExists,
        hint: hintOn(trouble),
        changed,
      });
    case 'still-moving':
      return { status: 'IN_PROGRESS', requestId, ...tooLate(trouble, it) };
    case 'out-of-time':
      if (executor.store.lost() !== null) return inDoubt(executor, it);
      return failed(requestId, trouble, { ...tooLate(trouble, it), changed });
    case 'too-young': {
      const wait = Math.ceil(Math.max(0, it.ripeAt - context.date()) / minuteMs) + 1;
      return failed(requestId, null, { ...tooYoungToEnd(it.ripeAt, it.endsAt, wait), changed });
    }
  }
}

/** It is unknown whether the request that ends the access has arrived (P2). */
function inDoubt(executor: PimExecutor, it: Revocation): Outcome {
  const requestId = requestIdOf(executor);
  const why = endingInDoubt(requestId ?? '', executor.trouble()?.message ?? null, it.endsAt);
  return { status: 'IN_PROGRESS', requestId, ...why };
}

function tooLate(trouble: Trouble | null, it: Revocation): Why {
  if (trouble === null && it.unlisted > 0 && it.ended === 0) return unlistedInTime;
  return notEndedInTime(it.ended > 0, trouble?.message ?? null, it.endsAt);
}
