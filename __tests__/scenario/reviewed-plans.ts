import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { inFolder, manyByIds, starts, type ManyCloud } from './many.ts';
import { seen } from './reports.ts';
import { errors, inWorld } from './support.ts';

/** A reviewed plan: its file, and its digest. */
export type Reviewed = Readonly<Record<'file' | 'digest', string>>;

/** Plans the eight grants in a world, and continues from there. */
export function reviewed(
  cloud: ManyCloud,
  scene: (world: World, plan: Reviewed) => Promise<void>,
  inputs: Step['inputs'] = manyByIds(cloud),
): Promise<void> {
  return inFolder((folder) =>
    inWorld(cloud.world, async (world) => {
      const file = join(folder, 'plan.json');
      const result = await cloud.step(world, { ...inputs, 'dry-run': 'true', 'plan-file': file });
      expect(errors(result)).toBe('');
      await scene(world, { file, digest: result.outputs['plan-digest'] ?? '' });
    }),
  );
}

/** Red before any change, with the difference in log and summary. */
export function expectRefused(cloud: ManyCloud, result: StepResult, ...shown: readonly (string | RegExp)[]): void {
  expect(result.exitCode).toBe(1);
  expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
  expect(starts(cloud, result)).toEqual([]);
  expect(errors(result)).toContain('The plan is not the one that was reviewed');
  expect(errors(result)).toContain('What to do: ');
  for (const text of shown) {
    if (typeof text === 'string') {
      expect(result.log).toContain(text);
      expect(seen(result.summary)).toContain(text);
    } else expect(result.log).toMatch(text);
  }
}
