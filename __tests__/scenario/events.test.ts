import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import { byIds, byNames, calls, errors, ids, inWorld, onCallAssignment, pushOne, step } from './support.ts';

const untrusted = ['pull_request_target', 'issue_comment', 'workflow_run', 'deployment', 'event_of_tomorrow'];
const revoke = { ...byIds, operation: 'revoke' };

describe('events that can be caused without write access (P10)', () => {
  it.each(
    untrusted.flatMap(
      (event) =>
        [
          [event, 'assign', byIds],
          [event, 'revoke', revoke],
          [event, 'provision', pushOne],
        ] as const,
    ),
  )(
    '%s cannot %s: the error shows how to start it, and in the end the input that would allow it',
    async (event, _, inputs) => {
      await inWorld({}, async (world) => {
        const result = await step(world, inputs, { event });
        expect(result.exitCode).toBe(1);
        expect(result.requests).toEqual([]);
        expect(result.outputs['status']).toBe('FAILED');
        expect(errors(result)).toContain(`allow-event: ${event} started this workflow, and this list does not name it`);
        expect(errors(result)).toMatch(
          new RegExp(
            `workflow_dispatch or schedule.*environment with required reviewers.*allow-event: ${event}$`,
            'mu',
          ),
        );
      });
    },
  );

  it.each(untrusted)('%s can when allow-event names it, and only it', async (event) => {
    await inWorld({}, async (world) => {
      const others = untrusted.filter((it) => it !== event).join('\n');
      expect(await step(world, { ...byIds, 'allow-event': others }, { event })).toMatchObject({
        exitCode: 1,
        requests: [],
      });
      expect(await step(world, { ...byIds, 'allow-event': `${event}\n` }, { event })).toMatchObject({ exitCode: 0 });
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
    });
  });

  it.each(['Issue_Comment', 'Push', 'pull_request_target ', ' ', ''])(
    'do not include another letter case, blanks or a missing name: %j',
    async (event) => {
      await inWorld({}, async (world) => {
        const result = await step(world, { ...byIds, 'allow-event': 'issue_comment\npull_request_target' }, { event });
        expect(result).toMatchObject({ exitCode: 1, requests: [], outputs: { status: 'FAILED' } });
        expect(errors(result)).toContain('allow-event');
      });
    },
  );

  it('are different from events that need write access, and from a pull request of this repository', async () => {
    await inWorld({}, async (world) => {
      const trusted = ['push', 'pull_request', 'schedule', 'workflow_dispatch', 'merge_group', 'repository_dispatch'];
      for (const event of [...trusted, 'release'])
        expect([event, (await step(world, byIds, { event })).exitCode]).toEqual([event, 0]);
    });
  });

  it.each<[string, unknown]>([
    ['a fork', { id: 2, full_name: 'octo-org/infra' }],
    ['a fork that was deleted', null],
  ])('are pull requests of %s, also where the repository gives them ID tokens', async (_, repo) => {
    await inWorld({}, async (world) => {
      const payload = { repository: { id: 74901 }, pull_request: { head: { repo } } };
      const result = await step(world, byIds, { event: 'pull_request', payload });
      expect(result).toMatchObject({ exitCode: 1, requests: [], outputs: { status: 'FAILED' } });
      expect(errors(result)).toContain('A pull request whose head is not known to be in this repository');
      const allowed = { ...byIds, 'allow-event': 'pull_request' };
      expect(await step(world, allowed, { event: 'pull_request', payload })).toMatchObject({ exitCode: 0 });
    });
  });

  it('are not checked where no runner names the event of the step', async () => {
    await inWorld({}, async (world) => {
      const env = { GITHUB_ACTIONS: undefined, GITHUB_EVENT_NAME: undefined };
      expect(await step(world, byIds, { env })).toMatchObject({ exitCode: 0 });
    });
  });

  it("stop no post step: main's lease is released", async () => {
    await inWorld({}, async (world) => {
      const lease = { ...byIds, lifetime: '1h' };
      const main = await step(world, lease);
      expect(world.aws.estate.has(onCallAssignment)).toBe(true);
      expect(await step(world, lease, { stage: 'post', state: main.state, event: 'issues' })).toMatchObject({
        exitCode: 0,
      });
      expect(world.aws.estate.has(onCallAssignment)).toBe(false);
    });
  });
});

describe('the management account (P10)', () => {
  const inManagement = { ...onCallAssignment, accountId: ids.management };
  /** A role in the management account itself, which AWS would allow. */
  const roleArn = `arn:aws:iam::${ids.management}:role/access-broker`;
  const free = { 'aws-role-to-assume': roleArn } as const;

  it.each([
    ['by id, the owner known from the pinned store', { ...byIds, ...free, target: ids.management }],
    [
      'by id, the owner known from the instance',
      { ...byIds, ...free, 'aws-identity-store-id': ids.store, target: ids.management },
    ],
    ['by name', { ...byNames, ...free, target: 'account:management' }],
  ] satisfies [string, Step['inputs']][])('is refused as a target of assign %s', async (_, inputs) => {
    await inWorld({ aws: { roleArn } }, async (world) => {
      const result = await step(world, inputs);
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('FAILED');
      expect(errors(result)).toContain(`${ids.management} is the organization's management account`);
      expect(errors(result)).toContain('allow-privileged: true');
      expect(calls(result)['CreateAccountAssignment']).toBeUndefined();
      expect(world.aws.estate.operations()).toEqual([]);
    });
  });

  it('can be granted access to with allow-privileged, by ID and by name', async () => {
    await inWorld({ aws: { roleArn } }, async (world) => {
      const inputs = { ...free, target: ids.management, 'allow-privileged': 'true' };
      expect(await step(world, { ...byIds, ...inputs })).toMatchObject({ exitCode: 0 });
      expect(world.aws.estate.has(inManagement)).toBe(true);
      const again = await step(world, { ...byNames, ...inputs, target: 'account:management' });
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false', 'target-id': ids.management });
    });
  });

  it('is refused when it is unknown, for every target, with both remedies', async () => {
    await inWorld({}, async (world) => {
      const instance = { InstanceArn: ids.instance, IdentityStoreId: ids.store, Status: 'ACTIVE' };
      world.script.fault({ operation: 'ListInstances' }, { kind: 'answer', body: { Instances: [instance] } });
      const result = await step(world, byNames);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(
        "Could not determine whether the target is the organization's management account",
      );
      expect(errors(result)).toContain('aws-identity-store-id');
      expect(errors(result)).toContain('allow-privileged: true');
      expect(world.aws.estate.operations()).toEqual([]);
    });
  });

  it('is refused when the instance is not readable, and the hint names the permission and the input', async () => {
    await inWorld({}, async (world) => {
      const denied = { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'no' } as const;
      world.script.fault({ operation: 'DescribeInstance' }, denied);
      const result = await step(world, { ...byIds, 'aws-identity-store-id': ids.store });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('sso:DescribeInstance');
      expect(errors(result)).toContain('Set aws-identity-store-id to the ARN of the identity store');
      expect(world.aws.estate.operations()).toEqual([]);
    });
  });

  it('is not looked up with allow-privileged: it does not matter then', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...byIds, 'aws-identity-store-id': ids.store, 'allow-privileged': 'true' });
      expect(result.exitCode).toBe(0);
      expect(calls(result)['DescribeInstance']).toBeUndefined();
    });
  });

  it("is not known from an ARN of another account: AWS's own report of the owner is compared where it is requested", async () => {
    await inWorld({}, async (world) => {
      const store = ids.storeArn.replace(ids.management, '999999999999');
      const inputs = { ...byIds, 'aws-instance-arn': '', 'aws-identity-store-id': store, target: ids.management };
      const result = await step(world, inputs);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(`the account ${ids.management} owns the instance`);
      expect(calls(result)['CreateAccountAssignment']).toBeUndefined();
    });
  });

  it('is not checked for revoke', async () => {
    await inWorld({ aws: { roleArn } }, async (world) => {
      world.aws.estate.add(inManagement);
      const result = await step(world, {
        ...revoke,
        ...free,
        target: ids.management,
        'aws-identity-store-id': ids.store,
      });
      expect(result).toMatchObject({ exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' } });
      expect(calls(result)['DescribeInstance']).toBeUndefined();
      expect(world.aws.estate.has(inManagement)).toBe(false);
    });
  });
});
