import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { azureStart, leasedOnAzure } from './azure-lease-support.ts';
import { azureByIds, azureStep, inAzure, onCallBlobReader, requestsTo, scopes, warnings } from './azure-support.ts';
import { errors } from './support.ts';

const put = 'roleAssignments.put';
const removal = 'roleAssignments.delete';
const list = 'roleAssignments.list';

function refusal(status: number, code: string): Effect {
  return { kind: 'error', status, code, message: `${code} by script` };
}

/** Temporary refusals: nothing was carried out, and the same request is worth another try. */
const passing = {
  'a throttle without Retry-After': [{ kind: 'throttle' }, 3],
  'a throttle that says for how long': [{ kind: 'throttle', retryAfterSeconds: 7 }, 2],
  'a principal that is not known everywhere yet': [refusal(400, 'PrincipalNotFound'), 3],
  'a role that is not known everywhere yet': [refusal(400, 'RoleDefinitionDoesNotExist'), 2],
  'a role whose assignable scopes are not known everywhere yet': [
    refusal(400, 'RoleAssignmentScopeNotAssignableToRoleDefinition'),
    2,
  ],
  'rights of another directory that are not known yet': [refusal(403, 'LinkedAuthorizationFailed'), 2],
} as const satisfies Readonly<Record<string, readonly [Effect, number]>>;

/** The same request every time: a PUT with a lost response must not become a second grant. */
function expectOneName(requests: StepResult['requests']): void {
  const [first, ...others] = requests;
  for (const { url, body } of others) {
    expect(url).toBe(first?.url);
    expect(body).toEqual(first?.body);
  }
}

describe('a temporary refusal', () => {
  it.each(Object.entries(passing))('of the PUT is waited out, with the same name: %s', (_, [effect, times]) =>
    inAzure({}, async (world) => {
      world.script.fault({ operation: put, times }, effect);
      const result = await azureStep(world, azureByIds);
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
      const puts = requestsTo(result, put);
      expect(puts).toHaveLength(times + 1);
      expectOneName(puts);
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'request-id': puts.at(-1)?.requestId,
      });
      expect(result.log.match(/Trying again in /gu)).toHaveLength(times);
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
      expect(result.virtualMs).toBeLessThan(60_000);
      if ('retryAfterSeconds' in effect) {
        for (const [index, { at }] of puts.slice(1).entries())
          expect(at - (puts[index]?.at ?? 0)).toBeGreaterThanOrEqual(effect.retryAfterSeconds * 1_000);
      }
    }),
  );

  it.each([
    ['without Retry-After', { kind: 'throttle' }],
    ['that says for how long', { kind: 'throttle', retryAfterSeconds: 7 }],
  ] as const)('of the DELETE is waited out: a throttle %s', (_, effect) =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: removal, times: 2 }, effect);
      const result = await azureStep(world, { ...azureByIds, operation: 'revoke' });
      expect(result.exitCode).toBe(0);
      expect(requestsTo(result, removal)).toHaveLength(3);
      expectOneName(requestsTo(result, removal));
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(result.virtualMs).toBeGreaterThanOrEqual('retryAfterSeconds' in effect ? 14_000 : 0);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }),
  );

  it.each(['assign', 'revoke'])('of a read is waited out too: a throttle, %s', (operation) =>
    inAzure({}, async (world) => {
      if (operation === 'revoke') world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: list, times: 3 }, { kind: 'throttle' });
      const result = await azureStep(world, { ...azureByIds, operation });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
    }),
  );
});

describe('a refusal that outlasts the time limit', () => {
  it('PrincipalNotFound is tried with one name until then, and ends FAILED with its usual cause, a mix-up of IDs', () =>
    inAzure({}, async (world) => {
      const nobody = 'group:96000000-0000-4000-8000-00000000ffff';
      const result = await azureStep(world, { ...azureByIds, principal: nobody, timeout: '2m' });
      expect(result.exitCode).toBe(1);
      const puts = requestsTo(result, put);
      expect(puts.length).toBeGreaterThan(10);
      expectOneName(puts);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('PrincipalNotFound: Principal 9600000000004000800000000000ffff does not exist');
      expect(errors(result)).toContain(puts.at(-1)?.requestId);
      expect(errors(result)).toMatch(/What to do: .*client ID.*app:/su);
      expect(result.virtualMs).toBeLessThanOrEqual(120_000);
      expect(result.virtualMs).toBeGreaterThan(90_000);
    }));

  it.each([
    ['a lease', leasedOnAzure],
    ['a lease by PIM', { ...leasedOnAzure, 'azure-pim': 'true' }],
  ])('PrincipalNotFound of %s has the same hint: a longer timeout alone would not help', (_what, inputs) =>
    inAzure({ startAt: azureStart }, async (world) => {
      const nobody = 'group:96000000-0000-4000-8000-00000000ffff';
      const result = await azureStep(world, { ...inputs, principal: nobody, timeout: '2m' });
      expect([result.exitCode, result.outputs['status'], result.outputs['changed']]).toEqual([1, 'FAILED', 'false']);
      expect(errors(result)).toMatch(/NotFound: .*What to do: .*object ID/su);
      expect(errors(result)).toMatch(/request ID [0-9a-f-]{36}/u);
    }),
  );

  it.each([
    ['a lease', leasedOnAzure, put],
    ['a lease by PIM', { ...leasedOnAzure, 'azure-pim': 'true' }, 'roleAssignmentScheduleRequests.put'],
  ])('and of %s is not the reason once a request was carried out and no read shows its effect', (_what, inputs, call) =>
    inAzure({ startAt: azureStart, azure: { lag: { readMs: 150_000, schedulesMs: 150_000 } } }, async (world) => {
      world.script.fault({ operation: call, times: 1 }, refusal(400, 'PrincipalNotFound'));
      const result = await azureStep(world, { ...inputs, timeout: '1m' }, { timeoutMs: 100_000 });
      expect(result.log).toContain('PrincipalNotFound');
      expect([result.exitCode, result.outputs['status']]).toEqual([1, 'FAILED']);
      expect(errors(result)).toContain('The time limit passed before the lease was taken.');
      expect(errors(result)).not.toContain('PrincipalNotFound');
      expect(errors(result)).toContain('What to do: Run the step again with a longer `timeout`');
    }),
  );

  it('RoleDefinitionDoesNotExist of the PUT fails soon, far before the time limit', () =>
    inAzure({}, async (world) => {
      const role = 'dddddddd-0000-4000-8000-000000000001';
      const result = await azureStep(world, { ...azureByIds, role, 'allow-privileged': 'true' });
      expect(result.exitCode).toBe(1);
      const puts = requestsTo(result, put);
      expect(puts.length).toBeGreaterThan(1);
      expect(puts.length).toBeLessThan(6);
      expectOneName(puts);
      expect(result.virtualMs).toBeLessThan(30_000);
      expect(errors(result)).toContain('RoleDefinitionDoesNotExist: ');
      expect(errors(result)).toContain(puts.at(-1)?.requestId);
      expect(errors(result)).toMatch(/What to do: .*assignableScopes/su);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
    }));

  it('RoleDefinitionDoesNotExist of the definition likewise, with the answer verbatim, before any PUT', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, role: 'dddddddd-0000-4000-8000-000000000001' });
      expect(result.exitCode).toBe(1);
      const reads = requestsTo(result, 'roleDefinitions.get');
      expect(reads.length).toBeGreaterThan(1);
      expect(reads.length).toBeLessThan(6);
      expect(result.virtualMs).toBeLessThan(30_000);
      expect(errors(result)).toContain(
        "RoleDefinitionDoesNotExist: The specified role definition with ID 'dddddddd000040008000000000000001' does not exist.",
      );
      expect(errors(result)).toContain(reads.at(-1)?.requestId);
      expect(errors(result)).toMatch(/What to do: .*assignableScopes/su);
      expect(requestsTo(result, put)).toEqual([]);
    }));

  it.each([
    ['assign', put],
    ['revoke', removal],
  ])('a throttle of %s ends FAILED, nothing was started, within the time limit', (operation, request) =>
    inAzure({}, async (world) => {
      if (operation === 'revoke') world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: request, times: 1_000 }, { kind: 'throttle' });
      const result = await azureStep(world, { ...azureByIds, operation, timeout: '1m' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('SubscriptionRequestsThrottled: ');
      expect(errors(result)).toMatch(/What to do: .*concurrency/su);
      expect(result.virtualMs).toBeLessThanOrEqual(60_000);
      expect(requestsTo(result, request).length).toBeGreaterThan(3);
    }),
  );

  it('a very long delay that the cloud requests is limited to a minute a try, and by the time limit', () =>
    inAzure({}, async (world) => {
      world.script.fault({ operation: put, times: 5 }, { kind: 'throttle', retryAfterSeconds: 600 });
      const result = await azureStep(world, { ...azureByIds, timeout: '150s' });
      expect(result.exitCode).toBe(1);
      const puts = requestsTo(result, put);
      expect(puts).toHaveLength(3);
      for (const [index, { at }] of puts.slice(1).entries())
        expect(at - (puts[index]?.at ?? 0)).toBeGreaterThanOrEqual(60_000);
      expect(errors(result)).toContain("Please try again after '600' seconds.");
      expect(result.virtualMs).toBeLessThan(150_000);
    }));
});

describe("ARM's own buckets", () => {
  it('are waited for until they have refilled', () =>
    inAzure({ azure: { throttle: { writes: { capacity: 1, perSecond: 0.2 } } } }, async (world) => {
      expect((await azureStep(world, azureByIds)).exitCode).toBe(0);
      const second = await azureStep(world, { ...azureByIds, target: scopes.subscription });
      expect(second.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(requestsTo(second, put).length).toBe(2);
      expect(second.virtualMs).toBeGreaterThanOrEqual(3_000);
      expect(warnings(second)).toBe('');
    }));
});
