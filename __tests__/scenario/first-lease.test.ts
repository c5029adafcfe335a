import { describe, expect, it } from '@jest/globals';
import { estateFor } from '../../rehearsal/own/estate-for.ts';
import type { Started } from '../../rehearsal/github/repository/world.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { deployBicep } from '../setup/deployment.ts';
import { deploy, roleIn } from '../setup/stack.ts';
import { expectUnproven, populate } from './approvals.ts';
import { inAzureLeases } from './azure-lease-support.ts';
import { azureIds, azureStep, scopes } from './azure-support.ts';
import { hour, minute, refuseFirings, shortly, start, withHistory } from './lease-support.ts';
import { given, stepOf } from './setup-workflows.ts';
import { identityOf } from './setup-identity.ts';
import { errors, inWorld, ids, step } from './support.ts';

/** From nothing to access that ends by itself: the workflows of setup/, in the world that the commands of setup/README.md make. */

/** What the set-up makes on GitHub: the environment with its reviewers, and the rows of alice and bob. */
function setUp(world: World, line: string): void {
  const { github } = world;
  populate(world);
  const rows = `  - github: ${github.people.named('alice').id}\n    ${line}\n  - github: ${github.people.named('bob').id}\n`;
  const files = { '.github/people.yml': `version: 1\npeople:\n${rows}` };
  github.repository.push({ by: 'octocat', commits: [{ files }] });
}

/** A run that a person started, of whom alice has a row and carol has none, with the rights of the workflow's own job. */
function started({ github }: World, form: ReturnType<typeof stepOf>, { by = 'alice', approver = 'bob' } = {}): Started {
  github.allow(form.reads);
  const run = github.repository.dispatch({ by });
  if (approver !== '') github.repository.approve({ by: approver, runId: run.runId });
  return run;
}

type Unproven = readonly [string, (world: World, form: ReturnType<typeof stepOf>) => Started, string];

/** Runs of the workflow that takes leases which nobody else approved, or for whom nobody knows. */
const unproven: readonly Unproven[] = [
  ['nobody approved it', (world, form) => started(world, form, { approver: '' }), 'An administrator may have bypassed'],
  [
    'its environment has no reviewers',
    (world, form) => {
      const run = started(world, form, { approver: '' });
      world.github.repository.environment('production-access');
      return run;
    },
    'has no required reviewers',
  ],
  ['who started it approved it', (world, form) => started(world, form, { approver: 'alice' }), 'alice started the run'],
  ['who started it has no row', (world, form) => started(world, form, { by: 'carol' }), 'has no row for carol'],
  [
    'its approver has no row',
    (world, form) => {
      world.github.repository.environment('production-access', { reviewers: ['carol'] });
      return started(world, form, { approver: 'carol' });
    },
    'people-file has no row for carol',
  ],
  ['it is run again', (world, form) => ({ ...started(world, form), runAttempt: '2' }), 'This is attempt 2 of the run'],
  [
    'a bot started it',
    (world, form) => {
      world.github.people.add('deployer[bot]');
      return started(world, form, { by: 'deployer[bot]' });
    },
    'It is not a person',
  ],
];

const green = (...results: readonly StepResult[]): void => {
  expect(
    results.map((it) => [it.exitCode, errors(it), it.requests.filter(({ denied }) => denied !== undefined)]),
  ).toEqual(results.map(() => [0, '', []]));
};

describe('the first lease on AWS', () => {
  const stack = deploy(given('aws cloudformation deploy', '--parameter-overrides'));
  const [tag = '', value = ''] = given('aws sso-admin tag-resource', '--tags')['Key']?.split(',Value=') ?? [];
  const deployed: WorldOptions = {
    startAt: start,
    aws: {
      ...roleIn(stack, 'Broker'),
      roles: [{ arn: stack.outputs['SweeperRoleArn']?.Value ?? '', ...roleIn(stack, 'Sweeper') }],
      executionRole: roleIn(stack, 'Ender'),
    },
  };
  const access = stepOf('Incident access', { incident: 'INC-4711' });
  const sweep = stepOf('Sweep leases');
  const alice = {
    accountId: ids.prod,
    permissionSetArn: ids.incidentAdmin,
    principalType: 'USER',
    principalId: ids.alice,
  } as const;
  const inIt = (scene: (world: World) => Promise<void>): Promise<void> =>
    inWorld(deployed, async (world) => {
      world.aws.estate.setTags('IncidentAdmin', { [tag]: value });
      world.aws.schedules.addGroup(String(stack.resources['ScheduleGroup']?.Properties['Name']));
      setUp(world, 'aws: user:alice@example.com');
      await scene(world);
    });

  it.each(unproven)('is refused where %s, without a change (P10)', (_, run, reason) =>
    inIt(async (world) => {
      expectUnproven(world, await step(world, access.inputs, access.in(run(world, access))), reason);
      expect(world.aws.schedules.all()).toEqual([]);
    }),
  );

  it('is there for two hours, and AWS ends it by itself (P5)', () =>
    inIt(async (world) => {
      const taken = await step(world, access.inputs, access.in(started(world, access)));
      green(taken);
      expect(taken.outputs).toMatchObject({ 'expiry-guarantee': 'scheduler', 'expires-at': '2026-11-21T22:00:00Z' });
      await world.advance(hour);
      expect(world.aws.estate.has(alice)).toBe(true);
      await world.advance(hour + 2 * minute);
      expect(world.aws.estate.has(alice)).toBe(false);
      green(await step(world, sweep.inputs, sweep.in(2)));
    }));

  it('ends before, by the workflow that releases it (P5)', () =>
    inIt(async (world) => {
      const taken = await step(world, access.inputs, access.in(started(world, access)));
      const release = stepOf('Release a lease', { 'lease-id': taken.outputs['lease-id'] ?? '' });
      const released = await step(world, release.inputs, release.in(2));
      green(taken, released);
      expect([world.aws.estate.has(alice), shortly(world)]).toEqual([false, []]);
    }));

  it('stands beside a second one, and ends at the later of their ends, or with the last release', () =>
    inIt(async (world) => {
      const first = await step(world, access.inputs, access.in(started(world, access)));
      await world.advance(hour);
      const second = await step(world, access.inputs, access.in(started(world, access)));
      expect(second.outputs).toMatchObject({ 'lease-state': 'shared' });
      const release = stepOf('Release a lease', { 'lease-id': first.outputs['lease-id'] ?? '' });
      green(first, second, await step(world, release.inputs, release.in(3)));
      await world.advance(hour + 10 * minute);
      expect(world.aws.estate.has(alice)).toBe(true);
      await world.advance(hour);
      expect(world.aws.estate.has(alice)).toBe(false);
    }));

  it('is ended by the sweep where none of its timer’s firings came to anything (P5)', () =>
    inIt(async (world) => {
      await withHistory(world);
      const taken = await step(world, access.inputs, access.in(started(world, access)));
      refuseFirings(world);
      await world.advance(3 * hour);
      expect(world.aws.estate.has(alice)).toBe(true);
      green(taken, await step(world, sweep.inputs, sweep.in(2)));
      expect(world.aws.estate.has(alice)).toBe(false);
    }));
});

describe('the first lease on Azure (P5)', () => {
  const { repository = '', rolesToLease = '' } = given('az deployment sub create', '--parameters');
  const deployment = deployBicep({ repository, rolesToLease: JSON.parse(rolesToLease) as unknown });
  const access = stepOf('Incident access on Azure', { incident: 'INC-4711' });
  const sweep = stepOf('Sweep leases on Azure');
  const alice = { scope: scopes.resourceGroup, role: azureIds.blobReader, principalId: azureIds.alice } as const;

  /** A world knows one identity, here that of a step. */
  const as = <T>(
    who: 'broker' | 'sweeper',
    inputs: Readonly<Record<string, string>>,
    scene: (world: World) => Promise<T>,
  ): Promise<T> => inAzureLeases({ azure: identityOf(deployment, who), estate: estateFor(null, inputs) }, scene);

  /** The set-up starts the first sweep, and the lease only if that is green. */
  const sweptNow = ({ github }: World, inputs: Readonly<Record<string, string>>): void => {
    const workflow = inputs['sweep-workflow'] ?? '';
    github.repository.workflow(workflow);
    github.repository.run({ workflow, event: 'workflow_dispatch' });
  };

  /** What the lease leaves behind: the role assignment, and the id that releases it. */
  const taken = (): Promise<{ readonly name: string; readonly description: string; readonly leaseId: string }> =>
    as('broker', access.inputs, async (world) => {
      setUp(world, `azure: user:${azureIds.alice}`);
      sweptNow(world, access.inputs);
      const result = await azureStep(world, access.inputs, access.in(started(world, access)));
      green(result);
      expect(result.outputs).toMatchObject({ 'expiry-guarantee': 'sweep', 'expires-at': '2026-11-21T22:00:00Z' });
      const { name = '', description } = world.azure.estate.find(alice) ?? {};
      expect(description).toMatch(/^INC-4711\n\[cloud-access lease v1 /u);
      return { name, description: description ?? '', leaseId: result.outputs['lease-id'] ?? '' };
    });

  it.each(unproven)('is refused where %s, without a change (P10)', (_, run, reason) =>
    as('broker', access.inputs, async (world) => {
      setUp(world, `azure: user:${azureIds.alice}`);
      sweptNow(world, access.inputs);
      const result = await azureStep(world, access.inputs, access.in(run(world, access)));
      expect(errors(result)).toContain(reason);
      expect([result.exitCode, world.azure.estate.effectiveChanges()]).toEqual([1, []]);
    }),
  );

  it('is left alone by the sweep before its end, and ended by it after that', async () => {
    const { name, description } = await taken();
    await as('sweeper', sweep.inputs, async (world) => {
      world.azure.estate.add({ ...alice, name, description });
      await world.advance(hour);
      green(await azureStep(world, sweep.inputs, sweep.in(2)));
      expect(world.azure.estate.has(alice)).toBe(true);
      await world.advance(hour + minute);
      green(await azureStep(world, sweep.inputs, sweep.in(3)));
      expect(world.azure.estate.has(alice)).toBe(false);
    });
  });

  it('ends before, by the workflow that releases it', async () => {
    const { name, description, leaseId } = await taken();
    const release = stepOf('Release a lease on Azure', { 'lease-id': leaseId });
    await as('sweeper', release.inputs, async (world) => {
      world.azure.estate.add({ ...alice, name, description });
      green(await azureStep(world, { 'azure-subscription-id': '', ...release.inputs }, release.in(2)));
      expect(world.azure.estate.has(alice)).toBe(false);
    });
  });
});
