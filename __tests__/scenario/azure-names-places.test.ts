import { describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import { azureByIds, azureIds, azureStep, inAzure, requestsTo, scopes, granted } from './azure-support.ts';
import { errors } from './support.ts';

const subscription = (last: string): string => `/subscriptions/11111111-2222-4333-8444-55555555550${last}`;
const managementGroup = (name: string): string => `/providers/Microsoft.Management/managementGroups/${name}`;
const custom = (last: string): string => `c0570000-0000-4000-8000-00000000000${last}`;

/** Red before any change, in these words. */
async function refused(
  inputs: Step['inputs'],
  words: readonly (string | RegExp)[],
  options: WorldOptions = {},
): Promise<StepResult> {
  return inAzure(options, async (world) => {
    const result = await azureStep(world, { ...azureByIds, ...inputs });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
    for (const word of [...words, 'What to do: ']) {
      const matcher: unknown = typeof word === 'string' ? expect.stringContaining(word) : expect.stringMatching(word);
      expect(errors(result)).toEqual(matcher);
    }
    expect(errors(result)).not.toMatch(/undefined|bug in/u);
    expect(requestsTo(result, 'roleAssignments.put')).toEqual([]);
    return result;
  });
}

describe('a target', () => {
  it.each([
    ['a subscription by id', `subscription:${azureIds.subscription}`, scopes.subscription],
    ['a subscription by name', 'subscription:payments-staging', subscription('2')],
    ['a resource group', 'resource-group:payments-prod', scopes.resourceGroup],
    ['a management group by id', 'management-group:mg-platform', managementGroup('mg-platform')],
    ['a management group by id in another letter case', 'management-group:MG-Platform', managementGroup('mg-platform')],
    ['a management group by display name', 'management-group:Payments', scopes.managementGroup],
    ['the management group of the tenant', 'management-group:Tenant Root Group', managementGroup(azureIds.tenant)],
    [
      'a management group by full scope, with others of the same name',
      managementGroup('mg-payments'),
      scopes.managementGroup,
    ],
  ])('is found: %s', async (_, target, scope) => {
    const result = await granted({ target }, { scope });
    expect(result.outputs['target-id']).toBe(scope);
    expect(result.outputs['assignment-id']).toMatch(new RegExp(`^${scope}/providers/Microsoft\\.Authorization/`, 'u'));
  });

  it.each([
    ['a subscription’s name', 'subscription:sandbox', [subscription('3'), subscription('4'), 'subscription:<ID>']],
    [
      'a display name',
      'management-group:Shared',
      [managementGroup('mg-shared-eu'), managementGroup('mg-shared-us'), 'full scope'],
    ],
    [
      'the id of one and the display name of another',
      'management-group:mg-payments',
      [managementGroup('mg-payments'), managementGroup('mg-decoy'), 'full scope'],
    ],
  ])('that can be two is refused with both ids: %s', (_, target, words) => refused({ target }, words));

  it.each([
    ['a subscription', 'subscription:payments-pro', 'payments-prod'],
    ['a subscription in another letter case', 'subscription:Payments-Prod', 'payments-prod'],
    ['a management group', 'management-group:Paymnts', 'Payments'],
  ])('that does not exist is refused with similar names: %s', (_, target, near) =>
    refused({ target }, [`"${target.replace(/^[a-z-]+:/u, '')}"`, `Similar: "${near}" (/`]),
  );

  it('without a similar name is refused, and the message says that the search covers only readable scopes', () =>
    refused({ target: 'subscription:something-else-entirely' }, ['can see']));

  it('that the identity cannot see is refused as unknown', () =>
    refused({ target: 'subscription:payments-staging' }, ['payments-staging', 'can see'], {
      azure: { visible: [azureIds.subscription] },
    }));

  it('is not unique because of scopes that the identity cannot see', () =>
    granted(
      { target: 'subscription:sandbox' },
      { scope: subscription('3') },
      {
        azure: { visible: [subscription('3').slice(-36)] },
      },
    ));

  it('is searched on all pages', async () => {
    await granted(
      { target: 'subscription:payments-staging' },
      { scope: subscription('2') },
      { azure: { pageSize: 1 } },
    );
    await refused({ target: 'subscription:sandbox' }, [subscription('3'), subscription('4')], {
      azure: { pageSize: 1 },
    });
    await refused({ target: 'management-group:Shared' }, ['mg-shared-eu', 'mg-shared-us'], { azure: { pageSize: 2 } });
  });

  it('as resource group is searched in azure-subscription-id only', () =>
    refused({ target: 'resource-group:payments-staging' }, ['ResourceGroupNotFound: ', 'azure-subscription-id']));

  it('as resource group is searched in another subscription when a line names it', () =>
    granted(
      { target: 'resource-group:payments-staging', 'azure-subscription-id': subscription('2').slice(-36) },
      { scope: `${subscription('2')}/resourceGroups/payments-staging` },
    ));
});

describe('a role', () => {
  it.each([
    ['a name', 'Reader', azureIds.reader],
    ['a name in another letter case', 'storage blob data reader', azureIds.blobReader],
    ['a custom role’s name', 'Payments Operator', custom('1')],
    ['a name with a quote', "Ops' Role", custom('7')],
    ['a GUID', azureIds.reader, azureIds.reader],
    ['a custom role’s GUID', custom('1'), custom('1')],
    ['one of two of a name, by GUID', custom('4'), custom('4')],
    [
      'a full id',
      `${scopes.subscription}/providers/Microsoft.Authorization/roleDefinitions/${azureIds.reader}`,
      azureIds.reader,
    ],
  ])('is found: %s', async (_, role, guid) => {
    const result = await granted({ role }, { role: guid });
    expect(result.outputs['role-id']).toMatch(
      new RegExp(`/providers/Microsoft\\.Authorization/roleDefinitions/${guid}$`, 'u'),
    );
  });

  it("by name is looked up at the target's scope", async () => {
    const result = await granted({ role: 'Reader', target: scopes.child }, { role: 'Reader', scope: scopes.child });
    const [asked] = requestsTo(result, 'roleDefinitions.list');
    expect(decodeURIComponent(asked?.url ?? '')).toContain(
      `${scopes.child}/providers/Microsoft.Authorization/roleDefinitions`,
    );
  });

  it('name that two roles have is refused with both IDs', () =>
    refused({ role: 'Twin Role' }, [custom('4'), custom('5')]));

  it.each([
    ['by name', 'Staging Operator', [/assignableScopes/u, 'Staging Operator']],
    ['by GUID', custom('6'), [/assignableScopes/u, 'RoleDefinitionDoesNotExist: ']],
  ])('that is not assignable at the scope is refused %s', (_, role, words) => refused({ role }, words));

  it('that is assignable at one scope only is found there', () =>
    granted({ role: 'Staging Operator', target: subscription('2') }, { role: custom('6'), scope: subscription('2') }));

  it.each([
    ['Redaer', 'Reader'],
    ['Storage Blob Reader', 'Storage Blob Data Reader'],
  ])('name that does not exist is refused with similar names: %s', (role, near) =>
    refused({ role }, [`"${role}"`, near]),
  );

  it('name is never a pattern or part of a name', async () => {
    await refused({ role: 'Read' }, ['"Read"']);
    await refused({ role: '*' }, ['"*"']);
    await refused({ role: "Reader' or roleName eq 'Owner" }, ["Reader' or roleName eq 'Owner"]);
  });

  it('name with unreadable definitions is refused with the missing right', () =>
    refused(
      { role: 'Reader' },
      ['AuthorizationFailed: ', "perform action 'Microsoft.Authorization/roleDefinitions/read'"],
      { azure: { callerRole: { permissions: [{ actions: ['Microsoft.Authorization/roleAssignments/*'] }] } } },
    ));
});
