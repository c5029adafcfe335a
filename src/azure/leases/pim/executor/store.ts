import type { RoleAssignment, RoleAssignmentSchedule, RoleAssignmentScheduleRequest } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import type { Operation } from '#access/cloud';
import { CloudError, Refusal } from '#access/errors';
import type { Assignment } from '#access/grant';
import { roomUntil, sendingWithin } from '#access/leases/protocol/time-limit';
import { failedBy } from '#access/leases/protocol/trouble';
import { readUntilWanted } from '#access/engine/rereading';
import { createRetries, isPassing, isUncertain } from '#access/engine/retry';
import { seconds } from '#access/words';
import { assignmentActions } from '#azure/assignments/assignment-writes';
import { createLateness } from '../../executor/lateness.ts';
import { recordIn } from '../../records/record-in.ts';
import type { ExecutorTools } from '../../executor/executor-tools.ts';
import { visibleWithinMs } from '#azure/read-lag';
import { isSameGuid } from '#azure/resolve/patterns';
import { isSameScope } from '#azure/resolve/scopes';
import { answersByCode } from '../service/codes.ts';
import { requestSeen, scheduleSeen, standingIn } from '../service/reading.ts';
import { endedWith, leasedOtherwise, otherCondition } from './refusals.ts';
import { bodyOf, callOf, type Wording } from '../service/request-body.ts';
import { pimActions, type PimService } from '../service/service.ts';
import type { Standing } from '../statuses.ts';
import type { Answer, Ask, Wish } from '../steps/asks.ts';
import { constants } from '../steps/constants.ts';
import { isOwn, type Plain, type Seen } from '../steps/seen.ts';

/** The access of one grant as Privileged Identity Management has it, and our requests about it. */
export interface PimStore {
  /** `null` where the time limit passed before its turn came. */
  look(): Promise<Answer | null>;
  verify(ask: Extract<Ask, { readonly do: 'verify' }>): Promise<Answer>;
  request(ask: Extract<Ask, { readonly do: 'request' }>): Promise<Answer>;
  /** `null` where the time limit passed. */
  follow(ask: Extract<Ask, { readonly do: 'follow' }>): Promise<Answer | null>;
  cancel(name: string): Promise<Answer>;
  /** The newest request of ours that was accepted. */
  readonly operation: () => Operation | null;
  /** The newest request of ours, where its answer was lost and no list has shown yet whether it arrived. */
  readonly lost: () => LostRequest | null;
  /** The newest request that was taken back, or may have been. */
  readonly takenBack: () => string | null;
  /** Whether the newest request of ours asks for access, and has not come to nothing as far as is known. */
  readonly mayGrant: () => boolean;
  /** Whether that ends access, likewise. */
  readonly mayEnd: () => boolean;
  /** The id of the role assignment that the access is, as it was seen last. */
  readonly assignmentId: () => string | null;
}

export interface LostRequest {
  readonly name: string;
  readonly type: Wish['type'];
  /** When its answer was given up, in milliseconds on the monotonic clock. */
  readonly at: number;
}

export interface StoreTools extends Wording, ExecutorTools {
  /** Milliseconds since the epoch by Azure's clock. */
  readonly date: () => number;
  readonly service: PimService;
  /** Whose requests these are. */
  readonly holder: string;
  /** Role assignments of exactly this principal and role, at, above and below the scope. */
  readonly list: (grant: Assignment, budget: Budget) => Promise<readonly RoleAssignment[]>;
  readonly freshName: () => string;
}

/** Reads are tried for so long, in milliseconds. */
const readingMs = 60_000;
/** How long to wait before asking again, in milliseconds: first, and at most. */
const firstWaitMs = 500;
const longestWaitMs = 5_000;
/** A request that was lost is looked for so long, in milliseconds: then it is waited for differently. */
const lostWithinMs = 5_000;

function slowLists(tookMs: number): Refusal {
  return new Refusal(
    `The lists of Privileged Identity Management were answered ${seconds(tookMs)} after they were asked for: a request has to rest on what is no older than ${seconds(constants.fresh)}.`,
    'Run the step again when they are faster: a longer `timeout` helps only if they are by then.',
  );
}

export function createPimStore(tools: StoreTools): PimStore {
  const { applying, grant, signal, limit, date, onTrouble, service, list } = tools;
  const { clock, log, random } = applying;
  let schedule: RoleAssignmentSchedule | null = null;
  let operation: Operation | null = null;
  let lost: LostRequest | null = null;
  let takenBack: string | null = null;
  let hasFailed = false;
  let ownEnd: number | null = null;
  let assignmentId: string | null = null;
  const retries = createRetries(random);
  const lateness = createLateness({
    clock,
    random,
    limit,
    date,
    onTrouble,
    inWords: slowLists,
    fresh: constants.fresh,
  });

  const reading = (ms = readingMs): Budget => ({ until: clock.now() + ms, signal });
  const plainRows = async (budget: Budget): Promise<readonly RoleAssignment[]> => {
    const rows = await list(grant, budget);
    return rows.filter(({ scope }) => isSameScope(scope ?? '', grant.target.id));
  };
  const notFitting = (): Refusal | null => {
    if (tools.condition === undefined || schedule?.endDateTime === undefined) return null;
    const [there, asked] = [schedule.condition ?? '', tools.condition ?? ''];
    return there === asked ? null : otherCondition(there);
  };

  const begun = (type: Wish['type'], name: string, standing: Standing): void => {
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
  const standingWithWords = (status: string, standing: Standing, name: string): Answer => {
    hasFailed ||= standing === 'failed' && operation?.requestId === name;
    if (standing === 'failed') onTrouble(endedWith(status, name));
    else if (standing === 'unknown') log.info(`Request ${name} has the status ${status}, which nobody documents.`);
    return { is: 'stands', name, standing };
  };
  /** A list that is late enough shows what became of a request whose answer was lost. */
  const findLost = (requests: readonly RoleAssignmentScheduleRequest[], asOf: number): void => {
    if (lost === null) return;
    const { name, type, at } = lost;
    const found = requests.find((it) => isSameGuid(it.name, name));
    if (found === undefined) {
      if (asOf > at + constants.flight + constants.readLag) lost = null;
      return;
    }
    const standing = standingIn(found, date());
    begun(type, name, standing);
    standingWithWords(found.status ?? '', standing, name);
  };
  const refused = (error: CloudError, wish: Wish, name: string): Answer => {
    const { failure } = error;
    if (isUncertain(failure)) {
      log.info(`${error.message}. It may have been carried out nevertheless: looking for request ${name}.`);
      // Where it never shows, this is why it came to nothing.
      onTrouble(error);
      lost = { name, type: wish.type, at: clock.mono() };
      return { is: 'lost', name };
    }
    const answer = answersByCode.get(failure.code);
    const mayPass = answer === undefined && isPassing(failure);
    if (answer !== undefined || mayPass) log.info(`${error.message}.`);
    onTrouble(error);
    if (answer !== undefined) return { is: answer };
    if (!mayPass) return { is: 'failed' };
    return { is: retries.delayAfter(failure, wish.type) === null ? 'failed' : 'again' };
  };

  return {
    async look() {
      // Three lists are one look: they are sent together, however many others wait.
      const turns = await tools.takeTurns([pimActions.readRequests, pimActions.readSchedules, assignmentActions.read]);
      if (turns === null) return null;
      try {
        const [first, second, third] = turns.map((turn): Budget => ({ ...reading(2 * readingMs), turn }));
        if (first === undefined || second === undefined || third === undefined) throw new TypeError('three turns');
        const began = date();
        const asOf = clock.mono();
        const [requests, schedules, rows] = await Promise.all([
          service.requestsOf(grant, first),
          service.schedulesOf(grant, second),
          plainRows(third),
        ]);
        schedule = current(schedules);
        findLost(requests, asOf);
        const leased = rows.find((row) => recordIn(row, date()).is !== 'none');
        const differs = notFitting();
        if (leased !== undefined) throw leasedOtherwise(leased.id ?? '');
        if (differs !== null) throw differs;
        const seen: Seen = {
          schedule: schedule === null ? null : scheduleSeen(schedule, schedules.length > 1),
          plain: schedule === null ? plainIn(rows, began) : null,
          requests: requests.map((request) => requestSeen(request, grant, date())),
        };
        ownEnd = seen.requests.find((it) => isOwn(it, tools))?.record?.end ?? ownEnd;
        assignmentId = rows[0]?.id ?? assignmentId;
        return { is: 'seen', seen, asOf };
      } catch (error) {
        return failedBy(error, onTrouble);
      } finally {
        for (const turn of turns) turn.release();
      }
    },
    async verify({ expected }) {
      const once = async (budget: Budget): Promise<Answer> => {
        const [instances, rows] = await Promise.all([
          service.instancesOf(grant, budget),
          expected === 'gone' ? plainRows(budget) : [],
        ]);
        const [running] = instances;
        if (running !== undefined) {
          const { endDateTime: end, originRoleAssignmentId } = running;
          assignmentId = originRoleAssignmentId ?? assignmentId;
          return { is: 'running', end: end instanceof Date ? Number(end) : null };
        }
        return rows.length > 0 ? { is: 'running', end: null } : { is: 'gone', end: null };
      };
      const isWanted = (answer: Answer): boolean => (answer.is === 'gone') === (expected === 'gone');
      try {
        const { isOver } = limit;
        const wanted = { read: once, isWanted, expected, visibleWithinMs, longestWaitMs, isOver };
        return await readUntilWanted(wanted, reading(2 * visibleWithinMs), applying);
      } catch (error) {
        return failedBy(error, onTrouble);
      }
    },
    async request({ wish, notAfter }) {
      const room = roomUntil(notAfter, clock, date());
      if (room <= 0) return lateness.again(notAfter);
      const name = tools.freshName();
      try {
        const body = bodyOf(wish, tools, { ownEnd, condition: schedule?.condition ?? null }, date());
        const made = await service.send(grant, name, body, sendingWithin(room, clock, signal));
        const standing = standingIn(made, date());
        lateness.forget();
        begun(wish.type, name, standing);
        return standingWithWords(made.status ?? '', standing, name);
      } catch (error) {
        if (!(error instanceof CloudError)) return failedBy(error, onTrouble);
        return refused(error, wish, name);
      }
    },
    async follow({ name, isLost }) {
      const began = clock.now();
      for (let delay = firstWaitMs; ; delay = Math.min(2 * delay, longestWaitMs)) {
        try {
          const found = await service.ask(grant, name, reading());
          if (found === null && !isLost) return { is: 'absent' };
          if (found === null && clock.now() >= began + lostWithinMs) return { is: 'absent' };
          if (found !== null) {
            const standing = standingIn(found, date());
            if (isLost && operation?.requestId !== name) begun(requestSeen(found, grant, date()).type, name, standing);
            if (standing !== 'moving' && standing !== 'unknown' && standing !== 'planned')
              return standingWithWords(found.status ?? '', standing, name);
            log.info(`Request ${name} is ${found.status ?? ''}. Asking again in ${seconds(delay)}.`);
          }
        } catch (error) {
          return failedBy(error, onTrouble);
        }
        if (limit.isSpent()) return { is: 'failed' };
        if (!(await limit.sleepUntil(clock.mono() + delay))) return null;
      }
    },
    async cancel(name) {
      try {
        await service.cancel(grant, name, reading());
        log.info(`Request ${name} was taken back.`);
        takenBack = name;
        hasFailed ||= operation?.requestId === name;
        onTrouble(null);
        return { is: 'done' };
      } catch (error) {
        if (!(error instanceof CloudError)) return failedBy(error, onTrouble);
        const { kind } = error.failure;
        log.info(`${error.message}.`);
        onTrouble(error);
        if (kind === 'not-found') return { is: 'absent' };
        // What cannot be taken back any more has begun, or ended: that is looked at.
        if (kind === 'invalid') return { is: 'again' };
        if (isUncertain(error.failure)) {
          takenBack = name;
          return { is: 'lost', name };
        }
        return { is: isPassing(error.failure) ? 'again' : 'failed' };
      }
    },
    operation: () => operation,
    lost: () => lost,
    takenBack: () => takenBack,
    mayGrant: () => operation?.change.kind === 'create' && !hasFailed,
    mayEnd: () => operation?.change.kind === 'remove' && !hasFailed,
    assignmentId: () => assignmentId ?? null,
  };
}

/** Reads that begin together need not end so: what is older than any lag was there for all of them. @param began when they did */
function plainIn(rows: readonly RoleAssignment[], began: number): Plain | null {
  if (rows.length === 0) return null;
  const at = Math.max(...rows.map(({ createdOn }) => Number(createdOn ?? 0)));
  return { is: at > began - constants.readLag ? 'recent' : 'settled', at };
}

/** Of several, the one that runs, or begins first. */
function current(schedules: readonly RoleAssignmentSchedule[]): RoleAssignmentSchedule | null {
  const ordered = schedules.toSorted((a, b) => Number(a.startDateTime ?? 0) - Number(b.startDateTime ?? 0));
  return ordered[0] ?? null;
}
