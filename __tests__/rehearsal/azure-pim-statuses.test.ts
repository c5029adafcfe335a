import { describe, expect, test } from '@jest/globals';

import type { RequestStatus } from '../../rehearsal/azure/pim/model.ts';
import { GROUP, outcome } from './azure-arm-support.ts';
import { after, HOUR, MINUTE, path, put, reader, request, statusOf, withPim } from './azure-pim-support.ts';

const MOVING = [
  'Accepted',
  'PendingEvaluation',
  'PendingProvisioning',
  'PendingRevocation',
  'PendingScheduleCreation',
  'PendingExternalProvisioning',
  'PendingApprovalProvisioning',
  'PendingApproval',
  'PendingAdminDecision',
  'ProvisioningStarted',
  'AdminApproved',
  'Granted',
  'ScheduleCreated',
] as const;
const FAILED = [
  'Denied',
  'AdminDenied',
  'Failed',
  'FailedAsResourceIsLocked',
  'Canceled',
  'TimedOut',
  'Invalid',
  'Revoked',
] as const;

/** Statuses of a request to assign, its result, and the response to a second request. */
const assigning: readonly (readonly [RequestStatus, boolean, string])[] = [
  ['Provisioned', true, '400 RoleAssignmentExists'],
  ...MOVING.map((status) => [status, false, '400 PendingRoleAssignmentRequest'] as const),
  ...FAILED.map((status) => [status, false, '201'] as const),
];

test('all known statuses', () => {
  expect(new Set(assigning.map(([status]) => status)).size).toBe(22);
});

test.each(assigning)('an assignment that is %s: access %s, then %s', (status, access, next) =>
  withPim({}, async (arm) => {
    arm.pim.script({ requestType: 'AdminAssign' }, { statuses: [[status, 0]] });
    const made = await put(arm, 1, 'AdminAssign');
    expect(made.status).toBe(201);
    expect(made.body.properties?.['status']).toBe(status);
    expect(await statusOf(arm, 1)).toBe(status);
    expect(arm.state.has(reader)).toBe(access);
    await arm.advance(10 * MINUTE);
    expect(await statusOf(arm, 1)).toBe(status);
    expect(outcome(await put(arm, 2, 'AdminAssign'))).toBe(next);
  }),
);

test.each([
  ['Revoked', false],
  ['PendingRevocation', true],
  ['Failed', true],
] as const)('a removal that is %s: access %s', (status, access) =>
  withPim({}, async (arm) => {
    await put(arm, 1, 'AdminAssign');
    await arm.advance(5 * MINUTE);
    arm.pim.script({ requestType: 'AdminRemove' }, { statuses: [[status, 0]] });
    expect((await put(arm, 2, 'AdminRemove')).body.properties?.['status']).toBe(status);
    expect(arm.state.has(reader)).toBe(access);
  }),
);

test('statuses come one after the other, on the clock', () =>
  withPim({}, async (arm) => {
    arm.pim.script(
      { nth: 2 },
      {
        statuses: [
          ['PendingEvaluation', 1000],
          ['ProvisioningStarted', 5000],
          ['Provisioned', 20_000],
        ],
      },
    );
    await put(arm, 1, 'AdminAssign', { principalId: '05e00000-0000-4000-8000-000000000001' });
    expect(await statusOf(arm, 1)).toBe('Provisioned');
    const began = arm.now();
    expect((await put(arm, 2, 'AdminAssign')).body.properties?.['status']).toBe('Accepted');
    const seen: unknown[] = [];
    for (const ms of [1000, 4000, 14_999, 1]) {
      await arm.advance(ms);
      seen.push([await statusOf(arm, 2), arm.state.has(reader)]);
    }
    expect(seen).toEqual([
      ['PendingEvaluation', false],
      ['ProvisioningStarted', false],
      ['ProvisioningStarted', false],
      ['Provisioned', true],
    ]);
    expect(arm.pim.find(reader)).toMatchObject({ startAt: began + 20_000, endAt: began + 20_000 + HOUR });
  }));

test('the reported status and the effect can differ', () =>
  withPim({}, async (arm) => {
    arm.pim.script({}, { effect: false });
    expect((await put(arm, 1, 'AdminAssign')).body.properties?.['status']).toBe('Provisioned');
    expect(arm.state.has(reader)).toBe(false);
    arm.pim.script({}, { statuses: [['Failed', 0]], effect: true });
    expect((await put(arm, 2, 'AdminAssign')).body.properties?.['status']).toBe('Failed');
    expect(arm.state.has(reader)).toBe(true);
  }));

test('a planned access that fails leaves nothing', () =>
  withPim({}, async (arm) => {
    arm.pim.script(
      {},
      {
        statuses: [
          ['ScheduleCreated', 0],
          ['Failed', MINUTE],
        ],
      },
    );
    const startDateTime = new Date(arm.now() + HOUR).toISOString();
    await put(arm, 1, 'AdminAssign', { scheduleInfo: { startDateTime, expiration: after('PT1H') } });
    expect(arm.pim.find(reader)).toMatchObject({ assignment: null });
    await arm.advance(MINUTE);
    expect(arm.pim.find(reader)).toBeUndefined();
    await arm.advance(HOUR);
    expect(arm.state.has(reader)).toBe(false);
  }));

test('an access that has ended meanwhile is not extended', () =>
  withPim({}, async (arm) => {
    await put(arm, 1, 'AdminAssign', { scheduleInfo: { expiration: after('PT5M') } });
    await arm.advance(4 * MINUTE);
    arm.pim.script({}, { statuses: [['Provisioned', 2 * MINUTE]] });
    await put(arm, 2, 'AdminExtend');
    await arm.advance(2 * MINUTE);
    expect(await statusOf(arm, 2)).toBe('Failed');
    expect(arm.state.has(reader)).toBe(false);
  }));

test.each([
  ['at once', 0],
  ['when it begins', HOUR],
])('a tuple that another request has made meanwhile makes it fail: %s', (_, aheadMs) =>
  withPim({}, async (arm) => {
    const startDateTime = new Date(arm.now() + aheadMs).toISOString();
    if (aheadMs === 0) arm.pim.script({}, { statuses: [['Provisioned', MINUTE]] });
    await put(arm, 1, 'AdminAssign', { scheduleInfo: { startDateTime, expiration: after('PT1H') } });
    const { id } = arm.state.add(reader);
    await arm.advance(MINUTE + aheadMs);
    expect(await statusOf(arm, 1)).toBe('Failed');
    expect(arm.pim.find(reader)).toBeUndefined();
    await arm.advance(2 * HOUR);
    expect(arm.state.find(reader)?.id).toBe(id);
  }),
);

describe('a request that waits for a person', () => {
  const waiting = (use: (arm: Parameters<typeof put>[0]) => Promise<void>): Promise<void> =>
    withPim({}, async (arm) => {
      arm.pim.script({}, { statuses: [['PendingApproval', 0]] });
      const made = await put(arm, 1, 'AdminAssign');
      expect(made.body.properties).toMatchObject({ status: 'PendingApproval', approvalId: request(1) });
      await arm.advance(HOUR);
      await use(arm);
    });

  test('is approved, and has its whole time', () =>
    waiting(async (arm) => {
      arm.pim.approve(request(1), 3000);
      expect(await statusOf(arm, 1)).toBe('AdminApproved');
      expect(arm.state.has(reader)).toBe(false);
      await arm.advance(3000);
      expect(await statusOf(arm, 1)).toBe('Provisioned');
      expect(arm.pim.find(reader)).toMatchObject({ startAt: arm.now(), endAt: arm.now() + HOUR });
      expect(() => {
        arm.pim.deny(request(1));
      }).toThrow('waits for no decision: Provisioned');
    }));

  test.each([
    ['denied', 'AdminDenied'],
    ['left to time out', 'TimedOut'],
    ['cancelled', 'Canceled'],
  ])('is %s', (how, status) =>
    waiting(async (arm) => {
      if (how === 'denied') arm.pim.deny(request(1));
      else if (how === 'cancelled')
        expect(
          await arm.send('POST', path('roleAssignmentScheduleRequests', GROUP, `${request(1)}/cancel`)),
        ).toMatchObject({ status: 200, body: {} });
      else arm.pim.timeOut(request(1));
      expect(await statusOf(arm, 1)).toBe(status);
      expect(outcome(await put(arm, 2, 'AdminAssign'))).toBe('201');
    }),
  );
});
