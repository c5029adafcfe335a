import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readText, root } from './repository.ts';

interface Step {
  readonly uses?: string;
  readonly if?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly needs?: readonly string[];
  readonly environment?: string;
  readonly if?: string;
  readonly uses?: string;
  /** None in a job that calls a workflow. */
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: object;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const { version } = JSON.parse(readText('package.json')) as { readonly version: string };
const folder = '.github/workflows';
const files = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
const workflows = files.map((name) => ({ name, workflow: parse(readText(name)) as Workflow }));
const stepsOf = (job: Job | undefined): readonly Step[] => job?.steps ?? [];
const steps = workflows.flatMap(({ workflow }) => Object.values(workflow.jobs).flatMap(stepsOf));

/** What others call from beside it: the same repository, at the same commit. */
const notice = './.github/workflows/notice.yml';

/** Those that other repositories call, and that sign in to a cloud there. */
const isCalled = (workflow: Workflow): boolean => 'workflow_call' in workflow.on;

/** What a job may be allowed: more than reading only to sign in, to attest a release, and to publish it. */
const allowed: Readonly<Record<string, readonly unknown[]>> & { readonly default: readonly unknown[] } = {
  default: [{}, { contents: 'read' }],
  [`${folder}/release.yml`]: [
    { contents: 'read' },
    { 'id-token': 'write', attestations: 'write' },
    { contents: 'write' },
  ],
};

describe('workflows', () => {
  it.each(workflows)('$name gives nothing away by default, and each job only what it says', ({ name, workflow }) => {
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) {
      const sends = job.uses === notice || name.endsWith('/notice.yml');
      if (sends) expect(job.permissions).toEqual({});
      else if (isCalled(workflow)) {
        const { 'id-token': signsIn, ...others } = job.permissions as Readonly<Record<string, string>>;
        expect([signsIn, ...new Set(Object.values(others))]).toEqual(['write', 'read']);
      } else expect(allowed[name] ?? allowed.default).toContainEqual(job.permissions);
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('pin every action by its full SHA, with the version beside it', () => {
    const all = files.flatMap((name) => readText(name).split('\n')).filter((line) => /\buses:/u.test(line));
    // This action, checked out at the commit of the file, and what lies beside it: see reusable-workflows.test.ts.
    const own = [
      '      - uses: ./.cloud-access',
      `    uses: ${notice} # of this repository, at the commit of this file`,
    ];
    const lines = all.filter((line) => !own.includes(line));
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

describe('a release', () => {
  const { jobs } = parse(readText(`${folder}/release.yml`)) as Workflow;

  it('runs the checks of every change before it builds, attests and publishes, in this order', () => {
    expect(Object.keys(jobs)).toEqual(['checks', 'build', 'attest', 'publish']);
    expect(Object.values(jobs).map(({ needs }) => needs)).toEqual([undefined, ['checks'], ['build'], ['attest']]);
    expect(stepsOf(jobs['checks']).map(({ run }) => run)).toContain('.ci/run');
  });

  it('lets nobody’s code run where it may write', () => {
    const writing = Object.values(jobs).filter(({ permissions }) =>
      Object.values(permissions as Record<string, string>).includes('write'),
    );
    expect(writing).not.toEqual([]);
    const runs = writing.flatMap((job) => stepsOf(job).map(({ run = '' }) => run));
    expect(runs.filter((run) => /npm|node |\.ci/u.test(run))).toEqual([]);
  });

  it('moves the major tag and "latest" after it is approved and out, and only as newest.sh says', () => {
    const { publish } = jobs;
    expect(publish?.environment).toBe('release');
    const runs = stepsOf(publish).map(({ run = '' }) => run);
    const at = (text: string): number => runs.findIndex((run) => run.includes(text));
    const order = [
      'scripts/newest.sh "$GITHUB_REF_NAME" < released',
      'gh release create',
      '--draft=false --latest="$LATEST"',
      'refs/tags/$MAJOR',
    ];
    expect(order.map(at)).toEqual(order.map(at).toSorted((a, b) => a - b));
    expect(order.map(at)).not.toContain(-1);
    expect(stepsOf(publish).at(-1)?.if).toBe("steps.newest.outputs.major != ''");
    const others = Object.entries(jobs).filter(([name]) => name !== 'publish');
    expect(
      others.flatMap(([, job]) => stepsOf(job).filter(({ run = '' }) => /git push|git\/refs|gh release/u.test(run))),
    ).toEqual([]);
  });

  // Windows has no such shell everywhere.
  (process.platform === 'win32' ? it.skip : it).each<[string, readonly string[], string]>([
    ['v1.0.0', [], 'latest=true major=v1'],
    ['v1.3.0', ['v1.2.0', 'v1.1.0'], 'latest=true major=v1'],
    ['v1.10.0', ['v1.9.0', 'v1.2.0'], 'latest=true major=v1'],
    ['v2.0.0', ['v1.9.0'], 'latest=true major=v2'],
    // A patch of an old line.
    ['v1.1.5', ['v1.2.0', 'v1.1.4'], 'latest=false'],
    ['v1.9.1', ['v2.0.0', 'v1.9.0'], 'latest=false major=v1'],
    // v1 is not the beginning of v10.
    ['v1.2.1', ['v10.0.0', 'v1.2.0'], 'latest=false major=v1'],
    // Run again: the newest stays where it is, an older one moves nothing.
    ['v1.2.0', ['v1.2.0', 'v1.1.0'], 'latest=true major=v1'],
    ['v1.1.0', ['v1.2.0', 'v1.1.0'], 'latest=false'],
    ['v1.3.0-rc.1', ['v1.2.0'], 'latest=false'],
    ['nightly', ['v1.2.0'], 'latest=false'],
    // What is out under such a tag is in nothing's way.
    ['v1.3.0', ['v1.4.0-rc.1', 'v2.0.0-beta.2', 'nightly', 'v1.2.0'], 'latest=true major=v1'],
  ])('%s, with %j out, moves: %s', (tag, out, moved) => {
    const { status, stdout } = spawnSync('scripts/newest.sh', [tag], {
      cwd: root,
      encoding: 'utf8',
      input: out.map((it) => `${it}\n`).join(''),
    });
    expect({ status, moved: stdout.trim().replaceAll('\n', ' ') }).toEqual({ status: 0, moved });
  });

  it.each([
    ['v0.0.0', ['the tag is v0.0.0', 'no section "[0.0.0]']],
    [`v${version}`, []],
  ])('under %s is refused for what is wrong with it', (tag, told) => {
    const { stdout } = spawnSync(process.execPath, ['scripts/release.ts', 'check', tag], {
      cwd: root,
      encoding: 'utf8',
    });
    for (const text of told) expect(stdout).toContain(text);
    expect(stdout.includes('the tag is')).toBe(told.length > 0);
  });

  it('is an archive of what the action needs, with its parts and notes', () => {
    const into = mkdtempSync(join(tmpdir(), 'release-'));
    try {
      const { status } = spawnSync(process.execPath, ['scripts/release.ts', 'pack', `v${version}`, into], {
        cwd: root,
      });
      expect(status).toBe(0);
      const listed = spawnSync('tar', ['-tzf', join(into, `cloud-access-v${version}.tar.gz`)], { encoding: 'utf8' });
      const names = new Set(listed.stdout.split('\n').map((line) => line.split('/')[1] ?? ''));
      expect([...names]).toEqual(expect.arrayContaining(['action.yml', 'dist', 'LICENSE', 'README.md']));
      for (const name of ['src', 'rehearsal', '__tests__', 'peers', 'mutations']) expect(names).not.toContain(name);
      const sbom = JSON.parse(readFileSync(join(into, 'sbom.spdx.json'), 'utf8')) as {
        readonly spdxVersion: string;
        readonly packages: readonly { readonly name: string }[];
      };
      expect(sbom.spdxVersion).toBe('SPDX-2.3');
      expect(sbom.packages.map(({ name }) => name)).toContain('@azure/arm-authorization');
    } finally {
      rmSync(into, { recursive: true, force: true });
    }
  }, 120_000);
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
