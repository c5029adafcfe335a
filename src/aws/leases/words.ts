import type { Assignment, Words } from '#access/grant';
import { givenUp, hintOnGivingUp, isGone, leftToEnder } from '#access/leases/words';
import { minuteInWords } from '#access/clock';
import { withMore } from '#access/words';
import { never, type Constants } from './steps/constants.ts';
import type { Row } from './steps/records.ts';
import type { GivenUp, Holder, Released } from './steps/holder.ts';

/** Why a join was given up, in words; `detail` is what a request came to, or who is in the way. */
export function givenUpInWords(why: GivenUp, detail: string | null, it: Holder): string {
  switch (why) {
    case 'suspect':
      return `The access is there, the firings of its timers from ${minuteInWords(it.span.before)} on are over, and nothing proves whether it is that lease.`;
    case 'permanent':
      return `${detail ?? 'Somebody'} is making this very access permanent, or has broken that off: a lease beside it would end what is to stay.`;
    case 'late':
      return withMore(
        `The lease could not be taken before its own end at ${minuteInWords(it.end)}, or before what it rests on had grown old.`,
        detail ?? '',
      );
    case 'abandoned':
    case 'failed':
      return givenUp(why, it.end, detail);
  }
}

/** What decides where nothing proves whether an access is a lease. */
export const decideOnSuspect =
  'A person has to decide: `operation: revoke` ends the access, a permanent `assign` keeps it. Both clear the records.';

export function hintOnGivenUp(why: GivenUp): string {
  switch (why) {
    case 'suspect':
      return decideOnSuspect;
    case 'permanent':
      return 'Wait until that is done, repeat the permanent `assign`, or `operation: revoke` it; then run the step again.';
    case 'late':
      return 'Run the step again; a longer `lifetime` leaves more time beside a timer that is firing.';
    case 'abandoned':
    case 'failed':
      return hintOnGivingUp(why, 'beside a timer that is firing it takes up to five minutes');
  }
}

/** The hold by which others see that the access is being made permanent. @param why a sentence */
export function permanentHoldStays(why: string): string {
  return `The record of this step could not be deleted: ${why} Until it is gone, leases of this grant are refused, and sweeps call this assign broken off. Run the step again, or \`operation: revoke\`.`;
}

/** Why a release did not end the access, or that it did, in a sentence. */
export function leftInWords(how: Released, it: Holder, grant: Assignment, words: Words): string {
  switch (how.left) {
    case 'gone':
      return isGone(grant, words);
    case 'shared':
      return 'The access stays for others.';
    case 'ended':
      return 'Its hold was gone already.';
    case 'unproven':
      return 'No timer proves that the access is a lease of ours: it was left alone.';
    case 'unreleased':
      return `The record of this step could not be taken back, and may count as a holder until ${minuteInWords(it.end)}.`;
    case 'to-timer':
      return becauseOf(how.because, it);
  }
}

/**
 * After a release.
 *
 * @param why a sentence
 * @param firesAt when the last timer fires first
 */
export function leftToTimers(
  why: string,
  { firesAt, date, constants }: { readonly firesAt: number; readonly date: number; readonly constants: Constants },
  words: Words,
): string {
  if (date < firesAt) return leftToEnder(why, firesAt, words);
  const [since, until] = [firesAt, firesAt + constants.window].map(minuteInWords);
  return `${why} The access is left to ${words.ender}, which has been ending it since ${since} and tries until ${until}.`;
}

/** Beside others, after a join that was given up. @param firesAt when the last timer fires first */
export function staysUntil(firesAt: number, { ender }: Words): string {
  return `The access stays for others; ${ender} ends it at ${minuteInWords(firesAt)} at the latest.`;
}

/** After a join whose creation was refused, and whose timer could not be taken back. */
export const nothingGranted =
  'Nothing was granted: a read shows no access. The post step tries once more to delete what is on record.';

/** After a release that could not look at any record. */
export const othersUnseen = 'Whether others hold it for longer could not be looked at.';

/** After a release that left it, where no timer has a firing left. */
export const nothingWillFire =
  'But no timer that will still fire could be seen there: nothing else may end this access.';

function becauseOf(because: Extract<Released, { readonly left: 'to-timer' }>['because'], it: Holder): string {
  switch (because) {
    case 'near-end':
      return `Its own end at ${minuteInWords(it.end)} is near.`;
    case 'late':
      return 'The account was busy for so long that a deletion would have come too late.';
    case 'no-turn':
      return 'It could not be ended now: other changes on its account took all the time that there was.';
    case 'failed':
      return 'It could not be ended now.';
  }
}

/** When one's own timer fires first: at the latest end of all who held it when it was armed, and by its own spread later. */
export function endOf({ end, latest, others, spread }: Holder): number {
  return Math.max(end, latest, ...others.map((other) => other.end).filter((it) => it !== never)) + spread;
}

/** Of what stands among our records and does not prove itself to be one. */
export function foreignNotice({ kind, end, holder }: Row): string {
  return `A ${kind} of ${holder} that ends at ${minuteInWords(end)} cannot be a record of ours: it was left alone.`;
}
