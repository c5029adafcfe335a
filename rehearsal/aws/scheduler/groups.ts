import { authorize } from '../authorize.ts';
import { text, timestamp, type Call } from '../call.ts';
import type { Cloud, Handler } from '../cloud.ts';
import { Refusal } from '../refusal.ts';
import { conflict, notFound } from './refusals.ts';
import { DEFAULT_GROUP, groupArn, type Group } from './schedule.ts';

function admit(cloud: Cloud, call: Call): Pick<Group, 'accountId' | 'region' | 'name' | 'arn'> {
  const place = { accountId: call.caller.accountId, region: call.region };
  const name = text(call, 'Name');
  const arn = groupArn(cloud.partition, place, name);
  authorize(cloud, call, 'scheduler', [{ arn, tags: cloud.scheduler.store.group(place, name)?.tags ?? {} }]);
  return { ...place, name, arn };
}

function existing(cloud: Cloud, call: Call): Group {
  const key = admit(cloud, call);
  const group = cloud.scheduler.store.group(key, key.name);
  if (group === undefined) throw notFound(`Schedule group ${key.name}`);
  return group;
}

function tagsOf({ input }: Call): Readonly<Record<string, string>> {
  const tags = input['Tags'] as readonly { readonly Key: string; readonly Value: string }[] | undefined;
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

export const groupHandlers: Readonly<Record<string, Handler>> = {
  CreateScheduleGroup: (cloud, call) => {
    const key = admit(cloud, call);
    const { store, tokens } = cloud.scheduler;
    const found = store.group(key, key.name);
    if (tokens.repeated(call) && found !== undefined) return { ScheduleGroupArn: key.arn };
    if (found !== undefined) throw conflict(`Schedule group ${key.name} already exists.`);
    store.putGroup({ ...key, tags: tagsOf(call), createdAt: cloud.agenda.time() });
    tokens.used(call);
    return { ScheduleGroupArn: key.arn };
  },

  GetScheduleGroup: (cloud, call) => {
    const { arn, name, createdAt } = existing(cloud, call);
    const created = timestamp(createdAt);
    return { Arn: arn, Name: name, State: 'ACTIVE', CreationDate: created, LastModificationDate: created };
  },

  /** The live service takes its time over it; here the group is gone at once, with its schedules. */
  DeleteScheduleGroup: (cloud, call) => {
    const group = existing(cloud, call);
    if (group.name === DEFAULT_GROUP)
      throw new Refusal('ValidationException', 'The default schedule group cannot be deleted.');
    cloud.scheduler.store.removeGroup(group);
    return {};
  },
};
