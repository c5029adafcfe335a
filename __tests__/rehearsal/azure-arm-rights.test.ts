import { describe, expect, test } from '@jest/globals';

import type { CallerRole } from '../../rehearsal/azure/options.ts';
import {
  ALICE,
  assignments,
  BROKER,
  BROKER_APP,
  DEPLOYER,
  DISABLED,
  grant,
  GROUP,
  LOCKED,
  MANAGEMENT_GROUP,
  named,
  ON_CALL,
  outcome,
  roles,
  STAGING,
  STORAGE,
  SUBSCRIPTION,
  withArm,
} from './azure-arm-support.ts';

const ADMINISTRATOR = {
  permissions: [
    {
      actions: [
        'Microsoft.Authorization/roleAssignments/write',
        'Microsoft.Authorization/roleAssignments/delete',
        '*/read',
      ],
    },
  ],
} as const;

/** A condition that limits grants (docs/design/azure.md#conditions). */
const CONDITION = `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR
 (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roles.reader}, ${roles.blobReader}} AND
  @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User','Group'}))
AND
((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR
 (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roles.reader}, ${roles.blobReader}}))`;

describe("the caller's rights", () => {
  test.each<[string, CallerRole, string]>([
    ['nothing', { permissions: [] }, '403 403 403 403'],
    ['to read', { permissions: [{ actions: ['*/READ'] }] }, '200 403 403 200'],
    [
      'all but deleting',
      { permissions: [{ actions: ['*'], notActions: ['Microsoft.Authorization/*/Delete'] }] },
      '200 201 403 200',
    ],
    [
      'two permissions together',
      { permissions: [{ actions: ['*/read'] }, { actions: ['Microsoft.Authorization/*'] }] },
      '200 201 200 200',
    ],
    ['at a management group above', { ...ADMINISTRATOR, scopes: [MANAGEMENT_GROUP] }, '200 201 200 200'],
    ['in another subscription', { ...ADMINISTRATOR, scopes: [`/subscriptions/${STAGING}`] }, '403 403 403 403'],
    [
      'further down only',
      { ...ADMINISTRATOR, scopes: [`${GROUP}/providers/Microsoft.KeyVault/vaults/pay-keys`] },
      '403 403 403 403',
    ],
  ])('%s', (_, callerRole, statuses) =>
    withArm({ callerRole }, async ({ send, state }) => {
      state.add({ scope: GROUP, role: 'Reader', principalId: DEPLOYER, name: named(2) });
      const answers = [
        await send('GET', assignments(GROUP)),
        await send('PUT', assignments(GROUP, named(1)), grant(roles.reader, ALICE)),
        await send('DELETE', assignments(GROUP, named(2))),
        await send('GET', `${SUBSCRIPTION}/resourceGroups/payments-prod?api-version=2021-04-01`),
      ];
      expect(answers.map(({ status }) => status).join(' ')).toBe(statuses);
    }),
  );

  test('the refusal names client, object, action and scope; the journal keeps them', () =>
    withArm({ callerRole: { permissions: [{ actions: ['*/read'] }] } }, async ({ send, journal }) => {
      const refused = await send('PUT', assignments(GROUP, named(1)), grant(roles.reader, ALICE));
      const over = `${GROUP}/providers/Microsoft.Authorization/roleAssignments/${named(1)}`;
      expect(refused.body.error).toEqual({
        code: 'AuthorizationFailed',
        message:
          `The client '${BROKER_APP}' with object id '${BROKER}' does not have authorization to perform action ` +
          `'Microsoft.Authorization/roleAssignments/write' over scope '${over}' or the scope is invalid. ` +
          'If access was recently granted, please refresh your credentials.',
      });
      expect(journal.all()[0]).toMatchObject({
        service: 'arm',
        operation: 'roleAssignments.put',
        action: 'Microsoft.Authorization/roleAssignments/write',
        denied: over,
        principal: BROKER,
        status: 403,
        code: 'AuthorizationFailed',
        body: grant(roles.reader, ALICE),
      });
    }));

  test('lists of subscriptions hold those with rights at, above or below', () =>
    withArm({ callerRole: { ...ADMINISTRATOR, scopes: [STORAGE] } }, async ({ send }) => {
      const { body } = await send('GET', '/subscriptions?api-version=2022-12-01');
      expect(body.value?.map(({ displayName }) => displayName)).toEqual(['payments-prod']);
    }));
});

describe("the condition of the caller's own assignment", () => {
  test.each([
    ['a listed role for a user', grant(roles.reader, ALICE, { principalType: 'User' }), '201'],
    ['letter case', grant(roles.reader.toUpperCase(), ALICE, { principalType: 'user' }), '201'],
    ['another role', grant(roles.contributor, ALICE, { principalType: 'User' }), '403 AuthorizationFailed'],
    ['another type', grant(roles.reader, DEPLOYER, { principalType: 'ServicePrincipal' }), '403 AuthorizationFailed'],
    ['no type', grant(roles.reader, ALICE), '403 AuthorizationFailed'],
    ['a wrong type', grant(roles.reader, ALICE, { principalType: 'Group' }), '400 UnmatchedPrincipalType'],
    ['no JSON', '{', '403 AuthorizationFailed'],
  ])('on writing: %s', (_, body, expected) =>
    withArm({ callerRole: { ...ADMINISTRATOR, condition: CONDITION } }, async ({ send }) => {
      expect(outcome(await send('PUT', assignments(GROUP, named(1)), body))).toBe(expected);
    }),
  );

  test('on deleting, by the existing role; reading is free', () =>
    withArm({ callerRole: { ...ADMINISTRATOR, condition: CONDITION } }, async ({ send, state, journal }) => {
      state.add({ scope: GROUP, role: 'Reader', principalId: DEPLOYER, name: named(1) });
      state.add({ scope: GROUP, role: 'Contributor', principalId: DEPLOYER, name: named(2) });
      expect((await send('GET', assignments(GROUP))).status).toBe(200);
      expect((await send('DELETE', assignments(GROUP, named(1)))).status).toBe(200);
      const refused = await send('DELETE', assignments(GROUP, named(2)));
      expect(refused.status).toBe(403);
      expect(refused.body.error?.message).toContain(
        "does not have authorization or an ABAC condition not fulfilled to perform action 'Microsoft.Authorization/roleAssignments/delete'",
      );
      expect(journal.all().at(-1)?.denied).toContain(named(2));
      expect(state.has({ scope: GROUP, role: 'Contributor', principalId: DEPLOYER })).toBe(true);
    }));

  test('on deleting a missing assignment, at that scope: it does not apply', () =>
    withArm({ callerRole: { ...ADMINISTRATOR, condition: CONDITION } }, async ({ send, state }) => {
      state.add({ scope: GROUP, role: 'Reader', principalId: DEPLOYER, name: named(1) });
      expect((await send('DELETE', assignments(SUBSCRIPTION, named(1)))).status).toBe(403);
      expect((await send('DELETE', assignments(GROUP, named(2)))).status).toBe(403);
    }));

  test('one that excludes roles', () => {
    const condition =
      "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/*'}) OR @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] " +
      `ForAnyOfAllValues:GuidNotEquals {${roles.owner}, ${roles.userAccessAdministrator}})`;
    return withArm({ callerRole: { ...ADMINISTRATOR, condition } }, async ({ send }) => {
      const put = (guid: string): Promise<number> =>
        send('PUT', assignments(GROUP, named(1)), grant(guid, ON_CALL)).then(({ status }) => status);
      expect(await put(roles.owner)).toBe(403);
      expect(await put(roles.userAccessAdministrator)).toBe(403);
      expect(await put(roles.reader)).toBe(201);
    });
  });
});

describe('locks', () => {
  const locked = (scope: string, name: string, operation: string): unknown => ({
    code: 'ScopeLocked',
    message:
      `The scope '${scope}/providers/Microsoft.Authorization/roleAssignments/${name}' cannot perform ${operation} operation ` +
      `because following scope(s) are locked: '${LOCKED}'. Please remove the lock and try again.`,
  });

  test('against deletion block only that, absent assignments included', () =>
    withArm({}, async ({ send, state }) => {
      expect((await send('PUT', assignments(LOCKED, named(1)), grant(roles.reader, ALICE))).status).toBe(201);
      const refused = await send('DELETE', assignments(LOCKED, named(1)));
      expect(refused.status).toBe(409);
      expect(refused.body.error).toEqual(locked(LOCKED, named(1), 'delete'));
      expect((await send('DELETE', assignments(LOCKED, named(2)))).status).toBe(409);
      expect((await send('GET', assignments(LOCKED, named(1)))).status).toBe(200);
      state.unlock(LOCKED);
      expect((await send('DELETE', assignments(LOCKED, named(1)))).status).toBe(200);
    }));

  test('that make read-only block both', () =>
    withArm({}, async ({ send, state }) => {
      state.lock(LOCKED, 'ReadOnly');
      const refused = await send('PUT', assignments(LOCKED, named(1)), grant(roles.reader, ALICE));
      expect(refused.status).toBe(409);
      expect(refused.body.error).toEqual(locked(LOCKED, named(1), 'write'));
      expect((await send('DELETE', assignments(LOCKED, named(1)))).status).toBe(409);
    }));

  test('apply downwards, not upwards or sideways', () =>
    withArm({}, async ({ send, state }) => {
      for (const [scope, number] of [
        [SUBSCRIPTION, 1],
        [GROUP, 2],
        [STORAGE, 3],
      ] as const)
        state.add({ scope, role: 'Contributor', principalId: ALICE, name: named(number) });
      state.lock(STORAGE.split('/').slice(0, 5).join('/'), 'CanNotDelete');
      expect((await send('DELETE', assignments(STORAGE, named(3)))).status).toBe(409);
      expect((await send('DELETE', assignments(GROUP, named(2)))).status).toBe(200);
      expect((await send('DELETE', assignments(SUBSCRIPTION, named(1)))).status).toBe(200);
    }));
});

describe('missing scopes', () => {
  test.each([
    ['/subscriptions/99999999-2222-4333-8444-555555555501', '404 SubscriptionNotFound'],
    ['/subscriptions/payments-prod', '404 InvalidSubscriptionId'],
    [`${SUBSCRIPTION}/resourceGroups/none`, '404 ResourceGroupNotFound'],
    [`${GROUP}/providers/Microsoft.KeyVault/vaults/none`, '404 ResourceNotFound'],
    [`${STORAGE}/blobServices/default/containers/none`, '404 ResourceNotFound'],
    [`${GROUP}/providers/Microsoft.KeyVault/vaults`, '404 InvalidResourceType'],
    ['/subscription/x', '404 MissingSubscription'],
    ['/resourceGroups/payments-prod', '404 MissingSubscription'],
    [`${SUBSCRIPTION}/groups/payments-prod`, '404 MissingSubscription'],
    [`/${GROUP.replace('/resourceGroups', '//resourceGroups')}`, '404 MissingSubscription'],
    ['/providers/Microsoft.Management/managementGroups/none', '403 AuthorizationFailed'],
    ['/providers/Microsoft.Compute', '404 MissingSubscription'],
  ])('%s: %s', (scope, expected) =>
    withArm({}, async ({ send }) => {
      expect(outcome(await send('GET', assignments(scope)))).toBe(expected);
      expect(outcome(await send('PUT', assignments(scope, named(1)), grant(roles.reader, ALICE)))).toBe(expected);
      expect(outcome(await send('DELETE', assignments(scope, named(1))))).toBe(expected);
    }),
  );

  test('a disabled subscription is read-only', () =>
    withArm({}, async ({ send }) => {
      const scope = `/subscriptions/${DISABLED}`;
      expect((await send('GET', assignments(scope))).status).toBe(200);
      const refused = await send('PUT', assignments(scope, named(1)), grant(roles.reader, ALICE));
      expect(refused.status).toBe(409);
      expect(refused.body.error).toEqual({
        code: 'ReadOnlyDisabledSubscription',
        message:
          `The subscription '${DISABLED}' is disabled and therefore marked as read only. You cannot perform any write ` +
          'actions on this subscription until it is re-enabled.',
      });
      expect(outcome(await send('DELETE', assignments(scope, named(1))))).toBe('409 ReadOnlyDisabledSubscription');
    }));
});

test("the checks have ARM's order", () =>
  withArm({ callerRole: { permissions: [{ actions: ['*/read'] }] } }, async ({ send, state }) => {
    const put = (scope: string, headers = {}): Promise<string> =>
      send('PUT', assignments(scope, 'mine'), '{', headers).then(outcome);
    state.lock(LOCKED, 'ReadOnly');
    expect(await put(`${SUBSCRIPTION}/resourceGroups/none`, { authorization: undefined })).toBe(
      '401 AuthenticationFailed',
    );
    expect(await put(`${SUBSCRIPTION}/resourceGroups/none`)).toBe('404 ResourceGroupNotFound');
    expect(await put(LOCKED)).toBe('403 AuthorizationFailed');
  }));

test('a lock comes before the body', () =>
  withArm({}, async ({ send, state }) => {
    state.lock(LOCKED, 'ReadOnly');
    expect(outcome(await send('PUT', assignments(LOCKED, 'mine'), '{'))).toBe('409 ScopeLocked');
  }));
