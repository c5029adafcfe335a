import { Refusal } from '../errors.ts';
import { notStarted } from '../outcome.ts';
import { seconds, sentence, withMore } from '../words.ts';

/* How a change begins */

export const started = (call: string, requestId: string): string => `Started ${call}: request ID ${requestId}.`;
export const carriedOut = (call: string, requestId: string): string => `Carried out ${call}: request ID ${requestId}.`;

export const adopted = (call: string, requestId: string): string =>
  `Adopted ${call}, which is already in progress for this grant: request ID ${requestId}.`;

export const foundUnanswered = (call: string, requestId: string): string =>
  `Found ${call}, which the unanswered call started: request ID ${requestId}.`;

export const waitingFor = (call: string, requestId: string): string =>
  `Waiting for ${call}, which is in progress for this grant: request ID ${requestId}.`;

/** @param planned the action that the reviewed plan has; `needed`: the action that is needed now */
export const notReviewed = (planned: string, needed: string): Refusal =>
  new Refusal(
    notStarted(`the reviewed plan says ${planned} here, but now ${needed} is needed.`),
    'The access has changed since the plan was made. Run the step with `dry-run: true` again, and have the new plan reviewed.',
  );

const runLater = 'Run the step again when that has ended, or set a longer `timeout`.';

/** @param why what blocks it, `null` if nothing does but other changes of this step */
export const noPlace = (why: string | null): Refusal =>
  new Refusal(
    notStarted(why ?? 'other changes were in progress until the time limit passed.'),
    'Run the step again, or set a longer `timeout`.',
  );

export const blocked = (why: string): Refusal => new Refusal(notStarted(why), runLater);

export const heldUp = (call: string, requestId: string): Refusal =>
  blocked(
    `${call} (request ID ${requestId}), which this step did not start, was still in progress for this grant when the time limit passed.`,
  );

export const outlasting = (call: string, requestId: string): string =>
  `${call} (request ID ${requestId}) of this run is still in progress there after twice the time limit.`;

/** @param last the last error */
export const outage = (changes: number, last: string): string =>
  `the last ${changes} changes got no answer or no sign-in, so no other change was started. The last error: ${last}`;

/* Trouble on the way. @param answer the cloud's, without a full stop */

export const tryingAgain = (answer: string, ms: number, meaning = ''): string =>
  `${withMore(sentence(answer), meaning)} Trying again in ${seconds(ms)}.`;

export const busyThere = 'Another operation is in progress there, or there are too many requests.';
export const notKnownYet = 'New objects are not known everywhere yet.';

export const lookingForExisting = (answer: string): string => `${answer}. Looking for the existing one.`;
export const checkingLost = (answer: string): string => `${answer}. It may have succeeded. Checking.`;
export const sendingAgain = 'It was not found. Sending it again.';

export const startingNew = (why: string): string => `${sentence(why)} Starting a new one.`;

export const failedOnce = (reason: string, isNew: boolean): string =>
  `It ended FAILED: ${sentence(reason)} ${isNew ? 'Starting a new one' : 'Submitting it again'}.`;

export const runningUnread = (kind: string, answer: string, hint: string | null): string =>
  withMore(`Operations in progress (${kind}) could not be read, so none can be adopted. ${answer}.`, hint ?? '');

export const lookingForRunning = 'Looking for operations in progress';
export const listingRunning = 'Listing operations in progress';
export const askingState = 'Asking for the state of operations';
export const askingResults = 'Asking for the results of operations';

export const inProgressAfter = (call: string, ms: number): string => `${call} is IN_PROGRESS after ${seconds(ms)}.`;

/** @param expected whether the access should be there */
export const readingAgain = (expected: 'there' | 'gone', ms: number): string =>
  `${expected === 'gone' ? 'Still listed' : 'Not visible yet'}. Reading again in ${seconds(ms)}.`;

/** @param left in milliseconds, `null` if unknown */
export const soFar = (
  {
    done,
    total,
    failed,
    inFlight,
    unended,
  }: Readonly<Record<'done' | 'total' | 'failed' | 'inFlight' | 'unended', number>>,
  left: number | null,
): string => {
  const more = unended === 0 ? '' : `, ${unended} still in progress at their time limit`;
  const rest = left === null ? '' : `, about ${seconds(left)} left`;
  return `${done} of ${total} done, ${failed} failed, ${inFlight} in flight${more}${rest}.`;
};

/* How a change ends */

export const goneAlready = (lost: boolean, answer: string): string =>
  `${lost ? 'The answer to the call that removed it was lost' : 'It was already gone'}: ${answer}.`;

export const thereAlready = (lost: boolean): string =>
  lost
    ? 'It exists. An earlier call whose answer was lost created it, or another job or an administrator did.'
    : 'It already existed: another job or an administrator created it a moment before.';

/** @param lost false if the answer came and could not be read */
export const seenAfterAll = (lost: boolean): string =>
  `The answer to the start call ${lost ? 'was lost' : 'could not be read'}, but a read shows that the change was made.`;

export const seenAtLast = (answer: string): string => `${answer}. A read shows that the change was made.`;

/** @param state one word or several, such as `up to date` */
export const verified = (what: string, state: string): string => `Verified by reading back: ${what} is ${state}.`;

/** @param read what the read did, one of `reads` */
export const acceptedAndRead = (call: string, read: string): string => `${call} was accepted; a first read ${read}.`;

export const notSeen = (call: string, ms: number, read: string): string =>
  `${call} ended SUCCEEDED, but ${seconds(ms)} of reading back ${sentence(read)}`;

export const reads = {
  stillShows: 'still showed the grant',
  noGrant: 'did not show the grant',
  notThere: 'did not show it there',
  shows: 'showed it',
  /** @param places where, may be empty */
  old: (places: readonly string[]): string =>
    `still showed the old version${places.length === 0 ? '' : `: ${places.join(', ')}`}`,
  differs: (reason: string): string => `showed it with a difference: ${reason}`,
} as const;

export const checkRemoved =
  'The access might still exist: another job or an administrator may have assigned it again, or reads lag for longer than that. Check it before you run the step again.';

export const checkChanged =
  'Another job or an administrator may have changed it, or the IDs are not those of real objects. Check it before you run the step again.';

export const accepted = (call: string): string => `${call} was accepted.`;
export const stillInProgress = (call: string): string => `${call} is still in progress: the time limit passed.`;

export const failedButGone = (call: string, reason: string): string =>
  `${call} ended FAILED (${reason}), but a read shows that the grant is gone.`;

export const stillOld = (places: readonly string[]): string =>
  `Still without the latest version: ${places.join(', ')}.`;

export const nothingToPush = (target: string): string =>
  `It is not provisioned to any ${target}. There is nothing to push.`;

/* A change whose result is not certain */

export const unanswered = (reason: string): string =>
  `${reason} The start call was not answered yet, so the result is unknown.`;

/** @param answer the cloud's, without a full stop; `reason`: why it was not looked up */
export const unknownResult = (answer: string, reason: string): string =>
  `${answer}. Its result is unknown, because looking for it failed: ${reason}`;

export const goesOn = 'The change continues in the cloud. Run the step again: it adopts what is in progress.';
export const waitLonger = 'A longer `timeout` waits longer.';

export const checkUnknown =
  'The result of the change is unknown. Run the step again: it checks first, and adopts what it finds.';

export const notVerified = 'The change was made but not verified. Run the step again to verify it.';

export const bug = (error: string): string => `This is a bug in this action: ${error}`;
export const reportBug = 'Report it with the debug log of the step.';

/* Plans */

export const correctLine = 'Correct the line that names it, or run the step again.';

export const stateUnread = (answer: string): string => `Its current state could not be read: ${answer}`;

/* Remarks */

export const moreRemarks = (count: number): string => `${count} more remarks of this kind are not shown.`;
export const grantsSuchAs = (count: number, one: string): string => `${count} grants, such as ${one}`;
