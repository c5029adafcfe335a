import { expect, it } from '@jest/globals';

import { readText } from '../../__tests__/docs/repository.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import type { ActRun } from './run.ts';
import { approvedRun, describeAct, inActWorld, printedBy, runAct, shownBy, type ActWorld } from './support.ts';
import type { Workflow } from './workflows.ts';

const webhook = 'https://hooks.example/secret-path';
const curl = `#!/bin/sh\nfor it; do test "$it" = ${webhook} && echo "sent: $(cat notice.json)"; done\n`;

/** act is offline, and knows no `job.workflow_sha`: this brings the action to where the called job checks it out. */
const checkout = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1';
const bring = 'mkdir -p "$TO" && cp -R "$REPOSITORY/action.yml" "$REPOSITORY/dist" "$TO/"';
const env = { TO: '${{ inputs.path }}' };
const runs = { using: 'composite', steps: [{ run: bring, shell: 'bash', env }] };
const inputs = { path: {}, repository: {}, ref: {}, 'sparse-checkout': {}, 'persist-credentials': {} };
const actions = { [checkout]: JSON.stringify({ name: checkout, inputs, runs }) };

/** A workflow that calls one of this repository, and prints the lease of it. */
function calling(name: string, given: Readonly<Record<string, unknown>>): Workflow {
  const lease = { LEASE: '${{ needs.access.outputs.lease-id }}' };
  return {
    name: 'Calling',
    on: 'workflow_dispatch',
    permissions: {},
    jobs: {
      access: {
        permissions: { 'id-token': 'write', contents: 'read', actions: 'read' },
        uses: `./.github/workflows/${name}.yml`,
        with: given,
        secrets: { ACCESS_NOTICE_URL: '${{ secrets.ACCESS_NOTICE_URL }}' },
      },
      next: {
        needs: 'access',
        'runs-on': 'ubuntu-latest',
        steps: [{ name: 'next', run: 'echo "$LEASE"', env: lease }],
      },
    },
  };
}

const clouds = [
  {
    cloud: 'aws',
    line: 'aws: user:alice@example.com',
    world: {} satisfies WorldOptions,
    lease: {
      role: 'IncidentAdmin',
      target: '123456789012',
      'aws-region': 'us-east-1',
      'aws-role-to-assume': 'arn:aws:iam::111122223333:role/access-broker',
      'aws-scheduler-role-arn': 'arn:aws:iam::111122223333:role/access-ender',
    },
    release: { 'aws-role-to-assume': 'arn:aws:iam::111122223333:role/access-sweeper' },
    count: (world: ActWorld): number =>
      world.aws.estate.has({
        account: 'payments-prod',
        permissionSet: 'IncidentAdmin',
        principal: 'user:alice@example.com',
      })
        ? 1
        : 0,
  },
  {
    cloud: 'azure',
    line: 'azure: user:05e00000-0000-4000-8000-000000000001',
    world: { clouds: ['azure'], azure: { proxy: true } } satisfies WorldOptions,
    lease: {
      role: 'Storage Blob Data Reader',
      target: 'resource-group:payments-prod',
      'azure-client-id': 'a9900000-0000-4000-8000-0000000000b0',
      'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001',
      'azure-subscription-id': '11111111-2222-4333-8444-555555555501',
    },
    release: {
      'azure-client-id': 'a9900000-0000-4000-8000-0000000000b0',
      'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001',
    },
    count: (world: ActWorld): number =>
      world.azure.estate
        .assignments()
        .filter(
          ({ principalId, scope }) =>
            principalId === '05e00000-0000-4000-8000-000000000001' && scope.endsWith('/resourceGroups/payments-prod'),
        ).length,
  },
] as const;

describeAct.each(clouds)('the workflows to call on $cloud under act', ({ cloud, line, world: options, ...row }) => {
  const upper = cloud.toUpperCase();
  const vars: Readonly<Record<string, string>> = {
    ACCESS_NOTICE: 'webhook',
    [`${upper}_REQUIRE_APPROVAL`]: 'environment',
    [`${upper}_APPROVERS`]: 'any',
    [`${upper}_PEOPLE_FILE`]: '.github/people.yml',
    [`${upper}_ALLOWED_PRINCIPALS`]: line.split(' ')[1] ?? '',
    [`${upper}_ALLOWED_TARGETS`]: row.lease.target,
    [`${upper}_ALLOWED_ROLES`]: row.lease.role,
    [`${upper}_MAX_LIFETIME`]: '2h',
    AZURE_SWEEP_WORKFLOW: 'sweep.yml',
  };
  const files = Object.fromEntries(
    [`lease-${cloud}`, `release-${cloud}`, 'notice'].map((name) => {
      const path = `.github/workflows/${name}.yml`;
      return [path, readText(path)];
    }),
  );
  const called = (world: ActWorld, workflow: Workflow, more: object, unset: readonly string[] = []): Promise<ActRun> =>
    runAct(world, workflow, {
      ...{ files, actions, programs: { curl }, secrets: { ACCESS_NOTICE_URL: webhook }, ...more },
      vars: Object.fromEntries(Object.entries(vars).filter(([name]) => !unset.includes(name))),
    });
  const lease = calling(`lease-${cloud}`, { ...row.lease, lifetime: '1h', reason: 'INC-4711' });
  const swept = ({ github }: ActWorld): void => {
    github.repository.workflow('sweep.yml');
    github.repository.run({ workflow: 'sweep.yml', event: 'schedule' });
  };

  it('lease to the person who starts the run, send a notice, and release', () =>
    inActWorld(options, async (world) => {
      swept(world);
      const taken = await called(world, lease, approvedRun(world, line));
      expect([taken.exitCode, row.count(world)]).toEqual([0, 1]);
      expect(shownBy(taken)).toMatch(/^sent: \{\s+"text": ".* until .* INC-4711.*\(job: success\) http/mu);
      const id = printedBy(taken, 'Main', 'next').trim();
      const released = await called(world, calling(`release-${cloud}`, { ...row.release, 'lease-id': id }), {});
      expect([released.exitCode, row.count(world)]).toEqual([0, 0]);
    }));

  it('are red without the variable that requires approval, before a change (P10)', () =>
    inActWorld(options, async (world) => {
      swept(world);
      const run = await called(world, lease, approvedRun(world, line), [`${upper}_REQUIRE_APPROVAL`]);
      expect([run.exitCode, row.count(world)]).toEqual([1, 0]);
      expect(shownBy(run)).toContain('require-approval');
    }));
});
