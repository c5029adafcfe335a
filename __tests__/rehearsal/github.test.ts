import { describe, expect, test } from '@jest/globals';

import { defaultContext, jobToken, type RunContext } from '../../rehearsal/runner/context.ts';
import { runStep } from '../../rehearsal/runner/step.ts';
import { startWorld, type World } from '../../rehearsal/world.ts';

const { repository, repositoryId, runId, checkRunId } = defaultContext;
const run = `/repos/${repository}/actions/runs/${runId}`;

async function inWorld(use: (world: World) => Promise<void>): Promise<void> {
  const world = await startWorld();
  try {
    await use(world);
  } finally {
    await world.close();
  }
}

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

async function get(world: World, path: string, token: string | null = world.github.token()): Promise<Got> {
  const headers = { 'user-agent': 'test', ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await fetch(path.startsWith('http') ? path : `${world.github.url}${path}`, { headers });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

function announce(world: World, count: number, more: Partial<RunContext> = {}): void {
  for (let job = 1; job <= count; job += 1)
    world.github.announce({ ...defaultContext, checkRunId: String(Number(checkRunId) + job), ...more });
}

describe("GitHub's REST API", () => {
  test('shows a run, a job and the jobs of an attempt', () =>
    inWorld(async (world) => {
      expect((await get(world, run)).body).toMatchObject({
        id: Number(runId),
        status: 'in_progress',
        conclusion: null,
        run_attempt: 1,
        repository: { full_name: repository, id: Number(repositoryId) },
      });
      const job = {
        id: Number(checkRunId),
        run_id: Number(runId),
        status: 'in_progress',
        conclusion: null,
        completed_at: null,
        check_run_url: `${world.github.url}/repos/${repository}/check-runs/${checkRunId}`,
      };
      expect((await get(world, `/repos/${repository}/actions/jobs/${checkRunId}`)).body).toMatchObject(job);
      expect((await get(world, `${run}/attempts/1/jobs`)).body).toMatchObject({ total_count: 1, jobs: [job] });
    }));

  test('shows ended runs and jobs', () =>
    inWorld(async (world) => {
      announce(world, 1);
      const second = String(Number(checkRunId) + 1);
      world.github.stand(checkRunId, { status: 'completed', conclusion: 'cancelled' });
      expect((await get(world, run)).body).toMatchObject({ status: 'in_progress' });
      world.github.stand(second, { status: 'completed', conclusion: 'success' });
      expect((await get(world, run)).body).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
      expect((await get(world, `${run}/attempts/1/jobs`)).body).toMatchObject({
        jobs: [
          { status: 'completed', conclusion: 'cancelled', completed_at: expect.any(String) },
          { status: 'completed', conclusion: 'success' },
        ],
      });
    }));

  test('distinguishes attempts', () =>
    inWorld(async (world) => {
      announce(world, 1, { runAttempt: '2' });
      expect((await get(world, run)).body).toMatchObject({ run_attempt: 2 });
      expect((await get(world, `${run}/attempts/2/jobs`)).body).toMatchObject({ total_count: 1 });
      expect((await get(world, `${run}/attempts/3/jobs`)).status).toBe(404);
    }));

  test('returns 30 on a page, 100 at most, and links to the others', () =>
    inWorld(async (world) => {
      announce(world, 249);
      const jobsAt = async (path: string): Promise<readonly [number, string]> => {
        const { body, headers } = await get(world, path);
        return [(body as { readonly jobs: readonly unknown[] }).jobs.length, headers.get('link') ?? ''];
      };
      expect((await jobsAt(`${run}/attempts/1/jobs`))[0]).toBe(30);
      const [size, links] = await jobsAt(`${run}/attempts/1/jobs?per_page=500`);
      expect(size).toBe(100);
      const next = /<(?<next>[^>]+)>; rel="next"/.exec(links)?.groups?.['next'] ?? '';
      expect(next).toContain(`/repositories/${repositoryId}/`);
      expect((await jobsAt(next))[0]).toBe(100);
      const [rest, last] = await jobsAt(`${run}/attempts/1/jobs?per_page=100&page=3`);
      expect(rest).toBe(50);
      expect(last).not.toContain('rel="next"');
    }));

  test('shows a token its own repository only, and only with the permission', () =>
    inWorld(async (world) => {
      const status = async (token: string | null): Promise<number> => (await get(world, run, token)).status;
      expect(await status(null)).toBe(404);
      expect(await status('ghs_stranger')).toBe(401);
      expect(await status(world.github.token({ repository: 'octo-org/other' }))).toBe(404);
      expect(await status(jobToken)).toBe(200);
      const token = world.github.token();
      expect(await status(token)).toBe(200);
      world.github.allow('none', token);
      const refused = await get(world, run, token);
      expect(refused.status).toBe(403);
      expect(refused.body).toMatchObject({ message: 'Resource not accessible by integration' });
      expect(refused.headers.get('x-accepted-github-permissions')).toBe('actions=read');
    }));

  test('accepts a token only until it expires', () =>
    inWorld(async (world) => {
      const token = world.github.token({ lifetimeMs: 60_000 });
      await world.advance(59_000);
      expect((await get(world, run, token)).status).toBe(200);
      await world.advance(2_000);
      expect((await get(world, run, token)).status).toBe(401);
      expect(world.secrets()).toContain(token);
    }));

  test('does not find a deleted run', () =>
    inWorld(async (world) => {
      world.github.forget(runId);
      for (const path of [run, `${run}/attempts/1/jobs`, `/repos/${repository}/actions/jobs/${checkRunId}`])
        expect((await get(world, path)).status).toBe(404);
    }));

  test('counts the requests of an hour', () =>
    inWorld(async (world) => {
      const left = async (): Promise<readonly [number, string | null]> => {
        const { status, headers } = await get(world, run);
        return [status, headers.get('x-ratelimit-remaining')];
      };
      expect(await left()).toEqual([200, '999']);
      expect(await left()).toEqual([200, '998']);
      world.github.leave(1);
      expect(await left()).toEqual([200, '0']);
      expect(await left()).toEqual([403, '0']);
      const { headers } = await get(world, run);
      const reset = Number(headers.get('x-ratelimit-reset')) * 1000;
      await world.advance(reset - world.now());
      expect(await left()).toEqual([200, '999']);
    }));

  test('refuses and fails by script, and is in the journal', () =>
    inWorld(async (world) => {
      world.script.fault({ service: 'github' }, { kind: 'throttle', retryAfterSeconds: 7 });
      const { status, headers, body } = await get(world, `${run}/attempts/1/jobs?page=1`);
      expect(status).toBe(403);
      expect(headers.get('retry-after')).toBe('7');
      expect(body).toMatchObject({ message: expect.stringContaining('secondary rate limit') });
      expect(world.journal.all()).toMatchObject([
        {
          service: 'github',
          operation: 'listJobsForWorkflowRunAttempt',
          body: { repository, run: runId, attempt: '1', page: '1' },
          authorized: true,
          status: 403,
          outcome: 'error',
          scripted: 'throttle',
        },
      ]);
    }));
});

test('a step finds the API, a token and its own job in progress', () =>
  inWorld(async (world) => {
    const code = `
      const url = process.env.GITHUB_API_URL + '/repos/' + process.env.GITHUB_REPOSITORY + '/actions/jobs/4711';
      const headers = { authorization: 'Bearer ' + process.env['INPUT_GITHUB-TOKEN'] };
      console.log('status=' + (await (await fetch(url, { headers })).json()).status);
      process.exit();`;
    const result = await runStep(world, {
      inputs: { 'github-token': world.github.token() },
      context: { checkRunId: '4711' },
      args: ['--import', `data:text/javascript,${encodeURIComponent(code)}`],
    });
    expect(result.log).toContain('status=in_progress');
    expect(result.leaked(world.secrets())).toEqual([]);
  }));
