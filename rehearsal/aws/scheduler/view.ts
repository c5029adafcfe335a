import type { Agenda } from '../../agenda.ts';
import type { FiringCourse, FiringMatch } from './courses.ts';
import type { Firing } from './firings.ts';
import {
  DEFAULT_GROUP,
  groupArn,
  scheduleArn,
  type Group,
  type Place,
  type Schedule,
  type ScheduleKey,
  type Target,
} from './schedule.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * A schedule that is written without the rules of the API. Defaults: in the default group of the broker's account and
 * the instance's Region, DISABLED, as old as now, with the target of a lease but no Input.
 */
export type WrittenSchedule = Partial<Omit<Schedule, 'arn' | 'target'>> & {
  readonly name: string;
  readonly target?: Partial<Target>;
};

/** The real schedules, for tests and for changes by other callers. Lags do not apply to reads here. */
export interface Schedules {
  all(): readonly Schedule[];
  /** In any group and Region; undefined without one. */
  find(name: string): Schedule | undefined;
  /** All due firings, in order of their times. */
  firings(): readonly Firing[];
  /** Adds or replaces one, with its group. Lists show it at once, or after the lag of the world with `lagging`. */
  write(schedule: WrittenSchedule, options?: { readonly lagging?: boolean }): Schedule;
  remove(which: string | ScheduleKey, options?: { readonly lagging?: boolean }): void;
  groups(): readonly Group[];
  /** In the broker's account and the instance's Region unless a place says otherwise. */
  addGroup(name: string, options?: { readonly place?: Place; readonly tags?: Readonly<Record<string, string>> }): Group;
  /** Says how the next firings go. */
  script(match: FiringMatch, course: FiringCourse): void;
  /** The Scheduler does not work between two times, in ms from now. */
  outage(fromMs: number, untilMs: number): void;
}

export interface Home extends Place {
  readonly partition: string;
  /** The execution role's ARN. */
  readonly roleArn: string;
}

export function makeSchedules(scheduler: Scheduler, agenda: Agenda, home: Home): Schedules {
  const { store, courses, firings } = scheduler;
  const settled = <T>(read: () => T): T => {
    agenda.settle();
    return read();
  };
  const since = (lagging = false): number | undefined => (lagging ? undefined : -Infinity);
  const addGroup: Schedules['addGroup'] = (name, { place = home, tags = {} } = {}) => {
    const { accountId, region } = place;
    const arn = groupArn(home.partition, place, name);
    const group: Group = { accountId, region, name, arn, tags, createdAt: agenda.time() };
    store.putGroup(group);
    return group;
  };
  const find = (name: string): Schedule | undefined => store.all().find((schedule) => schedule.name === name);
  return {
    all: () => settled(() => store.all()),
    find: (name) => settled(() => find(name)),
    firings: () => settled(() => firings.all()),
    write: (written, options) =>
      settled(() => {
        const schedule = completed(written, home, agenda.time());
        if (store.group(schedule, schedule.group) === undefined) addGroup(schedule.group, { place: schedule });
        scheduler.put(schedule, since(options?.lagging));
        return schedule;
      }),
    remove: (which, options) => {
      agenda.settle();
      const key = typeof which === 'string' ? find(which) : which;
      if (key === undefined || store.find(key) === undefined)
        throw new Error(`There is no schedule ${typeof which === 'string' ? which : which.name}.`);
      store.remove(key, since(options?.lagging));
    },
    groups: () => store.groups(),
    addGroup,
    script: (match, course) => {
      courses.script(match, course);
    },
    outage: (fromMs, untilMs) => {
      courses.outage(fromMs, untilMs);
    },
  };
}

function completed(written: WrittenSchedule, home: Home, now: number): Schedule {
  const { accountId = home.accountId, region = home.region, group = DEFAULT_GROUP, createdAt = now } = written;
  const key = { accountId, region, group, name: written.name };
  return {
    expression: 'rate(5 minutes)',
    timezone: 'UTC',
    state: 'DISABLED',
    windowMinutes: null,
    actionAfterCompletion: 'NONE',
    modifiedAt: createdAt,
    ...written,
    ...key,
    arn: scheduleArn(home.partition, key),
    createdAt,
    target: {
      arn: `arn:${home.partition}:scheduler:::aws-sdk:ssoadmin:deleteAccountAssignment`,
      roleArn: home.roleArn,
      maximumRetryAttempts: 0,
      maximumEventAgeSeconds: 60,
      ...written.target,
    },
  };
}
