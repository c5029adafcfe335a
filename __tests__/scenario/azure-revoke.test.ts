import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import {
  azureByIds,
  azureIds,
  azureStep,
  inAzure,
  onCallBlobReader,
  requestsTo,
  scopes,
  warnings,
} from './azure-support.ts';
import { errors } from './support.ts';

const removal = 'roleAssignments.delete';
const revoke = { ...azureByIds, operation: 'revoke' } as const;
const theirName = 'aaaaaaaa-0000-4000-8000-00000000000a';

/** No access to remove: green, unchanged, and no request that could remove access. */
function expectNothingSent(result: StepResult): void {
  expect(errors(result)).toBe('');
  expect(result.exitCode).toBe(0);
  expect(result.outputs).toMatchObject({
    status: 'SUCCEEDED',
    changed: 'false',
    'request-id': '',
    'assignment-id': '',
  });
  expect(requestsTo(result, removal, 'roleAssignments.put')).toEqual([]);
}

describe('a revoke removes the one role assignment at the exact scope', () => {
  it.each([
    ['the management group', scopes.managementGroup],
    ['the subscription', scopes.subscription],
    ['the tenant root', '/'],
  ])('not one that is inherited from %s, which it names (P3)', (_, above) =>
    inAzure({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, scope: above });
      const result = await azureStep(world, revoke);
      expectNothingSent(result);
      expect(world.azure.estate.has({ ...onCallBlobReader, scope: above })).toBe(true);
      for (const text of [result.log, result.summary]) {
        expect(text).toContain('inherit');
        expect(text).toContain(above);
      }
    }),
  );

  it('and reports the inherited access that stays after it removed its own', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, scope: scopes.subscription });
      world.azure.estate.add(onCallBlobReader);
      const result = await azureStep(world, revoke);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
      expect(world.azure.estate.has({ ...onCallBlobReader, scope: scopes.subscription })).toBe(true);
      for (const text of [result.log, result.summary]) expect(text).toContain(`from ${scopes.subscription}`);
    }));

  it('not one that the principal has through a group (P3)', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const result = await azureStep(world, { ...revoke, principal: `user:${azureIds.alice}` });
      expectNothingSent(result);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
      for (const text of [result.log, result.summary]) expect(text).toMatch(/through (?:a )?groups?/u);
    }));

  it('not those below it, of others, or of other roles (P3)', () =>
    inAzure({}, async (world) => {
      const { estate } = world.azure;
      const others = [
        { ...onCallBlobReader, scope: scopes.child },
        { ...onCallBlobReader, scope: scopes.resource },
        { ...onCallBlobReader, scope: scopes.subscription, principalId: azureIds.alice },
        { ...onCallBlobReader, scope: scopes.subscription, role: 'Reader' },
        { ...onCallBlobReader, scope: '/subscriptions/11111111-2222-4333-8444-555555555502' },
        { ...onCallBlobReader, scope: scopes.managementGroup },
      ];
      for (const other of others) estate.add(other);
      const kept = estate.assignments();
      const own = estate.add({ ...onCallBlobReader, scope: scopes.subscription });
      const result = await azureStep(world, { ...revoke, target: scopes.subscription });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'assignment-id': own.id });
      expect(requestsTo(result, removal)).toHaveLength(1);
      expect(estate.assignments()).toEqual(kept);
    }));

  it('a longer scope with the same beginning is another scope (P3)', () =>
    inAzure({}, async (world) => {
      const scope = `${scopes.subscription}/resourceGroups/payments-data`;
      world.azure.estate.add({ ...onCallBlobReader, scope: scopes.resource });
      const result = await azureStep(world, { ...revoke, target: scope });
      expectNothingSent(result);
      expect(world.azure.estate.has({ ...onCallBlobReader, scope: scopes.resource })).toBe(true);
    }));

  it('with any name, description and author, by its full ID', () =>
    inAzure({}, async (world) => {
      const { id } = world.azure.estate.add({ ...onCallBlobReader, name: theirName, description: 'theirs' });
      const result = await azureStep(world, revoke);
      const [sent, ...more] = requestsTo(result, removal);
      expect(more).toEqual([]);
      expect(decodeURIComponent(sent?.url ?? '')).toBe(`${id}?api-version=2022-04-01`);
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'assignment-id': id,
        'request-id': sent?.requestId,
      });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }));

  it('on any page of the list', () =>
    inAzure({ azure: { pageSize: 1 } }, async (world) => {
      const { estate } = world.azure;
      for (const scope of [scopes.child, scopes.subscription, '/']) estate.add({ ...onCallBlobReader, scope });
      estate.add({ ...onCallBlobReader, scope: scopes.resource, name: 'ffffffff-ffff-4000-8000-00000000000f' });
      const result = await azureStep(world, { ...revoke, target: scopes.resource });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(requestsTo(result, 'roleAssignments.list').length).toBeGreaterThan(4);
      expect(estate.effectiveChanges()).toHaveLength(1);
    }));
});

describe('a grant that is gone', () => {
  it('before the step is green: unchanged, after reads only (P3)', () =>
    inAzure({}, async (world) => {
      expectNothingSent(await azureStep(world, revoke));
    }));

  it.each([0, 30_000])(
    "a moment before the step's DELETE is green: 204, unchanged, with reads that lag %i ms",
    (deleteMs) =>
      inAzure({ azure: { lag: { deleteMs } } }, async (world) => {
        world.azure.estate.add(onCallBlobReader);
        // Another step of this action, so that its removal lags as ARM's own do.
        let first = true;
        world.script.onRequest({ operation: removal, nth: 1 }, async () => {
          if (!first) return;
          first = false;
          await azureStep(world, { ...revoke, wait: 'false' });
        });
        const result = await azureStep(world, revoke);
        expect(errors(result)).toBe('');
        expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
        expect(requestsTo(result, removal).at(0)?.status).toBe(204);
        expect(warnings(result)).toContain('already gone');
        expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
      }),
  );

  it('while reads still list it, removed by an earlier step, is green too', () =>
    inAzure({ azure: { lag: { deleteMs: 40_000 } } }, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      expect((await azureStep(world, { ...revoke, wait: 'false' })).outputs['status']).toBe('IN_PROGRESS');
      const result = await azureStep(world, revoke);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
    }));

  it('until another caller makes it just before the read is removed, never green with the access there', () =>
    inAzure({}, async (world) => {
      world.script.onRequest({ operation: 'roleAssignments.list', nth: 1 }, () => {
        world.azure.estate.add(onCallBlobReader);
      });
      const result = await azureStep(world, revoke);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }));

  it('and that another caller makes again during the read is red or removed, never green with the access there', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.script.onRequest({ operation: 'roleAssignments.list', nth: 2 }, () => {
        if (!world.azure.estate.has(onCallBlobReader)) world.azure.estate.add({ ...onCallBlobReader, name: theirName });
      });
      const result = await azureStep(world, revoke);
      expect(result.outputs['status'] === 'SUCCEEDED').toBe(!world.azure.estate.has(onCallBlobReader));
      expect(result.exitCode).toBe(world.azure.estate.has(onCallBlobReader) ? 1 : 0);
    }));
});

describe('a DELETE with the response 404', () => {
  const notFound = {
    kind: 'error',
    status: 404,
    code: 'RoleAssignmentNotFound',
    message: 'The role assignment is not found.',
  } as const;

  it('is green once reads show that it is gone', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: removal }, notFound);
      world.script.onRequest({ operation: removal, nth: 1 }, () => {
        world.azure.estate.remove(onCallBlobReader);
      });
      const result = await azureStep(world, revoke);
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
    }));

  it('is red while the assignment still exists, with the response and a hint (P1)', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: removal, times: 1_000 }, notFound);
      const result = await azureStep(world, revoke);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('RoleAssignmentNotFound: The role assignment is not found.');
      expect(errors(result)).toContain('What to do: ');
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    }));
});

describe('the principal of the grant', () => {
  const deleted = '05e00000-0000-4000-8000-0000000000ff';

  it.each([`user:${deleted}`, `group:${deleted}`])('a principal that was deleted, by %s, without Graph', (principal) =>
    inAzure({ azure: { graphPermissions: 'none' } }, async (world) => {
      const tuple = { ...onCallBlobReader, principalId: deleted };
      world.azure.estate.add(tuple);
      const result = await azureStep(world, { ...revoke, principal });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(tuple)).toBe(false);
      expect(result.requests.filter(({ service }) => service === 'graph')).toEqual([]);
      expect(warnings(result)).toBe('');
    }),
  );

  it('a principal that was deleted, by its ID without a type: Graph does not know it, and the access can still be removed', () =>
    inAzure({}, async (world) => {
      const tuple = { ...onCallBlobReader, principalId: deleted };
      world.azure.estate.add(tuple);
      const result = await azureStep(world, { ...revoke, principal: deleted });
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'principal-id': deleted });
      expect(world.azure.estate.has(tuple)).toBe(false);
    }));

  it("an ID without a type where Graph is not readable, with the type from Azure's assignment", () =>
    inAzure({ azure: { graphPermissions: 'none' } }, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const result = await azureStep(world, { ...revoke, principal: azureIds.onCall });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'principal-type': 'Group' });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }));

  it('a name', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const names = { principal: 'group:Payments On-Call', target: 'resource-group:payments-prod' };
      const result = await azureStep(world, { ...revoke, ...names, role: 'Storage Blob Data Reader' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }));
});

describe('a role', () => {
  it('that was deleted, or is not assignable here any longer, is revoked by its GUID without reading definitions', () =>
    inAzure({}, async (world) => {
      const tuple = { ...onCallBlobReader, role: 'dddddddd-0000-4000-8000-000000000001' };
      world.azure.estate.add(tuple);
      const result = await azureStep(world, { ...revoke, role: tuple.role });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(requestsTo(result, 'roleDefinitions.get', 'roleDefinitions.list')).toEqual([]);
      expect(world.azure.estate.has(tuple)).toBe(false);
    }));

  it('that is privileged is revoked without a permission for it', () =>
    inAzure({}, async (world) => {
      const tuple = { ...onCallBlobReader, role: 'Owner' };
      world.azure.estate.add(tuple);
      const result = await azureStep(world, { ...revoke, role: 'Owner' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(tuple)).toBe(false);
    }));
});
