import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readCommand } from '../../rehearsal/command-line.ts';
import { Misuse } from '../../rehearsal/own/options.ts';
import { rehearseWorkflows } from '../../rehearsal/own/workflow/rehearse-workflows.ts';
import { makeStyle } from '../../rehearsal/show/style.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'own-workflow-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const repository = fileURLToPath(new URL('../../', import.meta.url));

interface Rehearsed {
  readonly green: boolean;
  readonly said: string;
}

/** Command line of a person in the folder of the repository. */
async function rehearsed(...args: readonly string[]): Promise<Rehearsed> {
  const command = readCommand(['--keep', join(folder, 'kept'), ...args], repository, 1);
  if (command.kind !== 'workflows') throw new TypeError(`${command.kind} is no rehearsal of workflows`);
  const said: string[] = [];
  const green = await rehearseWorkflows(command, makeStyle(false), (it) => said.push(it));
  return { green, said: said.join('\n') };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const access = (more: string): string => `      - uses: my-org/cloud-access@v1
        id: access
        with:
          cloud: aws
          principal: group:Payments On-Call
          role: IncidentAdmin
          target: '123456789012'
          aws-region: us-east-1
          aws-role-to-assume: arn:aws:iam::111122223333:role/my-broker
${more}`;

describe('the workflows of setup/workflows', () => {
  it.each([
    ['aws', '', 'arn:aws:iam::111122223333:role/access-sweeper'],
    ['azure', '-azure', 'a9900000-0000-4000-8000-0000000000b2'],
  ])('run from taking a lease over its release to a sweep (%s)', async (cloud, ending, sweeper) => {
    const at = (name: string): string => `setup/workflows/${cloud}/${name}${ending}.yml`;
    const { green, said } = await rehearsed(
      ...['--workflow', at('incident-access'), '--set', 'inputs.incident=INC-1'],
      ...['--workflow', at('release-a-lease'), '--set', 'inputs.lease-id=${{ steps.access.outputs.lease-id }}'],
      ...['--workflow', at('sweep-leases'), '--event', 'schedule'],
    );
    expect(said.match(/^✔ .*$/gmu)).toEqual([
      `✔ incident-access${ending}.yml: job access success, job notice not run, job evidence skipped`,
      `✔ release-a-lease${ending}.yml: job release success, job notice not run, job evidence skipped`,
      `✔ sweep-leases${ending}.yml: job sweep success, job notice not run, job evidence skipped`,
    ]);
    expect(green).toBe(true);
    expect(said).toContain(
      'Assumed: octocat starts the runs, and is aws: user:alice@example.com and azure: user:05e00000-0000-4000-8000-000000000001 in .github/people.yml.\nAssumed: monalisa approves each run.\n',
    );
    expect(said).toContain('Approved by monalisa');
    expect(said).toContain(
      'Job notice: not run by the rehearsal, calls OWNER/cloud-access/.github/workflows/notice.yml@v1.',
    );
    expect(said).toContain(`  ${sweeper} trusts environment:lease-end.`);
    expect(said).toContain('── Job release: repo:octo-org/infra:environment:lease-end, id-token: write');
    expect(said.match(/^ {2}lease-state +leased$/gmu)).toHaveLength(1);
    expect(said).toMatch(/^ {2}✅ Revoked/mu);
    expect(said).toContain(`── The rights that ${sweeper} used: a record of this run, not a policy to deploy`);
    expect(said).not.toMatch(/AWS_ENDPOINT_URL|azure-environment/u);
  });
});

describe('the workflows of setup/workflows for a request', () => {
  it.each([
    { cloud: 'aws', ending: '', row: "user:alice@example.com, role: IncidentAdmin, target: '123456789012'" },
    {
      ...{ cloud: 'azure', ending: '-azure' },
      row: 'user:05e00000-0000-4000-8000-000000000001, role: Storage Blob Data Reader, target: resource-group:payments-prod',
    },
  ])('lease what a reviewer approved, and nothing if it is left in place ($cloud)', async ({ cloud, ending, row }) => {
    const repository = join(folder, `infra-request-${cloud}`);
    mkdirSync(join(repository, 'access'), { recursive: true });
    mkdirSync(join(repository, '.git'));
    writeFileSync(join(repository, '.git/HEAD'), 'ref: refs/heads/main\n');
    const request = `version: 1\ncloud: ${cloud}\ngrants:\n  - { principal: ${row}, note: INC-1 }\n`;
    writeFileSync(join(repository, `access/request-${cloud}.yml`), request);
    const at = `setup/workflows/${cloud}/lease-by-review${ending}.yml`;
    const { green, said } = await rehearsed('--files', repository, '--workflow', at, '--workflow', at);
    expect(said.match(/^[✔✘] .*review.*$/gmu)).toEqual([
      expect.stringContaining('job access success') as unknown,
      expect.stringContaining('job access failure') as unknown,
    ]);
    expect(green).toBe(false);
    expect(said).toContain(
      'Assumed: octocat merges a pull request with the files of --files, which monalisa approves.',
    );
    expect(said).toContain('Approved by monalisa');
    expect(said).toMatch(/^ {2}Reason +INC-1$/mu);
    expect(said).toContain('not in pull request 2, which this push merged');
  });
});

describe('the workflows of access files in setup/workflows', () => {
  const rows = {
    aws: [
      ...['  roles: [IncidentAdmin]', "  targets: ['ou:/Workloads/**']", 'grants:'],
      '  - { principal: group:Payments On-Call, role: IncidentAdmin, target: account:payments-prod }',
    ],
    azure: [
      ...['  roles: [Storage Blob Data Reader]', "  targets: ['resource-group:payments-prod']", 'grants:'],
      '  - { principal: group:Payments On-Call, role: Storage Blob Data Reader, target: resource-group:payments-prod }',
    ],
  };

  /** A folder with one access file, at this branch. */
  const repositoryWith = (name: string, cloud: keyof typeof rows, lines: readonly string[]): string => {
    const repository = join(folder, name);
    mkdirSync(join(repository, 'access', cloud), { recursive: true });
    mkdirSync(join(repository, '.git'));
    writeFileSync(join(repository, '.git/HEAD'), 'ref: refs/heads/main\n');
    const access = ['version: 1', `cloud: ${cloud}`, 'owns:', ...lines].join('\n');
    writeFileSync(join(repository, 'access', cloud, 'payments.yml'), `${access}\n`);
    return repository;
  };

  it('make a lease permanent for which a row is added (P1, P3)', async () => {
    const lines = rows.aws.map((line) => line.replace('group:Payments On-Call', 'user:alice@example.com'));
    const at = (name: string): string => `setup/workflows/aws/${name}.yml`;
    const { green, said } = await rehearsed(
      ...[
        '--workflow',
        at('incident-access'),
        '--set',
        'inputs.incident=INC-1',
        '--files',
        repositoryWith('infra-leased', 'aws', lines),
      ],
      ...['--workflow', at('access-plan'), '--workflow', at('access-apply'), '--event', 'push'],
    );
    expect(said).toContain('It is permanent now');
    expect(said).toContain('✔ access-apply.yml: job plan success, job apply success');
    expect(green).toBe(true);
  });

  it.each([
    ['aws', ''],
    ['azure', '-azure'],
  ] as const)(
    'plan in a pull request, apply exactly that plan, end rows and find no drift (%s)',
    async (cloud, end) => {
      const repository = repositoryWith(`infra-${cloud}`, cloud, rows[cloud]);
      const at = (name: string): string => `setup/workflows/${cloud}/access-${name}${end}.yml`;
      const { green, said } = await rehearsed(
        ...['--files', repository, '--workflow', at('plan'), '--workflow', at('apply'), '--event', 'push'],
        ...['--workflow', at('apply'), '--workflow', at('expire'), '--event', 'schedule', '--workflow', at('drift')],
      );
      expect(said.match(/^[✔✘] .*$/gmu)).toEqual([
        `✔ access-plan${end}.yml: job fork skipped, job plan success, job comment success`,
        `✔ access-apply${end}.yml: job plan success, job apply success, job notice not run, job evidence skipped`,
        // Nothing is left to change, so no approval is needed.
        `✔ access-apply${end}.yml: job plan success, job apply skipped, job notice not run, job evidence skipped`,
        `✔ access-expire${end}.yml: job expire success, job notice not run, job evidence skipped`,
        `✔ access-drift${end}.yml: job inventory success, job issue success, job notice not run`,
      ]);
      expect(green).toBe(true);
      expect(said).toContain('  – 1 file of --files: actions/checkout@');
      expect(said).toContain('  – the artifact plan is in reviewed: actions/download-artifact@');
      expect(said.match(/^ {2}✅ 1 granted$/gmu)).toHaveLength(1);
      expect(said).toMatch(/^ {2}drift +false$/mu);
    },
  );

  it('are refused with a message where their folder is not readable', async () => {
    const missing = rehearsed('--files', join(folder, 'none'), '--workflow', 'setup/workflows/aws/access-expire.yml');
    await expect(missing).rejects.toThrow(/^--files requires a folder that can be read: /u);
  });
});

const two = `
on:
  workflow_dispatch:
    inputs:
      hours: { type: number, default: 2 }
env: { REASON: 'INC-\${{ github.run_number }}' }
permissions: { id-token: write, actions: read }
jobs:
  last:
    needs: [first, unhappy]
    if: always()
    environment: production-access
    runs-on: ubuntu-latest
    steps:
      - run: exit 7
        continue-on-error: true
      - uses: my-org/cloud-access@v1
        name: Give it back
        with:
          cloud: aws
          operation: release
          lease-id: \${{ needs.first.outputs.lease }}
          aws-role-to-assume: arn:aws:iam::111122223333:role/my-broker
  unhappy:
    needs: first
    if: needs.first.outputs.lease == ''
    runs-on: ubuntu-latest
    steps: [{ run: exit 1 }]
  first:
    environment: production-access
    runs-on: ubuntu-latest
    outputs: { lease: '\${{ steps.access.outputs.lease-id }}' }
    steps:
      - uses: actions/checkout@v7
      - id: say
        run: |
          echo "reason=$REASON" >> "$GITHUB_OUTPUT"
          echo "MORE=x" >> "$GITHUB_ENV"
      - run: test "$MORE" = x
${access(`          lifetime: \${{ inputs.hours }}h
          keep-after-job: true
          reason: \${{ steps.say.outputs.reason }}
          aws-scheduler-role-arn: arn:aws:iam::111122223333:role/my-ender
          aws-scheduler-group: ours
`)}`;

describe('a whole workflow', () => {
  it('passes on outputs of steps and jobs, and keeps plans, results and summaries', async () => {
    const keep = join(folder, 'two');
    const { green, said } = await rehearsed('--workflow', file('two.yml', two), '--keep', keep);
    expect(said).toContain('✔ two.yml: job first success, job unhappy skipped, job last success');
    expect(green).toBe(true);
    expect(said).toContain("Job unhappy: skipped, if: needs.first.outputs.lease == ''.");
    expect(said).toContain('– not run by the rehearsal, assumed successful: actions/checkout@v7');
    expect(said).toContain('✘ run, exit code 7: exit 7');
    expect(said).toMatch(/^ {2}- uses: my-org\/cloud-access@v1\n {4}id: access$/mu);
    expect(said).toMatch(/^ {6}lifetime: 2h$/mu);
    expect(said).toMatch(/^ {6}reason: INC-42$/mu);
    expect(said).toContain('arn:aws:iam::111122223333:role/my-broker trusts environment:production-access.');
    const files = readdirSync(join(keep, '01-two-yml'));
    expect(files.filter((name) => name.endsWith('-summary.html'))).toHaveLength(3);
    expect(files.filter((name) => name.endsWith('-results.json')).length).toBeGreaterThan(1);
    expect(readFileSync(join(keep, '01-two-yml', 'index.html'), 'utf8')).toContain('its plan, a dry run');
  });

  const job = (more: string, steps: string): string => `on: [workflow_dispatch, pull_request]
jobs:
  one:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
${more}    steps:
${steps}`;

  it('is red where a step is, and skips the steps after it', async () => {
    const path = file('red.yml', job('', `${access('')}      - { run: echo never, name: Never }\n`));
    const { green, said } = await rehearsed('--workflow', path);
    expect([green, said.includes('✘ red.yml: job one failure')]).toEqual([false, true]);
    expect(said).toContain(
      'This job is repo:octo-org/infra:ref:refs/heads/main, and arn:aws:iam::111122223333:role/my-broker trusts repo:octo-org/infra:environment:production-access: it cannot sign in.',
    );
    expect(said).toContain('– skipped: Never');
  });

  it('is approved by the first of its approvers who does not start it', async () => {
    const inputs = `          require-approval: environment
          approvers: |
            octocat#583231
            hubot-admin#480938
          lifetime: permanent
`;
    const steps = access(inputs);
    const may = '    permissions: { id-token: write, actions: read }\n';
    const path = file(
      'approved.yml',
      job('    environment: production-access\n', steps).replace(/ +permissions: .*\n/u, may),
    );
    const { green, said } = await rehearsed('--workflow', path);
    expect(said).toContain('Approved by hubot-admin (ID 480938)');
    expect(said).not.toContain('starts the runs');
    expect(green).toBe(true);
  });

  it('signs in on a pull request where the estate allows it', async () => {
    const estate = file(
      'estate.yml',
      "roles: [{ arn: 'arn:aws:iam::111122223333:role/my-broker', trusts: [pull_request] }]",
    );
    const path = file('pull.yml', job('', access('          lifetime: permanent\n')));
    const { green, said } = await rehearsed('--estate', estate, '--workflow', path, '--event', 'pull_request');
    expect(said).toContain('── Job one: repo:octo-org/infra:pull_request, id-token: write');
    expect(said).not.toContain('cannot sign in');
    expect([green, said.includes('✔ pull.yml: job one success')]).toEqual([true, true]);
  });

  it('is signed in by an earlier step, which is not run', async () => {
    const before = `      - uses: aws-actions/configure-aws-credentials@v5
        with: { role-to-assume: 'arn:aws:iam::111122223333:role/access-broker', aws-region: us-east-1 }
`;
    const steps = `${before}${access('          dry-run: true\n')}`.replace(/^ +aws-role-to-assume.*\n/mu, '');
    const { green, said } = await rehearsed('--workflow', file('signed.yml', job('', steps)));
    expect(said).toContain('assumed successful: aws-actions/configure-aws-credentials@v5');
    expect(said).toContain('assumed signed in by an earlier step');
    expect(said).toContain('This run changed nothing');
    expect(green).toBe(true);
  });

  it('runs other scripts only with the option for it', async () => {
    const steps = `      - { id: where, run: 'echo "at=$(pwd)" >> "$GITHUB_OUTPUT"' }
${access('          lifetime: permanent\n          reason: ${{ steps.where.outputs.at }}\n')}`;
    const path = file('scripts.yml', job('    environment: production-access\n', steps));
    await expect(rehearsed('--workflow', path)).rejects.toThrow("--set 'steps.where.outputs.at=…'");
    const { green, said } = await rehearsed('--workflow', path, '--run-scripts');
    expect([green, /reason: .*rehearsal-.*work/u.test(said)]).toEqual([true, true]);
  });

  it('refuses before anything runs, and names an output that no earlier step has', async () => {
    const lost = rehearsed(
      ...['--workflow', 'setup/workflows/aws/release-a-lease.yml'],
      ...['--set', 'inputs.lease-id=${{ steps.access.outputs.lease-id }}'],
    );
    await expect(lost).rejects.toThrow('no step of an earlier workflow has that output');
    await expect(lost).rejects.toThrow(Misuse);
    const missing = rehearsed('--workflow', 'setup/workflows/aws/incident-access.yml');
    await expect(missing).rejects.toThrow("  --set 'inputs.incident=…'");
  });
});
