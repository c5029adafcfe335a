import { type Assignment, describeGrant, type Words } from '../grant.ts';
import { minuteInWords } from '../clock.ts';
import { capital, listed, withMore } from '../words.ts';
import type { Guarantee, LeaseReport } from './report.ts';

/** Of access without an end. */
export const nothingEndsIt = 'Permanent: nothing ends it.';

/** When access ends and who guarantees it, in a sentence; without an id it is somebody else's lease. */
export function endInWords(lease: LeaseReport, { ender }: Words): string {
  const { state, id, expiresAt, endsAtLatest, guarantee, keepAfterJob } = lease;
  const orWithJob = keepAfterJob ? '' : ', or with this job';
  switch (guarantee) {
    case null:
      return state === 'permanent' ? nothingEndsIt : 'Nothing is known of its end.';
    case 'post-step':
      return 'Ends with this job, and nothing else ends it.';
    case 'sweep': {
      if (state === 'shared' && expiresAt !== null)
        return `Held until ${minuteInWords(expiresAt)}${orWithJob}; others hold it too: it ends with the last of them, and after their ends at a sweep.`;
      const late = expiresAt === null ? 'at a sweep' : `at the first sweep after ${minuteInWords(expiresAt)}`;
      return keepAfterJob
        ? `Ends ${late}; nothing ends it if no sweep runs.`
        : `Ends with this job; if the job dies, ${late}, and nothing ends it if no sweep runs.`;
    }
    case 'platform':
    case 'scheduler': {
      if (endsAtLatest === null) return 'Nothing is known of its end.';
      const latest = minuteInWords(endsAtLatest);
      if (expiresAt === null || id === null) return `${capital(ender)} ends it at ${latest} at the latest.`;
      return state === 'shared'
        ? `Held until ${minuteInWords(expiresAt)}${orWithJob}; others hold it too, and it ends at ${latest} at the latest (${ender} guarantees that).`
        : `Ends at ${latest} at the latest (${ender} guarantees that)${orWithJob}.`;
    }
  }
}

/** The same in a table's cell: one's own end, and by whom it is guaranteed. */
export function endInBrief(
  { state, expiresAt, endsAtLatest, guarantee, keepAfterJob }: LeaseReport,
  { ender }: Words,
): string {
  const end = expiresAt ?? endsAtLatest;
  const at = end === null ? '' : minuteInWords(end);
  switch (guarantee) {
    case null:
      return state === 'permanent' ? 'never' : '–';
    case 'post-step':
      return 'with this job only';
    case 'sweep':
      return [at === '' ? '' : `first sweep after ${at}`, keepAfterJob ? '' : 'or with this job']
        .filter((it) => it !== '')
        .join(', ');
    case 'platform':
    case 'scheduler':
      return `${at} (${ender})${keepAfterJob || expiresAt === null ? '' : ', or with this job'}`;
  }
}

/** Who ends leases of which the post step knows nothing else, after “It concerns …:”. */
export function endOfUnknown(guarantee: Guarantee): string {
  switch (guarantee) {
    case 'platform':
      return 'the cloud ends each at its end; `operation: list` shows them, and `operation: revoke` ends them before that';
    case 'scheduler':
      return 'each ends by its own timer, or by `operation: sweep`; `operation: list` shows them';
    case 'sweep':
      return '`operation: sweep` ends them, and nothing does if no sweep runs; `operation: list` shows them';
    case 'post-step':
      return 'nothing else ends them: look for them in the log of the main step, and `operation: revoke` them';
  }
}

/**
 * Of a lease that was not released, or not for certain: who ends it, and how to end it now.
 *
 * @param end of the lease, in milliseconds since the epoch; `null` where it is not known
 */
export function mayBeThere(guarantee: Guarantee, end: number | null, { ender }: Words): string {
  const after = end === null ? 'its end' : minuteInWords(end);
  switch (guarantee) {
    case 'post-step':
      return 'The access may still be there, and nothing else ends it: `operation: revoke` ends it.';
    case 'sweep':
      return `The access may still be there: the first sweep after ${after} ends it, and nothing does if no sweep runs. \`operation: sweep\` or \`operation: revoke\` ends it before that.`;
    case 'scheduler':
      return `The access may still be there: ${ender} ends it soon after ${after}, unless others hold it for longer. \`operation: sweep\` or \`operation: revoke\` ends it before that.`;
    case 'platform':
      return `The access may still be there: ${ender} ends it at ${after}, unless others hold it for longer. \`operation: revoke\` ends it before that.`;
  }
}

/** Somebody else who holds a lease. */
export interface NamedHolder {
  /** As a person knows it: repository, run, job; its random name where nothing more is known. */
  readonly name: string;
  /** Milliseconds since the epoch; `null` for whoever makes the access permanent. */
  readonly until: number | null;
}

const mostNamed = 5;

function named(holders: readonly NamedHolder[]): string {
  return listed(
    holders.map(({ name, until }) => (until === null ? name : `${name} until ${minuteInWords(until)}`)),
    mostNamed,
  );
}

function count(holders: readonly NamedHolder[]): string {
  return holders.length === 1 ? 'One other holder' : `${holders.length} other holders`;
}

function latest(holders: readonly NamedHolder[]): string {
  return minuteInWords(Math.max(...holders.map(({ until }) => until ?? 0)));
}

/* What is to be said of each outcome. Source: docs/design/leases.md#what-each-outcome-says. */

/** Beside a lease of one's own: nobody else, nothing. */
export function heldByOthers(holders: readonly NamedHolder[]): readonly string[] {
  if (holders.length === 0) return [];
  const until = holders.length === 1 ? '' : ` until ${latest(holders)}`;
  return [`${count(holders)}${until}: ${named(holders)}.`];
}

/** Nothing in a cloud shows that somebody has made leased access permanent. */
export const madePermanentUnseen =
  'Making this access permanent by hand does not keep it from ending: do that after the lease, or with a permanent `assign` of this action.';

/** Of a lease that outlives its job, where its outputs are hard to come by. */
export function endsBefore(leaseId: string): string {
  return `\`operation: release\` gives it back before that, with lease-id \`${leaseId}\``;
}

/** Each reads first how the access stands. */
export const sweepOrRevoke = 'End it with `operation: sweep`, or `operation: revoke`.';

export function isGone(grant: Assignment, words: Words): string {
  return `The access is gone: ${describeGrant(grant, words)}.`;
}

/** Of access that was there and is no lease. */
export const wasThereBefore =
  'The access was there before and is permanent. It is not a lease, and nothing will be removed.';

/** Of access that was made as a lease, and is none any more. */
export const madePermanentMeanwhile =
  'Somebody has made the access permanent while this lease was being taken. It is not a lease, and nothing will be removed.';

/** @param remedy what would keep a record, by the name of the input */
export function unrecorded(remedy: string): string {
  return `No record of this lease is kept: overlap with others is not counted, and if the runner dies nothing ends the access. ${remedy}`;
}

/** After a release: others go on. */
export function leftToOthers(holders: readonly NamedHolder[], endsAt: number, { ender }: Words): string {
  return `The access stays for ${named(holders)}; ${ender} ends it at ${minuteInWords(endsAt)} at the latest.`;
}

/** After a release: somebody is at work, or was, so that nothing of a lease ends it any more. */
export function staysForPermanent(holders: readonly NamedHolder[]): string {
  const [are, have] = holders.length === 1 ? ['is', 'has'] : ['are', 'have'];
  return `The access stays: ${named(holders)} ${are} making it permanent, or ${have} broken that off. \`operation: revoke\` ends it.`;
}

/** On record it is there for others, and a read shows none. */
export function goneThoughHeld(holders: readonly NamedHolder[]): string {
  return `A read shows no access, although ${named(holders)} ${holders.length === 1 ? 'has' : 'have'} it on record: it was revoked, or removed by hand.`;
}

/** Of a lease on record, in a list. */
export const notThere =
  'A read shows no access: it was revoked, removed by hand, or is not made yet. Its records go when its jobs end, or with a sweep.';

/** After a release, where nothing but a sweep ends what others leave behind. */
export function staysForOthers(holders: readonly NamedHolder[]): string {
  return `The access stays for ${named(holders)}, and ends with the last of them.`;
}

/** @param why a sentence */
export function leftToEnder(why: string, endsAt: number, { ender }: Words): string {
  return `${why} The access is left to ${ender}, which ends it at ${minuteInWords(endsAt)}.`;
}

/** Before anything was granted. @param why a sentence */
export function holdMayStay(why: string, endsAt: number): string {
  return `Nothing was granted. The record of this step could not be taken back, and may count as a holder until ${minuteInWords(endsAt)}: ${why}`;
}

/** What ends it was sent once, and a read that is late enough shows none any more. */
export const lostAndDone =
  'The answer to the request that ends it was lost; a read-back shows that the change took place.';

/** One's own hold was gone before it was released. */
export function endedBySweep(present: boolean): string {
  const now = present
    ? 'The access is still there: somebody else holds it, it is permanent, or its records were deleted by hand. `operation: list` shows who holds it.'
    : 'The access is gone.';
  return `The lease was ended before this step could release it, by a sweep, a \`release\`, a \`revoke\` or a permanent \`assign\`. ${now}`;
}

/** @param holders whose leases it was */
export function madePermanent(holders: readonly NamedHolder[]): string {
  return `It was leased by ${named(holders)}, and is permanent now: none of those ends removes it.`;
}

/** A permanent `assign` that was broken off after it had stopped the ends of leases. */
export const permanentBrokenOff =
  'The access stays, without an end, until the permanent `assign` is repeated or a `revoke` takes it back.';

/** Of a lease that a sweep found, whose grant it knows by ids only. @param names of those who took it, as far as records say */
export function whoseItWas(names: readonly string[]): string {
  if (names.length === 0) return '';
  return ` ${names.length === 1 ? 'Its holder was' : 'Its holders were'} ${listed(names, mostNamed)}.`;
}

/** By a `revoke`. */
export function cutOff(holders: readonly NamedHolder[]): string {
  return `It was leased, and those who held it have lost it: ${named(holders)}.`;
}

/** Why a join is given up on every cloud: too near its end, cut off by its time limit or a cancellation, or refused. */
export type GivenUpAnywhere = 'late' | 'abandoned' | 'failed';

/**
 * In words.
 *
 * @param end of the lease, in milliseconds since the epoch
 * @param detail what a request came to
 */
export function givenUp(why: GivenUpAnywhere, end: number, detail: string | null): string {
  switch (why) {
    case 'late':
      return withMore(`The lease could not be taken before its own end at ${minuteInWords(end)}.`, detail ?? '');
    case 'abandoned':
      return withMore('The time limit passed before the lease stood.', detail ?? '');
    case 'failed':
      return detail ?? 'A request came to nothing.';
  }
}

/** @param takes how long a join may take, in a clause */
export function hintOnGivingUp(why: GivenUpAnywhere, takes: string): string {
  switch (why) {
    case 'late':
      return 'Run the step again with a longer `lifetime`.';
    case 'abandoned':
      return `Run the step again with a longer \`timeout\`: ${takes}.`;
    case 'failed':
      return 'Run the step again.';
  }
}
