import type { Budget, Clock } from '../clock.ts';
import type { Change, ChangeKind, Cloud, Observation, Operation } from '../cloud.ts';
import { describeGrant, type Grant } from '../grant.ts';
import type { Log } from '../tools.ts';
import { failed, succeeded, type Outcome } from '../outcome.ts';
import { isReached, seenIn } from '../plan/plan.ts';
import type { Reading } from './reading.ts';
import { readUntilWanted, type Rereading } from './rereading.ts';
import type { Track } from './track.ts';
import { seconds } from '../words.ts';

/** The longest wait before a further read, in milliseconds. */
const longestWaitMs = 8_000;

/** What reading back takes. */
export interface Verifying {
  readonly budget: Budget;
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly log: Log;
  readonly reading: Reading;
}

/** Reads back what a successful operation should have done (P1). What cannot be seen is never green. */
export async function confirm(
  operation: Operation,
  tools: Verifying & { readonly track: Track; readonly wait: boolean; readonly alone: boolean },
): Promise<Outcome> {
  const { change, requestId } = operation;
  const { track } = tools;
  await tools.reading.together(change.grant, tools.budget.signal);
  const began = tools.clock.now();
  const seeing = forSeeing(tools);
  const read = tools.wait ? await awaitReading(change, seeing) : await tools.reading.read(change.grant, seeing.budget);
  track.seen = seenIn(read) ?? track.seen;
  if (isReached(change.kind, read)) {
    const what = tools.alone ? describeGrant(change.grant, tools.cloud.words) : 'it';
    const line = `Verified by reading back: ${what} is ${standingWord(change.kind)}.`;
    // Of many, their count and the line of each at the end say so.
    if (tools.alone) tools.log.info(line);
    else tools.log.debug(line);
    return succeeded(requestId, true);
  }
  if (!tools.wait) {
    const reason = `${operation.call} was accepted; a first read ${whatWasSeen(change.kind, read)}.`;
    return { status: 'IN_PROGRESS', requestId, reason, hint: null };
  }
  const reason = `${operation.call} ended SUCCEEDED, but ${seconds(tools.clock.now() - began)} of reading back ${whatWasSeen(change.kind, read)}`;
  return failed(requestId, null, { reason, hint: whatThen(change.kind), changed: true });
}

/** A change is done, and only seeing it is left: a spent time limit must not turn it into an unknown. */
export function forSeeing<T extends Verifying>(it: T): T {
  const { budget, cloud, clock } = it;
  return { ...it, budget: { ...budget, until: Math.max(budget.until, clock.now() + 2 * cloud.visibleWithinMs) } };
}

/** Reads until a change that was made can be seen, or as long as reads may lag; returns what was seen last. */
export function awaitReading(change: Change, it: Verifying): Promise<Observation> {
  const expected = change.kind === 'remove' ? 'gone' : 'there';
  return awaitStanding(change.grant, expected, (read) => isReached(change.kind, read), it);
}

/** Reads until a grant stands as wanted, or as long as reads may lag; returns what was seen last. */
export function awaitStanding(
  grant: Grant,
  expected: Rereading<Observation>['expected'],
  isWanted: (read: Observation) => boolean,
  it: Verifying,
): Promise<Observation> {
  const { visibleWithinMs } = it.cloud;
  const read = (within: Budget): Promise<Observation> => it.reading.read(grant, within);
  return readUntilWanted({ read, isWanted, expected, visibleWithinMs, longestWaitMs }, it.budget, it);
}

/** Whether one read shows a change as made. */
export async function isSeen({
  change,
  budget,
  track,
  reading,
}: Pick<Verifying, 'budget' | 'reading'> & { readonly change: Change; readonly track: Track }): Promise<boolean> {
  const read = await reading.read(change.grant, budget);
  track.seen = seenIn(read) ?? track.seen;
  return isReached(change.kind, read);
}

function whatThen(kind: ChangeKind): string {
  return kind === 'remove'
    ? 'The access may still be there: somebody may have made it again in the meantime, or reads lag for longer than that. Look at it before running the step again.'
    : 'Somebody may have changed it in the meantime, or the ids name nothing real. Look at it before running the step again.';
}

function standingWord(kind: ChangeKind): string {
  switch (kind) {
    case 'create':
      return 'there';
    case 'remove':
      return 'gone';
    case 'update':
    case 'provision':
      return 'up to date';
  }
}

function whatWasSeen(kind: ChangeKind, read: Observation): string {
  if (kind === 'remove') return 'still showed the grant';
  switch (read.standing) {
    case 'absent':
      return kind === 'create' ? 'did not show the grant' : 'did not show it there';
    case 'outdated': {
      const where = read.outdated.length === 0 ? '' : `: ${read.outdated.join(', ')}`;
      return `still showed the old version${where}`;
    }
    case 'conflicting':
      return `showed it otherwise: ${read.reason}`;
    case 'current':
      return 'showed it';
  }
}
