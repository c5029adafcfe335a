import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';

import { Misuse, type OwnOptions } from '../../rehearsal/own/options.ts';
import type { OwnJob } from '../../rehearsal/own/read-job.ts';
import { readStep } from '../../rehearsal/own/read-step.ts';
import { rehearseStep } from '../../rehearsal/own/rehearse-step.ts';
import { runStep } from '../../rehearsal/runner/step.ts';
import { makeStyle } from '../../rehearsal/show/style.ts';
import { inWorld } from '../scenario/support.ts';

type Mapping = Readonly<Record<string, unknown>>;

const broker = 'arn:aws:iam::111122223333:role/my-broker';
const inputs = {
  cloud: 'aws',
  principal: 'group:Payments On-Call',
  role: 'ReadOnlyAccess',
  target: '123456789012',
  'aws-region': 'us-east-1',
} as const;
const onAws = { ...inputs, 'aws-role-to-assume': broker } as const;
const onAzure = {
  cloud: 'azure',
  principal: 'group:Payments On-Call',
  role: 'Storage Blob Data Reader',
  target: 'resource-group:payments-prod',
  'azure-client-id': 'a9900000-0000-4000-8000-0000000000b0',
  'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001',
  'azure-subscription-id': '11111111-2222-4333-8444-555555555501',
} as const;
const onAzureWithout = { ...onAzure, 'azure-client-id': 'none', 'azure-tenant-id': '' } as const;
/** A job with the sign-in of the estate. */
const good = { 'runs-on': 'ubuntu-latest', environment: 'production-access', permissions: { 'id-token': 'write' } };

interface Parts {
  readonly on?: unknown;
  readonly workflow?: Mapping;
  readonly job?: Mapping;
  readonly before?: readonly unknown[];
  readonly with?: Mapping;
  readonly event?: string;
  readonly values?: Readonly<Record<string, string>>;
}

async function withWorkflow<T>(parts: Parts, work: (options: OwnOptions) => T | Promise<T>): Promise<T> {
  const { on = 'workflow_dispatch', workflow = {}, job = good, before = [] } = parts;
  const step = { uses: 'OWNER/cloud-access@v1', id: 'access', with: parts.with ?? onAws };
  const text = stringify({ on, ...workflow, jobs: { one: { ...job, steps: [...before, step] } } });
  const folder = mkdtempSync(join(tmpdir(), 'own-job-'));
  try {
    const path = join(folder, 'access.yml');
    writeFileSync(path, text);
    const values = new Map(Object.entries(parts.values ?? {}));
    return await work({
      estate: null,
      files: null,
      from: { kind: 'workflow', path, id: '' },
      event: parts.event ?? null,
      values,
      keep: null,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const jobOf = (parts: Parts): Promise<OwnJob | null> => withWorkflow(parts, (options) => readStep(options).job);

describe('the job of a step in a workflow', () => {
  it.each<[string, Mapping | undefined, Mapping | undefined, boolean]>([
    ['nowhere', undefined, undefined, false],
    ['for the workflow', { permissions: { 'id-token': 'write' } }, undefined, true],
    ['for the job', { permissions: {} }, { permissions: { 'id-token': 'write' } }, true],
    ['for the workflow, and not for the job', { permissions: 'write-all' }, { permissions: {} }, false],
    ['with everything', { permissions: 'write-all' }, undefined, true],
    ['to read everything', { permissions: 'read-all' }, undefined, false],
    ['to read', { permissions: { 'id-token': 'read' } }, undefined, false],
  ])('has ID tokens as its permissions allow: %s', async (_, workflow = {}, job = {}, idToken) => {
    expect(await jobOf({ workflow, job })).toMatchObject({ idToken });
  });

  it.each<[string, unknown, string | null]>([
    ['none', undefined, null],
    ['a name', 'prod', 'prod'],
    ['a name with an address', { name: 'prod', url: 'https://example.com' }, 'prod'],
    ['an expression', '${{ inputs.where }}', 'staging'],
  ])('has the environment: %s', async (_, environment, name) => {
    const job = environment === undefined ? {} : { environment };
    expect(await jobOf({ job, values: { 'inputs.where': 'staging' } })).toMatchObject({ environment: name });
  });

  it('needs the value of the expression of an environment', async () => {
    await expect(jobOf({ job: { environment: '${{ inputs.where }}' } })).rejects.toThrow("--set 'inputs.where=…'");
  });

  it.each<[unknown, string, string]>([
    ['issue_comment', 'issue_comment', 'refs/heads/main'],
    [['schedule', 'workflow_dispatch'], 'workflow_dispatch', 'refs/heads/main'],
    [{ schedule: [{ cron: '1 * * * *' }], push: null }, 'schedule', 'refs/heads/main'],
    ['workflow_call', 'workflow_dispatch', 'refs/heads/main'],
    [{ push: { branches: ['dev', 'main'] } }, 'push', 'refs/heads/main'],
    [{ push: { branches: ['!no', 'release/**'] } }, 'push', 'refs/heads/release/1'],
    [{ push: { tags: ['v*'] } }, 'push', 'refs/tags/v1'],
    [{ pull_request: null }, 'pull_request', 'refs/pull/1/merge'],
    ['release', 'release', 'refs/tags/v1'],
  ])('runs on %j as on %s at %s', async (on, event, ref) => {
    expect(await jobOf({ on })).toMatchObject({ event, ref });
  });

  it('runs on the requested one of its events, and on no other', async () => {
    const on = ['workflow_dispatch', 'issue_comment'];
    expect(await jobOf({ on, event: 'issue_comment' })).toMatchObject({ event: 'issue_comment' });
    const other = jobOf({ on, event: 'push' });
    await expect(other).rejects.toThrow('does not run on push; it runs on: workflow_dispatch, issue_comment.');
    await expect(other).rejects.toThrow(Misuse);
  });

  it('is refused where it never runs', async () => {
    await expect(jobOf({ on: null })).rejects.toThrow('does not say when it runs');
  });

  const configure = { uses: 'aws-actions/configure-aws-credentials@v5', with: { 'role-to-assume': broker } };

  it.each<[string, Parts, Partial<OwnJob['before']>]>([
    ['nobody', {}, { aws: false, azure: false, role: null }],
    ['configure-aws-credentials', { before: [configure] }, { aws: true, azure: false, role: broker }],
    [
      'configure-aws-credentials without ID tokens',
      { before: [configure], job: { 'runs-on': 'ubuntu-24.04' } },
      { aws: false },
    ],
    ['azure/login', { before: [{ uses: 'azure/login@v2', with: { 'client-id': 'x' } }] }, { aws: false, azure: true }],
    [
      'azure/login with a secret',
      { before: [{ uses: 'azure/login@v2', with: { creds: 'x' } }], job: { 'runs-on': 'ubuntu-latest' } },
      { azure: true },
    ],
    ['the environment', { job: { ...good, env: { AWS_ACCESS_KEY_ID: 'x' } } }, { aws: true }],
    ['a script', { before: [{ run: 'az login --identity' }] }, { azure: true }],
    ['a runner of their own', { job: { ...good, 'runs-on': ['self-hosted'] } }, { aws: true, azure: true }],
  ])('is signed in before the step by %s', async (_, parts, before) => {
    expect((await jobOf(parts))?.before).toMatchObject(before);
  });
});

interface Rehearsed {
  readonly green: boolean;
  readonly said: string;
}

const rehearsed = (parts: Parts): Promise<Rehearsed> =>
  withWorkflow(parts, async (options) => {
    const said: string[] = [];
    const green = await rehearseStep(options, makeStyle(false), (text) => said.push(text));
    return { green, said: said.join('\n') };
  });

describe("a rehearsal of a workflow's step", () => {
  it('shows the values from the workflow, and the assumed ones', async () => {
    const { green, said } = await rehearsed({});
    expect(said.split('\n').slice(0, 2)).toEqual([
      'From access.yml: id-token: write, environment production-access, workflow_dispatch on refs/heads/main.',
      `Assumed: a job of octo-org/infra; ${broker} trusts repo:octo-org/infra:environment:production-access and may do everything.`,
    ]);
    expect(green).toBe(true);
    expect(said).toContain('end green, if the assumptions above are true.');
  });

  it.each<[string, Parts, string]>([
    [
      'no ID token',
      { job: { ...good, permissions: {} } },
      'permissions: This job has no permission to request an ID token',
    ],
    [
      'no environment',
      { job: { ...good, environment: '' } },
      'This job is repo:octo-org/infra:ref:refs/heads/main, and arn:aws:iam::111122223333:role/my-broker trusts',
    ],
    [
      'another environment',
      { job: { ...good, environment: 'prod' } },
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    ],
    ['another environment on Azure', { job: { ...good, environment: 'prod' }, with: onAzure }, 'AADSTS700213'],
    [
      'an event that strangers can cause',
      { on: 'issue_comment' },
      'allow-event: issue_comment started this workflow, and this list does not name it.',
    ],
    ['without a sign-in', { with: inputs }, 'assumed not signed in'],
    ['without a sign-in on Azure', { with: onAzureWithout }, 'assumed not signed in'],
  ])('is red where the real step is: %s', async (_, parts, told) => {
    const { green, said } = await rehearsed(parts);
    expect(said).toContain(told);
    expect([green, said.includes('✘ Not green')]).toEqual([false, true]);
  });

  it.each<[string, Parts]>([
    ['aws', { before: [{ uses: 'aws-actions/configure-aws-credentials@v5', with: {} }], with: inputs }],
    ['azure', { before: [{ uses: 'azure/login@v2' }], with: onAzureWithout }],
  ])('is signed in by an earlier step of the job (%s)', async (_, parts) => {
    const { green, said } = await rehearsed(parts);
    expect(said).toMatch(/^No (?:aws-role-to-assume|azure-client-id): assumed signed in by an earlier step\.$/mu);
    expect(green).toBe(true);
  });

  it('names the permission set that the policies for leases do not allow', async () => {
    const ender = 'arn:aws:iam::111122223333:role/my-ender';
    const lease = { ...onAws, lifetime: '1h', 'aws-scheduler-role-arn': ender };
    expect((await rehearsed({ with: lease })).said).toContain('In this estate ReadOnlyAccess does not have it');
    for (const leasable of [{ ...lease, role: 'IncidentAdmin' }, onAws])
      expect((await rehearsed({ with: leasable })).said).not.toContain('not have it');
  });
});

describe('an input that the action does not declare', () => {
  it("is shown as by GitHub's runner", () =>
    inWorld({}, async (world) => {
      const { log, annotations } = await runStep(world, {
        inputs: { ...onAws, 'life-time': '1h', Reason: 'R', x: '' },
      });
      expect(log.split('\n')[0]).toMatch(
        /^Warning: Unexpected input\(s\) 'life-time', 'x', valid inputs are \['cloud', 'operation', .+, 'ticket-system'\]$/u,
      );
      expect(annotations.filter(({ message }) => message.startsWith('Unexpected'))).toHaveLength(1);
    }));
});
