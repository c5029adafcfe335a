import { describe, expect, test } from '@jest/globals';

import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import {
  ALICE,
  assignments,
  BROKER,
  grant,
  GROUP,
  MANAGEMENT_GROUP,
  named,
  ON_CALL,
  outcome,
  roles,
  STORAGE,
  SUBSCRIPTION,
  withArm,
} from './azure-arm-support.ts';
import { body, HOUR, MINUTE, path, put, reader, request, withPim } from './azure-pim-support.ts';

const allowed = (...actions: readonly string[]): AzureOptions => ({
  callerRole: { permissions: [{ actions }] },
  pim: { hidesPermanent: true },
});
const GROUPS = 'Microsoft.Resources/subscriptions/resourceGroups/read';

describe('filters', () => {
  test.each([
    ['', ['group', 'managementGroup', 'mine', 'resource', 'subscription']],
    ['atScope()', ['managementGroup', 'subscription']],
    [`principalId eq '${ON_CALL}'`, ['group', 'managementGroup', 'subscription']],
    [`(principalId eq '${ON_CALL}')`, ['group', 'managementGroup', 'subscription']],
    [`assignedTo('${ALICE}')`, ['group', 'managementGroup', 'resource', 'subscription']],
    [`atScope() and assignedTo('${ALICE}')`, ['managementGroup', 'subscription']],
    ['asTarget()', ['mine']],
  ])('%s', (filter, expected) =>
    withPim({ pim: { hidesPermanent: true }, pageSize: 2 }, async ({ client, pim }) => {
      const places: Readonly<Record<string, string>> = Object.fromEntries(
        [
          ['managementGroup', MANAGEMENT_GROUP, ON_CALL],
          ['subscription', SUBSCRIPTION, ON_CALL],
          ['group', GROUP, ON_CALL],
          ['resource', STORAGE, ALICE],
          ['mine', GROUP, BROKER],
        ].map(([place = '', scope = '', principalId = '']) => [
          pim.add({ scope, role: 'Reader', principalId }).name,
          place,
        ]),
      );
      const of = async (rows: AsyncIterable<{ readonly name?: string }>): Promise<readonly string[]> => {
        const found: string[] = [];
        for await (const { name = '' } of rows) found.push(places[name] ?? name);
        return found.sort();
      };
      const schedules = client.roleAssignmentSchedules;
      expect(await of(schedules.listForScope(SUBSCRIPTION.slice(1), filter === '' ? {} : { filter }))).toEqual(
        expected,
      );
    }),
  );

  test('an unknown one', () =>
    withPim({}, async ({ send }) => {
      for (const kind of ['roleAssignmentScheduleRequests', 'roleAssignmentSchedules'] as const)
        expect(outcome(await send('GET', path(kind, GROUP, '', "status eq 'Provisioned'")))).toBe(
          '400 UnsupportedQuery',
        );
    }));

  test('access through a group is marked as that', () =>
    withPim({ pim: { hidesPermanent: true } }, async ({ client, pim }) => {
      pim.add(reader);
      const members: unknown[] = [];
      for await (const one of client.roleAssignmentScheduleInstances.listForScope(GROUP.slice(1), {
        filter: `assignedTo('${ALICE}')`,
      }))
        members.push([one.memberType, one.principalId]);
      expect(members).toEqual([['Group', ON_CALL]]);
    }));

  test('requests are listed for 45 days, and by who made them', () =>
    withPim({}, async (arm) => {
      arm.pim.add({ ...reader, endAt: arm.now() + 10 * MINUTE });
      await arm.advance(10 * MINUTE);
      await put(arm, 1, 'AdminAssign');
      const names = async (filter: string): Promise<readonly string[]> =>
        ((await arm.send('GET', path('roleAssignmentScheduleRequests', GROUP, '', filter))).body.value ?? []).map(
          ({ name }) => name,
        );
      expect(await names('atScope()')).toHaveLength(2);
      expect(await names('asRequestor()')).toEqual([request(1)]);
      expect(await names('asApprover()')).toEqual([]);
      await arm.advance(45 * 24 * HOUR);
      expect(await names('atScope()')).toEqual([]);
    }));
});

describe('missing rights of the caller', () => {
  const WRITES = 'Microsoft.Authorization/roleAssignmentScheduleRequests/write';
  const PLAIN = 'Microsoft.Authorization/roleAssignments/write';

  test.each<readonly [string, AzureOptions, string]>([
    ['no rights', allowed(), '403 AuthorizationFailed'],
    ['the role that can assign roles', allowed(PLAIN, '*/read'), '403 AuthorizationFailed'],
    ['an unreadable group', allowed(WRITES, PLAIN), '403 AuthorizationFailed'],
    ['no right to role assignments', allowed(WRITES, GROUPS), '400 InsufficientPermissions'],
    ['all needed rights', allowed(WRITES, PLAIN, GROUPS), '201'],
    [
      'a condition, which no request fulfils',
      {
        callerRole: {
          permissions: [{ actions: ['*'] }],
          condition: `((!(ActionMatches{'${PLAIN}'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roles.reader}}))`,
        },
      },
      '400 InsufficientPermissions',
    ],
  ])('%s', (_, options, expected) =>
    withPim(options, async (arm) => {
      const answer = await put(arm, 1, 'AdminAssign');
      expect(outcome(answer)).toBe(expected);
      if (expected === '400 InsufficientPermissions')
        expect(answer.body.error?.message).toBe(`The requestor ${BROKER} does not have permissions for this request.`);
    }),
  );

  test.each([
    ['GET', 'roleAssignmentScheduleRequests', '', 'roleAssignmentScheduleRequests/read'],
    ['GET', 'roleAssignmentScheduleRequests', request(1), 'roleAssignmentScheduleRequests/read'],
    ['PUT', 'roleAssignmentScheduleRequests', request(2), 'roleAssignmentScheduleRequests/write'],
    ['POST', 'roleAssignmentScheduleRequests', `${request(1)}/validate`, 'roleAssignmentScheduleRequests/write'],
    ['POST', 'roleAssignmentScheduleRequests', `${request(1)}/cancel`, 'roleAssignmentScheduleRequests/cancel/action'],
    ['GET', 'roleAssignmentSchedules', '', 'roleAssignmentSchedules/read'],
    ['GET', 'roleAssignmentScheduleInstances', '', 'roleAssignmentScheduleInstances/read'],
    ['GET', 'roleManagementPolicyAssignments', '', 'roleManagementPolicyAssignments/read'],
  ] as const)('%s %s %s is %s', (method, kind, name, action) =>
    withPim(allowed(GROUPS), async ({ send, journal }) => {
      const answer = await send(method, path(kind, GROUP, name), method === 'PUT' ? body('AdminAssign') : undefined);
      expect(outcome(answer)).toBe('403 AuthorizationFailed');
      expect(answer.body.error?.message).toContain(`'Microsoft.Authorization/${action}'`);
      expect(journal.all()).toMatchObject([{ action: `Microsoft.Authorization/${action}` }]);
    }),
  );

  test('his own access is always listed', () =>
    withPim(allowed(), async ({ send, pim }) => {
      pim.add({ ...reader, principalId: BROKER });
      const { status, body: listed } = await send('GET', path('roleAssignmentSchedules', GROUP, '', 'asTarget()'));
      expect([status, listed.value?.length]).toEqual([200, 1]);
    }));
});

test('unknown methods and versions', () =>
  withPim({}, async ({ send }) => {
    const one = path('roleAssignmentScheduleRequests', GROUP, request(1));
    expect(outcome(await send('DELETE', one))).toBe('405 HttpMethodNotAllowed');
    expect(outcome(await send('GET', one.replace('?', '/cancel?')))).toBe('405 HttpMethodNotAllowed');
    expect(outcome(await send('GET', one.replace('2020-10-01', '2022-04-01')))).toBe('400 InvalidApiVersionParameter');
    expect(outcome(await send('GET', one))).toBe('404 RoleAssignmentScheduleRequestNotFound');
    expect(outcome(await send('GET', path('roleAssignmentSchedules', GROUP, request(1))))).toBe(
      '404 RoleAssignmentScheduleNotFound',
    );
  }));

test('schedules are visible late, and conflict at once', () =>
  withPim(
    { lag: { schedulesMs: 10_000, readMs: 4000, deleteMs: 3000 }, pim: { hidesPermanent: true } },
    async (arm) => {
      const seen = async (): Promise<readonly (number | undefined)[]> =>
        Promise.all(
          [path('roleAssignmentSchedules'), path('roleAssignmentScheduleInstances'), assignments(GROUP)].map(
            async (list) =>
              (await arm.send('GET', list)).body.value?.filter(({ id }) => id.startsWith(`${GROUP}/providers`)).length,
          ),
        );
      const before = (await seen())[2] ?? 0;
      await put(arm, 1, 'AdminAssign');
      expect(await seen()).toEqual([0, 0, before]);
      expect(outcome(await put(arm, 2, 'AdminAssign'))).toBe('400 RoleAssignmentExists');
      await arm.advance(4000);
      expect(await seen()).toEqual([0, 0, before + 1]);
      await arm.advance(6000);
      expect(await seen()).toEqual([1, 1, before + 1]);
      await arm.advance(HOUR - 10_000);
      expect(await seen()).toEqual([1, 1, before + 1]);
      await arm.advance(3000);
      expect(await seen()).toEqual([1, 1, before]);
      await arm.advance(7000);
      expect(await seen()).toEqual([0, 0, before]);
    },
  ));

describe('role assignments as a lease protocol uses them', () => {
  const texts = {
    first: grant(roles.reader, ALICE, { description: 'one' }),
    second: grant(roles.reader, ALICE, { description: 'two' }),
  };

  test('an update is visible late, the last write wins, and a DELETE returns the real state', () =>
    withArm({ lag: { readMs: 4000 } }, async ({ send, advance, state }) => {
      const text = async (): Promise<unknown> =>
        (await send('GET', assignments(GROUP, named(1)))).body.properties?.['description'];
      await send('PUT', assignments(GROUP, named(1)), texts.first);
      await advance(4000);
      await send('PUT', assignments(GROUP, named(1)), texts.second);
      expect(await text()).toBe('one');
      expect(state.find({ ...reader, principalId: ALICE })?.description).toBe('two');
      await advance(3999);
      expect(await text()).toBe('one');
      await advance(1);
      expect(await text()).toBe('two');
      await send('PUT', assignments(GROUP, named(1)), texts.first);
      const removed = await send('DELETE', assignments(GROUP, named(1)));
      expect([removed.status, removed.body.properties?.['description']]).toEqual([200, 'one']);
      expect((await send('DELETE', assignments(GROUP, named(1)))).status).toBe(204);
    }));

  test('a request can be carried out late, after one that was sent later', () =>
    withArm({}, async ({ send, advance, state, script, journal }) => {
      script.fault({ operation: 'roleAssignments.put' }, { kind: 'late', ms: 5000 });
      const late = send('PUT', assignments(GROUP, named(1)), texts.first);
      while (journal.of('roleAssignments.put').every(({ scripted }) => scripted !== 'late'))
        await new Promise((resolve) => setTimeout(resolve, 5));
      expect((await send('PUT', assignments(GROUP, named(1)), texts.second)).status).toBe(201);
      expect(state.find({ ...reader, principalId: ALICE })?.description).toBe('two');
      await advance(5000);
      expect((await late).status).toBe(201);
      expect(state.find({ ...reader, principalId: ALICE })?.description).toBe('one');
    }));

  test.each([
    ['reset', false],
    ['lost', true],
  ] as const)('an answer can be lost: %s, carried out %s', (kind, carriedOut) =>
    withArm({}, async ({ send, state, script }) => {
      script.fault({ operation: 'roleAssignments.put' }, { kind });
      await expect(send('PUT', assignments(GROUP, named(1)), texts.first)).rejects.toThrow();
      expect(state.has({ ...reader, principalId: ALICE })).toBe(carriedOut);
    }),
  );
});
