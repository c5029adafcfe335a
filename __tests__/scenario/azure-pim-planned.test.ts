import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import { leasedAssignment } from './azure-lease-support.ts';
import {
  asked,
  inPim,
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

/** Another caller has planned an hour of the same access. */
function plan(world: World, inMs: number): void {
  const startAt = world.clock.now() + inMs;
  world.azure.pim.add({ ...onCallBlobReader, startAt, endAt: startAt + hour });
}

const planned = ['AdminAssign Granted'];

describe('an access of the same grant that is planned through Privileged Identity Management', () => {
  it('prevents a lease that would overlap it: red, with its beginning, and no request is sent (P3)', () =>
    inPim({}, async (world) => {
      plan(world, 30 * minute);
      const main = await azureStep(world, leasedByPim);
      expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'lease-id': '' });
      expect(errors(main)).toMatch(/Another access of the same grant begins at 2026-11-21 20:30 UTC/u);
      expect(errors(main)).toContain('Use a `lifetime` that ends before 2026-11-21 20:30 UTC');
      expect(requestsTo(main, 'roleAssignmentScheduleRequests.put')).toEqual([]);
      const ended = await postByPim(world, main);
      expect([errors(ended), ended.exitCode, asked(world)]).toEqual(['', 0, planned]);
      await world.clock.advance(31 * minute);
      expect(leasedAssignment(world)).toBeDefined();
    }));

  it('is not access yet, also for a lease that ends before it: where Azure refuses that, the step is red and names it (P9)', () =>
    inPim({}, async (world) => {
      plan(world, 3 * hour);
      const main = await azureStep(world, { ...leasedByPim, timeout: '10m' });
      expect(main.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'lease-id': '' });
      expect(errors(main)).toContain('RoleAssignmentExists');
      expect(errors(main)).toMatch(/begins at 2026-11-21 23:00 UTC, and Azure accepts none before it/u);
      expect(errors(main)).not.toContain('it is not listed');
      expect([asked(world), leasedAssignment(world)]).toEqual([planned, undefined]);
    }));

  it('is waited for shortly before its beginning, and used', () =>
    inPim({}, async (world) => {
      plan(world, 30_000);
      await world.clock.advance(5_000);
      const main = await takeByPim(world, { ...leasedByPim, lifetime: '30m' });
      expect(main.outputs).toMatchObject({ changed: 'false', 'ends-at-latest': '2026-11-21T21:01:00Z' });
      await world.clock.advance(10 * minute);
      await postByPim(world, main);
      expect(leasedSchedule(world)?.endAt).toBe(Date.parse('2026-11-21T21:01:00Z'));
    }));

  it('is canceled by a revoke before it begins', () =>
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

  it('and that lists still show after that: no access is too young to be ended (P9)', () =>
    inPim({ azure: { lag: { schedulesMs: 25_000 } } }, async (world) => {
      plan(world, 30 * minute);
      await world.clock.advance(minute);
      const revoked = await azureStep(world, revokedByPim);
      expect([errors(revoked), revoked.outputs['status'], revoked.outputs['changed']]).toEqual([
        '',
        'SUCCEEDED',
        'true',
      ]);
      expect(asked(world)).toEqual(['AdminAssign Canceled']);
    }));
});

describe('an access that is planned for later while another of the same grant runs (P9)', () => {
  const later = {
    name: '0b1ec700-0000-4000-8000-00000000abcd',
    from: '2026-11-21T23:00:00Z',
    to: '2026-11-22T00:00:00Z',
  };

  /** Lists show it until it is canceled: the rehearsal's own Azure has one access at a time. */
  function planBehind(world: World): void {
    const rows = new Map<string, unknown>();
    let isPlanned = true;
    const beside =
      (operation: string, alike: (row: Row) => Row) =>
      (text: string): string => {
        const { value } = JSON.parse(text) as { readonly value: readonly Row[] };
        const row = rows.get(operation) ?? (value[0] === undefined ? null : alike(value[0]));
        rows.set(operation, row);
        return JSON.stringify({ value: [...value, ...(row === null ? [] : [row])] });
      };
    world.script.weather(({ operation }) => {
      if (!isPlanned) return undefined;
      switch (operation) {
        case 'roleAssignmentSchedules.list':
          return { kind: 'altered', alter: beside(operation, scheduled) };
        case 'roleAssignmentScheduleRequests.list':
          return { kind: 'altered', alter: beside(operation, requested) };
        case 'roleAssignmentScheduleRequests.cancel':
          isPlanned = false;
          return { kind: 'http', status: 200, body: '' };
        default:
          return undefined;
      }
    });
  }

  interface Row {
    readonly id: string;
    readonly name: string;
    readonly properties: Readonly<Record<string, unknown>>;
  }

  function scheduled({ id, properties }: Row): Row {
    const request = (properties['roleAssignmentScheduleRequestId'] as string).replace(/[^/]+$/u, later.name);
    const times = { startDateTime: later.from, endDateTime: later.to, roleAssignmentScheduleRequestId: request };
    return { id: `${id}2`, name: 'planned', properties: { ...properties, ...times } };
  }

  function requested({ id, properties }: Row): Row {
    const scheduleInfo = {
      startDateTime: later.from,
      expiration: { type: 'AfterDateTime', endDateTime: later.to },
    };
    return {
      id: id.replace(/[^/]+$/u, later.name),
      name: later.name,
      properties: { ...properties, status: 'Granted', justification: 'by hand', scheduleInfo },
    };
  }

  it('is canceled by a revoke too, which ends the running one', () =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      planBehind(world);
      const revoked = await azureStep(world, revokedByPim, run(2));
      expect([errors(revoked), revoked.outputs['status'], revoked.outputs['changed']]).toEqual([
        '',
        'SUCCEEDED',
        'true',
      ]);
      expect(requestsTo(revoked, 'roleAssignmentScheduleRequests.cancel')).toHaveLength(1);
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked']);
    }));

  it('is not needed for the access: the holder of the lease ends the lease', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      planBehind(world);
      const ended = await postByPim(world, main, run(1));
      expect([errors(ended), warnings(ended), ended.exitCode]).toEqual(['', '', 0]);
      expect(requestsTo(ended, 'roleAssignmentScheduleRequests.cancel')).toEqual([]);
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked']);
    }));
});
