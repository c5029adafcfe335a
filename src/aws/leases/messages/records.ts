import { minuteInWords } from '#access/clock';
import { Refusal } from '#access/errors';
import type { Why } from '#access/leases/found';
import type { Row } from '../steps/records.ts';

/* Records of leases, and the operations on one account assignment. `why` is what a request was answered. */

/** A notice of a record that does not prove itself to be this action's. */
export const foreignNotice = ({ kind, end, holder }: Row): string =>
  `The ${kind} of ${holder} that ends at ${minuteInWords(end)} is not a valid lease record. It was left unchanged.`;

/* The records that a lease-id names */

const asReturned = 'Use the lease-id exactly as the step that took the lease returned it';

export const noGroup = (group: string, region: string): Why => ({
  reason: `The schedule group ${group}, which has the records of the lease according to the lease-id, does not exist in ${region}.`,
  hint: `${asReturned}. If the group was deleted, nothing ends the access any more: check it, and end it with \`operation: revoke\`.`,
});

/** @param part one of `partsOfRecord` */
export const disagrees = (part: string): Why => ({
  reason: `The lease-id does not match ${part}. Nothing was ended.`,
  hint: `${asReturned}, or end the access with \`operation: sweep\` or \`operation: revoke\`.`,
});

export const partsOfRecord = {
  grants: 'the grants of its record',
  roleOrGrant: 'the role or the grant of its record',
  group: 'the schedule group of its record',
  instance: 'the instance of its record',
} as const;

export const inGroup = (group: string): string => `in the schedule group ${group}`;

/* Lists */

export const accessUnread = (why: string): string => `Could not read whether the access of these leases exists: ${why}`;

export const firingsOver =
  'All firings of its timer are over. If the access still exists, `operation: sweep` ends it, provided that the history proves it to be a lease.';

/** @param who makes it permanent, `null` where unknown */
export const permanentUnderWay = (who: string | null): string =>
  `A permanent assign${who === null ? '' : ` by ${who}`} is running, or was interrupted. No lease of this grant can be taken until that assign is repeated, or the access is revoked.`;

/** @param state a sentence about the access */
export const permanentWasInterrupted = (state: string): string =>
  `A permanent assign of this grant was interrupted. ${state}`;

export const absentMeanwhile = 'The access does not exist, and no lease of it can be taken until then.';

export const repeatOrRevoke = 'Repeat the permanent `assign`, or run `operation: revoke`.';

/* Who signs in */

export const otherCaller = (was: string, is: string): Refusal =>
  new Refusal(
    `The job now has the credentials of ${is}, but the leases were taken as ${was}.`,
    'Set aws-role-to-assume, which signs in again, or leave the credentials of the job unchanged until it ends.',
  );

/* Records of other steps that this one cannot see, or that cannot see this one */

export const ofAnotherRole = (theirs: string, ours: string): Refusal =>
  new Refusal(
    `A timer of this grant uses the execution role ${theirs}, but this step uses ${ours}. Leases with different roles do not see each other, and that timer would end the access.`,
    'Use one aws-scheduler-role-arn for all workflows that lease from this Identity Center instance. After you change the role, release the earlier leases, or wait until they have ended.',
  );

export const inAnotherGroup = (theirs: string, name: string, ours: string): Refusal =>
  new Refusal(
    `Leases of this grant are also recorded in the schedule group ${theirs} (${name}), but this step uses ${ours}. Steps with different groups do not see each other and would end each other's access.`,
    'Use one aws-scheduler-group for all workflows that lease from this Identity Center instance. A step with access files can name several groups, one a line.',
  );

export const groupCreated = (group: string): string => `Created the schedule group ${group}.`;

export const tryingAgain = (why: string): string => `${why}. Trying again.`;

/* Operations on the account assignment */

export const historyUnread = (why: string): string =>
  `Could not read from the history whether a lease created this access: ${why}`;

export const started = (call: string, requestId: string): string => `Started ${call}: request ID ${requestId}.`;

export const foundUnanswered = (call: string, requestId: string): string =>
  `Found ${call}, started by the unanswered request: request ID ${requestId}.`;

export const mayBeCarriedOut = (why: string): string => `${why}. The result is unknown.`;

export const endedAfter = (call: string, state: string, time: string): string => `${call} ${state} after ${time}.`;

export const mayPass = (reason: string): string => `It ended FAILED: ${reason}. The cause may be temporary.`;

const deletionsReadable =
  'Allow the role sso:ListAccountAssignmentDeletionStatus and sso:DescribeAccountAssignmentDeletionStatus.';

export const deletionUnread = (): Refusal =>
  new Refusal('Could not read whether the deletion that was sent has ended.', deletionsReadable);

export const deletionsUnread = (): Refusal =>
  new Refusal(
    'Could not read whether a deletion of this grant is running. A lease must not be taken during a deletion.',
    deletionsReadable,
  );

export const endedFailed = (call: string, requestId: string, reason: string, hint: string | null): Refusal =>
  new Refusal(`${call} (request ID ${requestId}) ended FAILED: ${reason}`, hint ?? 'Run the step again.');

export const stillThere = (): Refusal =>
  new Refusal(
    'DeleteAccountAssignment ended SUCCEEDED, but reading back still showed the access.',
    'Another caller may have created it again. Check it before you run the step again.',
  );

export const notThere = (): Refusal =>
  new Refusal(
    'CreateAccountAssignment ended SUCCEEDED, but reading back did not show the access.',
    'Another caller may have ended it, or an ID names nothing that exists. Check it before you run the step again.',
  );

export const neverThere = (times: number): Refusal =>
  new Refusal(
    `CreateAccountAssignment ended SUCCEEDED ${times} times, but reading back never showed the access.`,
    'Check whether the account exists and belongs to the organization, and whether the principal and the permission set exist. AWS reports SUCCEEDED even for an assignment of something that does not exist.',
  );
