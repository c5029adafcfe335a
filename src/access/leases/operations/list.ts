import type { Budget } from '../../clock.ts';
import type { Run } from '../../engine/run.ts';
import { heldBy, noLeases, overdue } from '../../messages/lease-operations.ts';
import { succeeded, type Result } from '../../outcome.ts';
import type { ListRequest } from '../../request.ts';
import type { LeaseEntry, Leases } from '../port.ts';
import { type LeaseRunTools, runOf, untouched } from './each.ts';

export async function list(
  request: ListRequest,
  leases: Leases,
  { clock, log }: LeaseRunTools,
  reading: Budget,
): Promise<Run> {
  const { items, notices: told } = await leases.list(request, reading);
  const now = clock.now();
  const notices = items.length === 0 ? [...told, noLeases] : told;
  for (const notice of notices) log.info(notice);
  return runOf(
    items.map((entry) => shown(entry, now)),
    notices,
  );
}

/** A lease on record, as a result without a change. */
function shown({ grant, holders, endsAt, guarantee, overdueSince, remarks }: LeaseEntry, now: number): Result {
  const remark = overdueSince === null ? null : overdue(overdueSince);
  const names = holders.map(({ words, holder, end }) => [words === '' ? holder : words, end] as const);
  return untouched(grant, 'keep', succeeded(null, false, remark), now, {
    did: 'neither',
    state: holders.length > 1 ? 'shared' : 'leased',
    id: null,
    expiresAt: holders.length === 0 ? overdueSince : Math.max(...holders.map(({ end }) => end)),
    isOverdue: overdueSince !== null,
    endsAtLatest: endsAt,
    guarantee,
    // It does not end with the job that lists it.
    keepAfterJob: true,
    sentences: [heldBy(names), ...remarks],
  });
}
