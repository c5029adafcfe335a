import { describe, expect, it } from '@jest/globals';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader } from './azure-support.ts';
import { calls, errors } from './support.ts';

const missing = {
  kind: 'error',
  status: 400,
  code: 'PrincipalNotFound',
  message: 'Principal 96000000000040008000000000000001 does not exist in the directory.',
} as const;
const put = { operation: 'roleAssignments.put' } as const;

describe('a principal that Azure does not know yet, given by ID and type', () => {
  it('causes no look-up at the first refusal', () =>
    inAzure({}, async (world) => {
      world.script.fault(put, missing);
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(0);
      expect(result.requests.filter(({ service }) => service === 'graph')).toEqual([]);
    }));

  it.each(['hang', 'throttle'] as const)('is granted although the directory answers the look-up with a %s', (kind) =>
    inAzure({}, async (world) => {
      world.script.fault({ ...put }, missing);
      world.script.fault({ ...put, nth: 2 }, missing);
      world.script.fault({ service: 'graph', times: 50 }, { kind });
      const result = await azureStep(world, { ...azureByIds, timeout: '2m' });
      expect(result.exitCode).toBe(0);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
      expect(calls(result)['roleAssignments.put']).toBe(3);
      expect(result.virtualMs).toBeLessThan(30_000);
    }),
  );

  it('and that is another kind of ID is reported as that, before the time limit', () =>
    inAzure({}, async (world) => {
      const principal = `service-principal:${azureIds.deployClientId}`;
      const result = await azureStep(world, { ...azureByIds, principal });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(`is the client ID of the application "deploy-payments"`);
      expect(errors(result)).toContain(`Write app:${azureIds.deployClientId}`);
      expect(result.virtualMs).toBeLessThan(30_000);
    }));
});
