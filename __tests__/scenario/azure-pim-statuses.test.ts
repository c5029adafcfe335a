import { describe, expect, it } from '@jest/globals';
import type { RequestStatus } from '../../rehearsal/azure/pim/model.ts';
import { byLeaseId, leasedAssignment } from './azure-lease-support.ts';
import {
  asked,
  inPim,
  lastRequest,
  leasedByPim,
  leasedSchedule,
  postByPim,
  revokedByPim,
  run,
  takeByPim,
} from './azure-pim-support.ts';
import { azureStep, onCallBlobReader, requestsTo, warnings } from './azure-support.ts';
import { hour, minute } from './lease-support.ts';
import { errors } from './support.ts';

const waiting: readonly RequestStatus[] = ['PendingApproval', 'PendingAdminDecision', 'PendingApprovalProvisioning'];
const moving: readonly RequestStatus[] = [
  'Accepted',
  'PendingEvaluation',
  'PendingProvisioning',
  'PendingRevocation',
  'PendingScheduleCreation',
  'PendingExternalProvisioning',
  'ProvisioningStarted',
  'AdminApproved',
  'Granted',
  'ScheduleCreated',
];
const failing: readonly RequestStatus[] = [
  'Denied',
  'AdminDenied',
  'Failed',
  'FailedAsResourceIsLocked',
  'Canceled',
  'TimedOut',
  'Invalid',
  'Revoked',
];

describe('a request to Privileged Identity Management', () => {
  it.each(moving)('that is %s is polled until it has ended (P1)', (status) =>
    inPim({}, async (world) => {
      world.azure.pim.script(
        {},
        {
          takesMs: 0,
          statuses: [
            [status, 0],
            ['Provisioned', 12_000],
          ],
        },
      );
      const main = await takeByPim(world);
      expect([errors(main), main.outputs['status']]).toEqual(['', 'SUCCEEDED']);
      expect(main.log).toContain(`has the status ${status}.`);
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
    }),
  );

  it('of an undocumented status is polled, and the status named (P2)', () =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [['Dreaming' as RequestStatus, 0]] });
      const main = await azureStep(world, { ...leasedByPim, timeout: '30s' });
      expect(main.outputs).toMatchObject({ status: 'IN_PROGRESS', 'request-id': lastRequest(world).name });
      expect([main.exitCode, main.log.includes('Dreaming')]).toEqual([1, true]);
    }));

  it.each(failing)('that ends %s is red, and grants nothing (P1)', (status) =>
    inPim({}, async (world) => {
      world.azure.pim.script(
        {},
        {
          takesMs: 0,
          statuses: [
            ['Accepted', 0],
            [status, 3_000],
          ],
          effect: false,
        },
      );
      const main = await azureStep(world, leasedByPim);
      expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'request-id': lastRequest(world).name });
      expect(errors(main)).toContain(`ended ${status}.`);
      const ended = await postByPim(world, main);
      expect([errors(ended), ended.exitCode, leasedAssignment(world)]).toEqual(['', 0, undefined]);
    }),
  );

  it.each(waiting)('that is %s has a status of its own, is red, and nothing is granted (P1)', (status) =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [[status, 0]] });
      const main = await azureStep(world, leasedByPim);
      expect(main.outputs).toMatchObject({
        status: 'PENDING_APPROVAL',
        changed: 'true',
        'request-id': lastRequest(world).name,
        'lease-id': '',
      });
      expect(main.exitCode).toBe(1);
      expect(errors(main)).toContain('needs approval');
      const ended = await postByPim(world, main);
      expect([ended.exitCode, asked(world)]).toEqual([0, [`AdminAssign ${status}`]]);
    }),
  );

  it('that waits is green with wait: false', () =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [['PendingApproval', 0]] });
      const main = await azureStep(world, { ...leasedByPim, wait: 'false' });
      expect([main.exitCode, main.outputs['status']]).toEqual([0, 'PENDING_APPROVAL']);
    }));

  it('that waits is found by the next run, which uses the approved access (P2)', () =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [['PendingApproval', 0]] });
      const first = await azureStep(world, leasedByPim, run(1));
      const { name } = lastRequest(world);
      const second = await azureStep(world, leasedByPim, run(1, 2));
      expect(second.outputs).toMatchObject({ status: 'PENDING_APPROVAL', changed: 'false', 'request-id': name });
      expect(first.outputs['request-id']).toBe(name);
      world.azure.pim.approve(name);
      const third = await takeByPim(world, leasedByPim, run(1, 3));
      expect(third.outputs).toMatchObject({ status: 'SUCCEEDED', 'expiry-guarantee': 'platform' });
      expect(Date.parse(third.outputs['ends-at-latest'] ?? '')).toBeLessThanOrEqual(leasedSchedule(world)?.endAt ?? 0);
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
    }));

  it.each([
    ['an approver denies it', 'deny', 'AdminDenied'],
    ['it is not approved in time', 'timeOut', 'TimedOut'],
  ] as const)('that waits until %s is over: the next run sends a new request', (_, decide, status) =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [['PendingApproval', 0]] });
      await azureStep(world, leasedByPim, run(1));
      world.azure.pim[decide](lastRequest(world).name);
      const second = await takeByPim(world, leasedByPim, run(1, 2));
      expect(second.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'lease-state': 'leased' });
      expect(asked(world)).toEqual([`AdminAssign ${status}`, 'AdminAssign Provisioned']);
    }),
  );

  it('that is in progress is green with wait: false, and released by post once it has ended (P2)', () =>
    inPim({}, async (world) => {
      const statuses = [
        ['Accepted', 0],
        ['Provisioned', 30_000],
      ] as const;
      world.azure.pim.script({}, { takesMs: 0, statuses });
      const main = await azureStep(world, { ...leasedByPim, wait: 'false' });
      expect([main.exitCode, main.outputs['status'], main.outputs['lease-id']]).toEqual([0, 'IN_PROGRESS', '']);
      await world.clock.advance(6 * minute);
      const ended = await postByPim(world, main);
      expect([errors(ended), warnings(ended), leasedSchedule(world)]).toEqual(['', '', undefined]);
    }));

  it('that was approved for an earlier attempt does not count as an extension of the access (P9)', () =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [['PendingApproval', 0]] });
      await azureStep(world, leasedByPim, run(1));
      world.azure.pim.approve(lastRequest(world).name);
      await world.clock.advance(minute);
      const beside = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' }, run(1));
      const more = { lifetime: '3h', reason: 'INC-1 goes on' };
      const extended = await azureStep(world, { ...byLeaseId('extend', beside), ...more }, run(1, 2));
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminUpdate Provisioned', 'AdminUpdate Provisioned']);
      expect([errors(extended), extended.outputs['changed']]).toEqual(['', 'true']);
      expect(leasedSchedule(world)?.endAt).toBe(Date.parse(extended.outputs['expires-at'] ?? ''));
      expect(extended.outputs['expires-at']).toContain('2026-11-21T23:0');
    }));

  it('of another caller for the same grant is waited for, and its access used', () =>
    inPim({}, async (world) => {
      const [code, message] = ['PendingRoleAssignmentRequest', 'There is already an existing pending request.'];
      const operation = 'roleAssignmentScheduleRequests.put';
      world.script.fault({ operation }, { kind: 'error', status: 400, code, message });
      const endAt = world.clock.now() + 2 * hour;
      world.script.at(5_000, () => {
        world.azure.pim.add({ ...onCallBlobReader, endAt });
      });
      const main = await takeByPim(world);
      expect(main.log).toContain(code);
      expect(main.outputs).toMatchObject({
        changed: 'false',
        'lease-id': '',
        'ends-at-latest': '2026-11-21T22:00:30Z',
      });
      expect(requestsTo(main, operation)).toHaveLength(1);
    }));

  it('that waits is canceled by a revoke', () =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [['PendingApproval', 0]] });
      await azureStep(world, leasedByPim);
      const revoked = await azureStep(world, revokedByPim);
      expect([errors(revoked), revoked.outputs['status'], revoked.outputs['changed']]).toEqual([
        '',
        'SUCCEEDED',
        'true',
      ]);
      expect(asked(world)).toEqual(['AdminAssign Canceled']);
    }));

  it('that waits, and was denied before a revoke could cancel it, is not reported as changed by the revoke (P9)', () =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [['PendingApproval', 0]] });
      await azureStep(world, leasedByPim);
      world.script.onRequest({ operation: 'roleAssignmentScheduleRequests.cancel', nth: 1 }, () => {
        world.azure.pim.deny(lastRequest(world).name);
      });
      const revoked = await azureStep(world, revokedByPim);
      expect(revoked.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'request-id': '' });
    }));

  it('that is listed as waiting, and cannot be canceled, is not requested again at once (P9)', () =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [['PendingApproval', 0]] });
      await azureStep(world, leasedByPim);
      const code = 'RoleAssignmentScheduleRequestNotFound';
      world.script.weather(({ operation }) => {
        if (operation === 'roleAssignmentScheduleRequests.cancel')
          return { kind: 'error', status: 404, code, message: 'It is not found.' };
        return operation.startsWith('roleAssignment') ? { kind: 'late', ms: 300 } : undefined;
      });
      const revoked = await azureStep(world, { ...revokedByPim, timeout: '1m' });
      expect(revoked.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(revoked)).toContain(code);
      expect(requestsTo(revoked, 'roleAssignmentScheduleRequests.cancel').length).toBeLessThan(8);
    }));

  it.each([...moving, 'Dreaming' as RequestStatus])(
    'that was approved and is %s is waited for by a revoke, which ends the resulting access (P1)',
    (status) =>
      inPim({}, async (world) => {
        world.azure.pim.script(
          {},
          {
            takesMs: 0,
            statuses: [
              ['PendingApproval', 0],
              [status, 60_000],
              ['Provisioned', 3 * minute],
            ],
          },
        );
        const main = await azureStep(world, leasedByPim, run(1));
        expect([main.outputs['status'], (await postByPim(world, main, run(1))).exitCode]).toEqual([
          'PENDING_APPROVAL',
          0,
        ]);
        await world.clock.advance(70_000);
        expect([asked(world), leasedSchedule(world)]).toEqual([[`AdminAssign ${status}`], undefined]);
        const early = await azureStep(world, { ...revokedByPim, timeout: '30s' }, run(2));
        expect([early.exitCode, early.outputs['status']]).toEqual([1, 'FAILED']);
        const revoked = await azureStep(world, { ...revokedByPim, timeout: '15m' }, run(2));
        expect([errors(revoked), revoked.outputs['status'], revoked.outputs['changed']]).toEqual([
          '',
          'SUCCEEDED',
          'true',
        ]);
        expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked']);
        await world.clock.advance(10 * minute);
        expect([leasedSchedule(world), leasedAssignment(world)]).toEqual([undefined, undefined]);
      }),
  );

  it('that was approved and is being carried out is shown by a list', () =>
    inPim({}, async (world) => {
      world.azure.pim.script({}, { takesMs: 0, statuses: [['ProvisioningStarted', 0]] });
      await azureStep(world, { ...leasedByPim, wait: 'false' }, run(1));
      const listed = await azureStep(world, { operation: 'list', 'azure-pim': 'true' }, run(2));
      expect(listed.log).toMatch(/Held by octo-org\/infra run 7001 .*until 2026-11-21 21:00 UTC/u);
      expect(listed.log).toContain(`Request ${lastRequest(world).name} is in progress.`);
      await world.clock.advance(hour);
      const late = await azureStep(world, { operation: 'list', 'azure-pim': 'true' }, run(2));
      expect(late.log).toContain('No lease is on record there.');
    }));

  it('without a response is looked up by its name, and never sent twice (P2)', () =>
    inPim({}, async (world) => {
      world.script.fault({ operation: 'roleAssignmentScheduleRequests.put' }, { kind: 'lost' });
      const main = await takeByPim(world);
      expect(requestsTo(main, 'roleAssignmentScheduleRequests.put')).toHaveLength(1);
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
      expect(main.outputs['request-id']).toBe(lastRequest(world).name);
    }));

  it('that never arrived is sent again, under another name, once it cannot arrive any longer (P2)', () =>
    inPim({}, async (world) => {
      world.script.fault({ operation: 'roleAssignmentScheduleRequests.put' }, { kind: 'reset' });
      const main = await takeByPim(world);
      expect(requestsTo(main, 'roleAssignmentScheduleRequests.put')).toHaveLength(2);
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
    }));

  it('of a removal in progress is polled', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world);
      await world.clock.advance(6 * minute);
      world.azure.pim.script(
        { requestType: 'AdminRemove' },
        {
          takesMs: 0,
          statuses: [
            ['PendingRevocation', 0],
            ['Revoked', 9_000],
          ],
        },
      );
      const ended = await postByPim(world, main);
      expect([errors(ended), warnings(ended), leasedAssignment(world)]).toEqual(['', '', undefined]);
    }));

  it.each(waiting)(
    'of a removal that is %s leaves the access to Azure, with a warning, and sends no more requests (P1)',
    (status) =>
      inPim({}, async (world) => {
        const main = await takeByPim(world);
        await world.clock.advance(6 * minute);
        world.azure.pim.script({ requestType: 'AdminRemove' }, { takesMs: 0, statuses: [[status, 0]] });
        const ended = await postByPim(world, main);
        expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
        expect(warnings(ended)).toMatch(
          /A person has to approve its removal.+ Azure ends the access at 2026-11-21 21:00 UTC/u,
        );
        expect(ended.requests.length).toBeLessThan(20);
      }),
  );

  it('of a revoke that waits for a person has a status of its own, is red, and is found by the next revoke', () =>
    inPim({}, async (world) => {
      await takeByPim(world);
      await world.clock.advance(6 * minute);
      world.azure.pim.script({ requestType: 'AdminRemove' }, { takesMs: 0, statuses: [['PendingApproval', 0]] });
      const revoked = await azureStep(world, revokedByPim);
      const { name } = lastRequest(world);
      expect(revoked.outputs).toMatchObject({ status: 'PENDING_APPROVAL', 'request-id': name });
      expect(errors(revoked)).toMatch(/The access still exists\. Azure ends it by itself at 2026-11-21 21:00 UTC/u);
      const again = await azureStep(world, revokedByPim);
      expect(again.outputs).toMatchObject({ status: 'PENDING_APPROVAL', changed: 'false', 'request-id': name });
      world.azure.pim.approve(name);
      const last = await azureStep(world, revokedByPim);
      expect([last.outputs['status'], leasedSchedule(world)]).toEqual(['SUCCEEDED', undefined]);
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked']);
    }));

  it('of a removal that fails leaves the access to Azure, with a warning', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world);
      await world.clock.advance(6 * minute);
      world.azure.pim.script({ requestType: 'AdminRemove' }, { takesMs: 0, statuses: [['Failed', 0]] });
      const ended = await postByPim(world, main);
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      expect(warnings(ended)).toMatch(/ended Failed\. Azure ends the access at 2026-11-21 21:00 UTC/u);
    }));
});
