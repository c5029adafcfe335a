import { describe, expect, test } from '@jest/globals';

import {
  ALICE,
  assignments,
  BOB,
  CONTAINER,
  DEPLOYER,
  EVERYONE_ON_CALL,
  filtered,
  GROUP,
  MANAGEMENT_GROUP,
  named,
  ON_CALL,
  outcome,
  roles,
  STAGING,
  STORAGE,
  SUBSCRIPTION,
  withArm,
  type Arm,
} from './azure-arm-support.ts';

const PLACES: readonly (readonly [scope: string, number: number])[] = [
  ['/', 1],
  [MANAGEMENT_GROUP, 2],
  [SUBSCRIPTION, 3],
  [GROUP, 4],
  [`/subscriptions/${STAGING}`, 5],
  [STORAGE, 6],
  [CONTAINER, 7],
  ['/providers/Microsoft.Management/managementGroups/mg-decoy', 8],
  ['/providers/Microsoft.Capacity', 9],
];

/** Alice has a role in many places, with numbered names. */
function spread({ state }: Arm): void {
  for (const [scope, number] of PLACES)
    state.add({ scope, role: 'Contributor', principalId: ALICE, name: named(number) });
}

async function listed({ send }: Arm, path: string): Promise<readonly number[]> {
  const { body } = await send('GET', path);
  return (body.value ?? [])
    .map(({ name }) => (name.startsWith('a0000000') ? Number(name.slice(-4)) : 0))
    .filter((number) => number > 0)
    .sort((one, other) => one - other);
}

describe('filters', () => {
  test.each([
    ['at, above and below a subscription', assignments(SUBSCRIPTION), [1, 2, 3, 4, 6, 7]],
    ['at and above a resource group', filtered(GROUP, 'atScope()'), [1, 2, 3, 4]],
    ['at and above a child resource', filtered(CONTAINER, 'atScope()'), [1, 2, 3, 6, 7]],
    ['at and above a management group', filtered(MANAGEMENT_GROUP, 'atScope()'), [1, 2]],
    ['of a principal around a resource group', filtered(GROUP, `principalId eq '${ALICE}'`), [1, 2, 3, 4]],
    [
      'of a principal around a management group',
      filtered(MANAGEMENT_GROUP, `principalId eq '${ALICE}'`),
      [1, 2, 3, 4, 5, 6, 7],
    ],
    ['of a principal in the whole tenant', filtered('/', `principalId eq '${ALICE}'`), [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['at the root', filtered('/', 'atScope()'), [1]],
    ['at and above reservations', filtered('/providers/Microsoft.Capacity', 'atScope()'), [1, 9]],
    ['a principal in capitals', filtered(GROUP, `principalId eq '${ALICE.toUpperCase()}'`), [1, 2, 3, 4]],
    ['of another principal', filtered(GROUP, `principalId eq '${DEPLOYER}'`), []],
  ])('%s', (_, path, numbers) =>
    withArm({}, async (arm) => {
      spread(arm);
      expect(await listed(arm, path)).toEqual(numbers);
    }),
  );

  test('principalId is direct, assignedTo includes groups of groups', () =>
    withArm({}, async (arm) => {
      arm.state.add({ scope: SUBSCRIPTION, role: 'Contributor', principalId: ON_CALL, name: named(1) });
      arm.state.add({ scope: GROUP, role: 'Contributor', principalId: EVERYONE_ON_CALL, name: named(2) });
      arm.state.add({ scope: GROUP, role: 'Contributor', principalId: DEPLOYER, name: named(3) });
      arm.state.add({ scope: GROUP, role: 'Contributor', principalId: BOB, name: named(4) });
      expect(await listed(arm, filtered(GROUP, `principalId eq '${DEPLOYER}'`))).toEqual([3]);
      expect(await listed(arm, filtered(GROUP, `assignedTo('${DEPLOYER}')`))).toEqual([1, 2, 3]);
      expect(await listed(arm, filtered(SUBSCRIPTION, `atScope() and assignedTo('${DEPLOYER}')`))).toEqual([1]);
      expect(outcome(await arm.send('GET', filtered(GROUP, `assignedTo('${ON_CALL}')`)))).toBe('400 UnsupportedQuery');
    }));

  test.each([
    `atScope() and principalId eq '${ALICE}'`,
    `principalId eq '${ALICE}' and atScope()`,
    `principalId eq ${ALICE}`,
    `principalId eq 'alice'`,
    `principalId eq '${ALICE}' and roleDefinitionId eq '${roles.reader}'`,
    `principalId ne '${ALICE}'`,
    `roleDefinitionId eq '${roles.reader}'`,
    `assignedTo('${ALICE}') and atScope()`,
    'atScope',
  ])('%s is not supported', (filter) =>
    withArm({}, async ({ send }) => {
      const refused = await send('GET', filtered(GROUP, filter));
      expect(outcome(refused)).toBe('400 UnsupportedQuery');
      expect(refused.body.error?.message).toMatch(/^The filter '.+' is not supported\. Supported filters are either/);
    }),
  );

  test('the whole tenant is not listed without a filter', () =>
    withArm({}, async ({ send }) => {
      const refused = await send('GET', assignments('/'));
      expect(refused.body.error).toEqual({
        code: 'UnsupportedQuery',
        message: "The role assignments query at '/' scope is not allowed without any filters.",
      });
    }));
});

describe('pages', () => {
  test('follow one another to the end through absolute links of this server, one of them empty', () =>
    withArm({ pageSize: 3 }, async (arm) => {
      spread(arm);
      const names: string[] = [];
      const sizes: number[] = [];
      let path: string | undefined = filtered('/', `principalId eq '${ALICE}'`);
      while (path !== undefined) {
        const { body }: { body: { value?: readonly { name: string }[]; nextLink?: string } } = await arm.send(
          'GET',
          path,
        );
        sizes.push(body.value?.length ?? -1);
        names.push(...(body.value ?? []).map(({ name }) => name));
        expect(body.nextLink ?? arm.url).toMatch(new RegExp(`^${arm.url}`));
        path = body.nextLink?.slice(arm.url.length);
      }
      expect(sizes).toEqual([3, 0, 3, 3]);
      expect(names.sort()).toEqual(PLACES.map(([, number]) => named(number)));
    }));

  test('the SDK follows them', () =>
    withArm({ pageSize: 2 }, async (arm) => {
      spread(arm);
      const numbers: string[] = [];
      for await (const { name = '' } of arm.client.roleAssignments.listForScope(CONTAINER.slice(1), {
        filter: `principalId eq '${ALICE}'`,
      }))
        numbers.push(name);
      expect(numbers.sort()).toEqual([1, 2, 3, 6, 7].map(named));
      expect(arm.journal.of('roleAssignments.list').length).toBeGreaterThan(2);
    }));

  test('a token belongs to its list', () =>
    withArm({ pageSize: 1 }, async (arm) => {
      spread(arm);
      const { body } = await arm.send('GET', filtered(GROUP, `principalId eq '${ALICE}'`));
      const token = new URL(body.nextLink ?? '').searchParams.get('$skipToken') ?? '';
      const stolen = await arm.send('GET', `${filtered(GROUP, 'atScope()')}&$skipToken=${token}`);
      expect(outcome(stolen)).toBe('400 InvalidSkipToken');
    }));
});

describe('role definitions', () => {
  const definitions = (scope: string, filter?: string): string =>
    `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01` +
    (filter === undefined ? '' : `&$filter=${encodeURIComponent(filter)}`);

  test.each([
    ["roleName eq 'reader'", GROUP, ['Reader']],
    ["roleName eq 'Ops'' Role'", GROUP, ["Ops' Role"]],
    ["roleName eq 'Twin Role'", SUBSCRIPTION, ['Twin Role', 'Twin Role']],
    ["roleName eq 'Staging Operator'", SUBSCRIPTION, []],
    ["roleName eq 'Everything Custom'", STORAGE, ['Everything Custom']],
    ["roleName eq 'Everything Custom'", '/', []],
    ["atScopeAndBelow() and roleName eq 'Staging Operator'", MANAGEMENT_GROUP, ['Staging Operator']],
    ["roleName eq 'Reader' and type eq 'CustomRole'", GROUP, []],
  ])('%s', (filter, scope, names) =>
    withArm({}, async ({ client }) => {
      const found: string[] = [];
      for await (const { roleName = '' } of client.roleDefinitions.list(scope === '/' ? '' : scope.slice(1), {
        filter,
      }))
        found.push(roleName);
      expect(found).toEqual(names);
    }),
  );

  test('by type', () =>
    withArm({}, async ({ send, estate }) => {
      const { body } = await send('GET', definitions(`/subscriptions/${STAGING}`, "type eq 'CustomRole'"));
      expect(body.value?.map(({ id }) => id.split('/').at(-1)).sort()).toEqual(
        estate.roleDefinitions
          .filter(({ name }) => name === 'Staging Operator' || name === 'Everything Custom')
          .map(({ id }) => id)
          .sort(),
      );
    }));

  test.each(["roleName eq 'Ops' Role'", 'roleName eq Reader', "roleName startswith 'R'", "roleName eq 'Reader' and "])(
    '%s is not supported',
    (filter) =>
      withArm({}, async ({ send }) => {
        expect(outcome(await send('GET', definitions(GROUP, filter)))).toBe('400 UnsupportedQuery');
      }),
  );

  test('a bare plus in a filter is a space', () =>
    withArm({}, async ({ send }) => {
      const { body } = await send('GET', `${definitions(GROUP)}&$filter=roleName+eq+'Network+Contributor'`);
      expect(body.value).toHaveLength(1);
    }));

  test('have the shape of the wire', () =>
    withArm({}, async ({ send, client }) => {
      const path = `${GROUP}/providers/Microsoft.Authorization/roleDefinitions/${roles.blobReader}`;
      const { body } = await send('GET', `${path}?api-version=2022-04-01`);
      expect(body).toMatchObject({
        id: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${roles.blobReader}`,
        type: 'Microsoft.Authorization/roleDefinitions',
        name: roles.blobReader,
        properties: {
          roleName: 'Storage Blob Data Reader',
          type: 'BuiltInRole',
          assignableScopes: ['/'],
          permissions: [
            {
              notActions: [],
              dataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'],
              notDataActions: [],
            },
          ],
        },
      });
      const custom = await client.roleDefinitions.getById(
        `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${roles.paymentsOperator}`,
      );
      expect(custom).toMatchObject({ roleType: 'CustomRole', assignableScopes: [SUBSCRIPTION] });
    }));

  test.each([
    ['a custom role where it is not assignable', `/subscriptions/${STAGING}`, roles.paymentsOperator],
    ['a custom role at the tenant', '', roles.paymentsOperator],
    ['one that does not exist', SUBSCRIPTION, named(1)],
  ])('%s is not found', (_, scope, guid) =>
    withArm({}, async ({ client }) => {
      await expect(client.roleDefinitions.get(scope.slice(1), guid)).rejects.toMatchObject({
        statusCode: 404,
        code: 'RoleDefinitionDoesNotExist',
      });
    }),
  );
});

describe('containers of resources', () => {
  test('subscriptions', () =>
    withArm(
      { visible: ['11111111-2222-4333-8444-555555555503', '11111111-2222-4333-8444-555555555505'] },
      async ({ send }) => {
        const { body } = await send('GET', '/subscriptions?api-version=2022-12-01');
        expect(body.value?.map(({ displayName }) => displayName).sort()).toEqual(['old', 'sandbox']);
        expect(body.value?.find(({ displayName }) => displayName === 'old')).toMatchObject({ state: 'Disabled' });
        const one = await send('GET', '/subscriptions/11111111-2222-4333-8444-555555555503?api-version=2022-12-01');
        expect(one.body).toMatchObject({
          id: '/subscriptions/11111111-2222-4333-8444-555555555503',
          subscriptionId: '11111111-2222-4333-8444-555555555503',
          displayName: 'sandbox',
          state: 'Enabled',
        });
        expect(outcome(await send('GET', `${SUBSCRIPTION}?api-version=2022-12-01`))).toBe('403 AuthorizationFailed');
        expect(outcome(await send('GET', assignments(GROUP)))).toBe('403 AuthorizationFailed');
      },
    ));

  test('resource groups, with the letter case that is stored', () =>
    withArm({}, async ({ send }) => {
      const found = await send('GET', `${SUBSCRIPTION}/resourcegroups/PAYMENTS-DATA?api-version=2021-04-01`);
      expect(found.body).toMatchObject({
        id: `${SUBSCRIPTION}/resourceGroups/Payments-Data`,
        name: 'Payments-Data',
        location: 'westeurope',
      });
      const missing = await send('GET', `${SUBSCRIPTION}/resourceGroups/none?api-version=2021-04-01`);
      expect(missing.status).toBe(404);
      expect(missing.body.error).toEqual({
        code: 'ResourceGroupNotFound',
        message: "Resource group 'none' could not be found.",
      });
    }));

  test('management groups', () =>
    withArm({}, async ({ send, estate }) => {
      const base = '/providers/Microsoft.Management/managementGroups';
      const { body } = await send('GET', `${base}?api-version=2020-05-01`);
      expect(body.value?.map(({ name }) => name).sort()).toEqual(estate.managementGroups.map(({ id }) => id).sort());
      const one = await send('GET', `${base}/MG-Payments?api-version=2021-04-01`);
      expect(one.body).toMatchObject({
        id: MANAGEMENT_GROUP,
        name: 'mg-payments',
        properties: { displayName: 'Payments', details: { parent: { name: 'mg-platform' } } },
      });
      // Not there and not allowed are one.
      expect(outcome(await send('GET', `${base}/none?api-version=2021-04-01`))).toBe('403 AuthorizationFailed');
    }));
});
