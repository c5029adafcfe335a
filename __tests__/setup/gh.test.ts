import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { amazon, awsCli } from './cli/aws.ts';
import { answer, environment, github, type Github } from './cli/github.ts';
import { git, runScript, type Ended } from './cli/programs.ts';

const place = spawnSync('bash', ['-c', 'command -v gh'], { encoding: 'utf8' }).stdout;
const cli = typeof place === 'string' && process.platform !== 'win32' ? place.trim() : '';
/** GitHub's runners have it; where it is not installed its test is shown as skipped. */
const describeWithGh = cli === '' ? (describe.skip as typeof describe) : describe;

/** The GitHub of the doubles, for the GitHub CLI: it speaks http with this host name only, here through a proxy. */
async function serve(world: Github): Promise<Server> {
  const server = createServer((request, response) => {
    void told(world, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(status === 204 ? undefined : JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
async function told(world: Github, request: IncomingMessage): Promise<ReturnType<typeof answer>> {
  const url = new URL(request.url ?? '');
  const body = await text(request);
  expect(url.host).toBe('api.github.localhost');
  return answer(world, {
    method: request.method ?? '',
    path: url.pathname.slice(1),
    query: url.searchParams,
    body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>),
  });
}

async function withGh(world: Github): Promise<Ended> {
  const server = await serve(world);
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
          GH_HOST: 'github.localhost',
          GH_TOKEN: 'any',
          HTTP_PROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        },
        prepare: async (folder) => {
          await symlink(cli, join(folder, 'bin', 'gh'));
          const there = 'https://github.localhost/octo-org/infra.git';
          git(join(folder, 'clone'), 'config', 'remote.origin.url', there);
          git(join(folder, 'clone'), 'config', `url.${folder}/remote.git.insteadOf`, there);
        },
      },
    );
  } finally {
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
    const inputs = { incident: 'INC 4711', who: 'alice@example.com' };
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

  it('reads what is there', async () => {
    const environments = new Map([
      ['lease-end', environment({ branches: ['*', 'main'], waits: 5, apps: ['gatekeeper'] })],
    ]);
    const ended = await withGh(github({ environments, commits: ['v1'] }));
    expect(ended.text).toContain('The environment lease-end has a wait timer');
    expect(ended.text).toContain('The environment lease-end asks gatekeeper first');
  });
});
