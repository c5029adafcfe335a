import { describe, expect, test } from '@jest/globals';

import type { PolicyEntry } from '../../rehearsal/azure/estate.ts';
import { GROUP, LOCKED, outcome, role, roles, SUBSCRIPTION } from './azure-arm-support.ts';
import { after, body, MINUTE, path, put, reader, request, withPim } from './azure-pim-support.ts';

const NOBODY = '00000000-1111-4222-8333-444444444444';
const DEVICE = 'de000000-0000-4000-8000-000000000001';

test('the five-minute rule, in its two forms', () =>
  withPim({}, async (arm) => {
    await put(arm, 1, 'AdminAssign');
    const told: unknown[] = [];
    for (const [number, ms] of [
      [2, 44_000],
      [3, 16_000],
      [4, 239_999],
      [5, 1],
    ] as const) {
      await arm.advance(ms);
      const { status, body: answer } = await put(arm, number, 'AdminRemove');
      told.push([status, answer.error?.message ?? answer.properties?.['status']]);
    }
    expect(told).toEqual([
      [400, 'The Role assignment does not exist.'],
      [400, 'The Active duration is too short. Miniumum Required is 5 minutes.'],
      [400, 'The Active duration is too short. Miniumum Required is 5 minutes.'],
      [201, 'Revoked'],
    ]);
    expect(arm.pim.requests()).toHaveLength(2);
  }));

describe('a refused request', () => {
  test.each([
    ['nothing to remove', body('AdminRemove'), '400 RoleAssignmentDoesNotExist'],
    ['nothing to update', body('AdminUpdate'), '400 RoleAssignmentDoesNotExist'],
    ['nothing to renew', body('AdminRenew'), '400 RoleAssignmentDoesNotExist'],
    ['no eligibility to activate', body('SelfActivate'), '400 RoleAssignmentRequestPolicyValidationFailed'],
    ['nobody', body('AdminAssign', { principalId: NOBODY }), '400 SubjectNotFound'],
    ['a device', body('AdminAssign', { principalId: DEVICE }), '400 SubjectNotFound'],
    ['no such role', body('AdminAssign', { roleDefinitionId: role(NOBODY) }), '400 RoleNotFound'],
    [
      'a role of another place',
      body('AdminAssign', { roleDefinitionId: role(roles.stagingOperator) }),
      '400 RoleNotFound',
    ],
    [
      'a role without its subscription',
      body('AdminAssign', { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}` }),
      '400 ScopeDoesNotMatchRoleDefinition',
    ],
    ['a role’s GUID alone', body('AdminAssign', { roleDefinitionId: roles.reader }), '400 BadRequestFormat'],
    ['no principal', body('AdminAssign', { principalId: 'on-call' }), '400 BadRequestFormat'],
    ['an unknown type', body('AdminGive'), '400 InvalidRequestContent'],
    ['an unknown member', body('AdminAssign', { reason: 'x' }), '400 InvalidRequestContent'],
    ['no duration', body('AdminAssign', { scheduleInfo: { expiration: after('1h') } }), '400 InvalidRequestContent'],
    [
      'no time',
      body('AdminAssign', { scheduleInfo: { startDateTime: 'now', expiration: after('PT1H') } }),
      '400 InvalidRequestContent',
    ],
    [
      'a condition for a role that cannot have one',
      body('AdminAssign', { condition: 'x' }),
      '400 InvalidRoleAssignmentCondition',
    ],
    ['no JSON', '{', '400 InvalidRequestContent'],
  ])('for %s, and so is its validation', (_, given, expected) =>
    withPim({}, async ({ send, pim }) => {
      const name = path('roleAssignmentScheduleRequests', GROUP, request(1));
      const check = path('roleAssignmentScheduleRequests', GROUP, `${request(1)}/validate`);
      expect(outcome(await send('POST', check, given))).toBe(expected);
      expect(outcome(await send('PUT', name, given))).toBe(expected);
      expect(pim.requests()).toEqual([]);
    }),
  );

  test('for a name that is not a GUID, or in use', () =>
    withPim({}, async (arm) => {
      const named = (name: string): Promise<string> =>
        arm.send('PUT', path('roleAssignmentScheduleRequests', SUBSCRIPTION, name), body('AdminAssign')).then(outcome);
      expect(await named('mine')).toBe('400 InvalidRoleAssignmentScheduleRequestId');
      await put(arm, 1, 'AdminAssign');
      expect(await named(request(1))).toBe('400 RoleAssignmentExists');
    }));

  test('while the principal replicates', () =>
    withPim({ lag: { replicationMs: 20_000 } }, async (arm) => {
      const fresh = arm.estate.servicePrincipals.find((one) => one.fresh === true)?.id;
      expect(outcome(await put(arm, 1, 'AdminAssign', { principalId: fresh }))).toBe('400 SubjectNotFound');
      await arm.advance(20_000);
      expect(outcome(await put(arm, 1, 'AdminAssign', { principalId: fresh }))).toBe('201');
    }));

  test('with a lock: all by a read-only one, removals by one against deletion', () =>
    withPim({}, async ({ send, state, advance }) => {
      const ask = (number: number, type: string): Promise<string> =>
        send('PUT', path('roleAssignmentScheduleRequests', LOCKED, request(number)), body(type)).then(outcome);
      expect(await ask(1, 'AdminAssign')).toBe('201');
      await advance(5 * MINUTE);
      expect(await ask(2, 'AdminRemove')).toBe('400 ResourceIsLocked');
      state.lock(LOCKED, 'ReadOnly');
      expect(await ask(3, 'AdminUpdate')).toBe('400 ResourceIsLocked');
      state.unlock(LOCKED);
      expect(await ask(4, 'AdminRemove')).toBe('201');
    }));
});

test('a successful validation makes nothing', () =>
  withPim({}, async ({ client, pim, state }) => {
    const { properties } = body('AdminAssign');
    const validated = await client.roleAssignmentScheduleRequests.validate(GROUP.slice(1), request(1), properties);
    expect(validated).toMatchObject({ name: request(1), requestType: 'AdminAssign', principalType: 'Group' });
    expect(pim.requests()).toEqual([]);
    expect(state.has(reader)).toBe(false);
  }));

describe('the settings of a role', () => {
  const policy = (more: Partial<PolicyEntry>): PolicyEntry => ({ scope: GROUP, role: 'Reader', ...more });
  const forever = { scheduleInfo: { expiration: { type: 'NoExpiration' } } };
  const lasting = (duration: string): object => ({ scheduleInfo: { expiration: after(duration) } });
  const bare = { justification: ' ' };

  test.each<readonly [string, Partial<PolicyEntry> | null, object, readonly string[]]>([
    ['without changes', null, lasting('P180D'), []],
    ['too long', null, lasting('P180DT1M'), ['ExpirationRule']],
    ['too short', null, lasting('PT4M59S'), ['ExpirationRule']],
    ['no end', null, forever, ['ExpirationRule']],
    ['no end', null, { scheduleInfo: {} }, ['ExpirationRule']],
    [
      'an end without its duration',
      null,
      { scheduleInfo: { expiration: { type: 'AfterDuration' } } },
      ['ExpirationRule'],
    ],
    [
      'an end in the past',
      null,
      { scheduleInfo: { expiration: { type: 'AfterDateTime', endDateTime: '2020-01-01T00:00:00Z' } } },
      ['ExpirationRule'],
    ],
    ['no justification', null, bare, ['JustificationRule']],
    ['permanent ones allowed', { permanent: true }, forever, []],
    ['a shorter maximum', { maximumDuration: 'PT30M' }, {}, ['ExpirationRule']],
    ['nothing required', { requires: [] }, bare, []],
    ['a ticket', { requires: ['Ticketing'] }, { ticketInfo: { ticketNumber: '42' } }, ['TicketingRule']],
    ['a whole ticket', { requires: ['Ticketing'] }, { ticketInfo: { ticketNumber: '42', ticketSystem: 'desk' } }, []],
    ['MFA', { requires: ['MultiFactorAuthentication', 'Justification'] }, bare, ['MfaRule', 'JustificationRule']],
    ['others', { refuses: ['AdminRequestRule'] }, {}, ['AdminRequestRule']],
  ])('%s', (_, set, more, rules) =>
    withPim(
      {},
      async (arm) => {
        const { status, body: answer } = await put(arm, 1, 'AdminAssign', more as Readonly<Record<string, unknown>>);
        expect(status).toBe(rules.length === 0 ? 201 : 400);
        if (rules.length > 0)
          expect(answer.error).toEqual({
            code: 'RoleAssignmentRequestPolicyValidationFailed',
            message: `The following policy rules failed: ${JSON.stringify(rules)}`,
          });
      },
      (estate) => (set === null ? estate : { ...estate, policies: [policy(set)] }),
    ),
  );

  test('an authentication context is a challenge', () =>
    withPim({}, async (arm) => {
      arm.pim.setPolicy(policy({ authenticationContext: 'c1' }));
      const refused = await put(arm, 1, 'AdminAssign');
      expect(outcome(refused)).toBe('400 RoleAssignmentRequestAcrsValidationFailed');
      expect(decodeURIComponent(refused.body.error?.message ?? '')).toBe(
        '&claims={"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
      );
    }));

  test('are reported, and change', () =>
    withPim({}, async ({ client, pim, send }) => {
      const wanted = /^(?:(?:Expiration|Enablement)_Admin|AuthenticationContext_EndUser|Approval_EndUser)_Assignment$/;
      // The client has no filter for this list.
      const rules = async (): Promise<readonly unknown[]> => {
        const found: unknown[] = [];
        for await (const one of client.roleManagementPolicyAssignments.listForScope(GROUP.slice(1)))
          if (one.scope === GROUP && one.roleDefinitionId === role(roles.reader))
            found.push(...(one.effectiveRules ?? []).filter(({ id = '' }) => wanted.test(id)));
        return found;
      };
      const one = path('roleManagementPolicyAssignments', GROUP, '', `roleDefinitionId eq '${role(roles.reader)}'`);
      expect((await send('GET', one)).body.value).toMatchObject([
        { properties: { scope: GROUP, roleDefinitionId: role(roles.reader) } },
      ]);
      expect(await rules()).toMatchObject([
        { id: 'Enablement_Admin_Assignment', enabledRules: ['Justification'] },
        { id: 'Expiration_Admin_Assignment', isExpirationRequired: true, maximumDuration: 'P180D' },
        { id: 'Approval_EndUser_Assignment', setting: { isApprovalRequired: false } },
        { id: 'AuthenticationContext_EndUser_Assignment', isEnabled: false },
      ]);
      pim.setPolicy(
        policy({ maximumDuration: 'PT8H', permanent: true, requires: ['Ticketing'], authenticationContext: 'c1' }),
      );
      expect(await rules()).toMatchObject([
        { enabledRules: ['Ticketing'] },
        { isExpirationRequired: false, maximumDuration: 'PT8H' },
        {},
        { isEnabled: true, claimValue: 'c1' },
      ]);
    }));

  test.each([
    [{ role: 'Readers' }, 'no role definition named "Readers"'],
    [{ scope: `${SUBSCRIPTION}/resourceGroups/none` }, 'could not be found'],
    [{ maximumDuration: '8h' }, 'no ISO 8601 duration'],
  ])('%j is reported', (wrong, message) =>
    withPim({}, ({ pim }) => {
      expect(() => {
        pim.setPolicy(policy(wrong));
      }).toThrow(message);
      return Promise.resolve();
    }),
  );
});
