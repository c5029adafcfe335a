import type { Budget } from '../../clock.ts';
import type { Run } from '../../engine/run.ts';
import { together } from '../../errors.ts';
import { partGone } from '../../messages/lease-operations.ts';
import { goneMeanwhile } from '../../messages/leases.ts';
import { refused, type Result } from '../../outcome.ts';
import { checkApprovers } from '../../plan/guards.ts';
import type { ExtendRequest } from '../../request.ts';
import type { Found } from '../found.ts';
import { createInTime } from '../in-time.ts';
import { endOf } from '../journal.ts';
import { kept } from '../outcomes.ts';
import type { Leases } from '../port.ts';
import { forEach, type LeaseRunTools, runOf, untouched } from './each.ts';
import { find, lackOf, notRead } from './find.ts';

export async function extend(
  request: ExtendRequest,
  leases: Leases,
  tools: LeaseRunTools,
  reading: Budget,
): Promise<Run> {
  const found = await find(request.leaseId, leases, tools, reading);
  // A hold whose end time has passed no longer counts.
  const date = leases.date();
  const [held, over] = [found.held.filter((it) => endOf(it) > date), found.held.filter((it) => endOf(it) <= date)];
  if (held.length === 0 && found.unread.length > 0) throw notRead(found.unread);
  if (held.length === 0 && found.doubtful.length === 0) throw goneMeanwhile();
  const told = notExtended({ ...found, gone: [...over.map(({ grant }) => grant), ...found.gone] }, tools.clock.now());
  const lack = lackOf(found.unread) ?? (found.unnamed === 0 ? null : partGone(found.held.length, found.unnamed));
  if (held.length === 0) return runOf(told, [], [], lack);
  const grants = held.map(({ grant }) => grant);
  const gains = await checkApprovers(request.approvers, grants, tools.cloud, reading);
  if (gains.length > 0) throw together(gains);
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

/** Reports the grants of a lease that cannot be extended, each on its own (P1). */
function notExtended({ gone, doubtful, permanent }: Found, now: number): readonly Result[] {
  const { message: reason, hint } = goneMeanwhile();
  const stays = kept({ onExisting: 'keep' });
  return [
    ...gone.map((grant) => untouched(grant, 'refuse', refused({ reason, hint }), now)),
    ...doubtful.map(({ held, why }) => untouched(held.grant, 'refuse', refused(why), now)),
    ...permanent.map((grant) => untouched(grant, stays.action, stays.outcome, now, stays.lease)),
  ];
}
