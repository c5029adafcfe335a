import type { Budget } from '../../clock.ts';
import type { Run } from '../../engine/run.ts';
import { refused, type Lack, type Result } from '../../outcome.ts';
import type { ExtendRequest } from '../../request.ts';
import { type Found, goneMeanwhile } from '../found.ts';
import { createInTime } from '../in-time.ts';
import { endOf } from '../journal.ts';
import { kept } from '../outcomes.ts';
import type { Leases } from '../port.ts';
import { forEach, type LeaseRunTools } from './each.ts';
import { find, lackOf, notRead } from './find.ts';
import { runOf, untouched } from './results.ts';

export async function extend(
  request: ExtendRequest,
  leases: Leases,
  tools: LeaseRunTools,
  reading: Budget,
): Promise<Run> {
  const found = await find(request.leaseId, leases, tools, reading);
  // A hold whose end is over is nothing but its trace.
  const date = leases.date();
  const [held, over] = [found.held.filter((it) => endOf(it) > date), found.held.filter((it) => endOf(it) <= date)];
  if (held.length === 0 && found.unread.length > 0) throw notRead(found.unread);
  if (held.length === 0 && found.doubtful.length === 0) throw goneMeanwhile();
  const told = notExtended({ ...found, gone: [...over.map(({ grant }) => grant), ...found.gone] }, tools.clock.now());
  const lack = lackOf(found.unread) ?? (found.unnamed === 0 ? null : partGone(found.held.length, found.unnamed));
  if (held.length === 0) return runOf(told, [], [], lack);
  const grants = held.map(({ grant }) => grant);
  leases.announce(grants, grants.length);
  const { guarantee } = leases;
  const { lifetimeMs: ms, allowPrivileged } = request;
  const keepAfterJob = leases.outlivesJob(request.leaseId);
  const lease = { kind: 'lease', ms, keepAfterJob, onExisting: 'fail' } as const;
  tools.journal.open(grants, { anchor: await leases.anchor(reading), guarantee, keepAfterJob });
  const inTime = createInTime(() => leases.date());
  const results = await forEach(
    held,
    ({ grant }) => ({ grant, kind: 'create', action: 'create' }),
    request,
    tools,
    (it, doing) => leases.extend(it, { lease, allowPrivileged }, doing),
    { inTime, journal: tools.journal },
  );
  return runOf([...inTime.settle(results), ...told], [], [], lack);
}

/** What of a lease is not there to be extended is told, each grant for itself (P1). */
function notExtended({ gone, doubtful, permanent }: Found, now: number): readonly Result[] {
  const { message: reason, hint } = goneMeanwhile();
  const stays = kept({ onExisting: 'keep' });
  return [
    ...gone.map((grant) => untouched(grant, 'refuse', refused({ reason, hint }), now)),
    ...doubtful.map(({ held, why }) => untouched(held.grant, 'refuse', refused(why), now)),
    ...permanent.map((grant) => untouched(grant, stays.action, stays.outcome, now, stays.lease)),
  ];
}

/** A part of what is to be extended is not there any more, and nobody knows which grants those are. */
function partGone(there: number, gone: number): Lack {
  const what =
    gone === 1
      ? '1 is gone: it was released, has ended, was swept, or is permanent by now.'
      : `${gone} are gone: they were released, have ended, were swept, or are permanent by now.`;
  return {
    title: 'A part of the lease is gone',
    reason: `Of the ${there + gone} grants of this lease ${what}`,
    hint: 'Compare the results with those of the step that took the lease, and take a new one of what is missing with `operation: assign`.',
  };
}
