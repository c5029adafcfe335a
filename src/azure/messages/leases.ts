import type { RoleAssignment } from '@azure/arm-authorization';
import { minuteInWords } from '#access/clock';
import { Refusal } from '#access/errors';
import type { Assignment, Words } from '#access/grant';
import type { Why } from '#access/leases/found';
import type { HeldGrant } from '#access/leases/journal';
import type { Trouble } from '#access/leases/protocol/executor';
import { givenUp, hintOnGivingUp, isGone, sweepOrRevoke } from '#access/messages/leases';
import type { Outcome } from '#access/outcome';
import { capital, seconds, sentence } from '#access/words';
import type { GivenUp, Holder, Released } from '../leases/steps/holder.ts';

/* Joins. */

/** @param detail the outcome of a request */
export function givenUpInWords(why: GivenUp, detail: string | null, { end }: Holder): string {
  switch (why) {
    case 'differs':
      return 'Other holders lease this grant with a different condition or delegated identity, and a role assignment has only one of each.';
    case 'late':
    case 'abandoned':
    case 'failed':
      return givenUp(why, end, detail);
  }
}

export function hintOnGivenUp(why: GivenUp): string {
  switch (why) {
    case 'differs':
      return 'Use the same condition and identity, or wait until those leases have ended.';
    case 'late':
    case 'abandoned':
    case 'failed':
      return hintOnGivingUp(why, 'with other holders, taking a lease needs about a minute');
  }
}

/** @param condition of the existing access, `null` for none */
export function differsInCondition(condition: string | null, isLeased: boolean): Why {
  const whose = isLeased ? 'Other holders lease this grant' : 'The access already existed and is permanent,';
  const until = isLeased ? 'wait until those leases have ended' : 'revoke the grant first';
  return {
    reason: `${whose} ${conditionInWords(condition)}`,
    hint: `A role assignment has only one condition, and a lease does not change an existing one. Use the same condition, or ${until}.`,
  };
}

export function conditionInWords(condition: string | null): string {
  return condition === null || condition === '' ? 'without a condition.' : `with another condition: ${condition}`;
}

export const recordNamesStep = 'Verified by reading back: the access exists, and its record names this step.';

export function waitingToJoin(rest: string, isShared: boolean): string {
  return `${isShared ? 'The access has other holders. ' : ''}Waiting ${rest} until no earlier request can overwrite this lease.`;
}

export function tooManyHolders(count: number): Refusal {
  return new Refusal(
    `The grant would have ${count} holders at once, and the description of its role assignment, which contains their records, has no room for more.`,
    'Run the step again when other holders have left, or let one job hold the lease for all.',
  );
}

export function twoOfOne(ids: readonly string[]): Refusal {
  return new Refusal(
    `Azure lists ${ids.length} role assignments of the same grant, which it does not allow: ${ids.join(', ')}.`,
    'Delete all but one of them by hand, then run the step again.',
  );
}

/* Requests and waits. */

/** @param what a subject in the plural @param tookMs from the request for the answers to the change @param fresh maximum age of an answer, in milliseconds */
export function tooSlow(what: string, tookMs: number, fresh: number): Refusal {
  return new Refusal(
    `${what} took ${seconds(tookMs)}. A change requires answers that are at most ${seconds(fresh)} old.`,
    'Run the step again when the answers are faster. A longer `timeout` helps only if they become faster within it.',
  );
}

export const listsOfGrant = "Azure's list of this grant and GitHub's answers about the jobs of its holders";
export const carriedOut = (call: string, requestId: string): string =>
  `${call} was carried out: request ID ${requestId}.`;
export const readingAgain = (error: string): string => `${sentence(error)} Reading again.`;
export const mightHaveSucceeded = (error: string): string => `${sentence(error)} It might have succeeded.`;
export const tryingAgain = (error: string, delay: number): string =>
  `${sentence(error)} Trying again${delay === 0 ? '' : ` in ${seconds(delay)}`}.`;
export const waitingToSee = (rest: string): string =>
  `Waiting ${rest} until a read is certain to show the final state.`;
export const waitingToLand = (rest: string): string => `Waiting ${rest}: an earlier request might still take effect.`;
export const waitingForPermanent = (rest: string): string =>
  `Waiting ${rest} until no earlier request can restore the lease.`;
export const jobHasEnded = (holder: string): string => `The job of ${holder} has ended, so its entry no longer counts.`;

/** @param known holders whose entries were to be deleted @param unseen holders whose entries no read had shown */
export function overtaken(known: string, unseen: string): string {
  return `The deletion of the entry of ${known} also deleted the entry of ${unseen}, which no read had shown. A job that was still taking its lease detects this and takes it again. A lease that was already taken has ended: check that job.`;
}

/* What is left of the access. */

/** @param made ID of the role assignment that a PUT created, `null` if unknown */
export function leftInWords(
  { left }: Released,
  it: Holder,
  grant: Assignment,
  words: Words,
  made: string | null,
): string {
  switch (left) {
    case 'nothing':
      return 'Nothing was granted.';
    case 'gone':
      return isGone(grant, words);
    case 'shared':
      return 'The access stays for its other holders.';
    case 'plain':
      return plainAndLeft;
    case 'to-sweep':
      return 'The lease that was begun could not be released. Its record stays, and the post step, a sweep or the next holder ends it.';
    case 'unseen': {
      const [does, done] = asked(it, made);
      const what =
        it.unseen === 'answered'
          ? `Azure reported that it ${done}, but no read has shown it yet: it might still exist.`
          : `The answer to the request that ${does} was lost, and no read has shown it yet: it might still exist.`;
      return `${what} The post step looks again. Once reads show it, a sweep or the next holder ends it too.`;
    }
  }
}

/** @param made ID of the role assignment that a PUT created, `null` if unknown */
function asked({ others }: Pick<Holder, 'others'>, made: string | null): readonly [does: string, done: string] {
  if (others.length > 0) return ['adds the entry of this lease', 'added the entry of this lease to those of others'];
  return ['creates the role assignment', `created the role assignment${made === null ? ' of this lease' : ` ${made}`}`];
}

export const plainAndLeft = 'The access exists without a lease record, so it was left unchanged.';
export const goneBefore = 'The access was already gone.';
export const staysForHolders = 'The access has other holders, so it stays.';
export const notGoneInTime = 'The time limit passed before the access was gone.';
export const noLeaseAnyMore =
  'The access has no lease any more and is permanent: it was made permanent, or its record was changed by hand.';

/** The answer to the request that ends the access was lost. @param when a clause: when a sweep ends what is left */
export function unknownWhether(requestId: string | null, trouble: Trouble | null, when: string | null): Outcome {
  const what = sentence(trouble?.message ?? 'The answer to the request that ends the access was lost');
  const then = when === null ? '' : ` If not, ${onlySweep(when)}`;
  return {
    status: 'IN_PROGRESS',
    requestId,
    reason: `${what} The result is unknown: Azure might have carried it out, and there was no time to read it back.${then}`,
    hint: `${sweepOrRevoke} Both read the access first.`,
  };
}

/** @param isRemoved whether Azure carried out the removal @param detail why it failed @param when a clause */
export function notReleased(isRemoved: boolean, detail: string, when: string): string {
  const what = isRemoved
    ? 'Azure carried out the release of this lease, but no read has shown it within the time limit.'
    : `The access could not be ended now: ${sentence(detail)}`;
  return `${what} ${capital(onlySweep(when))}`;
}

function onlySweep(when: string): string {
  return `only the next holder or a sweep ends what is left, ${when}.`;
}

/** A clause: when a sweep or the next holder ends what is left of a lease. */
export function sweptWhen({ end, keepAfterJob }: Pick<HeldGrant, 'end' | 'keepAfterJob'>): string {
  const after = end === null ? 'after its end time, which could not be read' : `after ${minuteInWords(end)}`;
  return keepAfterJob ? after : `once its job is known to have ended, or ${after}`;
}

/** In the post step, about access that Azure reported as created. */
export function neverShown(it: Holder): string {
  const [, done] = asked(it, null);
  return `Azure reported that it ${done}, but two minutes of reading have not shown it: it might still exist. If it appears, ${onlySweep(sweptWhen(it))}`;
}

/** In the post step, about access that might never have been created. */
export function maybeNeverMade(it: Holder): string {
  return `This step was interrupted, or got no answer, while it requested the access, and two minutes of reading have not shown its lease. If the lease appears later, \`operation: revoke\` ends it, and so does a sweep, ${sweptWhen(it)}.`;
}

export const hintOnUnseen =
  'Check the role assignments of the principal in a few minutes. If the access exists then, end it with `operation: sweep` or `operation: revoke`.';

/* Altered records. */

const isAltered =
  'was copied or changed by hand, so it proves nothing. The access was left unchanged, and no post step or sweep ends it.';

export const alteredRecord: Why = {
  reason: `The lease record in the description ${isAltered}`,
  hint: 'End the access with `operation: revoke`, unless it should stay.',
};

export function alteredNotice({ id, scope }: RoleAssignment): string {
  return `The lease record in the description of ${id ?? ''} at ${scope ?? ''} ${isAltered}`;
}

/* Permanent assigns. */

/** @param because a sentence */
export function permanentInterrupted(because: string): string {
  return `Making the access permanent was interrupted: ${because} It is unknown whether the access is still leased, or is permanent now.`;
}

/** @param what the properties, such as `condition` */
export function madePermanentOtherwise(what: string): Why {
  return {
    reason: `The access is permanent now, but another job or a person made it permanent: its ${what} is not as requested.`,
    hint: 'Run the step again to change it.',
  };
}

/* Lists and sweeps. */

export const nextSweepEndsIt = 'The next `operation: sweep` ends it.';

/** A clause. @param ended number of jobs @param ends end times of all entries, in milliseconds since the epoch */
export function whyDue(ended: number, ends: readonly number[]): string {
  if (ended > 0) return ended === 1 ? 'its job has ended' : `${ended} of its jobs have ended`;
  if (ends.length === 0) return 'its record names no holder';
  return `it has no holder any more (its lease ended at ${minuteInWords(Math.max(...ends))})`;
}

export const delegatedUnread = (scope: string, error: string): string =>
  `Could not search for leases of delegated identities at ${scope}: ${sentence(error)}`;

export function otherCaller(was: string, is: string): Refusal {
  return new Refusal(
    `The job is now signed in to Azure as object ${is}, but the leases were taken as object ${was}.`,
    'Use `azure-client-id`, which signs in again, or keep the session of the job unchanged until it ends.',
  );
}
