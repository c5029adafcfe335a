import { describe, expect, it } from '@jest/globals';
import { makeEstate, placesOf } from '../../rehearsal/estates.ts';
import { calls, errors, inWorld, pushAll, signIn, step } from './support.ts';

const listOfStatus = 'ListPermissionSetProvisioningStatus';

describe('an operation that provisions while a step looks', () => {
  it('is adopted also where it ends between the look-up of outdated sets and the start, and pushed once', async () => {
    const estate = makeEstate({
      seed: 3,
      groups: 1,
      permissionSets: 1,
      accounts: 8,
      provisioned: { permissionSets: 1, accounts: 3, outdated: 3 },
    });
    const [role = ''] = placesOf(estate).permissionSets;
    await inWorld({ estate, aws: { operations: { durationMs: 3_000 } } }, async (world) => {
      for (const account of placesOf(estate).accounts.slice(0, 3))
        world.aws.estate.start('provision', { permissionSet: 'Access-1', account }, { durationMs: 2_500 });
      // The requests to Organizations in between take until they have ended.
      world.script.fault({ service: 'organizations', nth: 1 }, { kind: 'delay', ms: 4_000 });
      const result = await step(world, { ...signIn, operation: 'provision', role, target: 'outdated' });
      expect(result.exitCode).toBe(0);
      expect(result.outputs['status']).toBe('SUCCEEDED');
      expect(calls(result)).not.toHaveProperty('ProvisionPermissionSet');
      expect(world.aws.estate.operations()).toHaveLength(3);
      expect(world.aws.estate.outdated()).toEqual([]);
    });
  });

  it('can be slow to list: a line without a match is reported in the usual way', async () => {
    await inWorld({}, async (world) => {
      world.script.fault({ operation: listOfStatus, nth: 1 }, { kind: 'delay', ms: 3_000 });
      const result = await step(world, { ...pushAll, role: 'NoSuchRole' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs['failure-reason']).toContain('NoSuchRole');
      expect(errors(result)).toContain('is named "NoSuchRole"');
    });
  });

  it('can be denied to list: the step reports that, and continues with the push', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.edit('ReadOnlyAccess');
      world.script.fault(
        { operation: listOfStatus, times: 9 },
        { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'no' },
      );
      const result = await step(world, {
        ...signIn,
        operation: 'provision',
        role: 'ReadOnlyAccess',
        target: 'outdated',
      });
      expect(result.exitCode).toBe(0);
      expect(world.aws.estate.outdated()).toEqual([]);
      expect(result.log).toContain('none can be adopted');
    });
  });
});
