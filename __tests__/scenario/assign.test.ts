import { describe, expect, it } from '@jest/globals';
import { byIds, byNames, calls, errors, ids, inWorld, onCallAssignment, pushAll, pushOne, step } from './support.ts';

describe('assign', () => {
  it.each([
    ['a group by name', byNames, ids.onCall, 'GROUP'],
    ['a group by id', byIds, ids.onCall, 'GROUP'],
    ['a user by user name', { ...byNames, principal: 'user:alice@example.com' }, ids.alice, 'USER'],
    ['a user by id', { ...byIds, principal: `user:${ids.alice}` }, ids.alice, 'USER'],
    ['a bare id with principal-type', { ...byIds, principal: ids.alice, 'principal-type': 'USER' }, ids.alice, 'USER'],
  ] as const)(
    'grants access to %s, polls, verifies and reports the change (P1)',
    async (_, inputs, principalId, principalType) => {
      await inWorld({}, async (world) => {
        const result = await step(world, inputs);
        expect(result.exitCode).toBe(0);
        expect(result.outputs).toMatchObject({
          status: 'SUCCEEDED',
          changed: 'true',
          'principal-id': principalId,
          'principal-type': principalType,
          'role-id': ids.incidentAdmin,
          'target-id': ids.prod,
          'assignment-id': '',
          'failure-reason': '',
        });
        expect(result.outputs['request-id']).toMatch(/^[0-9a-f-]{36}$/u);
        expect(world.aws.estate.has({ ...onCallAssignment, principalType, principalId })).toBe(true);
        expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
        expect(result.log).toContain(`request ID ${result.outputs['request-id']}`);
        expect(result.log).toContain('Verified by reading back');
      });
    },
  );

  it('finds the access on a re-run and is green after the read: changed false, no start call', async () => {
    await inWorld({}, async (world) => {
      await step(world, byIds);
      const again = await step(world, byIds);
      expect(again.exitCode).toBe(0);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'request-id': '' });
      expect(calls(again)['CreateAccountAssignment']).toBeUndefined();
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    });
  });

  it('needs six requests and the polls when everything is pinned and given by ID, sign-in and verification included', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, byIds);
      const { DescribeAccountAssignmentCreationStatus: polls = 0, ...others } = calls(result);
      expect(polls).toBeGreaterThan(0);
      expect(Object.values(others).reduce((sum, many) => sum + many, 0)).toBe(6);
    });
  });

  it.each([
    ['at once', { immediate: true }],
    ['after a while', { durationMs: 4_000 }],
  ])('is red when the operation ends FAILED %s, with the reason verbatim and a hint (P1)', async (_, when) => {
    await inWorld({}, async (world) => {
      const failureReason =
        'AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account takes longer than usual.';
      world.script.outcome({ kind: 'create' }, { status: 'FAILED', failureReason, ...when });
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'failure-reason': failureReason });
      expect(result.outputs['request-id']).toMatch(/^[0-9a-f-]{36}$/u);
      expect(errors(result)).toContain(failureReason);
      expect(errors(result)).toContain('suspended, closed or not ready');
      expect(errors(result)).toContain(result.outputs['request-id']);
      expect(world.aws.estate.effectiveChanges()).toHaveLength(0);
    });
  });

  it('submits once more an operation that failed without a reason from AWS, and only once', async () => {
    const failureReason = 'An unexpected internal service exception was encountered';
    await inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create', nth: 1 }, { status: 'FAILED', failureReason });
      const result = await step(world, byIds);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(calls(result)['CreateAccountAssignment']).toBe(2);
    });
    await inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create', nth: 1 }, { status: 'FAILED', failureReason });
      world.script.outcome({ kind: 'create', nth: 2 }, { status: 'FAILED', failureReason });
      const result = await step(world, byIds);
      expect(result.outputs).toMatchObject({ status: 'FAILED', 'failure-reason': failureReason });
      expect(calls(result)['CreateAccountAssignment']).toBe(2);
    });
  });

  it('is never green when AWS reports success and the read-back does not show the access (P1)', async () => {
    await inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { status: 'SUCCEEDED', effect: false });
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('FAILED');
      expect(result.outputs['failure-reason']).toContain('reading back did not show the grant');
    });
  });

  it('is red for an account that does not exist, where AWS reports success without an effect (P1)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, target: '999999999999' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('FAILED');
      expect(world.aws.estate.effectiveChanges()).toHaveLength(0);
    });
  });

  it('handles reads that lag behind the change, and a request ID that is not visible at once (P1)', async () => {
    await inWorld({ aws: { lag: { assignmentsMs: 5_000, statusMs: 3_000 } } }, async (world) => {
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(result.log).toContain('Not visible yet');
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    });
  });

  it('reports IN_PROGRESS with the request ID when the time limit passes, ends red, and a re-run adopts the operation (P2)', async () => {
    await inWorld({ aws: { operations: { durationMs: 90_000 } } }, async (world) => {
      const late = await step(world, { ...byIds, timeout: '20s' });
      expect(late.exitCode).toBe(1);
      expect(late.outputs).toMatchObject({ status: 'IN_PROGRESS', changed: 'true' });
      const id = late.outputs['request-id'] ?? '';
      expect(id).toMatch(/^[0-9a-f-]{36}$/u);
      expect(errors(late)).toContain(id);

      const again = await step(world, byIds);
      expect(again.exitCode).toBe(0);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'request-id': id });
      expect(calls(again)['CreateAccountAssignment']).toBeUndefined();
      expect(again.log).toContain('Adopted CreateAccountAssignment');
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    });
  });

  it('starts one operation of its own when the adopted one ends FAILED (P2)', async () => {
    await inWorld({ aws: { operations: { durationMs: 30_000 } } }, async (world) => {
      world.script.outcome({ kind: 'create', nth: 1 }, { durationMs: 30_000, status: 'FAILED', failureReason: 'no' });
      await step(world, { ...byIds, timeout: '5s' });
      const again = await step(world, byIds);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(calls(again)['CreateAccountAssignment']).toBe(1);
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    });
  });

  it('ignores a row that a running deletion is about to remove (P1)', async () => {
    await inWorld({ aws: { operations: { durationMs: 20_000 } } }, async (world) => {
      world.aws.estate.add(onCallAssignment);
      await step(world, { ...byIds, operation: 'revoke', timeout: '3s' });
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(result.log).toContain('Waiting for DeleteAccountAssignment');
      expect(world.aws.estate.has(onCallAssignment)).toBe(true);
    });
  });

  it('does not start while that deletion outlives the time limit: FAILED, not started, with the cause (P2)', async () => {
    await inWorld({ aws: { operations: { durationMs: 120_000 } } }, async (world) => {
      world.aws.estate.add(onCallAssignment);
      await step(world, { ...byIds, operation: 'revoke', timeout: '3s' });
      const result = await step(world, { ...byIds, timeout: '10s' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('FAILED');
      expect(result.outputs['failure-reason']).toContain('Not started');
      expect(calls(result)['CreateAccountAssignment']).toBeUndefined();
    });
  });

  it('ends green with IN_PROGRESS and the request ID with wait: false (P1)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, wait: 'false' });
      expect(result.exitCode).toBe(0);
      expect(result.outputs['status']).toBe('IN_PROGRESS');
      expect(result.outputs['request-id']).toMatch(/^[0-9a-f-]{36}$/u);
      expect(calls(result)['DescribeAccountAssignmentCreationStatus']).toBeUndefined();
    });
  });

  it('is red without waiting when the start call itself ends FAILED or is refused (P1)', async () => {
    await inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { immediate: true, status: 'FAILED', failureReason: 'no' });
      expect(await step(world, { ...byIds, wait: 'false' })).toMatchObject({ exitCode: 1 });
    });
    await inWorld({}, async (world) => {
      world.script.fault(
        { operation: 'CreateAccountAssignment' },
        { kind: 'error', status: 400, code: 'ServiceQuotaExceededException', message: 'too many' },
      );
      const result = await step(world, { ...byIds, wait: 'false' });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('ServiceQuotaExceededException: too many');
      expect(errors(result)).toContain('quota');
    });
  });

  it('waits out a conflict on the account and reports why it waits', async () => {
    await inWorld({}, async (world) => {
      world.script.fault({ operation: 'CreateAccountAssignment', times: 2 }, { kind: 'conflict' });
      const result = await step(world, byIds);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(result.log).toContain('Another operation is in progress there');
    });
  });

  it('reports a refusal that outlives the time limit as FAILED: nothing was started (P2)', async () => {
    await inWorld({}, async (world) => {
      world.script.fault({ operation: 'CreateAccountAssignment', times: 1_000 }, { kind: 'conflict' });
      const result = await step(world, { ...byIds, timeout: '1m' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('ConflictException');
      expect(result.virtualMs).toBeLessThan(65_000);
    });
  });

  it('names the rule of delegated administration that refused it (P9)', async () => {
    await inWorld({}, async (world) => {
      const there = await step(world, { ...byIds, target: ids.management, 'allow-privileged': 'true' });
      expect(there.exitCode).toBe(1);
      expect(errors(there)).toContain(
        'is the management account, where a delegated administrator cannot assign access',
      );
      const used = await step(world, { ...byIds, role: ids.breakGlass });
      expect(used.exitCode).toBe(1);
      expect(errors(used)).toContain('The permission set is provisioned in the management account');
      expect(world.aws.estate.effectiveChanges()).toHaveLength(0);
    });
  });

  it('continues with a warning where operations in progress are not readable (P9)', async () => {
    await inWorld({}, async (world) => {
      world.script.fault(
        { operation: 'ListAccountAssignmentCreationStatus', times: 50 },
        { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'no' },
      );
      const result = await step(world, byIds);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(
        result.annotations.some(({ level, message }) => level === 'warning' && message.includes('in progress')),
      ).toBe(true);
    });
  });

  const page = { kind: 'http', status: 500, body: '<!doctype html>', contentType: 'text/html' } as const;

  it.each([
    ['assign', 'ListAccountAssignmentCreationStatus', byIds],
    ['revoke', 'ListAccountAssignmentDeletionStatus', { ...byIds, operation: 'revoke' }],
    ['provision', 'ListPermissionSetProvisioningStatus', pushOne],
    ['provision', 'ListPermissionSetProvisioningStatus', { ...pushAll, target: 'outdated' }],
  ] as const)('%s continues with a warning, soon, where %s returns only faults (P1)', async (_, operation, inputs) => {
    await inWorld({}, async (world) => {
      if ('operation' in inputs && inputs.operation === 'revoke') world.aws.estate.add(onCallAssignment);
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
      world.script.fault({ operation, times: 500 }, page);
      const result = await step(world, inputs);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
      expect(result.virtualMs).toBeLessThan(60_000);
      const warnings = result.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message);
      expect(warnings).toEqual([expect.stringContaining(`sso:${operation} answered HTTP 500`)]);
    });
  });

  it('keeps existing access under such a list only after a later read: access that a running deletion removes is made again (P1)', async () => {
    await inWorld({ aws: { operations: { durationMs: 4_000 } } }, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const lists = ['ListAccountAssignmentCreationStatus', 'ListAccountAssignmentDeletionStatus'];
      world.script.weather(({ operation }) => (lists.includes(operation) ? page : undefined));
      world.aws.estate.start('delete', onCallAssignment);
      const result = await step(world, byIds);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.aws.estate.has(onCallAssignment)).toBe(true);
    });
  });

  it('starts nothing where no server responds any longer: it stays certain that nothing was changed (P2)', async () => {
    await inWorld({}, async (world) => {
      const [list, read] = ['ListAccountAssignmentCreationStatus', 'ListAccountAssignments'];
      let reads = 0;
      // The first read is answered, then the service is gone.
      world.script.weather(({ operation }) => {
        if (operation === read) reads += 1;
        return operation === list || (operation === read && reads > 1) ? page : undefined;
      });
      const result = await step(world, { ...byIds, timeout: '40s' });
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(calls(result)).not.toHaveProperty('CreateAccountAssignment');
    });
  });
});
