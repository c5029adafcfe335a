import { describe, expect, it } from '@jest/globals';
import { calls, errors, ids, inWorld, pushAll, pushOne, step } from './support.ts';

describe('provision', () => {
  it.each([
    ['by ARN', ids.readOnly],
    ['by name', 'ReadOnlyAccess'],
  ])('pushes the latest version to one account, %s, and verifies it', async (_, role) => {
    await inWorld({}, async (world) => {
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
      const result = await step(world, { ...pushOne, role });
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'role-id': ids.readOnly,
        'target-id': ids.prod,
        'principal-id': '',
      });
      expect(world.aws.estate.outdated()).toHaveLength(0);
    });
  });

  it('pushes everywhere with one request, and nothing is listed as outdated afterwards (P1)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'data-lake');
      const result = await step(world, pushAll);
      expect(result.exitCode).toBe(0);
      expect(calls(result)['ProvisionPermissionSet']).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'target-id': 'all' });
      expect(world.aws.estate.outdated()).toHaveLength(0);
    });
  });

  it('pushes to a named account even if nothing is outdated', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, pushOne);
      expect(calls(result)['ProvisionPermissionSet']).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
    });
  });

  it('names the accounts that are still without the latest version when it FAILED (P9)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'data-lake');
      world.script.outcome(
        { kind: 'provision' },
        {
          status: 'FAILED',
          failureReason: 'customer managed policy payments-boundary not found',
          partial: [ids.dataLake],
        },
      );
      const result = await step(world, pushAll);
      expect(result.exitCode).toBe(1);
      expect(result.outputs['failure-reason']).toContain('payments-boundary');
      expect(errors(result)).toContain(`Still without the latest version: ${ids.dataLake}`);
      expect(errors(result)).toContain('customer managed policy');
    });
  });

  it('is never green when AWS reports success and the old version is still listed (P1)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
      world.script.outcome({ kind: 'provision' }, { status: 'SUCCEEDED', effect: false });
      const result = await step(world, pushOne);
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('FAILED');
      expect(result.outputs['failure-reason']).toContain(ids.prod);
    });
  });

  it('creates nothing where the permission set is not provisioned: FAILED before any change (P8)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...pushOne, role: ids.incidentAdmin });
      expect(result.exitCode).toBe(1);
      expect(result.outputs['failure-reason']).toContain('not provisioned there');
      expect(calls(result)['ProvisionPermissionSet']).toBeUndefined();
    });
  });

  it('of a permission set that no account has is green and changes nothing', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...pushAll, role: ids.incidentAdmin });
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(calls(result)['ProvisionPermissionSet']).toBeUndefined();
      expect(result.log).toContain('not provisioned to any account');
    });
  });

  it('is IN_PROGRESS after the time limit, and a re-run adopts it (P2)', async () => {
    await inWorld({ aws: { operations: { durationMs: 120_000 } } }, async (world) => {
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
      const late = await step(world, { ...pushOne, timeout: '30s' });
      expect(late.outputs['status']).toBe('IN_PROGRESS');
      const again = await step(world, pushOne);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', 'request-id': late.outputs['request-id'] });
      expect(calls(again)['ProvisionPermissionSet']).toBeUndefined();
    });
  });
});
