import { describe, expect, test } from '@jest/globals';

import type { Grant } from '../../../src/access/grant.ts';
import type { Part } from '../../../src/access/request.ts';
import {
  allowed,
  asking,
  customRole,
  group,
  inScene,
  managementGroup,
  reader,
  servicePrincipal,
  subscription,
  user,
  type Scene,
  type Setting,
} from '../in-process.ts';

const prod = `${subscription(1)}/resourceGroups/payments-prod`;
const data = `${subscription(1)}/resourceGroups/Payments-Data`;
const storage = `${data}/providers/Microsoft.Storage/storageAccounts/paydata`;
const nobody = 'ffffffff-0000-4000-8000-000000000001';

/** Grants by IDs, without look-ups. */
async function grantsOf({ cloud, budget }: Scene, part: Part, values: readonly string[]): Promise<readonly Grant[]> {
  const of = (it: Part, otherwise: string): readonly string[] => (it === part ? values : [otherwise]);
  const request = asking(of('principal', `user:${user(1)}`), of('role', reader), of('target', prod), {
    allowPrivileged: true,
  });
  return (await cloud.resolve(request, budget)).grants;
}

/** Grants that no line covers, and the requests for the answer. */
async function left(
  part: Part,
  values: readonly string[],
  lines: readonly string[],
  setting: Setting = {},
): Promise<{ readonly ids: readonly string[]; readonly requests: readonly string[] }> {
  const found: { ids?: readonly string[]; requests?: readonly string[] } = {};
  await inScene(setting, async (scene) => {
    const grants = await grantsOf(scene, part, values);
    const { value, requests } = await scene.during(() =>
      scene.cloud.uncovered(part, allowed(part, ...lines), grants, scene.budget),
    );
    found.ids = value.map(({ id }) => id);
    found.requests = requests.map(({ operation }) => operation);
  });
  return { ids: found.ids ?? [], requests: found.requests ?? [] };
}

describe('principals', () => {
  const alice = `user:${user(1)}`;
  const carol = `user:${user(3)}`;
  const onCall = `group:${group(1)}`;
  const deploy = `service-principal:${servicePrincipal('01')}`;

  test.each<[string, readonly string[], readonly string[]]>([
    ['its id with its type', [alice, onCall], [`user:${user(1).toUpperCase()}`, `group:${group(1)}`]],
    ['its id alone', [alice, onCall], [user(1), group(1)]],
  ])('are covered by %s, without asking the directory', async (_, values, lines) => {
    expect(await left('principal', values, lines, { azure: { graphPermissions: 'none' } })).toEqual({
      ids: [],
      requests: [],
    });
  });

  test.each<[string, string, string]>([
    ['a user’s principal name', alice, 'user:alice@example.com'],
    ['that in another letter case', alice, 'user:Alice@Example.com'],
    ['a guest’s mail address', carol, 'user:carol@partner.com'],
    ['a wildcard in it', carol, 'user:*@partner.com'],
    ['a group’s name', onCall, 'group:Payments On-Call'],
    ['a wildcard in that', onCall, 'group:Payments*'],
    ['any group', onCall, 'group:**'],
    ['a service principal’s name', deploy, 'service-principal:deploy-*'],
    ['a client id', deploy, 'app:a9900000-0000-4000-8000-000000000001'],
  ])('given by ID are covered by their current name: %s', async (_, value, line) => {
    const looked = line.includes('*') || line.startsWith('app:') ? [] : [line.startsWith('user:') ? 'users' : 'groups'];
    // A name in full is looked up as for `principal`: a second principal can have it too.
    const lists = looked.flatMap((of) => (of === 'users' ? ['users.list', 'users.list'] : ['groups.list']));
    expect(await left('principal', [value], [line])).toEqual({ ids: [], requests: ['getByIds', ...lists] });
  });

  test('by a name that two have are refused with both IDs: an attacker can give a group the name of another', async () => {
    const twins: Setting = {
      estate: (estate) => ({
        ...estate,
        groups: estate.groups.map((one) => (one.id === group(2) ? { ...one, displayName: 'Payments On-Call' } : one)),
      }),
    };
    const asking = left('principal', [`group:${group(2)}`], ['group:Payments On-Call'], twins);
    await expect(asking).rejects.toThrow(/allowed-principals has "Payments On-Call", which is the name of 2 objects/u);
    await expect(asking).rejects.toThrow(new RegExp(`${group(1)}.*${group(2)}|${group(2)}.*${group(1)}`, 'u'));
    expect((await left('principal', [`group:${group(2)}`], [`group:${group(2)}`], twins)).ids).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['another type of the same id', onCall, `user:${group(1)}`],
    ['another type of the same name', onCall, 'service-principal:Payments On-Call'],
    ['a name that only begins alike', onCall, 'group:Payments'],
    ['characters that match only themselves, dots included', carol, 'user:carol@partnerXcom'],
    ['a wildcard in another place', alice, 'user:*@partner.com'],
    ['a display name of a user', alice, 'user:Alice Liddell'],
    ['another client id', deploy, 'app:a9900000-0000-4000-8000-000000000002'],
    ['a type that was said and is not the real one', `user:${group(1)}`, 'group:Payments*'],
    ['a name that is not in the directory', `user:${nobody}`, 'user:**'],
  ])('are not covered by %s', async (_, value, line) => {
    expect((await left('principal', [value], [line])).ids).toEqual([value.split(':')[1]]);
  });

  test('that were renamed since the line was written are not covered', async () => {
    const renamed: Setting = {
      estate: (estate) => ({
        ...estate,
        groups: estate.groups.map((one) => (one.id === group(1) ? { ...one, displayName: 'Payments Former' } : one)),
      }),
    };
    expect((await left('principal', [onCall], ['group:Payments On-Call'], renamed)).ids).toEqual([group(1)]);
  });

  test('need the fewest requests, and only for those that IDs do not decide', async () => {
    const { ids, requests } = await left(
      'principal',
      [alice, carol, onCall, deploy],
      [`user:${user(1)}`, 'user:*@partner.com', 'group:Pay*'],
    );
    expect([ids, requests]).toEqual([[servicePrincipal('01')], ['getByIds']]);
  });

  test('whose names are not readable are an error, and never covered', async () => {
    await expect(
      left('principal', [onCall], ['group:**'], { azure: { graphPermissions: 'none' } }),
    ).rejects.toMatchObject({
      failure: { kind: 'denied' },
    });
    await expect(left('principal', [onCall], ['group:**'], { azure: { graphPermissions: 'limited' } })).rejects.toThrow(
      /does not show the name of the Group/u,
    );
    await expect(left('principal', [onCall], ['group:**'], { azure: { withoutGraph: true } })).rejects.toThrow(
      /has no Microsoft Graph that this action can ask/u,
    );
    // Nothing that could be hidden is asked about a user.
    expect((await left('principal', [onCall], ['user:**'], { azure: { graphPermissions: 'limited' } })).ids).toEqual([
      group(1),
    ]);
  });

  test('of a thousand need few responses of limited length', async () => {
    const many = Array.from(
      { length: 250 },
      (_, index) => `6a000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    const setting: Setting = {
      estate: (estate) => ({
        ...estate,
        groups: [
          ...estate.groups,
          ...many.map((id, index) => ({ id, displayName: index === 249 ? 'Other' : `Team ${index}` })),
        ],
      }),
    };
    const { ids, requests } = await left(
      'principal',
      many.map((id) => `group:${id}`),
      ['group:Team *'],
      setting,
    );
    expect([ids, requests]).toEqual([[many[249]], ['getByIds', 'getByIds', 'getByIds']]);
  });
});

describe('targets', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['the scope itself in any letter case', [prod], [prod.toUpperCase()]],
    ['a scope above', [prod, storage, subscription(1)], [subscription(1)]],
    ['a subscription’s id', [prod], [`subscription:${subscription(1).slice(-36)}`]],
    ['the root', [prod, '/', managementGroup('mg-payments')], ['/']],
    [
      'a resource group’s name',
      [prod, data, storage],
      ['resource-group:PAYMENTS-prod', 'resource-group:payments-data'],
    ],
    ['a wildcard in that', [prod, storage], ['resource-group:pay*']],
    ['the management group itself', [managementGroup('mg-payments')], [managementGroup('MG-PAYMENTS')]],
  ])('are covered by %s, without a request', async (_, values, lines) => {
    expect(await left('target', values, lines)).toEqual({ ids: [], requests: [] });
  });

  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['a subscription’s name', [prod, subscription(1)], ['subscription:payments-prod'], ['subscriptions.list']],
    ['a wildcard in that', [prod, subscription(2)], ['subscription:payments-*'], ['subscriptions.list']],
    ['a wildcard that two have', [subscription(3), subscription(4)], ['subscription:sand*'], ['subscriptions.list']],
    [
      'a management group above',
      [prod, managementGroup('mg-payments')],
      [managementGroup('mg-platform')],
      ['managementGroups.descendants'],
    ],
    ['its id', [prod], ['management-group:mg-platform'], ['managementGroups.list', 'managementGroups.descendants']],
    [
      'its name',
      [prod, subscription(2)],
      ['management-group:Payments'],
      ['managementGroups.list', 'managementGroups.descendants'],
    ],
    [
      'a wildcard in its name',
      [prod],
      ['management-group:Plat*'],
      ['managementGroups.list', 'managementGroups.descendants'],
    ],
  ])('are covered by %s', async (_, values, lines, requests) => {
    expect(await left('target', values, lines)).toEqual({ ids: [], requests });
  });

  test.each<[string, string, string]>([
    ['a scope below', subscription(1), prod],
    ['a scope that only begins alike', `${prod}-2`, prod],
    [
      'a resource group of that name elsewhere',
      `${subscription(2)}/resourceGroups/payments-prod`,
      'resource-group:payments-*',
    ],
    ['the subscription of a resource group', subscription(1), 'resource-group:**'],
    ['another subscription’s name', prod, 'subscription:payments-staging'],
    ['a name in another letter case', prod, 'subscription:PAYMENTS-*'],
    ['a different management group', managementGroup('mg-decoy'), managementGroup('mg-platform')],
    ['a management group below', managementGroup('mg-platform'), managementGroup('mg-payments')],
    ['a management group without it', subscription(4), 'management-group:Platform'],
    ['any management group', '/', 'management-group:**'],
    ['a subscription that cannot be seen', prod, 'subscription:nothing*'],
  ])('are not covered by %s', async (_, value, line) => {
    expect((await left('target', [value], [line])).ids).toEqual([value]);
  });

  test('are reported once each, and no others', async () => {
    const { ids } = await left('target', [prod, data, subscription(2)], [prod, 'subscription:payments-staging']);
    expect(ids).toEqual([data]);
  });

  test.each<[string, string, RegExp]>([
    ['a subscription’s name that two have', 'subscription:sandbox', /"sandbox" matches 2 subscriptions/u],
    [
      'the id of one management group and the name of another',
      'management-group:mg-payments',
      /matches 2 management groups/u,
    ],
  ])('are an error with %s', async (_, line, words) => {
    await expect(left('target', [prod], [line])).rejects.toThrow(words);
  });

  test('with a resource group need its subscription', async () => {
    await expect(left('target', [prod], ['resource-group:x'], { subscriptionId: null })).rejects.toThrow(
      /azure-subscription-id/u,
    );
  });

  test('whose place only Azure knows are an error where it is not readable', async () => {
    const azure = { callerRole: { permissions: [{ actions: ['Microsoft.Authorization/*'] }] } };
    await expect(left('target', [prod], [managementGroup('mg-platform')], { azure })).rejects.toMatchObject({
      failure: { kind: 'denied' },
    });
  });

  test('request no management group twice, nor one inside another that was requested', async () => {
    const { ids, requests } = await left(
      'target',
      [prod, subscription(4)],
      [managementGroup('mg-platform'), managementGroup('mg-payments'), managementGroup('MG-Platform')],
    );
    expect([ids, requests]).toEqual([[subscription(4)], ['managementGroups.descendants']]);
  });
});

describe('roles', () => {
  const owned = `${subscription(2)}/providers/Microsoft.Authorization/roleDefinitions/${reader.toUpperCase()}`;

  test.each<[string, readonly string[], readonly string[]]>([
    ['its GUID', [reader, customRole(1)], [reader.toUpperCase(), customRole(1)]],
    ['its id at another scope', [reader], [owned]],
    ['its name in any letter case', [reader], ['READER']],
    ['a wildcard in that', [reader], ['Read*']],
  ])('are covered by %s, without a request', async (_, values, lines) => {
    expect(await left('role', values, lines)).toEqual({ ids: [], requests: [] });
  });

  test('given by ID are covered by their current name', async () => {
    expect(await left('role', [customRole(1)], ['payments *'])).toEqual({ ids: [], requests: ['roleDefinitions.get'] });
  });

  test.each<[string, string, string]>([
    ['another GUID', reader, customRole(1)],
    ['another name', customRole(1), 'Payments'],
    ['a wildcard in another place', customRole(1), '*Payments'],
  ])('are not covered by %s', async (_, value, line) => {
    expect((await left('role', [value], [line])).ids).toEqual([expect.stringContaining(value)]);
  });

  test('that are not readable are an error by name', async () => {
    const azure = { callerRole: { permissions: [{ actions: ['Microsoft.Authorization/roleAssignments/*'] }] } };
    await expect(left('role', [customRole(1)], ['*'], { azure })).rejects.toMatchObject({
      failure: { kind: 'denied' },
    });
    expect((await left('role', [customRole(1)], [customRole(1)], { azure })).ids).toEqual([]);
  });
});
