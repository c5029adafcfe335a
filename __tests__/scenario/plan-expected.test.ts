import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { held, inFolder, manyByIds, manyByNames, manyClouds, starts } from './many.ts';
import { expectRefused, reviewed } from './reviewed-plans.ts';
import { errors, inWorld } from './support.ts';

describe.each(manyClouds)('expected-plan on %s (P10)', (_, cloud) => {
  const inputs = manyByIds(cloud);

  it.each(['digest', 'file'] as const)('allows the reviewed plan, by its %s', async (by) => {
    await reviewed(cloud, async (world, plan) => {
      const result = await cloud.step(world, { ...manyByNames(cloud), 'expected-plan': plan[by] });
      expect(errors(result)).toBe('');
      expect(result).toMatchObject({ exitCode: 0, outputs: { changed: 'true', 'plan-digest': plan.digest } });
      expect(held(cloud, world)).toBe(8);
    });
  });

  it('accepts by file a partly or wholly finished plan, and not by digest', async () => {
    await reviewed(cloud, async (world, { file, digest }) => {
      cloud.addNth(world, 3);
      const strict = await cloud.step(world, { ...inputs, 'expected-plan': digest });
      expectRefused(cloud, strict, digest, 'The plan now, by ');
      expect(held(cloud, world)).toBe(1);
      const rest = await cloud.step(world, { ...inputs, 'expected-plan': file });
      expect(errors(rest)).toBe('');
      expect(starts(cloud, rest)).toHaveLength(7);
      const nothing = await cloud.step(world, { ...inputs, 'expected-plan': file });
      expect(nothing).toMatchObject({ exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'false' } });
      expect(held(cloud, world)).toBe(8);
    });
  });

  it.each(['principal', 'role', 'target'] as const)('refuses one more %s than was reviewed', async (part) => {
    await reviewed(cloud, async (world, plan) => {
      const more = { ...inputs, [part]: `${inputs[part] ?? ''}\n${cloud.others[part]}` };
      const id = cloud.others[part].replace(/^[a-z-]+:/u, '');
      for (const by of part === 'target' ? (['digest', 'file'] as const) : (['file'] as const)) {
        const result = await cloud.step(world, { ...more, 'expected-plan': plan[by] });
        expectRefused(cloud, result, /^\+ create /mu, id);
        if (by === 'file') {
          expect(errors(result)).toContain('4 changes were not reviewed');
          // Reviewed grants are not a difference.
          expect(result.log.match(/^\+ create /gmu)).toHaveLength(4);
        }
        expect(result.summary).toContain('not the one that was reviewed');
      }
      expect(held(cloud, world)).toBe(0);
    });
  });

  it('refuses a change of the world with the same line and another meaning', async () => {
    await inFolder((folder) =>
      inWorld(cloud.world, async (world) => {
        cloud.addNth(world, 7);
        const file = join(folder, 'plan.json');
        await cloud.step(world, { ...inputs, 'dry-run': 'true', 'plan-file': file });
        cloud.removeNth(world, 7);
        const result = await cloud.step(world, { ...inputs, 'expected-plan': file });
        expectRefused(cloud, result, /^\+ create /mu);
        expect(errors(result)).toContain('1 change was not reviewed');
        expect(held(cloud, world)).toBe(0);
      }),
    );
  });
});
