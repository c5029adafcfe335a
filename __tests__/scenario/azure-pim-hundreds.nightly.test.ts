import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import { grantsOf, tenant } from './azure-many.ts';
import { asked, inPim, leasedByPim, postByPim, revokedByPim, takeByPim } from './azure-pim-support.ts';
import { azureStep, warnings } from './azure-support.ts';
import { minute } from './lease-support.ts';
import { errors } from './support.ts';

const patienceMs = 600_000;
/** A safety net in real time for each step. */
const slowly = { timeoutMs: 400_000 } as const;

/** A hundred and fifty grants: five groups, two roles, fifteen resource groups. */
const count = 150;
const { estate, ...places } = tenant({ groups: 5, resourceGroups: 15 });
const many = { ...leasedByPim, ...grantsOf(places, { groups: 5, roles: 2, scopes: 15 }), timeout: '10m' };

it(
  'a hundred and fifty leases through Privileged Identity Management are taken and released with few requests each (Many)',
  () =>
    inPim({ estate }, async (world) => {
      const main = await takeByPim(world, many, slowly);
      expect([errors(main), world.azure.pim.schedules().length]).toEqual(['', count]);
      expect(main.requests.length).toBeLessThan(7 * count);
      expect(main.virtualMs).toBeLessThan(2 * minute);
      await world.clock.advance(6 * minute);
      const ended = await postByPim(world, main, slowly);
      expect([errors(ended), warnings(ended), world.azure.pim.schedules().length]).toEqual(['', '', 0]);
      expect(ended.requests.length).toBeLessThan(7 * count);
      expect(ended.virtualMs).toBeLessThan(2 * minute);
    }),
  patienceMs,
);

describe('where the list of running access needs half a minute', () => {
  /** Source: docs/design/azure.md#pim-lists. */
  const slow = ({ script }: World, ms = 30_000): void => {
    script.weather(({ operation }) =>
      operation === 'roleAssignmentSchedules.list' ? { kind: 'late', ms } : undefined,
    );
  };

  it('a lease is taken by one request, and ended by another', () =>
    inPim({}, async (world) => {
      slow(world);
      const main = await takeByPim(world, leasedByPim, slowly);
      expect([main.exitCode, errors(main)]).toEqual([0, '']);
      await world.clock.advance(6 * minute);
      const ended = await postByPim(world, main, slowly);
      expect([errors(ended), warnings(ended), world.azure.pim.schedules().length]).toEqual(['', '', 0]);
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked']);
      // One look each.
      expect([main.virtualMs < minute, ended.virtualMs < minute]).toEqual([true, true]);
    }));

  it('a revoke ends it', () =>
    inPim({}, async (world) => {
      await takeByPim(world);
      await world.clock.advance(6 * minute);
      slow(world);
      const revoked = await azureStep(world, revokedByPim, slowly);
      expect([revoked.exitCode, errors(revoked)]).toEqual([0, '']);
      expect(world.azure.pim.schedules()).toEqual([]);
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked']);
    }));
});
