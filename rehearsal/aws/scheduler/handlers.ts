import { authorize } from '../authorize.ts';
import { optionalText, text, type Call } from '../call.ts';
import type { Cloud, Handler } from '../cloud.ts';
import { page, type PageRules } from '../pages.ts';
import { Refusal } from '../refusal.ts';
import { checkPassRole, checkSchedule } from './checks.ts';
import { groupHandlers } from './groups.ts';
import { conflict, notFound } from './refusals.ts';
import { DEFAULT_GROUP, scheduleArn, type Schedule, type ScheduleKey } from './schedule.ts';
import { described, scheduleOf, summarized, type Definition } from './wire.ts';

const pageRules: PageRules = {
  size: 100,
  badToken: () => new Refusal('ValidationException', 'The NextToken is not valid.'),
};

type Named = ScheduleKey & { readonly arn: string };

/** The schedule that a call names; its permissions are checked before its existence is reported. */
function admit(cloud: Cloud, call: Call): Named {
  const { region, caller } = call;
  const key = {
    accountId: caller.accountId,
    region,
    group: optionalText(call, 'GroupName') ?? DEFAULT_GROUP,
    name: text(call, 'Name'),
  };
  const arn = scheduleArn(cloud.partition, key);
  // The tags are those of the group: schedules have none.
  const { tags = {} } = cloud.scheduler.store.group(key, key.group) ?? {};
  authorize(cloud, call, 'scheduler', [{ arn, tags }]);
  return { ...key, arn };
}

function existing(cloud: Cloud, key: ScheduleKey): Schedule {
  const schedule = cloud.scheduler.store.find(key);
  if (schedule === undefined) throw notFound(`Schedule ${key.name}`);
  return schedule;
}

function definitionOf({ input }: Call): Definition {
  return input as unknown as Definition; // its form has been checked against the model
}

export const schedulerHandlers: Readonly<Record<string, Handler>> = {
  ...groupHandlers,

  CreateSchedule: (cloud, call) => {
    const key = admit(cloud, call);
    const definition = definitionOf(call);
    checkPassRole(cloud, call, definition.Target.RoleArn);
    const { store, tokens } = cloud.scheduler;
    if (store.group(key, key.group) === undefined) throw notFound(`Schedule group ${key.group}`);
    const found = store.find(key);
    // Without its schedule a token has no effect any longer: unverified, the more awkward of the two.
    if (tokens.repeated(call) && found !== undefined) return { ScheduleArn: key.arn };
    if (found !== undefined) throw conflict(`Schedule ${key.name} already exists.`);
    const now = cloud.agenda.time();
    const schedule = scheduleOf(key, definition, { createdAt: now, modifiedAt: now });
    checkSchedule(cloud, schedule);
    cloud.scheduler.put(schedule);
    tokens.used(call);
    return { ScheduleArn: key.arn };
  },

  GetSchedule: (cloud, call) => described(existing(cloud, admit(cloud, call))),

  UpdateSchedule: (cloud, call) => {
    const key = admit(cloud, call);
    const definition = definitionOf(call);
    checkPassRole(cloud, call, definition.Target.RoleArn);
    const { createdAt } = existing(cloud, key);
    const { tokens } = cloud.scheduler;
    if (tokens.repeated(call)) return { ScheduleArn: key.arn };
    const schedule = scheduleOf(key, definition, { createdAt, modifiedAt: cloud.agenda.time() });
    checkSchedule(cloud, schedule);
    cloud.scheduler.put(schedule);
    tokens.used(call);
    return { ScheduleArn: key.arn };
  },

  /** It is unverified whether a token makes the second deletion succeed: here it is not found. */
  DeleteSchedule: (cloud, call) => {
    cloud.scheduler.store.remove(existing(cloud, admit(cloud, call)));
    return {};
  },

  ListSchedules: (cloud, call) => {
    authorize(cloud, call, 'scheduler', [{ arn: '*' }]);
    const place = { accountId: call.caller.accountId, region: call.region };
    const group = optionalText(call, 'GroupName');
    const { store } = cloud.scheduler;
    if (group !== undefined && store.group(place, group) === undefined) throw notFound(`Schedule group ${group}`);
    const prefix = text(call, 'NamePrefix');
    const state = optionalText(call, 'State');
    const found = store
      .listed(place)
      .filter(
        (schedule) =>
          schedule.name.startsWith(prefix) &&
          (group === undefined || schedule.group === group) &&
          (state === undefined || schedule.state === state),
      );
    const { items, next } = page(call, found, ({ arn }) => arn, pageRules);
    return { Schedules: items.map(summarized), ...next };
  },
};
