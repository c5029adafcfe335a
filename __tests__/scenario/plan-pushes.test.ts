import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { distinct, lines } from './aws-bulk-support.ts';
import { inFolder, manyAws } from './many.ts';
import { expectRefused } from './reviewed-plans.ts';
import { calls, errors, ids, inWorld, pushAll, step } from './support.ts';

const { prod, staging, dataLake, readOnly } = ids;

interface Planned {
  readonly file: string;
  readonly digest: string;
  readonly plan: {
    readonly settings: Readonly<Record<string, string>>;
    readonly changes: readonly Readonly<Record<string, string>>[];
  };
}

/** Plans a push in a world where three accounts have an older version of the permission set. */
function planned(inputs: Step['inputs'], scene: (world: World, planned: Planned) => Promise<void>): Promise<void> {
  return inFolder((folder) =>
    inWorld({}, async (world) => {
      world.aws.estate.edit('ReadOnlyAccess');
      const file = join(folder, 'plan.json');
      const result = await step(world, { ...inputs, 'dry-run': 'true', 'plan-file': file });
      expect(errors(result)).toBe('');
      expect(calls(result)['ProvisionPermissionSet']).toBeUndefined();
      const plan = JSON.parse(await readFile(file, 'utf8')) as Planned['plan'];
      await scene(world, { file, digest: result.outputs['plan-digest'] ?? '', plan });
    }),
  );
}

const targetsOf = ({ plan }: Planned): readonly (string | undefined)[] => plan.changes.map((it) => it['target-id']);

describe('the plan of a push', () => {
  it('to all lists each account, and is carried out so; without a plan it is one request', async () => {
    await planned(pushAll, async (world, of) => {
      expect(targetsOf(of)).toEqual([dataLake, prod, staging]);
      expect(of.plan.settings).toEqual({});
      const applied = await step(world, { ...pushAll, 'expected-plan': of.digest });
      expect(errors(applied)).toBe('');
      expect(distinct(applied, 'target-id')).toEqual([dataLake, prod, staging]);
      expect(calls(applied)['ProvisionPermissionSet']).toBe(3);
      expect(world.aws.estate.outdated()).toEqual([]);
      const written = await step(world, { ...pushAll, 'plan-file': 'plan.json' });
      expect(written.outputs['plan-digest']).toBe(of.digest);
      const whole = await step(world, pushAll);
      expect(distinct(whole, 'target-id')).toEqual(['all']);
      expect(calls(whole)['ProvisionPermissionSet']).toBe(1);
    });
  });

  it('to all allows no account that was added later, nor one that is gone: both by file and by digest (P10)', async () => {
    await planned(pushAll, async (world, { file, digest }) => {
      const later = { permissionSet: 'ReadOnlyAccess', account: '222233334444', principal: 'group:Auditors' };
      world.aws.estate.add(later);
      expectRefused(manyAws, await step(world, { ...pushAll, 'expected-plan': digest }));
      const more = await step(world, { ...pushAll, 'expected-plan': file });
      expectRefused(manyAws, more, /^\+ provision .*222233334444/mu);
      expect(errors(more)).toContain('1 change was not reviewed');
      world.aws.estate.remove(later);
      const rows = world.aws.estate
        .assignments()
        .filter(({ accountId, permissionSetArn }) => accountId === staging && permissionSetArn === readOnly);
      for (const row of rows) world.aws.estate.remove(row);
      const fewer = await step(world, { ...pushAll, 'expected-plan': file });
      expectRefused(manyAws, fewer, new RegExp(`^- provision .*${staging}`, 'mu'));
      expect(errors(fewer)).toContain('1 reviewed change is not planned now');
      expect(world.aws.estate.operations()).toEqual([]);
    });
  });

  it('to named accounts is not met by another step: accounts that are not planned now are left out (P10)', async () => {
    const named = { ...pushAll, target: lines(prod, staging) };
    await planned(named, async (world, { file, plan }) => {
      expect(plan.settings).toEqual({});
      const fewer = await step(world, { ...named, target: prod, 'expected-plan': file });
      expectRefused(manyAws, fewer, new RegExp(`^- provision .*${staging}`, 'mu'));
      const whole = await step(world, { ...named, 'expected-plan': file });
      expect(errors(whole)).toBe('');
      expect(calls(whole)['ProvisionPermissionSet']).toBe(2);
    });
  });

  it('to outdated names it: its pushes are accepted once nothing is outdated, and no other target replaces it', async () => {
    const outdated = { ...pushAll, target: 'outdated' };
    await planned(outdated, async (world, of) => {
      const { file, digest, plan } = of;
      expect(plan.settings).toEqual({ target: 'outdated' });
      expect(targetsOf(of)).toEqual([dataLake, prod, staging]);
      // The same accounts from other lines are another plan: it would be unknown whether a missing one was left out.
      for (const target of ['all', lines(dataLake, prod, staging)]) {
        const result = await step(world, { ...pushAll, target, 'expected-plan': file });
        expectRefused(manyAws, result, 'target: "outdated" was reviewed, and now it is none');
        expectRefused(manyAws, await step(world, { ...pushAll, target, 'expected-plan': digest }));
      }
      await step(world, { ...pushAll, target: prod });
      const rest = await step(world, { ...outdated, 'expected-plan': file });
      expect(errors(rest)).toBe('');
      expect(calls(rest)['ProvisionPermissionSet']).toBe(2);
      const nothing = await step(world, { ...outdated, 'expected-plan': file });
      expect(nothing).toMatchObject({ exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'false' } });
    });
  });
});
