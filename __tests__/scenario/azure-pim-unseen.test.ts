import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
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
import { azureStep, onCallBlobReader, warnings } from './azure-support.ts';
import { minute, summaryText } from './lease-support.ts';
import { errors } from './support.ts';

const refused: Effect = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' };

function refuseAll(world: World, prefix: string): void {
  world.script.weather(({ operation }) => (operation.startsWith(prefix) ? refused : undefined));
}

describe('a lease through Privileged Identity Management without any readable data in post (P1)', () => {
  it('is left to Azure together with others, with the earliest end, and no other end is named', () =>
    inPim({}, async (world) => {
      await takeByPim(world, { ...leasedByPim, lifetime: '3h' }, run(1));
      await world.clock.advance(10 * minute);
      const second = await takeByPim(world, { ...leasedByPim, lifetime: '30m' }, run(2));
      expect(second.outputs['ends-at-latest']).toBe('2026-11-21T23:01:30Z');
      refuseAll(world, 'roleAssignmentSchedule');
      const ended = await postByPim(world, second, run(2));
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      expect(warnings(ended)).toContain(
        'Azure ends the access at 2026-11-21 20:40 UTC at the earliest: whether it lasts longer for others could not be read.',
      );
      expect(summaryText(ended)).not.toContain('at the latest');
    }));

  it('is left to Azure alone with the same words: its end is rounded up', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, lifetime: '5m' });
      const end = Date.parse(main.outputs['expires-at'] ?? '');
      refuseAll(world, 'roleAssignmentSchedule');
      const ended = await postByPim(world, main);
      expect(leasedSchedule(world)?.endAt).toBeGreaterThanOrEqual(end);
      expect(warnings(ended)).toMatch(/Azure ends the access at 2026-11-21 20:0\d UTC at the earliest: whether/u);
    }));
});

describe('an access of Privileged Identity Management that Azure has ended, which no read shows (P1)', () => {
  it('is reported by a release as changed, with its real state', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' }, run(1));
      await world.clock.advance(6 * minute);
      refuseAll(world, 'roleAssignmentScheduleInstances');
      const released = await azureStep(world, byLeaseId('release', main), run(2));
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked']);
      expect(leasedAssignment(world)).toBe(undefined);
      expect([released.outputs['status'], released.outputs['changed']]).toEqual(['SUCCEEDED', 'true']);
      expect(released.outputs['request-id']).toBe(lastRequest(world).name);
      expect(warnings(released)).toMatch(
        /Azure carried out the removal, but no read has shown it\. .+AuthorizationFailed.+ If the access still exists, Azure ends it at 2026-11-21 21:0\d UTC\./u,
      );
    }));

  it('and that another caller has made again is reported with its current end, and not as gone', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      world.script.weather(({ operation }) => {
        const isRemoved = asked(world).length === 2 && leasedSchedule(world) === undefined;
        if (isRemoved && operation === 'roleAssignmentScheduleInstances.list')
          world.azure.pim.add({ ...onCallBlobReader, endAt: Date.parse('2026-11-22T01:00:00Z') });
        return undefined;
      });
      const ended = await postByPim(world, main, run(1));
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked', 'AdminAssign Provisioned']);
      expect(warnings(ended)).toContain('If the access still exists, Azure ends it at 2026-11-22 01:00 UTC.');
      expect(ended.log).not.toContain('The role assignment is deleted');
    }));

  it('is reported without the refusal of its removal before Azure carried it out', () =>
    inPim({ azure: { lag: { schedulesMs: 150_000 } } }, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, timeout: '15m' }, run(1));
      await world.clock.advance(6 * minute);
      world.script.fault({ operation: 'roleAssignmentScheduleRequests.put', times: 1 }, { kind: 'throttle' });
      const ended = await postByPim(world, main, { ...run(1), timeoutMs: 100_000 });
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked']);
      expect(ended.log).toContain('Throttled');
      expect(warnings(ended)).toContain('no read has shown it. If the access still exists');
    }));

  it('is reported as changed by a release with a removal in progress when nothing is readable any longer', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' }, run(1));
      await world.clock.advance(6 * minute);
      world.azure.pim.script({ requestType: 'AdminRemove' }, { takesMs: 0, statuses: [['PendingRevocation', 0]] });
      world.script.weather(({ operation }) =>
        operation === 'roleAssignmentScheduleRequests.get' ? refused : undefined,
      );
      const released = await azureStep(world, byLeaseId('release', main), run(2));
      expect([released.outputs['status'], released.outputs['changed']]).toEqual(['SUCCEEDED', 'true']);
      expect(warnings(released)).toContain('The removal of the access was accepted, but no read has shown its result.');
    }));

  it('is reported as changed by a revoke with a time limit that passes meanwhile', () =>
    inPim({ azure: { lag: { schedulesMs: 100_000 } } }, async (world) => {
      await takeByPim(world, { ...leasedByPim, timeout: '15m' }, run(1));
      await world.clock.advance(10 * minute);
      const revoked = await azureStep(world, { ...revokedByPim, timeout: '1m' }, run(2));
      expect(leasedAssignment(world)).toBe(undefined);
      expect([revoked.outputs['status'], revoked.outputs['changed']]).toEqual(['FAILED', 'true']);
      expect(errors(revoked)).toContain(
        'Azure carried out the removal, but the time limit passed before a read showed it.',
      );
    }));
});
