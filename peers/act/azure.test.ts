import { expect, it } from '@jest/globals';

import type { World } from '../../rehearsal/world.ts';
import {
  approvedRun,
  describeAct,
  endOf,
  inActWorld,
  ours,
  paymentsDeploy,
  printedBy,
  runAct,
  type ActWorld,
} from './support.ts';
import { followedBy, withSteps, workflow } from './workflows.ts';

/** The real addresses lead to the rehearsal, through its proxy: no input of the documents is changed. */
const inAzure = <T>(scene: (world: ActWorld) => Promise<T>): Promise<T> =>
  inActWorld({ clouds: ['azure'], azure: { proxy: true } }, scene);

const scope = '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod';

function descriptions(world: World, principalId: string): readonly (string | null)[] {
  return world.azure.estate
    .assignments()
    .filter((it) => it.principalId === principalId && it.scope === scope)
    .map(({ description }) => description ?? null);
}

describeAct('examples on Azure under act', () => {
  it('gives a group a role, and hands the assignment’s id to the next step', () =>
    inAzure(async (world) => {
      const shown = followedBy(workflow('docs/setup-by-hand.md', 'Payments on call, Azure'), 'assign', {
        name: 'next',
        run: 'echo "${{ steps.access.outputs.status }} ${{ steps.access.outputs.assignment-id }}"',
      });
      const run = await runAct(world, shown);
      expect(run.exitCode).toBe(0);
      const [made] = world.azure.estate
        .assignments()
        .filter(({ principalId }) => principalId === '96000000-0000-4000-8000-000000000001');
      expect(printedBy(run, 'Main', 'next')).toBe(`SUCCEEDED ${made?.id ?? 'none'}\n`);
    }));

  it('leases a role to one person for an incident, and leaves it to the sweep', () =>
    inAzure(async (world) => {
      const alice = '05e00000-0000-4000-8000-000000000001';
      const workflowOfSweep = 'sweep-leases-azure.yml';
      world.github.repository.workflow(workflowOfSweep);
      world.github.repository.run({ workflow: workflowOfSweep, event: 'schedule' });
      const run = await runAct(
        world,
        workflow('setup/workflows/azure/incident-access-azure.yml', 'Incident access on Azure'),
        { inputs: { incident: 'INC-4711' }, ...approvedRun(world, `azure: user:${alice}`) },
      );
      expect(run.exitCode).toBe(0);
      expect(endOf(run, 'Post', ours)).toBe('success');
      expect(descriptions(world, alice)).toEqual([
        expect.stringMatching(/^INC-4711\n\[cloud-access lease v1 \w+: \S+@\w+k\]$/u),
      ]);
    }));

  it('leases a role to a workload, on record in the description, until its post step', () =>
    inAzure(async (world) => {
      const seen: (readonly (string | null)[])[] = [];
      const leased = followedBy(
        withSteps('docs/operations.md', 'principal: service-principal:payments-deploy'),
        'example',
        {
          name: 'deploy',
          run: 'echo deploying',
        },
      );
      const run = await runAct(world, leased, {
        vars: {
          AZURE_CLIENT_ID: world.azure.ids.clientId,
          AZURE_TENANT_ID: world.azure.ids.tenantId,
          AZURE_SUBSCRIPTION_ID: world.azure.ids.subscriptionId,
        },
        onLine: ({ msg }) => {
          if (msg === 'deploying\n') seen.push(descriptions(world, paymentsDeploy.id));
        },
      });
      expect(run.exitCode).toBe(0);
      expect(seen).toEqual([[expect.stringMatching(/^Release 4\.2\n\[cloud-access lease v1 \w+: \S+@\w+\]$/u)]]);
      expect(endOf(run, 'Post', ours)).toBe('success');
      expect(descriptions(world, paymentsDeploy.id)).toEqual([]);
    }));
});
