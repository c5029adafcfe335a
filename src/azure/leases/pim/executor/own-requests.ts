import type { RoleAssignmentScheduleRequest } from '@azure/arm-authorization';
import type { Operation } from '#access/cloud';
import { Refusal, type CloudError } from '#access/errors';
import { createRetries, isPassing, isUncertain } from '#access/engine/retry';
import type { ExecutorTools } from '../../executor/executor-tools.ts';
import { whoseLock } from '#azure/hints';
import { isSameGuid } from '#azure/resolve/ids';
import { standingIn } from '../service/reading.ts';
import { callOf } from '../service/request-body.ts';
import type { Standing, statuses } from '../statuses.ts';
import type { Answer, Wish } from '../steps/asks.ts';
import { constants } from '../steps/constants.ts';

/** What has become of the requests of one step about one grant, as far as is known. */
export interface Known {
  /** The newest that was accepted. */
  readonly operation: () => Operation | null;
  /** The newest, where its answer was lost and no list has shown yet whether it arrived. */
  readonly lost: () => LostRequest | null;
  /** The newest that was taken back, or may have been. */
  readonly takenBack: () => string | null;
  /** Whether the newest asks for access, and has not come to nothing as far as is known. */
  readonly mayGrant: () => boolean;
  /** Whether that ends access, likewise. */
  readonly mayEnd: () => boolean;
}

/** The same, as one sends and follows them. */
export interface OwnRequests extends Known {
  /** One was accepted. */
  begun(type: Wish['type'], name: string, standing: Standing): void;
  /** What its status means, which is told. */
  judge(status: string, standing: Standing, name: string): Answer;
  /** What it means that one was not answered well. */
  refused(error: CloudError, wish: Wish, name: string): Answer;
  /** A list that is late enough shows what became of a request whose answer was lost. @param asOf when it was asked for, on the monotonic clock */
  findLost(requests: readonly RoleAssignmentScheduleRequest[], asOf: number): void;
  /** One was taken back, or may have been. */
  takeBack(name: string, isSure: boolean): void;
}

interface LostRequest {
  readonly name: string;
  readonly type: Wish['type'];
  /** When its answer was given up, in milliseconds on the monotonic clock. */
  readonly at: number;
}

/**
 * What the codes mean to a protocol. Source: docs/design/azure.md#the-first-five-minutes,
 * docs/design/azure.md#pim-error-codes.
 */
const answersByCode: ReadonlyMap<string, 'exists' | 'missing' | 'too-young' | 'refused'> = new Map([
  ['RoleAssignmentExists', 'exists'],
  ['PendingRoleAssignmentRequest', 'exists'],
  ['RoleAssignmentDoesNotExist', 'missing'],
  ['ActiveDurationTooShort', 'too-young'],
  ['RoleAssignmentRequestPolicyValidationFailed', 'refused'],
  ['RoleAssignmentRequestAcrsValidationFailed', 'refused'],
] as const);

export function createOwnRequests({ applying, grant, date, onTrouble }: ExecutorTools): OwnRequests {
  const { clock, log, random } = applying;
  let operation: Operation | null = null;
  let lost: LostRequest | null = null;
  let takenBack: string | null = null;
  let hasFailed = false;
  const retries = createRetries(random);

  const begun: OwnRequests['begun'] = (type, name, standing) => {
    const kind = type === 'remove' ? 'remove' : 'create';
    const state = standing === 'active' || standing === 'removed' ? 'SUCCEEDED' : 'IN_PROGRESS';
    const call = callOf(type);
    operation = { state, change: { kind, grant, seen: null }, requestId: name, call, assignmentId: null };
    lost = null;
    hasFailed = false;
    // What was in the way of it is over.
    onTrouble(null);
    applying.onStarted(operation);
    log.info(`${call} was accepted: request id ${name}.`);
  };
  const judge: OwnRequests['judge'] = (status, standing, name) => {
    hasFailed ||= standing === 'failed' && operation?.requestId === name;
    if (standing === 'failed') onTrouble(endedWith(status, name));
    else if (standing === 'unknown') log.info(`Request ${name} has the status ${status}, which nobody documents.`);
    return { is: 'stands', name, standing };
  };
  return {
    begun,
    judge,
    refused(error, { type }, name) {
      const { failure } = error;
      if (isUncertain(failure)) {
        log.info(`${error.message}. It may have been carried out nevertheless: looking for request ${name}.`);
        // Where it never shows, this is why it came to nothing.
        onTrouble(error);
        lost = { name, type, at: clock.mono() };
        return { is: 'lost', name };
      }
      const answer = answersByCode.get(failure.code);
      const mayPass = answer === undefined && isPassing(failure);
      if (answer !== undefined || mayPass) log.info(`${error.message}.`);
      onTrouble(error);
      if (answer !== undefined) return { is: answer };
      if (!mayPass) return { is: 'failed' };
      return { is: retries.delayAfter(failure, type) === null ? 'failed' : 'again' };
    },
    findLost(requests, asOf) {
      if (lost === null) return;
      const { name, type, at } = lost;
      const found = requests.find((it) => isSameGuid(it.name, name));
      if (found === undefined) {
        if (asOf > at + constants.flight + constants.readLag) lost = null;
        return;
      }
      const standing = standingIn(found, date());
      begun(type, name, standing);
      judge(found.status ?? '', standing, name);
    },
    takeBack(name, isSure) {
      takenBack = name;
      hasFailed ||= isSure && operation?.requestId === name;
    },
    operation: () => operation,
    lost: () => lost,
    takenBack: () => takenBack,
    mayGrant: () => operation?.change.kind === 'create' && !hasFailed,
    mayEnd: () => operation?.change.kind === 'remove' && !hasFailed,
  };
}

/** A request that has come to nothing, and what may be done about it. */
function endedWith(status: string, name: string): Refusal {
  return new Refusal(
    `Request ${name} of Privileged Identity Management ended ${status}.`,
    hintOnStatus.find(([names]) => names.some((it) => it.toLowerCase() === status.toLowerCase()))?.[1] ??
      'Look at the request in Privileged Identity Management, then run the step again.',
  );
}

const hintOnStatus: readonly (readonly [names: readonly (typeof statuses)[number][], hint: string])[] = [
  [
    ['Denied', 'AdminDenied'],
    'Somebody has refused it: ask whoever approves requests for this role, then run the step again.',
  ],
  [
    ['TimedOut'],
    'Nobody has approved it in time: ask whoever approves requests for this role, then run the step again.',
  ],
  [['Canceled'], 'Somebody has taken it back: run the step again if it is still wanted.'],
  [['FailedAsResourceIsLocked'], `A lock at this scope or above it blocks the change. ${whoseLock}`],
];
