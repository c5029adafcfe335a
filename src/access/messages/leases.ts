import { minuteInWords } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { type Assignment, describeGrant, type Words } from '../grant.ts';
import type { Why } from '../leases/found.ts';
import { capital, listed, withMore } from '../words.ts';

/* Required content of each outcome: docs/design/leases.md#what-each-outcome-says. */

/** Another holder of a lease. */
export interface NamedHolder {
  /** Repository, run and job; the random name of the holder where nothing more is known. */
  readonly name: string;
  /** Milliseconds since the epoch; `null` for a step that makes the access permanent. */
  readonly until: number | null;
}

const mostNamed = 5;

function named(holders: readonly NamedHolder[]): string {
  return listed(
    holders.map(({ name, until }) => (until === null ? name : `${name} until ${minuteInWords(until)}`)),
    mostNamed,
  );
}

/** Beside the step's own lease; nothing where it is the only holder. */
export function heldByOthers(holders: readonly NamedHolder[]): readonly string[] {
  if (holders.length === 0) return [];
  if (holders.length === 1) return [`The access has one other holder: ${named(holders)}.`];
  const latest = Math.max(...holders.map(({ until }) => until ?? 0));
  return [`The access has ${holders.length} other holders until ${minuteInWords(latest)}: ${named(holders)}.`];
}

export const madePermanentUnseen =
  'If you make this access permanent by hand, the lease still removes it. Do that after the lease has ended, or use a permanent `assign` of this action.';

export const sweepOrRevoke = 'End the access with `operation: sweep` or `operation: revoke`.';
export const runAgainLonger = 'Run the step again with a longer `timeout`.';
export const outOfTime = 'The time limit passed.';
export const verifiedGone = 'Verified by reading back: the access is gone.';

export function isGone(grant: Assignment, words: Words): string {
  return `The access is gone: ${describeGrant(grant, words)}.`;
}

const noLease = 'It is not a lease: it stays when this job ends.';

export const wasThereBefore = `The access already existed and is permanent. ${noLease}`;
export const madePermanentMeanwhile = `The access was made permanent by another job or a person while this step was taking the lease. ${noLease}`;
export const revokeOrKeep = 'Revoke the access first, or accept it with `on-existing: keep`.';

/** @param remedy a sentence that names the input that would keep a record */
export function unrecorded(remedy: string): string {
  return `No record of this lease is kept. Overlap with other leases is not counted, and if the runner dies, nothing ends the access. ${remedy}`;
}

/** After a release. */
export function leftToOthers(holders: readonly NamedHolder[], endsAt: number, { ender }: Words): string {
  return `The access stays for ${named(holders)}. ${capital(ender)} ends it at ${minuteInWords(endsAt)} at the latest.`;
}

/** After a release. @param holders permanent assigns in progress, or interrupted */
export function staysForPermanent(holders: readonly NamedHolder[]): string {
  const [are, were] = holders.length === 1 ? ['is', 'was'] : ['are', 'were'];
  return `The access stays: ${named(holders)} ${are} making it permanent, or ${were} interrupted. \`operation: revoke\` ends it.`;
}

/** After a release. @param holders according to the records */
export function goneThoughHeld(holders: readonly NamedHolder[]): string {
  return `A read shows no access, although the records name ${named(holders)}: it was revoked, or removed by hand.`;
}

/** A lease in a list. */
export const notThere =
  'A read shows no access: it was revoked, removed by hand, or is not created yet. Its records are deleted when its jobs end, or by a sweep.';

/** After a release, where only a sweep ends what the others leave behind. */
export function staysForOthers(holders: readonly NamedHolder[]): string {
  return `The access stays for ${named(holders)}.`;
}

/** @param why a sentence */
export function leftToEnder(why: string, endsAt: number, { ender }: Words): string {
  return `${why} ${capital(ender)} ends the access at ${minuteInWords(endsAt)}.`;
}

/** @param why a sentence */
export function holdMayStay(why: string, endsAt: number): string {
  return `Nothing was granted. The record of this step could not be deleted, and might count as a holder until ${minuteInWords(endsAt)}: ${why}`;
}

export const lostAndDone =
  'The answer to the request that ends the access was lost, but reading back verified that it took effect.';

/** The hold was gone before its release. */
export function endedBySweep(present: boolean): string {
  const now = present
    ? 'The access still exists: it has another holder, it is permanent, or its records were deleted by hand. `operation: list` shows its holders.'
    : 'The access is gone.';
  return `The lease had ended before this step could release it: by a sweep, a \`release\`, a \`revoke\` or a permanent \`assign\`. ${now}`;
}

export function madePermanent(holders: readonly NamedHolder[]): string {
  return `The access was leased by ${named(holders)}. It is permanent now: the end of those leases does not remove it.`;
}

/** A permanent `assign` that was interrupted after it had stopped the timers of leases. */
export const permanentBrokenOff =
  'The access has no end until the permanent `assign` is repeated, or `operation: revoke` ends the access.';

/** After a sweep. @param names according to the records */
export function whoseItWas(names: readonly string[]): string {
  if (names.length === 0) return '';
  return ` ${names.length === 1 ? 'Its holder was' : 'Its holders were'} ${listed(names, mostNamed)}.`;
}

/** After a revoke. */
export function cutOff(holders: readonly NamedHolder[]): string {
  return `The access was leased. These holders lost it: ${named(holders)}.`;
}

/** Why a join is given up on every cloud: too near its end, stopped by its time limit or a cancellation, or refused. */
export type GivenUpAnywhere = 'late' | 'abandoned' | 'failed';

/**
 * @param end of the lease, in milliseconds since the epoch
 * @param detail the outcome of a request
 */
export function givenUp(why: GivenUpAnywhere, end: number, detail: string | null): string {
  switch (why) {
    case 'late':
      return withMore(`The lease could not be taken before its own end at ${minuteInWords(end)}.`, detail ?? '');
    case 'abandoned':
      return withMore('The time limit passed before the lease was taken.', detail ?? '');
    case 'failed':
      return detail ?? 'A request failed.';
  }
}

/** @param takes how long a join can take, in a clause */
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

/** @param message a sentence without its full stop */
export function interruptedTaking(message: string): Why {
  return { reason: `${message} while the lease was being taken.`, hint: 'The post step releases what was begun.' };
}

/** @param message a sentence without its full stop */
export function interrupted(message: string): Why {
  return {
    reason: `${message} before the result was known.`,
    hint: 'Run the step again, or end the access with `operation: revoke`.',
  };
}

export const afterOutage = 'Run the step again when the outage has ended, or with a longer `timeout`.';

const longerOrFewer = 'Use a longer `lifetime`, or fewer grants on the same target in one step.';

/** After `Not started:`. */
export function firstHasEnded(end: number): Why {
  return { reason: `the first lease of this step ended at ${minuteInWords(end)}.`, hint: longerOrFewer };
}

export function endedTooEarly(end: number): Why {
  return {
    reason: `The lease was taken, but ended at ${minuteInWords(end)}, before the step was done.`,
    hint: longerOrFewer,
  };
}

export function goneMeanwhile(): Refusal {
  return new Refusal(
    'The lease is gone: it was released, swept or revoked, or it has ended.',
    'Take a new one with `operation: assign`.',
  );
}
