import { describe, expect, it } from '@jest/globals';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readText, root } from './repository.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = '.github/workflows';
const files = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
const workflows = files.map((name) => ({ name, workflow: parse(readText(name)) as Workflow }));
const steps = workflows.flatMap(({ workflow }) => Object.values(workflow.jobs).flatMap((job) => job.steps));

describe('workflows', () => {
  it.each(workflows)('$name gives nothing away by default, and each job only what it says', ({ workflow }) => {
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) {
      expect([{}, { contents: 'read' }]).toContainEqual(job.permissions);
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('pin every action by its full SHA, with the version beside it', () => {
    const lines = files.flatMap((name) => readText(name).split('\n')).filter((line) => /\buses:/u.test(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u);
  });

  it('check out without leaving a token behind', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const checkout of checkouts) expect(checkout.with).toMatchObject({ 'persist-credentials': false });
  });

  it('put no expression into a script', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{');
  });

  it('have one job that stands for all others of CI', () => {
    const { jobs } = parse(readText(`${folder}/ci.yml`)) as Workflow;
    const { passed, ...others } = jobs;
    expect(passed?.if).toBe('always()');
    expect(passed?.needs).toEqual(Object.keys(others));
  });
});

describe('.ci/run', () => {
  // Windows has no such bit.
  (process.platform === 'win32' ? it.skip : it)('can be run', () => {
    expect(statSync(join(root, '.ci/run')).mode & 0o111).not.toBe(0);
  });

  it('is what CI runs', () => {
    expect(steps.map(({ run }) => run)).toContain('.ci/run');
  });
});
