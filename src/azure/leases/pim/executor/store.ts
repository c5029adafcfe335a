import type { RoleAssignment, RoleAssignmentSchedule } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { CloudError, type Refusal } from '#access/errors';
import type { Assignment } from '#access/grant';
import { roomUntil, sendingWithin } from '#access/leases/protocol/time-limit';
import { failedBy } from '#access/leases/protocol/executor';
import { readUntilWanted } from '#access/engine/rereading';
import { isPassing, isUncertain } from '#access/engine/retry';
import { assignmentActions } from '#azure/assignments/assignment-writes';
import { tooSlow } from '#azure/messages/leases';
import { leasedOtherwise, otherCondition } from '#azure/messages/pim';
import { askingAgain, canceled, listsOfPim } from '#azure/messages/pim-requests';
import { createLateness } from '../../executor/lateness.ts';
import { recordIn } from '../../records/record-text.ts';
import type { ExecutorTools } from '../../executor/executor-tools.ts';
import { visibleWithinMs } from '#azure/assignments/assignment-lists';
import { isSameScope } from '#azure/resolve/ids';
import { createOwnRequests, type Known } from './own-requests.ts';
import { requestSeen, scheduleSeen, standingIn } from '../service/reading.ts';
import { bodyOf, type Wording } from '../service/request-body.ts';
import { pimActions, type PimService } from '../service/service.ts';
import type { Answer, Ask } from '../steps/asks.ts';
import { constants } from '../steps/constants.ts';
import { isOwn, type Plain, type Seen } from '../steps/seen.ts';

/** Access of one grant in Privileged Identity Management, and the requests of this step about it. */
export interface PimStore extends Known {
  /** `null` where the time limit passed before its turn came. */
  look(): Promise<Answer | null>;
  verify(ask: Extract<Ask, { readonly do: 'verify' }>): Promise<Answer>;
  request(ask: Extract<Ask, { readonly do: 'request' }>): Promise<Answer>;
  /** `null` where the time limit passed. */
  follow(ask: Extract<Ask, { readonly do: 'follow' }>): Promise<Answer | null>;
  cancel(name: string): Promise<Answer>;
  /** ID of the role assignment of the access, as last read. */
  readonly assignmentId: () => string | null;
}

interface StoreTools extends Wording, ExecutorTools {
  readonly service: PimService;
  /** Holder that sends the requests. */
  readonly holder: string;
  /** Role assignments of exactly this principal and role, at, above and below the scope. */
  readonly list: (grant: Assignment, budget: Budget) => Promise<readonly RoleAssignment[]>;
  readonly freshName: () => string;
}

/** Time limit of reads, in milliseconds. */
const readingMs = 60_000;
/** Wait before asking again, in milliseconds: first, and maximum. */
const firstWaitMs = 500;
const longestWaitMs = 5_000;
/** Time to look for a lost request by its name, in milliseconds: after that, the protocol waits for lists. */
const lostWithinMs = 5_000;

export function createPimStore(tools: StoreTools): PimStore {
  const { applying, grant, signal, limit, date, onTrouble, service, list } = tools;
  const { clock, log } = applying;
  let schedule: RoleAssignmentSchedule | null = null;
  let ownEnd: number | null = null;
  let assignmentId: string | null = null;
  const own = createOwnRequests(tools);
  const { fresh } = constants;
  const lateness = createLateness(tools, { inWords: (tookMs) => tooSlow(listsOfPim, tookMs, fresh), fresh });

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

  return {
    ...own,
    async look() {
      // One look reads three lists: they are requested together, however many others wait.
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
        own.findLost(requests, asOf);
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
        own.begun(wish.type, name, standing);
        return own.judge(made.status ?? '', standing, name);
      } catch (error) {
        if (!(error instanceof CloudError)) return failedBy(error, onTrouble);
        return own.refused(error, wish, name);
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
            if (isLost && own.operation()?.requestId !== name)
              own.begun(requestSeen(found, grant, date()).type, name, standing);
            if (standing !== 'moving' && standing !== 'unknown' && standing !== 'planned')
              return own.judge(found.status ?? '', standing, name);
            log.info(askingAgain(name, found.status ?? '', delay));
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
        log.info(canceled(name));
        own.takeBack(name, true);
        onTrouble(null);
        return { is: 'done' };
      } catch (error) {
        if (!(error instanceof CloudError)) return failedBy(error, onTrouble);
        const { kind } = error.failure;
        log.info(`${error.message}.`);
        onTrouble(error);
        if (kind === 'not-found') return { is: 'absent' };
        // A request that can no longer be canceled has begun or ended: the next look shows that.
        if (kind === 'invalid') return { is: 'again' };
        if (isUncertain(error.failure)) {
          own.takeBack(name, false);
          return { is: 'lost', name };
        }
        return { is: isPassing(error.failure) ? 'again' : 'failed' };
      }
    },
    assignmentId: () => assignmentId ?? null,
  };
}

/** Reads that begin together can end at different times: an assignment older than any lag was visible to all of them. @param began when they began */
function plainIn(rows: readonly RoleAssignment[], began: number): Plain | null {
  if (rows.length === 0) return null;
  const at = Math.max(...rows.map(({ createdOn }) => Number(createdOn ?? 0)));
  return { is: at > began - constants.readLag ? 'recent' : 'settled', at };
}

/** The schedule that is active, or begins first. */
function current(schedules: readonly RoleAssignmentSchedule[]): RoleAssignmentSchedule | null {
  const ordered = schedules.toSorted((a, b) => Number(a.startDateTime ?? 0) - Number(b.startDateTime ?? 0));
  return ordered[0] ?? null;
}
