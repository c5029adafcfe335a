import { hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import { drive } from '#access/leases/protocol/drive';
import { permanentNow } from '#access/leases/outcomes';
import { madePermanent, outOfTime, runAgainLonger } from '#access/messages/leases';
import { failed, succeeded } from '#access/outcome';
import type { Why } from '#access/leases/found';
import type { LeaseDone, LeaseTools } from '#access/leases/port';
import { sentence } from '#access/words';
import { askedOf, compare } from '../../assignments/properties.ts';
import type { Executor } from '../executor/executor.ts';
import { requestIdOf, workedOn, type LeaseContext } from '../context.ts';
import { madePermanentOtherwise, permanentInterrupted, waitingForPermanent } from '../../messages/leases.ts';
import { staggered } from './driving.ts';
import { newPermanent, permanentProtocol, type Permanent } from '../steps/permanent.ts';

/** Makes leased access permanent: removes its record, until it stays away. */
export function makePermanent(context: LeaseContext, grant: Assignment, tools: LeaseTools): Promise<LeaseDone> {
  const executor = context.openExecutor(grant, true, tools);
  return workedOn(executor, async () => {
    const { outcome, memory } = await drive(
      permanentProtocol,
      { to: 'find', memory: newPermanent(context.constants, executor.now()) },
      {
        now: executor.now,
        perform: staggered<Permanent>(executor, tools, {
          others: (place) => place.memory.others.length,
          words: ({ at }, rest) => (at === 'settle' ? waitingForPermanent(rest) : null),
        }),
        redirect: ({ memory: sofar }) => (executor.isOverTime() ? { end: 'broken' as const, memory: sofar } : null),
      },
    );
    const { others, committed } = memory;
    const requestId = requestIdOf(executor);
    const done = { action: 'create', lease: null } as const;
    if (outcome === 'permanent') {
      const differing = differs(grant, executor, context);
      if (differing !== null)
        return { ...done, outcome: failed(requestId, null, { ...differing, changed: committed }) };
      const was = others.length === 0 ? null : madePermanent(context.nameHolders(others));
      return { ...done, lease: permanentNow, outcome: succeeded(requestId, committed, was) };
    }
    const trouble = executor.trouble();
    const because = trouble?.message ?? outOfTime;
    const hint = hintOn(trouble, runAgainLonger);
    const reason = committed ? permanentInterrupted(sentence(because)) : because;
    return { ...done, outcome: failed(requestId, trouble, { reason, hint, changed: committed }) };
  });
}

/** How the access differs from the request: another job or a person created it, or made it permanent, meanwhile. */
function differs(grant: Assignment, executor: Executor, { session }: LeaseContext): Why | null {
  const row = executor.assignment.seen()?.row;
  const observed = row === undefined ? null : compare(row, askedOf(session.settings.properties, grant));
  if (observed?.standing === 'conflicting') return observed;
  if (observed?.standing !== 'outdated') return null;
  return madePermanentOtherwise(observed.outdated.join(' and '));
}
