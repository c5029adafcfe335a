import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive } from '#access/leases/protocol/drive';
import { permanentNow } from '#access/leases/outcomes';
import { madePermanent } from '#access/messages/leases';
import { failed, succeeded } from '#access/outcome';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { sentence } from '#access/words';
import { compare } from '../../assignments/properties.ts';
import type { Executor } from '../executor/executor.ts';
import { requestIdOf, seenBy, type LeaseContext } from '../context.ts';
import { staggered } from './driving.ts';
import { newPermanent, permanentProtocol, type Permanent } from '../steps/permanent.ts';

/** Makes the access to a leased grant permanent: takes its record away, until it stays away. */
export async function makePermanent(context: LeaseContext, grant: Assignment, tools: LeaseTools): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, true, tools);
  try {
    const { outcome, memory } = await drive(
      permanentProtocol,
      { phase: 'find', memory: newPermanent(context.constants, executor.now()) },
      {
        now: executor.now,
        perform: staggered<Permanent>(executor, tools, {
          others: (place) => place.memory.others.length,
          words: ({ at }, rest) =>
            at === 'settle' ? `Waiting ${rest}, so that nothing that is on its way brings the lease back.` : null,
        }),
        redirect: ({ memory: sofar }) => (executor.isOverTime() ? { end: 'broken' as const, memory: sofar } : null),
      },
    );
    return conclude(outcome === 'permanent', memory);
  } finally {
    executor.assignment.close();
  }

  function conclude(isPermanent: boolean, { others, committed }: Permanent): LeaseDone {
    const requestId = requestIdOf(executor);
    const done = { action: 'create', seen: seenBy(executor) } as const;
    const holders = context.nameHolders(others);
    const differing = isPermanent ? differs(executor, context) : null;
    if (differing !== null)
      return { ...done, lease: null, outcome: failed(requestId, null, { ...differing, changed: committed }) };
    if (isPermanent) {
      const was = holders.length === 0 ? null : madePermanent(holders);
      return { ...done, lease: permanentNow, outcome: succeeded(requestId, committed, was) };
    }
    const trouble = executor.trouble();
    const because = trouble?.message ?? 'The time limit passed.';
    const hint = hintOn(trouble, 'Run the step again with a longer `timeout`.');
    const reason = committed
      ? `Making the access permanent was broken off: ${sentence(because)} Nobody knows whether it is still leased, or has no end by now.`
      : because;
    return { ...done, lease: null, outcome: failed(requestId, trouble, { reason, hint, changed: committed }) };
  }
}

/** Why what stands there is not what was asked for: somebody else has made it, or made it permanent, meanwhile. */
function differs(
  executor: Executor,
  { session }: LeaseContext,
): { readonly reason: string; readonly hint: string } | null {
  const row = executor.assignment.seen()?.row;
  const observed = row === undefined ? null : compare(row, session.settings.properties);
  if (observed?.standing === 'conflicting') return observed;
  if (observed?.standing !== 'outdated') return null;
  const what = observed.outdated.join(' and ');
  return {
    reason: `The access is permanent by now, and was made so by somebody else: its ${what} is not as asked for.`,
    hint: 'Run the step again: then it is changed.',
  };
}
