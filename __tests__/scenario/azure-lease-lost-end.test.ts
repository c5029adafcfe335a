import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import {
  byLeaseId,
  inAzureLeases,
  isGranted,
  leasedOnAzure,
  sweepingAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { azureByIds, azureStep } from './azure-support.ts';
import { hour, job, told } from './lease-support.ts';
import { errors } from './support.ts';

const [one, two] = [job(1), { ...job(2), timeoutMs: 500_000 }];
const answerLost = (world: World): void => {
  world.script.fault({ operation: 'roleAssignments.delete', times: 1 }, { kind: 'hang', processed: true });
};

describe('a DELETE of a lease on Azure with a lost response', () => {
  it.each(['release', 'revoke', 'sweep'] as const)('and that was carried out is a change: %s (P2)', (operation) =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, one);
      if (operation === 'sweep') await world.advance(3 * hour);
      answerLost(world);
      const inputs = {
        release: byLeaseId('release', main),
        revoke: { ...azureByIds, operation },
        sweep: sweepingAzure,
      }[operation];
      const done = await azureStep(world, inputs, two);
      expect(isGranted(world)).toBe(false);
      expect(done.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(done.log).toContain('It might have succeeded.');
      if (operation !== 'release')
        expect(told(done, 'warning').join()).toContain('reading back verified that it took effect');
    }),
  );

  it.each(['release', 'revoke', 'sweep'] as const)(
    'and with an unknown result at the time limit is in progress: %s (P2)',
    (operation) =>
      inAzureLeases({}, async (world) => {
        const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, one);
        if (operation === 'sweep') await world.advance(3 * hour);
        answerLost(world);
        const inputs = {
          release: byLeaseId('release', main),
          revoke: { ...azureByIds, operation },
          sweep: sweepingAzure,
        }[operation];
        const done = await azureStep(world, { ...inputs, timeout: '30s' }, two);
        expect([done.exitCode, done.outputs['status'], done.outputs['changed']]).toEqual([1, 'IN_PROGRESS', 'true']);
        expect(errors(done)).toMatch(
          /no answer within 10 s.*might have carried it out.*What to do: End the access with/su,
        );
      }),
  );

  it('and that was not carried out is sent again, and is a change', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, one);
      world.script.fault({ operation: 'roleAssignments.delete', times: 1 }, { kind: 'hang', processed: false });
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect(isGranted(world)).toBe(false);
      expect(released.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
    }));

  it('and that cannot be sent again, though it was not carried out, is not a change', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, one);
      world.script.fault({ operation: 'roleAssignments.delete', times: 1 }, { kind: 'hang', processed: false });
      world.script.fault(
        { operation: 'roleAssignments.delete', times: Infinity },
        { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' },
      );
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect(released.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
    }));
});
