import { describe, expect, test } from '@jest/globals';

import {
  asking,
  brief,
  customRole,
  group,
  inScene,
  managementGroup,
  reader,
  subscription,
  user,
} from '../in-process.ts';

const data = `${subscription(1)}/resourceGroups/Payments-Data`;
const prod = `${subscription(1)}/resourceGroups/payments-prod`;

describe('lines', () => {
  test('multiply, principal by principal, target by target', () =>
    inScene({}, async ({ cloud, budget }) => {
      const request = asking([`user:${user(1)}`, `group:${group(1)}`], ['Reader', customRole(1)], [prod, data]);
      const { grants, notices, refusals } = await cloud.resolve(request, budget);
      expect(brief(grants)).toEqual(
        [user(1), group(1)].flatMap((principal) =>
          [prod, data].flatMap((target) =>
            ['Reader', 'Payments Operator'].map((role) => `${principal} | ${role} | ${target}`),
          ),
        ),
      );
      expect([notices, refusals]).toEqual([[], []]);
    }));

  test('that mean the same grant are one, and keep the name', () =>
    inScene({}, async ({ cloud, budget }) => {
      const request = asking(
        [`group:${group(1).toUpperCase()}`, 'group:Payments On-Call', 'group:payments on-call', group(1)],
        [
          reader,
          'reader',
          `${subscription(1)}/providers/Microsoft.Authorization/roleDefinitions/${reader.toUpperCase()}`,
        ],
        [subscription(1).toUpperCase(), 'subscription:payments-prod', 'subscription:payments-prod'],
      );
      const { grants } = await cloud.resolve(request, budget);
      expect(grants).toEqual([
        {
          kind: 'assignment',
          principal: { type: 'Group', id: group(1).toUpperCase(), name: 'Payments On-Call' },
          role: { id: expect.stringMatching(new RegExp(reader, 'iu')), name: 'Reader' },
          target: { id: subscription(1).toUpperCase(), name: 'payments-prod' },
        },
      ]);
    }));

  test('of one ID and two types are refused', () =>
    inScene({}, async ({ cloud, budget }) => {
      const request = asking([`group:${group(1)}`, `user:${group(1)}`], [reader], [prod]);
      await expect(cloud.resolve(request, budget)).rejects.toThrow(/is given as Group and as User/u);
    }));

  test('are refused together, with any faults', () =>
    inScene({}, async ({ cloud, budget }) => {
      const request = asking(
        ['group:Twin Group', 'group:Nobody', `user:${user(1)}`],
        ['Twin Role', 'No Such Role'],
        ['subscription:sandbox', 'management-group:Shared', prod],
      );
      const error = await cloud.resolve(request, budget).catch((it: unknown) => it);
      for (const words of [
        '6 faults:',
        'Twin Group',
        'Nobody',
        'Twin Role',
        'No Such Role',
        '"sandbox" matches 2',
        '"Shared" matches 2',
      ])
        expect((error as Error).message).toContain(words);
    }));

  test('of IDs without a type are looked up by one request', () =>
    inScene({}, async ({ cloud, budget, during }) => {
      const { value, requests } = await during(() =>
        cloud.resolve(asking([user(1), group(1), 'de000000-0000-4000-8000-000000000001'], [reader], [prod]), budget),
      );
      expect(value.grants.map((grant) => grant.kind === 'assignment' && grant.principal.type)).toEqual([
        'User',
        'Group',
        'Device',
      ]);
      expect(requests.map(({ operation }) => operation)).toEqual(['getByIds', 'checkMemberGroups']);
    }));
});

describe('exclusions', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['a scope in another letter case', [prod, data, `!${prod.toUpperCase()}`], [data]],
    ['a resource group by its name', [prod, data, '!resource-group:payments-prod'], [data]],
    ['a whole subscription', [prod, data, subscription(2), '!subscription:payments-prod'], [subscription(2)]],
    [
      'a whole resource group',
      [data, `${data}/providers/Microsoft.Storage/storageAccounts/paydata`, prod, `!${data}`],
      [prod],
    ],
    [
      'a management group with all below it',
      [prod, subscription(2), subscription(3), managementGroup('mg-payments'), '!management-group:Payments'],
      [subscription(3)],
    ],
    [
      'a management group above others',
      [managementGroup('mg-payments'), managementGroup('mg-decoy'), '!management-group:Platform'],
      [managementGroup('mg-decoy')],
    ],
    ['several', [prod, data, subscription(2), `!${prod}`, `!${subscription(2)}`], [data]],
    ['not a name that only begins alike', [`${prod}-2`, prod, `!${prod}`], [`${prod}-2`]],
  ])('take out %s', (_, targets, left) =>
    inScene({}, async ({ cloud, budget }) => {
      const { grants } = await cloud.resolve(asking([`user:${user(1)}`], [reader], targets), budget);
      expect(grants.map(({ target }) => target.id)).toEqual(left);
    }),
  );

  test.each<[string, readonly string[], RegExp]>([
    ['that match nothing', [prod, `!${data}`], /!.*Payments-Data" matches none/u],
    ['each by itself', [prod, data, `!${data}`, `!${subscription(2)}`], /!.*502" matches none/u],
    ['inside a target', [subscription(1), `!${prod}`], /is inside the target .*501\. .*Azure cannot leave a part out/u],
    [
      'of one target, and one inside another',
      [prod, subscription(1), `!${prod}`],
      /is inside the target .*501\. .*Azure cannot leave a part out/u,
    ],
    [
      'that leave nothing',
      [prod, data, `!${subscription(1)}`],
      /No target is left: all 2 are excluded by "!\/subscriptions/u,
    ],
    ['that leave nothing of one', [prod, '!/'], /No target is left: the only one is excluded by "!\/"/u],
    ['of an unknown name', [prod, '!subscription:nothing'], /can see no subscription named "nothing"/u],
  ])('are refused %s', (_, targets, words) =>
    inScene({}, async ({ cloud, budget }) => {
      const request = asking([`user:${user(1)}`], [reader], targets);
      await expect(cloud.resolve(request, budget)).rejects.toThrow(words);
    }),
  );

  test('look up the scopes below a management group only where IDs do not decide, and once', () =>
    inScene({}, async ({ cloud, budget, during }) => {
      const resolve = (targets: readonly string[]) =>
        during(() => cloud.resolve({ ...asking([`user:${user(1)}`], [reader], targets), operation: 'revoke' }, budget));
      const plain = await resolve(['/', managementGroup('mg-payments'), `!${managementGroup('MG-Payments')}`]);
      expect(plain.requests).toEqual([]);
      const asked = await resolve([prod, data, subscription(3), `!${managementGroup('mg-payments')}`]);
      expect(asked.requests.map(({ operation }) => operation)).toEqual(['managementGroups.descendants']);
    }));

  test('that cannot be looked up end it, with the missing action', () =>
    inScene(
      { azure: { callerRole: { permissions: [{ actions: ['Microsoft.Authorization/*'] }] } } },
      async ({ cloud, budget }) => {
        const request = asking([`user:${user(1)}`], [reader], [prod, `!${managementGroup('mg-payments')}`]);
        await expect(cloud.resolve(request, budget)).rejects.toMatchObject({
          failure: {
            kind: 'denied',
            hint: expect.stringContaining('Microsoft.Management/managementGroups/descendants/read'),
          },
        });
      },
    ));
});

describe('roles', () => {
  const groups = [1, 2, 3].map((number) => `${subscription(1)}/resourceGroups/app-${number}`);
  const withGroups = (azure: Parameters<typeof inScene>[0] = {}) => ({
    ...azure,
    estate: (estate: Parameters<NonNullable<typeof azure.estate>>[0]) => ({
      ...estate,
      resourceGroups: [
        ...estate.resourceGroups,
        ...[1, 2, 3].map((number) => ({
          subscription: subscription(1).slice(-36),
          name: `app-${number}`,
          location: 'x',
        })),
      ],
      roleDefinitions: [
        ...estate.roleDefinitions,
        {
          id: customRole(9),
          name: 'App Operator',
          type: 'CustomRole' as const,
          permissions: [{ actions: ['*/read'] }],
          assignableScopes: groups.slice(0, 2),
        },
      ],
    }),
  });
  const lookUps = (role: string, targets: readonly string[]) =>
    new Promise<readonly string[]>((resolve, reject) => {
      inScene(withGroups(), async ({ cloud, budget, during }) => {
        const { requests } = await during(() => cloud.resolve(asking([`user:${user(1)}`], [role], targets), budget));
        resolve(
          requests.map(
            ({ operation, url }) =>
              `${operation} ${decodeURIComponent(url ?? '').split('/providers/Microsoft.Auth')[0]}`,
          ),
        );
      }).catch(reject);
    });

  test.each([
    ['a built-in one by its name, once in a subscription', 'Key Vault Secrets User', [...groups, subscription(2)], 2],
    ['one of the whole subscription by its name', 'Payments Operator', groups, 1],
    ['one of a management group by its name', 'Everything Custom', groups, 1],
    ['one of a few scopes by its name', 'App Operator', groups.slice(0, 2), 2],
    ['one of the whole subscription by its GUID', customRole(1), groups, 1],
    ['one of a few scopes by its GUID', customRole(9), groups.slice(0, 2), 2],
    ['a well-known one by its GUID', reader, [...groups, subscription(2)], 0],
  ])('are looked up with the fewest requests: %s', async (_, role, targets, count) => {
    expect(await lookUps(role, targets)).toHaveLength(count);
  });

  test('that are assignable at some of the targets only are refused', () =>
    inScene(withGroups(), async ({ cloud, budget }) => {
      const request = asking([`user:${user(1)}`], ['App Operator'], groups);
      await expect(cloud.resolve(request, budget)).rejects.toThrow(
        /No role named "App Operator" can be assigned at \S+app-3\./u,
      );
    }));

  test('that do not exist are looked up once in a subscription', () =>
    inScene(withGroups(), async ({ cloud, budget, during }) => {
      const { requests } = await during(() =>
        cloud.resolve(asking([`user:${user(1)}`], ['No Such'], groups), budget).catch(() => null),
      );
      expect(requests).toHaveLength(2);
    }));

  test('have the ID of the subscription of each target, and of none above', () =>
    inScene({}, async ({ cloud, budget }) => {
      const targets = [subscription(1), subscription(2), managementGroup('mg-payments')];
      const { grants } = await cloud.resolve(asking([`user:${user(1)}`], ['Reader'], targets), budget);
      const id = `/providers/Microsoft.Authorization/roleDefinitions/${reader}`;
      expect(grants.map(({ role }) => role.id)).toEqual([`${subscription(1)}${id}`, `${subscription(2)}${id}`, id]);
    }));
});

describe('grants that need an explicit permission', () => {
  const request = (over: object = {}) =>
    asking(
      [`user:${user(1)}`, 'service-principal:access-broker'],
      ['Owner', customRole(2), 'Reader'],
      [prod, data],
      over,
    );

  test('are reported all at once, each once, and do not hide the grants', () =>
    inScene({}, async ({ cloud, budget }) => {
      const { grants, refusals } = await cloud.resolve(request(), budget);
      expect(grants).toHaveLength(12);
      expect(refusals.map(({ message }) => message)).toEqual([
        expect.stringContaining('is the identity that this job signs in as'),
        expect.stringContaining('"Owner"'),
        expect.stringContaining('"Access Helper"'),
      ]);
    }));

  test.each([{ allowPrivileged: true }, { operation: 'revoke' }] as const)('do not include %j', (over) =>
    inScene({}, async ({ cloud, budget }) => {
      expect((await cloud.resolve(request(over), budget)).refusals).toEqual([]);
    }),
  );
});
