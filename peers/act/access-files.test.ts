import { expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { payloadOf } from '../../rehearsal/runner/context.ts';
import type { ActOptions, ActRun } from './run.ts';
import { actionsOf, workflow, type Workflow } from './workflows.ts';
import { describeAct, inActWorld, jobEnd, onCall, ours, endOf, runAct, shownBy, told } from './support.ts';

/** act is offline, so doubles of GitHub's own actions carry the files: the workflows stay as they are. */
const doubles: Readonly<Record<string, string>> = {
  'actions/checkout': 'cp -R "$REPOSITORY/." . && echo "at $REF"',
  'actions/upload-artifact': 'mkdir -p "$ARTIFACTS/$NAME" && cp "$FROM" "$ARTIFACTS/$NAME/"',
  'actions/download-artifact': 'mkdir -p "$FROM" && cp "$ARTIFACTS/$NAME/"* "$FROM/"',
};

function actionsIn(shown: Workflow): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...new Set(actionsOf(shown))].flatMap((uses) => {
      const run = doubles[uses.split('@')[0] ?? ''];
      const env = { REF: '${{ inputs.ref }}', NAME: '${{ inputs.name }}', FROM: '${{ inputs.path }}' };
      const inputs = { ref: {}, name: {}, path: {}, overwrite: {}, 'persist-credentials': {} };
      const runs = { using: 'composite', steps: [{ run, shell: 'bash', env }] };
      return run === undefined ? [] : [[uses, JSON.stringify({ name: uses, inputs, runs })]];
    }),
  );
}

/** Lists nothing, and prints what it would write. */
const gh = `#!/bin/sh
for it; do case "$it" in body=@*) echo "written: $(cat "\${it#body=@}")";; esac; done
`;

const repository = { id: 74901, full_name: 'octo-org/infra', default_branch: 'main' };
const pullFrom = (repo: object): object => ({ number: 12, head: { repo }, base: { repo: repository } });
const events = {
  pull_request: { number: 12, pull_request: pullFrom(repository), repository },
  fork: { number: 12, pull_request: pullFrom({ id: 5, full_name: 'mallory/infra' }), repository },
  push: { ref: 'refs/heads/main', repository },
  schedule: { schedule: '11 0 * * *' },
};

const clouds = [
  {
    cloud: 'aws',
    end: '',
    of: '',
    owns: { roles: ['IncidentAdmin'], targets: ['account:payments-prod'] },
    role: 'IncidentAdmin',
    target: 'account:payments-prod',
    has: ({ aws }: World): boolean => aws.estate.has(onCall),
  },
  {
    cloud: 'azure',
    end: '-azure',
    of: ' on Azure',
    owns: { roles: ['Storage Blob Data Reader'], targets: ['resource-group:payments-prod'] },
    role: 'Storage Blob Data Reader',
    target: 'resource-group:payments-prod',
    has: ({ azure }: World): boolean =>
      azure.estate
        .assignments()
        .some(
          ({ principalId, scope }) =>
            principalId === '96000000-0000-4000-8000-000000000001' && scope.endsWith('/resourceGroups/payments-prod'),
        ),
  },
] as const;

// act has one ID token for all jobs, of the environment production-access: each role and identity trusts it here.
const roles = ['planner', 'applier', 'expirer'].map((it) => ({ arn: `arn:aws:iam::111122223333:role/access-${it}` }));
const trusts = ['environment:production-access'];

function worldOf(cloud: 'aws' | 'azure'): WorldOptions {
  if (cloud === 'aws') return { clouds: [cloud], aws: { roles } };
  const { azure, ...estate } = loadEstate();
  if (azure === undefined) return { clouds: [cloud] };
  const servicePrincipals = azure.servicePrincipals.map((it) => ({ ...it, trusts }));
  return { clouds: [cloud], azure: { proxy: true }, estate: { ...estate, azure: { ...azure, servicePrincipals } } };
}

describeAct.each(clouds)('the workflows of access files on $cloud under act', ({ cloud, end, of, has, ...row }) => {
  const shipped = (name: string, title: string): Workflow =>
    workflow(`setup/workflows/${cloud}/access-${name}${end}.yml`, `${title}${of}`);
  const { owns, role, target } = row;
  const grant = { principal: 'group:Payments On-Call', role, target };
  const access = (expires?: string): Readonly<Record<string, string>> => ({
    [`access/${cloud}/payments.yml`]: JSON.stringify({ version: 1, cloud, owns, grants: [{ ...grant, expires }] }),
  });

  it('plan in a pull request, apply after the merge, find no drift, and end what has expired', () =>
    inActWorld(worldOf(cloud), async (world) => {
      const artifacts = await mkdtemp(join(tmpdir(), 'cloud-access-artifacts-'));
      const run = (shown: Workflow, event: keyof typeof events, files = access()): Promise<ActRun> => {
        const options: ActOptions = { files, programs: { gh }, env: { ARTIFACTS: artifacts } };
        const name = event === 'fork' ? 'pull_request' : event;
        return runAct(world, shown, { ...options, actions: actionsIn(shown), event: { name, payload: events[event] } });
      };
      const ends = (ran: ActRun, ...jobs: readonly string[]): readonly (string | undefined)[] =>
        jobs.map((job) => jobEnd(ran, job));
      try {
        const plan = shipped('plan', 'Plan access');
        const planned = await run(plan, 'pull_request');
        expect(ends(planned, 'plan', 'comment')).toEqual(['success', 'success']);
        expect(shownBy(planned)).toMatch(
          /^written: <!-- cloud-access: plan.*\s+\*\*Plan of `reconcile` on .*, 1 to grant,/mu,
        );
        expect(has(world)).toBe(false);
        const fork = await run(plan, 'fork');
        expect(ends(fork, 'fork', 'plan', 'comment')).toEqual(['success', undefined, undefined]);

        const apply = shipped('apply', 'Apply access');
        const applied = await run(apply, 'push');
        expect(ends(applied, 'plan', 'apply')).toEqual(['success', 'success']);
        expect(shownBy(applied).match(/^at refs\/heads\/main$/gmu)).toHaveLength(2);
        expect(has(world)).toBe(true);
        expect(ends(await run(apply, 'push'), 'plan', 'apply')).toEqual(['success', undefined]);

        const drift = shipped('drift', 'Access drift');
        expect(shownBy(await run(drift, 'schedule'))).not.toContain('written: ');
        expect(shownBy(await run(drift, 'schedule', access('2026-01-01')))).toContain(
          'written: <!-- cloud-access: drift',
        );

        const expire = shipped('expire', 'Expire access');
        expect(ends(await run(expire, 'schedule'), 'expire')).toEqual(['success']);
        expect(has(world)).toBe(true);
        expect(ends(await run(expire, 'schedule', access('2026-01-01')), 'expire')).toEqual(['success']);
        expect(has(world)).toBe(false);
      } finally {
        await rm(artifacts, { recursive: true });
      }
    }));
});

describeAct.each(clouds)('the workflow of requests on $cloud under act', ({ cloud, end, of, has, role, target }) => {
  const path = `access/request-${cloud}.yml`;
  // Where the workflow's guards allow it, by the same words.
  const place = cloud === 'aws' ? '123456789012' : target;
  const row = { principal: 'group:Payments On-Call', role, target: place, note: 'INC-4711' };
  const files = { [path]: JSON.stringify({ version: 1, cloud, grants: [row] }) };

  it.each([true, false])('leases only what a reviewer approved: %s (P12)', (isApproved) =>
    inActWorld(worldOf(cloud), async (world) => {
      const { people, repository } = world.github;
      for (const login of ['octocat', 'monalisa']) {
        if (people.find(login) === undefined) people.add(login);
        repository.role(login, 'write');
      }
      repository.push({ branch: 'request', by: 'octocat', commits: [{ files }] });
      const pull = repository.pull({ from: 'request', by: 'octocat' });
      if (isApproved) repository.review(pull, { by: 'monalisa' });
      const run = { ...world.context, ...repository.merge(pull, { by: 'octocat' }).run };
      world.github.announce(run);
      repository.run({ workflow: 'sweep-leases-azure.yml', event: 'schedule' });
      const shown = workflow(`setup/workflows/${cloud}/lease-by-review${end}.yml`, `Lease by review${of}`);
      const ran = await runAct(world, shown, {
        ...{ files, actions: actionsIn(shown), actor: 'octocat', commit: run.sha },
        event: { name: 'push', payload: payloadOf(run) as object },
        env: { ...world.identify(run), GITHUB_RUN_ID: run.runId, GITHUB_ACTOR_ID: run.actorId },
      });
      expect([ran.exitCode, endOf(ran, 'Main', ours)]).toEqual(isApproved ? [0, 'success'] : [1, 'failure']);
      expect(has(world)).toBe(isApproved);
      if (!isApproved) expect(told(ran, 'error').join('\n')).toContain('was merged without a review');
    }),
  );
});
