import { describe, expect, it } from '@jest/globals';
import { asked, inPim, leasedByPim, postByPim, takeByPim } from './azure-pim-support.ts';
import { azureIds, azureStep, onCallBlobReader, scopes, warnings } from './azure-support.ts';
import { hour, minute } from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors } from './support.ts';

describe('a lease through Privileged Identity Management', () => {
  it.each([
    ['a subscription, whose id comes back with another prefix', { target: scopes.subscription }],
    ['a management group', { target: scopes.managementGroup }],
    ['a resource', { target: scopes.resource }],
    ['a user', { principal: `user:${azureIds.alice}` }],
    ['a service principal', { principal: `service-principal:${azureIds.deploy}` }],
  ])('of %s is taken, listed and ended', (_, inputs) =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, ...inputs });
      expect(main.outputs).toMatchObject({ changed: 'true', 'lease-state': 'leased' });
      const listed = await azureStep(world, { operation: 'list', 'azure-pim': 'true', target: scopes.managementGroup });
      expect(resultsOf(listed)).toHaveLength(1);
      await world.clock.advance(6 * minute);
      const ended = await postByPim(world, main);
      expect([errors(ended), warnings(ended), world.azure.pim.schedules()]).toEqual(['', '', []]);
    }),
  );

  it('of a scope outside of subscriptions is taken, listed and ended', () =>
    inPim({}, async (world) => {
      const target = '/providers/Microsoft.Marketplace';
      const main = await takeByPim(world, { ...leasedByPim, target });
      expect(main.outputs).toMatchObject({ changed: 'true', 'lease-state': 'leased', 'target-id': target });
      expect(resultsOf(await azureStep(world, { operation: 'list', 'azure-pim': 'true', target }))).toHaveLength(1);
      await world.clock.advance(6 * minute);
      const ended = await postByPim(world, main);
      expect([errors(ended), warnings(ended), world.azure.pim.schedules()]).toEqual(['', '', []]);
    }));

  it.each([
    ['above', scopes.resourceGroup, scopes.subscription],
    ['far above', scopes.resourceGroup, scopes.managementGroup],
    ['below', scopes.subscription, scopes.resourceGroup],
  ])('is different from access to the same %s: both exist, and that one stays (P3)', (_, target, scope) =>
    inPim({}, async (world) => {
      const own = { ...onCallBlobReader, scope: target };
      const other = { ...onCallBlobReader, scope };
      world.azure.pim.add({ ...other, endAt: world.clock.now() + 5 * hour });
      const main = await takeByPim(world, { ...leasedByPim, target });
      expect(main.outputs).toMatchObject({ changed: 'true', 'lease-state': 'leased' });
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminAssign Provisioned']);
      await world.clock.advance(6 * minute);
      const ended = await postByPim(world, main);
      expect([errors(ended), warnings(ended)]).toEqual(['', '']);
      expect([world.azure.pim.find(own), world.azure.pim.find(other)?.scope]).toEqual([undefined, scope]);
    }),
  );
});
