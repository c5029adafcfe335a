import { type Budget } from '#access/clock';
import type { Change, Operation } from '#access/cloud';
import type { ApplyTools } from '#access/engine/apply-tools';
import { newTrack } from '#access/engine/track';
import { CloudError, Refusal } from '#access/errors';
import { findRunning, findSince, isOperation, type Found } from '#access/engine/find';
import type { Assignment } from '#access/grant';
import { roomUntil, sendingWithin } from '#access/leases/protocol/time-limit';
import { failedBy, type OnTrouble } from '#access/leases/protocol/trouble';
import { isUncertain } from '#access/engine/retry';
import { awaitStanding } from '#access/engine/verify';
import { seconds } from '#access/words';
import type { Answer } from '../steps/asks.ts';
import type { Deadline } from '#access/leases/protocol/protocol';

/** One account assignment, and the operations on it. */
export interface AssignmentStore {
  read(expected: boolean | null): Promise<Answer>;
  isBeingDeleted(): Promise<Answer>;
  start(kind: 'create' | 'remove', notAfter: Deadline): Promise<Answer>;
  /** `null` where the time limit passed. */
  awaitEnd(kind: 'create' | 'remove'): Promise<Answer | null>;
  /** The account's turn, for what has to be sent at once when something else is done. */
  takeTurn(): Promise<boolean>;
  /** The newest operation of ours that has not ended FAILED. */
  readonly operation: () => Operation | null;
  /** The request id of the newest, however it has ended. */
  readonly requestId: () => string | null;
  /**
   * Whether one may yet take place, or has, and nobody knows: it was accepted and has not ended, or was not answered, or
   * what runs may not be read.
   */
  readonly isInDoubt: (kind: 'create' | 'remove') => boolean;
}

export interface AssignmentTools {
  readonly applying: ApplyTools;
  readonly grant: Assignment;
  readonly signal: AbortSignal;
  readonly date: () => number;
  /** Until when to follow an operation, in milliseconds since the epoch. */
  readonly until: () => number;
  readonly onTrouble: OnTrouble;
}

const deletionsReadable =
  'Allow the role sso:ListAccountAssignmentDeletionStatus and sso:DescribeAccountAssignmentDeletionStatus.';

/** Reads are tried for so long, in milliseconds. */
const readingMs = 60_000;
/** So often a creation may be SUCCEEDED and not seen: somebody else may have ended it once, and even twice. */
const mostAbsences = 3;

export function createAssignmentStore(tools: AssignmentTools): AssignmentStore {
  const { applying, grant, signal, date, until, onTrouble } = tools;
  const { cloud, clock, log, place, poller, reading } = applying;
  let operation: Operation | null = null;
  let requestId: string | null = null;
  /** One that was accepted, and whose end was not told yet: the start call itself may have told it. */
  let pending: Operation | null = null;
  /** Whether what was told last as trouble is a start that was refused. */
  let isRefused = false;
  /** Since when there may be one that a start call began whose answer was lost, in milliseconds since the epoch. */
  const lostSince = new Map<'create' | 'remove', number>();
  /** Of which nobody may read what runs. */
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
    log.info(`Started ${it.call}: request id ${it.requestId}.`);
  };
  /** What is tried again is told where it comes to nothing in the end. */
  const tellRefusal = (error: CloudError): void => {
    isRefused = true;
    onTrouble(error);
  };
  /** What runs; of what may have been lost also what has ended since: only that tells what came of it. */
  const find = async (kind: 'create' | 'remove'): Promise<Found> => {
    const since = lostSince.get(kind);
    const change = changeOf(kind);
    const sought = { change, track: newTrack(), budget: reads(), finder: applying.finder };
    if (since === undefined) return findRunning(sought);
    const found = await findSince(since, sought);
    if (isOperation(found)) {
      log.info(`Found ${found.call}, begun by the unanswered call: request id ${found.requestId}.`);
      applying.onStarted(found);
    }
    return found;
  };
  /** What refused a start, for whoever may try again. */
  const refused = (started: 'create' | 'remove', error: CloudError): Answer => {
    const { kind } = error.failure;
    if (kind === 'not-found' && started === 'remove') return { is: 'missing' };
    if (kind === 'busy' || kind === 'throttled' || kind === 'skewed' || kind === 'replicating') {
      log.info(`${error.message}. Trying again.`);
      tellRefusal(error);
      if (kind === 'busy' || kind === 'throttled') place.refused();
      place.give();
      return { is: 'busy' };
    }
    place.give();
    if (isUncertain(error.failure)) {
      log.info(`${error.message}. It may have been carried out nevertheless.`);
      tellRefusal(error);
      return { is: 'lost' };
    }
    onTrouble(error);
    return { is: 'failed' };
  };

  /** Whoever waits for a creation reads what came of it; that a deletion is over only its list tells. */
  const unreadable = (kind: 'create' | 'remove'): Answer => {
    unread.add(kind);
    if (kind === 'remove')
      onTrouble(new Refusal('Whether the deletion that was sent is over could not be read.', deletionsReadable));
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
        if (expected === false && isThere && ended === 'remove') onTrouble(stillThere());
        if (expected === true && !isThere && ended === 'create') onTrouble(notThere());
        if (expected === true && !isThere && ++absences === mostAbsences) throw neverThere();
        return { is: isThere ? 'yes' : 'no' };
      }),
    isBeingDeleted: () =>
      orTrouble(async () => {
        const change = changeOf('remove');
        const found = await findRunning({ change, track: newTrack(), budget: reads(), finder: applying.finder });
        if (found !== 'unreadable') return { is: found === 'none' ? 'no' : 'yes' };
        throw new Refusal(
          'Whether a deletion of this very grant is running could not be read, and a lease must not be taken beside one.',
          deletionsReadable,
        );
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
        log.info(`${ended.call} ${ended.state} after ${seconds(clock.now() - began)}.`);
        if (ended.state !== 'FAILED') return { is: 'done' };
        onTrouble(endedFailed(ended));
        if (!ended.passing || failedInPassing) return { is: 'failed' };
        failedInPassing = true;
        log.info(`It ended FAILED: ${ended.reason}. That may pass.`);
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

function endedFailed({ call, reason, requestId, hint }: Operation & { readonly state: 'FAILED' }): Refusal {
  return new Refusal(`${call} (request id ${requestId}) ended FAILED: ${reason}`, hint ?? 'Run the step again.');
}

function stillThere(): Refusal {
  return new Refusal(
    'DeleteAccountAssignment ended SUCCEEDED, and reading back still showed the access.',
    'Somebody may have made it again in the meantime: look at it before running the step again.',
  );
}

function notThere(): Refusal {
  return new Refusal(
    'CreateAccountAssignment ended SUCCEEDED, and reading back did not show the access.',
    'Somebody may have ended it in the meantime, or the ids name nothing real: look at it before running the step again.',
  );
}

/** Source: docs/design/aws.md#creating-an-assignment: ids that name nothing real end SUCCEEDED. */
function neverThere(): Refusal {
  return new Refusal(
    `CreateAccountAssignment ended SUCCEEDED ${mostAbsences} times, and reading back never showed the access.`,
    'Check whether the account exists and belongs to the organization, and whether the principal and the permission set do: AWS calls an assignment of what does not exist SUCCEEDED.',
  );
}
