import { minuteInWords } from '../clock.ts';
import type { Lack } from '../outcome.ts';
import { seconds, several } from '../words.ts';

/* `release`, `extend`, `list` and `sweep`. */

/** @param on the cloud */
export const noLeaseId = (on: string, version: string): string =>
  `It is not a lease ID of ${on}. Use the whole output \`lease-id\` of the \`assign\` step, which begins with "${version}".`;
export const leaseIdChanged =
  'The lease ID was changed: its digest does not match its content. Use the output `lease-id` as it is.';
export const listingAgain = (rest: number): string =>
  `Part of the lease is not listed: it is gone, or the list lags. Listing again in ${seconds(rest)}.`;
export const partUnread = 'Part of the lease could not be read';
export const alreadyGone = 'The lease was already gone. There was nothing to release.';

/** @param searched where, such as `at /subscriptions/…` */
export const nothingFound = (searched: string): string =>
  `No lease of this holder was found ${searched}. If the lease has not ended, the \`lease-id\` was changed: \`operation: list\` shows the existing leases.`;

/** Some grants of a lease that is to be extended are gone, and nothing names them. */
export function partGone(there: number, gone: number): Lack {
  const [are, they, have] = gone === 1 ? ['is', 'it was', 'has'] : ['are', 'they were', 'have'];
  return {
    title: 'Part of the lease is gone',
    reason: `${gone} of the ${there + gone} grants of this lease ${are} gone: ${they} released, swept or made permanent, or ${have} ended.`,
    hint: 'Compare the results with those of the step that took the lease, and lease the missing grants with `operation: assign`.',
  };
}

/** @param why a sentence */
export const oldLeaseStays = (why: string): string =>
  `The old lease could not be released, and counts until its end time: ${why}`;

/** @param message a sentence without its full stop */
export const interruptedReleasing = (message: string): string => `${message} before that was done.`;
export const noLeases = 'No lease is on record there.';

/** @param holders with their end times, in milliseconds since the epoch */
export function heldBy(holders: readonly (readonly [name: string, end: number])[]): string {
  if (holders.length === 0) return 'It has no holder any more.';
  return `Held by ${holders.map(([name, end]) => `${name} until ${minuteInWords(end)}`).join('; ')}.`;
}

/** @param since its end time, in milliseconds since the epoch */
export const overdue = (since: number): string =>
  `Overdue since ${minuteInWords(since)}: the end time of the lease has passed, but the access still exists.`;

/** @param why a clause */
export const toBeEnded = (grant: string, why: string): string => `To be ended: ${grant}, because ${why}.`;

/** @param why a clause */
export const toBeTidied = (grant: string, why: string): string =>
  `Stale records to be deleted: ${grant}, because ${why}.`;

/** @param why a clause */
export const endedBecause = (why: string): string => `The access was ended, because ${why}.`;

/** @param why a clause @param detail a sentence */
export const notEndedThough = (why: string, detail: string): string =>
  `The access could not be ended, although ${why}: ${detail}`;

/** @param reason a clause */
export function endsByTimeOnly(leases: number, reason: string): string {
  const [what, whose] =
    leases === 1 ? ['ends only at its end time', 'its job has'] : ['end only at their end times', 'their jobs have'];
  return `${several(leases, 'lease')} ${what}, because it is unknown whether ${whose} ended: ${reason}.`;
}
