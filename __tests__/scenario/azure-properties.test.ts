import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader, requestsTo, scopes } from './azure-support.ts';
import { calls, errors } from './support.ts';

const put = 'roleAssignments.put';
const theirName = 'aaaaaaaa-0000-4000-8000-00000000000a';
const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers';

function only(container: string): string {
  return `((!(ActionMatches{'${blobs}/blobs/read'})) OR (@Resource[${blobs}:name] StringEquals '${container}'))`;
}

/** An identity of another directory (Azure Lighthouse), identified by its resource alone. */
const delegated = {
  id: '99999999-0000-4000-8000-000000000001',
  resource: `${scopes.resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/theirs`,
} as const;

const byDelegation = {
  ...azureByIds,
  principal: `service-principal:${delegated.id}`,
  'delegated-managed-identity-resource-id': delegated.resource,
} as const;

/** Properties that were sent, and those of the resulting assignment. */
async function sent(world: World, inputs: Step['inputs']): Promise<Readonly<Record<string, unknown>>> {
  const result = await azureStep(world, { ...azureByIds, ...inputs });
  expect(errors(result)).toBe('');
  expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
  const [request, ...more] = requestsTo(result, put);
  expect(more).toEqual([]);
  return (request?.body as { readonly properties: Readonly<Record<string, unknown>> }).properties;
}

describe('the body of a new role assignment', () => {
  it('has the given properties, and no others', () =>
    inAzure({}, async (world) => {
      const given = { description: 'Incident 4711: "on call" <now>', condition: only('logs') };
      expect(await sent(world, { ...given, 'assignment-name': theirName })).toEqual({
        ...given,
        conditionVersion: '2.0',
        principalId: azureIds.onCall,
        principalType: 'Group',
        roleDefinitionId: expect.stringMatching(new RegExp(`/roleDefinitions/${azureIds.blobReader}$`, 'u')),
      });
      expect(world.azure.estate.find(onCallBlobReader)).toMatchObject({
        ...given,
        conditionVersion: '2.0',
        name: theirName,
      });
    }));

  it('has the reason after the given description, and alone without one', () =>
    inAzure({}, async (world) => {
      expect((await sent(world, { reason: 'INC-4711' }))['description']).toBe('INC-4711');
      const again = await azureStep(world, { ...azureByIds, reason: 'INC-4711' });
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      world.azure.estate.remove(world.azure.estate.find(onCallBlobReader)?.id ?? '');
      const both = { description: 'On call', reason: 'INC-4711' };
      expect((await sent(world, both))['description']).toBe('On call INC-4711');
      const same = await azureStep(world, { ...azureByIds, ...both });
      expect(same.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(world.azure.estate.find(onCallBlobReader)?.description).toBe('On call INC-4711');
    }));

  it('has as much of a long reason as a lease, and nothing that looks like the record of one', () =>
    inAzure({}, async (world) => {
      const reason = `[cloud-access lease ${'x'.repeat(400)}`;
      const { description } = await sent(world, { reason });
      expect(description).toMatch(/^\(cloud-access lease x+$/u);
      expect(String(description).length).toBeLessThanOrEqual(121);
    }));

  it('has no reason of a later step: existing access keeps its description', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, description: 'as it was' });
      const kept = await azureStep(world, { ...azureByIds, reason: 'INC-4712' });
      expect([kept.exitCode, kept.outputs['changed']]).toEqual([0, 'false']);
      expect((await sent(world, { reason: 'INC-4712', description: 'On call' }))['description']).toBe('On call');
      expect((await sent(world, { reason: 'INC-4712', condition: only('logs') }))['description']).toBe('On call');
    }));

  it('has condition-version 2.0 when it is given', () =>
    inAzure({}, async (world) => {
      const properties = await sent(world, { condition: only('logs'), 'condition-version': '2.0' });
      expect(properties['conditionVersion']).toBe('2.0');
    }));

  it('has a condition of several lines unchanged', () =>
    inAzure({}, async (world) => {
      const condition = `${only('logs')}\n OR\n${only('audit')}`;
      expect((await sent(world, { condition }))['condition']).toBe(condition);
      const again = await azureStep(world, { ...azureByIds, condition });
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
    }));

  it("has no type where none is known, and the outputs then have Azure's", () =>
    inAzure({ azure: { graphPermissions: 'none' } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, principal: azureIds.onCall });
      const [request] = requestsTo(result, put);
      expect(request?.body).not.toHaveProperty('properties.principalType');
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', 'principal-type': 'Group' });
    }));
});

describe('a description', () => {
  it('that differs is changed under the existing name, and everything else is kept (P3)', () =>
    inAzure({}, async (world) => {
      const before = world.azure.estate.add({ ...onCallBlobReader, name: theirName, description: 'old' });
      const result = await azureStep(world, { ...azureByIds, description: 'new' });
      const [request, ...more] = requestsTo(result, put);
      expect(more).toEqual([]);
      expect(request?.url).toContain(theirName);
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'assignment-id': before.id,
        'request-id': request?.requestId,
      });
      expect(result.log).toContain('(differs from the request: description)');
      expect(result.log).toContain('up to date');
      expect(result.summary).toContain('✅ Updated');
      const after = world.azure.estate.find(onCallBlobReader);
      expect({ ...after, updatedOn: 0 }).toEqual({ ...before, description: 'new', updatedOn: 0 });
    }));

  it('that is not given stays unchanged', () =>
    inAzure({}, async (world) => {
      const before = world.azure.estate.add({ ...onCallBlobReader, description: 'theirs' });
      const result = await azureStep(world, azureByIds);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(requestsTo(result, put)).toEqual([]);
      expect(world.azure.estate.find(onCallBlobReader)).toEqual(before);
    }));

  it('is compared exactly, letter case and spaces included', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, description: 'On call' });
      expect((await sent(world, { description: 'on call' }))['description']).toBe('on call');
    }));

  it('is given to a grant that had none', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      expect((await sent(world, { description: 'new' }))['description']).toBe('new');
    }));

  it('that is changed keeps the condition where the inputs have it too', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, description: 'old', condition: only('logs') });
      await sent(world, { description: 'new', condition: only('logs') });
      expect(world.azure.estate.find(onCallBlobReader)).toMatchObject({
        description: 'new',
        condition: only('logs'),
        conditionVersion: '2.0',
      });
    }));
});

describe('a condition', () => {
  it('that differs is changed under the existing name, and the description is kept', () =>
    inAzure({}, async (world) => {
      const { id } = world.azure.estate.add({ ...onCallBlobReader, description: 'kept', condition: only('logs') });
      const properties = await sent(world, { condition: only('audit') });
      expect(properties).toMatchObject({
        condition: only('audit'),
        conditionVersion: '2.0',
        description: 'kept',
      });
      expect(world.azure.estate.find(onCallBlobReader)).toMatchObject({
        id,
        condition: only('audit'),
        description: 'kept',
      });
      const again = await azureStep(world, { ...azureByIds, condition: only('audit') });
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
    }));

  it('is given to a grant that had none', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      await sent(world, { condition: only('logs') });
      expect(world.azure.estate.find(onCallBlobReader)?.condition).toBe(only('logs'));
    }));

  it.each([{}, { description: 'new' }])(
    'that exists without a requested one is red, shown, and not removed: %j',
    (inputs) =>
      inAzure({}, async (world) => {
        const before = world.azure.estate.add({ ...onCallBlobReader, condition: only('logs') });
        const result = await azureStep(world, { ...azureByIds, ...inputs });
        expect(result.exitCode).toBe(1);
        expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'assignment-id': before.id });
        expect(errors(result)).toContain(only('logs'));
        expect(errors(result)).toMatch(/What to do: Set condition .*revoke the grant first/su);
        expect(requestsTo(result, put)).toEqual([]);
        expect(world.azure.estate.find(onCallBlobReader)).toEqual(before);
      }),
  );

  it('has no effect on a revoke', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, condition: only('logs') });
      const result = await azureStep(world, { ...azureByIds, operation: 'revoke' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }));

  it('that Azure refuses for an update leaves the grant unchanged', () =>
    inAzure({}, async (world) => {
      const before = world.azure.estate.add({ ...onCallBlobReader, condition: only('logs') });
      const result = await azureStep(world, { ...azureByIds, condition: 'no condition' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('InvalidRoleAssignmentCondition');
      expect(world.azure.estate.find(onCallBlobReader)).toEqual(before);
    }));
});

describe('assignment-name', () => {
  it('names a new grant, and the same step again finds it', () =>
    inAzure({}, async (world) => {
      const inputs = { ...azureByIds, 'assignment-name': theirName };
      const first = await azureStep(world, inputs);
      expect(first.outputs['assignment-id']).toBe(world.azure.estate.find(onCallBlobReader)?.id);
      expect(first.outputs['assignment-id']).toContain(theirName);
      expect((await azureStep(world, inputs)).outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
    }));

  it('does not rename, double or fail an existing grant with another name', () =>
    inAzure({}, async (world) => {
      const before = world.azure.estate.add(onCallBlobReader);
      const result = await azureStep(world, { ...azureByIds, 'assignment-name': theirName });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'assignment-id': before.id });
      expect(requestsTo(result, put)).toEqual([]);
    }));
});

describe('a delegated managed identity', () => {
  const tuple = { ...onCallBlobReader, principalId: delegated.id };

  it('is granted to, found again and revoked, with the tenant in each read and DELETE (P1)', () =>
    inAzure({}, async (world) => {
      const assign = await azureStep(world, byDelegation);
      expect(errors(assign)).toBe('');
      expect(assign.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.find(tuple)?.delegatedManagedIdentityResourceId).toBe(delegated.resource);
      const again = await azureStep(world, byDelegation);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      const revoke = await azureStep(world, { ...byDelegation, operation: 'revoke' });
      expect(revoke.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(tuple)).toBe(false);
      const asked = [assign, again, revoke].flatMap((result) =>
        requestsTo(result, 'roleAssignments.list', 'roleAssignments.delete'),
      );
      expect(asked.length).toBeGreaterThan(4);
      for (const { url } of asked) expect(url).toContain(`tenantId=${azureIds.tenant}`);
      for (const { url } of requestsTo(assign, put)) expect(url).not.toContain('tenantId');
    }));

  it('cannot be changed in place: red before any PUT (P10)', () =>
    inAzure({}, async (world) => {
      await azureStep(world, byDelegation);
      const other = `${delegated.resource}-too`;
      const result = await azureStep(world, { ...byDelegation, 'delegated-managed-identity-resource-id': other });
      expect(result.exitCode).toBe(1);
      expect(requestsTo(result, put)).toEqual([]);
      expect(errors(result)).toContain(delegated.resource);
      expect(errors(result)).toMatch(/What to do: Revoke the grant first/su);
      expect(world.azure.estate.find(tuple)?.delegatedManagedIdentityResourceId).toBe(delegated.resource);
    }));

  it('keeps its delegation when the description changes', () =>
    inAzure({}, async (world) => {
      await azureStep(world, byDelegation);
      const result = await azureStep(world, { ...byDelegation, description: 'new' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.find(tuple)).toMatchObject({
        description: 'new',
        delegatedManagedIdentityResourceId: delegated.resource,
      });
    }));

  it('with rights that its directory does not show yet is waited for, and given up with a hint', () =>
    inAzure({}, async (world) => {
      const effect = { kind: 'error', status: 403, code: 'LinkedAuthorizationFailed', message: 'not yet' } as const;
      world.script.fault({ operation: put, times: 2 }, effect);
      expect((await azureStep(world, byDelegation)).outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      world.script.fault({ operation: put, times: 1_000 }, effect);
      const result = await azureStep(world, { ...byDelegation, description: 'new', timeout: '1m' });
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('LinkedAuthorizationFailed: not yet');
      expect(errors(result)).toContain('delegated-managed-identity-resource-id');
    }));
});

describe('an assignment-name that another grant of the principal has', () => {
  it('is refused before a PUT could replace that grant', () =>
    inAzure({}, async (world) => {
      const name = '0f0f0f0f-1111-4222-8333-444455556666';
      const other = { ...onCallBlobReader, role: azureIds.reader };
      world.azure.estate.add({ ...other, name });
      const result = await azureStep(world, { ...azureByIds, 'assignment-name': name });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('Another grant of this principal has this assignment-name');
      expect(calls(result)['roleAssignments.put']).toBeUndefined();
      expect(world.azure.estate.find(other)?.name).toBe(name);
    }));
});
