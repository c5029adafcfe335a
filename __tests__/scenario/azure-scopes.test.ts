import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader, requestsTo, scopes } from './azure-support.ts';
import { isRun } from './matrix.ts';
import { errors, severalAtOnce } from './support.ts';

const principals = {
  user: { type: 'User', id: azureIds.alice },
  group: { type: 'Group', id: azureIds.onCall },
  'service-principal': { type: 'ServicePrincipal', id: azureIds.deploy },
  'foreign-group': { type: 'ForeignGroup', id: azureIds.foreignGroup },
  device: { type: 'Device', id: azureIds.device },
} as const;

/** Roots other than the subscriptions'. Source: docs/design/azure.md#scopes. */
const otherRoots = {
  'a subscription alias': '/providers/Microsoft.Subscription/aliases/payments-next',
  capacity: '/providers/Microsoft.Capacity',
  'a reservation order': '/providers/Microsoft.Capacity/reservationOrders/33333333-0000-4000-8000-000000000001',
  'billing benefits': '/providers/Microsoft.BillingBenefits',
  marketplace: '/providers/Microsoft.Marketplace',
  'diagnostic settings of Entra': '/providers/microsoft.aadiam',
  'all subscription aliases': '/providers/Microsoft.Subscription',
} as const;

const role = azureIds.blobReader;
const readOfRole = `Microsoft.Authorization/roleDefinitions/${role}`;

/**
 * The recipe of docs/design/azure.md#deterministic-names, as a copy: a change of it would orphan every earlier grant.
 */
function deterministicName(scope: string, principalId: string): string {
  const namespace = Buffer.from('11fb06fb-712d-4ddd-98c7-e71bbd588830'.replaceAll('-', ''), 'hex');
  const text = [scope, principalId, role].join('-').toLowerCase();
  const hash = createHash('sha1').update(namespace).update(text).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

function assignmentId(scope: string, name: string): string {
  return `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}

/** Azure's own form: of the subscription, and of none above subscriptions. */
function roleId(scope: string): string {
  return `${/^\/subscriptions\/[^/]+/u.exec(scope)?.[0] ?? ''}/providers/${readOfRole}`;
}

function expectUnchanged(result: StepResult, id: string): void {
  expect(result.exitCode).toBe(0);
  expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'request-id': '' });
  expect(result.outputs['assignment-id']).toBe(id);
  expect(requestsTo(result, 'roleAssignments.put', 'roleAssignments.delete')).toEqual([]);
}

/** assign, again, revoke, again: the results, the requests, and the real state. */
async function lifeOfAGrant(world: World, scope: string, prefix: keyof typeof principals): Promise<void> {
  const { type, id: principalId } = principals[prefix];
  const inputs = { principal: `${prefix}:${principalId}`, target: scope, role };
  const granting = scope === '/' ? { ...inputs, 'allow-privileged': 'true' } : inputs;
  const tuple = { scope, role, principalId };
  const id = assignmentId(scope, deterministicName(scope, principalId));
  const same = {
    'failure-reason': '',
    'principal-id': principalId,
    'principal-type': type,
    'role-id': roleId(scope),
    'target-id': scope,
  };

  const assign = await azureStep(world, granting);
  expect(errors(assign)).toBe('');
  expect(assign.exitCode).toBe(0);
  const [put, ...others] = requestsTo(assign, 'roleAssignments.put', 'roleAssignments.delete');
  expect(others).toEqual([]);
  expect(assign.outputs).toMatchObject({
    ...same,
    status: 'SUCCEEDED',
    changed: 'true',
    'assignment-id': id,
    'request-id': put?.requestId,
  });
  expect(put?.body).toEqual({ properties: { roleDefinitionId: roleId(scope), principalId, principalType: type } });
  expect(decodeURIComponent(put?.url ?? '').replace(/^\/\//u, '/')).toBe(`${id}?api-version=2022-04-01`);
  expect(world.azure.estate.find(tuple)).toMatchObject({ id, principalType: type, description: null, condition: null });
  expect(assign.log).toContain('Verified by reading back');

  expectUnchanged(await azureStep(world, granting), id);

  const revoke = await azureStep(world, { ...inputs, operation: 'revoke' });
  expect(errors(revoke)).toBe('');
  expect(revoke.exitCode).toBe(0);
  const [removal] = requestsTo(revoke, 'roleAssignments.delete');
  expect(revoke.outputs).toMatchObject({
    ...same,
    status: 'SUCCEEDED',
    changed: 'true',
    'assignment-id': id,
    'request-id': removal?.requestId,
  });
  expect(world.azure.estate.has(tuple)).toBe(false);

  expectUnchanged(await azureStep(world, { ...inputs, operation: 'revoke' }), '');
  expect(world.azure.estate.effectiveChanges().map(({ kind }) => kind)).toEqual(['create', 'delete']);
  const asked = [assign, revoke].flatMap(({ requests }) => requests.map(({ service }) => service));
  expect(asked).not.toContain('graph');
}

const types = Object.keys(principals) as (keyof typeof principals)[];

describe('assign, again, revoke, again, for each of the five principal types', () => {
  const places = Object.entries({ ...scopes, ...otherRoots }).map(([name, scope], row) => [name, scope, row] as const);
  it.each(places)('at %s', async (_, scope, row) => {
    const some = types.filter((_type, column) => isRun(row, column));
    await severalAtOnce(some, (type) => inAzure({}, (world) => lifeOfAGrant(world, scope, type)));
  });
});

describe('the root of the tenant, which `/${{ … }}` leaves (P10)', () => {
  const grant = { principal: `group:${azureIds.onCall}`, target: '/', role };

  it('can be a target only with allow-privileged: otherwise it is a fault that explains it, before any request', () =>
    inAzure({}, async (world) => {
      for (const inputs of [grant, { ...grant, lifetime: '1h' }, { ...grant, target: `${scopes.subscription}\n/` }]) {
        const result = await azureStep(world, inputs);
        expect(errors(result)).toContain('"/" is the root of the tenant');
        expect(errors(result)).toContain('Use the scope that you mean.');
        expect(result).toMatchObject({ exitCode: 1, requests: [] });
      }
      // Its own fault explains it, and is reported once.
      expect(errors(await azureStep(world, { ...grant, 'allow-privileged': 'yes' }))).toContain('One input is wrong');
    }));
});

describe('a scope outside of subscriptions', () => {
  const target = otherRoots.marketplace;
  const grant = { principal: `group:${azureIds.onCall}`, target, role, 'azure-subscription-id': '' };
  const tuple = { scope: target, role, principalId: azureIds.onCall };

  it('is leased, listed and swept like any other, and needs no subscription', () =>
    inAzure({}, async (world) => {
      const leased = await azureStep(world, { ...grant, lifetime: '1h', 'keep-after-job': 'true' });
      expect(errors(leased)).toBe('');
      expect(leased.outputs).toMatchObject({ status: 'SUCCEEDED', 'lease-state': 'leased', 'target-id': target });
      const looking = { target, 'azure-subscription-id': '', principal: '', role: '' };
      const listed = await azureStep(world, { ...looking, operation: 'list' });
      expect(listed.outputs['results']).toContain(target);
      await world.clock.advance(2 * 3_600_000);
      const swept = await azureStep(world, { ...looking, operation: 'sweep' });
      expect(errors(swept)).toBe('');
      expect(swept.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(tuple)).toBe(false);
    }));

  it.each([
    ['/', true],
    [target.toUpperCase().replace('/PROVIDERS', '/providers'), true],
    ['/providers/Microsoft.Market', false],
    ['/providers/Microsoft.Capacity', false],
    [scopes.managementGroup, false],
    [`subscription:${azureIds.subscription}`, false],
  ])('is covered only by lines at or above it: %s is %s (P10)', (allowed, covers) =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...grant, 'allowed-targets': allowed });
      expect(result.exitCode).toBe(covers ? 0 : 1);
      expect(world.azure.estate.has(tuple)).toBe(covers);
      if (!covers) expect(errors(result)).toContain(`allowed-targets does not cover 1 scope: ${target}`);
    }),
  );

  it('has a plan, and a dry run changes nothing', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...grant, 'dry-run': 'true' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(tuple)).toBe(false);
    }));

  it('does not allow the roles that can grant access, like any other scope', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...grant, role: 'Owner' });
      expect(errors(result)).toContain('can hand out access');
    }));

  it("that Azure does not accept is refused in Azure's words", () =>
    inAzure({}, async (world) => {
      const billing = '/providers/Microsoft.Billing/billingAccounts/1234567/enrollmentAccounts/765432';
      const result = await azureStep(world, { ...grant, target: billing });
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toMatch(/MissingSubscription.*request ID/u);
    }));
});

describe('ids', () => {
  it('are equal in any letter case: scope, principal and role', () =>
    inAzure({}, async (world) => {
      const first = await azureStep(world, azureByIds);
      const shouted = {
        principal: `group:${azureIds.onCall.toUpperCase()}`,
        target: scopes.resourceGroup.replace('resourceGroups/payments-prod', 'RESOURCEGROUPS/PAYMENTS-PROD'),
        role: role.toUpperCase(),
      };
      expectUnchanged(await azureStep(world, shouted), first.outputs['assignment-id'] ?? '');
      const revoke = await azureStep(world, { ...shouted, operation: 'revoke' });
      expect(revoke.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }));

  it('get the same name in any letter case, so that two workflows cannot make two names of one grant', () =>
    inAzure({}, async (world) => {
      const target = scopes.child.toUpperCase().replace('/SUBSCRIPTIONS/', '/subscriptions/');
      const result = await azureStep(world, { ...azureByIds, target });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.find({ ...onCallBlobReader, scope: scopes.child })?.name).toBe(
        deterministicName(scopes.child, azureIds.onCall),
      );
    }));

  it.each([
    ['its GUID', role],
    ['the id of the subscription', `${scopes.subscription}/providers/${readOfRole}`],
    ['the id above subscriptions', `/providers/${readOfRole}`],
    ['the id at another scope', `${scopes.resourceGroup}/providers/${readOfRole}`],
  ])('of a role name the same grant: %s', (_, form) =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, role: form });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(result.outputs['role-id']).toMatch(new RegExp(`/providers/${readOfRole}$`, 'u'));
      expect(world.azure.estate.find(onCallBlobReader)?.name).toBe(
        deterministicName(scopes.resourceGroup, azureIds.onCall),
      );
      expectUnchanged(await azureStep(world, azureByIds), result.outputs['assignment-id'] ?? '');
    }),
  );
});

describe('an existing grant', () => {
  it('under any name is found by scope, role and principal over all pages', () =>
    inAzure({ azure: { pageSize: 1 } }, async (world) => {
      const { estate } = world.azure;
      for (const scope of [scopes.subscription, scopes.child, scopes.managementGroup])
        estate.add({ ...onCallBlobReader, scope });
      const { id } = estate.add(onCallBlobReader);
      estate.add({ ...onCallBlobReader, role: 'Reader' });
      expectUnchanged(await azureStep(world, azureByIds), id);
    }));

  it.each([
    ['above', scopes.subscription],
    ['below', scopes.child],
  ])('%s the scope is another grant', (_, scope) =>
    inAzure({}, async (world) => {
      const target = scope === scopes.child ? scopes.resource : scopes.resourceGroup;
      world.azure.estate.add({ ...onCallBlobReader, scope });
      const result = await azureStep(world, { ...azureByIds, target });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has({ ...onCallBlobReader, scope: target })).toBe(true);
    }),
  );

  it("through a group is not the principal's own", () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const result = await azureStep(world, { ...azureByIds, principal: `user:${azureIds.alice}` });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has({ ...onCallBlobReader, principalId: azureIds.alice })).toBe(true);
    }));
});
