import type { Budget } from '../../clock.ts';
import { Refusal, together } from '../../errors.ts';
import type { Lack } from '../../outcome.ts';
import { listingAgain, partUnread } from '../../messages/lease-operations.ts';
import { isIncomplete, type Found, type Why } from '../found.ts';
import type { Leases } from '../port.ts';
import type { LeaseRunTools } from './each.ts';

/** One list might be too old to show a new lease: if grants are missing, they are searched for once more. */
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
    log.info(listingAgain(rest));
    await clock.sleep(rest, signal);
  }
  return leases.find(id, reading);
}

/** Reports that part of a lease could not be read; `null` where all of it was. */
export function lackOf(unread: readonly Why[]): Lack | null {
  if (unread.length === 0) return null;
  const { message: reason, hint } = notRead(unread);
  return { title: partUnread, reason, hint };
}

/** Reports why a lease could not be read. */
export function notRead(unread: readonly Why[]): Refusal {
  return together(unread.map(({ reason, hint }) => new Refusal(reason, hint)));
}
