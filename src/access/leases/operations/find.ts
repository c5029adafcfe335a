import type { Budget } from '../../clock.ts';
import { Refusal, together } from '../../errors.ts';
import type { Lack } from '../../outcome.ts';
import { seconds } from '../../words.ts';
import { isIncomplete, type Found, type Why } from '../found.ts';
import type { Leases } from '../port.ts';
import type { LeaseRunTools } from './each.ts';

/** One list may be too old to show what was taken a moment ago: what is missing is looked for once more. */
export async function find(
  id: string,
  leases: Leases,
  { clock, log, signal }: LeaseRunTools,
  reading: Budget,
): Promise<Found> {
  const began = clock.mono();
  const first = await leases.find(id, reading);
  const rest = began + leases.listedWithinMs + 1 - clock.mono();
  if (!isIncomplete(first)) return first;
  if (rest > 0) {
    log.info(`Not all of the lease is listed: it is gone, or the list is too old. Listing again in ${seconds(rest)}.`);
    await clock.sleep(rest, signal);
  }
  return leases.find(id, reading);
}

/** Not all of a lease could be looked for; `null` where all could. */
export function lackOf(unread: readonly Why[]): Lack | null {
  if (unread.length === 0) return null;
  const { message: reason, hint } = notRead(unread);
  return { title: 'A part of the lease could not be read', reason, hint };
}

/** Where a lease was looked for in vain. */
export function notRead(unread: readonly Why[]): Refusal {
  return together(unread.map(({ reason, hint }) => new Refusal(reason, hint)));
}
