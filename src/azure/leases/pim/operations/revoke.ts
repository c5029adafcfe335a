import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive } from '#access/leases/protocol/drive';
import { cutOff } from '#access/messages/leases';
import { failed, succeeded, type Outcome } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import type { Trouble } from '#access/leases/protocol/trouble';
import { isoSeconds, minuteInWords, minuteMs, wholeMinute } from '#access/clock';
import { sentence } from '#access/words';
import { performing } from '../../operations/driving.ts';
import type { PimExecutor } from '../executor/executor.ts';
import { requestIdOf, seenBy, type PimContext } from '../context.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import { newRevocation, revocationProtocol, type Revocation, type RevocationOutcome } from '../steps/revoke.ts';
import { lostEnding } from '../words.ts';

/** Ends an access for all who rely on it, and takes back what waits: only through Privileged Identity Management. */
export async function revoke(context: PimContext, grant: Assignment, tools: LeaseTools): Promise<LeaseDone> {
  const executor = context.openExecutor(
    grant,
    { kind: 'end', holder: context.holder, end: wholeMinute(context.date()) },
    tools,
  );
  const memory = newRevocation(context.constants, executor.now());
  const { outcome, memory: known } = await drive<Revocation, Ask, Answer, RevocationOutcome | TooLate>(
    revocationProtocol,
    { phase: 'leave', memory },
    {
      now: executor.now,
      perform: performing<Revocation, Ask, Answer>(executor, tools, {
        words: ({ at, memory: sofar }, rest) =>
          at === 'ripen'
            ? `${tooYoungUntil(sofar)}: waiting ${rest} before it is asked for.`
            : `${at === 'leave-settle' ? 'Lists may lag' : 'It cannot be ended yet'}: looking again in ${rest}.`,
      }),
      redirect: (place) => {
        // It would be waited for in vain.
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
 * The time limit passed before a request has ended, `still-moving`, or while there was none, `out-of-time`; or it will pass
 * before the access can be ended at all, `too-young`.
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
      return failed(requestId, trouble, {
        reason: 'The access was not made through Privileged Identity Management, which cannot end it.',
        hint: 'Leave azure-pim out: `operation: revoke` without it removes plain role assignments.',
        changed,
      });
    case 'unlisted':
      return failed(requestId, trouble, {
        reason:
          'A role assignment is there, and two minutes of reading have listed no access of the request that was carried out for it: nothing was ended by guess.',
        hint: 'Look at the role’s assignments in Privileged Identity Management, then run the step again when it is listed there.',
        changed,
      });
    case 'remade':
      return failed(requestId, null, {
        reason: 'The access was made again each time that it was ended: somebody is taking a lease of it.',
        hint: 'Stop whoever takes it, then run the step again.',
        changed: true,
      });
    case 'waits': {
      const reason = `Request ${it.name}, which removes it, waits for a person: the access is still there.${endsByItself(it)}`;
      const hint = 'Have it approved in Privileged Identity Management, then run the step again.';
      return { status: 'PENDING_APPROVAL', changed, requestId: it.name, reason, hint };
    }
    case 'failed':
      if (executor.store.lost() !== null) return inDoubt(executor, it);
      return failed(requestId, trouble, {
        reason: trouble?.message ?? 'The access is still there.',
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
      return failed(requestId, null, {
        reason: `${tooYoungUntil(it)}: \`timeout\` ends before that.${endsByItself(it)}`,
        hint: `Run the step again after that, or now with a \`timeout\` of at least ${wait}m.`,
        changed,
      });
    }
  }
}

/** In which the access is, and until when. */
function tooYoungUntil({ ripeAt }: Revocation): string {
  return `Azure does not end access in its first five minutes, which are over at ${isoSeconds(Math.ceil(ripeAt / 1_000) * 1_000)}`;
}

function endsByItself({ endsAt }: Revocation): string {
  return endsAt === null ? '' : ` Azure ends it at ${minuteInWords(endsAt)} by itself.`;
}

/** Whether the request that ends it has arrived nobody knows (P2). */
function inDoubt(executor: PimExecutor, it: Revocation): Outcome {
  const trouble = executor.trouble();
  return {
    status: 'IN_PROGRESS',
    requestId: requestIdOf(executor),
    reason: `${lostEnding(requestIdOf(executor) ?? '', trouble?.message ?? null)}${endsByItself(it)}`,
    hint: 'Run the step again: it looks first how the access stands.',
  };
}

function tooLate(trouble: Trouble | null, it: Revocation): { readonly reason: string; readonly hint: string } {
  if (trouble === null && it.unlisted > 0 && it.ended === 0)
    return {
      reason:
        'The time limit passed before any list showed the access that a request has made: whether it is there is not known.',
      hint: 'Run the step again with a longer `timeout`: it takes two minutes to tell.',
    };
  const before = it.ended > 0 ? 'a read showed the removal, which Azure has carried out' : 'the access was gone';
  const because = trouble === null ? '' : ` ${sentence(trouble.message)}`;
  return {
    reason: `The time limit passed before ${before}.${because}${it.ended > 0 ? '' : endsByItself(it)}`,
    hint: 'Run the step again, or give it a longer `timeout`: Azure does not end access in its first five minutes.',
  };
}
