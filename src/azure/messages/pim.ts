import { isoSeconds, minuteInWords } from '#access/clock';
import { Refusal } from '#access/errors';
import type { Why } from '#access/leases/found';
import { givenUp, goneMeanwhile, hintOnGivingUp } from '#access/messages/leases';
import { sentence, withMore } from '#access/words';
import type { GivenUp, Holder, Released } from '../leases/pim/steps/holder.ts';
import { conditionInWords } from './leases.ts';

/* Joins. */

/** @param detail the outcome of a request */
export function givenUpInWords(why: GivenUp, detail: string | null, { end, endsAt, until }: Holder): string {
  const because = detail === null ? '' : ` ${detail}`;
  switch (why) {
    case 'shorter':
      return `The existing access ends at ${minuteInWords(endsAt)}, which is earlier than requested, and it could not be extended.${because}`;
    case 'planned':
      return until < end
        ? `Another access of the same grant begins at ${minuteInWords(until)}, before this lease would end. Azure allows only one at a time.`
        : `Another access of the same grant begins at ${minuteInWords(until)}, and Azure accepts none before it.${because}`;
    case 'taken':
      return `Azure reports that the access, or a request for it, already exists, but it is not listed.${because}`;
    case 'gone':
      return goneMeanwhile().message;
    case 'unlisted':
      return 'Two minutes of reading have not listed the end time of the existing access, so no request was sent.';
    case 'late':
    case 'abandoned':
    case 'failed':
      return givenUp(why, end, detail);
  }
}

export function hintOnGivenUp(why: GivenUp, { end, endsAt, until }: Holder): string {
  switch (why) {
    case 'shorter':
      return `Use a \`lifetime\` that ends before that, or run the step again after ${minuteInWords(endsAt)}.`;
    case 'planned': {
      const wait =
        until < end
          ? `Use a \`lifetime\` that ends before ${minuteInWords(until)}`
          : 'Run the step again when that access has ended';
      return `${wait}, or remove that access with \`operation: revoke\` and \`azure-pim\`.`;
    }
    case 'taken':
      return "Check the role's assignments in Privileged Identity Management, then run the step again.";
    case 'gone':
      return goneMeanwhile().hint;
    case 'unlisted':
      return whenListed;
    case 'late':
    case 'abandoned':
    case 'failed':
      return hintOnGivingUp(why, 'with other holders, taking a lease needs about two minutes');
  }
}

const whenListed =
  "Check the role's assignments in Privileged Identity Management, then run the step again when the access is listed there.";

export const activeUntilEnd = 'Verified by reading back: the access is active, and Azure ends it by itself.';
export const activeLongEnough = 'Verified by reading back: the access is active, and lasts long enough.';

/** @param isSettling whether earlier requests might still take effect */
export function waitingToJoin(rest: string, isSettling: boolean): string {
  return isSettling
    ? `The access has other holders, or lists lag. Waiting ${rest} until no earlier request can affect this lease.`
    : `Another request is in the way, the last one was refused temporarily, or its result is not listed yet. Waiting ${rest}.`;
}

export const adopted =
  'The access was created outside this action, or approved for an earlier attempt of this run. This job does not end it.';
export const uncounted =
  "The role's settings did not allow this step to register as a holder of the existing access. The job or person that created it might end it before this lease ends.";

export function pendingApproval(name: string, own: boolean): Why {
  return {
    reason: `Request ${name} of ${own ? 'this step' : 'an earlier run, or of another requester,'} needs approval in Privileged Identity Management. Nothing was granted yet.`,
    hint: 'Have the request approved, then run the step again: it uses the access of this request. To cancel the request, use `operation: revoke` with `azure-pim`.',
  };
}

/** @param waited whether the step waited for the result */
export function stillMoving(call: string, waited: boolean): string {
  const when = waited ? 'was still in progress when the time limit passed' : 'was accepted, and is in progress';
  return `${call} ${when}: the lease is not taken yet. The post step releases it, and Azure ends the access in any case.`;
}

export function otherCondition(condition: string): Refusal {
  return new Refusal(
    `The access already exists for a limited time, ${conditionInWords(condition)}`,
    'Use the same condition, or wait until that access has ended: a grant has only one condition.',
  );
}

/** @param id of the role assignment */
export function leasedOtherwise(id: string): Refusal {
  return new Refusal(
    `This grant already has a lease that Privileged Identity Management does not know: its record is in the description of role assignment ${id}.`,
    'Leave out `azure-pim`, or wait until that lease has ended.',
  );
}

/* Releases. */

/** Why an access was not ended. */
export function leftBecause(left: Released['left'], detail: string | null): string {
  switch (left) {
    case 'foreign':
      return 'The access was not made by this action, or the request that made it is not listed any more, so it is not ended early.';
    case 'near-end':
      return 'Its end time is near.';
    case 'too-young':
      return `${tooYoung}.`;
    case 'waits':
      return 'A person has to approve its removal in Privileged Identity Management.';
    case 'shared':
      return 'Others use the access.';
    case 'unlisted':
      return 'Azure carried out the request for the access, but two minutes of reading have not listed its end time, so nothing was ended.';
    case 'failed':
    case 'removed':
    case 'nothing':
    case 'gone':
    case 'permanent':
    case 'stays':
      return withDetail('The access could not be ended now.', detail);
  }
}

const tooYoung = 'Azure does not end access in its first five minutes';

function withDetail(text: string, detail: string | null): string {
  return withMore(text, detail === null ? '' : sentence(detail));
}

export const waitingForLists = (rest: string): string => `Waiting ${rest}: the last request might not be listed yet.`;

/** Access of others, which this step might have extended. @param why a sentence */
export function acceptedBeside(why: string): string {
  return `A request of this step that extends the access was accepted. ${why}`;
}

export function acceptedUnread(end: number): string {
  return `A request for the access was accepted, but its result could not be read. ${endsAtEarliest(end)}.`;
}

/** @param why a sentence @param end of the lease that the access is for */
export function leftUnread(why: string, end: number): string {
  return `${why} ${endsAtEarliest(end)}: whether it lasts longer for others could not be read.`;
}

/** @param end of the lease that the access is for */
export function notListed(end: number): string {
  return `Azure carried out the request for the access, but no list showed it before the time limit passed: it is gone, or listed late. ${endsAtEarliest(end)}.`;
}

function endsAtEarliest(end: number): string {
  return `Azure ends the access at ${minuteInWords(end)} at the earliest`;
}

/** @param end of the lease that the request is for */
export function lostUnread(name: string, end: number): string {
  return `The result of request ${name} is unknown, since no read has shown it. If it was carried out, Azure ends the access by itself, at ${minuteInWords(end)} at the earliest. The post step looks again.`;
}

/** @param until new end of the access */
export function lostExtension(name: string, until: number): string {
  return `The result of request ${name}, which extends the access, is unknown. If it was carried out, Azure ends the access at ${minuteInWords(until)}.`;
}

/** @param detail why no more is known */
export function lostEnding(name: string, detail: string | null): string {
  return withDetail(
    `The result of request ${name}, which ends the access, is unknown, since no read has shown it.`,
    detail,
  );
}

/** @param detail why no more is known */
export function endingUnread(detail: string | null): string {
  return withDetail('The removal of the access was accepted, but no read has shown its result.', detail);
}

/** @param detail why it could not be read @param endsAt when Azure ends the access by itself */
export function removalUnread(detail: string | null, endsAt: number): string {
  const told = withDetail('Azure carried out the removal, but no read has shown it.', detail);
  return `${told} If the access still exists, Azure ends it at ${minuteInWords(endsAt)}.`;
}

export const permanentAndLeft =
  'The access is permanent now: another job or a person made it permanent. It was left unchanged.';
export const staysPermanent: Why = {
  reason: 'The access was ended, but a role assignment of the same grant without an end time is still listed.',
  hint: 'Check it, and end it with `operation: revoke` without `azure-pim`, unless it should stay.',
};
export const againOrRevoke = 'Run the step again, or end the access with `operation: revoke` and `azure-pim`.';

/** @param why a sentence */
export function endUnread(why: string): string {
  return `${why} The time when Azure ends it could not be read.`;
}

/* Revokes. */

export function waitingToRevoke(rest: string, why: 'lists' | 'not-yet'): string {
  return `${why === 'lists' ? 'Lists might lag' : 'The access cannot be ended yet'}. Looking again in ${rest}.`;
}

/** @param ripeAt when Azure can end the access, in milliseconds since the epoch */
export function waitingToRipen(rest: string, ripeAt: number): string {
  return `${tooYoungUntil(ripeAt)}. Waiting ${rest} before the removal is requested.`;
}

function tooYoungUntil(ripeAt: number): string {
  return `${tooYoung}, which are over at ${isoSeconds(Math.ceil(ripeAt / 1_000) * 1_000)}`;
}

function endsByItself(endsAt: number | null): string {
  return endsAt === null ? '' : ` Azure ends it by itself at ${minuteInWords(endsAt)}.`;
}

/** @param minutes the shortest sufficient timeout */
export function tooYoungToEnd(ripeAt: number, endsAt: number | null, minutes: number): Why {
  return {
    reason: `${tooYoungUntil(ripeAt)}: \`timeout\` ends before that.${endsByItself(endsAt)}`,
    hint: `Run the step again after that, or now with a \`timeout\` of at least ${minutes}m.`,
  };
}

export const madeWithoutPim: Why = {
  reason: 'The access was not made through Privileged Identity Management, which cannot end it.',
  hint: 'Leave out `azure-pim`: without it, `operation: revoke` removes plain role assignments.',
};
export const accessUnlisted: Why = {
  reason:
    'A role assignment exists, but two minutes of reading have not listed the access of the request that was carried out for it. Nothing was ended.',
  hint: whenListed,
};

export const remade: Why = {
  reason: 'The access was made again each time that it was ended: another job or a person is taking it.',
  hint: 'Stop that job or person, then run the step again.',
};

export function removalWaits(name: string, endsAt: number | null): Why {
  return {
    reason: `Request ${name}, which removes the access, needs approval. ${stillExists}${endsByItself(endsAt)}`,
    hint: 'Have it approved in Privileged Identity Management, then run the step again.',
  };
}

export const stillExists = 'The access still exists.';

export function endingInDoubt(name: string, detail: string | null, endsAt: number | null): Why {
  return {
    reason: `${lostEnding(name, detail)}${endsByItself(endsAt)}`,
    hint: 'Run the step again: it reads the access first.',
  };
}

export const unlistedInTime: Why = {
  reason:
    'The time limit passed before any list showed the access that a request has made: it is unknown whether it exists.',
  hint: 'Run the step again with a longer `timeout`: it needs two minutes to find out.',
};

/** @param isRemoved whether Azure carried out a removal @param detail why the step was slow, or `null` */
export function notEndedInTime(isRemoved: boolean, detail: string | null, endsAt: number | null): Why {
  const what = isRemoved
    ? 'Azure carried out the removal, but the time limit passed before a read showed it.'
    : 'The time limit passed before the access was gone.';
  return {
    reason: `${withDetail(what, detail)}${isRemoved ? '' : endsByItself(endsAt)}`,
    hint: `Run the step again with a longer \`timeout\`: ${tooYoung}.`,
  };
}
