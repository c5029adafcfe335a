import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse } from 'yaml';

import { checksOf, awsPolicy, azureRole } from '../../rehearsal/own/least-privilege.ts';
import { Misuse, type OwnOptions } from '../../rehearsal/own/options.ts';
import { readStep } from '../../rehearsal/own/read-step.ts';
import { rehearseStep } from '../../rehearsal/own/rehearse-step.ts';
import { runStep, type Step } from '../../rehearsal/runner/step.ts';
import { makeStyle } from '../../rehearsal/show/style.ts';
import type { World } from '../../rehearsal/world.ts';
import { inWorld } from '../scenario/support.ts';

const onAws = {
  cloud: 'aws',
  principal: 'group:Payments On-Call',
  role: 'ReadOnlyAccess',
  target: '123456789012',
  lifetime: '2h',
  'aws-region': 'us-east-1',
  'aws-role-to-assume': 'arn:aws:iam::111122223333:role/my-broker',
  'aws-scheduler-role-arn': 'arn:aws:iam::111122223333:role/my-ender',
} as const;

const onAzure = {
  cloud: 'azure',
  principal: 'service-principal:5e000000-0000-4000-8000-000000000001',
  role: 'Storage Blob Data Reader',
  target: '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod',
  lifetime: '1h',
  reason: 'Deployment of release 42',
  'azure-client-id': '12345678-1111-4222-8333-444455556666',
  'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001',
} as const;

const workflow = `
on: workflow_dispatch
jobs:
  access:
    steps:
      - uses: actions/checkout@v7
        with: { persist-credentials: false }
      - uses: octo-org/cloud-access@v1
        id: access
        with:
          cloud: aws
          principal: group:\${{ inputs.team }}
          max-grants: 3
      - uses: octo-org/cloud-access@v1
        id: other
        with: { cloud: azure, azure-pim: true }
`;

/** Runs with a file of this content. */
async function withFile<T>(content: string, work: (path: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'own-'));
  try {
    const path = join(folder, 'it.yml');
    writeFileSync(path, content);
    return await work(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function optionsFor(from: OwnOptions['from'], values: readonly (readonly [string, string])[] = []): OwnOptions {
  return { estate: null, files: null, from, event: null, values: new Map(values), keep: null };
}

function misuse(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Misuse) return error.message;
    throw error;
  }
  return '';
}

describe('the step that a person wants to rehearse', () => {
  it.each([
    ['a list of one', '- uses: octo-org/cloud-access@v1\n  with: { cloud: aws, max-grants: 3 }'],
    ['one step', 'uses: octo-org/cloud-access@v1\nwith: { cloud: aws, max-grants: 3 }'],
    ['its inputs alone', 'cloud: aws\nmax-grants: 3'],
  ])('is read from a file with %s', (_, text) =>
    withFile(text, (path) => {
      expect(readStep(optionsFor({ kind: 'step', path }))).toMatchObject({
        inputs: { cloud: 'aws', 'max-grants': '3' },
        job: null,
      });
    }),
  );

  it('is found in a workflow by its ID, with the values of expressions', () =>
    withFile(workflow, (path) => {
      const values = [['inputs.team', 'Payments On-Call']] as const;
      expect(readStep(optionsFor({ kind: 'workflow', path, id: 'access' }, values)).inputs).toEqual({
        cloud: 'aws',
        principal: 'group:Payments On-Call',
        'max-grants': '3',
      });
    }));

  const withDefaults = `
on: { workflow_dispatch: { inputs: { team: { default: Auditors }, size: { type: choice, options: [s, l] }, who: {} } } }
env: { ROLE: Reader, LATER: '\${{ vars.LATER }}' }
jobs:
  one:
    env: { MORE: '\${{ env.ROLE }} on \${{ github.event_name }}' }
    steps:
      - uses: me/cloud-access@v1
        id: access
        env: { OWN: x }
        with: { cloud: aws, principal: 'group:\${{ inputs.team }}', role: '\${{ env.MORE }}', reason: '\${{ inputs.size }}' }
`;

  it('has the defaults of inputs, the environment of all levels, and the event', () =>
    withFile(withDefaults, (path) => {
      expect(readStep(optionsFor({ kind: 'workflow', path, id: 'access' }))).toMatchObject({
        inputs: { cloud: 'aws', principal: 'group:Auditors', role: 'Reader on workflow_dispatch', reason: 's' },
        env: { ROLE: 'Reader', MORE: 'Reader on workflow_dispatch', OWN: 'x' },
        uses: 'me/cloud-access@v1',
        id: 'access',
      });
      const values = [['inputs.size', 'xl']] as const;
      expect(misuse(() => readStep(optionsFor({ kind: 'workflow', path, id: '' }, values)))).toContain(
        '"xl" is no option of the input size. Its options: s, l.',
      );
    }));

  it.each<[string, string, OwnOptions['from']['kind'], string, string]>([
    [
      'no id where there are several',
      workflow,
      'workflow',
      '',
      'has several (it has: access, other): name one with --id',
    ],
    [
      'an id that is not there',
      workflow,
      'workflow',
      'acess',
      'no such step with the id acess (it has: access, other)',
    ],
    ['no step with this action', 'on: push', 'workflow', '', 'no step that uses this action'],
    ['an expression without a value', workflow, 'workflow', 'access', "--set 'inputs.team=…'"],
    ['one with quotes in it', "role: ${{ vars.ROLE || 'Reader' }}", 'step', '', "--set 'vars.ROLE=…'"],
    ['two steps', '- { uses: a }\n- { uses: b }', 'step', '', 'has more than one step'],
    ['no step', 'just words', 'step', '', 'is not a step'],
    ['the steps of a job', 'steps: [{ uses: a }]', 'step', '', 'taken with --workflow'],
    ['no YAML', 'a: [', 'step', '', 'is not YAML'],
    [
      'a list, which GitHub never accepts',
      'principal: [user:a, group:b]',
      'step',
      '',
      'is a list, and GitHub takes only text there. Write its values one a line:\n\n  principal: |\n    user:a\n    group:b',
    ],
    ['a mapping', 'principal: { user: a }', 'step', '', 'is a mapping, and GitHub takes only text there'],
  ])('is refused with a message: %s', (_, text, kind, id, told) =>
    withFile(text, (path) => {
      const from = kind === 'step' ? { kind, path } : { kind, path, id };
      expect(misuse(() => readStep(optionsFor(from)))).toContain(told);
    }),
  );
});

/** Rights that main and post of a step used, `apartMs` apart. */
async function needed(world: World, inputs: Step['inputs'], apartMs = 0): Promise<ReturnType<typeof checksOf>> {
  const mark = world.journal.mark();
  const main = await runStep(world, { inputs });
  await world.advance(apartMs);
  const post = await runStep(world, { stage: 'post', inputs, state: main.state });
  expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
  return checksOf(world.journal.since(mark));
}

describe('the rights that a step used', () => {
  const roles = { roleArn: onAws['aws-role-to-assume'], executionRole: { arn: onAws['aws-scheduler-role-arn'] } };

  it('on AWS are enough for the same step, and each of them is needed', async () => {
    const policy = awsPolicy(await inWorld({ aws: roles }, (world) => needed(world, onAws)));
    await inWorld({ aws: { ...roles, policy } }, (world) => needed(world, onAws));
    for (const [index, statement] of policy.Statement.entries()) {
      const without = { ...policy, Statement: policy.Statement.toSpliced(index, 1) };
      const denied = await inWorld({ aws: { ...roles, policy: without } }, async (world) => {
        const main = await runStep(world, { inputs: onAws });
        await runStep(world, { stage: 'post', inputs: onAws, state: main.state });
        return world.journal.all().filter((it) => it.denied !== undefined);
      });
      expect([statement.Action, denied.length]).not.toEqual([statement.Action, 0]);
    }
  });

  it('on AWS are enough in the management account, where the caller works in IAM', async () => {
    const roleArn = 'arn:aws:iam::444455556666:role/my-broker';
    const inputs = {
      ...onAws,
      lifetime: 'permanent',
      'aws-role-to-assume': roleArn,
      'aws-scheduler-role-arn': '',
      target: '444455556666',
      'allow-privileged': 'true',
    };
    const policy = awsPolicy(await inWorld({ aws: { roleArn } }, (world) => needed(world, inputs)));
    await inWorld({ aws: { roleArn, policy } }, (world) => needed(world, inputs));
  });

  it.each([
    ['a lease', {}],
    ['a lease through Privileged Identity Management', { 'azure-pim': 'true', reason: 'INC-1' }],
  ])('on Azure are enough for the same step, where they are assigned: %s', async (_, how) => {
    const clouds = ['azure'] as const;
    const inputsIn = (world: World): Step['inputs'] => ({
      cloud: 'azure',
      ...world.azure.inputs,
      principal: 'service-principal:deploy-payments',
      role: 'Storage Blob Data Reader',
      target: 'resource-group:payments-prod',
      lifetime: '1h',
      ...how,
    });
    const sixMinutes = 6 * 60_000;
    const role = azureRole(await inWorld({ clouds }, (world) => needed(world, inputsIn(world), sixMinutes)));
    expect(role.Actions).toContain('Microsoft.Authorization/roleAssignments/write');
    const callerRole = { permissions: [{ actions: role.Actions }], scopes: role.AssignableScopes };
    await inWorld({ clouds, azure: { callerRole } }, (world) => needed(world, inputsIn(world), sixMinutes));
  });
});

describe("a rehearsal of a user's own step", () => {
  const rehearsed = (text: string, estate: string | null = null): Promise<{ green: boolean; said: string }> =>
    withFile(text, async (path) => {
      const said: string[] = [];
      const from = { kind: 'step', path } as const;
      const options = { estate, files: null, from, event: null, values: new Map<string, string>(), keep: null };
      const green = await rehearseStep(options, makeStyle(false), (it) => said.push(it));
      return { green, said: said.join('\n') };
    });

  it('shows plan, run, post step, rights and a sweep', async () => {
    const { green, said } = await rehearsed(JSON.stringify(onAws));
    expect(green).toBe(true);
    const parts = ['── The plan', '── The run', '── Its post step', '── The rights', '── A sweep afterwards'];
    expect(parts.map((part) => said.indexOf(part)).toSorted((a, b) => a - b)).not.toContain(-1);
    expect(said).toContain('Dry run: 1 would be granted.');
    expect(said).toContain('"sso:CreateAccountAssignment"');
    expect(said).toContain('a record of this run, not a policy to deploy');
    expect(said).not.toContain('This run changed nothing');
  });

  it.each([
    ['a role', onAws, [`signed in as ${onAws['aws-role-to-assume']}, which may do everything.`, '']],
    [
      'no role',
      { ...onAws, lifetime: 'permanent', 'aws-role-to-assume': 'none' },
      [
        'signed in as the identity of an earlier step, which may do everything.',
        'No aws-role-to-assume: assumed signed in by an earlier step.',
      ],
    ],
  ])('begins with the assumed values: %s', async (_, inputs, [who = '', then]) => {
    const { green, said } = await rehearsed(JSON.stringify(inputs));
    expect(said.split('\n').slice(0, 2)).toEqual([
      `Assumed: id-token: write, environment production-access, workflow_dispatch on refs/heads/main of octo-org/infra, ${who}`,
      then,
    ]);
    expect(green).toBe(true);
  });

  it("uses the user's own estate, and the rest from the sample", async () => {
    const estate = JSON.stringify({
      groups: [{ id: '9067642c1a-1d2e3f40-5a6b-4c7d-9e8f-aaaaaaaaaaaa', displayName: 'Our Own Team' }],
    });
    const { green, said } = await withFile(estate, (path) =>
      rehearsed(JSON.stringify({ ...onAws, principal: 'group:Our Own Team' }), path),
    );
    expect([green, said.includes('Group "Our Own Team"')]).toEqual([true, true]);
  });

  it.each(['aws', 'azure'] as const)("is of a job of the estate's own repository (%s)", async (cloud) => {
    const repository = { name: 'my-org/my-access', id: '815', ownerId: '4711', environment: 'prod' };
    const onAzure = {
      cloud,
      principal: 'group:Payments On-Call',
      role: 'Storage Blob Data Reader',
      target: 'resource-group:payments-prod',
      'azure-client-id': 'a9900000-0000-4000-8000-0000000000b0',
      'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001',
      'azure-subscription-id': '11111111-2222-4333-8444-555555555501',
    };
    const { green, said } = await withFile(JSON.stringify({ repository }), (path) =>
      rehearsed(JSON.stringify(cloud === 'aws' ? onAws : onAzure), path),
    );
    expect([green, said]).toEqual([true, expect.not.stringContaining('octo-org/infra')]);
  });

  it("has a role for the Scheduler that trusts the step's group of schedules", async () => {
    const { green } = await rehearsed(JSON.stringify({ ...onAws, 'aws-scheduler-group': 'our-leases' }));
    expect(green).toBe(true);
  });

  it.each([
    ['that is in no estate yet', '12345678-1111-4222-8333-444455556666'],
    ['that is a managed identity', 'a9900000-0000-4000-8000-000000000002'],
  ])('allows an identity of Azure to sign in %s', async (_, clientId) => {
    const { green, said } = await rehearsed(
      JSON.stringify({
        cloud: 'azure',
        principal: 'group:Payments On-Call',
        role: 'Storage Blob Data Reader',
        target: 'resource-group:payments-prod',
        'azure-client-id': clientId,
        'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001',
        'azure-subscription-id': '11111111-2222-4333-8444-555555555501',
      }),
    );
    expect(green).toBe(true);
    expect(said).toContain('Microsoft.Authorization/roleAssignments/write');
    expect(said).toContain('It also asked Microsoft Graph');
  });

  it('sweeps on Azure at the targets of a step that names no subscription', async () => {
    const { green, said } = await rehearsed(JSON.stringify(onAzure));
    expect(green).toBe(true);
    expect(said).toContain('── A sweep afterwards');
    expect(said).not.toContain('target: This input is required');
  });

  it('through Privileged Identity Management has nothing to sweep, and needs a role without a condition', async () => {
    const { green, said } = await rehearsed(JSON.stringify({ ...onAzure, 'azure-pim': true, 'keep-after-job': true }));
    expect(green).toBe(true);
    expect(said).not.toContain('── A sweep afterwards');
    expect(said).toContain('"Microsoft.Authorization/roleAssignments/write"');
    expect(said).toContain('Assign it without a condition');
  });

  it('shows the step in the form of a workflow', async () => {
    const own = { ...onAws, principal: 'group:Payments On-Call\ngroup:Auditors', reason: "it's #1: now" };
    const { said } = await rehearsed(JSON.stringify(own));
    const shown = /^Step:\n(?<text>(?: {2}.*\n)+)/mu.exec(said)?.groups?.['text'] ?? '';
    expect(parse(shown)).toEqual([{ uses: 'OWNER/cloud-access@v1', with: own }]);
  });

  it('uses the Region that an earlier step exports with its credentials', async () => {
    const inputs = Object.fromEntries(
      Object.entries(onAws).filter(([name]) => !['aws-region', 'aws-role-to-assume'].includes(name)),
    );
    const { green, said } = await rehearsed(JSON.stringify(inputs));
    expect(said).not.toContain('aws-region: ');
    expect(green).toBe(true);
  });

  it('reports wrong inputs once, and sweeps nothing after it', async () => {
    const { green, said } = await rehearsed(JSON.stringify({ ...onAws, target: 'nowhere' }));
    expect(green).toBe(false);
    expect(said.match(/^ {2}Error: target: "nowhere"/gmu)).toHaveLength(1);
    expect(said).not.toMatch(/── The plan|── A sweep afterwards/u);
  });

  it('shows a dry run once', async () => {
    const { green, said } = await rehearsed(JSON.stringify({ ...onAws, 'dry-run': true }));
    expect(green).toBe(true);
    expect(said.match(/^ {2}Dry run: 1 would be granted/gmu)).toHaveLength(1);
    expect(said).toContain('This run changed nothing, so the rights to change access are missing here.');
    expect(said).not.toContain('── A sweep afterwards');
  });

  it('has nothing to sweep on AWS where no records are kept', async () => {
    const { green, said } = await rehearsed(JSON.stringify({ ...onAws, 'aws-scheduler-role-arn': '' }));
    expect(green).toBe(true);
    expect(said).not.toContain('── A sweep afterwards');
  });

  it('has rights to read for everything that it read, and rights to change for its changes', async () => {
    const { said } = await rehearsed(JSON.stringify({ ...onAws, role: 'IncidentAdmin' }));
    expect(said).toContain('"arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/*"');
    const named = said.match(/permissionSet\/ssoins-72231a2b3c4d5e6f\/ps-[0-9a-f]+(?=")/gu) ?? [];
    expect(new Set(named).size).toBe(1);
  });

  it("is red where the step is, with the step's own message", async () => {
    const { green, said } = await rehearsed(JSON.stringify({ ...onAws, role: 'NoSuchSet' }));
    expect(green).toBe(false);
    expect(said).toContain('NoSuchSet');
    expect(said).toMatch(/✘ Not green: see above\. .*give a copy of yours with --estate\.$/mu);
    // Of a wrong input the estate knows nothing.
    const wrong = await rehearsed(JSON.stringify({ ...onAws, target: '12345' }));
    expect(wrong.said).toMatch(/✘ Not green: see above\.$/mu);
  });
});
