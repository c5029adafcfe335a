import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { held, inFolder, manyByIds, manyClouds, starts } from './many.ts';
import { errors, inWorld } from './support.ts';

describe.each(manyClouds)('plan-file on %s', (name, cloud) => {
  const inputs = manyByIds(cloud);

  it("is a new file in the runner's temp folder after a dry run, which only this user can read (P7)", async () => {
    await inWorld(cloud.world, async (world) => {
      cloud.addNth(world, 5);
      const result = await cloud.step(world, { ...inputs, 'dry-run': 'true' });
      const path = result.outputs['plan-file'] ?? '';
      const [own = ''] = Object.keys(result.files).filter((it) => path.endsWith(it));
      expect(own).toMatch(/^temp\/cloud-access-plan-[0-9a-f-]{36}\.json$/u);
      if (process.platform !== 'win32') expect(result.modes[own]).toBe(0o600);
      const plan = JSON.parse(result.file(path) ?? '') as Record<string, unknown>;
      expect(plan).toMatchObject({
        schema: 1,
        kind: 'cloud-access-plan',
        cloud: name.toLowerCase(),
        operation: 'assign',
        lifetime: 'permanent',
        'keep-after-job': false,
        refused: [],
        digest: result.outputs['plan-digest'],
      });
      const { changes, kept } = plan as Readonly<Record<'changes' | 'kept', readonly Record<string, string>[]>>;
      expect(changes).toHaveLength(7);
      expect(new Set(changes.map((it) => it['action']))).toEqual(new Set(['create']));
      expect(kept).toHaveLength(1);
      expect(kept[0]?.['action']).toBe('keep');
    });
  });

  it('is written to the requested path, with its folders, also by a step that applies; an existing file is replaced', async () => {
    await inWorld(cloud.world, async (world) => {
      const relative = { ...inputs, 'dry-run': 'true', 'plan-file': 'plans/today/plan.json' };
      const planned = await cloud.step(world, relative);
      expect(planned.exitCode).toBe(0);
      expect(Object.keys(planned.files)).toContain('work/repository/plans/today/plan.json');
      expect(planned.outputs['plan-file']).toMatch(/\/plans\/today\/plan\.json$/u);
      await inFolder(async (folder) => {
        const path = join(folder, 'plan.json');
        await writeFile(path, 'of yesterday '.repeat(10_000));
        const applied = await cloud.step(world, { ...inputs, 'plan-file': path });
        expect(applied).toMatchObject({ exitCode: 0, outputs: { status: 'SUCCEEDED', 'plan-file': path } });
        const plan = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
        expect(plan['digest']).toBe(planned.outputs['plan-digest']);
        expect(applied.outputs['plan-digest']).toBe(planned.outputs['plan-digest']);
        expect(held(cloud, world)).toBe(8);
        // What an applied plan would still do is nothing.
        const again = await cloud.step(world, { ...inputs, 'plan-file': path });
        expect(again.outputs['changed']).toBe('false');
        expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ changes: [], kept: { length: 8 } });
      });
    });
  });

  it('that is not writable ends the step red before any change (P4)', async () => {
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'a-folder'));
      await writeFile(join(folder, 'a-file'), '');
      await inWorld(cloud.world, async (world) => {
        for (const path of [join(folder, 'a-folder'), join(folder, 'a-file', 'plan.json')]) {
          const result = await cloud.step(world, { ...inputs, 'plan-file': path });
          expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
          expect(errors(result)).toContain('Could not write the plan: ');
          expect(errors(result)).toContain('What to do: Set `plan-file`');
          expect(starts(cloud, result)).toEqual([]);
        }
        expect(held(cloud, world)).toBe(0);
      });
    });
  });

  it('of several lines, or of the reviewed plan itself, is an input fault (P6)', async () => {
    await inFolder(async (folder) => {
      await inWorld(cloud.world, async (world) => {
        const reviewed = join(folder, 'plan.json');
        const several = await cloud.step(world, { ...inputs, 'plan-file': 'plan.json\nother.json' });
        expect(errors(several)).toContain('plan-file: This input has several lines');
        await cloud.step(world, { ...inputs, 'dry-run': 'true', 'plan-file': reviewed });
        const before = await readFile(reviewed, 'utf8');
        const over = await cloud.step(world, { ...inputs, 'plan-file': reviewed, 'expected-plan': reviewed });
        expect(errors(over)).toContain('plan-file: This is the file that expected-plan names');
        expect([...several.requests, ...over.requests]).toEqual([]);
        expect(await readFile(reviewed, 'utf8')).toBe(before);
      });
    });
  });

  it('and plan-digest are empty without a requested plan', async () => {
    await inWorld(cloud.world, async (world) => {
      const { outputs } = await cloud.step(world, inputs);
      expect(outputs).toMatchObject({ status: 'SUCCEEDED', 'plan-file': '', 'plan-digest': '' });
    });
  });
});
