import { randomUUID } from 'node:crypto';

import type { Agenda } from '../../agenda.ts';
import { makeTimeline, type Timeline } from '../../timeline.ts';
import { subjectKey, type Assignment, type Subject } from '../arm/assignment.ts';
import type { ArmState } from '../arm/state.ts';
import { authorizationId } from '../arm/scopes.ts';
import type { Schedule } from './model.ts';

/** The accesses that are planned or running, and the role assignments that they are while they run. */
export interface Schedules {
  find(subject: Subject): Schedule | undefined;
  all(): readonly Schedule[];
  /** Visible state by now. */
  seen(): readonly Schedule[];
  /** All their states, in the order of their times. */
  changes(): readonly ScheduleChange[];
  /** True if a role assignment (its name) belongs to a schedule, or did. */
  made(assignment: string): boolean;
  /** Keeps it and begins to count its time: it begins and ends by itself. `author` is the object ID of the caller. */
  put(schedule: Schedule, author: string): void;
  /** Ends it at once. */
  end(schedule: Schedule): void;
}

/** A schedule as it was before and after a time (ms epoch); null: it was not there. */
export interface ScheduleChange {
  readonly at: number;
  readonly before: Schedule | null;
  readonly after: Schedule | null;
}

interface ScheduleSettings {
  readonly lagMs: number;
  readonly endsLateMs: number;
}

export function makeSchedules(agenda: Agenda, arm: ArmState, { lagMs, endsLateMs }: ScheduleSettings): Schedules {
  const rows = new Map<string, Timeline<Schedule | undefined>>();
  const bySubject = new Map<string, string>();
  const made = new Set<string>();
  const changes: ScheduleChange[] = [];

  const set = (subject: Subject, name: string, value: Schedule | undefined): void => {
    const row = rows.get(name) ?? makeTimeline<Schedule | undefined>(undefined);
    rows.set(name, row);
    changes.push({ at: agenda.time(), before: row.now() ?? null, after: value ?? null });
    row.set(value, agenda.time() + lagMs);
    if (value === undefined) bySubject.delete(subjectKey(subject));
    else bySubject.set(subjectKey(subject), name);
  };
  const current = (name: string | undefined): Schedule | undefined =>
    name === undefined ? undefined : rows.get(name)?.now();
  const end = (schedule: Schedule): void => {
    const held = schedule.assignment === null ? undefined : arm.byName(schedule.assignment);
    if (held !== undefined) arm.withdraw(held);
    set(schedule, schedule.name, undefined);
  };
  /** Where another request has made the tuple since, there is nothing to begin (not known for sure). */
  const begin = (schedule: Schedule, author: string): void => {
    if (arm.byTuple(schedule.scope, schedule.roleDefinitionId, schedule.principalId) !== undefined) {
      end(schedule);
      return;
    }
    const assignment = assignmentOf(schedule);
    made.add(assignment.name);
    arm.grant(assignment, author);
    set(schedule, schedule.name, { ...schedule, assignment: assignment.name });
  };
  const endInTime = ({ name, endAt }: Schedule): void => {
    if (endAt === null) return;
    agenda.add(endAt + endsLateMs, () => {
      const now = current(name);
      if (now?.endAt === endAt) end(now);
    });
  };
  const put = (schedule: Schedule, author: string): void => {
    const now = agenda.time();
    set(schedule, schedule.name, schedule);
    if (schedule.assignment !== null) {
      const held = arm.byName(schedule.assignment);
      const { condition, conditionVersion } = schedule;
      if (held !== undefined) arm.grant({ ...held, condition, conditionVersion, updatedOn: now }, author);
    } else if (schedule.startAt <= now) begin(schedule, author);
    else
      agenda.add(schedule.startAt, () => {
        const planned = current(schedule.name);
        if (planned?.assignment === null && planned.startAt === schedule.startAt) begin(planned, author);
      });
    endInTime(schedule);
  };

  return {
    find: (subject) => current(bySubject.get(subjectKey(subject))),
    all: () => [...rows.values()].flatMap((row) => row.now() ?? []),
    seen: () => [...rows.values()].flatMap((row) => row.at(agenda.time()) ?? []),
    changes: () => [...changes],
    made: (assignment) => made.has(assignment.toLowerCase()),
    put,
    end,
  };
}

/** The role assignment that a schedule is while it runs: an ordinary one under a name of the service's own. */
function assignmentOf(schedule: Schedule): Assignment {
  const { scope, roleDefinitionId, principalId, principalType, condition, conditionVersion, startAt } = schedule;
  const name = randomUUID();
  return {
    id: authorizationId(scope, 'roleAssignments', name),
    name,
    scope,
    roleDefinitionId,
    principalId,
    principalType,
    description: null,
    condition,
    conditionVersion,
    delegatedManagedIdentityResourceId: null,
    createdOn: startAt,
    updatedOn: startAt,
  };
}
