import { describe, expect, test } from '@jest/globals';

import {
  idAt,
  isAbove,
  isManagementGroup,
  isSameScope,
  parseScope,
  scopePath,
  subscriptionOf,
} from '../../../src/azure/resolve/ids.ts';

const subscription = '/subscriptions/11111111-2222-4333-8444-555555555501';
const group = `${subscription}/resourceGroups/payments-prod`;
const account = `${group}/providers/Microsoft.Storage/storageAccounts/paydata`;
const managementGroup = '/providers/Microsoft.Management/managementGroups/mg-payments';

/** Source: docs/design/azure.md#scopes. */
const good = [
  '/',
  managementGroup,
  managementGroup.toUpperCase(),
  subscription,
  group,
  `${subscription}/resourcegroups/a_b(c).d-é`,
  account,
  `${account}/blobServices/default/containers/logs`,
  `${subscription}/providers/Microsoft.Compute/locations/westeurope`,
  '/providers/Microsoft.Subscription/aliases/mine',
  '/providers/Microsoft.Capacity',
  '/providers/Microsoft.Marketplace',
  '/providers/microsoft.aadiam',
  '/providers/Microsoft.Intune',
  '/providers/Microsoft.Subscription',
  '/providers/Microsoft.Billing/billingAccounts/1234567/enrollmentAccounts/765432',
  '/providers/Microsoft.Billing/enrollmentAccounts/0a1b2c3d-1111-4222-8333-444455556666',
  '/providers/Microsoft.Capacity/reservationOrders/1',
  '/providers/Microsoft.BillingBenefits/savingsPlanOrders/1/savingsPlans/2',
];
const bad = [
  '',
  'subscriptions',
  '//',
  `${subscription}/`,
  `/${subscription}`,
  '/subscriptions',
  '/subscriptions/x',
  `${subscription}/resourceGroups`,
  `${group}/..`,
  `${group}/providers`,
  `${group}/providers/Microsoft.Storage`,
  `${group}/providers/Microsoft.Storage/storageAccounts`,
  `${account}/blobServices`,
  `${account}?x`,
  `${account}#x`,
  `${account}%2f`,
  `${account}\\x`,
  `${account}\n`,
  `${account} `,
  '/providers/Microsoft.Subscription/aliases',
  '/providers/Microsoft.Subscription/aliases/a/b',
  '/providers/Microsoft.Capacity/reservationOrders',
  '/providers',
  '/providers/Marketplace',
  '/providers/Microsoft.*',
  '/providers/Microsoft.Management',
  '/providers/Microsoft.Management/managementGroups',
  '/providers/Microsoft.Management/other/x',
  '/providers/Microsoft.Subscription/subscriptions/11111111-2222-4333-8444-555555555555',
  '/providers/microsoft.subscription/Subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/x',
  `${managementGroup}/x`,
  `${managementGroup}.`,
];

describe('parseScope', () => {
  test.each(good)('%j is a scope, used as it is', (scope) => {
    expect(parseScope(scope)).toEqual({ ok: true, value: scope });
  });

  test.each(bad)('%j is not a scope, and the fault shows the value', (scope) => {
    expect(parseScope(scope)).toMatchObject({ ok: false, problem: expect.stringContaining(`"${scope}" `) });
  });

  test('a subscription in another form passes no guard, and the fault shows its own scope', () => {
    const own = '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/x';
    expect(parseScope(`/providers/Microsoft.Subscription${own}`)).toMatchObject({ ok: false, example: own });
  });
});

describe('scopes', () => {
  test('are the same in any letter case', () => {
    expect(isSameScope(group, group.toUpperCase())).toBe(true);
    expect(isSameScope(group, `${group}2`)).toBe(false);
  });

  test.each([
    ['/', managementGroup, true],
    ['/', subscription, true],
    [managementGroup, group, true],
    [subscription, group, true],
    [subscription.toUpperCase(), account, true],
    [group, account, true],
    [group, `${group}-2`, false],
    [account, group, false],
    [group, group.toUpperCase(), false],
    [subscription, '/', false],
    [group, managementGroup, false],
  ])('%s is above %s: %s', (upper, lower, above) => {
    expect(isAbove(upper, lower)).toBe(above);
  });

  test('have their subscription, and show whether they are a management group', () => {
    expect(subscriptionOf(account)).toBe('11111111-2222-4333-8444-555555555501');
    expect([subscriptionOf('/'), subscriptionOf(managementGroup)]).toEqual([null, null]);
    expect([isManagementGroup(managementGroup.toLowerCase()), isManagementGroup(group)]).toEqual([true, false]);
  });

  test('are passed to the SDK without their slash, encoded part by part', () => {
    expect(scopePath('/')).toBe('');
    expect(scopePath(group)).toBe(group.slice(1));
    expect(scopePath(`${group}/providers/a.b/c/d e+ü`)).toBe(`${group.slice(1)}/providers/a.b/c/d%20e%2B%C3%BC`);
  });

  test('contain IDs of Microsoft.Authorization', () => {
    expect(idAt('/', 'roleAssignments', 'x')).toBe('/providers/Microsoft.Authorization/roleAssignments/x');
    expect(idAt(group, 'roleDefinitions', 'x')).toBe(`${group}/providers/Microsoft.Authorization/roleDefinitions/x`);
  });
});
