import type { Agenda } from '../../agenda.ts';
import { makeTimeline, type Timeline } from '../../timeline.ts';
import { DEFAULT_GROUP, groupArn, type Group, type Place, type Schedule, type ScheduleKey } from './schedule.ts';

/** Groups and schedules, and their state in a list. */
export interface Store {
  find(key: ScheduleKey): Schedule | undefined;
  /** `since`: from when lists show it; default after the world's lag. */
  put(schedule: Schedule, since?: number): void;
  remove(key: ScheduleKey, since?: number): void;
  all(): readonly Schedule[];
  /** As a list shows them now. */
  listed(place: Place): Schedule[];
  group(place: Place, name: string): Group | undefined;
  putGroup(group: Group): void;
  /** With all its schedules. */
  removeGroup(group: Group): void;
  groups(): readonly Group[];
}

interface Entry {
  readonly seen: Timeline<Schedule | null>;
  lastSince: number;
}

const placeName = ({ accountId, region }: Place): string => `${accountId} ${region}`;
const nameOf = (key: ScheduleKey): string => `${placeName(key)} ${key.group} ${key.name}`;

export function makeStore(agenda: Agenda, partition: string, lagMs: number): Store {
  const entries = new Map<string, Entry>();
  const groups = new Map<string, Group>();
  const set = (key: ScheduleKey, value: Schedule | null, since = agenda.time() + lagMs): void => {
    const entry = entries.get(nameOf(key)) ?? { seen: makeTimeline<Schedule | null>(null), lastSince: -Infinity };
    entries.set(nameOf(key), entry);
    entry.seen.set(value, since);
    entry.lastSince = since;
  };
  const all = (): Schedule[] => [...entries.values()].flatMap(({ seen }) => seen.now() ?? []);
  const remove = (key: ScheduleKey, since?: number): void => {
    if (entries.get(nameOf(key))?.seen.now()) set(key, null, since);
  };
  return {
    find: (key) => entries.get(nameOf(key))?.seen.now() ?? undefined,
    put: (schedule, since) => {
      set(schedule, schedule, since);
    },
    remove,
    all,
    listed: (place) => {
      const now = agenda.time();
      const found: Schedule[] = [];
      for (const [name, { seen, lastSince }] of entries) {
        const schedule = seen.at(now);
        if (schedule !== null && placeName(schedule) === placeName(place)) found.push(schedule);
        // A schedule that no reader sees any longer is forgotten.
        if (schedule === null && seen.now() === null && lastSince <= now) entries.delete(name);
      }
      return found;
    },
    group: (place, name) =>
      groups.get(`${placeName(place)} ${name}`) ??
      (name === DEFAULT_GROUP
        ? { ...place, name, arn: groupArn(partition, place, name), tags: {}, createdAt: 0 }
        : undefined),
    putGroup: (group) => void groups.set(`${placeName(group)} ${group.name}`, group),
    removeGroup: (group) => {
      groups.delete(`${placeName(group)} ${group.name}`);
      for (const schedule of all())
        if (placeName(schedule) === placeName(group) && schedule.group === group.name) remove(schedule);
    },
    groups: () => [...groups.values()],
  };
}
