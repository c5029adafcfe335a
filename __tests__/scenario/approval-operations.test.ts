import { describe, expect, it } from '@jest/globals';

import { populate } from './approvals.ts';
import { byLeaseId, changesIn, inAzureLeases, leasedOnAzure, recordOf, takeOnAzure } from './azure-lease-support.ts';
import { azureStep } from './azure-support.ts';
import { calls, errors, inWorld, pushOne, step } from './support.ts';

const byEnvironment = { 'require-approval': 'environment' } as const;

describe('require-approval: environment is needed', () => {
  it('to extend a lease on Azure (P12)', () =>
    inAzureLeases({}, async (world) => {
      populate(world);
      const { repository } = world.github;
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' });
      const context = repository.dispatch({ by: 'alice' });
      const extending = { ...byLeaseId('extend', main), ...byEnvironment, lifetime: '4h' };
      const before = recordOf(world);
      const refused = await azureStep(world, extending, { context });
      expect(errors(refused)).toContain('may have bypassed them');
      expect([refused.exitCode, changesIn(refused), recordOf(world)]).toEqual([1, [], before]);
      repository.approve({ by: 'bob', runId: context.runId });
      const extended = await azureStep(world, extending, { context });
      expect([errors(extended), extended.outputs['changed']]).toEqual(['', 'true']);
      expect(extended.log).toContain('Approved by bob');
      expect(recordOf(world)).not.toEqual(before);
    }));

  it('to provision on AWS (P12)', () =>
    inWorld({}, async (world) => {
      populate(world);
      world.aws.estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
      const { repository } = world.github;
      const context = repository.dispatch({ by: 'alice' });
      const pushing = { ...pushOne, ...byEnvironment };
      const refused = await step(world, pushing, { context });
      expect(errors(refused)).toContain('may have bypassed them');
      expect([refused.exitCode, calls(refused)['ProvisionPermissionSet']]).toEqual([1, undefined]);
      expect(world.aws.estate.outdated()).toHaveLength(1);
      repository.approve({ by: 'bob', runId: context.runId });
      const pushed = await step(world, pushing, { context });
      expect([errors(pushed), pushed.outputs['status']]).toEqual(['', 'SUCCEEDED']);
      expect(world.aws.estate.outdated()).toHaveLength(0);
    }));
});
