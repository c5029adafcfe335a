import type { Agenda } from '../../agenda.ts';
import type { ArmState } from '../arm/state.ts';
import type { AzureEstate } from '../estate.ts';
import type { AzureOptions } from '../options.ts';
import { makeCourses, type Courses } from './courses.ts';
import { makePolicies, type Policies } from './policies.ts';
import { makeRequests, type Requests } from './requests.ts';
import { makeSchedules, type Schedules } from './schedules.ts';

/** Privileged Identity Management for role assignments: its state, and its actions at their times. */
export interface Pim {
  readonly schedules: Schedules;
  readonly requests: Requests;
  readonly courses: Courses;
  readonly policies: Policies;
  /** Plain PUTs and DELETEs of role assignments that are schedules' own; all were refused. */
  readonly plainChanges: PlainChange[];
}

/** A try to change or to delete a role assignment without its schedule. */
export interface PlainChange {
  readonly kind: 'put' | 'delete';
  /** Of the role assignment. */
  readonly id: string;
  /** ms epoch */
  readonly at: number;
}

export function makePim(estate: AzureEstate, agenda: Agenda, arm: ArmState, options: AzureOptions): Pim {
  const { pim = {}, lag } = options;
  const settings = { lagMs: lag?.schedulesMs ?? 0, endsLateMs: pim.endsLateMs ?? 0 };
  const schedules = makeSchedules(agenda, arm, settings);
  const courses = makeCourses(pim);
  return {
    schedules,
    requests: makeRequests(agenda, arm, schedules, courses),
    courses,
    policies: makePolicies(estate, (role) => arm.guidOf(role)),
    plainChanges: [],
  };
}
