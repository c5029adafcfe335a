import { givenUp, hintOnGivingUp } from '#access/messages/leases';
import { goneMeanwhile } from '#access/messages/leases';
import { minuteInWords } from '#access/clock';
import { sentence, withMore } from '#access/words';
import type { GivenUp, Holder, Released } from './steps/holder.ts';

/** Why a join was given up, in words; `detail` is what a request came to. */
export function givenUpInWords(why: GivenUp, detail: string | null, { end, endsAt, until }: Holder): string {
  const because = detail === null ? '' : ` ${detail}`;
  switch (why) {
    case 'shorter':
      return `The access is there until ${minuteInWords(endsAt)}, which is sooner than asked for, and it was not to be extended.${because}`;
    case 'planned':
      return until < end
        ? `Another access of this very grant begins at ${minuteInWords(until)}, before this lease would end: Azure has one at a time.`
        : `Another access of this very grant begins at ${minuteInWords(until)}, and Azure takes none before it.${because}`;
    case 'taken':
      return `Azure says that there is such an access, or a request for one, and no list shows it.${because}`;
    case 'gone':
      return goneMeanwhile().message;
    case 'unlisted':
      return 'Two minutes of reading have listed no end of the access that is there: nothing was asked for by guess.';
    case 'late':
    case 'abandoned':
    case 'failed':
      return givenUp(why, end, detail);
  }
}

export function hintOnGivenUp(why: GivenUp, { end, endsAt, until }: Holder): string {
  switch (why) {
    case 'shorter':
      return `Give a lifetime that ends before that, or run the step again after ${minuteInWords(endsAt)}.`;
    case 'planned':
      return `${until < end ? `Give a lifetime that ends before ${minuteInWords(until)}` : 'Run the step again when that one has ended'}, or take that one back with \`operation: revoke\` and azure-pim.`;
    case 'taken':
      return 'Look at the role’s assignments in Privileged Identity Management, then run the step again.';
    case 'gone':
      return goneMeanwhile().hint;
    case 'unlisted':
      return 'Look at the role’s assignments in Privileged Identity Management, then run the step again when the lease is listed there.';
    case 'late':
    case 'abandoned':
    case 'failed':
      return hintOnGivingUp(why, 'beside others it takes about two minutes');
  }
}

/** Why an access was not ended, in a sentence. */
export function leftBecause(left: Released['left'], detail: string | null): string {
  switch (left) {
    case 'foreign':
      return 'The access was made by somebody else, or what made it is not listed any more: it is not ended before its time.';
    case 'near-end':
      return 'Its end is near.';
    case 'too-young':
      return 'Azure does not end access in its first five minutes.';
    case 'waits':
      return 'A person has to approve its removal in Privileged Identity Management.';
    case 'shared':
      return 'Others rely on it.';
    case 'unlisted':
      return 'Azure carried out the request for it, and two minutes of reading have listed no end of it: nothing was ended by guess.';
    case 'failed':
    case 'removed':
    case 'nothing':
    case 'gone':
    case 'permanent':
    case 'stays':
      return withMore('It could not be ended now.', detail === null ? '' : sentence(detail));
  }
}

/** Of an access that others made, and that this step may have extended. @param why it is not ended, in a sentence */
export function acceptedBeside(why: string): string {
  return `A request of this step that extends the access was accepted. ${why}`;
}

/** A request of this step was accepted, and what has come of it could not be read. */
export function acceptedUnread(end: number): string {
  return `A request for it was accepted, and what it has made could not be read: Azure ends that by itself, at the earliest at ${minuteInWords(end)}.`;
}

/** Of an access that no read has shown. @param why it was not ended, in a sentence @param end of the lease that it was for */
export function leftUnread(why: string, end: number): string {
  return `${why} The access is left to Azure, which ends it at the earliest at ${minuteInWords(end)}: whether it lasts longer for others could not be read.`;
}

/** Of an access that was looked for in vain, and not for as long as lists may lag. @param end of the lease that it was for */
export function notListed(end: number): string {
  return `Azure carried out the request for it, and no list showed the access until the time limit passed: it is gone, or listed late, and then Azure ends it, at the earliest at ${minuteInWords(end)}.`;
}

/** Of a request for access whose answer was lost. @param end of the lease that it is for */
export function lostUnread(name: string, end: number): string {
  return `Whether request ${name} was carried out is not known, since no read has shown it: if it was, Azure ends the access by itself, at the earliest at ${minuteInWords(end)}. The post step looks again.`;
}

/** Of one that is to move the end of an access. @param until where to */
export function lostExtension(name: string, until: number): string {
  return `Whether request ${name}, which extends it, was carried out is not known: if it was, Azure ends the access at ${minuteInWords(until)}.`;
}

/** Of one that is to end an access. @param detail why nothing more is known */
export function lostEnding(name: string, detail: string | null): string {
  return withMore(
    `Whether request ${name}, which ends the access, was carried out is not known, since no read has shown it.`,
    detail === null ? '' : sentence(detail),
  );
}

/** Of a removal that Azure has accepted. @param detail why nothing more is known */
export function endingUnread(detail: string | null): string {
  return withMore(
    'Its removal was accepted, and no read has shown what came of it.',
    detail === null ? '' : sentence(detail),
  );
}

/** Of an access that Azure has ended. @param detail why that could not be read @param endsAt by itself */
export function removalUnread(detail: string | null, endsAt: number): string {
  const because = detail === null ? '' : ` ${sentence(detail)}`;
  return `Azure carried out the removal, and no read has shown it.${because} Should the access stand nevertheless, Azure ends it at ${minuteInWords(endsAt)}.`;
}

/** What waits for a person, for whom it waits too. */
export const waitsForPerson = 'It has to be approved in Privileged Identity Management: nothing was granted yet.';
export const approveIt =
  'Have it approved, then run the step again: it looks at this very request, and takes the access that it has made. `operation: revoke` with azure-pim takes the request back.';

/** Of an access that somebody else has made. */
export const adopted =
  'It was made by somebody else, or was approved for an earlier attempt of this run: this job does not end it.';
export const uncounted =
  'The role’s settings did not let this step leave a trace of itself on the access that is there: whoever made it may end it before this lease does.';
