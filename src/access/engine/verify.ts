import * as messages from '../messages/changes.ts';
import type { Budget, Clock } from '../clock.ts';
import type { Change, ChangeKind, Cloud, Observation, Operation } from '../cloud.ts';
import { describeGrant, type Grant } from '../grant.ts';
import type { Log } from '../tools.ts';
import { failed, succeeded, type Outcome } from '../outcome.ts';
import { isReached, seenIn } from '../plan/plan.ts';
import type { Reading } from './reading.ts';
import { readUntilWanted, type Rereading } from './rereading.ts';
import type { Track } from './track.ts';

/** The longest wait before a further read, in milliseconds. */
const longestWaitMs = 8_000;

/** The tools for reading back. */
interface Verifying {
  readonly budget: Budget;
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly log: Log;
  readonly reading: Reading;
}

/** Reads back the change of a successful operation (P1). A change that no read shows is never green. */
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
    const line = messages.verified(what, standingWord(change.kind));
    // Of many, their count and the line of each at the end say so.
    if (tools.alone) tools.log.info(line);
    else tools.log.debug(line);
    return succeeded(requestId, true);
  }
  if (!tools.wait) {
    const reason = messages.acceptedAndRead(operation.call, whatWasSeen(change.kind, read));
    return { status: 'IN_PROGRESS', requestId, reason, hint: null };
  }
  const reason = messages.notSeen(operation.call, tools.clock.now() - began, whatWasSeen(change.kind, read));
  const hint = change.kind === 'remove' ? messages.checkRemoved : messages.checkChanged;
  return failed(requestId, null, { reason, hint, changed: true });
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

/** True if one read shows a change as made. */
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
  if (kind === 'remove') return messages.reads.stillShows;
  switch (read.standing) {
    case 'absent':
      return kind === 'create' ? messages.reads.noGrant : messages.reads.notThere;
    case 'outdated':
      return messages.reads.old(read.outdated);
    case 'conflicting':
      return messages.reads.differs(read.reason);
    case 'current':
      return messages.reads.shows;
  }
}
