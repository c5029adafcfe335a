import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import { grantsOf, tenant } from './azure-many.ts';
import { azureByIds, azureIds, azureStep, inAzure, requestsTo, scopes, warnings } from './azure-support.ts';
import { cells, fileOf, resultsOf } from './reports.ts';
import { describeSignals, errors } from './support.ts';

/** Text of a cell in the summary. */
const verdictsIn = (summary: string): readonly string[] =>
  cells(summary).flatMap(([verdict = '']) => (verdict === 'Result' ? [] : [verdict]));

const missing = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${scopes.subscription}/resourceGroups/missing-${index}`);

const isThere = (world: World, record: Readonly<Record<string, unknown>>): boolean =>
  world.azure.estate.has({
    scope: String(record['target-id']),
    role: String(record['role-id']).split('/').at(-1) ?? '',
    principalId: String(record['principal-id']),
  });

describe('a run with many on Azure', () => {
  it('does not stop at a failed grant: exit code, worst status, one annotation for ten of the failures, then a count (Many)', async () => {
    const place = tenant({ resourceGroups: 12, groups: 1 });
    await inAzure({ estate: place.estate }, async (world) => {
      const inputs = grantsOf(place, { groups: 1, roles: 1, scopes: 12 });
      const target = [...missing(13), inputs['target'] ?? ''].join('\n');
      const result = await azureStep(world, { ...inputs, target });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'true' });
      expect(world.azure.estate.effectiveChanges()).toHaveLength(12);

      const records = resultsOf(result);
      const failed = records.filter((it) => it['status'] === 'FAILED');
      expect(failed.map((it) => it['target-id'])).toEqual(missing(13));
      expect(failed.every((it) => String(it['failure-reason']).includes('ResourceGroupNotFound'))).toBe(true);
      expect(records.filter((it) => it['status'] === 'SUCCEEDED')).toHaveLength(12);
      expect(fileOf(result)['results']).toEqual(records);
      for (const scope of missing(13)) expect(result.outputs['failure-reason']).toContain(scope.split('/').at(-1));

      expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(10);
      expect(result.log).toContain('3 more grants have no annotation');
      for (const scope of missing(13)) expect(result.log).toMatch(new RegExp(`^FAILED: .*${scope}`, 'mu'));
      expect(result.log).toContain('25 grants: 12 granted, 13 failed.');
      expect(result.summary).toContain('12 granted, 13 failed');
      const verdicts = verdictsIn(result.summary);
      expect(verdicts).toEqual(
        [...verdicts].sort((a, b) => Number(b.includes('FAILED')) - Number(a.includes('FAILED'))),
      );
      expect(result.summary.replaceAll(/<details>.*?<\/details>/gsu, '').match(/FAILED/gu)).toHaveLength(13);
    });
  });

  it('reports each kind of failure with a hint: a lock, a limit, a missing right (P9)', async () => {
    await inAzure({ azure: { limits: { perManagementGroup: 0 } } }, async (world) => {
      const { estate } = world.azure;
      const locked = {
        scope: `${scopes.subscription}/resourceGroups/rg-locked`,
        role: azureIds.blobReader,
        principalId: azureIds.onCall,
      };
      estate.add(locked);
      estate.add({ ...locked, scope: scopes.resourceGroup });
      const revoked = await azureStep(world, {
        ...azureByIds,
        operation: 'revoke',
        target: `${scopes.resourceGroup}\n${locked.scope}`,
      });
      expect(revoked.outputs['status']).toBe('FAILED');
      expect(errors(revoked)).toContain('ScopeLocked');
      expect(estate.has(locked)).toBe(true);
      expect(estate.has({ ...locked, scope: scopes.resourceGroup })).toBe(false);
      const assigned = await azureStep(world, {
        ...azureByIds,
        target: `${scopes.managementGroup}\n${scopes.resourceGroup}`,
      });
      expect(errors(assigned)).toContain('RoleAssignmentLimitExceeded');
      expect(errors(assigned)).toContain('What to do: The limit is reached and cannot be raised');
      expect(
        resultsOf(assigned)
          .map((it) => it['status'])
          .sort(),
      ).toEqual(['FAILED', 'SUCCEEDED']);
    });
  });

  it('handles lost responses, resets, 5xx and late reads: all is green, and nothing is made twice (P1)', async () => {
    const place = tenant({ resourceGroups: 20, groups: 1 });
    await inAzure({ estate: place.estate, azure: { lag: { readMs: 3_000, deleteMs: 3_000 } } }, async (world) => {
      const inputs = grantsOf(place, { groups: 1, roles: 1, scopes: 20 });
      for (const operation of ['roleAssignments.put', 'roleAssignments.delete']) {
        world.script.fault({ operation, nth: 2, times: 3 }, { kind: 'lost' });
        world.script.fault({ operation, nth: 7, times: 2 }, { kind: 'reset' });
        world.script.fault({ operation, nth: 11, times: 2 }, { kind: 'http', status: 503, body: 'busy' });
        world.script.fault({ operation, nth: 15 }, { kind: 'broken' });
      }
      const assigned = await azureStep(world, inputs);
      expect(errors(assigned)).toBe('');
      expect(assigned.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.effectiveChanges()).toHaveLength(20);
      expect(warnings(assigned)).toContain('answer to the start call was lost');
      const revoked = await azureStep(world, { ...inputs, operation: 'revoke' });
      expect(errors(revoked)).toBe('');
      expect(revoked.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.effectiveChanges()).toHaveLength(40);
      expect(world.azure.estate.assignments()).toHaveLength(0);
    });
  });

  it('does not report remaining inherited access where the same run removes that too', async () => {
    const upper = { scope: scopes.managementGroup, role: azureIds.blobReader, principalId: azureIds.onCall };
    const revoke = { ...azureByIds, operation: 'revoke' };
    await inAzure({}, async (world) => {
      const { estate } = world.azure;
      for (const scope of [upper.scope, scopes.resourceGroup]) estate.add({ ...upper, scope });
      const one = await azureStep(world, revoke);
      expect(one.log).toContain(`still inherits this role from ${upper.scope}`);
      estate.add({ ...upper, scope: scopes.resourceGroup });
      const both = await azureStep(world, { ...revoke, target: `${scopes.resourceGroup}\n${upper.scope}` });
      expect(errors(both)).toBe('');
      expect(estate.has(upper)).toBe(false);
      expect(both.log).not.toContain('still inherits');
    });
  });

  it('requests no status: the results are read back, without other requests meanwhile', async () => {
    const place = tenant({ resourceGroups: 12, groups: 1 });
    await inAzure({ estate: place.estate }, async (world) => {
      const result = await azureStep(world, grantsOf(place, { groups: 1, roles: 1, scopes: 12 }));
      const kinds = new Set(
        result.requests.filter(({ service }) => service === 'arm').map(({ operation }) => operation),
      );
      kinds.delete('metadata');
      expect(kinds).toEqual(new Set(['roleAssignments.list', 'roleAssignments.put']));
    });
  });

  it("leaves `results` empty above 256 KiB, and the file has all; the summary stays below GitHub's limit", async () => {
    const place = tenant({ resourceGroups: 60, groups: 7 });
    await inAzure({ estate: place.estate }, async (world) => {
      const result = await azureStep(world, {
        ...grantsOf(place, { groups: 7, roles: 1, scopes: 60 }),
        'dry-run': 'false',
      });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', results: '' });
      const file = fileOf(result)['results'] as readonly Readonly<Record<string, unknown>>[];
      expect(file).toHaveLength(420);
      expect(new Set(file.map((it) => `${String(it['target-id'])} ${String(it['principal-id'])}`)).size).toBe(420);
      expect(Buffer.byteLength(result.summary)).toBeLessThan(1024 * 1024);
      expect(verdictsIn(result.summary)).toHaveLength(420);
    });
  });

  it('ends green at once with wait: false, and reports the verified grants', async () => {
    const place = tenant({ resourceGroups: 10, groups: 1 });
    await inAzure({ estate: place.estate, azure: { lag: { readMs: 60_000 } } }, async (world) => {
      const result = await azureStep(world, { ...grantsOf(place, { groups: 1, roles: 1, scopes: 10 }), wait: 'false' });
      expect(result.exitCode).toBe(0);
      expect(result.outputs['status']).toBe('IN_PROGRESS');
      expect((result.outputs['request-id'] ?? '').split('\n')).toHaveLength(10);
      expect(result.virtualMs).toBeLessThan(10_000);
      expect(errors(result)).toBe('');
    });
  });

  it('fails a grant at its own time limit and not the others, and a re-run completes it (P2)', async () => {
    const place = tenant({ resourceGroups: 8, groups: 1 });
    await inAzure({ estate: place.estate }, async (world) => {
      const inputs = grantsOf(place, { groups: 1, roles: 1, scopes: 8 });
      const calm = world.script.weather(({ operation, url = '' }) =>
        operation === 'roleAssignments.put' && url.includes('/app-3/') ? { kind: 'hang' } : undefined,
      );
      const result = await azureStep(world, { ...inputs, timeout: '15s' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('IN_PROGRESS');
      const late = resultsOf(result).filter((it) => it['status'] !== 'SUCCEEDED');
      expect(late.map((it) => it['target-id'])).toEqual([place.resourceGroups[2]]);
      expect(errors(result)).toContain('Run the step again');
      expect(result.virtualMs).toBeLessThan(30_000);
      calm();
      const again = await azureStep(world, inputs);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(requestsTo(again, 'roleAssignments.put')).toHaveLength(1);
      expect(world.azure.estate.effectiveChanges()).toHaveLength(8);
    });
  });
});

describeSignals('a canceled run with many on Azure (P2)', () => {
  it('reports every grant: done, in flight with its request ID, not started; a re-run completes the rest', async () => {
    const place = tenant({ resourceGroups: 40, groups: 1 });
    const azure = { throttle: { writes: { capacity: 10, perSecond: 1 } } };
    await inAzure({ estate: place.estate, azure }, async (world) => {
      const inputs = grantsOf(place, { groups: 1, roles: 1, scopes: 40 });
      const result = await azureStep(world, inputs, { cancel: 22_000 });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'true' });
      const records = resultsOf(result);
      expect(records).toHaveLength(40);
      const of = (status: string): typeof records => records.filter((it) => it['status'] === status);
      const [done, flying, notStarted] = [of('SUCCEEDED'), of('IN_PROGRESS'), of('FAILED')];
      // Each is what its report says.
      expect([...done, ...flying].filter((it) => !isThere(world, it))).toEqual([]);
      expect(notStarted.filter((it) => isThere(world, it))).toEqual([]);
      expect(notStarted.filter((it) => !/^not started/iu.test(String(it['failure-reason'])))).toEqual([]);
      expect(flying.filter((it) => it['request-id'] === '')).toEqual([]);
      expect(notStarted.length).toBeGreaterThan(0);
      expect(result.log).toContain('canceled');
      expect(result.summary).toContain('not started');

      const again = await azureStep(world, inputs);
      expect(errors(again)).toBe('');
      expect(again.outputs['status']).toBe('SUCCEEDED');
      expect(resultsOf(again).filter((it) => it['changed'] === true)).toHaveLength(notStarted.length);
      expect(world.azure.estate.effectiveChanges()).toHaveLength(40);
      // Changes of ten or more seconds ago have long been verified.
      expect(done.length).toBeGreaterThanOrEqual(10);
    });
  });
});
