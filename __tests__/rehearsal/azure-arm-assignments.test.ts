import { describe, expect, test } from '@jest/globals';

import {
  ALICE,
  assignments,
  BOB,
  BROKER,
  CONTAINER,
  DEPLOYER,
  grant,
  GROUP,
  MANAGEMENT_GROUP,
  named,
  ON_CALL,
  outcome,
  PROD,
  role,
  roles,
  STORAGE,
  SUBSCRIPTION,
  TENANT,
  withArm,
} from './azure-arm-support.ts';

describe('a role assignment through the SDK', () => {
  test('is created, read, updated in place and deleted', () =>
    withArm({}, async ({ client, state, journal }) => {
      const properties = { roleDefinitionId: role(roles.reader), principalId: ON_CALL, principalType: 'Group' };
      const scope = GROUP.slice(1);
      const created = await client.roleAssignments.create(scope, named(1), { ...properties, description: 'on call' });
      expect(created).toMatchObject({
        id: `${GROUP}/providers/Microsoft.Authorization/roleAssignments/${named(1)}`,
        name: named(1),
        type: 'Microsoft.Authorization/roleAssignments',
        scope: GROUP,
        roleDefinitionId: role(roles.reader),
        principalId: ON_CALL,
        principalType: 'Group',
        description: 'on call',
      });
      expect(created.createdBy).toBeNull();
      const read = await client.roleAssignments.get(scope, named(1));
      expect(read.createdBy).toBe(BROKER);
      expect(read.createdOn?.toISOString()).toBe(created.createdOn?.toISOString());

      const updated = await client.roleAssignments.create(scope, named(1), { ...properties, description: 'night' });
      expect(updated.description).toBe('night');
      expect(state.has({ scope: GROUP, role: 'Reader', principalId: ON_CALL.toUpperCase() })).toBe(true);

      expect((await client.roleAssignments.delete(scope, named(1))).id).toBe(created.id);
      expect((await client.roleAssignments.delete(scope, named(1))).id).toBeUndefined();
      await expect(client.roleAssignments.get(scope, named(1))).rejects.toMatchObject({
        statusCode: 404,
        code: 'RoleAssignmentNotFound',
      });
      expect(state.effectiveChanges().map(({ kind }) => kind)).toEqual(['create', 'update', 'delete']);
      expect(journal.all().map(({ operation, status }) => `${operation} ${status}`)).toEqual([
        'roleAssignments.put 201',
        'roleAssignments.get 200',
        'roleAssignments.put 201',
        'roleAssignments.delete 200',
        'roleAssignments.delete 204',
        'roleAssignments.get 404',
      ]);
    }));

  test('is found by its ID, with the double slash that the SDK makes', () =>
    withArm({}, async ({ client, state, journal }) => {
      const { id } = state.add({ scope: '/', role: 'Reader', principalId: ALICE });
      expect(id).toMatch(/^\/providers\/Microsoft\.Authorization\/roleAssignments\//);
      expect((await client.roleAssignments.getById(id)).principalId).toBe(ALICE);
      expect(journal.all()[0]?.url).toMatch(/^\/\/providers\//);
      await client.roleAssignments.deleteById(id.slice(1));
      expect(state.has({ scope: '/', role: 'Reader', principalId: ALICE })).toBe(false);
    }));
});

test.each([
  ['the tenant root', '/', '/providers/Microsoft.Authorization/roleDefinitions/'],
  ['a management group', MANAGEMENT_GROUP, '/providers/Microsoft.Authorization/roleDefinitions/'],
  ['a subscription', SUBSCRIPTION, `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/`],
  ['a resource group', GROUP, `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/`],
  ['a resource', STORAGE, `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/`],
  ['a child resource', CONTAINER, `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/`],
  ['an alias', '/providers/Microsoft.Subscription/aliases/new', '/providers/Microsoft.Authorization/roleDefinitions/'],
  ['reservations', '/providers/Microsoft.Capacity', '/providers/Microsoft.Authorization/roleDefinitions/'],
  ['savings plans', '/providers/Microsoft.BillingBenefits', '/providers/Microsoft.Authorization/roleDefinitions/'],
])("%s accepts a role assignment, and has its own form of the role's ID", (_, scope, prefix) =>
  withArm({}, async ({ send }) => {
    const made = await send('PUT', assignments(scope, named(1)), grant(roles.blobReader, ALICE));
    expect(outcome(made)).toBe('201');
    expect(made.body.properties).toMatchObject({ scope, roleDefinitionId: prefix + roles.blobReader });
    expect((await send('GET', assignments(scope, named(1)))).body.id).toBe(made.body.id);
  }),
);

test('letter case does not count, and responses have the stored one', () =>
  withArm({}, async ({ send }) => {
    const made = await send(
      'PUT',
      assignments(STORAGE.toLowerCase(), named(10).toUpperCase()),
      grant(roles.reader.toUpperCase(), ALICE.toUpperCase(), { principalType: 'user' }),
    );
    expect(made.body.properties).toMatchObject({ scope: STORAGE, principalId: ALICE, principalType: 'User' });
    expect(made.body.name).toBe(named(10));
    const again = await send('PUT', assignments(STORAGE, named(11)), grant(roles.reader, ALICE));
    expect(outcome(again)).toBe('409 RoleAssignmentExists');
    expect((await send('GET', assignments(STORAGE.toUpperCase(), named(10)))).status).toBe(200);
  }));

describe('unique properties', () => {
  test.each([
    [
      false,
      `The role assignment already exists. The ID of the existing role assignment is ${named(1).replaceAll('-', '')}.`,
    ],
    [true, 'The role assignment already exists.'],
  ])('the tuple, with any name (older text: %s)', (olderConflictText, message) =>
    withArm({ olderConflictText }, async ({ send, state }) => {
      await send('PUT', assignments(GROUP, named(1)), grant(roles.reader, ALICE));
      const again = await send('PUT', assignments(GROUP, named(2)), grant(roles.reader, ALICE));
      expect(again.status).toBe(409);
      expect(again.body.error).toEqual({ code: 'RoleAssignmentExists', message });
      expect(state.effectiveChanges()).toHaveLength(1);
    }),
  );

  test.each([
    ['another principal', GROUP, grant(roles.reader, BOB)],
    ['another role', GROUP, grant(roles.contributor, ALICE)],
    ['another scope', SUBSCRIPTION, grant(roles.reader, ALICE)],
    ['another subscription', '/subscriptions/11111111-2222-4333-8444-555555555502', grant(roles.reader, ALICE)],
  ])('the name in the whole tenant: not for %s', (_, scope, body) =>
    withArm({}, async ({ send }) => {
      await send('PUT', assignments(GROUP, named(1)), grant(roles.reader, ALICE));
      const again = await send('PUT', assignments(scope, named(1)), body);
      expect(again.status).toBe(400);
      expect(again.body.error).toEqual({
        code: 'RoleAssignmentUpdateNotPermitted',
        message: 'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      });
    }),
  );

  test('a PUT that changes nothing is 201 too, and not an effective change', () =>
    withArm({}, async ({ send, state }) => {
      const body = grant(roles.reader, ALICE, { description: 'same' });
      await send('PUT', assignments(GROUP, named(1)), body);
      expect((await send('PUT', assignments(GROUP, named(1)), body)).status).toBe(201);
      expect(state.effectiveChanges()).toHaveLength(1);
    }));

  test('an assignment of that name at another scope is not read or deleted', () =>
    withArm({}, async ({ send, state }) => {
      state.add({ scope: GROUP, role: 'Reader', principalId: ALICE, name: named(1) });
      expect(outcome(await send('GET', assignments(SUBSCRIPTION, named(1))))).toBe('404 RoleAssignmentNotFound');
      expect(outcome(await send('DELETE', assignments(SUBSCRIPTION, named(1))))).toBe('204');
      expect(state.has({ scope: GROUP, role: 'Reader', principalId: ALICE })).toBe(true);
    }));
});

describe('principals', () => {
  test.each([
    ['User', ALICE],
    ['Group', ON_CALL],
    ['ServicePrincipal', DEPLOYER],
    ['Device', 'de000000-0000-4000-8000-000000000001'],
  ])('the type %s is filled in', (type, id) =>
    withArm({}, async ({ send }) => {
      const made = await send('PUT', assignments(GROUP, named(1)), grant(roles.reader, id));
      expect(made.body.properties?.['principalType']).toBe(type);
    }),
  );

  test('a wrong type is refused in the words of the service', () =>
    withArm({}, async ({ send }) => {
      const refused = await send(
        'PUT',
        assignments(GROUP, named(1)),
        grant(roles.reader, DEPLOYER, { principalType: 'User' }),
      );
      expect(refused.status).toBe(400);
      expect(refused.body.error).toEqual({
        code: 'UnmatchedPrincipalType',
        message: `The PrincipalId '${DEPLOYER.replaceAll('-', '')}' has type 'ServicePrincipal' , which is different from specified PrinciaplType 'User'.`,
      });
    }));

  test.each([
    ["an application's client ID", 'a9900000-0000-4000-8000-000000000001'],
    ["an application's object ID", '0b1ec700-0000-4000-8000-000000000001'],
    ['nobody', '00000000-1111-4222-8333-444444444444'],
  ])('%s is not found', (_, id) =>
    withArm({}, async ({ send }) => {
      const refused = await send(
        'PUT',
        assignments(GROUP, named(1)),
        grant(roles.reader, id, { principalType: 'ServicePrincipal' }),
      );
      expect(outcome(refused)).toBe('400 PrincipalNotFound');
      expect(refused.body.error?.message).toMatch(
        new RegExp(`^Principal ${id.replaceAll('-', '')} does not exist in the directory ${TENANT}\\. Check that`),
      );
    }),
  );

  test('a new service principal replicates, unless its type is given; a new group replicates too', () =>
    withArm({ lag: { replicationMs: 20_000 } }, async ({ send, advance }) => {
      const put = (number: number, id: string, principalType?: string): Promise<string> =>
        send('PUT', assignments(GROUP, named(number)), grant(roles.reader, id, { principalType })).then(outcome);
      const application = '5e000000-0000-4000-8000-000000000005';
      const group = '96000000-0000-4000-8000-000000000007';
      expect(await put(1, application)).toBe('400 PrincipalNotFound');
      expect(await put(1, application, 'User')).toBe('400 PrincipalNotFound');
      expect(await put(1, application, 'ServicePrincipal')).toBe('201');
      expect(await put(2, group, 'Group')).toBe('400 PrincipalNotFound');
      await advance(20_000);
      expect(await put(2, group)).toBe('201');
    }));

  test('a foreign group is accepted with its declared type only', () =>
    withArm({}, async ({ send }) => {
      const id = 'f0000000-0000-4000-8000-000000000001';
      const put = (type?: string): Promise<string> =>
        send('PUT', assignments(GROUP, named(1)), grant(roles.reader, id, { principalType: type })).then(outcome);
      expect(await put()).toBe('400 PrincipalNotFound');
      expect(await put('Group')).toBe('400 UnmatchedPrincipalType');
      expect(await put('ForeignGroup')).toBe('201');
    }));
});

describe('role definitions in a PUT', () => {
  test.each([
    ['unknown', '00000000-1111-4222-8333-444444444444', GROUP],
    ['assignable only in another subscription', roles.stagingOperator, GROUP],
    ['assignable only further down', roles.paymentsOperator, MANAGEMENT_GROUP],
  ])('one that is %s does not exist', (_, guid, scope) =>
    withArm({}, async ({ send }) => {
      const refused = await send('PUT', assignments(scope, named(1)), grant(guid, ALICE));
      expect(refused.status).toBe(400);
      expect(refused.body.error).toEqual({
        code: 'RoleDefinitionDoesNotExist',
        message: `The specified role definition with ID '${guid.replaceAll('-', '')}' does not exist.`,
      });
    }),
  );

  test('a custom role is assignable below its assignable scope', () =>
    withArm({}, async ({ send }) => {
      expect((await send('PUT', assignments(CONTAINER, named(1)), grant(roles.paymentsOperator, ALICE))).status).toBe(
        201,
      );
    }));

  test.each([
    ['a bare GUID', roles.reader, 'BadRequestFormat'],
    ['a name', role('Reader'), 'InvalidRoleDefinitionId'],
    ['nothing', undefined, 'BadRequestFormat'],
  ])('%s is not the ID of a role definition', (_, roleDefinitionId, code) =>
    withArm({}, async ({ send }) => {
      const body = { properties: { roleDefinitionId, principalId: ALICE } };
      expect(outcome(await send('PUT', assignments(GROUP, named(1)), body))).toBe(`400 ${code}`);
    }),
  );
});

describe('bodies', () => {
  test.each([
    ['an unknown property', { properties: { ...grant(roles.reader, ALICE).properties, expires: 'soon' } }, 'expires'],
    ['an unknown member', { ...grant(roles.reader, ALICE), location: 'westeurope' }, 'location'],
    ['an unknown type', grant(roles.reader, ALICE, { principalType: 'Robot' }), 'Robot'],
    ['a number for a text', grant(roles.reader, ALICE, { description: 7 }), 'properties.description'],
    ['no JSON', '{', 'JSON'],
  ])('%s is refused', (_, body, told) =>
    withArm({}, async ({ send, state }) => {
      const refused = await send('PUT', assignments(GROUP, named(1)), body);
      expect(outcome(refused)).toBe('400 InvalidRequestContent');
      expect(refused.body.error?.message).toContain(told);
      expect(state.effectiveChanges()).toEqual([]);
    }),
  );

  test('null counts as absent', () =>
    withArm({}, async ({ send }) => {
      const body = grant(roles.reader, ALICE, { description: null, condition: null, principalType: null });
      expect((await send('PUT', assignments(GROUP, named(1)), body)).status).toBe(201);
    }));

  test('the name and the principal are GUIDs, the scope is that of the path', () =>
    withArm({}, async ({ send }) => {
      const body = grant(roles.reader, ALICE);
      expect(outcome(await send('PUT', assignments(GROUP, 'mine'), body))).toBe('400 InvalidRoleAssignmentId');
      expect(outcome(await send('PUT', assignments(GROUP, named(1)), grant(roles.reader, 'alice')))).toBe(
        '400 InvalidPrincipalId',
      );
      const elsewhere = grant(roles.reader, ALICE, { scope: SUBSCRIPTION });
      expect(outcome(await send('PUT', assignments(GROUP, named(1)), elsewhere))).toBe(
        '400 InvalidCreateRoleAssignmentRequest',
      );
      expect(outcome(await send('PUT', assignments(GROUP, named(1)), body, { 'content-type': 'text/plain' }))).toBe(
        '415 UnsupportedMediaType',
      );
    }));
});

describe('lags', () => {
  test('a PUT is visible late, and conflicts at once', () =>
    withArm({ lag: { readMs: 4000 } }, async ({ send, advance, client, state }) => {
      await send('PUT', assignments(GROUP, named(1)), grant(roles.reader, ALICE));
      const listed = async (): Promise<number> => {
        let count = 0;
        for await (const { name } of client.roleAssignments.listForScope(GROUP.slice(1), {
          filter: `principalId eq '${ALICE}'`,
        }))
          if (name === named(1)) count += 1;
        return count;
      };
      expect(state.has({ scope: GROUP, role: 'Reader', principalId: ALICE })).toBe(true);
      expect((await send('GET', assignments(GROUP, named(1)))).status).toBe(404);
      expect(await listed()).toBe(0);
      expect((await send('PUT', assignments(GROUP, named(2)), grant(roles.reader, ALICE))).status).toBe(409);
      await advance(4000);
      expect(await listed()).toBe(1);
      expect((await send('GET', assignments(GROUP, named(1)))).status).toBe(200);
    }));

  test('a deleted assignment is still visible for a while', () =>
    withArm({ lag: { deleteMs: 3000 } }, async ({ send, advance, state }) => {
      state.add({ scope: GROUP, role: 'Reader', principalId: ALICE, name: named(1) });
      expect((await send('DELETE', assignments(GROUP, named(1)))).status).toBe(200);
      expect((await send('GET', assignments(GROUP, named(1)))).status).toBe(200);
      expect((await send('DELETE', assignments(GROUP, named(1)))).status).toBe(204);
      await advance(3000);
      expect((await send('GET', assignments(GROUP, named(1)))).status).toBe(404);
    }));
});

describe('limits', () => {
  test('a subscription holds a limited number, below it too; those above do not count', () =>
    withArm({ limits: { perSubscription: 4 } }, async ({ send, state }) => {
      const there = state.assignments().filter(({ scope }) => scope.startsWith(SUBSCRIPTION)).length;
      for (let number = there; number < 4; number += 1)
        state.add({ scope: STORAGE, role: 'Reader', principalId: named(number) });
      const refused = await send('PUT', assignments(GROUP, named(9)), grant(roles.reader, ALICE));
      expect(outcome(refused)).toBe('400 RoleAssignmentLimitExceeded');
      expect((await send('PUT', assignments(MANAGEMENT_GROUP, named(9)), grant(roles.reader, ALICE))).status).toBe(201);
    }));

  test('a management group holds a limited number of its own', () =>
    withArm({ limits: { perManagementGroup: 2 } }, async ({ send }) => {
      const put = (number: number, guid: string): Promise<string> =>
        send('PUT', assignments(MANAGEMENT_GROUP, named(number)), grant(guid, ALICE)).then(outcome);
      expect(await put(1, roles.contributor)).toBe('201');
      expect(await put(2, roles.owner)).toBe('400 RoleAssignmentLimitExceeded');
      expect(await put(1, roles.contributor)).toBe('201');
    }));
});

test('an identity of another tenant is visible only to a caller that names the tenant', () =>
  withArm({}, async ({ send, state }) => {
    const identity = `/subscriptions/${PROD}/resourceGroups/x/providers/Microsoft.ManagedIdentity/userAssignedIdentities/far`;
    const body = grant(roles.reader, named(77), { delegatedManagedIdentityResourceId: identity });
    const wrong = grant(roles.reader, named(77), { delegatedManagedIdentityResourceId: 'far' });
    expect(outcome(await send('PUT', assignments(GROUP, named(1)), wrong))).toBe('400 BadRequestFormat');
    expect((await send('PUT', assignments(GROUP, named(1)), body)).status).toBe(201);
    expect((await send('PUT', assignments(GROUP, named(2)), body)).status).toBe(409);
    expect((await send('GET', assignments(GROUP, named(1)))).status).toBe(404);
    expect((await send('GET', assignments(GROUP, named(1), `&tenantId=${TENANT}`))).status).toBe(200);
    expect((await send('DELETE', assignments(GROUP, named(1)))).status).toBe(204);
    expect(state.has({ scope: GROUP, role: 'Reader', principalId: named(77) })).toBe(true);
    expect((await send('DELETE', assignments(GROUP, named(1), `&tenantId=${TENANT}`))).status).toBe(200);
  }));

test('the last administrator of a subscription stays, with the option for it', () =>
  withArm({ keepLastAdministrator: true }, async ({ send, state }) => {
    for (const { scope, roleDefinitionId, id } of state.assignments())
      if (scope === SUBSCRIPTION && roleDefinitionId !== roles.reader) state.remove(id);
    state.add({ scope: SUBSCRIPTION, role: 'Owner', principalId: ALICE, name: named(1) });
    state.add({ scope: SUBSCRIPTION, role: 'Contributor', principalId: ALICE, name: named(2) });
    const refused = await send('DELETE', assignments(SUBSCRIPTION, named(1)));
    expect(refused.body.error?.message).toBe('Cannot delete the last RBAC admin assignment');
    expect((await send('DELETE', assignments(SUBSCRIPTION, named(2)))).status).toBe(200);
    state.add({ scope: SUBSCRIPTION, role: 'User Access Administrator', principalId: BOB });
    expect((await send('DELETE', assignments(SUBSCRIPTION, named(1)))).status).toBe(200);
  }));
