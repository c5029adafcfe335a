import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readText, root } from '../docs/repository.ts';
import { amazon, awsCli, incidentAdmin, type Aws } from './cli/aws.ts';
import { azureCli, microsoft, type Azure } from './cli/azure.ts';
import { environment, gh, github, ruleset, type Github } from './cli/github.ts';
import { commit, git, runScript, type Ended, type Surroundings } from './cli/programs.ts';
import {
  aws,
  awsArgs,
  azure,
  azureArgs,
  changesIn,
  describeScript,
  octocat,
  peopleFile,
  reference,
  withAction,
} from './cli/set-up.ts';

const files = (name: 'aws' | 'azure'): readonly string[] =>
  ['incident-access', 'release-a-lease', 'sweep-leases'].map((it) => `${it}${name === 'azure' ? '-azure' : ''}.yml`);
interface Cloud {
  readonly name: 'aws' | 'azure';
  readonly args: readonly string[];
  readonly program: () => Readonly<Record<string, ReturnType<typeof gh>>>;
  /** Every call that changes the cloud, in order. */
  readonly changes: readonly string[];
}

const grantWorkflow = 'octo-org/infra/.github/workflows/incident-access.yml@refs/heads/main';
const clouds: readonly Cloud[] = [
  {
    name: 'aws',
    args: awsArgs,
    program: () => ({ aws: awsCli(amazon()) }),
    changes: ['aws cloudformation deploy', 'aws cloudformation update-termination-protection', 'aws sso-admin tag'],
  },
  { name: 'azure', args: azureArgs, program: () => ({ az: azureCli(microsoft()) }), changes: ['az deployment sub'] },
];
/** How the workflows of a test are on main of the remote, by name. */
function pushed(folder: string): Readonly<Record<string, string>> {
  const names = git(join(folder, 'remote.git'), 'ls-tree', '-r', '--name-only', 'main').split('\n').filter(Boolean);
  return Object.fromEntries(names.map((it) => [it, git(join(folder, 'remote.git'), 'show', `main:${it}`)]));
}
const commits = (folder: string, at: string): string => git(join(folder, at), 'log', '--format=%s', 'main');

describeScript.each(clouds)('setup/$name.sh', ({ name, args, program, changes }) => {
  it('makes the environments, then the roles, and writes the workflows of setup/workflows with the values', async () => {
    const hub = github();
    const written: Record<string, string> = {};
    let rows = '';
    let onMain: Readonly<Record<string, string>> = {};
    const ended = await runScript(
      `${name}.sh`,
      args,
      { ...program(), gh: gh(hub) },
      { answer: 'y\n' },
      async (folder) => {
        const at = join(folder, 'clone', '.github', 'workflows');
        for (const file of await readdir(at)) written[file] = await readFile(join(at, file), 'utf8');
        rows = await readFile(join(at, '..', 'people.yml'), 'utf8');
        onMain = pushed(folder);
      },
    );
    expect(ended).toMatchObject({ code: 0 });
    const made = changesIn(ended);
    expect(made.slice(0, 4)).toEqual([
      'gh api --method PUT repos/octo-org/infra/environments/production-access --input -',
      'gh api --method PUT repos/octo-org/infra/environments/lease-end --input -',
      'gh api --method POST repos/octo-org/infra/environments/production-access/deployment-branch-policies -f name=main',
      'gh api --method POST repos/octo-org/infra/environments/lease-end/deployment-branch-policies -f name=main',
    ]);
    expect(made.slice(4)).toEqual(changes.map((it) => expect.stringContaining(it) as unknown));
    expect(Object.fromEntries(hub.environments)).toEqual({
      'production-access': {
        reviewers: [{ type: 'User', id: 583231 }],
        preventSelfReview: true,
        bypass: false,
        branches: ['main'],
      },
      'lease-end': { reviewers: [], preventSelfReview: false, bypass: true, branches: ['main'] },
    });
    // The values of the examples are those of the doubles.
    const expected = files(name).map((file) => [file, withAction(readText(`setup/workflows/${name}/${file}`))]);
    expect(written).toEqual(Object.fromEntries(expected));
    expect(parse(rows)).toEqual({ version: 1, people: [{ github: 1 }, { github: 583231 }] });
    expect(onMain).toEqual({
      ...Object.fromEntries(expected.map(([file = '', text = '']) => [`.github/workflows/${file}`, text.trim()])),
      '.github/people.yml': rows.trim(),
    });
    expect(ended.text).not.toContain('bypass configured protection rules');
    expect(hub.runs).toEqual([]);
    expect(ended.text).toContain(
      `give each person who takes leases a line below the ID of their account, such as:\n       ${name}: user:`,
    );
    expect(ended.text).toContain(`gh workflow run ${files(name)[0] ?? ''} --repo octo-org/infra -f incident=first`);
  });

  it('changes nothing unless it is told to go on', async () => {
    const hub = github();
    const ended = await runScript(`${name}.sh`, args, { ...program(), gh: gh(hub) }, { answer: '\n' });
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining('Nothing was changed.') as unknown });
    expect(changesIn(ended)).toEqual([]);
    expect(ended.text).toContain(
      'approved by octocat, never by the person who started the run; no bypass for administrators; branch main only',
    );
  });

  it('tells all that is missing at once, before it asks anybody', async () => {
    const ended = await runScript(`${name}.sh`, ['--repository', 'infra', '--frobnicate', 'x'], {});
    expect(ended).toMatchObject({ code: 1, calls: [] });
    for (const fault of [
      '--repository infra does not have the expected form. Example: --repository octo-org/infra',
      'There is no option --frobnicate',
      '--into is missing. Example: --into ../infra',
      '--reviewer is missing. It is required unless the environment production-access exists. Example: --reviewer octocat',
      'gh is not installed',
      `${name === 'aws' ? 'aws' : 'az'} is not installed`,
      name === 'aws' ? '--account is missing. Example: --account 123456789012' : '--location is missing',
    ])
      expect(ended.text).toContain(fault);
  });

  it('tells that nobody approves beside the one other thing that is missing', async () => {
    const own = name === 'aws' ? '--account' : '--location';
    const given = args.flatMap((it, index) =>
      [own, '--reviewer'].includes(args[index - (index % 2)] ?? '') ? [] : [it],
    );
    const ended = await runScript(`${name}.sh`, given, { ...program(), gh: gh(github()) });
    expect(ended).toMatchObject({ code: 1, calls: [] });
    expect(ended.text.match(/^ {2}- /gmu)).toHaveLength(2);
    expect(ended.text).toMatch(new RegExp(`${own} is missing[^]*--reviewer is missing`, 'u'));
  });

  it('leaves what is there as it is, workflows and environments too', async () => {
    const hub = github();
    const all = { ...program(), gh: gh(hub) };
    const file = files(name)[2] ?? '';
    const at = (folder: string): string => join(folder, 'clone', '.github', 'workflows');
    let text = '';
    await runScript(`${name}.sh`, [...args, '--yes'], all, {}, async (folder) => {
      text = await readFile(join(at(folder), file), 'utf8');
    });
    const with_ = (what: string): Surroundings => ({
      prepare: async (folder) => {
        await mkdir(at(folder), { recursive: true });
        await writeFile(join(at(folder), file), what);
      },
    });
    const again = await runScript(`${name}.sh`, [...args, '--yes'], all, with_(text));
    expect(again).toMatchObject({ code: 0 });
    expect(again.text).toMatch(new RegExp(`${file} +exists, exactly as it would be written`, 'u'));
    // Both say nothing new where it is so already.
    const idle = /tag-resource|update-termination-protection/u;
    expect(changesIn(again).filter((it) => !idle.test(it))).toEqual([]);
    // Somebody's own is told before anything is changed, and stays.
    let kept = '';
    const own = await runScript(`${name}.sh`, [...args, '--yes'], all, with_('mine'), async (folder) => {
      kept = await readFile(join(at(folder), file), 'utf8');
    });
    expect(own).toMatchObject({ code: 1 });
    expect(own.text).toContain(`Nothing was changed. Fix this first:\n  - clone/.github/workflows/${file} exists`);
    expect(changesIn(own)).toEqual([]);
    expect(kept).toBe('mine');
  });

  it('takes a workflow for somebody’s own before anything was set up', async () => {
    const file = files(name)[0] ?? '';
    const ended = await runScript(
      `${name}.sh`,
      [...args, '--yes'],
      { ...program(), gh: gh(github()) },
      {
        prepare: async (folder) => {
          const at = join(folder, 'clone', '.github', 'workflows');
          await mkdir(at, { recursive: true });
          await writeFile(join(at, file), readText(`setup/workflows/${name}/${file}`));
        },
      },
    );
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(`${file} exists with`) as unknown });
    expect(changesIn(ended)).toEqual([]);
  });

  it('goes on after it was broken off', async () => {
    const hub = github();
    const policies = 'POST repos/octo-org/infra/environments/production-access/deployment-branch-policies';
    const broken = { ...hub, refusal: { path: policies, answer: { code: 1, err: 'gh: Server Error (HTTP 502)\n' } } };
    const cloud = program();
    const first = await runScript(`${name}.sh`, [...args, '--yes'], { ...cloud, gh: gh(broken) });
    expect(first).toMatchObject({ code: 1, text: expect.stringContaining('HTTP 502') as unknown });
    expect(first.text).toContain(
      'Stopped halfway, at: branch main in production-access.\nDone before:\n  - environment production-access\n',
    );
    const second = await runScript(`${name}.sh`, [...args, '--yes'], { ...cloud, gh: gh(hub) });
    expect(second).toMatchObject({ code: 0 });
    for (const { branches } of hub.environments.values()) expect(branches).toEqual(['main']);
  });

  it.each<[string, Partial<Github>, string]>([
    [
      'somebody who is no administrator',
      { administrator: false },
      'Only an administrator of octo-org/infra can create environments',
    ],
    [
      'a subject that is customized',
      { claims: ['repo', 'context', 'job_workflow_ref'] },
      'customized (repo,context,job_workflow_ref), and the roles trust only the default one. Restore the default: gh api --method PUT repos/octo-org/infra/actions/oidc/customization/sub -F use_default=true',
    ],
    [
      'a subject that the organization has customized',
      { claims: [], organizationClaims: ['repository_id'] },
      'is customized (repository_id)',
    ],
    [
      'a token without a scope',
      { scopes: 'public_repo, workflow' },
      'token has no scope repo, only public_repo, workflow: gh auth',
    ],
    ['a subject of its own', { prefix: 'repository_owner:octo-org' }, 'Could not read which subject'],
    [
      'an environment without reviewers',
      { environments: new Map([['production-access', environment()]]) },
      'The environment production-access exists without reviewers',
    ],
    [
      'environments that let in every branch',
      {
        environments: new Map([
          ['production-access', environment({ reviewers: octocat, preventSelfReview: true })],
          ['lease-end', environment()],
        ]),
      },
      'The environment lease-end allows every branch',
    ],
    [
      'an environment whose reviewers may approve their own runs',
      {
        environments: new Map([['production-access', environment({ reviewers: octocat, branches: ['main'] })]]),
      },
      "exists without 'Prevent self-review'",
    ],
    [
      'an end that waits for an approval',
      {
        environments: new Map([['lease-end', environment({ reviewers: octocat, preventSelfReview: true })]]),
      },
      'ending must not wait for an approval',
    ],
    [
      'an end that waits for a timer',
      { environments: new Map([['lease-end', environment({ branches: ['main'], waits: 30 })]]) },
      'The environment lease-end has a wait timer',
    ],
    [
      'an end that waits for an app',
      { environments: new Map([['lease-end', environment({ branches: ['main'], apps: ['gatekeeper'] })]]) },
      'The environment lease-end asks gatekeeper first',
    ],
  ])('refuses %s', async (_what, more, text) => {
    const ended = await runScript(`${name}.sh`, [...args, '--yes'], { ...program(), gh: gh(github(more)) });
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(changesIn(ended)).toEqual([]);
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['that gh is told to ask', [], { GH_HOST: 'octo.ghe.com' }],
    ['of the repository', ['--repository=octo.ghe.com/octo-org/infra'], {}],
  ])('refuses another GitHub before it asks anybody: one %s', async (_what, more, env) => {
    const rest = more.length === 0 ? args : args.slice(2);
    const ended = await runScript(`${name}.sh`, [...rest, ...more], { ...program(), gh: gh(github()) }, { env });
    expect(ended).toMatchObject({ code: 1, calls: [] });
    expect(ended.text).toContain('is for octo.ghe.com, and the roles trust tokens of github.com only');
    expect(ended.text.match(/^ {2}- /gmu)).toHaveLength(1);
  });

  it('makes no roles where GitHub makes the environment without reviewers (P10)', async () => {
    const ended = await runScript(`${name}.sh`, [...args, '--yes'], {
      ...program(),
      gh: gh(github({ reviewers: false })),
    });
    expect(ended).toMatchObject({
      code: 1,
      text: expect.stringContaining('does not allow required reviewers for production-access') as unknown,
    });
    // Nothing is in the way of another try.
    expect(changesIn(ended).map((it) => it.split(' ')[3])).toEqual(['PUT', 'DELETE']);
  });

  it('takes options as one word too, and a folder with a space', async () => {
    const words = args
      .join('\n')
      .replaceAll(/^(--[a-z-]+)\n/gmu, '$1=')
      .replace('--into=clone', '--into=my clone/');
    const ended = await runScript(
      `${name}.sh`,
      [...words.split('\n'), '--yes'],
      { ...program(), gh: gh(github()) },
      { prepare: (folder) => rename(join(folder, 'clone'), join(folder, 'my clone')) },
    );
    expect(ended).toMatchObject({ code: 0, text: expect.stringContaining('✓ files on main') as unknown });
  });

  it('pushes, sees a sweep green and takes the first lease, after one question', async () => {
    // What was just pushed is not known at once.
    const [lease = '', , sweep = ''] = files(name);
    const before = { id: 6000, workflow: sweep, inputs: {}, looks: 9 };
    const hub = github({ unknown: 2, runs: [before] });
    const with_ = [...args, '--who', 'alice@example.com', '--incident', 'INC-4711'];
    const ended = await runScript(`${name}.sh`, with_, { ...program(), gh: gh(hub) }, { answer: 'Yes\n' });
    expect(ended).toMatchObject({ code: 0 });
    expect(hub.runs).toMatchObject([{ id: 6000 }, { workflow: sweep, inputs: {}, looks: 5 }, { workflow: lease }]);
    expect(hub.runs[2]?.inputs).toEqual({ incident: 'INC-4711' });
    expect(ended.text).toMatch(
      /a sweep, and if that is green a lease for alice@example\.com.*, incident INC-4711, which waits for octocat\n/u,
    );
    expect(ended.text.split('Everything is set up. What is left:\n')[1]).toBe(
      [
        '  1. Have the lease approved, by octocat: https://github.com/octo-org/infra/actions/runs/7002',
        '',
        `The lease lasts 2h; then ${name === 'aws' ? 'EventBridge Scheduler' : 'the next hourly sweep'} ends it. To end it earlier, use the lease-id in the summary of its run:`,
        `       gh workflow run ${files(name)[1] ?? ''} --repo octo-org/infra -f lease-id=LEASE_ID`,
        '',
      ].join('\n'),
    );
  });

  it('starts no second lease while a run of the same person waits', async () => {
    const waiting = { id: 6000, workflow: files(name)[0] ?? '', inputs: { incident: 'INC-4711' }, looks: 3 };
    const others = { ...waiting, id: 5000, actor: 'octocat' };
    const hub = github({ runs: [waiting, others] });
    const ended = await runScript(`${name}.sh`, [...args, '--who', 'alice@example.com', '--yes'], {
      ...program(),
      gh: gh(hub),
    });
    expect(ended).toMatchObject({ code: 0 });
    const run = 'https://github.com/octo-org/infra/actions/runs/6000\n';
    expect(ended.text).toContain(`none: a lease for alice@example.com already waits for octocat: ${run}`);
    expect(ended.text).toContain(`  1. Have the lease approved, by octocat: ${run}`);
    expect(hub.runs).toHaveLength(2);
    // Somebody else's is no hindrance, nor is one that is over.
    const next = github({ runs: [others] });
    await runScript(`${name}.sh`, [...args, '--who', 'alice@example.com', '--yes'], { ...program(), gh: gh(next) });
    expect(next.runs).toHaveLength(3);
    const past = github({ runs: [waiting], lease: 'failure' });
    await runScript(`${name}.sh`, [...args, '--who', 'alice@example.com', '--yes'], { ...program(), gh: gh(past) });
    expect(past.runs).toHaveLength(3);
  });

  it.each([
    ['PUT .*production-access', 'Stopped halfway, at: environment production-access.\n', 1],
    [
      'PUT .*lease-end',
      'Stopped halfway, at: environment lease-end.\nDone before:\n  - environment production-access\n',
      2,
    ],
  ])('says how far it came where it is interrupted at %s', async (at, text, count) => {
    const ended = await runScript(
      `${name}.sh`,
      [...args, '--yes'],
      { ...program(), gh: gh(github()) },
      { interruptedAt: new RegExp(at, 'u') },
    );
    expect(ended).toMatchObject({ code: 130, text: expect.stringContaining(text) as unknown });
    expect(changesIn(ended)).toHaveLength(count);
  });

  it('says what its options are', async () => {
    const ended = await runScript(`${name}.sh`, ['--help'], {});
    expect(ended).toMatchObject({ code: 0, calls: [] });
    for (const option of args.filter((it) => it.startsWith('--'))) expect(ended.text).toContain(`  ${option} `);
  });
});

describeScript('setup/aws.sh', () => {
  it('takes the subject that GitHub says, a provider that is there, and a team beside a person', async () => {
    const world = amazon({ providers: 1 });
    const hub = github({ prefix: 'repo:octo-org@9919/infra@74901' });
    const ended = await aws(world, hub, ['--yes', '--reviewer', 'team:security']);
    expect(hub.environments.get('production-access')?.reviewers).toEqual([
      { type: 'User', id: 583231 },
      { type: 'Team', id: 77 },
    ]);
    expect(ended).toMatchObject({ code: 0 });
    expect(world.stack?.parameters).toEqual({
      Repository: 'octo-org@9919/infra@74901',
      RepositoryId: '74901',
      GrantWorkflows: grantWorkflow,
      ManagementAccount: '444455556666',
      InstanceId: 'ssoins-72231a2b3c4d5e6f',
      IdentityStoreId: 'd-90679a1b2c',
      Accounts: '123456789012',
      PermissionSets: incidentAdmin,
      CreateOidcProvider: 'false',
    });
    expect([...world.tagged]).toEqual([`${incidentAdmin} Key=cloud-access-lease,Value=allowed`]);
    const pinned = `jobs of ${grantWorkflow} in production-access, of the repository with the ID 74901\n`;
    expect(ended.text).toContain(pinned);
    const again = await aws(world, hub);
    expect(again).toMatchObject({ code: 0, text: expect.stringContaining(pinned) as unknown });
    expect(changesIn(again).filter((it) => it.includes('cloudformation deploy'))).toEqual([]);
  });

  it('says loudly that a stack lets in any workflow file, with the command that pins it', async () => {
    const parameters = {
      Repository: 'octo-org/infra',
      RepositoryId: '74901',
      GrantWorkflows: '*',
      Accounts: '123456789012',
      PermissionSets: incidentAdmin,
    };
    const ended = await aws(amazon({ stack: { status: 'CREATE_COMPLETE', parameters } }), github());
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.text).toContain('any workflow file in production-access: the stack has GrantWorkflows=*\n');
    expect(ended.text).toContain(`--parameter-overrides GrantWorkflows=${grantWorkflow}\n`);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['another repository of that name', { RepositoryId: '1', GrantWorkflows: grantWorkflow }, 'RepositoryId=74901'],
    [
      'another branch',
      { RepositoryId: '74901', GrantWorkflows: grantWorkflow.replace('main', 'next') },
      `GrantWorkflows=${grantWorkflow}`,
    ],
    ['neither, from before it could be', {}, `RepositoryId=74901 GrantWorkflows=${grantWorkflow}`],
  ])('names the values of a stack that is pinned to %s, and what it lacks', async (_what, more, lacks) => {
    const base = { Repository: 'octo-org/infra', Accounts: '123456789012', PermissionSets: incidentAdmin };
    const stack = { status: 'CREATE_COMPLETE', parameters: { ...base, ...more } };
    const ended = await aws(amazon({ stack }), github());
    expect(ended).toMatchObject({ code: 1 });
    for (const [key, value] of Object.entries(more)) expect(ended.text).toContain(`${key}=${value}`);
    expect(ended.text).toContain(`, without ${lacks}. To add to it, deploy it with all of them`);
    expect(changesIn(ended)).toEqual([]);
  });

  it.each<[string, Partial<Aws>, readonly string[], string]>([
    ['an account without Identity Center', { instances: [] }, awsArgs, 'shows no instance of IAM Identity Center'],
    [
      'a permission set that is not there',
      {},
      awsArgs.map((it) => (it === 'IncidentAdmin' ? 'Nothing' : it)),
      'There is no permission set Nothing; there are: ReadOnly, IncidentAdmin',
    ],
    [
      'a permission set that a delegated administrator cannot use',
      { provisionedIn: ['123456789012', '444455556666'] },
      awsArgs,
      'IncidentAdmin is provisioned in the management account 444455556666, so a delegated administrator cannot use it',
    ],
    [
      'an account that is not there',
      {},
      awsArgs.map((it) => (it === '123456789012' ? '999999999999' : it)),
      'There is no account 999999999999 in the organization',
    ],
    [
      'somebody whom the identity store does not know',
      {},
      [...awsArgs, '--who', 'bob@example.com'],
      'There is no user bob@example.com in the identity store d-90679a1b2c',
    ],
    ['a tag that somebody has set', { tag: 'never' }, awsArgs, 'has the tag cloud-access-lease=never'],
    [
      'the management account',
      {},
      awsArgs.map((it) => (it === '123456789012' ? '444455556666' : it)),
      'is the management account',
    ],
    [
      'a stack that others rely on',
      {
        stack: {
          status: 'CREATE_COMPLETE',
          parameters: { Repository: 'octo-org/infra', Accounts: '777788889999', PermissionSets: incidentAdmin },
        },
      },
      awsArgs,
      'exists with other values (Repository=octo-org/infra Accounts=777788889999',
    ],
    [
      'a stack that could not be made',
      { stack: { status: 'ROLLBACK_COMPLETE', parameters: {} } },
      awsArgs,
      'Delete it: aws cloudformation delete-stack',
    ],
    [
      'credentials that are too old',
      {
        refusal: {
          command: 'sts get-caller-identity',
          answer: {
            code: 254,
            err: '\nAn error occurred (ExpiredToken) when calling the GetCallerIdentity operation\n',
          },
        },
      },
      awsArgs,
      'Could not read who is signed in to AWS: An error occurred (ExpiredToken)',
    ],
  ])('refuses %s', async (_what, more, args, text) => {
    const ended = await aws(amazon(more), github(), ['--yes'], [...args]);
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(ended.text).toContain('Nothing was changed.');
    expect(changesIn(ended)).toEqual([]);
  });

  it('shows what CloudFormation said, and what is done', async () => {
    const refusal = {
      command: 'cloudformation deploy',
      answer: { code: 255, err: 'Failed to create/update the stack\n' },
    };
    const ended = await aws(amazon({ refusal }), github());
    expect(ended).toMatchObject({ code: 255 });
    expect(ended.text).toContain('Failed to create/update the stack');
    expect(ended.text).toContain(
      'Stopped halfway, at: stack cloud-access.\nDone before:\n  - environment production-access\n',
    );
  });
});

/** What both scripts do in the same way, by that of AWS. */
describeScript('the GitHub of the scripts', () => {
  it.each<[string, Partial<Github>]>([
    ['refuses to take it', { bypass: 'refused' }],
    ['takes no notice of it', { bypass: 'ignored' }],
    [
      'has it in an environment of somebody’s',
      {
        environments: new Map([
          ['production-access', environment({ reviewers: octocat, preventSelfReview: true, branches: ['main'] })],
        ]),
      },
    ],
  ])('leaves the bypass to be taken away by hand where GitHub %s (P10)', async (_what, more) => {
    const hub = github(more);
    const ended = await aws(amazon(), hub);
    expect(ended).toMatchObject({ code: 0 });
    expect(hub.environments.get('production-access')).toMatchObject({ reviewers: octocat, branches: ['main'] });
    expect(ended.text).toContain(
      '  1. At https://github.com/octo-org/infra/settings/environments, in production-access, turn off "Allow administrators\n     to bypass',
    );
  });

  it('names the branches that environments let in beside the default branch', async () => {
    const reviewers = [...octocat, { type: 'Team', id: 77 }];
    const environments = new Map([
      ['production-access', environment({ reviewers, preventSelfReview: true, branches: ['main', 'hotfix'] })],
      ['lease-end', environment({ branches: ['release/1', 'main'] })],
    ]);
    const rulesets = [ruleset({ branches: ['main', 'hotfix', 'release/1'] })];
    const ended = await aws(amazon(), github({ environments, rulesets }), []);
    expect(ended.text).toMatch(
      /production-access +exists, approved by octocat or team:security; left as it is; it allows main, hotfix, not only main; --reviewer changes nothing there\n/u,
    );
    expect(ended.text).toMatch(/lease-end +exists; left as it is; it allows release\/1, main, not only main\n/u);
  });

  it.each<[string, Partial<Github>]>([
    ['is asked for', { login: 'octocat' }],
    [
      'is there',
      {
        environments: new Map([
          [
            'production-access',
            environment({ reviewers: [{ type: 'User', id: 1 }], preventSelfReview: true, branches: ['main'] }),
          ],
        ]),
      },
    ],
  ])('starts no lease that nobody could approve: the only reviewer who %s is who starts it', async (_what, more) => {
    const ended = await aws(amazon(), github(more), ['--yes', '--who', 'alice@example.com']);
    expect(ended).toMatchObject({
      code: 1,
      text: expect.stringContaining('as its only reviewer you cannot approve it') as unknown,
    });
    expect(changesIn(ended)).toEqual([]);
  });

  it('starts no lease where the sweep is red', async () => {
    const hub = github({ sweep: 'failure' });
    const ended = await aws(amazon(), hub, ['--yes', '--who', 'alice@example.com']);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.text).toContain(
      'The sweep is not green, so no lease was started. Its log: https://github.com/octo-org/infra/actions/runs/7000',
    );
    expect(ended.text).toContain('Stopped halfway, at: sweep.');
    expect(hub.runs).toHaveLength(1);
  });

  it.each([
    [
      'startup_failure',
      'GitHub did not start the sweep, so no lease was started: perhaps the repository is not allowed',
    ],
    ['cancelled', 'The sweep ended as cancelled, so no lease was started'],
  ])('says of a sweep that ends as %s what that may be', async (sweep, text) => {
    const ended = await aws(amazon(), github({ sweep }), ['--yes', '--who', 'alice@example.com']);
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
  });

  it('says so where the run of the lease is over before anybody was asked', async () => {
    const ended = await aws(amazon(), github({ lease: 'failure' }), ['--yes', '--who', 'alice@example.com']);
    expect(ended).toMatchObject({
      code: 1,
      text: expect.stringContaining('The lease was not started: its run ended as failure') as unknown,
    });
  });

  it('tries a sweep again where the roles on Azure were only just made', async () => {
    const hub = github({ sweep: ['failure', 'failure', 'success'] });
    const ended = await azure(microsoft(), hub, [...azureArgs, '--who', 'alice@example.com']);
    expect(ended).toMatchObject({ code: 0, text: expect.stringContaining('Trying again in a minute') as unknown });
    expect(hub.runs.map(({ workflow }) => workflow)).toEqual([
      ...Array.from({ length: 3 }, () => 'sweep-leases-azure.yml'),
      'incident-access-azure.yml',
    ]);
  });

  it('and no more than five times', async () => {
    const hub = github({ sweep: 'failure' });
    const ended = await azure(microsoft(), hub, [...azureArgs, '--who', 'alice@example.com']);
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining('The sweep is not green') as unknown });
    expect(hub.runs).toHaveLength(5);
  });

  it.each<[string, Parameters<typeof environment>[0], boolean, string]>([
    ['protected branches, of which there are none', { branches: 'protected' }, false, 'allows every branch'],
    ['any name', { branches: ['**'] }, false, 'allows every branch'],
    ['other names', { branches: ['release/*'] }, false, 'does not allow main, from which the workflows run'],
    ['protected branches', { branches: 'protected' }, true, ''],
  ])('judges an environment that lets in %s', async (_what, rules, isProtected, text) => {
    const environments = new Map([
      ['production-access', environment({ reviewers: octocat, preventSelfReview: true, ...rules })],
    ]);
    const ended = await aws(amazon(), github({ environments, isProtected }));
    expect(ended.code).toBe(text === '' ? 0 : 1);
    expect(ended.text).toContain(text === '' ? 'it allows protected branches' : text);
    if (text !== '') expect(changesIn(ended)).toEqual([]);
  });

  it('says that reviewers who are named change nothing where the environment is there', async () => {
    const environments = new Map([
      [
        'production-access',
        environment({ reviewers: [{ type: 'Team', id: 77 }], preventSelfReview: true, branches: ['main'] }),
      ],
    ]);
    const ended = await aws(amazon(), github({ environments }), []);
    expect(ended.text).toContain('approved by team:security; left as it is; --reviewer changes nothing there');
  });

  it('knows an action that is given before anything is changed, and warns of a name that may move', async () => {
    const other = awsArgs.map((it) => (it === reference ? 'octo-org/cloud-access@v1' : it));
    const unknown = await aws(amazon(), github(), ['--yes'], other);
    expect(unknown).toMatchObject({
      code: 1,
      text: expect.stringContaining(
        'Could not find .github/workflows/notice.yml on GitHub in --action octo-org/cloud-access@v1',
      ) as unknown,
    });
    expect(changesIn(unknown)).toEqual([]);
    const known = await aws(amazon(), github({ commits: ['v1'] }), [], other);
    expect(known.text).toContain('Note: a tag or branch can be moved to other code');
  });

  it('asks each reviewer for one approval, and six at most', async () => {
    const hub = github();
    await aws(amazon(), hub, ['--yes', '--reviewer', 'octocat', '--reviewer', 'OctoCat']);
    expect(hub.environments.get('production-access')?.reviewers).toEqual(octocat);
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((it) => ['--reviewer', it]);
    const ended = await aws(amazon(), github(), ['--yes', ...many]);
    expect(ended).toMatchObject({ code: 1, calls: [], text: expect.stringContaining('more than six') as unknown });
  });

  it.each<[string, readonly string[], string]>([
    ['a person', [], 'The reviewer octocat cannot read octo-org/infra'],
    ['a team', ['--reviewer', 'team:security'], 'The reviewer team:security cannot read octo-org/infra'],
  ])('takes no reviewer who cannot read the repository: %s', async (_what, more, text) => {
    const outsiders = more.length === 0 ? ['octocat'] : ['security'];
    const ended = await aws(amazon(), github({ outsiders }), ['--yes', ...more]);
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(ended.text.match(/ cannot read /gu)).toHaveLength(1);
    expect(changesIn(ended)).toEqual([]);
  });

  it.each<[string, Partial<Github>]>([
    ['a template of its own is the default one', { claims: ['repo', 'context'] }],
    ['that of the organization is', { claims: [] }],
    ['a token shows no scopes', { scopes: null }],
    ['a token shows an empty list of them', { scopes: '' }],
  ])('goes on where %s', async (_what, more) => {
    expect(await aws(amazon(), github(more))).toMatchObject({ code: 0 });
  });

  it('tells the other faults too where GitHub does not say who is signed in', async () => {
    const refusal = { path: 'GET user', answer: { code: 1, err: 'gh: Server Error (HTTP 502)\n' } };
    const ended = await aws(amazon(), github({ refusal, outsiders: ['octocat'] }), ['--who', 'alice@example.com']);
    expect(ended.text).toMatch(/who is signed in to GitHub: gh: Server Error[^]*octocat cannot read octo-org/u);
  });

  it('refuses a customized subject also where one is given', async () => {
    const claims = ['repository_owner'];
    const ended = await aws(amazon(), github({ claims }), ['--yes', '--subject', 'octo-org/infra']);
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining('is customized') as unknown });
    expect(changesIn(ended)).toEqual([]);
  });

  it('takes the subject that is given where GitHub does not show what the organization has', async () => {
    const path = 'GET orgs/octo-org/actions/oidc/customization/sub';
    const refusal = { path, answer: { code: 1, err: 'gh: Must be an owner (HTTP 403)\n' } };
    const hub = (): Github => github({ claims: [], refusal });
    expect((await aws(amazon(), hub())).text).toContain(
      'Could not read which subject octo-org/infra sends (gh: Must be an owner (HTTP 403)). Give it',
    );
    expect(await aws(amazon(), hub(), ['--yes', '--subject', 'octo-org/infra'])).toMatchObject({ code: 0 });
  });

  it('goes on where GitHub does not say who may read the repository', async () => {
    const refusal = {
      path: 'GET repos/octo-org/infra/collaborators/octocat/permission',
      answer: { code: 1, err: 'gh: Must have push access to view collaborator permission. (HTTP 403)\n' },
    };
    const ended = await aws(amazon(), github({ refusal }));
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.text).toContain(
      'as they must: octocat (gh: Must have push access to view collaborator permission. (HTTP 403))\n',
    );
  });

  it('reads back each reviewer of the environment that it has made', async () => {
    const hub = github({ dropped: [77] });
    const ended = await aws(amazon(), hub, ['--yes', '--reviewer', 'team:security']);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.text).toContain('but team:security is not among its reviewers (octocat)');
    expect(ended.calls.filter((it) => it.startsWith('aws cloudformation deploy'))).toEqual([]);
  });

  it('shows the error of a command, and not what it warns of before', async () => {
    const refusal = {
      command: 'sts get-caller-identity',
      answer: { code: 1, err: 'WARNING: A newer version is available\nERROR: The sign-in has expired\n' },
    };
    const ended = await aws(amazon({ refusal }), github());
    expect(ended.text).toContain('Could not read who is signed in to AWS: ERROR: The sign-in has expired\n');
  });

  it('gives up where GitHub goes on not to know the workflow', async () => {
    const hub = github({ unknown: 1000 });
    const ended = await aws(amazon(), hub, ['--yes', '--who', 'alice@example.com']);
    expect(ended).toMatchObject({
      code: 1,
      text: expect.stringContaining('Could not start sweep-leases.yml: gh: Not Found (HTTP 404)') as unknown,
    });
    expect(hub.unknown).toBeGreaterThan(900);
  });
});

describeScript('the clone of --into', () => {
  const inClone = (folder: string): string => join(folder, 'clone');
  /** These workflows as they would be written, in a commit of the clone. */
  async function commitWorkflows(folder: string, names: readonly string[], message: string): Promise<void> {
    const at = join(inClone(folder), '.github', 'workflows');
    await mkdir(at, { recursive: true });
    for (const file of names) {
      const text = withAction(readText(`setup/workflows/aws/${file}`));
      await writeFile(join(at, file), text);
    }
    await writeFile(join(at, '..', 'people.yml'), peopleFile('  - github: 583231\n'));
    git(inClone(folder), 'add', '.');
    commit(inClone(folder), message);
  }
  /** The script of AWS, after something was done to the clone; what is on main then, here and there. */
  async function after(
    prepare: (folder: string) => Promise<void> | void,
    more: readonly string[] = [],
    hub = github(),
  ): Promise<Ended & { readonly here: string; readonly there: string; readonly staged: string }> {
    const found = { here: '', there: '', staged: '' };
    const ended = await runScript(
      'aws.sh',
      [...awsArgs, '--yes', ...more],
      { aws: awsCli(amazon()), gh: gh(hub) },
      {
        prepare: async (folder) => {
          await prepare(folder);
        },
      },
      (folder) => {
        found.here = commits(folder, 'clone');
        found.there = commits(folder, 'remote.git');
        found.staged = git(inClone(folder), 'diff', '--cached', '--name-only');
        return Promise.resolve();
      },
    );
    return { ...ended, ...found };
  }

  it('is committed to with these files only', async () => {
    const ended = await after(async (folder) => {
      await writeFile(join(inClone(folder), 'mine'), 'not yet');
      git(inClone(folder), 'add', 'mine');
    });
    expect(ended).toMatchObject({ code: 0, here: 'Access by lease\nFirst', there: 'Access by lease\nFirst' });
    expect(ended.staged).toBe('mine');
  });

  it('is not committed to again, and shows where a rule was passed by', async () => {
    const hook = '#!/bin/sh\necho "Bypassed rule violations for refs/heads/main" >&2\n';
    const first = await after((folder) =>
      writeFile(join(folder, 'remote.git', 'hooks', 'pre-receive'), hook, { mode: 0o755 }),
    );
    expect(first).toMatchObject({ code: 0, there: 'Access by lease\nFirst' });
    expect(first.text).toContain('remote: Bypassed rule violations');
    const again = await after(async (folder) => {
      await commitWorkflows(folder, files('aws'), 'Before');
      git(inClone(folder), 'push', '--quiet', '../remote.git', 'main');
    });
    expect(again).toMatchObject({ code: 0, here: 'Before\nFirst', there: 'Before\nFirst' });
    expect(again.text).toMatch(
      /sweep-leases\.yml +exists, exactly as it would be written\n {2}people\.yml +exists; left as it is\n +all on main already\n/u,
    );
    expect(again.text).not.toMatch(/will be committed|files on main/u);
  });

  it('is told which of the workflows are to be committed, where others are', async () => {
    const [first = '', second = '', third = ''] = files('aws');
    const before = (folder: string): Promise<void> => commitWorkflows(folder, [first], 'Before');
    const asked = await after(before, ['--no-push']);
    const two = `.github/workflows/${second} .github/workflows/${third}`;
    expect(asked.text).toContain(`git add ${two} && git commit -m 'Access by lease' -- ${two} && git push origin`);
    const ended = await after(before);
    expect(ended.text).toContain(`will be committed, ${two} only, and pushed to main\n`);
    expect(ended).toMatchObject({ code: 0, there: 'Access by lease\nBefore\nFirst' });
  });

  it('is as it was where the push is refused, and a pull request is what is left', async () => {
    const hub = github();
    const hook = '#!/bin/sh\necho "GH006: Protected branch update failed" >&2\nexit 1\n';
    const ended = await after(
      (folder) => writeFile(join(folder, 'remote.git', 'hooks', 'pre-receive'), hook, { mode: 0o755 }),
      ['--who', 'alice@example.com'],
      hub,
    );
    expect(ended).toMatchObject({ code: 1, here: 'First', there: 'First' });
    expect(ended.text).toContain('GH006: Protected branch update failed');
    expect(ended.text).toContain('Not finished: the files are not on main. What is left:\n  1. Bring the files');
    expect(ended.text).toContain('cd clone && git switch -c access-by-lease-aws && git add .github/workflows/incident');
    expect(ended.text).toContain('&& git push -u origin HEAD && gh pr create --fill --base main\n');
    expect(ended.text).toMatch(
      /2\. Once they are on main, pull, and run the same command again: it starts the sweep and the lease:\n +git -C clone switch main && git -C clone pull\n$/u,
    );
    expect(ended.text).not.toContain('Everything is set up');
    expect(hub.runs).toEqual([]);
  });

  it('gets its push where it was broken off between the commit and that', async () => {
    const ended = await after(async (folder) => {
      await commitWorkflows(folder, files('aws'), 'Access by lease');
    });
    expect(ended).toMatchObject({ code: 0, here: 'Access by lease\nFirst', there: 'Access by lease\nFirst' });
    expect(ended.text).toContain('committed already, will be pushed to main\n');
  });

  it('is told what a token cannot do, and nothing of a pull request, where that is why', async () => {
    const hook =
      '#!/bin/sh\necho "refusing to allow an OAuth App to create or update workflow without \\`workflow\\` scope" >&2\nexit 1\n';
    const ended = await after((folder) =>
      writeFile(join(folder, 'remote.git', 'hooks', 'pre-receive'), hook, { mode: 0o755 }),
    );
    expect(ended).toMatchObject({ code: 1, here: 'First', there: 'First' });
    expect(ended.text).toContain('gh auth refresh -s workflow');
    expect(ended.text).not.toContain('gh pr create');
  });

  it('takes a scope of gh’s token where git signs in with that, and only there', async () => {
    const hub = github({ scopes: 'gist, repo' });
    const helper = (folder: string): void =>
      void git(inClone(folder), 'config', 'credential.https://github.com.helper', '!/usr/bin/gh auth git-credential');
    const ended = await after(helper, [], hub);
    expect(ended).toMatchObject({ code: 1, here: 'First' });
    expect(ended.text).toContain('no scope workflow, only gist, repo: gh auth refresh -h github.com -s workflow');
    expect(changesIn(ended)).toEqual([]);
    expect(await after(helper, ['--no-push'], hub)).toMatchObject({ code: 0 });
    expect(await after(() => undefined, [], github({ scopes: 'gist, repo' }))).toMatchObject({ code: 0 });
  });

  it('is left alone on another branch, and with --no-push', async () => {
    const other = await after((folder) => void git(inClone(folder), 'switch', '--quiet', '--create', 'topic'));
    expect(other).toMatchObject({ code: 0, here: 'First', there: 'First', staged: '' });
    expect(other.text).toContain('will not be pushed: clone is on topic, not on main');
    expect(other.text).toContain('&& git push -u origin HEAD && gh pr create --fill --base main\n');
    expect(other.text).not.toContain('git switch');
    const asked = await after(() => undefined, ['--no-push']);
    expect(asked).toMatchObject({ code: 0, here: 'First', there: 'First', staged: '' });
    expect(asked.text).toContain('&& git push origin HEAD:main\n');
    expect(asked.text).toContain('gh workflow run sweep-leases.yml --repo octo-org/infra\n');
  });

  it.each<[string, (folder: string) => Promise<void> | void, readonly string[], string]>([
    ['a folder below it', (folder) => mkdir(join(inClone(folder), 'a')), ['--into=clone/a'], 'is not the top folder'],
    ['a folder of no clone', () => undefined, ['--into=bin'], '--into bin is not the top folder'],
    [
      'a place where nothing can be written',
      (folder) => writeFile(join(inClone(folder), '.github'), ''),
      [],
      'Could not write in clone/.github',
    ],
    [
      'a clone of another repository',
      (folder) => void git(inClone(folder), 'config', 'remote.origin.url', 'https://github.com/octo-org/other.git'),
      [],
      'has no remote that is octo-org/infra',
    ],
    [
      'a clone of its namesake elsewhere',
      (folder) => void git(inClone(folder), 'config', 'remote.origin.url', 'https://gitlab.example.com/octo-org/infra'),
      [],
      'has no remote that is octo-org/infra',
    ],
    [
      'one that pushes elsewhere',
      (folder) => void git(inClone(folder), 'config', 'remote.origin.pushurl', 'git@github.com:alice/infra'),
      [],
      'has no remote that is octo-org/infra',
    ],
    [
      'commits of the user that are not pushed',
      (folder) => {
        commit(inClone(folder), 'Mine');
      },
      [],
      'is not at the same commit as on GitHub',
    ],
    [
      'a remote that is not reached',
      (folder) =>
        rename(join(folder, 'remote.git'), join(folder, 'gone.git')).then(() => mkdir(join(folder, 'remote.git'))),
      [],
      'Could not reach octo-org/infra with git',
    ],
    [
      'nobody to commit as',
      (folder) => void git(inClone(folder), 'config', 'user.name', ''),
      [],
      'git does not know who commits',
    ],
    [
      'another branch for a first lease',
      (folder) => void git(inClone(folder), 'switch', '--quiet', '--create', 'topic'),
      ['--who', 'alice@example.com'],
      'git -C clone switch main',
    ],
    [
      '--no-push for a first lease',
      () => undefined,
      ['--who', 'alice@example.com', '--no-push'],
      'leave out --no-push',
    ],
  ])('refuses %s before anything is changed', async (_what, prepare, more, text) => {
    const [into = ''] = more.filter((it) => it.startsWith('--into'));
    const args = into === '' ? awsArgs : awsArgs.filter((it) => it !== '--into' && it !== 'clone');
    const ended = await runScript(
      'aws.sh',
      [...args, ...more, '--yes'],
      { aws: awsCli(amazon()), gh: gh(github()) },
      {
        prepare: async (folder) => {
          await prepare(folder);
        },
      },
    );
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(ended.text).toContain('Nothing was changed.');
    expect(changesIn(ended)).toEqual([]);
  });
});

/** A function of the libraries, by itself. */
function call(library: string, name: string, ...args: readonly string[]): string {
  const text = `suffix=''; . "$1/lib/options.sh"; . "$1/lib/${library}.sh"; shift; "$@"; trap - EXIT`;
  const words = ['-c', text, 'bash', join(root, 'setup'), name, ...args];
  return spawnSync('bash', words, { encoding: 'utf8' }).stdout.trim();
}

describeScript('an address of a remote', () => {
  it.each([
    ['https://github.com/octo-org/infra.git', 'github.com octo-org/infra'],
    ['https://github.com/octo-org/infra/', 'github.com octo-org/infra'],
    ['https://alice:token@github.com/octo-org/infra', 'github.com octo-org/infra'],
    ['git@github.com:octo-org/infra.git', 'github.com octo-org/infra'],
    ['ssh://git@ssh.github.com:443/octo-org/infra.git', 'ssh.github.com octo-org/infra'],
    ['git@work:octo-org/infra', 'work octo-org/infra'],
    ['https://github.example.com/octo-org/infra', 'github.example.com octo-org/infra'],
    ['https://evilgithub.com/octo-org/infra', 'evilgithub.com octo-org/infra'],
    ['/srv/git/octo-org/infra.git', ''],
    ['', ''],
  ])('%s has %p', (address, expected) => {
    expect(call('clone', 'remote_name', address)).toBe(expected);
  });
});

describeScript('a name in a workflow', () => {
  it.each([
    ['IncidentAdmin', 'IncidentAdmin'],
    ['Storage Blob Data Reader', 'Storage Blob Data Reader'],
    ['null', "'null'"],
    ['True', "'True'"],
    ['NO', "'NO'"],
    ['123', "'123'"],
    ['Reader ', "'Reader '"],
    ["Alice's: all", "'Alice''s: all'"],
  ])('%p is written %s', (name, expected) => {
    expect(call('yaml', 'yaml_text', name)).toBe(expected);
  });
});

describeScript('the action, where none is given', () => {
  const withoutAction = awsArgs.filter((it) => it !== '--action' && it !== reference);
  async function from(remote: string, hub: (sha: string) => Github, change = false): Promise<Ended & { sha: string }> {
    let sha = '';
    const world = github();
    const ended = await runScript(
      'aws.sh',
      withoutAction,
      { aws: awsCli(amazon()), gh: (asked) => gh({ ...world, ...hub(sha) })(asked) },
      {
        scripts: 'own',
        prepare: async (folder) => {
          const own = join(folder, 'own');
          await cp(join(root, 'setup'), join(own, 'setup'), { recursive: true });
          git(folder, 'init', '--quiet', 'own');
          git(own, 'remote', 'add', 'origin', remote);
          git(own, 'add', '.');
          commit(own, 'Own');
          sha = git(own, 'rev-parse', 'HEAD');
          if (change) await writeFile(join(own, 'setup', 'new'), '');
        },
      },
    );
    return { ...ended, sha };
  }
  const there = (sha: string): Github => github({ commits: [sha] });

  it('is that of the clone that the script is in, at its commit', async () => {
    const ended = await from('git@work:octo-org/cloud-access.git', there);
    expect(ended.text).toMatch(new RegExp(`Action +octo-org/cloud-access@${ended.sha}\n`, 'u'));
    const changed = await from('https://GitHub.com/octo-org/cloud-access', there, true);
    expect(changed.text).toContain(
      `octo-org/cloud-access@${changed.sha}; this clone has changes that are not in that commit\n`,
    );
  });

  it('is refused where GitHub does not have that commit, or the clone is from elsewhere', async () => {
    const unpushed = await from('https://github.com/octo-org/cloud-access.git', () => github());
    expect(unpushed.text).toContain(`octo-org/cloud-access@${unpushed.sha} (gh: No commit found`);
    expect(unpushed.text).toMatch(/Fix this first:[^]*push it first/u);
    const elsewhere = await from('https://evilgithub.com/octo-org/cloud-access', there);
    expect(elsewhere.text).toContain('--action is missing');
  });
});

describeScript('what is typed', () => {
  it('has each value once, and no option for a value', async () => {
    const typed = [...awsArgs, '--region', 'us-east-1', '--who', '--subject'];
    const ended = await runScript('aws.sh', typed, { aws: awsCli(amazon()), gh: gh(github()) });
    for (const fault of [
      '--region is given twice',
      '--who is missing. Example: --who alice@example.com',
      '--subject is missing. Example: --subject octo-org@9919/infra@74901',
    ])
      expect(ended.text).toContain(fault);
    expect(ended).toMatchObject({ code: 1, calls: [] });
  });

  it('may name a location in capitals, and a resource group in any script', async () => {
    const args = azureArgs.map((it) => ({ westeurope: 'WestEurope', 'payments-prod': '결제-prod_(1)' })[it] ?? it);
    const world = microsoft({ groups: ['결제-prod_(1)'] });
    const ended = await azure(world, github(), args);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.calls.find((it) => it.includes('deployment sub create'))).toContain('--location westeurope ');
  });

  it.each(['결제.', 'a b', "it's", 'a/b'])('cannot name a resource group %p', async (name) => {
    const args = azureArgs.map((it) => (it === 'payments-prod' ? name : it));
    const ended = await azure(microsoft(), github(), args);
    expect(ended.text).toContain(`--resource-group ${name} does not have the expected form`);
  });

  // Workflows are called by the root of their repository only.
  it.each(['octo-org/tools/cloud-access@v1', 'octo-org/cloud-access'])('cannot name an action %p', async (name) => {
    const ended = await azure(microsoft(), github(), [
      ...azureArgs.filter((it) => it !== '--action' && it !== reference),
      '--action',
      name,
    ]);
    expect(ended.text).toContain(`--action ${name} does not have the expected form`);
  });

  it('cannot bring an expression into a workflow', async () => {
    const args = azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'Reader ${{ github.token }}' : it));
    expect((await azure(microsoft(), github(), args)).text).toContain('does not have the expected form');
  });
});

describeScript('setup/azure.sh', () => {
  it('takes a role that cannot give roles, whatever its patterns', async () => {
    const world = microsoft();
    const args = azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'Contributor' : it));
    const ended = await azure(world, github(), args);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.text).toContain('can sign in as access-broker');
    expect(ended.calls.filter((it) => it.startsWith('az ad '))).toEqual([]);
    expect(ended.calls.filter((it) => it.includes('role definition list'))).toHaveLength(1);
    expect(world.deployment?.values).toEqual({
      repository: 'octo-org/infra',
      rolesToLease: ['b24988ac-6180-42a0-ab88-20f7382dd24c'],
    });
  });

  it('asks no directory, and so minds none, for somebody with an object id', async () => {
    const world = microsoft({ defaultTenant: '72f988bf-0000-4000-8000-000000000002' });
    const args = [...azureArgs, '--who', 'a1100000-0000-4000-8000-0000000000a1'];
    expect(await azure(world, github(), args)).toMatchObject({ code: 0 });
  });

  it.each<[string, Partial<Azure>, readonly string[], string]>([
    [
      'a role that can itself hand out access',
      {},
      azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'Owner' : it)),
      'The role Owner can itself hand out access',
    ],
    [
      'a role that can sign in as the broker, where that is',
      {},
      azureArgs.map((it) => ({ 'Storage Blob Data Reader': 'Contributor', 'payments-prod': 'Cloud-Access' })[it] ?? it),
      'The resource group cloud-access has the identity access-broker',
    ],
    [
      'a role that can widen itself',
      {
        roles: {
          'Storage Blob Data Reader': {
            id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
            permissions: [
              {
                actions: ['Microsoft.Storage/*', 'microsoft.authorization/RoleDefinitions/*'],
                notActions: ['Microsoft.Authorization/roleAssignments/*'],
              },
            ],
          },
        },
      },
      azureArgs,
      'can itself hand out access (Microsoft.Authorization/roleDefinitions/write)',
    ],
    [
      'a role of which one permission gives what another takes back',
      {
        roles: {
          'Storage Blob Data Reader': {
            id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
            permissions: [
              { actions: ['*'], notActions: ['Microsoft.Authorization/*'] },
              { actions: ['Microsoft.Authorization/roleAssignments/write'], notActions: [] },
            ],
          },
        },
      },
      azureArgs,
      'can itself hand out access (Microsoft.Authorization/roleAssignments/write)',
    ],
    [
      'an identity whose deployment Azure has forgotten',
      { identity: true },
      azureArgs,
      'The identity access-broker exists, but Azure no longer has the deployment cloud-access',
    ],
    [
      'somebody whom the directory does not know',
      {},
      [...azureArgs, '--who', 'bob@example.com'],
      'Could not find the user bob@example.com',
    ],
    [
      'a role that is not there',
      {},
      azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'Nothing' : it)),
      'There is no role Nothing in the subscription\n',
    ],
    [
      'a role that is nearly there',
      {},
      azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'storage Reader' : it)),
      'There is no role storage Reader in the subscription. Similar: Storage Blob Data Reader\n',
    ],
    [
      'a role that is spelled in another way',
      {},
      azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'Contributer' : it)),
      'There is no role Contributer in the subscription. Similar: Contributor\n',
    ],
    [
      'a location that is not there',
      {},
      azureArgs.map((it) => (it === 'westeurope' ? 'westeurop' : it)),
      'There is no location westeurop for the subscription. Similar: westeurope, westus\n',
    ],
    [
      'another cloud of Azure',
      { cloud: 'AzureUSGovernment' },
      azureArgs,
      'is in AzureUSGovernment, and setup/azure.bicep is for AzureCloud',
    ],
    [
      'to look for a user in another directory',
      { defaultTenant: '72f988bf-0000-4000-8000-000000000002' },
      [...azureArgs, '--who', 'alice@example.com'],
      '): az account set --subscription 11111111-2222-4333-8444-555555555501\n',
    ],
    ['a group that is not there', { groups: [] }, azureArgs, '(ResourceGroupNotFound)'],
    [
      'a deployment that others rely on',
      { deployment: { state: 'Succeeded', values: { repository: 'octo-org/other', rolesToLease: [] } } },
      azureArgs,
      'exists with other values (octo-org/other)',
    ],
    [
      'a deployment that failed with the values of others',
      { deployment: { state: 'Failed', values: { repository: 'octo-org/infra', rolesToLease: ['another'] } } },
      azureArgs,
      'exists with other values (octo-org/infra another)',
    ],
    [
      'a deployment that runs',
      { deployment: { state: 'Running', values: { repository: '', rolesToLease: [] } } },
      azureArgs,
      'is in state Running',
    ],
  ])('refuses %s', async (_what, more, args, text) => {
    const ended = await azure(microsoft(more), github(), [...args]);
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(changesIn(ended)).toEqual([]);
  });
});

describe('the roles that setup/azure.sh refuses', () => {
  it('are told by the very actions by which the action refuses them', () => {
    const actions = (text: string | undefined): readonly string[] => text?.match(/Microsoft\.[\w./]+/gu) ?? [];
    const inScript = /^handing_out='(?<actions>[^']+)'/mu.exec(readText('setup/azure.sh'))?.groups?.['actions'];
    const inSource = /^const handingOut = \[(?<actions>[^\]]+)\]/mu.exec(readText('src/azure/guards/privileged.ts'));
    expect(actions(inScript)).not.toEqual([]);
    expect(actions(inScript)).toEqual(actions(inSource?.groups?.['actions']));
  });
});
