import { describeGrant, type Assignment, type Words } from '../../access/grant.ts';
import type { GivenUp, OtherHolder, Released } from './holder.ts';
import type { Holder } from './holder.ts';

/** `2026-11-21 21:35 UTC`, from milliseconds since the epoch. */
export function minuteOf(date: number): string {
  return `${new Date(date).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `2 other holders until 2026-11-21 21:35 UTC`; empty where nobody else holds it. */
export function othersInWords(others: readonly OtherHolder[]): string {
  if (others.length === 0) return '';
  const latest = Math.max(...others.map(({ end }) => end));
  const until = latest >= 9_999_999_999_000 ? 'without an end' : `until ${minuteOf(latest)}`;
  return `${others.length} other holder${others.length === 1 ? '' : 's'} ${until}`;
}

/** Why a join was given up, in words; `trouble` is what a request came to. */
export function givenUpInWords(why: GivenUp, trouble: string | null, it: Holder): string {
  switch (why) {
    case 'suspect':
      return `The access is there, the firings of its timers from ${minuteOf(it.span.before)} on are over, and nothing proves whether it is that lease.`;
    case 'permanent':
      return 'Somebody is making this very access permanent, or has broken that off: a lease beside it would end what is to stay.';
    case 'late':
      return `The lease could not be taken before its own end at ${minuteOf(it.end)}, or before what it rests on had grown old.`;
    case 'abandoned':
      return 'The time limit passed before the lease stood.';
    case 'failed':
      return trouble ?? 'A request came to nothing.';
  }
}

export function hintOnGivenUp(why: GivenUp): string {
  switch (why) {
    case 'suspect':
      return 'A person has to decide: `operation: revoke` ends the access, a permanent `assign` keeps it. Both clear the records.';
    case 'permanent':
      return 'Wait until that is done, repeat the permanent `assign`, or `operation: revoke` it; then run the step again.';
    case 'late':
      return 'Run the step again; a longer `lifetime` leaves more time beside a timer that is firing.';
    case 'abandoned':
      return 'Run the step again with a longer `timeout`: beside a timer that is firing it takes up to five minutes.';
    case 'failed':
      return 'Run the step again.';
  }
}

/** What is left of the access after a release, in a sentence or two. */
export function releasedInWords(how: Released, it: Holder, grant: Assignment, words: Words): string {
  const subject = describeGrant(grant, words);
  switch (how.left) {
    case 'gone':
    case 'absent':
      return `Ended: ${subject}. Verified by reading back.`;
    case 'shared':
      return `The access stays for ${othersInWords(it.others)}; EventBridge Scheduler ends it at ${minuteOf(endOf(it))} at the latest: ${subject}.`;
    case 'ended':
      return `Its hold was gone already: a sweep, a release or a revocation had ended it: ${subject}.`;
    case 'unproven':
      return `No timer proves that the access is a lease: it was left alone: ${subject}.`;
    case 'to-timer':
      return `${becauseOf(how.because, it)} EventBridge Scheduler ends it from ${minuteOf(endOf(it))} on: ${subject}.`;
  }
}

function becauseOf(because: 'near-end' | 'late' | 'failed', it: Holder): string {
  switch (because) {
    case 'near-end':
      return `Its own end at ${minuteOf(it.end)} is so near that it was left to its timer.`;
    case 'late':
      return 'The account was busy for so long that a deletion would have come too late.';
    case 'failed':
      return 'It could not be ended now.';
  }
}

/** When AWS ends it if nobody else does: the latest end of all who hold it, and the timer's own spread. */
export function endOf({ end, latest, others, spread }: Holder): number {
  return Math.max(end, latest, ...others.map((other) => other.end).filter((it) => it < 9_999_999_999_000)) + spread;
}
