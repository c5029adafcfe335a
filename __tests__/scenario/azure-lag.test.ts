import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader, requestsTo, scopes } from './azure-support.ts';
import { errors } from './support.ts';

const put = 'roleAssignments.put';
const removal = 'roleAssignments.delete';
const fresh = {
  group: '96000000-0000-4000-8000-000000000007',
  servicePrincipal: '5e000000-0000-4000-8000-000000000005',
};

/** A visible change is not effective yet, and no request shows when it is: reported after every change. */
function expectCaution({ log, summary }: StepResult): void {
  for (const text of [log, summary]) {
    expect(text).toMatch(/might not be effective yet|the access can last longer/u);
    expect(text).toContain('up to ten minutes');
  }
}

/** A change that no read has shown is not reported as visible, and no change as effective. */
function expectNotCalledVisible({ log, summary }: StepResult): void {
  for (const text of [log, summary]) expect(text).not.toMatch(/is visible|is deleted|is there\.|is gone/u);
}

describe('the first wait: a new principal is not known in all of Azure', () => {
  it.each([
    ['a group, which its type does not help', `group:${fresh.group}`, fresh.group],
    ['a bare id of a group', fresh.group, fresh.group],
  ])('%s: the same name is tried until it is known', (_, principal, principalId) =>
    inAzure({ azure: { lag: { replicationMs: 23_000 } } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, principal });
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'principal-type': 'Group' });
      const puts = requestsTo(result, put);
      expect(puts.length).toBeGreaterThan(2);
      expect(new Set(puts.map(({ url }) => url)).size).toBe(1);
      expect(result.log).toContain('not known everywhere yet');
      expect(result.virtualMs).toBeGreaterThanOrEqual(22_000);
      expect(result.virtualMs).toBeLessThan(45_000);
      expect(world.azure.estate.has({ ...onCallBlobReader, principalId })).toBe(true);
      expectCaution(result);
    }),
  );

  it.each([
    ['given', `service-principal:${fresh.servicePrincipal}`],
    ['looked up', fresh.servicePrincipal],
    ['that of a client id', 'app:a9900000-0000-4000-8000-000000000005'],
  ])('is not needed for a service principal with its type, %s', (_, principal) =>
    inAzure({ azure: { lag: { replicationMs: 600_000 } } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, principal });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(requestsTo(result, put)).toHaveLength(1);
    }),
  );

  it('can end with a longer timeout', () =>
    inAzure({ azure: { lag: { replicationMs: 8 * 60_000 } } }, async (world) => {
      const principal = `group:${fresh.group}`;
      const short = await azureStep(world, { ...azureByIds, principal });
      expect(short.exitCode).toBe(1);
      expect(short.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(short)).toContain('PrincipalNotFound: ');
      expect(errors(short)).toContain('timeout');
      expect(short.virtualMs).toBeLessThanOrEqual(5 * 60_000);
      const long = await azureStep(world, { ...azureByIds, principal, timeout: '10m' });
      expect(long.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
    }));
});

describe('the second wait: reads lag behind a change', () => {
  it.each([3_000, 60_000, 100_000])('a grant that reads show after %i ms is green then, after one PUT (P1)', (readMs) =>
    inAzure({ azure: { lag: { readMs } } }, async (world) => {
      const result = await azureStep(world, azureByIds);
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(result.outputs['assignment-id']).toBe(world.azure.estate.find(onCallBlobReader)?.id);
      expect(requestsTo(result, put)).toHaveLength(1);
      expect(result.virtualMs).toBeGreaterThanOrEqual(readMs);
      expect(result.log).toContain('Verified by reading back');
      expectCaution(result);
    }),
  );

  it.each([3_000, 60_000, 100_000])(
    'a removal that reads show after %i ms is green then, after one DELETE',
    (deleteMs) =>
      inAzure({ azure: { lag: { deleteMs } } }, async (world) => {
        world.azure.estate.add(onCallBlobReader);
        const result = await azureStep(world, { ...azureByIds, operation: 'revoke' });
        expect(errors(result)).toBe('');
        expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
        expect(requestsTo(result, removal)).toHaveLength(1);
        expect(result.virtualMs).toBeGreaterThanOrEqual(deleteMs);
        // An assignment that is still listed is visible: the message must not say the opposite.
        expect(result.log).not.toContain('Not visible yet');
        expectCaution(result);
      }),
  );

  it('a grant that never shows in a read is red, with the request ID and its own ID (P1)', () =>
    inAzure({ azure: { lag: { readMs: 100_000_000 } } }, async (world) => {
      const result = await azureStep(world, azureByIds);
      const [sent] = requestsTo(result, put);
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({
        status: 'FAILED',
        changed: 'true',
        'request-id': sent?.requestId,
        'assignment-id': world.azure.estate.find(onCallBlobReader)?.id,
      });
      expect(errors(result)).toContain(sent?.requestId);
      expect(errors(result)).toContain('What to do: ');
      expect(result.virtualMs).toBeLessThan(5 * 60_000);
      expectNotCalledVisible(result);
    }));

  it('a removal that never shows in a read is red (P1)', () =>
    inAzure({ azure: { lag: { deleteMs: 100_000_000 } } }, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const result = await azureStep(world, { ...azureByIds, operation: 'revoke' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'true' });
      expect(errors(result)).toContain(requestsTo(result, removal)[0]?.requestId);
      expect(result.virtualMs).toBeLessThan(5 * 60_000);
      expectNotCalledVisible(result);
    }));

  it('an update that reads show late is waited for too', () =>
    inAzure({ azure: { lag: { readMs: 30_000 } } }, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, description: 'old' });
      const result = await azureStep(world, { ...azureByIds, description: 'new' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(requestsTo(result, put)).toHaveLength(1);
      expect(result.virtualMs).toBeGreaterThanOrEqual(30_000);
    }));

  it('a recent grant that reads do not show yet is not made twice by the next step (P4)', () =>
    inAzure({ azure: { lag: { readMs: 20_000 } } }, async (world) => {
      await azureStep(world, { ...azureByIds, wait: 'false' });
      const again = await azureStep(world, azureByIds);
      expect(again.outputs['status']).toBe('SUCCEEDED');
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
    }));
});

describe('the third wait: Azure enforces a visible change later', () => {
  it('is reported for every change, in log and summary, and not for existing access (P1)', () =>
    inAzure({}, async (world) => {
      const assign = await azureStep(world, azureByIds);
      expectCaution(assign);
      expect(assign.log).not.toMatch(/is (?:now )?effective/u);
      const again = await azureStep(world, azureByIds);
      expect(again.summary).not.toContain('might not be effective yet');
      expectCaution(await azureStep(world, { ...azureByIds, operation: 'revoke' }));
    }));

  it('is longer above subscriptions, which the step reports', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, target: scopes.managementGroup });
      expectCaution(result);
      expect(result.summary).toContain('hours for data actions');
    }));
});

describe('wait: false', () => {
  it.each([
    ['assign', put],
    ['revoke', removal],
  ])('%s ends green at once, IN_PROGRESS with IDs, where no read shows the change yet (P2)', (operation, request) =>
    inAzure({ azure: { lag: { readMs: 60_000, deleteMs: 60_000 } } }, async (world) => {
      const there = operation === 'revoke' ? world.azure.estate.add(onCallBlobReader) : undefined;
      const result = await azureStep(world, { ...azureByIds, operation, wait: 'false' });
      expect(result.exitCode).toBe(0);
      const [sent] = requestsTo(result, request);
      expect(result.outputs).toMatchObject({
        status: 'IN_PROGRESS',
        changed: 'true',
        'request-id': sent?.requestId,
        'assignment-id': there?.id ?? world.azure.estate.find(onCallBlobReader)?.id,
      });
      expect(result.virtualMs).toBeLessThan(1_000);
      expect(result.annotations.filter(({ level }) => level !== 'notice')).toEqual([]);
      expectNotCalledVisible(result);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(operation === 'assign');
    }),
  );

  it('is red for a refusal too', () =>
    inAzure({}, async (world) => {
      const principal = `user:${azureIds.onCall}`;
      const result = await azureStep(world, { ...azureByIds, principal, wait: 'false' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
    }));
});

describe('a short timeout', () => {
  it.each([
    ['assign', put],
    ['revoke', removal],
  ])(
    '%s whose answer never comes is IN_PROGRESS: unknown, red, and a re-run finds the result (P2)',
    (operation, request) =>
      inAzure({}, async (world) => {
        if (operation === 'revoke') world.azure.estate.add(onCallBlobReader);
        world.script.fault({ operation: request, times: 1_000 }, { kind: 'hang', processed: true });
        world.script.fault({ operation: 'roleAssignments.list', nth: 2, times: 3 }, { kind: 'hang' });
        const late = await azureStep(world, { ...azureByIds, operation, timeout: '5s' });
        expect(late.exitCode).toBe(1);
        expect(late.outputs['status']).toBe('IN_PROGRESS');
        expect(errors(late)).toContain('What to do: ');
        expect(late.virtualMs).toBeLessThan(10_000);
        expectNotCalledVisible(late);
      }),
  );

  it('does not turn a change red that was made in time and shows later', () =>
    inAzure({ azure: { lag: { readMs: 60_000 } } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, timeout: '5s' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
    }));

  it('ends a throttled PUT as FAILED: it is certain that nothing was changed (P2)', () =>
    inAzure({}, async (world) => {
      world.script.fault({ operation: put, times: 1_000 }, { kind: 'throttle', retryAfterSeconds: 4 });
      const result = await azureStep(world, { ...azureByIds, timeout: '5s' });
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(result.virtualMs).toBeLessThanOrEqual(5_000);
    }));
});
