import { type Budget } from '../../../access/clock.ts';
import type { Change, Operation } from '../../../access/cloud.ts';
import { CloudError, Refusal } from '../../../access/errors.ts';
import { findRunning, isOperation } from '../../../access/engine/find.ts';
import type { Assignment } from '../../../access/grant.ts';
import { roomUntil, sendingWithin } from '../../../access/leases/protocol/sending.ts';
import { failedBy, type OnTrouble } from '../../../access/leases/protocol/trouble.ts';
import { isUncertain } from '../../../access/engine/retry.ts';
import { newTrack, type ApplyTools } from '../../../access/engine/track.ts';
import { awaitStanding } from '../../../access/engine/verify.ts';
import { seconds } from '../../../access/words.ts';
import type { Answer } from '../steps/asks.ts';
import type { Deadline } from '../../../access/leases/protocol/protocol.ts';

/** One account assignment, and the operations on it. */
export interface AssignmentStore {
  read(expected: boolean | null): Promise<Answer>;
  isBeingDeleted(): Promise<Answer>;
  start(kind: 'create' | 'remove', notAfter: Deadline): Promise<Answer>;
  /** `null` where the time limit passed. */
  awaitEnd(kind: 'create' | 'remove'): Promise<Answer | null>;
  /** The account's turn, for what has to be sent at once when something else is done. */
  takeTurn(): Promise<boolean>;
  /** The newest operation of ours. */
  readonly operation: () => Operation | null;
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

/** Reads are tried for so long, in milliseconds. */
const readingMs = 60_000;
/** So often a creation may be SUCCEEDED and not seen: somebody else may have ended it once, and even twice. */
const mostAbsences = 3;

export function createAssignmentStore(tools: AssignmentTools): AssignmentStore {
  const { applying, grant, signal, date, until, onTrouble } = tools;
  const { cloud, clock, log, place, poller, reading } = applying;
  let operation: Operation | null = null;
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
    applying.onStarted(it);
    log.info(`Started ${it.call}: request id ${it.requestId}.`);
  };
  /** What refused a start, for whoever may try again. */
  const refused = (started: 'create' | 'remove', error: CloudError): Answer => {
    const { kind } = error.failure;
    if (kind === 'not-found' && started === 'remove') return { is: 'missing' };
    if (kind === 'busy' || kind === 'throttled' || kind === 'skewed' || kind === 'replicating') {
      log.info(`${error.message}. Trying again.`);
      if (kind === 'busy' || kind === 'throttled') place.refused();
      place.give();
      return { is: 'busy' };
    }
    place.give();
    if (isUncertain(error.failure)) {
      log.info(`${error.message}. It may have been carried out nevertheless.`);
      return { is: 'lost' };
    }
    onTrouble(error);
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
          reads(),
          { cloud, clock, log, reading },
        );
        if (read.standing !== 'absent') return { is: 'yes' };
        if (expected === true && ++absences === mostAbsences) throw neverThere();
        return { is: 'no' };
      }),
    isBeingDeleted: () =>
      orTrouble(async () => {
        const found = await findRunning(changeOf('remove'), newTrack(), reads(), applying);
        if (found !== 'unreadable') return { is: found === 'none' ? 'no' : 'yes' };
        throw new Refusal(
          'Whether a deletion of this very grant is running could not be read, and a lease must not be taken beside one.',
          'Allow the role sso:ListAccountAssignmentDeletionStatus and sso:DescribeAccountAssignmentDeletionStatus.',
        );
      }),
    async start(kind, notAfter) {
      const room = (): number => roomUntil(notAfter, clock, date());
      const roomNow = (): number => Math.min(room(), until() - clock.now());
      const inTime = roomNow() > 0 && (await place.take({ until: clock.now() + roomNow(), signal }));
      signal.throwIfAborted();
      if (!inTime || roomNow() <= 0) return { is: 'late' };
      try {
        begun(await cloud.start(changeOf(kind), sendingWithin(roomNow(), clock, signal)));
        place.accepted();
        return { is: 'done' };
      } catch (error) {
        return error instanceof CloudError ? refused(kind, error) : failedBy(error, onTrouble);
      }
    },
    async awaitEnd(kind) {
      const began = clock.now();
      try {
        const isKnown = operation?.change.kind === kind && operation.state === 'IN_PROGRESS';
        const known = isKnown ? operation : null;
        const found = known ?? (await findRunning(changeOf(kind), newTrack(), reads(), applying));
        if (!isOperation(found)) return { is: found === 'none' ? 'done' : 'failed' };
        const ended = await poller.awaitEnd(found, { until: until(), signal }, log, {
          onLeft: () => {
            place.leave();
          },
          isEnough: () => false,
          isUrgent: () => place.isWanted(),
        });
        operation = ended.state === 'FAILED' ? null : ended;
        if (ended.state === 'IN_PROGRESS') return null;
        place.leave();
        log.info(`${ended.call} ${ended.state} after ${seconds(clock.now() - began)}.`);
        if (ended.state !== 'FAILED') return { is: 'done' };
        onTrouble(new Refusal(`${ended.call} ended FAILED: ${ended.reason}`, ended.hint ?? 'Run the step again.'));
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
  };
}

/** Source: aws-identity-center, 'SUCCEEDED for nothing': ids that name nothing real end SUCCEEDED. */
function neverThere(): Refusal {
  return new Refusal(
    `CreateAccountAssignment ended SUCCEEDED ${mostAbsences} times, and reading back never showed the access.`,
    'Check whether the account exists and belongs to the organization, and whether the principal and the permission set do: AWS calls an assignment of what does not exist SUCCEEDED.',
  );
}
