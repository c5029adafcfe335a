import { minuteInWords } from '#access/clock';
import type { Assignment, Words } from '#access/grant';
import { isGone, leftToEnder } from '#access/messages/leases';
import { sentence } from '#access/words';
import type { Constants } from '../steps/constants.ts';
import type { Holder, Released } from '../steps/holder.ts';

/* The end of a lease: release, revocation, sweep. Times are in milliseconds since the epoch, `why` is what a request was answered. */

export const timeLimitPassed = 'The time limit passed.';
export const noAnswer = 'There was no answer.';
export const verifiedGone = 'Verified by reading back: the access is gone.';
export const staysForHolders = 'The access stays for other holders.';
export const orLongerTimeout = 'Run the step again, or set a longer `timeout`.';
export const revokeIt = 'End the access with `operation: revoke`.';

/* Release */

/** A sentence about the end of a release. */
export function leftInWords(how: Released, it: Holder, grant: Assignment, words: Words): string {
  switch (how.left) {
    case 'gone':
      return isGone(grant, words);
    case 'shared':
      return staysForHolders;
    case 'ended':
      return 'The record of this lease was already gone.';
    case 'unproven':
      return 'No timer identifies the access as a lease, so it was left unchanged.';
    case 'unreleased':
      return `The record of this step could not be deleted. It may count as a holder until ${minuteInWords(it.end)}.`;
    case 'to-timer':
      return becauseOf(how.because, it);
  }
}

function becauseOf(because: Extract<Released, { readonly left: 'to-timer' }>['because'], it: Holder): string {
  switch (because) {
    case 'near-end':
      return `The lease ends soon, at ${minuteInWords(it.end)}.`;
    case 'late':
      return 'The account was busy for so long that a deletion was no longer safe.';
    case 'no-turn':
      return 'Could not end the access now: other changes in its account took all the available time.';
    case 'failed':
      return 'Could not end the access now.';
  }
}

export const notEndedNow = (why: string): string => `Could not end the access now: ${sentence(why)}`;

/**
 * After a release that left the access.
 *
 * @param reason a sentence
 * @param firesAt first firing of the last timer
 */
export function leftToTimers(
  reason: string,
  { firesAt, date, constants }: { readonly firesAt: number; readonly date: number; readonly constants: Constants },
  words: Words,
): string {
  if (date < firesAt) return leftToEnder(reason, firesAt, words);
  const [since, until] = [firesAt, firesAt + constants.window].map(minuteInWords);
  return `${reason} The access is left to ${words.ender}, which started to end it at ${since} and tries until ${until}.`;
}

/** After a release that could not read any record. */
export const othersUnseen = 'Could not check whether other holders have the access for longer.';

export const nothingWillFire =
  'No timer was found that will still fire. It is possible that nothing else ends this access.';

/** No record proves a lease, so that a sweep would leave the access unchanged too. */
export const revokeUnlessMeant = 'End the access with `operation: revoke`, unless it is meant to stay.';

export const nothingToRelease = 'No lease was taken yet, so there is nothing to release.';

export const goneButRecords = 'The access is gone: a read does not show it. The next sweep deletes its records.';

/* Revocation */

export const createdAgain =
  'The access was created again each time that it was deleted: another step is taking a lease of it.';

export const timeLimitBeforeGone = 'The time limit passed before the access was gone.';

/* Sweep. `why` is a clause such as `its job has ended`, `whose` a sentence about the holders or nothing */

export const staleDeleted = 'Stale records were deleted.';

export const jobsEnded = (count: number): string =>
  count === 1 ? 'its job has ended' : `${count} of its jobs have ended`;

export const recordsStale = 'some of its records are stale';

export const noHolder = (end: number, isPast: boolean): string =>
  `it has no holder any more (its lease ${isPast ? 'ended' : 'would end'} at ${minuteInWords(end)})`;

export const ended = (why: string, whose: string): string => `Ended, because ${why}.${whose}`;

/** @param firedFrom first firing of the timer that should have ended it */
export const endedLate = (why: string, whose: string, firedFrom: number): string =>
  `${ended(why, whose)} All firings of its timer, from ${minuteInWords(firedFrom)} on, were over, and the access still existed. ` +
  'Check the dead-letter queue, and the permissions of the role that EventBridge Scheduler assumes.';

export const readShowsNone = (why: string): string => `A read shows no access. ${recordsStay(why)}`;

export const readShowedNone = (why: string): string =>
  `A read shows no access, so there was nothing to end. ${recordsStay(why)}`;

const recordsStay = (why: string): string => `Its records stay until its timer has fired: ${sentence(why)}`;

export const goneAlready = (tidied: boolean): string =>
  `The access was already gone.${tidied ? ' Its records were deleted.' : ''}`;

export const endingNow = 'EventBridge Scheduler is ending the access now.';

export const nothingToEnd = 'There was nothing to end.';

/** @param firedFrom first firing of the last timer */
export const unproven = (firedFrom: number): string =>
  `The access exists, although all firings of its last timer, from ${minuteInWords(firedFrom)} on, are over. Nothing proves whether it is the lease of that timer.`;

export const unprovenLeft = (firedFrom: number, whose: string): string =>
  `${unproven(firedFrom)} It was left unchanged.${whose}`;

export const decideOnSuspect =
  'A person has to decide: `operation: revoke` ends the access, and a permanent `assign` keeps it. Both delete the records.';

/** @param howFar a sentence */
export const beingEnded = (why: string, howFar: string): string =>
  `The access is being ended, because ${why}. ${howFar}`;

export const notEnded = (why: string, trouble: string): string =>
  `Could not end the access, although ${why}: ${trouble}`;

export const sweepAgain = 'Run the sweep again, or set a longer `timeout`.';

/* A lease without records */

export const notEndedByPost = (why: string): string => `Could not end the access, and nothing else will end it: ${why}`;

/* Changes without a known result, and records that stay */

export const resultUnknown = (why: string): string => `${sentence(why)} The result is unknown.`;

export const stillInProgress = (call: string): string => `${call} was still in progress when the time limit passed.`;

export const acceptedUnseen = (call: string, why: string): string =>
  `${call} was accepted, but its result could not be read: ${sentence(why)}`;

export const recordsUndeleted = (count: number, why: string): string =>
  `${count === 1 ? 'One of its records' : `${count} of its records`} could not be deleted: ${sentence(why)} The next sweep tries again.`;
