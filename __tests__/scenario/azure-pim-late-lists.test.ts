import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { byLeaseId, leasedAssignment } from './azure-lease-support.ts';
import { asked, inPim, leasedByPim, postByPim, revokedByPim, run, takeByPim } from './azure-pim-support.ts';
import { azureStep, onCallBlobReader, warnings } from './azure-support.ts';
import { minute, summaryText } from './lease-support.ts';
import { errors } from './support.ts';

const refused: Effect = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' };
const none: Effect = { kind: 'answer', body: { value: [] } };

function told(result: StepResult): string {
  return `${errors(result)}\n${warnings(result)}`;
}

describe('a lease through Privileged Identity Management whose schedule is listed late (P1)', () => {
  it('is waited for, is a lease, and is never reported as permanent', () =>
    inPim({ azure: { lag: { schedulesMs: 135_000 } } }, async (world) => {
      const main = await azureStep(world, leasedByPim, run(1));
      expect(told(main).trim()).toBe('');
      expect(main.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'lease-state': 'leased' });
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
    }));

  it('and does not run within the time limit is red, reported as a change, and released by post', () =>
    inPim({ azure: { lag: { schedulesMs: 150_000 } } }, async (world) => {
      const main = await azureStep(world, { ...leasedByPim, timeout: '30s' }, run(1));
      expect([main.outputs['status'], main.outputs['changed'], main.outputs['lease-id']]).toEqual([
        'FAILED',
        'true',
        '',
      ]);
      await world.clock.advance(6 * minute);
      const ended = await postByPim(world, main, run(1));
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      expect(leasedAssignment(world)).toBe(undefined);
    }));

  it('and that no read ever shows is left to post, and reported', () =>
    inPim({ azure: { lag: { schedulesMs: 25_000 } } }, async (world) => {
      world.script.weather(({ operation }) =>
        operation === 'roleAssignmentScheduleInstances.list' ? refused : undefined,
      );
      const main = await azureStep(world, leasedByPim, run(1));
      expect([main.outputs['status'], main.outputs['changed']]).toEqual(['FAILED', 'true']);
      expect(told(main)).not.toContain('permanent');
      expect(leasedAssignment(world)).toBeDefined();
      const ended = await postByPim(world, main, run(1));
      expect(ended.requests.length).toBeGreaterThan(0);
      expect(warnings(ended)).toContain('Azure ends the access at 2026-11-21 21:0');
    }));

  it('and that an interrupted step took is never reported as permanent by post', () =>
    inPim({ azure: { lag: { schedulesMs: 300_000 } } }, async (world) => {
      const main = await azureStep(world, leasedByPim, {
        ...run(1),
        cancel: { operation: 'roleAssignmentScheduleRequests.put' },
      });
      const ended = await postByPim(world, main, run(1));
      expect(leasedAssignment(world)).toBeDefined();
      expect(told(ended)).not.toContain('permanent');
      expect(warnings(ended)).toContain('two minutes of reading have not listed its end time');
    }));
});

describe('a list of leases through Privileged Identity Management (P1)', () => {
  it('shows one without a listed schedule, and reports that', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      world.script.weather(({ operation }) => (operation === 'roleAssignmentSchedules.list' ? none : undefined));
      const listed = await azureStep(world, { operation: 'list', 'azure-pim': 'true' }, run(2));
      expect(listed.outputs).toMatchObject({ status: 'SUCCEEDED', 'lease-state': 'leased', 'ends-at-latest': '' });
      expect(summaryText(listed)).toMatch(
        /was carried out, but its access is not listed: it is gone, or listed late\./u,
      );
    }));
});

describe('a release of a lease through Privileged Identity Management that is listed nowhere (P1)', () => {
  it('and whose time limit passes meanwhile does not report that the access exists', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' }, run(1));
      await world.clock.advance(6 * minute);
      world.azure.pim.remove(onCallBlobReader);
      const released = await azureStep(world, { ...byLeaseId('release', main), timeout: '1m' }, run(2));
      expect([released.exitCode, released.outputs['changed']]).toEqual([0, 'false']);
      expect(warnings(released)).toContain('no list showed it before the time limit passed: it is gone, or');
      expect(warnings(released)).not.toContain('could not be ended');
      expect(warnings(released)).not.toContain('whether it lasts longer');
    }));
});

describe('an extension of a lease through Privileged Identity Management without a listed schedule (P1)', () => {
  const longer = { lifetime: '2h', reason: 'INC-1 goes on' } as const;
  const two = { ...run(2), timeoutMs: 100_000 } as const;

  it('waits for it, and reports it neither as permanent nor as gone', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' }, run(1));
      await world.clock.advance(6 * minute);
      const listed = world.clock.now() + minute;
      world.script.weather(({ operation }) =>
        operation === 'roleAssignmentSchedules.list' && world.clock.now() < listed ? none : undefined,
      );
      const extended = await azureStep(world, { ...byLeaseId('extend', main), ...longer }, two);
      expect(told(extended)).not.toContain('permanent');
      expect(extended.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminUpdate Provisioned']);
    }));

  it('grants nothing again where an administrator has removed it by hand', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' }, run(1));
      await world.clock.advance(6 * minute);
      world.azure.pim.remove(onCallBlobReader);
      const extended = await azureStep(world, { ...byLeaseId('extend', main), ...longer }, two);
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
      expect(leasedAssignment(world)).toBe(undefined);
      expect([extended.outputs['status'], extended.outputs['changed']]).toEqual(['FAILED', 'false']);
      expect(errors(extended)).toContain('The lease is gone: ');
      expect(errors(extended)).toContain('Take a new one with `operation: assign`.');
    }));

  it('is red where no schedule is ever listed for the role assignment, which is not reported as permanent', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' }, run(1));
      await world.clock.advance(6 * minute);
      world.script.weather(({ operation }) => (operation === 'roleAssignmentSchedules.list' ? none : undefined));
      const extended = await azureStep(world, { ...byLeaseId('extend', main), ...longer }, two);
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
      expect([extended.outputs['status'], extended.outputs['changed']]).toEqual(['FAILED', 'false']);
      expect(errors(extended)).toContain('have not listed the end time of the existing access, so no request was sent');
      expect(told(extended)).not.toContain('permanent');
    }));
});

describe('a revoke of a lease through Privileged Identity Management without a listed schedule (P1)', () => {
  const two = { ...run(2), timeoutMs: 100_000 } as const;

  it('waits for it, and ends it through the same service', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      const listed = world.clock.now() + minute;
      world.script.weather(({ operation }) =>
        operation === 'roleAssignmentSchedules.list' && world.clock.now() < listed ? none : undefined,
      );
      const revoked = await azureStep(world, revokedByPim, two);
      expect([errors(revoked), revoked.outputs['status'], revoked.outputs['changed']]).toEqual([
        '',
        'SUCCEEDED',
        'true',
      ]);
      expect(leasedAssignment(world)).toBe(undefined);
    }));

  it('nor a role assignment, since it is only a moment old, waits for it, and ends it', () =>
    inPim({ azure: { lag: { schedulesMs: 25_000, readMs: 8_000 } } }, async (world) => {
      world.azure.pim.add({ ...onCallBlobReader, endAt: world.clock.now() + 60 * minute });
      await world.clock.advance(1_000);
      const revoked = await azureStep(world, { ...revokedByPim, timeout: '10m' }, two);
      expect([errors(revoked), revoked.outputs['status'], revoked.outputs['changed']]).toEqual([
        '',
        'SUCCEEDED',
        'true',
      ]);
      expect(leasedAssignment(world)).toBe(undefined);
    }));

  it('nor a role assignment, since an administrator has removed it by hand, changes nothing', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      world.azure.pim.remove(onCallBlobReader);
      const revoked = await azureStep(world, revokedByPim, two);
      expect([errors(revoked), revoked.outputs['status'], revoked.outputs['changed']]).toEqual([
        '',
        'SUCCEEDED',
        'false',
      ]);
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
    }));

  it('and whose time limit passes meanwhile does not report that the access exists', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      world.azure.pim.remove(onCallBlobReader);
      const revoked = await azureStep(world, { ...revokedByPim, timeout: '1m' }, two);
      expect([revoked.outputs['status'], revoked.outputs['changed']]).toEqual(['FAILED', 'false']);
      expect(errors(revoked)).toContain('it is unknown whether it exists');
      expect(errors(revoked)).not.toContain('before the access was gone');
    }));

  it('is red where none is ever listed, and does not advise another way to remove it', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      world.script.weather(({ operation }) => (operation === 'roleAssignmentSchedules.list' ? none : undefined));
      const revoked = await azureStep(world, revokedByPim, two);
      expect([revoked.outputs['status'], revoked.outputs['changed']]).toEqual(['FAILED', 'false']);
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
      expect(errors(revoked)).toContain(
        'two minutes of reading have not listed the access of the request that was carried out',
      );
      expect(errors(revoked)).not.toContain('Leave out `azure-pim`');
    }));
});

describe("other callers' access, extended by a step that then ran out of time (P1)", () => {
  it('is reported as changed, with its current end', () =>
    inPim({}, async (world) => {
      world.azure.pim.add({ ...onCallBlobReader, endAt: world.clock.now() + 20 * minute });
      await world.clock.advance(2 * minute);
      const main = await azureStep(world, { ...leasedByPim, timeout: '1m' }, run(1));
      expect(asked(world).slice(1)).toEqual(['AdminUpdate Provisioned']);
      expect([main.outputs['status'], main.outputs['changed']]).toEqual(['FAILED', 'true']);
      expect(errors(main)).toContain('A request of this step that extends the access was accepted.');
      expect(errors(main)).toContain('Azure ends the access at 2026-11-21 21:02 UTC');
      const ended = await postByPim(world, main, run(1));
      expect(warnings(ended)).toContain('Azure ends the access at 2026-11-21 21:02 UTC');
    }));

  it('is reported with that end where nothing is readable afterwards', () =>
    inPim({}, async (world) => {
      world.azure.pim.add({ ...onCallBlobReader, endAt: world.clock.now() + 20 * minute });
      await world.clock.advance(2 * minute);
      world.script.weather(({ operation }) =>
        asked(world).length > 1 && operation.startsWith('roleAssignmentSchedule') ? refused : undefined,
      );
      const main = await azureStep(world, leasedByPim, run(1));
      expect([main.outputs['status'], main.outputs['changed']]).toEqual(['FAILED', 'true']);
      expect(errors(main)).toContain('Azure ends the access at 2026-11-21 21:02 UTC');
    }));
});

describe('an accepted request, without readable data afterwards (P1)', () => {
  it('is reported as a change, with the earliest end of the resulting access', () =>
    inPim({}, async (world) => {
      world.script.weather(({ operation }) =>
        asked(world).length > 0 && operation.startsWith('roleAssignmentSchedule') ? refused : undefined,
      );
      const main = await azureStep(world, leasedByPim, run(1));
      expect(leasedAssignment(world)).toBeDefined();
      expect([main.outputs['status'], main.outputs['changed']]).toEqual(['FAILED', 'true']);
      expect(errors(main)).toContain('Azure ends the access at 2026-11-21 21:00 UTC at the earliest.');
    }));
});
