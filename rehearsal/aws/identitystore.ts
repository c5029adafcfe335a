import { createHash } from 'node:crypto';

import type { Group, Instance, User } from '../estate.ts';
import { authorize } from './authorize.ts';
import { text, type Call } from './call.ts';
import { partitionOf, type Cloud, type Handler } from './cloud.ts';
import { page } from './pages.ts';
import { Refusal } from './refusal.ts';
import { pageRules, placeOf } from './sso/guards.ts';

type ResourceType = 'USER' | 'GROUP' | 'IDENTITY_STORE';

function notFound(type: ResourceType, id?: string): Refusal {
  const fields = { ResourceType: type, ...(id === undefined ? {} : { ResourceId: id }) };
  return new Refusal('ResourceNotFoundException', `${type} not found.`, { fields });
}

/**
 * The store that a call names, by ID or ARN, in the caller's Region; the permission is checked for store and entity
 * (docs/design/aws.md#permissions). Member accounts can send requests too [model].
 */
function admit(cloud: Cloud, call: Call, entity: string, more: readonly string[] = []): Instance {
  const id = text(call, 'IdentityStoreId').split('/').at(-1) ?? '';
  const instance = cloud.state.instances.find(({ identityStoreId }) => identityStoreId === id);
  const partition = instance === undefined ? 'aws' : partitionOf(instance);
  const storeArn = `arn:${partition}:identitystore::${instance?.ownerAccount ?? call.caller.accountId}:identitystore/${id}`;
  authorize(cloud, call, 'identitystore', [
    { arn: storeArn },
    ...[entity, ...more].map((name) => ({ arn: `arn:${partition}:identitystore:::${name}` })),
  ]);
  if (instance === undefined || placeOf(instance, call.region) === undefined) throw notFound('IDENTITY_STORE', id);
  return instance;
}

/**
 * The one attribute of a request; other paths than the documented ones are refused
 * (docs/design/aws.md#names-and-accounts).
 */
function attribute(call: Call, allowed: readonly string[]): { readonly path: string; readonly value: unknown } | null {
  const { UniqueAttribute } = call.input['AlternateIdentifier'] as {
    readonly UniqueAttribute?: { readonly AttributePath: string; readonly AttributeValue: unknown };
  };
  if (UniqueAttribute === undefined) return null; // no user or group in the estate has external IDs
  const { AttributePath: path, AttributeValue: value } = UniqueAttribute;
  if (!allowed.includes(path)) throw new Refusal('ValidationException', `The attribute path ${path} is not supported.`);
  return { path, value };
}

/** The store's IDs without an ARN before them. */
function bareId(call: Call, name: string): string {
  return text(call, name).split('/').at(-1) ?? '';
}

export const identityStoreHandlers: Readonly<Record<string, Handler>> = {
  GetUserId: (cloud, call) => {
    const instance = admit(cloud, call, 'user/*');
    const wanted = attribute(call, ['userName', 'emails.value']);
    // It is unverified whether case matters; here it does. Two users can share an address: the response is one of them.
    const found = [...cloud.state.users.values()].find(({ userName, emails = [] }) =>
      wanted?.path === 'userName' ? userName === wanted.value : emails.some((email) => email === wanted?.value),
    );
    if (found === undefined) throw notFound('USER');
    return { IdentityStoreId: instance.identityStoreId, UserId: found.id, UserArn: arnOf(instance, 'user', found.id) };
  },

  GetGroupId: (cloud, call) => {
    const instance = admit(cloud, call, 'group/*');
    const wanted = attribute(call, ['displayName']);
    const found = [...cloud.state.groups.values()].find(({ displayName }) => displayName === wanted?.value);
    if (found === undefined) throw notFound('GROUP');
    return {
      IdentityStoreId: instance.identityStoreId,
      GroupId: found.id,
      GroupArn: arnOf(instance, 'group', found.id),
    };
  },

  DescribeUser: (cloud, call) => {
    const id = bareId(call, 'UserId');
    const instance = admit(cloud, call, `user/${id}`);
    const user = cloud.state.users.get(id);
    if (user === undefined) throw notFound('USER', id);
    return userObject(instance, user);
  },

  DescribeGroup: (cloud, call) => {
    const id = bareId(call, 'GroupId');
    const instance = admit(cloud, call, `group/${id}`);
    const group = cloud.state.groups.get(id);
    if (group === undefined) throw notFound('GROUP', id);
    return groupObject(instance, group);
  },

  ListUsers: (cloud, call) => {
    const instance = admit(cloud, call, 'user/*');
    const value = filterValue(call, 'UserName');
    const users = [...cloud.state.users.values()].filter(({ userName }) => value === undefined || userName === value);
    const { items, next } = page(call, users, ({ id }) => id, pageRules);
    return { Users: items.map((user) => userObject(instance, user)), ...next };
  },

  ListGroups: (cloud, call) => {
    const instance = admit(cloud, call, 'group/*');
    const value = filterValue(call, 'DisplayName');
    const groups = [...cloud.state.groups.values()].filter(
      ({ displayName }) => value === undefined || displayName === value,
    );
    const { items, next } = page(call, groups, ({ id }) => id, pageRules);
    return { Groups: items.map((group) => groupObject(instance, group)), ...next };
  },

  ListGroupMembershipsForMember: (cloud, call) => {
    const { UserId = '' } = call.input['MemberId'] as { readonly UserId?: string };
    const id = UserId.split('/').at(-1) ?? '';
    const instance = admit(cloud, call, `user/${id}`, ['group/*', 'membership/*']);
    const user = cloud.state.users.get(id);
    if (user === undefined) throw notFound('USER', id);
    const groups = [...cloud.state.groups.values()].filter(({ members = [] }) =>
      members.some((member) => member === user.id || member === user.userName),
    );
    const { items, next } = page(call, groups, (group) => group.id, pageRules);
    return { GroupMemberships: items.map((group) => membershipObject(instance, group, id)), ...next };
  },
};

/** A membership's ID has the form of those of users and groups [model: ResourceId]. */
function membershipObject(instance: Instance, group: Group, userId: string): Record<string, unknown> {
  const hex = createHash('sha256').update(`${group.id} ${userId}`).digest('hex');
  return {
    IdentityStoreId: instance.identityStoreId,
    MembershipId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/u, '$1-$2-$3-$4-$5'),
    GroupId: group.id,
    MemberId: { UserId: userId },
  };
}

/** One filter, on one documented attribute [model: Filter]. */
function filterValue(call: Call, allowed: string): string | undefined {
  const filters = call.input['Filters'] as
    readonly { readonly AttributePath: string; readonly AttributeValue: string }[] | undefined;
  const [filter] = filters ?? [];
  if (filter !== undefined && filter.AttributePath !== allowed)
    throw new Refusal('ValidationException', `The attribute path ${filter.AttributePath} is not supported.`);
  return filter?.AttributeValue;
}

function userObject(instance: Instance, { id, userName, displayName, emails = [] }: User): Record<string, unknown> {
  return {
    IdentityStoreId: instance.identityStoreId,
    UserId: id,
    UserArn: arnOf(instance, 'user', id),
    Revision: '1',
    UserName: userName,
    ...(displayName === undefined ? {} : { DisplayName: displayName }),
    ...(emails.length === 0
      ? {}
      : { Emails: emails.map((value, index) => ({ Value: value, Type: 'work', Primary: index === 0 })) }),
    UserStatus: 'ENABLED',
  };
}

function groupObject(instance: Instance, { id, displayName }: Group): Record<string, unknown> {
  return {
    IdentityStoreId: instance.identityStoreId,
    GroupId: id,
    GroupArn: arnOf(instance, 'group', id),
    Revision: '1',
    DisplayName: displayName,
  };
}

function arnOf(instance: Instance, kind: 'user' | 'group', id: string): string {
  return `arn:${partitionOf(instance)}:identitystore:::${kind}/${id}`;
}
