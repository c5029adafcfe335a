import { expect, it } from '@jest/globals';
import { describeAct, endOf, inActWorld, ours, printedBy, runAct, shownBy } from './support.ts';
import { changed, followedBy, workflow, type Workflow } from './workflows.ts';

/** Begun by hand, and without the artifact and its comparison: act is offline, and the test carries the plan over. */
function ownSteps(from: Workflow, job: string): Workflow {
  return changed({ ...from, on: 'workflow_dispatch' }, job, (it) => ({
    ...it,
    steps: (it.steps ?? []).filter(
      ({ uses, run }) => run === undefined && uses?.startsWith('actions/upload-artifact') !== true,
    ),
  }));
}

const planned = ownSteps(workflow('docs/plan.md', 'Access plan'), 'plan');
const applied = ownSteps(workflow('docs/plan.md', 'Access'), 'apply');
const roles = [{ arn: 'arn:aws:iam::111122223333:role/access-planner' }];

describeAct('docs/plan.md under act', () => {
  it('applies the plan that was reviewed, and nothing where the lines reach further by then', () =>
    inActWorld({ aws: { roles } }, async (world) => {
      world.aws.estate.putAccount({ id: '555566660000', name: 'sandbox-legacy', parent: 'ou-f6g7-prod0001' });
      const shown = followedBy(planned, 'plan', { name: 'show', run: 'cat plan.json' });
      const plan = await runAct(world, shown);
      expect({ exitCode: plan.exitCode, changes: world.aws.estate.effectiveChanges() }).toEqual({
        exitCode: 0,
        changes: [],
      });
      const files = { 'access/plan.json': printedBy(plan, 'Main', 'show') };
      expect(files['access/plan.json']).toContain('"schema"');

      const run = await runAct(world, applied, { files });
      expect({ exitCode: run.exitCode, end: endOf(run, 'Main', ours) }).toEqual({ exitCode: 0, end: 'success' });
      const applying = world.aws.estate.operations().length;
      expect(applying).toBeGreaterThan(0);

      // The lines would now reach further than what was reviewed.
      world.aws.estate.putAccount({ id: '555566661111', name: 'payments-new', parent: 'ou-f6g7-prod0001' });
      const stale = await runAct(world, applied, { files });
      expect({ exitCode: stale.exitCode, end: endOf(stale, 'Main', ours) }).toEqual({ exitCode: 1, end: 'failure' });
      expect(world.aws.estate.operations()).toHaveLength(applying);
      expect(shownBy(stale)).toContain('payments-new');
    }));
});
