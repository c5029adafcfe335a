import { expect, test } from '@jest/globals';

import { defaultContext, jobToken, type RunContext } from '../../rehearsal/runner/context.ts';
import { runStep } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { get, inWorld, nextOf } from './github-support.ts';

const environment = '/environments/production-access';

function start(world: World, run: Partial<RunContext>): void {
  world.github.announce({ ...defaultContext, ...run });
}

test("a dispatched run has an actor, and approvals for the environment in its token's claims", () =>
  inWorld(async (world) => {
    const { people, repository } = world.github;
    const [alice, bob] = [people.add('alice'), people.add('bob')];
    repository.environment('production-access', { reviewers: ['bob', '@leads'], preventsSelfReview: true });
    const run = repository.dispatch({ by: 'alice', inputs: { ticket: 'INC-4711' } });
    repository.approve({ by: 'bob', runId: run.runId, comment: 'For the incident' });
    const seen = await seenByStep(world, run);

    expect(seen.claims).toMatchObject({
      actor_id: String(alice.id),
      run_id: run.runId,
      event_name: 'workflow_dispatch',
    });
    expect(seen.payload).toMatchObject({
      ...{ inputs: { ticket: 'INC-4711' }, repository: { id: 74901, default_branch: 'main' } },
      sender: { login: 'alice', id: alice.id, type: 'User' },
    });
    const { body: rules } = await get(world, environment);
    expect(rules).toMatchObject({
      node_id: seen.claims['environment_node_id'],
      protection_rules: [
        {
          ...{ type: 'required_reviewers', prevent_self_review: true },
          reviewers: [
            { type: 'User', reviewer: { id: bob.id } },
            { type: 'Team', reviewer: { slug: 'leads' } },
          ],
        },
      ],
      ...{ deployment_branch_policy: null, can_admins_bypass: true },
    });
    expect((await get(world, `/actions/runs/${run.runId}`)).body).toMatchObject({
      ...{ actor: { id: alice.id, type: 'User' }, triggering_actor: { id: alice.id }, head_sha: seen.claims['sha'] },
      ...{ path: '.github/workflows/access.yml', event: 'workflow_dispatch', referenced_workflows: [] },
    });
    expect((await get(world, `/actions/runs/${run.runId}/approvals`)).body).toMatchObject([
      {
        ...{ state: 'approved', comment: 'For the incident', user: { login: 'bob', id: bob.id, type: 'User' } },
        environments: [{ node_id: seen.claims['environment_node_id'], name: 'production-access' }],
      },
    ]);
  }));

/** Claims of a step's ID token, and its event. */
async function seenByStep(
  world: World,
  context: Partial<RunContext>,
): Promise<{ readonly claims: Readonly<Record<string, unknown>>; readonly payload: unknown }> {
  const code = `
    const { readFileSync } = await import('node:fs');
    const headers = { authorization: 'Bearer ' + process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN };
    const { value } = await (await fetch(process.env.ACTIONS_ID_TOKEN_REQUEST_URL, { headers })).json();
    console.log('claims=' + Buffer.from(value.split('.')[1], 'base64url'));
    console.log('payload=' + readFileSync(process.env.GITHUB_EVENT_PATH));
    process.exit();`;
  const result = await runStep(world, {
    ...{ inputs: {}, context },
    args: ['--import', `data:text/javascript,${encodeURIComponent(code)}`],
  });
  const said = (name: string): unknown => JSON.parse(new RegExp(`^${name}=(.*)$`, 'mu').exec(result.log)?.[1] ?? '');
  return { claims: said('claims') as Readonly<Record<string, unknown>>, payload: said('payload') };
}

test('a job creates its environment, without rules', () =>
  inWorld(async (world) => {
    expect((await get(world, '/environments/new%2Fone')).status).toBe(404);
    start(world, { checkRunId: '1', environment: 'new/one' });
    expect((await get(world, '/environments/NEW%2Fone')).body).toMatchObject({ name: 'new/one', protection_rules: [] });
  }));

test('a token has false claims only where a test sets them', () =>
  inWorld(async (world) => {
    const { claims } = await seenByStep(world, { environmentNodeId: 'EN_other' });
    const { body } = await get(world, environment);
    expect(claims['environment_node_id']).toBe('EN_other');
    expect(body).not.toMatchObject({ node_id: 'EN_other' });
  }));

test('rejections, comments, other environments and old approvals are in the list too', () =>
  inWorld(async (world) => {
    const { people, repository } = world.github;
    people.add('bob');
    repository.approve({ by: 'bob', state: 'pending' });
    repository.approve({ by: 'bob', environments: ['staging'] });
    repository.approve({ by: 'bob' });
    repository.approve({ by: 'octocat', state: 'rejected' });
    start(world, { runAttempt: '2', checkRunId: '2', triggeringActor: 'mallory', triggeringActorId: '99' });
    const run = `/actions/runs/${defaultContext.runId}`;
    const { body } = await get(world, `${run}/approvals`);
    expect(body).toMatchObject([
      { state: 'pending' },
      { state: 'approved', environments: [{ name: 'staging' }] },
      { state: 'approved', environments: [{ name: 'production-access' }] },
      { state: 'rejected', user: { login: 'octocat' } },
    ]);
    expect((await get(world, run)).body).toMatchObject({
      ...{ run_attempt: 2, actor: { id: 583_231 }, triggering_actor: { id: 99, login: 'mallory' } },
    });
    expect((await get(world, '/actions/runs/4711/approvals')).status).toBe(404);
  }));

test('a login can change and be used again, an account be deleted: data with its ID stay its own', () =>
  inWorld(async (world) => {
    const { people, repository, url } = world.github;
    const bob = people.add('bob');
    repository.approve({ by: 'bob' });
    const approver = async (): Promise<unknown> =>
      (await get(world, `/actions/runs/${defaultContext.runId}/approvals`)).body;
    people.rename('bob', 'bobby');
    const other = people.add('bob');
    expect(await approver()).toMatchObject([{ user: { login: 'bobby', id: bob.id } }]);
    expect((await get(world, `${url}/users/bob`)).body).toMatchObject({ id: other.id, type: 'User' });
    expect((await get(world, `${url}/user/${bob.id}`)).body).toMatchObject({ login: 'bobby' });
    expect((await get(world, '/collaborators/bob/permission')).body).toMatchObject({
      ...{ permission: 'none', user: { id: other.id } },
    });
    people.delete('bobby');
    expect(await approver()).toMatchObject([{ user: null }]);
    expect((await get(world, `${url}/user/${bob.id}`)).status).toBe(404);
    expect((await get(world, '/collaborators/bobby/permission')).status).toBe(404);
    expect((await get(world, `${url}/users/github-actions%5Bbot%5D`)).body).toMatchObject({
      id: 41_898_282,
      type: 'Bot',
    });
  }));

test.each([
  ['actions', `/actions/runs/${defaultContext.runId}/approvals`],
  ['actions', environment],
  ['pull-requests', `/commits/${defaultContext.sha}/pulls`],
  ['contents', '/activity'],
  ['contents', '/contents/README.md'],
] as const)('without %s: read, %s is refused', (permission, path) =>
  inWorld(async (world) => {
    const authorization = `Bearer ${jobToken}`;
    expect((await get(world, path, { authorization })).status).toBe(200);
    world.github.allow({ [permission]: 'none' });
    const refused = await get(world, path, { authorization });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ message: 'Resource not accessible by integration' });
    expect(refused.headers.get('x-accepted-github-permissions')).toBe(`${permission.replace('-', '_')}=read`);
    expect((await get(world, '', { authorization })).body).toMatchObject({ id: 74901, default_branch: 'main' });
  }),
);

test('an Enterprise Server can lack an endpoint', () =>
  inWorld(async (world) => {
    world.github.lack('listActivities');
    const { status, body } = await get(world, '/activity');
    expect(status).toBe(404);
    expect(body).toMatchObject({
      message: 'Not Found',
      documentation_url: expect.stringContaining('enterprise-server'),
    });
    expect((await get(world, '')).status).toBe(200);
  }));

test('another repository is not shown, nor this one to its tokens', () =>
  inWorld(async (world) => {
    const stranger = `Bearer ${world.github.token({ repository: 'octo-org/other' })}`;
    expect((await get(world, environment, { authorization: stranger })).status).toBe(404);
    expect((await get(world, `${world.github.url}/repos/octo-org/other${environment}`)).status).toBe(404);
  }));

test('roles and rules are the current ones', () =>
  inWorld(async (world) => {
    const { people, repository } = world.github;
    people.add('bob');
    const role = async (): Promise<unknown> => (await get(world, '/collaborators/bob/permission')).body;
    repository.role('bob', 'maintain');
    expect(await role()).toMatchObject({ permission: 'write', role_name: 'maintain' });
    repository.role('bob', 'triage');
    expect(await role()).toMatchObject({ permission: 'read', role_name: 'triage' });
    repository.role('bob', { name: 'deployer', base: 'write' });
    expect(await role()).toMatchObject({ permission: 'write', role_name: 'deployer' });
    repository.rule('pull_request', { required_approving_review_count: 1 });
    repository.rule('non_fast_forward', undefined, ['release/1']);
    repository.guard('main');
    expect((await get(world, '/rules/branches/main')).body).toMatchObject([
      { type: 'pull_request', parameters: { required_approving_review_count: 1 }, ruleset_source: 'octo-org/infra' },
    ]);
    expect((await get(world, '/rules/branches/release%2F1')).body).toMatchObject([{ type: 'non_fast_forward' }]);
    expect((await get(world, '/branches/main')).body).toMatchObject({
      ...{ protected: true, commit: { sha: defaultContext.sha } },
    });
  }));

test('the runs of a workflow are filtered, by name of branch alone, and paged', () =>
  inWorld(async (world) => {
    const { repository } = world.github;
    const path = '/actions/workflows/sweep.yml';
    expect((await get(world, path)).status).toBe(404);
    const sweep = { workflow: 'sweep.yml', event: 'schedule', startedAt: world.now() - 7_200_000 };
    for (let run = 0; run < 31; run += 1) repository.run({ ...sweep, startedAt: sweep.startedAt - run * 60_000 });
    const headRepository = { name: 'mallory/infra', id: '666' };
    repository.run({ ...sweep, event: 'pull_request', headRepository, startedAt: world.now() });
    repository.run({ ...sweep, conclusion: 'failure' });
    repository.run({ ...sweep, conclusion: null });
    repository.workflow('sweep.yml', { state: 'disabled_inactivity' });

    expect((await get(world, path)).body).toMatchObject({
      state: 'disabled_inactivity',
      path: `.github/workflows/sweep.yml`,
    });
    expect((await get(world, `${path}/runs?branch=main&status=success&per_page=1`)).body).toMatchObject({
      total_count: 32,
      workflow_runs: [
        { head_branch: 'main', event: 'pull_request', head_repository: { id: 666 }, repository: { id: 74901 } },
      ],
    });
    const scheduled = await get(world, `${path}/runs?event=schedule&status=success`);
    expect(scheduled.body).toMatchObject({ total_count: 31, workflow_runs: { length: 30 } });
    expect((await get(world, nextOf(scheduled) ?? '')).body).toMatchObject({
      ...{ total_count: 31, workflow_runs: [{ event: 'schedule', conclusion: 'success' }] },
    });
    expect((await get(world, `${path}/runs?status=in_progress`)).body).toMatchObject({ total_count: 1 });
  }));
