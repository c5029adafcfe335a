import { type Budget } from '#access/clock';
import type { Change, Operation } from '#access/cloud';
import type { ApplyTools } from '#access/engine/apply-tools';
import { newTrack } from '#access/engine/track';
import { CloudError } from '#access/errors';
import { findRunning, findSince, isOperation, type Found } from '#access/engine/find';
import type { Assignment } from '#access/grant';
import { roomUntil, sendingWithin } from '#access/leases/protocol/time-limit';
import { failedBy, type OnTrouble } from '#access/leases/protocol/executor';
import { isUncertain } from '#access/engine/retry';
import { awaitStanding } from '#access/engine/verify';
import { seconds } from '#access/words';
import * as messages from '../messages/records.ts';
import type { Answer } from '../steps/asks.ts';
import type { Deadline } from '#access/leases/protocol/protocol';

/** One account assignment, and the operations on it. */
export interface AssignmentStore {
  read(expected: boolean | null): Promise<Answer>;
  isBeingDeleted(): Promise<Answer>;
  start(kind: 'create' | 'remove', notAfter: Deadline): Promise<Answer>;
  /** `null` where the time limit passed. */
  awaitEnd(kind: 'create' | 'remove'): Promise<Answer | null>;
  /** Takes the account's turn in advance, for a request that has to follow another at once. */
  takeTurn(): Promise<boolean>;
  /** The newest operation of this step that has not ended FAILED. */
  readonly operation: () => Operation | null;
  /** The request ID of the newest operation, in any state. */
  readonly requestId: () => string | null;
  /**
   * True if the result of one is unknown: it was accepted and has not ended, or was not answered, or the caller
   * cannot read the running operations.
   */
  readonly isInDoubt: (kind: 'create' | 'remove') => boolean;
}

export interface AssignmentTools {
  readonly applying: ApplyTools;
  readonly grant: Assignment;
  readonly signal: AbortSignal;
  readonly date: () => number;
  /** Time limit for following an operation, in milliseconds since the epoch. */
  readonly until: () => number;
  readonly onTrouble: OnTrouble;
}

/** Time limit of reads, in milliseconds. */
const readingMs = 60_000;
/**
 * Number of creations that ended SUCCEEDED and are not seen, after which the join fails: IDs that name nothing real end
 * SUCCEEDED. Fewer may be the deletions of others. Source: docs/design/aws.md#creating-an-assignment.
 */
const mostAbsences = 3;

export function createAssignmentStore(tools: AssignmentTools): AssignmentStore {
  const { applying, grant, signal, date, until, onTrouble } = tools;
  const { cloud, clock, log, place, poller, reading } = applying;
  let operation: Operation | null = null;
  let requestId: string | null = null;
  /** An operation that was accepted, and whose end was not handled yet: the answer of the start call can be its end. */
  let pending: Operation | null = null;
  /** True if the last trouble is a start that was refused. */
  let isRefused = false;
  /** Times of start calls whose answers were lost, in milliseconds since the epoch: each may have begun an operation. */
  const lostSince = new Map<'create' | 'remove', number>();
  /** Kinds whose running operations the caller cannot read. */
  const unread = new Set<'create' | 'remove'>();
  let failedInPassing = false;
  let absences = 0;
  const reads = (): Budget => ({ until: clock.now() + readingMs, signal });
  const changeOf = (kind: 'create' | 'remove'): Change => ({ kind, grant, seen: null });
  const orTrouble = async (work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      return failedBy(error, onTrouble);
    }
  };
  const begun = (it: Operation): void => {
    operation = it;
    pending = it;
    requestId = it.requestId;
    lostSince.delete(changeKind(it));
    unread.delete(changeKind(it));
    if (isRefused) onTrouble(null);
    isRefused = false;
    applying.onStarted(it);
    log.info(messages.started(it.call, it.requestId));
  };
  /** Notes the refusal of a request that is tried again, in case it fails in the end. */
  const tellRefusal = (error: CloudError): void => {
    isRefused = true;
    onTrouble(error);
  };
  /** The running operation; after a lost answer, also one that has ended since: only that shows its result. */
  const find = async (kind: 'create' | 'remove'): Promise<Found> => {
    const since = lostSince.get(kind);
    const change = changeOf(kind);
    const sought = { change, track: newTrack(), budget: reads(), finder: applying.finder };
    if (since === undefined) return findRunning(sought);
    const found = await findSince(since, sought);
    if (isOperation(found)) {
      log.info(messages.foundUnanswered(found.call, found.requestId));
      applying.onStarted(found);
    }
    return found;
  };
  /** The answer to a refused start, for steps that may try again. */
  const refused = (started: 'create' | 'remove', error: CloudError): Answer => {
    const { kind } = error.failure;
    if (kind === 'not-found' && started === 'remove') return { is: 'missing' };
    if (kind === 'busy' || kind === 'throttled' || kind === 'skewed' || kind === 'replicating') {
      log.info(messages.tryingAgain(error.message));
      tellRefusal(error);
      if (kind === 'busy' || kind === 'throttled') place.refused();
      place.give();
      return { is: 'busy' };
    }
    place.give();
    if (isUncertain(error.failure)) {
      log.info(messages.mayBeCarriedOut(error.message));
      tellRefusal(error);
      return { is: 'lost' };
    }
    onTrouble(error);
    return { is: 'failed' };
  };

  /**
   * The answer where the caller cannot read operations. A read shows the result of a creation; only the list shows that a
   * deletion is over.
   */
  const unreadable = (kind: 'create' | 'remove'): Answer => {
    unread.add(kind);
    if (kind === 'remove') onTrouble(messages.deletionUnread());
    return { is: 'failed' };
  };

  return {
    read: (expected) =>
      orTrouble(async () => {
        const isWanted = (present: boolean): boolean => expected === null || present === expected;
        const read = await awaitStanding(
          grant,
          expected === false ? 'gone' : 'there',
          ({ standing }) => isWanted(standing !== 'absent'),
          { budget: reads(), cloud, clock, log, reading },
        );
        const isThere = read.standing !== 'absent';
        const ended = operation?.state === 'SUCCEEDED' ? changeKind(operation) : null;
        if (expected === false && isThere && ended === 'remove') onTrouble(messages.stillThere());
        if (expected === true && !isThere && ended === 'create') onTrouble(messages.notThere());
        if (expected === true && !isThere && ++absences === mostAbsences) throw messages.neverThere(mostAbsences);
        return { is: isThere ? 'yes' : 'no' };
      }),
    isBeingDeleted: () =>
      orTrouble(async () => {
        const change = changeOf('remove');
        const found = await findRunning({ change, track: newTrack(), budget: reads(), finder: applying.finder });
        if (found !== 'unreadable') return { is: found === 'none' ? 'no' : 'yes' };
        throw messages.deletionsUnread();
      }),
    async start(kind, notAfter) {
      const room = (): number => roomUntil(notAfter, clock, date());
      const roomNow = (): number => Math.min(room(), until() - clock.now());
      const inTime = roomNow() > 0 && (await place.take({ until: clock.now() + roomNow(), signal }));
      signal.throwIfAborted();
      if (!inTime || roomNow() <= 0) return { is: 'late' };
      const since = clock.now();
      try {
        begun(await cloud.start(changeOf(kind), sendingWithin(roomNow(), clock, signal)));
        place.accepted();
        return { is: 'done' };
      } catch (error) {
        if (!(error instanceof CloudError)) return failedBy(error, onTrouble);
        if (isUncertain(error.failure) && !lostSince.has(kind)) lostSince.set(kind, since);
        return refused(kind, error);
      }
    },
    async awaitEnd(kind) {
      const began = clock.now();
      try {
        const known = pending !== null && changeKind(pending) === kind ? pending : null;
        const found = known ?? (await find(kind));
        if (found === 'none') {
          lostSince.delete(kind);
          return { is: 'done' };
        }
        if (found === 'unreadable') return unreadable(kind);
        const ended = await poller.awaitEnd(found, { until: until(), signal }, log, {
          onLeft: () => {
            place.leave();
          },
          isEnough: () => false,
          isUrgent: () => place.isWanted(),
        });
        operation = ended.state === 'FAILED' ? null : ended;
        requestId = ended.requestId;
        pending = ended.state === 'IN_PROGRESS' ? ended : null;
        unread.delete(kind);
        if (ended.state === 'IN_PROGRESS') return null;
        lostSince.delete(kind);
        place.leave();
        log.info(messages.endedAfter(ended.call, ended.state, seconds(clock.now() - began)));
        if (ended.state !== 'FAILED') return { is: 'done' };
        onTrouble(messages.endedFailed(ended.call, ended.requestId, ended.reason, ended.hint));
        if (!ended.passing || failedInPassing) return { is: 'failed' };
        failedInPassing = true;
        log.info(messages.mayPass(ended.reason));
        return { is: 'busy' };
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        onTrouble(error);
        return { is: 'lost' };
      }
    },
    takeTurn: () => place.take({ until: until(), signal }),
    operation: () => operation,
    requestId: () => requestId,
    isInDoubt: (kind) => lostSince.has(kind) || unread.has(kind) || (pending !== null && changeKind(pending) === kind),
  };
}

function changeKind({ change }: Operation): 'create' | 'remove' {
  return change.kind === 'remove' ? 'remove' : 'create';
}
