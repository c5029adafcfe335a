import type { RoleAssignmentScheduleRequest } from '@azure/arm-authorization';
import type { Operation } from '#access/cloud';
import type { CloudError, Refusal } from '#access/errors';
import { createRetries, isPassing, isUncertain } from '#access/engine/retry';
import type { ExecutorTools } from '../../executor/executor-tools.ts';
import { accepted, endedWith, lookingFor, undocumented, whyEnded } from '#azure/messages/pim-requests';
import { locked } from '../hints.ts';
import { isSameGuid } from '#azure/resolve/ids';
import { standingIn } from '../service/reading.ts';
import { callOf } from '../service/request-body.ts';
import type { Standing, statuses } from '../statuses.ts';
import type { Answer, Wish } from '../steps/asks.ts';
import { constants } from '../steps/constants.ts';

/** Known results of the requests of one step about one grant. */
export interface Known {
  /** The latest accepted request. */
  readonly operation: () => Operation | null;
  /** The latest request, if its answer was lost and no list has shown yet whether it arrived. */
  readonly lost: () => LostRequest | null;
  /** The latest request that was canceled, or might have been. */
  readonly takenBack: () => string | null;
  /** True if the latest request asks for access, and is not known to have failed. */
  readonly mayGrant: () => boolean;
  /** True if the latest request ends access, and is not known to have failed. */
  readonly mayEnd: () => boolean;
}

/** The same, while the requests are sent and followed. */
interface OwnRequests extends Known {
  /** A request was accepted. */
  begun(type: Wish['type'], name: string, standing: Standing): void;
  /** Interprets the status of a request, and reports it. */
  judge(status: string, standing: Standing, name: string): Answer;
  /** Interprets the error that answered a request. */
  refused(error: CloudError, wish: Wish, name: string): Answer;
  /** Searches a list for the request whose answer was lost. @param asOf when the list was requested, in milliseconds on the monotonic clock */
  findLost(requests: readonly RoleAssignmentScheduleRequest[], asOf: number): void;
  /** A request was canceled, or might have been. */
  takeBack(name: string, isSure: boolean): void;
}

interface LostRequest {
  readonly name: string;
  readonly type: Wish['type'];
  /** When the wait for its answer ended, in milliseconds on the monotonic clock. */
  readonly at: number;
}

/**
 * Answers of a protocol by error code. Source: docs/design/azure.md#the-first-five-minutes,
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
    // Earlier failures no longer apply.
    onTrouble(null);
    applying.onStarted(operation);
    log.info(accepted(call, name));
  };
  const judge: OwnRequests['judge'] = (status, standing, name) => {
    hasFailed ||= standing === 'failed' && operation?.requestId === name;
    if (standing === 'failed') onTrouble(failureOf(status, name));
    else if (standing === 'unknown') log.info(undocumented(name, status));
    return { is: 'stands', name, standing };
  };
  return {
    begun,
    judge,
    refused(error, { type }, name) {
      const { failure } = error;
      if (isUncertain(failure)) {
        log.info(lookingFor(error.message, name));
        // If no list ever shows it, this is why it failed.
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

function failureOf(status: string, name: string): Refusal {
  const hint = hintOnStatus.find(([names]) => names.some((it) => it.toLowerCase() === status.toLowerCase()))?.[1];
  return endedWith(name, status, hint ?? whyEnded.other);
}

const hintOnStatus: readonly (readonly [names: readonly (typeof statuses)[number][], hint: string])[] = [
  [['Denied', 'AdminDenied'], whyEnded.denied],
  [['TimedOut'], whyEnded.timedOut],
  [['Canceled'], whyEnded.canceled],
  [['FailedAsResourceIsLocked'], locked],
];
