import { type Budget, minuteInWords } from '../../clock.ts';
import type { Run } from '../../engine/run.ts';
import { succeeded, type Result } from '../../outcome.ts';
import type { ListRequest } from '../../request.ts';
import type { LeaseEntry, Leases } from '../port.ts';
import type { LeaseRunTools } from './each.ts';
import { runOf, untouched } from './results.ts';

export async function list(
  request: ListRequest,
  leases: Leases,
  { clock, log }: LeaseRunTools,
  reading: Budget,
): Promise<Run> {
  const { items, notices: told } = await leases.list(request, reading);
  const now = clock.now();
  const notices = items.length === 0 ? [...told, 'No lease is on record there.'] : told;
  for (const notice of notices) log.info(notice);
  return runOf(
    items.map((entry) => shown(entry, now)),
    notices,
  );
}

/** A lease as it stands, as a result that has changed nothing. */
function shown({ grant, holders, endsAt, guarantee, remarks }: LeaseEntry, now: number): Result {
  const held = holders.map(({ words, holder, end }) => `${words === '' ? holder : words} until ${minuteInWords(end)}`);
  const who = held.length === 0 ? 'Nobody holds it any more.' : `Held by ${held.join('; ')}.`;
  return untouched(grant, 'keep', succeeded(null, false), now, {
    did: 'neither',
    state: holders.length > 1 ? 'shared' : 'leased',
    id: null,
    expiresAt: holders.length === 0 ? null : Math.max(...holders.map(({ end }) => end)),
    endsAtLatest: endsAt,
    guarantee,
    // It does not end with the job that looks at it.
    keepAfterJob: true,
    sentences: [who, ...remarks],
  });
}
