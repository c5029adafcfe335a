import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import { leasedAssignment } from './azure-lease-support.ts';
import { asked, inPim, leasedByPim, leasedSchedule, postByPim, revokedByPim, takeByPim } from './azure-pim-support.ts';
import { azureStep, onCallBlobReader, requestsTo } from './azure-support.ts';
import { hour, minute } from './lease-support.ts';
import { errors } from './support.ts';

/** Somebody has planned an hour of the same access. */
function plan(world: World, inMs: number): void {
  const startAt = world.clock.now() + inMs;
  world.azure.pim.add({ ...onCallBlobReader, startAt, endAt: startAt + hour });
}

const planned = ['AdminAssign Granted'];

describe('an access of the same grant that is planned through Privileged Identity Management', () => {
  it('is in the way of a lease that would reach into it: red, with its beginning, and nothing is asked for', () =>
    inPim({}, async (world) => {
      plan(world, 30 * minute);
      const main = await azureStep(world, leasedByPim);
      expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'lease-id': '' });
      expect(errors(main)).toMatch(/Another access of this very grant begins at 2026-11-21 20:30 UTC/u);
      expect(errors(main)).toContain('Give a lifetime that ends before 2026-11-21 20:30 UTC');
      expect(requestsTo(main, 'roleAssignmentScheduleRequests.put')).toEqual([]);
      const ended = await postByPim(world, main);
      expect([errors(ended), ended.exitCode, asked(world)]).toEqual(['', 0, planned]);
      await world.clock.advance(31 * minute);
      expect(leasedAssignment(world)).toBeDefined();
    }));

  it('is no access yet, also for a lease that ends before it: where Azure refuses that, it is red and names it', () =>
    inPim({}, async (world) => {
      plan(world, 3 * hour);
      const main = await azureStep(world, { ...leasedByPim, timeout: '10m' });
      expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'lease-id': '' });
      expect(errors(main)).toContain('RoleAssignmentExists');
      expect(errors(main)).toMatch(/begins at 2026-11-21 23:00 UTC, and Azure takes none before it/u);
      expect(errors(main)).not.toContain('no list shows it');
      expect([asked(world), leasedAssignment(world)]).toEqual([planned, undefined]);
    }));

  it('is waited for where it is about to begin, and used', () =>
    inPim({}, async (world) => {
      plan(world, 30_000);
      await world.clock.advance(5_000);
      const main = await takeByPim(world, { ...leasedByPim, lifetime: '30m' });
      expect(main.outputs).toMatchObject({ changed: 'false', 'ends-at-latest': '2026-11-21T21:01:00Z' });
      await world.clock.advance(10 * minute);
      await postByPim(world, main);
      expect(leasedSchedule(world)?.endAt).toBe(Date.parse('2026-11-21T21:01:00Z'));
    }));

  it('is taken back by a revoke before it begins', () =>
    inPim({}, async (world) => {
      plan(world, 30 * minute);
      const revoked = await azureStep(world, revokedByPim);
      expect([errors(revoked), revoked.outputs['status'], revoked.outputs['changed']]).toEqual([
        '',
        'SUCCEEDED',
        'true',
      ]);
      expect([asked(world), leasedSchedule(world)]).toEqual([['AdminAssign Canceled'], undefined]);
      await world.clock.advance(hour);
      expect(leasedAssignment(world)).toBe(undefined);
    }));
});
