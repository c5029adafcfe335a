import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import {
  ALICE,
  assignments,
  BROKER,
  grant,
  GROUP,
  named,
  ON_CALL,
  outcome,
  role,
  roles,
  SUBSCRIPTION,
  withArm,
} from './azure-arm-support.ts';
import { ask, inAzure } from './azure-support.ts';
import { after, body, HOUR, MINUTE, path, put, reader, request, statusOf, withPim } from './azure-pim-support.ts';

/** The tuple in the two lists and among the role assignments, as a client finds it. */
async function found(arm: Parameters<typeof put>[0]): Promise<Readonly<Record<string, unknown>>> {
  const scope = GROUP.slice(1);
  const filter = `principalId eq '${ON_CALL}'`;
  const ends: (Date | null)[] = [];
  const running: unknown[] = [];
  const plain: unknown[] = [];
  for await (const one of arm.client.roleAssignmentSchedules.listForScope(scope, { filter }))
    // A null on the wire stays null, with any types of the client.
    if (one.scope === GROUP) ends.push((one.endDateTime as Date | null | undefined) ?? null);
  for await (const one of arm.client.roleAssignmentScheduleInstances.listForScope(scope, { filter }))
    if (one.scope === GROUP) running.push(one.principalId);
  for await (const one of arm.client.roleAssignments.listForScope(scope, { filter }))
    if (one.scope === GROUP) plain.push(one.principalId);
  return {
    ends: ends.map((end) => end && end.getTime() - arm.now()),
    running: running.length,
    assignments: plain.length,
  };
}

describe('access with an end, through the SDK', () => {
  test('exists at once, is a role assignment, and ends by itself', () =>
    withPim({}, async (arm) => {
      const { client, state, advance, journal, now } = arm;
      const began = now();
      const made = await client.roleAssignmentScheduleRequests.create(GROUP.slice(1), request(1), {
        principalId: ON_CALL,
        roleDefinitionId: role(roles.reader),
        requestType: 'AdminAssign',
        justification: 'incident 42',
        ticketInfo: { ticketNumber: '42', ticketSystem: 'desk' },
        scheduleInfo: { expiration: after('PT1H') },
      });
      expect(made).toMatchObject({
        name: request(1),
        id: `${GROUP}/providers/Microsoft.Authorization/RoleAssignmentScheduleRequests/${request(1)}`,
        type: 'Microsoft.Authorization/RoleAssignmentScheduleRequests',
        scope: GROUP,
        roleDefinitionId: role(roles.reader),
        principalId: ON_CALL,
        principalType: 'Group',
        requestType: 'AdminAssign',
        status: 'Provisioned',
        requestorId: BROKER,
        justification: 'incident 42',
        ticketInfo: { ticketNumber: '42', ticketSystem: 'desk' },
        createdOn: new Date(began),
        scheduleInfo: { startDateTime: new Date(began), expiration: { type: 'AfterDuration', duration: 'PT1H' } },
        expandedProperties: { roleDefinition: { displayName: 'Reader' }, principal: { type: 'Group' } },
      });
      expect(await found(arm)).toEqual({ ends: [HOUR], running: 1, assignments: 1 });
      const schedule = await client.roleAssignmentSchedules.get(
        GROUP.slice(1),
        made.targetRoleAssignmentScheduleId ?? '',
      );
      expect(schedule).toMatchObject({
        name: made.targetRoleAssignmentScheduleId,
        roleAssignmentScheduleRequestId: made.id,
        assignmentType: 'Assigned',
        memberType: 'Direct',
        status: 'Provisioned',
      });
      await advance(HOUR - 1);
      expect(state.has(reader)).toBe(true);
      await advance(1);
      expect(state.has(reader)).toBe(false);
      expect(await found(arm)).toEqual({ ends: [], running: 0, assignments: 0 });
      expect(journal.of('roleAssignmentScheduleRequests.put')).toMatchObject([{ status: 201, principal: BROKER }]);
      expect(state.effectiveChanges()).toEqual([]);
    }));

  test('ends early, and late', () =>
    withPim({ pim: { endsLateMs: 2000 } }, async (arm) => {
      const { state, advance } = arm;
      expect(outcome(await put(arm, 1, 'AdminAssign'))).toBe('201');
      await advance(5 * MINUTE);
      const removed = await put(arm, 2, 'AdminRemove');
      expect(removed.body.properties).toMatchObject({ status: 'Revoked', requestType: 'AdminRemove' });
      expect(state.has(reader)).toBe(false);
      expect(outcome(await put(arm, 3, 'AdminAssign'))).toBe('201');
      await advance(HOUR + 1999);
      expect(state.has(reader)).toBe(true);
      await advance(1);
      expect(state.has(reader)).toBe(false);
    }));

  test('a changed end is the one that counts', () =>
    withPim({}, async (arm) => {
      const { state, advance } = arm;
      await put(arm, 1, 'AdminAssign');
      await advance(2 * MINUTE);
      const extended = await put(arm, 2, 'AdminExtend', { scheduleInfo: { expiration: after('PT2H') } });
      expect(extended.body.properties?.['status']).toBe('Provisioned');
      expect(await found(arm)).toEqual({ ends: [2 * HOUR - 2 * MINUTE], running: 1, assignments: 1 });
      const endDateTime = new Date(arm.now() + 10 * MINUTE).toISOString();
      await put(arm, 3, 'AdminUpdate', { scheduleInfo: { expiration: { type: 'AfterDateTime', endDateTime } } });
      expect(await found(arm)).toEqual({ ends: [10 * MINUTE], running: 1, assignments: 1 });
      await advance(10 * MINUTE);
      expect(state.has(reader)).toBe(false);
      expect(arm.pim.requests().map(({ requestType, status }) => `${requestType} ${status}`)).toEqual([
        'AdminAssign Provisioned',
        'AdminExtend Provisioned',
        'AdminUpdate Provisioned',
      ]);
    }));

  test('an extension must extend', () =>
    withPim({}, async (arm) => {
      await put(arm, 1, 'AdminAssign');
      await arm.advance(2 * MINUTE);
      const refused = await put(arm, 2, 'AdminExtend');
      expect(outcome(refused)).toBe('400 RoleAssignmentRequestPolicyValidationFailed');
      expect(refused.body.error?.message).toBe('The following policy rules failed: ["ExpirationRule"]');
    }));
});

describe('planned access', () => {
  const later = (arm: Parameters<typeof put>[0]): Readonly<Record<string, unknown>> => ({
    scheduleInfo: { startDateTime: new Date(arm.now() + HOUR).toISOString(), expiration: after('PT1H') },
  });

  test('is Granted, is a schedule and not an instance, and begins by itself', () =>
    withPim({}, async (arm) => {
      const { state, advance } = arm;
      const made = await put(arm, 1, 'AdminAssign', later(arm));
      expect(made.body.properties?.['status']).toBe('Granted');
      expect(await found(arm)).toEqual({ ends: [2 * HOUR], running: 0, assignments: 0 });
      expect(outcome(await put(arm, 2, 'AdminAssign'))).toBe('400 RoleAssignmentExists');
      expect(outcome(await put(arm, 2, 'AdminRemove'))).toBe('400 RoleAssignmentDoesNotExist');
      await advance(HOUR);
      expect(state.has(reader)).toBe(true);
      expect(await statusOf(arm, 1)).toBe('Provisioned');
      await advance(HOUR);
      expect(state.has(reader)).toBe(false);
    }));

  test('can be canceled until then', () =>
    withPim({}, async (arm) => {
      const { client, advance, state } = arm;
      await put(arm, 1, 'AdminAssign', later(arm));
      await client.roleAssignmentScheduleRequests.cancel(GROUP.slice(1), request(1));
      expect(await statusOf(arm, 1)).toBe('Canceled');
      expect(arm.pim.find(reader)).toBeUndefined();
      await advance(2 * HOUR);
      expect(state.has(reader)).toBe(false);
      await put(arm, 2, 'AdminAssign');
      await expect(client.roleAssignmentScheduleRequests.cancel(GROUP.slice(1), request(2))).rejects.toMatchObject({
        statusCode: 400,
      });
      expect(state.has(reader)).toBe(true);
    }));
});

describe('the role assignment of a schedule', () => {
  test('has its tuple: another name is 409, another request 400', () =>
    withPim({}, async (arm) => {
      await put(arm, 1, 'AdminAssign');
      const plain = await arm.send('PUT', assignments(GROUP, named(1)), grant(roles.reader, ON_CALL));
      expect(outcome(plain)).toBe('409 RoleAssignmentExists');
      expect(outcome(await put(arm, 2, 'AdminAssign'))).toBe('400 RoleAssignmentExists');
    }));

  test('is not changed or deleted without its schedule, and tests see the try', () =>
    withPim({}, async (arm) => {
      await put(arm, 1, 'AdminAssign');
      const { name, id } = arm.state.find(reader) ?? { name: '', id: '' };
      const changed = await arm.send(
        'PUT',
        assignments(GROUP, name),
        grant(roles.reader, ON_CALL, { description: 'x' }),
      );
      expect(changed.status).toBe(400);
      expect((await arm.send('DELETE', assignments(GROUP, name))).status).toBe(400);
      expect(arm.pim.plainChanges()).toMatchObject([
        { kind: 'put', id },
        { kind: 'delete', id },
      ]);
      expect(arm.state.has(reader)).toBe(true);
    }));

  test('an existing plain one keeps PIM from its tuple', () =>
    withPim({}, async (arm) => {
      arm.state.add(reader);
      expect(outcome(await put(arm, 1, 'AdminAssign'))).toBe('400 RoleAssignmentExists');
    }));

  test.each([
    [false, { ends: [null], running: 1, assignments: 1 }, '201'],
    [true, { ends: [], running: 0, assignments: 1 }, '400 RoleAssignmentDoesNotExist'],
  ])('a plain one is a schedule without an end, unless it is hidden (%s)', (hidesPermanent, expected, removed) =>
    withPim({ pim: { hidesPermanent } }, async (arm) => {
      arm.state.add(reader);
      expect(await found(arm)).toEqual(expected);
      expect(outcome(await put(arm, 1, 'AdminRemove'))).toBe(removed);
      expect(arm.state.has(reader)).toBe(removed !== '201');
    }),
  );
});

describe('a request that takes time', () => {
  type Arm = Parameters<typeof put>[0];

  /** Sends a request and waits until the server works on it; the clock does not move. */
  async function begun(arm: Arm): Promise<{ readonly sent: ReturnType<typeof put> }> {
    const sent = put(arm, 1, 'AdminAssign');
    while (arm.pim.requests().length === 0) await wait(5);
    await wait(20);
    return { sent };
  }

  test('is answered after two to four seconds, when its access begins', () =>
    withArm({}, async (arm) => {
      const { pim, advance, state, journal } = arm;
      const began = arm.now();
      const { sent } = await begun(arm);
      await advance(1999);
      expect(state.has(reader)).toBe(false);
      expect(pim.requests()).toMatchObject([{ status: 'Accepted' }]);
      expect(journal.all()).toMatchObject([{ outcome: 'hang' }]);
      await advance(2001);
      expect((await sent).body.properties).toMatchObject({ status: 'Provisioned' });
      const { startAt = 0, endAt } = pim.find(reader) ?? {};
      expect(startAt - began).toBeGreaterThanOrEqual(2000);
      expect(startAt - began).toBeLessThanOrEqual(4000);
      expect(endAt).toBe(startAt + HOUR);
    }));

  test('returns its status at that time', () =>
    withArm({}, async (arm) => {
      arm.pim.script({}, { takesMs: 3000, statuses: [['ProvisioningStarted', 1000]] });
      const { sent } = await begun(arm);
      await arm.advance(3000);
      expect((await sent).body.properties).toMatchObject({ status: 'ProvisioningStarted' });
    }));

  test('continues when its response is lost', () =>
    withArm({}, async (arm) => {
      arm.script.fault({ operation: 'roleAssignmentScheduleRequests.put' }, { kind: 'lost' });
      const { sent } = await begun(arm);
      const lost = expect(sent).rejects.toThrow();
      await arm.advance(4000);
      await lost;
      expect(arm.state.has(reader)).toBe(true);
      expect(arm.journal.all()).toMatchObject([{ outcome: 'lost' }]);
    }));

  test('does not stop a clock that another client waits on', () =>
    inAzure({}, async (world) => {
      const { environment, pim, estate } = world.azure;
      const sent = ask(environment + path('roleAssignmentScheduleRequests', GROUP, request(1)), {
        method: 'PUT',
        headers: { authorization: `Bearer ${world.azure.token()}`, 'content-type': 'application/json' },
        body: JSON.stringify(body('AdminAssign')),
      });
      while (pim.requests().length === 0) await wait(5);
      await world.clock.sleep(4000);
      expect(await sent).toMatchObject({ status: 201, body: { properties: { status: 'Provisioned' } } });
      expect(estate.has(reader)).toBe(true);
    }));
});

test('a subscription is written with its other prefix, and read with it too', () =>
  withPim({}, async (arm) => {
    const prefixed = `/providers/Microsoft.Subscription${SUBSCRIPTION}`;
    const made = await arm.send(
      'PUT',
      path('roleAssignmentScheduleRequests', prefixed, request(1)),
      body('AdminAssign'),
    );
    expect(made.body.properties?.['scope']).toBe(prefixed);
    expect(made.body.id).toBe(
      `${prefixed}/providers/Microsoft.Authorization/RoleAssignmentScheduleRequests/${request(1)}`,
    );
    expect(arm.state.has({ ...reader, scope: SUBSCRIPTION })).toBe(true);
    expect((await arm.send('GET', path('roleAssignmentScheduleRequests', SUBSCRIPTION, request(1)))).status).toBe(200);
  }));

describe('other people', () => {
  test('make and end access', () =>
    withPim({}, async (arm) => {
      const made = arm.pim.add({ ...reader, endAt: arm.now() + HOUR, justification: 'mine' });
      expect(await found(arm)).toEqual({ ends: [HOUR], running: 1, assignments: 1 });
      expect(arm.pim.requests()).toMatchObject([{ name: made.request, justification: 'mine', requestorId: ALICE }]);
      expect(outcome(await put(arm, 1, 'AdminAssign'))).toBe('400 RoleAssignmentExists');
      arm.pim.remove(reader);
      expect(arm.state.has(reader)).toBe(false);
      expect(outcome(await put(arm, 1, 'AdminAssign'))).toBe('201');
    }));
});
