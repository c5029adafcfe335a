import { describe, expect, it } from '@jest/globals';
import type { NewAssignment } from '../../rehearsal/azure/arm/live.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader, requestsTo, scopes } from './azure-support.ts';
import { errors } from './support.ts';

const put = 'roleAssignments.put';
const removal = 'roleAssignments.delete';
const theirName = 'aaaaaaaa-0000-4000-8000-00000000000a';
const onlyLogs =
  "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'logs'))";

type Properties = Pick<NewAssignment, 'description' | 'condition'>;

/** Another job makes the same grant under another name just before this run's PUT is processed. */
function beforeOurPut(world: World, properties: Properties = {}): void {
  world.script.onRequest({ operation: put, nth: 1 }, () => {
    world.azure.estate.add({ ...onCallBlobReader, name: theirName, ...properties });
  });
}

const theirId = `${scopes.resourceGroup}/providers/Microsoft.Authorization/roleAssignments/${theirName}`;

describe('a grant that another job made a moment before', () => {
  it.each([
    ['in the newer text', false],
    ['in the older text, which does not say its name', true],
  ])('is kept as it is, and reported: 409 %s', (_, olderConflictText) =>
    inAzure({ azure: { olderConflictText } }, async (world) => {
      beforeOurPut(world);
      const result = await azureStep(world, azureByIds);
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
      expect(requestsTo(result, put)).toHaveLength(1);
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'false',
        'assignment-id': theirId,
        'request-id': '',
      });
      expect(result.log).toContain('RoleAssignmentExists');
      expect(result.log).toContain('It already existed: another job or an administrator');
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }),
  );

  it('with other properties is updated under its own name, and the properties without an input are kept', () =>
    inAzure({}, async (world) => {
      beforeOurPut(world, { description: 'theirs', condition: onlyLogs });
      const result = await azureStep(world, { ...azureByIds, condition: onlyLogs, description: 'ours' });
      expect(result.exitCode).toBe(0);
      const [refused, update, ...more] = requestsTo(result, put);
      expect(more).toEqual([]);
      expect(refused?.code).toBe('RoleAssignmentExists');
      expect(update?.url).toContain(theirName);
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'assignment-id': theirId,
        'request-id': update?.requestId,
      });
      expect(world.azure.estate.find(onCallBlobReader)).toMatchObject({ description: 'ours', condition: onlyLogs });
    }));

  it('with another condition than the requested one is neither green nor changed (P3)', () =>
    inAzure({}, async (world) => {
      beforeOurPut(world, { condition: onlyLogs });
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain(onlyLogs);
      expect(errors(result)).toContain('What to do: ');
      expect(world.azure.estate.find(onCallBlobReader)?.condition).toBe(onlyLogs);
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }));

  it('that reads show late is waited for', () =>
    inAzure({ azure: { lag: { readMs: 20_000 } } }, async (world) => {
      const ours = await azureStep(world, { ...azureByIds, 'assignment-name': theirName, wait: 'false' });
      expect(ours.outputs['status']).toBe('IN_PROGRESS');
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(0);
      expect(requestsTo(result, put)).toHaveLength(1);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'assignment-id': theirId });
      expect(result.virtualMs).toBeGreaterThan(10_000);
    }));

  it('that no read ever shows is red, with its name in the hint', () =>
    inAzure({ azure: { lag: { readMs: 10_000_000 } } }, async (world) => {
      await azureStep(world, { ...azureByIds, 'assignment-name': theirName, wait: 'false' });
      const result = await azureStep(world, azureByIds);
      expect(result.exitCode).toBe(1);
      expect(requestsTo(result, put)).toHaveLength(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('RoleAssignmentExists: The role assignment already exists.');
      expect(errors(result)).toContain(requestsTo(result, put)[0]?.requestId);
      expect(errors(result)).toContain(theirName);
    }));

  it('that reads show too late for the time limit ends in time, with the 409 as the reason', () =>
    inAzure({ azure: { lag: { readMs: 60_000 } } }, async (world) => {
      await azureStep(world, { ...azureByIds, 'assignment-name': theirName, wait: 'false' });
      const result = await azureStep(world, { ...azureByIds, timeout: '10s' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toContain('RoleAssignmentExists');
      expect(errors(result)).not.toContain('NotSent');
      expect(result.virtualMs).toBeLessThan(30_000);
      await world.advance(60_000);
      const again = await azureStep(world, azureByIds);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'assignment-id': theirId });
    }));

  it('is adopted once: a second 409 for the update ends it (P2)', () =>
    inAzure({}, async (world) => {
      beforeOurPut(world, { description: 'theirs' });
      world.script.fault(
        { operation: put, nth: 2, times: 1_000 },
        { kind: 'error', status: 409, code: 'RoleAssignmentExists', message: 'The role assignment already exists.' },
      );
      const result = await azureStep(world, { ...azureByIds, description: 'ours' });
      expect(result.exitCode).toBe(1);
      expect(requestsTo(result, put)).toHaveLength(2);
      expect(result.outputs).toMatchObject({ status: 'FAILED' });
    }));

  it('and removed again after the 409 is made by this run, or red, never green without it', () =>
    inAzure({ azure: { lag: { readMs: 20_000 } } }, async (world) => {
      await azureStep(world, { ...azureByIds, 'assignment-name': theirName, wait: 'false' });
      world.script.at(1_000, () => {
        world.azure.estate.remove(onCallBlobReader);
      });
      const result = await azureStep(world, azureByIds);
      expect(result.outputs['status'] === 'SUCCEEDED').toBe(world.azure.estate.has(onCallBlobReader));
    }));
});

describe('two steps at once', () => {
  it('make one grant, and both are green: the one with the second PUT keeps the grant that it finds', () =>
    inAzure({}, async (world) => {
      let other: StepResult | undefined;
      world.script.onRequest({ operation: put, nth: 1 }, async () => {
        other ??= await azureStep(world, { ...azureByIds, 'assignment-name': theirName });
      });
      const result = await azureStep(world, azureByIds);
      expect(other?.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'assignment-id': theirId });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'assignment-id': theirId });
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
    }));

  it('where one removes the grant that the other is about to read: it is made again, never green without it', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.script.onRequest({ operation: 'roleAssignments.list', nth: 1 }, () => {
        world.azure.estate.remove(onCallBlobReader);
      });
      const result = await azureStep(world, azureByIds);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    }));

  it('where one keeps the existing grant need a single read: on Azure no change can be in progress', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const result = await azureStep(world, azureByIds);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
      expect(requestsTo(result, 'roleAssignments.list')).toHaveLength(1);
    }));
});

describe('a name that is in use', () => {
  const other = { scope: scopes.subscription, role: 'Reader', principalId: azureIds.alice };

  it.each(['assignment-name', 'the deterministic name'])(
    'by another grant is red and leaves that grant alone: %s (P3)',
    (which) =>
      inAzure({}, async (world) => {
        const given = which === 'assignment-name' ? { 'assignment-name': theirName } : {};
        const name = given['assignment-name'] ?? (await deterministic());
        const taken = world.azure.estate.add({ ...other, name });
        const result = await azureStep(world, { ...azureByIds, ...given });
        expect(result.exitCode).toBe(1);
        const [sent, ...more] = requestsTo(result, put);
        expect(more).toEqual([]);
        expect(errors(result)).toContain(
          'RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
        );
        expect(errors(result)).toContain(sent?.requestId);
        expect(errors(result)).toMatch(new RegExp(`What to do: .*${name}.*assignment-name`, 'su'));
        expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
        expect(world.azure.estate.find(other)).toEqual(taken);
        expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
      }),
  );

  it('is allowed where the grant exists under another one', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add({ ...other, name: theirName });
      const { id } = world.azure.estate.add(onCallBlobReader);
      const result = await azureStep(world, { ...azureByIds, 'assignment-name': theirName, description: 'new' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'assignment-id': id });
    }));

  /** Name of the grant without a name in the inputs. */
  function deterministic(): Promise<string> {
    return inAzure({}, async (world) => {
      await azureStep(world, azureByIds);
      return world.azure.estate.find(onCallBlobReader)?.name ?? '';
    });
  }
});

describe('a lost response', () => {
  it.each([
    ['visible at once', 0],
    ['visible after 3 s', 3_000],
    ['visible after 40 s', 40_000],
  ])('of the PUT: one grant, green, with its ID, %s (P2)', (_, readMs) =>
    inAzure({ azure: { lag: { readMs } } }, async (world) => {
      world.script.fault({ operation: put }, { kind: 'lost' });
      const result = await azureStep(world, azureByIds);
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'assignment-id': world.azure.estate.find(onCallBlobReader)?.id,
      });
      expect(new Set(requestsTo(result, put).map(({ url }) => url)).size).toBe(1);
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
      expect(result.log).toContain('It may have succeeded');
      // What lag hides was carried out: the log says only that it was not found.
      expect(result.log.includes('It was not found. Sending it again.')).toBe(readMs > 10_000);
    }),
  );

  it.each([
    ['gone at once', 0],
    ['listed for 3 s', 3_000],
    ['listed for 40 s', 40_000],
  ])('of the DELETE: green, changed, %s', (_, deleteMs) =>
    inAzure({ azure: { lag: { deleteMs } } }, async (world) => {
      const { id } = world.azure.estate.add(onCallBlobReader);
      world.script.fault({ operation: removal }, { kind: 'lost' });
      const result = await azureStep(world, { ...azureByIds, operation: 'revoke' });
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'assignment-id': id });
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }),
  );

  it('of an update: one change, under the existing name', () =>
    inAzure({}, async (world) => {
      const { id } = world.azure.estate.add({ ...onCallBlobReader, description: 'old' });
      world.script.fault({ operation: put }, { kind: 'lost' });
      const result = await azureStep(world, { ...azureByIds, description: 'new' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'assignment-id': id });
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
    }));
});
