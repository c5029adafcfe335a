import { randomUUID } from 'node:crypto';

import type { Agenda } from '../../agenda.ts';
import type { Subject, Tuple } from '../arm/assignment.ts';
import { resolveScope } from '../arm/scopes.ts';
import { anotherUser, type ArmState } from '../arm/state.ts';
import { principalOf } from '../principals.ts';
import type { AzureEstate, PolicyEntry } from '../estate.ts';
import type { PimMatch, RequestCourse } from './courses.ts';
import type { Schedule, ScheduleRequest } from './model.ts';
import type { Pim, PlainChange } from './pim.ts';
import type { ScheduleChange } from './schedules.ts';

/** Privileged Identity Management for tests and for other people, without lags. */
export interface LivePim {
  /** Courses of requests. */
  script(match: PimMatch, course: RequestCourse): void;
  /** All accepted ones, also other people's; in the order of their making. */
  requests(): readonly ScheduleRequest[];
  /** Planned and running. */
  schedules(): readonly Schedule[];
  find(tuple: Tuple): Schedule | undefined;
  /** All states of schedules, by any cause. */
  changes(): readonly ScheduleChange[];
  /** A person makes one in the portal: at once, with a request of his own. */
  add(schedule: NewSchedule): Schedule;
  /** Ends it at once as a person would, at any age. */
  remove(tuple: Tuple): void;
  /** Approves a waiting request (its name); it is done at once, or so many ms later. */
  approve(name: string, afterMs?: number): void;
  deny(name: string): void;
  timeOut(name: string): void;
  setPolicy(policy: PolicyEntry): void;
  /** Plain PUTs and DELETEs that were tried on role assignments of schedules. */
  plainChanges(): readonly PlainChange[];
}

interface NewSchedule extends Tuple {
  /** ms epoch; default now. */
  readonly startAt?: number;
  /** ms epoch; default never. */
  readonly endAt?: number;
  readonly justification?: string;
  /** Activates an eligibility as another person would. */
  readonly activated?: boolean;
}

const WAITING: readonly ScheduleRequest['status'][] = [
  'PendingApproval',
  'PendingAdminDecision',
  'PendingApprovalProvisioning',
];

export function makeLivePim(pim: Pim, estate: AzureEstate, arm: ArmState, agenda: Agenda): LivePim {
  const settled = <T>(look: () => T): T => {
    agenda.settle();
    return look();
  };
  const subjectOf = ({ scope, role, principalId }: Tuple): Subject => {
    const found = resolveScope(estate, scope);
    if (found === null) throw new Error(`The estate has no scope ${scope}.`);
    return { scope: found.id, roleDefinitionId: arm.guidOf(role), principalId: principalId.toLowerCase() };
  };
  const waiting = (name: string): ScheduleRequest => {
    const request = settled(() => pim.requests.byName(name));
    if (request === undefined || !WAITING.includes(request.status))
      throw new Error(`The schedule request ${name} waits for no decision: ${request?.status ?? 'there is none'}.`);
    return request;
  };
  const find = (tuple: Tuple): Schedule | undefined => settled(() => pim.schedules.find(subjectOf(tuple)));
  return {
    script: (match, course) => {
      pim.courses.script(match, course);
    },
    requests: () => settled(() => pim.requests.all()),
    schedules: () => settled(() => pim.schedules.all()),
    find,
    changes: () => settled(() => pim.schedules.changes()),
    add: (given) => {
      if (find(given) !== undefined || arm.has(given)) throw new Error('There is such an access already.');
      const schedule = scheduleOf(estate, subjectOf(given), given, agenda.time());
      const author = anotherUser(estate);
      pim.schedules.put(schedule, author);
      pim.requests.keep(requestOf(schedule, author, given.justification ?? null));
      return schedule;
    },
    remove: (tuple) => {
      const found = find(tuple);
      if (found === undefined) throw new Error(`There is no schedule ${JSON.stringify(tuple)} to remove.`);
      pim.schedules.end(found);
    },
    approve: (given, afterMs = 0) => {
      const { name, requestType } = waiting(given);
      pim.requests.decide(name, 'AdminApproved');
      const done = (): void => {
        pim.requests.decide(name, requestType === 'AdminRemove' ? 'Revoked' : 'Provisioned');
      };
      if (afterMs === 0) done();
      else agenda.add(agenda.time() + afterMs, done);
    },
    deny: (name) => {
      pim.requests.decide(waiting(name).name, 'AdminDenied');
    },
    timeOut: (name) => {
      pim.requests.decide(waiting(name).name, 'TimedOut');
    },
    setPolicy: (policy) => {
      pim.policies.set(policy);
    },
    plainChanges: () => settled(() => [...pim.plainChanges]),
  };
}

function scheduleOf(estate: AzureEstate, subject: Subject, given: NewSchedule, now: number): Schedule {
  return {
    ...subject,
    name: randomUUID(),
    request: randomUUID(),
    principalType: principalOf(estate, subject.principalId)?.type ?? 'User',
    startAt: given.startAt ?? now,
    endAt: given.endAt ?? null,
    activated: given.activated ?? false,
    condition: null,
    conditionVersion: null,
    createdOn: now,
    updatedOn: now,
    assignment: null,
  };
}

function requestOf(schedule: Schedule, requestorId: string, justification: string | null): ScheduleRequest {
  const { scope, roleDefinitionId, principalId, principalType, startAt, endAt, createdOn: at } = schedule;
  const status = startAt > at ? 'Granted' : 'Provisioned';
  return {
    ...{ scope, roleDefinitionId, principalId, principalType, requestorId, justification, status, startAt },
    name: schedule.request ?? randomUUID(),
    requestType: 'AdminAssign',
    expiration: endAt === null ? { type: 'NoExpiration' } : { type: 'AfterDateTime', at: endAt },
    ticketNumber: null,
    ticketSystem: null,
    condition: null,
    conditionVersion: null,
    statuses: [{ status, at }],
    createdOn: at,
    startsAt: startAt,
    schedule: schedule.name,
  };
}
