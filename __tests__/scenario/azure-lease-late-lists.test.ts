import { describe, expect, it } from '@jest/globals';
import {
  byLeaseId,
  changesIn,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedOnAzure,
  postOnAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { asked, inPim, leasedByPim, leasedSchedule, takeByPim } from './azure-pim-support.ts';
import { azureStep } from './azure-support.ts';
import { job, minute, told } from './lease-support.ts';
import { errors } from './support.ts';

const second = 1_000;
const one = { ...job(1), timeoutMs: 100_000 } as const;
const two = { ...job(2), timeoutMs: 100_000 } as const;
const empty = { kind: 'answer', body: { value: [] } } as const;

/** Lists lag, and responses are lost: the results report only certain facts. */
describe('one outdated list', () => {
  it('does not let a release report that the lease is gone (P1)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, one);
      world.script.fault({ operation: 'roleAssignments.list', times: 1 }, empty);
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect(released).toMatchObject({ exitCode: 0, outputs: { changed: 'true' } });
      expect(released.log).toContain('Part of the lease is not listed');
      expect(isGranted(world)).toBe(false);
    }));

  it('does not turn an extension red', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, one);
      world.script.fault({ operation: 'roleAssignments.list', times: 1 }, empty);
      const extended = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '3h' }, two);
      expect(extended).toMatchObject({ exitCode: 0, outputs: { 'expires-at': '2026-11-21T23:00:00Z' } });
    }));

  it('nor through Privileged Identity Management (P1)', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' });
      await world.clock.advance(6 * minute);
      world.script.fault({ operation: 'roleAssignmentSchedules.list', times: 1 }, empty);
      const released = await azureStep(world, byLeaseId('release', main));
      expect(released).toMatchObject({ exitCode: 0, outputs: { changed: 'true' } });
      expect(leasedSchedule(world)).toBeUndefined();
    }));

  it('nor where Azure lists its schedule a minute late: an access that began is as present as one that waits', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' });
      await world.clock.advance(6 * minute);
      const listed = world.clock.now() + minute;
      world.script.weather(({ operation }) =>
        operation === 'roleAssignmentSchedules.list' && world.clock.now() < listed ? empty : undefined,
      );
      const released = await azureStep(world, byLeaseId('release', main), { timeoutMs: 100_000 });
      expect([errors(released), released.exitCode, released.outputs['changed']]).toEqual(['', 0, 'true']);
      expect(leasedSchedule(world)).toBeUndefined();
    }));

  it('is waited for only once: after that, missing access is gone', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      await postOnAzure(world, main, one);
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect(released).toMatchObject({ exitCode: 0, outputs: { changed: 'false' } });
      expect(released.virtualMs).toBeLessThan(15 * second);
    }));
});

describe('the time limit', () => {
  it('ends the polling of an abandoned request that never ends (P2)', () =>
    inPim({}, async (world) => {
      world.script.weather(({ operation }) =>
        operation === 'roleAssignmentScheduleInstances.list' ? empty : undefined,
      );
      world.azure.pim.script({ requestType: 'AdminRemove' }, { takesMs: 0, statuses: [['PendingRevocation', 0]] });
      const main = await azureStep(world, { ...leasedByPim, timeout: '10m' }, { timeoutMs: 100_000 });
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove PendingRevocation']);
      expect(main.exitCode).toBe(1);
      expect(main.virtualMs).toBeLessThan(15 * minute);
    }));

  it('ends the post step within four minutes, which reports that Azure carried it out (P9)', () =>
    inAzureLeases({ azure: { lag: { deleteMs: 100_000_000 } } }, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const began = world.clock.now();
      world.script.weather(({ operation }) =>
        operation === 'roleAssignments.list' && world.clock.now() - began > 200 * second ? { kind: 'hang' } : undefined,
      );
      const ended = await postOnAzure(world, main, one);
      expect(ended.exitCode).toBe(1);
      expect(ended.virtualMs).toBeLessThan(4 * minute + 5 * second);
      expect(errors(ended)).toContain('Azure carried out the release of this lease, but no read has shown it');
    }));

  it('leaves an extension enough time to release the old hold', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, one);
      const extended = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '30m', timeout: '1m' }, two);
      expect(extended.exitCode).toBe(0);
      expect(told(extended, 'warning')).toEqual([]);
      expect(holdersIn(world)).toHaveLength(1);
    }));
});

describe('a response that is lost again and again (P9)', () => {
  it("is reported with Azure's own words where no read ever showed the change", () =>
    inAzureLeases({}, async (world) => {
      const down = { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'down for repair' } as const;
      world.script.weather(({ operation }) => (operation === 'roleAssignments.put' ? down : undefined));
      const main = await azureStep(world, { ...leasedOnAzure, timeout: '2m' }, one);
      expect(main.exitCode).toBe(1);
      expect(changesIn(main)).not.toContain('roleAssignments.delete');
      expect(errors(main)).toMatch(/ServiceUnavailable.*down for repair/su);
    }));
});
