import { describe, expect, test } from '@jest/globals';

import type { World } from '../../rehearsal/world.ts';
import { fileOf } from './reports.ts';
import type { Started } from '../../rehearsal/github/repository/world.ts';
import { expectUnproven, populate } from './approvals.ts';
import { byIds, calls, errors, faultLines, inWorld, onCallAssignment, step } from './support.ts';

const required = { ...byIds, 'require-approval': 'environment' };

/** A run that alice dispatched and bob approved. */
function approved(world: World): Started {
  populate(world);
  const { repository } = world.github;
  const context = repository.dispatch({ by: 'alice' });
  repository.approve({ by: 'bob', runId: context.runId, comment: 'go @everyone' });
  return context;
}

/** A run that alice dispatched and that has no answer yet. */
function waiting(world: World): Started {
  populate(world);
  return world.github.repository.dispatch({ by: 'alice' });
}

describe('require-approval: environment', () => {
  test('grants what a reviewer approved, and names who that was (P12)', () =>
    inWorld({}, async (world) => {
      const context = approved(world);
      const { id } = world.github.people.named('bob');
      const result = await step(world, { ...required, approvers: `bob#${id}` }, { context });
      expect([errors(result), result.outputs['status']]).toEqual(['', 'SUCCEEDED']);
      expect(world.aws.estate.has(onCallAssignment)).toBe(true);
      expect(result.log).toContain(`Approved by bob (ID ${id}), for the environment, seen at `);
      expect(result.log).toContain(`Started by alice (ID ${context.actorId}).`);
      expect(result.summary).toContain(`bob (ID ${id}, environment)`);
      expect(result.summary).toContain(`alice (ID ${context.actorId})`);
      expect(fileOf(result)).toMatchObject({
        schema: 2,
        'actor-id': context.actorId,
        approvals: [
          {
            kind: 'environment',
            requester: { login: context.actor, id: context.actorId },
            approver: { login: 'bob', id: String(id) },
            comment: 'go @everyone',
            'approved-at': null,
            'seen-at': expect.any(String),
            url: `https://github.com/octo-org/infra/actions/runs/${context.runId}`,
          },
        ],
      });
    }));

  test('names all whose approval counts, and no other (P12)', () =>
    inWorld({}, async (world) => {
      const context = waiting(world);
      const { repository } = world.github;
      repository.environment('production-access', { reviewers: ['alice', 'bob', 'carol'] });
      for (const by of ['alice', 'bob', 'carol']) repository.approve({ by, runId: context.runId });
      const result = await step(world, required, { context });
      const approver = (login: string): object => ({ approver: expect.objectContaining({ login }) });
      expect(fileOf(result)['approvals']).toEqual(
        ['bob', 'carol'].map((login) => expect.objectContaining(approver(login))),
      );
      expect(result.log.match(/Approved by \w+/gu)).toEqual(['Approved by bob', 'Approved by carol']);
    }));

  test('asks GitHub four things, and without it nothing (P12)', () =>
    inWorld({}, async (world) => {
      const context = approved(world);
      const asked = async (inputs: typeof byIds): Promise<readonly string[]> =>
        (await step(world, inputs, { context })).requests
          .filter(({ service }) => service === 'github')
          .map(({ operation }) => operation);
      expect((await asked(required)).toSorted()).toEqual([
        'getEnvironment',
        'getRepository',
        'getReviewsForRun',
        'getWorkflowRun',
      ]);
      expect(await asked(byIds)).toEqual([]);
    }));

  test.each<readonly [string, (world: World) => Started, string]>([
    ['GitHub shows no approval: a bypass', waiting, 'An administrator may have bypassed them'],
    [
      'the environment has no reviewers',
      (world) => {
        const context = approved(world);
        world.github.repository.environment('production-access');
        return { ...context, runId: '16011009999' };
      },
      'has no required reviewers',
    ],
    [
      'a reviewer rejected it beside the approval',
      (world) => {
        const context = approved(world);
        world.github.repository.approve({ by: 'carol', runId: context.runId, state: 'rejected' });
        return context;
      },
      'carol rejected this run',
    ],
    [
      'a reviewer only commented',
      (world) => {
        const context = waiting(world);
        world.github.repository.approve({ by: 'bob', runId: context.runId, state: 'pending' });
        return context;
      },
      'An administrator may have bypassed them',
    ],
    [
      'the approval is for another environment',
      (world) => {
        const context = waiting(world);
        world.github.repository.environment('staging', { reviewers: ['bob'] });
        world.github.repository.approve({ by: 'bob', runId: context.runId, environments: ['staging'] });
        return context;
      },
      'An administrator may have bypassed them',
    ],
    [
      'the approval is of another run',
      (world) => {
        approved(world);
        return world.github.repository.dispatch({ by: 'alice' });
      },
      'An administrator may have bypassed them',
    ],
    [
      'the environment was made anew under its name',
      (world) => ({ ...approved(world), environmentNodeId: 'EN_kwDOold' }),
      'another environment than the one that is now named "production-access"',
    ],
    ['the job has no environment', (world) => ({ ...approved(world), environment: null }), 'runs in no environment'],
    [
      'who started it approved it',
      (world) => {
        const context = waiting(world);
        world.github.repository.approve({ by: 'alice', runId: context.runId });
        return context;
      },
      'alice started the run',
    ],
    [
      'a deleted account approved it',
      (world) => {
        const context = approved(world);
        world.github.people.delete('bob');
        return context;
      },
      'a deleted account gave it',
    ],
    [
      'its approver is no reviewer of the environment',
      (world) => {
        const context = waiting(world);
        world.github.repository.approve({ by: 'carol', runId: context.runId });
        return context;
      },
      'carol is not among its required reviewers now',
    ],
    [
      'an App approved it',
      (world) => {
        const context = waiting(world);
        world.github.people.add('gate[bot]');
        world.github.repository.approve({ by: 'gate[bot]', runId: context.runId });
        return context;
      },
      'gate[bot] is a bot or an App',
    ],
    [
      'a bot started it',
      (world) => {
        populate(world);
        world.github.people.add('deployer[bot]');
        const context = world.github.repository.dispatch({ by: 'deployer[bot]' });
        world.github.repository.approve({ by: 'bob', runId: context.runId });
        return context;
      },
      'deployer[bot] started this run. It is not a person',
    ],
    [
      'the token of a job dispatched it',
      (world) => {
        populate(world);
        const context = world.github.repository.dispatch({ by: 'github-actions[bot]' });
        world.github.repository.approve({ by: 'bob', runId: context.runId });
        return context;
      },
      'github-actions[bot] started this run. It is not a person',
    ],
    [
      'it is on a schedule',
      (world) => ({ ...approved(world), eventName: 'schedule' }),
      '"schedule" started this workflow',
    ],
    ['it is a second attempt', (world) => ({ ...approved(world), runAttempt: '2' }), 'This is attempt 2 of the run'],
    [
      'another person ran it again',
      (world) => {
        const { id } = (populate(world), world.github.people.named('carol'));
        const context = world.github.repository.dispatch({ by: 'alice' });
        world.github.repository.approve({ by: 'bob', runId: context.runId });
        return { ...context, triggeringActor: 'carol', triggeringActorId: String(id) };
      },
      'alice caused this run, but carol started it',
    ],
    [
      'it is on another branch',
      (world) => {
        populate(world);
        world.github.repository.push({ branch: 'mine', by: 'alice' });
        const context = world.github.repository.dispatch({ by: 'alice', branch: 'mine' });
        world.github.repository.approve({ by: 'bob', runId: context.runId });
        return context;
      },
      'This run is of refs/heads/mine, not of the default branch, main',
    ],
    ['it is on a tag', (world) => ({ ...approved(world), ref: 'refs/tags/main' }), 'not of the default branch'],
    [
      'a deploy key pushed, and GitHub shows no account',
      (world) => {
        populate(world);
        const { run } = world.github.repository.push({ by: 'alice', isAttributed: false });
        world.github.repository.approve({ by: 'bob', runId: run.runId });
        return run;
      },
      'shows no account that pushed its commit',
    ],
  ])('is red where %s (P12)', (_, arrange, reason) =>
    inWorld({}, async (world) => {
      const context = arrange(world);
      expectUnproven(world, await step(world, required, { context }), reason);
    }),
  );

  test('identifies an account by its ID: a login can belong to another account (P12)', () =>
    inWorld({}, async (world) => {
      const { people } = (populate(world), world.github);
      const { id } = people.named('bob');
      people.rename('bob', 'robert');
      people.add('bob');
      const context = world.github.repository.dispatch({ by: 'alice' });
      world.github.repository.approve({ by: 'bob', runId: context.runId });
      const result = await step(world, { ...required, approvers: `bob#${id}` }, { context });
      expectUnproven(world, result, 'approvers does not name bob#');
      const renamed = world.github.repository.dispatch({ by: 'alice' });
      world.github.repository.approve({ by: 'robert', runId: renamed.runId });
      const proven = await step(world, { ...required, approvers: `bob#${id}` }, { context: renamed });
      expect(proven.outputs['status']).toBe('SUCCEEDED');
    }));

  test('counts a push by a person, too (P12)', () =>
    inWorld({}, async (world) => {
      populate(world);
      const { run } = world.github.repository.push({ by: 'alice' });
      world.github.repository.approve({ by: 'bob', runId: run.runId });
      expect((await step(world, required, { context: run })).outputs['status']).toBe('SUCCEEDED');
    }));

  test.each([
    'GITHUB_RUN_ID',
    'GITHUB_SHA',
    'GITHUB_REPOSITORY',
    'GITHUB_RUN_ATTEMPT',
    'GITHUB_REF',
    'GITHUB_ACTOR_ID',
  ])('is red where %s was set by an earlier step (P12)', (name) =>
    inWorld({}, async (world) => {
      const context = approved(world);
      const other = world.github.repository.dispatch({ by: 'alice' });
      const values = {
        GITHUB_RUN_ID: other.runId,
        GITHUB_SHA: '1'.repeat(40),
        GITHUB_REPOSITORY: 'octo-org/other',
        GITHUB_RUN_ATTEMPT: '3',
        GITHUB_REF: 'refs/heads/other',
        GITHUB_ACTOR_ID: '1',
      } as const;
      const env = { [name]: values[name as keyof typeof values] };
      const result = await step(world, required, { context, env });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/do not agree on|GitHub did not show this/u);
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
    }),
  );

  test.each<readonly [string, (world: World) => void, string]>([
    [
      'no actions: read',
      ({ github }) => {
        github.allow({ actions: 'none' });
      },
      'permissions: actions: read',
    ],
    [
      'no such endpoint',
      ({ github }) => {
        github.lack('getReviewsForRun');
      },
      'GitHub did not show the reviews of this run: it answered 404',
    ],
    [
      'an hour that is used up',
      ({ github }) => {
        github.leave(1);
      },
      'rate limit',
    ],
    [
      'a page instead of an answer',
      (world) => {
        world.script.fault(
          { service: 'github', operation: 'getReviewsForRun', times: 99 },
          { kind: 'http', status: 200, body: '<html>', contentType: 'text/html' },
        );
      },
      "GitHub's answer about the reviews of this run does not match",
    ],
    [
      'a list without its members',
      (world) => {
        world.script.fault(
          { service: 'github', operation: 'getReviewsForRun', times: 99 },
          { kind: 'answer', body: [{ state: 'approved' }] },
        );
      },
      'does not match the description of its API (environments)',
    ],
  ])('is red with %s, and says what is missing (P12)', (_, arrange, reason) =>
    inWorld({}, async (world) => {
      const context = approved(world);
      arrange(world);
      const result = await step(world, required, { context });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(reason);
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
    }),
  );

  test('is a fault with the credentials of the environment, which prove no run (P6, P12)', () =>
    inWorld({}, async (world) => {
      const ambient = { ...required, 'aws-role-to-assume': '' };
      const env = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) };
      const result = await step(world, ambient, { context: approved(world), env });
      expect(faultLines(result).join()).toContain('Only an ID token proves which run asks');
      expect(calls(result)).toEqual({});
    }));

  test('is not needed by a dry run, and by a revoke (P12)', () =>
    inWorld({}, async (world) => {
      const context = waiting(world);
      const dry = await step(world, { ...required, 'dry-run': 'true' }, { context });
      expect([dry.exitCode, calls(dry)['getReviewsForRun']]).toEqual([0, undefined]);
      world.aws.estate.add(onCallAssignment);
      const revoked = await step(world, { ...required, operation: 'revoke' }, { context });
      expect(revoked.outputs['status']).toBe('SUCCEEDED');
    }));
});
