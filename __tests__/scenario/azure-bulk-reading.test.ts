import { describe, expect, it } from '@jest/globals';
import type { AzureSize } from '../../rehearsal/azure/estates.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import { grantsOf, tenant } from './azure-many.ts';
import { azureByIds, azureIds, azureStep, inAzure, requestsTo, scopes } from './azure-support.ts';
import { calls, errors } from './support.ts';

/** Lists before the first change and after it, each once for all of its pages. */
function lists(result: StepResult): Readonly<Record<'before' | 'after', number>> {
  const all = requestsTo(result, 'roleAssignments.list').filter(({ url = '' }) => !url.includes('skipToken'));
  const [first] = requestsTo(result, 'roleAssignments.put', 'roleAssignments.delete');
  const before = all.filter(({ index }) => first === undefined || index < first.index);
  return { before: before.length, after: all.length - before.length };
}

describe('reading many grants', () => {
  it.each<[string, AzureSize, Parameters<typeof grantsOf>[1], number]>([
    [
      'a list for each principal of the subscription',
      { resourceGroups: 40, groups: 2 },
      { groups: 2, roles: 2, scopes: 40 },
      2,
    ],
    [
      'a list for each scope, where those are fewer',
      { resourceGroups: 2, groups: 20 },
      { groups: 20, roles: 2, scopes: 2 },
      2,
    ],
    [
      'one list for all roles of one principal on one scope',
      { resourceGroups: 1, groups: 1 },
      { groups: 1, roles: 4, scopes: 1 },
      1,
    ],
    [
      'lists of each subscription',
      { resourceGroups: 10, groups: 1, subscriptions: 3 },
      { groups: 1, roles: 1, scopes: 30 },
      3,
    ],
  ])('needs %s, before and after, and no request for a single grant (Many)', async (_, size, count, fewest) => {
    const place = tenant(size);
    await inAzure({ estate: place.estate }, async (world) => {
      const inputs = grantsOf(place, count);
      const grants = count.groups * count.roles * count.scopes;
      const result = await azureStep(world, inputs);
      expect(errors(result)).toBe('');
      expect(lists(result).before).toBe(fewest);
      // A few batches, however many grants there are.
      expect(lists(result).after).toBeLessThanOrEqual(3 * fewest);
      expect(Object.keys(calls(result)).filter((name) => name.startsWith('roleAssignments'))).toEqual(
        expect.arrayContaining(['roleAssignments.list', 'roleAssignments.put']),
      );
      expect(calls(result)['roleAssignments.put']).toBe(grants);
      expect(calls(result)['roleAssignments.get']).toBeUndefined();

      const again = await azureStep(world, inputs);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(lists(again)).toEqual({ before: fewest, after: 0 });
      const revoked = await azureStep(world, { ...inputs, operation: 'revoke' });
      expect(errors(revoked)).toBe('');
      expect(lists(revoked).before).toBe(fewest);
      expect(lists(revoked).after).toBeLessThanOrEqual(3 * fewest);
      expect(world.azure.estate.effectiveChanges()).toHaveLength(2 * grants);
    });
  });

  it('looks up a role once for each subscription, not once for each scope', async () => {
    const place = tenant({ resourceGroups: 20, groups: 1 });
    await inAzure({ estate: place.estate }, async (world) => {
      const inputs = {
        ...grantsOf(place, { groups: 1, roles: 1, scopes: 20 }),
        role: 'Reader\nNetwork Contributor',
        'dry-run': 'true',
      };
      const result = await azureStep(world, inputs);
      expect(errors(result)).toBe('');
      expect(calls(result)['roleDefinitions.list']).toBeLessThanOrEqual(2);
    });
  });

  it('falls back to the scopes where the subscription is not readable, and requests it only once', async () => {
    const place = tenant({ resourceGroups: 4, groups: 1 });
    const callerRole = { permissions: [{ actions: ['*'] }], scopes: place.resourceGroups };
    await inAzure({ estate: place.estate, azure: { callerRole } }, async (world) => {
      const result = await azureStep(world, grantsOf(place, { groups: 1, roles: 1, scopes: 4 }));
      expect(errors(result)).toBe('');
      expect(world.azure.estate.effectiveChanges()).toHaveLength(4);
      const denied = result.requests.filter(({ status }) => status === 403);
      expect(denied.map(({ operation }) => operation)).toEqual(['roleAssignments.list']);
      expect(denied[0]?.url).toContain(
        `${place.subscriptions[0] ?? ''}/providers/Microsoft.Authorization/roleAssignments`,
      );
      expect(lists(result).before).toBe(1 + 4);
    });
  });

  it('does not count inherited access, nor another role or principal (P1)', async () => {
    await inAzure({}, async (world) => {
      const { estate } = world.azure;
      const inherited = { scope: scopes.managementGroup, role: azureIds.reader, principalId: azureIds.onCall };
      estate.add(inherited);
      estate.add({ ...inherited, scope: scopes.subscription });
      estate.add({ ...inherited, scope: scopes.resource });
      const target = `resource-group:payments-prod\nsubscription:payments-prod\n${scopes.resource}\n${scopes.managementGroup}`;
      const inputs: Step['inputs'] = { ...azureByIds, role: `${azureIds.reader}\n${azureIds.blobReader}`, target };
      const planned = await azureStep(world, { ...inputs, 'dry-run': 'true' });
      expect(planned.log).toContain('Plan for 8 grants: 5 create, 3 keep.');
      const result = await azureStep(world, inputs);
      expect(errors(result)).toBe('');
      expect(estate.effectiveChanges()).toHaveLength(5);
      expect(estate.has({ ...inherited, scope: scopes.resourceGroup })).toBe(true);
      const revoked = await azureStep(world, {
        ...inputs,
        operation: 'revoke',
        target: 'resource-group:payments-prod',
      });
      expect(errors(revoked)).toBe('');
      expect(estate.has({ ...inherited, scope: scopes.subscription })).toBe(true);
    });
  });
});
