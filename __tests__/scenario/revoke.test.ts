import { describe, expect, it } from '@jest/globals';
import { byIds, byNames, calls, errors, ids, inWorld, onCallAssignment, step } from './support.ts';

const revokeByIds = { ...byIds, operation: 'revoke' } as const;
const revokeByNames = { ...byNames, operation: 'revoke' } as const;

describe('revoke', () => {
  it.each([
    ['ids', revokeByIds],
    ['names', revokeByNames],
  ])('removes access by %s, polls and verifies that it is gone', async (_, inputs) => {
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const result = await step(world, inputs);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'principal-id': ids.onCall });
      expect(world.aws.estate.has(onCallAssignment)).toBe(false);
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
      expect(result.log).toContain('Verified by reading back');
    });
  });

  it('reports how long open sessions can last: by the permission set, or by the longest possible time (P1)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const result = await step(world, revokeByIds);
      expect(result.summary).toContain('up to 2 h more');
    });
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      world.script.fault(
        { operation: 'DescribePermissionSet' },
        { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'no' },
      );
      const result = await step(world, revokeByIds);
      expect(result.exitCode).toBe(0);
      expect(result.summary).toContain('up to 12 hours');
    });
  });

  it('is green without any call where the access is absent: changed false (P3)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, revokeByIds);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'request-id': '' });
      expect(calls(result)['DeleteAccountAssignment']).toBeUndefined();
    });
  });

  it('touches no other assignment of the principal, the permission set or the account (P3)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      world.aws.estate.add({ ...onCallAssignment, accountId: ids.staging });
      world.aws.estate.add({ ...onCallAssignment, principalId: ids.auditors });
      world.aws.estate.add({ ...onCallAssignment, permissionSetArn: ids.readOnly });
      const before = world.aws.estate.assignments().length;
      expect(await step(world, revokeByIds)).toMatchObject({ exitCode: 0 });
      expect(world.aws.estate.assignments()).toHaveLength(before - 1);
      expect(world.aws.estate.has(onCallAssignment)).toBe(false);
      const again = await step(world, revokeByIds);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(world.aws.estate.assignments()).toHaveLength(before - 1);
    });
  });

  it('accepts that another caller was quicker: not found at the start call, and a read shows that it is gone', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      world.script.onRequest({ operation: 'DeleteAccountAssignment' }, () => {
        world.aws.estate.remove(onCallAssignment);
      });
      const result = await step(world, revokeByIds);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
    });
  });

  it('of a principal that left the directory: green with a warning if the row is gone, red and named if it remains', async () => {
    const failureReason = `Received a 404 status error: the GROUP assignee ${ids.onCall} was not found in directory ${ids.store}`;
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      world.script.outcome({ kind: 'delete' }, { status: 'FAILED', failureReason, effect: true });
      const result = await step(world, revokeByIds);
      expect(result.exitCode).toBe(0);
      expect(result.annotations.map(({ level, message }) => `${level} ${message}`).join('\n')).toMatch(
        /warning .*404 status error/u,
      );
    });
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      world.script.outcome({ kind: 'delete' }, { status: 'FAILED', failureReason });
      const result = await step(world, revokeByIds);
      expect(result.exitCode).toBe(1);
      expect(result.outputs['failure-reason']).toBe(failureReason);
      expect(errors(result)).toContain('does not exist in the identity store');
    });
  });

  it('is never green when AWS reports success and the access still exists (P1)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      world.script.outcome({ kind: 'delete' }, { status: 'SUCCEEDED', effect: false });
      const result = await step(world, revokeByIds);
      expect(result.exitCode).toBe(1);
      expect(result.outputs['failure-reason']).toContain('still showed the grant');
    });
  });

  it('adopts a deletion that is already in progress (P2)', async () => {
    await inWorld({ aws: { operations: { durationMs: 60_000 } } }, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const late = await step(world, { ...revokeByIds, timeout: '5s' });
      expect(late.outputs['status']).toBe('IN_PROGRESS');
      const again = await step(world, revokeByIds);
      expect(again.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'request-id': late.outputs['request-id'],
      });
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    });
  });

  it('waits for a creation in progress instead of reporting the access as absent (P1)', async () => {
    await inWorld({ aws: { operations: { durationMs: 15_000 } } }, async (world) => {
      await step(world, { ...byIds, wait: 'false' });
      const result = await step(world, revokeByIds);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(result.log).toContain('Waiting for CreateAccountAssignment');
      expect(world.aws.estate.has(onCallAssignment)).toBe(false);
    });
  });
});
