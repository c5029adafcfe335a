import { minuteInWords } from '#access/clock';
import { givenUp, hintOnGivingUp } from '#access/messages/leases';
import { sentence, withMore } from '#access/words';
import type { GivenUp, Holder } from '../steps/holder.ts';
import { decideOnSuspect, unproven } from './ending.ts';

/* Taking a lease, and making leased access permanent. */

/** Why a join was given up; `detail` is what a request was answered, or who makes the access permanent. */
export function givenUpInWords(why: GivenUp, detail: string | null, it: Holder): string {
  switch (why) {
    case 'suspect':
      return unproven(it.span.before);
    case 'permanent':
      return `${detail ?? 'Another step'} is making this access permanent, or was interrupted while doing so. A lease would end access that is meant to stay.`;
    case 'late':
      return withMore(
        `The lease could not be taken in time: its end at ${minuteInWords(it.end)} is too near, or a request had to wait too long to be safe.`,
        detail ?? '',
      );
    case 'abandoned':
    case 'failed':
      return givenUp(why, it.end, detail);
  }
}

export function hintOnGivenUp(why: GivenUp): string {
  switch (why) {
    case 'suspect':
      return decideOnSuspect;
    case 'permanent':
      return 'Wait until the permanent `assign` is done, repeat it, or run `operation: revoke`. Then run the step again.';
    case 'late':
      return 'Run the step again. A longer `lifetime` leaves more time while another timer is firing.';
    case 'abandoned':
    case 'failed':
      return hintOnGivingUp(why, 'while another timer is firing, taking a lease needs up to five minutes');
  }
}

/** After a join that was given up. @param firesAt first firing of the last timer, in milliseconds since the epoch */
export const staysUntil = (firesAt: number, ender: string): string =>
  `The access stays for other holders. ${ender} ends it at ${minuteInWords(firesAt)} at the latest.`;

/** After a join whose creation was refused, and whose timer could not be deleted. */
export const nothingGranted =
  'Nothing was granted: a read shows no access. The post step tries again to delete the records.';

export const postTriesAgain = (said: string): string => `${said} The post step tries again.`;

export const postChecksAgain = (said: string): string => `${said} The post step checks again.`;

export const changedMeanwhile = 'Another step has changed the record of this lease in the meantime. Trying again.';

/** @param time such as `30 s`. @param mayFire true if a timer was disabled that may be firing */
export const waitingForDeletions = (time: string, mayFire: boolean): string =>
  `${mayFire ? 'A timer was disabled that may be firing.' : 'This grant has other records.'} Waiting ${time}, so that no deletion that is under way ends this lease.`;

export const verifiedArmed = 'Verified by reading back: the access is there, and its timer is armed.';

export const stillCreating =
  'CreateAccountAssignment was still in progress when the time limit passed, so the lease is not established yet. The post step releases it, and its timer ends it in any case.';

/* A lease without records */

export const verifiedThere = 'Verified by reading back: the access is there.';

export const schedulerWouldEnd = 'Set aws-scheduler-role-arn, so that EventBridge Scheduler ends it.';

export const timeLimitBeforeLease = 'The time limit passed before the lease was established.';

export const postEndsIt = (why: string): string => `${sentence(why)} The post step ends the access if it was created.`;

export const withLongerTimeout = 'Run the step again with a longer `timeout`.';

export const leasedByOthers =
  'This grant has leases on record. A step without aws-scheduler-role-arn would end the access of their holders.';

export const recordedLikeThem = 'Set aws-scheduler-role-arn (and aws-scheduler-group) to the values of those leases.';

/* Making access permanent */

/** @param time such as `10 s` */
export const waitingUntilSeen = (time: string): string =>
  `Waiting ${time}, so that every step that starts from now on sees this access.`;

/** @param why a sentence. @param state a sentence about the access */
export const permanentInterrupted = (why: string, state: string): string =>
  `Making the access permanent was interrupted: ${why} ${state}`;

export const againOrRevoke = 'Run the step again, or run `operation: revoke`.';

/** The record by which other steps see that the access is being made permanent. */
export const permanentHoldStays = (why: string): string =>
  `The record of this step could not be deleted: ${sentence(why)} Until it is gone, leases of this grant are refused, and sweeps report this assign as interrupted. ${againOrRevoke}`;
