import { randomUUID } from 'node:crypto';

import type { Agenda } from '../../agenda.ts';
import { subjectKey, type Subject } from '../arm/assignment.ts';
import type { ArmState } from '../arm/state.ts';
import type { Courses, PlannedCourse } from './courses.ts';
import { stageOf, type RequestStatus, type Schedule, type ScheduleRequest, type Wanted } from './model.ts';
import type { Schedules } from './schedules.ts';

/** The accepted requests, and their later states. */
export interface Requests {
  all(): readonly ScheduleRequest[];
  byName(name: string): ScheduleRequest | undefined;
  /** One that has not come to anything yet. */
  pendingOf(subject: Subject): ScheduleRequest | undefined;
  /** Takes a request; its PUT is answered after `takesMs`. */
  submit(name: string, wanted: Wanted, requestorId: string): { readonly takesMs: number };
  /** One that was made before, of an access that is there. */
  keep(request: ScheduleRequest): void;
  /** A decision by a person, or the service: from then on the script does not change it any more. */
  decide(name: string, status: RequestStatus): void;
}

interface Row {
  request: ScheduleRequest;
  readonly course: PlannedCourse;
  /** Decided: later statuses of the script do not come. */
  decided: boolean;
  effective: boolean;
}

export function makeRequests(agenda: Agenda, arm: ArmState, schedules: Schedules, courses: Courses): Requests {
  const rows = new Map<string, Row>();

  const enter = (row: Row, status: RequestStatus): void => {
    const at = agenda.time();
    row.request = { ...row.request, status, statuses: [...row.request.statuses, { status, at }] };
    const stage = stageOf(row.request.requestType, status);
    const takesPlace = row.course.effect ?? stage === 'done';
    if (stage === 'planned') plan(row);
    if (stage === 'failed' && !takesPlace) unplan(row);
    if ((stage === 'done' || stage === 'failed') && takesPlace && !row.effective) carryOut(row);
  };
  const later = (row: Row, at: number, status: RequestStatus): void => {
    const step = (): void => {
      if (!row.decided) enter(row, status);
    };
    if (at <= agenda.time()) step();
    else agenda.add(at, step);
  };
  /**
   * A planned access is in the lists already, and begins by itself; without a planned beginning it waits for a status.
   */
  const plan = (row: Row): void => {
    const { request, course } = row;
    const ahead = request.startAt !== null && request.startAt > request.createdOn && request.startsAt > agenda.time();
    if (request.requestType !== 'AdminAssign' || !ahead || course.effect === false) return;
    if (schedules.find(request) === undefined) schedules.put(scheduleOf(request, agenda.time()), request.requestorId);
    row.effective = true;
    agenda.add(request.startsAt, () => {
      if (stageOf(row.request.requestType, row.request.status) === 'planned')
        enter(row, schedules.find(row.request) === undefined ? 'Failed' : 'Provisioned');
    });
  };
  const isOpen = (request: ScheduleRequest): boolean => {
    const stage = stageOf(request.requestType, request.status);
    return stage === 'moving' || (stage === 'planned' && schedules.find(request) === undefined);
  };
  const unplan = ({ request }: Row): void => {
    const planned = schedules.find(request);
    if (planned?.request === request.name && planned.assignment === null) schedules.end(planned);
  };
  const carryOut = (row: Row): void => {
    row.effective = true;
    const { request } = row;
    const now = agenda.time();
    const there = schedules.find(request);
    switch (request.requestType) {
      case 'AdminAssign':
        if (there === undefined) schedules.put(scheduleOf(request, now), request.requestorId);
        if (schedules.find(request) === undefined) enter(row, 'Failed');
        return;
      case 'AdminRemove': {
        const plain = arm.byTuple(request.scope, request.roleDefinitionId, request.principalId);
        if (there !== undefined) schedules.end(there);
        else if (plain !== undefined) arm.withdraw(plain);
        return;
      }
      case 'AdminUpdate':
      case 'AdminExtend':
        // It can have ended while the request was on its way.
        if (there === undefined) enter(row, 'Failed');
        else schedules.put(changed(there, request, now), request.requestorId);
    }
  };

  return {
    all: () => [...rows.values()].map(({ request }) => request),
    byName: (name) => rows.get(name.toLowerCase())?.request,
    pendingOf: (subject) =>
      [...rows.values()]
        .map(({ request }) => request)
        .find((request) => subjectKey(request) === subjectKey(subject) && isOpen(request)),
    submit: (given, wanted, requestorId) => {
      const name = given.toLowerCase();
      const now = agenda.time();
      const course = courses.take(wanted);
      const startsAt = Math.max(wanted.startAt ?? now, now) + course.takesMs;
      const target = schedules.find(wanted);
      const row: Row = {
        request: {
          ...wanted,
          name,
          status: 'Accepted',
          statuses: [{ status: 'Accepted', at: now }],
          createdOn: now,
          requestorId,
          startsAt: target === undefined || wanted.requestType === 'AdminAssign' ? startsAt : target.startAt,
          schedule: target?.name ?? randomUUID(),
        },
        course,
        decided: false,
        effective: false,
      };
      rows.set(name, row);
      for (const [status, afterMs] of course.statuses ?? usual(row, now)) later(row, now + afterMs, status);
      return { takesMs: course.takesMs };
    },
    keep: (request) => {
      rows.set(request.name, { request, course: { takesMs: 0 }, decided: true, effective: true });
    },
    decide: (name, status) => {
      const row = rows.get(name.toLowerCase());
      if (row === undefined) throw new Error(`There is no schedule request ${name}.`);
      row.decided = true;
      enter(row, status);
    },
  };
}

/** [ps-rec]: Provisioned within the PUT; Granted when the beginning is ahead (docs/design/azure.md#pim-statuses). */
function usual({ request, course }: Row, now: number): readonly (readonly [RequestStatus, number])[] {
  if (request.requestType === 'AdminRemove') return [['Revoked', course.takesMs]];
  return request.requestType === 'AdminAssign' && request.startsAt > now + course.takesMs
    ? [['Granted', 0]]
    : [['Provisioned', course.takesMs]];
}

function scheduleOf(request: ScheduleRequest, now: number): Schedule {
  const { scope, roleDefinitionId, principalId, principalType, condition, conditionVersion } = request;
  // An access that a person approves later than requested begins then, and has the whole time (not known for sure).
  const startAt = Math.max(request.startsAt, now);
  return {
    name: request.schedule,
    request: request.name,
    scope,
    roleDefinitionId,
    principalId,
    principalType,
    startAt,
    endAt: endOf(request, startAt),
    condition,
    conditionVersion,
    createdOn: now,
    updatedOn: now,
    assignment: null,
  };
}

/** A duration counts from the beginning that the request says, else from that of the access (not known for sure). */
function changed(schedule: Schedule, request: ScheduleRequest, now: number): Schedule {
  return {
    ...schedule,
    endAt: request.expiration === null ? schedule.endAt : endOf(request, request.startAt ?? schedule.startAt),
    condition: request.condition,
    conditionVersion: request.conditionVersion,
    updatedOn: now,
  };
}

/** Time at which an access with this beginning ends by itself; null: never. */
export function endOf({ expiration }: Pick<Wanted, 'expiration'>, startAt: number): number | null {
  if (expiration === null || expiration.type === 'NoExpiration') return null;
  return expiration.type === 'AfterDuration' ? startAt + expiration.ms : expiration.at;
}
