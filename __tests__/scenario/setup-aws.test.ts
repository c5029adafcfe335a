import { describe, expect, it } from '@jest/globals';
import type { RunContext, StepResult } from '../../rehearsal/runner/step.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import { deploy, exampleParameters, roleIn } from '../setup/stack.ts';
import {
  endJob,
  ender,
  group,
  hour,
  isThere,
  job,
  leased,
  minute,
  post,
  shortly,
  start,
  sweeping,
} from './lease-support.ts';
import { byNames, errors, ids, inWorld, onCallAssignment, signIn, step } from './support.ts';

/** The workflow file of the jobs of a rehearsal. */
const GrantWorkflows = 'octo-org/infra/.github/workflows/access.yml@refs/heads/main';
const PermissionSets = `${ids.incidentAdmin},${ids.breakGlass}`;
const stack = deploy({ ...exampleParameters, GrantWorkflows, PermissionSets });
const { BrokerRoleArn, SweeperRoleArn, SchedulerRoleArn, InstanceArn, IdentityStoreArn } = stack.outputs;
const sweeper = SweeperRoleArn?.Value ?? '';

/** The world of the template: its roles and their trusts, and the environments of the jobs. */
const deployed: WorldOptions = {
  startAt: start,
  aws: {
    ...roleIn(stack, 'Broker'),
    roles: [{ arn: sweeper, ...roleIn(stack, 'Sweeper') }],
    executionRole: roleIn(stack, 'Ender'),
  },
};
/** Claims of a job in the environment without approval. */
const ending = (number: number): ReturnType<typeof job> => job(number, { environment: 'lease-end' });

const denied = ({ requests }: StepResult): readonly unknown[] => requests.filter((it) => it.denied !== undefined);
const green = (...results: readonly StepResult[]): void => {
  expect(results.map((it) => [it.exitCode, errors(it), denied(it)])).toEqual(results.map(() => [0, '', []]));
};

describe('the deployment of setup/aws.yaml', () => {
  it('has the roles, the group and the instance in the inputs of these steps', () => {
    expect([BrokerRoleArn, SchedulerRoleArn, InstanceArn, IdentityStoreArn].map((it) => it?.Value)).toEqual([
      ids.broker,
      ender,
      ids.instance,
      ids.storeArn,
    ]);
    expect(stack.resources['ScheduleGroup']?.Properties['Name']).toBe(group);
  });

  it('is enough for a lease by names and its end with the job, for a permanent grant and its revocation', () =>
    inWorld(deployed, async (world) => {
      world.aws.schedules.addGroup(group);
      const named = { ...byNames, 'aws-scheduler-role-arn': ender, lifetime: '2h' };
      const main = await step(world, named, job(1));
      expect(isThere(world)).toBe(true);
      const ended = await post(world, main, job(1));
      expect([isThere(world), shortly(world)]).toEqual([false, []]);
      const stays = await step(world, { ...byNames, 'aws-scheduler-role-arn': ender }, job(2));
      const revoked = await step(world, { ...byNames, 'aws-scheduler-role-arn': ender, operation: 'revoke' }, job(3));
      green(main, ended, stays, revoked);
      expect(isThere(world)).toBe(false);
    }));

  it('is enough for Scheduler to end the access of a lost runner', () =>
    inWorld(deployed, async (world) => {
      world.aws.schedules.addGroup(group);
      green(await step(world, leased, job(1)));
      await world.advance(2 * hour + 2 * minute);
      expect(isThere(world)).toBe(false);
    }));

  it('is enough for a job in the other environment to release, to list and to sweep', () =>
    inWorld(deployed, async (world) => {
      world.aws.schedules.addGroup(group);
      const byItsEnd = { cloud: 'aws', 'aws-role-to-assume': sweeper } as const;
      const kept = await step(world, { ...leased, 'keep-after-job': 'true' }, job(1));
      const released = await step(
        world,
        { ...byItsEnd, operation: 'release', 'lease-id': kept.outputs['lease-id'] ?? '' },
        ending(2),
      );
      expect(isThere(world)).toBe(false);
      const lost = await step(world, leased, job(3));
      endJob(world, 3);
      await world.advance(20 * minute);
      const listed = await step(world, { ...signIn, ...byItsEnd, operation: 'list' }, ending(4));
      const swept = await step(world, { ...sweeping, 'aws-role-to-assume': sweeper }, ending(5));
      green(kept, released, lost, listed, swept);
      expect([isThere(world), shortly(world)]).toEqual([false, []]);
    }));

  it('allows no job the role of another environment (P10)', () =>
    inWorld(deployed, async (world) => {
      world.aws.schedules.addGroup(group);
      const wrong = await step(world, leased, ending(1));
      const swept = await step(world, { ...sweeping, 'aws-role-to-assume': sweeper }, job(2));
      expect([wrong.exitCode, swept.exitCode, isThere(world)]).toEqual([1, 1, false]);
    }));

  it.each<[string, Partial<RunContext>, string]>([
    ['of another workflow file', { workflowPath: '.github/workflows/build.yml' }, 'build.yml@refs/heads/main'],
    ['of its file on another branch', { ref: 'refs/heads/mine' }, 'access.yml@refs/heads/mine'],
    ['of another repository that took its name', { repositoryId: '1' }, 'repository_id: 1'],
  ])(
    'allows no job %s to grant, reports the claims of its token, and allows it to end leases (P9, P10)',
    (_what, context, carried) =>
      inWorld(deployed, async (world) => {
        world.aws.schedules.addGroup(group);
        const refused = await step(world, leased, job(1, context));
        expect([refused.exitCode, isThere(world), shortly(world)]).toEqual([1, false, []]);
        for (const claim of ['job_workflow_ref: octo-org/infra/', 'repository_id: ', carried])
          expect(refused.log).toContain(claim);
        expect(refused.log).not.toMatch(/\baws iam /u);
        green(
          await step(
            world,
            { ...sweeping, 'aws-role-to-assume': sweeper },
            job(2, { ...context, environment: 'lease-end' }),
          ),
        );
      }),
  );

  it('allows a called workflow to grant, by its own file and from any caller', async () => {
    const called = 'octo-org/shared/.github/workflows/lease.yml@refs/heads/main';
    const pinned = deploy({ ...exampleParameters, GrantWorkflows: called });
    await inWorld({ ...deployed, aws: { ...deployed.aws, ...roleIn(pinned, 'Broker') } }, async (world) => {
      world.aws.schedules.addGroup(group);
      const direct = await step(world, leased, job(1));
      expect([direct.exitCode, isThere(world)]).toEqual([1, false]);
      green(await step(world, leased, job(2, { jobWorkflowRef: called })));
      expect(isThere(world)).toBe(true);
    });
  });

  it('leases neither a permission set that is listed and not tagged, nor one that is tagged and not listed (P10)', () =>
    inWorld(deployed, async (world) => {
      world.aws.schedules.addGroup(group);
      world.aws.estate.setTags('ReadOnlyAccess', { 'cloud-access-lease': 'allowed' });
      for (const role of [ids.breakGlass, ids.readOnly]) {
        const result = await step(world, { ...leased, role });
        expect([result.exitCode, world.aws.estate.has({ ...onCallAssignment, permissionSetArn: role })]).toEqual([
          1,
          false,
        ]);
        expect(errors(result)).toContain('sso:CreateAccountAssignment');
      }
    }));
});
