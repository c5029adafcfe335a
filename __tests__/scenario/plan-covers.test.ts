import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader, scopes } from './azure-support.ts';
import { inFolder, manyAws, starts } from './many.ts';
import { byIds, errors, ids, inWorld, pushOne, severalAtOnce, step } from './support.ts';

describe('other parts of a plan on Azure (P10)', () => {
  it.each<[string, Step['inputs']]>([
    ['condition', { condition: "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'paydata'" }],
    ['description', { description: 'INC-1234' }],
    ['assignment-name', { 'assignment-name': '0a1b2c3d-0000-4000-8000-00000000000a' }],
  ])('include its %s: by file and by digest', async (name, property) => {
    await inFolder((folder) =>
      inAzure({}, async (world) => {
        const file = join(folder, 'plan.json');
        const plan = await azureStep(world, { ...azureByIds, 'dry-run': 'true', 'plan-file': file });
        for (const expected of [file, plan.outputs['plan-digest'] ?? '']) {
          const result = await azureStep(world, { ...azureByIds, ...property, 'expected-plan': expected });
          expect(result).toMatchObject({ exitCode: 1, outputs: { changed: 'false' } });
          expect(errors(result)).toContain('The plan is not the one that was reviewed');
          if (expected === file) expect(result.log).toContain(`${name}: none was reviewed, and now it is`);
        }
        expect(world.azure.estate.effectiveChanges()).toEqual([]);
      }),
    );
  });
});

describe('the content of a plan on Azure', () => {
  const described = { ...azureByIds, description: 'INC-1234' };

  it('is an update where only a property differs, which is not a creation that was reviewed (P10)', async () => {
    await inFolder((folder) =>
      inAzure({}, async (world) => {
        const file = join(folder, 'plan.json');
        await azureStep(world, { ...described, 'dry-run': 'true', 'plan-file': file });
        world.azure.estate.add({ ...onCallBlobReader, description: 'of another administrator' });
        const result = await azureStep(world, { ...described, 'expected-plan': file });
        expect(errors(result)).toContain('1 was reviewed as another action');
        expect(result.log).toMatch(/^~ update .*, reviewed as create$/mu);
        expect(world.azure.estate.find(onCallBlobReader)?.description).toBe('of another administrator');
        const plan = await azureStep(world, { ...described, 'dry-run': 'true' });
        expect(plan.log).toContain('Plan: update');
        expect(plan.summary).toContain('Would be updated');
        expect(world.azure.estate.effectiveChanges()).toEqual([]);
      }),
    );
  });

  it('has refusals with their reason: the dry run is red as the run would be', async () => {
    const condition = "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'paydata'";
    await inAzure({}, async (world) => {
      world.azure.estate.add({ ...onCallBlobReader, condition });
      const target = `${azureByIds.target}\n${scopes.resource}`;
      const result = await azureStep(world, { ...azureByIds, target, 'dry-run': 'true' });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'true' } });
      expect(result.log).toContain('Plan for 2 grants: 1 create, 1 refuse');
      expect(errors(result)).toContain('condition');
      const plan = JSON.parse(result.file(result.outputs['plan-file'] ?? '') ?? '') as Record<string, unknown>;
      expect(plan['changes']).toHaveLength(1);
      expect(plan['refused']).toEqual([expect.objectContaining({ 'target-id': azureByIds.target })]);
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    });
  });

  it('has one digest for all spellings of its IDs', async () => {
    await inAzure({}, async (world) => {
      const spellings = [
        azureByIds,
        { ...azureByIds, principal: azureByIds.principal.toUpperCase().replace('GROUP', 'group') },
        { ...azureByIds, target: azureByIds.target.replace('payments-prod', 'PAYMENTS-PROD') },
        { ...azureByIds, role: `/providers/Microsoft.Authorization/roleDefinitions/${azureIds.blobReader}` },
      ];
      const plans = await severalAtOnce(spellings, (inputs) => azureStep(world, { ...inputs, 'dry-run': 'true' }));
      expect(plans.map(errors)).toEqual(['', '', '', '']);
      const [digest = '', ...others] = plans.map(({ outputs }) => outputs['plan-digest']);
      expect(others).toEqual([digest, digest, digest]);
      const applied = await azureStep(world, {
        ...azureByIds,
        'expected-plan': digest.toUpperCase().replace('SHA256', 'sha256'),
      });
      expect(errors(applied)).toBe('');
    });
  });
});

describe('other parts of a plan on AWS', () => {
  it('include the operation: a plan to push is not a plan to assign', async () => {
    await inFolder((folder) =>
      inWorld({}, async (world) => {
        const file = join(folder, 'plan.json');
        const planned = await step(world, { ...pushOne, 'dry-run': 'true', 'plan-file': file });
        expect(planned.log).toContain('Plan: provision');
        const result = await step(world, { ...byIds, 'expected-plan': file });
        expect(errors(result)).toContain('is a plan of operation: provision, not of assign');
        expect(result.requests).toEqual([]);
        const applied = await step(world, { ...pushOne, 'expected-plan': file });
        expect(applied).toMatchObject({ exitCode: 0, outputs: { changed: 'true' } });
        expect(starts(manyAws, applied).map(({ operation }) => operation)).toEqual(['ProvisionPermissionSet']);
      }),
    );
  });

  it('include each stale account of a push with outdated, and accounts that are done meanwhile are accepted', async () => {
    const push = { ...pushOne, target: 'outdated', 'aws-instance-arn': ids.instance };
    await inFolder((folder) =>
      inWorld({}, async (world) => {
        for (const account of [ids.prod, ids.staging]) world.aws.estate.makeOutdated(ids.readOnly, account);
        const file = join(folder, 'plan.json');
        const plan = await step(world, { ...push, 'dry-run': 'true', 'plan-file': file });
        expect(plan.outputs['changed']).toBe('true');
        world.aws.estate.makeOutdated(ids.readOnly, ids.dataLake);
        const more = await step(world, { ...push, 'expected-plan': file });
        expect(errors(more)).toContain('1 change was not reviewed');
        expect(more.log).toMatch(new RegExp(`^\\+ provision .*${ids.dataLake}`, 'mu'));
        expect(world.aws.estate.outdated()).toHaveLength(3);
        await step(world, { ...push, target: `${ids.prod}\n${ids.dataLake}` });
        const rest = await step(world, { ...push, 'expected-plan': file });
        expect(errors(rest)).toBe('');
        expect(starts(manyAws, rest)).toHaveLength(1);
        expect(world.aws.estate.outdated()).toEqual([]);
      }),
    );
  });
});
