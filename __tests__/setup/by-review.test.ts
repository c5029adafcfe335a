import { expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readText } from '../docs/repository.ts';
import { amazon, awsCli } from './cli/aws.ts';
import { azureCli, microsoft } from './cli/azure.ts';
import { approved, gh, github, ruleset, type Github } from './cli/github.ts';
import { git, runScript, type Ended } from './cli/programs.ts';
import { awsArgs, azureArgs, changesIn, describeScript, withAction } from './cli/set-up.ts';

const without = (option: string, args: readonly string[]): readonly string[] =>
  args.filter((it, at) => it !== option && args[at - 1] !== option);
const byReview = (args: readonly string[]): readonly string[] => [
  ...without('--reviewer', args),
  ...['--approval', 'review', '--yes'],
];

const clouds = [
  { name: 'aws', end: '', args: awsArgs, program: () => ({ aws: awsCli(amazon()) }) },
  {
    name: 'azure',
    end: '-azure',
    args: azureArgs,
    program: () => ({
      az: azureCli(microsoft({ users: { 'alice@example.com': '05e00000-0000-4000-8000-000000000001' } })),
    }),
  },
] as const;

/** A private repository on Team: environments have no reviewers. */
const onTeam = (more: Parameters<typeof github>[0] = {}): Github => github({ reviewers: false, ...more });

describeScript.each(clouds)('setup/$name.sh --approval review', ({ name, end, args, program }) => {
  const run = (
    hub: Github,
    more: readonly string[] = [],
    look?: (folder: string) => Promise<void>,
    given = byReview(args),
  ): Promise<Ended> => runScript(`${name}.sh`, [...given, ...more], { ...program(), gh: gh(hub) }, {}, look);
  const workflows = ['lease-by-review', 'release-a-lease', 'sweep-leases'].map((it) => `${it}${end}.yml`);

  it('makes environments without reviewers, and pushes the workflow that requires the review (P12)', async () => {
    const hub = onTeam();
    let onMain: Readonly<Record<string, string>> = {};
    const ended = await run(hub, [], (folder) => {
      const remote = join(folder, 'remote.git');
      const names = git(remote, 'ls-tree', '-r', '--name-only', 'main').split('\n').filter(Boolean);
      onMain = Object.fromEntries(names.map((it) => [it, git(remote, 'show', `main:${it}`)]));
      expect(existsSync(join(folder, 'clone/.github/people.yml'))).toBe(false);
      return Promise.resolve();
    });
    expect(ended).toMatchObject({ code: 0 });
    const own = { reviewers: [], branches: ['main'] };
    expect(Object.fromEntries(hub.environments)).toMatchObject({ 'production-access': own, 'lease-end': own });
    const shipped = (file: string): string => withAction(readText(`setup/workflows/${name}/${file}`)).trim();
    expect(onMain).toEqual(Object.fromEntries(workflows.map((it) => [`.github/workflows/${it}`, shipped(it)])));
    if (name === 'aws')
      expect(changesIn(ended).join('\n')).toContain(
        'GrantWorkflows=octo-org/infra/.github/workflows/lease-by-review.yml@refs/heads/main ',
      );
    expect(hub.runs).toEqual([]);
  });

  it('lets the merge into another default branch start a lease (P12)', async () => {
    const branch = 'release/next';
    const hub = onTeam({ defaultBranch: branch, rulesets: [ruleset({ branches: [branch] })] });
    let form = '';
    const surroundings = {
      prepare: (folder: string): Promise<void> => {
        git(join(folder, 'clone'), 'branch', '--move', 'main', branch);
        git(join(folder, 'clone'), 'push', '--quiet', '../remote.git', branch);
        git(join(folder, 'remote.git'), 'symbolic-ref', 'HEAD', `refs/heads/${branch}`);
        return Promise.resolve();
      },
    };
    const ended = await runScript(
      `${name}.sh`,
      byReview(args),
      { ...program(), gh: gh(hub) },
      surroundings,
      (folder) => {
        form = readFileSync(join(folder, 'clone/.github/workflows', workflows[0] ?? ''), 'utf8');
        return Promise.resolve();
      },
    );
    expect(ended).toMatchObject({ code: 0 });
    expect(parse(form)).toMatchObject({ on: { push: { branches: [branch] } } });
  });

  it('starts the sweep, but no lease, and prints the request of docs/approval.md to paste', async () => {
    const hub = onTeam();
    const ended = await run(hub, ['--who', 'alice@example.com', '--incident', 'INC-4711']);
    expect(ended).toMatchObject({ code: 0 });
    expect(hub.runs).toMatchObject([{ workflow: `sweep-leases${end}.yml` }]);
    const [, pasted = ''] = ended.text.split(/^cat > /mu);
    const [, documented = ''] = readText('docs/approval.md').split(
      new RegExp(`^cat > access/request-${name}\\.yml << 'END'.*\\n`, 'mu'),
    );
    const request = documented.slice(0, documented.indexOf('END\n'));
    expect(pasted).toMatch(
      /^access\/request-\S+ << 'END' && git add .* && git push -u origin HEAD && gh pr create .*\n/u,
    );
    expect(pasted).toContain(`\n${request}END\n`);
  });

  it('stops at a way around the review, which would be a way around every approval (P12)', async () => {
    for (const [hub, gap] of [
      [
        onTeam({ rulesets: [ruleset({ bypass: [{ actor_type: 'RepositoryRole', actor_id: 5 }] })] }),
        'administrators can',
      ],
      [onTeam({ rulesets: [ruleset({ bypass: null })] }), 'GitHub does not show who can bypass'],
      [onTeam({ rulesets: [ruleset({ fresh: false })] }), 'after the approval need no new one'],
      [onTeam({ isProtected: false }), 'main accepts pushes without a review'],
    ] as const) {
      const ended = await run(hub);
      expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(gap) as unknown });
      expect(ended.text).toContain('gh api --method POST repos/octo-org/infra/rulesets');
      expect(changesIn(ended)).toEqual([]);
    }
  });

  it('stops at an existing environment that lets other branches in than reviewed ones (P12)', async () => {
    const bypassed = ruleset({
      name: 'release',
      branches: ['release'],
      bypass: [{ actor_type: 'DeployKey', actor_id: null }],
    });
    for (const [branches, gap] of [
      ['protected', 'production-access allows every protected branch (main, release)'],
      [['main', 'release'], 'production-access allows the branch release, where there are ways around the review: '],
    ] as const) {
      const existing = approved({ reviewers: [], branches: branches === 'protected' ? branches : [...branches] });
      const hub = onTeam({
        rulesets: [ruleset(), bypassed],
        environments: new Map([['production-access', existing]]),
      });
      const ended = await run(hub);
      expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(gap) as unknown });
      expect(changesIn(ended)).toEqual([]);
    }
  });

  it('is what the script without it names where GitHub refuses reviewers', async () => {
    const ended = await run(onTeam(), ['--yes'], undefined, args);
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining('--approval review') as unknown });
  });

  it.each([
    [['--approval', 'none'], '--approval none does not have the expected form. Example: --approval review'],
    [['--approval', 'review'], '--reviewer is of --approval environment'],
  ])('is refused in words: %s', async (more, fault) => {
    const ended = await run(onTeam(), more, undefined, args);
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(fault) as unknown });
    expect(changesIn(ended)).toEqual([]);
  });
});
