import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { amazon, awsCli } from './cli/aws.ts';
import { answer, environment, github, type Github } from './cli/github.ts';
import { runScript, type Ended } from './cli/programs.ts';

const place = spawnSync('bash', ['-c', 'command -v gh'], { encoding: 'utf8' }).stdout;
const cli = typeof place === 'string' && process.platform !== 'win32' ? place.trim() : '';
/** GitHub's runners have it; where it is not installed its test is shown as skipped. */
const describeWithGh = cli === '' ? (describe.skip as typeof describe) : describe;

/** The GitHub of the doubles, for the GitHub CLI: told of a socket, it speaks http there with every host. */
async function serve(world: Github, socket: string): Promise<Server> {
  const server = createServer((request, response) => {
    void told(world, request).then(({ status, body, next }) => {
      response.writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        ...(next === undefined ? {} : { link: `<https://api.github.com/${next}>; rel="next"` }),
        ...(world.scopes === null ? {} : { 'x-oauth-scopes': world.scopes }),
      });
      response.end(status === 204 ? undefined : JSON.stringify(body));
    });
  }).listen(socket);
  await once(server, 'listening');
  return server;
}
async function told(world: Github, request: IncomingMessage): Promise<ReturnType<typeof answer>> {
  const url = new URL(request.url ?? '', 'https://api.github.com');
  const body = await text(request);
  expect(request.headers.host).toBe('api.github.com');
  return answer(world, {
    method: request.method ?? '',
    path: url.pathname.slice(1),
    query: url.searchParams,
    body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>),
  });
}

async function withGh(world: Github): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-gh-'));
  const socket = join(folder, 'socket');
  const server = await serve(world, socket);
  try {
    return await runScript(
      'aws.sh',
      [
        ...[
          '--repository',
          'Octo-Org/infra',
          '--reviewer',
          'octocat',
          '--reviewer',
          'team:security',
          '--into',
          'clone',
        ],
        ...['--action', 'octo-org/cloud-access@v1', '--region', 'us-east-1', '--permission-set', 'IncidentAdmin'],
        ...['--account', '123456789012', '--who', 'alice@example.com', '--incident', 'INC 4711', '--yes'],
      ],
      { aws: awsCli(amazon()) },
      {
        env: {
          GH_TOKEN: 'any',
        },
        prepare: async (at) => {
          await symlink(cli, join(at, 'bin', 'gh'));
          await mkdir(join(at, '.config', 'gh'), { recursive: true });
          await writeFile(join(at, '.config', 'gh', 'config.yml'), `http_unix_socket: ${socket}\n`);
        },
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
    server.closeAllConnections();
    server.close();
  }
}

describeWithGh('setup/aws.sh with the GitHub CLI', () => {
  it.each<[string, Partial<Github>]>([
    ['takes', { bypass: 'taken' }],
    ['refuses', { bypass: 'refused' }],
  ])('goes all the way where GitHub %s can_admins_bypass', async (_what, more) => {
    const hub = github({ ...more, unknown: 1, commits: ['v1'] });
    const ended = await withGh(hub);
    expect(ended.text).toContain('Have the lease approved, by octocat or team:security: https://github.com/');
    expect(ended.code).toBe(0);
    const inputs = { incident: 'INC 4711' };
    expect(hub.runs).toMatchObject([{ workflow: 'sweep-leases.yml' }, { workflow: 'incident-access.yml', inputs }]);
    expect(hub.environments.get('production-access')).toMatchObject({
      reviewers: [
        { type: 'User', id: 583231 },
        { type: 'Team', id: 77 },
      ],
      preventSelfReview: true,
      bypass: more.bypass === 'refused',
      branches: ['main'],
    });
  });

  it('sees the scopes of its token', async () => {
    const ended = await withGh(github({ scopes: 'gist, repo', commits: ['v1'] }));
    expect(ended.text).toContain("The GitHub CLI's token has no scope read:org, only gist, repo: gh auth refresh");
  });

  it('reads what is there', async () => {
    const environments = new Map([
      ['lease-end', environment({ branches: ['main', '*'], waits: 5, apps: ['gatekeeper'] })],
    ]);
    // In pages of one.
    const ended = await withGh(github({ environments, commits: ['v1'], pageSize: 1, rulesets: [] }));
    expect(ended.text).toContain('main accepts pushes without a review: anyone who can push');
    expect(ended.text).toContain('The environment lease-end allows every branch that matches *:');
    expect(ended.text).toContain('The environment lease-end has a wait timer');
    expect(ended.text).toContain('The environment lease-end asks gatekeeper first');
  });
});
