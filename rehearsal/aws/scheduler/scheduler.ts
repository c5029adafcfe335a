import type { Agenda } from '../../agenda.ts';
import { makeCourses, type Courses, type FiringSettings } from './courses.ts';
import { makeFirings, type Deliver, type Firings } from './firings.ts';
import type { Schedule } from './schedule.ts';
import { makeStore, type Store } from './store.ts';
import { makeTokens, type Tokens } from './tokens.ts';

/** EventBridge Scheduler: its state, and its actions at their times. */
export interface Scheduler {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly courses: Courses;
  readonly firings: Firings;
  /** Keeps a schedule and begins to count its time. `since` as in the store. */
  put(schedule: Schedule, since?: number): void;
}

export interface SchedulerSettings extends FiringSettings {
  readonly partition: string;
  /** A list shows the state of so long ago. */
  readonly lagMs: number;
}

export function makeScheduler(agenda: Agenda, deliver: Deliver, settings: SchedulerSettings): Scheduler {
  const store = makeStore(agenda, settings.partition, settings.lagMs);
  const courses = makeCourses(agenda, settings);
  const firings = makeFirings(agenda, store, courses, deliver);
  return {
    store,
    tokens: makeTokens(),
    courses,
    firings,
    put: (schedule, since) => {
      store.put(schedule, since);
      firings.plan(schedule);
    },
  };
}
