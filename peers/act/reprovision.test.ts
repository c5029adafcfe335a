import { expect, it } from '@jest/globals';
import { describeAct, endOf, inActWorld, ours, runAct } from './support.ts';
import { workflow } from './workflows.ts';

const roles = [{ arn: 'arn:aws:iam::111122223333:role/access-provisioner' }];

describeAct('the re-provisioning of docs/bulk.md under act', () => {
  it('brings every account up to date that has an older version', () =>
    inActWorld({ aws: { roles } }, async (world) => {
      world.aws.estate.edit('ReadOnlyAccess');
      expect(world.aws.estate.outdated()).not.toEqual([]);
      const run = await runAct(world, workflow('docs/bulk.md', 'Re-provision'));
      expect({ exitCode: run.exitCode, end: endOf(run, 'Main', ours) }).toEqual({ exitCode: 0, end: 'success' });
      expect(world.aws.estate.outdated()).toEqual([]);
    }));
});
