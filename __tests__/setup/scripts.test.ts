import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { blocks } from '../docs/markdown.ts';
import { readText } from '../docs/repository.ts';
import { amazon, awsCli, incidentAdmin, type Aws } from './cli/aws.ts';
import { azureCli, microsoft, type Azure } from './cli/azure.ts';
import { gh, github, type Github } from './cli/github.ts';
import { runScript, type Ended } from './cli/programs.ts';

/** They are for Bash. */
const describeScript = process.platform === 'win32' ? (describe.skip as typeof describe) : describe;
const files = (name: 'aws' | 'azure'): readonly string[] =>
  ['incident-access', 'release-a-lease', 'sweep-leases'].map((it) => `${it}${name === 'azure' ? '-azure' : ''}.yml`);
const reference = 'octo-org/cloud-access@0123456789abcdef0123456789abcdef01234567';
const common = ['--repository', 'octo-org/infra', '--reviewer', 'octocat', '--into', 'clone', '--action', reference];

interface Cloud {
  readonly name: 'aws' | 'azure';
  readonly args: readonly string[];
  readonly program: () => Readonly<Record<string, ReturnType<typeof gh>>>;
  /** Every call that changes the cloud, in order. */
  readonly changes: readonly string[];
}

const awsArgs = [
  ...common,
  ...['--region', 'us-east-1', '--permission-set', 'IncidentAdmin', '--account', '123456789012'],
];
const azureArgs = [
  ...common,
  ...['--location', 'westeurope', '--subscription', '11111111-2222-4333-8444-555555555501'],
  ...['--role', 'Storage Blob Data Reader', '--resource-group', 'payments-prod'],
];
const clouds: readonly Cloud[] = [
  {
    name: 'aws',
    args: awsArgs,
    program: () => ({ aws: awsCli(amazon()) }),
    changes: ['aws cloudformation deploy', 'aws cloudformation update-termination-protection', 'aws sso-admin tag'],
  },
  { name: 'azure', args: azureArgs, program: () => ({ az: azureCli(microsoft()) }), changes: ['az deployment sub'] },
];
const changing =
  /^(?:gh api --method|aws cloudformation (?:deploy|update)|aws sso-admin tag|az deployment sub create)/u;
const changesIn = ({ calls }: Ended): readonly string[] => calls.filter((call) => changing.test(call));

const aws = (world: Aws, hub: Github, more: readonly string[] = ['--yes'], args = awsArgs): Promise<Ended> =>
  runScript('aws.sh', [...args, ...more], { aws: awsCli(world), gh: gh(hub) });
const azure = (world: Azure, hub: Github, args = azureArgs): Promise<Ended> =>
  runScript('azure.sh', [...args, '--yes'], { az: azureCli(world), gh: gh(hub) });

describeScript.each(clouds)('setup/$name.sh', ({ name, args, program, changes }) => {
  it('makes the environments, then the roles, and writes the workflows of the README with the values', async () => {
    const hub = github();
    const written: Record<string, string> = {};
    const ended = await runScript(
      `${name}.sh`,
      args,
      { ...program(), gh: gh(hub) },
      { answer: 'y\n' },
      async (folder) => {
        const at = join(folder, 'clone', '.github', 'workflows');
        for (const file of await readdir(at)) written[file] = await readFile(join(at, file), 'utf8');
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
        branches: ['main'],
      },
      'lease-end': { reviewers: [], preventSelfReview: false, branches: ['main'] },
    });
    // The values of the examples are those of the doubles.
    const expected = files(name).map((file) => [
      file,
      readText(`setup/workflows/${name}/${file}`).replaceAll('OWNER/cloud-access@v1', reference),
    ]);
    expect(written).toEqual(Object.fromEntries(expected));
    expect(ended.text).toContain(`gh workflow run ${files(name)[0] ?? ''} --repo octo-org/infra`);
  });

  it('changes nothing unless it is told to go on', async () => {
    const hub = github();
    const ended = await runScript(`${name}.sh`, args, { ...program(), gh: gh(hub) }, { answer: '\n' });
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining('Nothing was changed.') as unknown });
    expect(changesIn(ended)).toEqual([]);
    expect(ended.text).toContain('approved by octocat, not by whoever started the run; branch main only');
  });

  it('tells all that is missing at once, before it asks anybody', async () => {
    const ended = await runScript(`${name}.sh`, ['--repository', 'infra', '--frobnicate', 'x'], {});
    expect(ended).toMatchObject({ code: 1, calls: [] });
    for (const fault of [
      '--repository infra is not of the form that is expected, as in: --repository octo-org/infra',
      'There is no option --frobnicate',
      '--into is missing, as in: --into ../infra',
      'gh is not installed',
      `${name === 'aws' ? 'aws' : 'az'} is not installed`,
      name === 'aws' ? '--account is missing, as in: --account 123456789012' : '--location is missing',
    ])
      expect(ended.text).toContain(fault);
  });

  it('leaves what is there as it is, workflows and environments too', async () => {
    const hub = github();
    const all = { ...program(), gh: gh(hub) };
    await runScript(`${name}.sh`, [...args, '--yes'], all);
    let kept = '';
    const again = await runScript(
      `${name}.sh`,
      [...args, '--yes'],
      all,
      {
        prepare: async (folder) => {
          const at = join(folder, 'clone', '.github', 'workflows');
          await mkdir(at, { recursive: true });
          await writeFile(join(at, files(name)[2] ?? ''), 'mine');
        },
      },
      async (folder) => {
        kept = await readFile(join(folder, 'clone', '.github', 'workflows', files(name)[2] ?? ''), 'utf8');
      },
    );
    // It is the user's own, and not what is said to be there.
    expect(again).toMatchObject({ code: 1 });
    expect(again.text).toContain(`  - clone/.github/workflows/${files(name)[2] ?? ''}\n`);
    expect(again.text).not.toContain('Everything is there');
    expect(kept).toBe('mine');
    // Both say nothing new where it is so already.
    const idle = /tag-resource|update-termination-protection/u;
    expect(changesIn(again).filter((it) => !idle.test(it))).toEqual([]);
  });

  it('goes on after it was broken off', async () => {
    const hub = github();
    const policies = 'POST repos/octo-org/infra/environments/production-access/deployment-branch-policies';
    const broken = { ...hub, refusal: { path: policies, answer: { code: 1, err: 'gh: Server Error (HTTP 502)\n' } } };
    const cloud = program();
    const first = await runScript(`${name}.sh`, [...args, '--yes'], { ...cloud, gh: gh(broken) });
    expect(first).toMatchObject({ code: 1, text: expect.stringContaining('HTTP 502') as unknown });
    expect(first.text).toContain(
      'Stopped half-way, at: branch main in production-access.\nDone before:\n  - environment production-access\n',
    );
    const second = await runScript(`${name}.sh`, [...args, '--yes'], { ...cloud, gh: gh(hub) });
    expect(second).toMatchObject({ code: 0 });
    for (const { branches } of hub.environments.values()) expect(branches).toEqual(['main']);
  });

  it.each<[string, Partial<Github>, string]>([
    ['somebody who is no administrator', { administrator: false }, 'takes an administrator of octo-org/infra'],
    ['a subject of its own', { prefix: 'repository_owner:octo-org' }, 'does not say which subject'],
    [
      'an environment without reviewers',
      { environments: new Map([['production-access', { reviewers: [], preventSelfReview: false, branches: null }]]) },
      'The environment production-access is there without reviewers',
    ],
    [
      'environments that let in every branch',
      {
        environments: new Map([
          ['production-access', { reviewers: [{ type: 'User', id: 1 }], preventSelfReview: true, branches: null }],
          ['lease-end', { reviewers: [], preventSelfReview: false, branches: null }],
        ]),
      },
      'The environment lease-end lets in every branch',
    ],
    [
      'an environment whose reviewers may approve their own runs',
      {
        environments: new Map([
          ['production-access', { reviewers: [{ type: 'User', id: 1 }], preventSelfReview: false, branches: null }],
        ]),
      },
      "is there without 'Prevent self-review'",
    ],
    [
      'an end that waits for an approval',
      {
        environments: new Map([
          ['lease-end', { reviewers: [{ type: 'User', id: 1 }], preventSelfReview: true, branches: null }],
        ]),
      },
      'ending must not wait for an approval',
    ],
  ])('refuses %s', async (_what, more, text) => {
    const ended = await runScript(`${name}.sh`, [...args, '--yes'], { ...program(), gh: gh(github(more)) });
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(changesIn(ended)).toEqual([]);
  });

  it('makes no roles where GitHub makes the environment without reviewers', async () => {
    const ended = await runScript(`${name}.sh`, [...args, '--yes'], {
      ...program(),
      gh: gh(github({ reviewers: false })),
    });
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining('shows no required reviewers') as unknown });
    expect(changesIn(ended)).toHaveLength(1);
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
      { prepare: (folder) => mkdir(join(folder, 'my clone')) },
    );
    expect(ended).toMatchObject({ code: 0, text: expect.stringContaining('cd my\\ clone && git add') as unknown });
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
      ManagementAccount: '444455556666',
      InstanceId: 'ssoins-72231a2b3c4d5e6f',
      IdentityStoreId: 'd-90679a1b2c',
      Accounts: '123456789012',
      PermissionSets: incidentAdmin,
      CreateOidcProvider: 'false',
    });
    expect([...world.tagged]).toEqual([`${incidentAdmin} Key=cloud-access-lease,Value=allowed`]);
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
      'an account that is not there',
      {},
      awsArgs.map((it) => (it === '123456789012' ? '999999999999' : it)),
      'There is no account 999999999999 in the organization',
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
      'is there with other values (Repository=octo-org/infra Accounts=777788889999',
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
      'AWS does not say who is signed in: An error occurred (ExpiredToken)',
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
      'Stopped half-way, at: stack cloud-access.\nDone before:\n  - environment production-access\n',
    );
  });
});

describeScript('setup/azure.sh', () => {
  it('takes a role that cannot give roles, whatever its patterns', async () => {
    const world = microsoft();
    const args = azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'Contributor' : it));
    expect(await azure(world, github(), args)).toMatchObject({ code: 0 });
    expect(world.deployment?.values).toEqual({
      repository: 'octo-org/infra',
      rolesToLease: ['b24988ac-6180-42a0-ab88-20f7382dd24c'],
    });
  });

  it.each<[string, Partial<Azure>, readonly string[], string]>([
    [
      'a role that can hand out access itself',
      {},
      azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'Owner' : it)),
      'The role Owner can hand out access itself',
    ],
    [
      'a role that can widen itself',
      {
        roles: {
          'Storage Blob Data Reader': {
            id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
            actions: ['Microsoft.Storage/*', 'microsoft.authorization/RoleDefinitions/*'],
            notActions: ['Microsoft.Authorization/roleAssignments/*'],
          },
        },
      },
      azureArgs,
      'can hand out access itself (Microsoft.Authorization/roleDefinitions/write)',
    ],
    [
      'a role that is not there',
      {},
      azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'Nothing' : it)),
      'There is no role Nothing in the subscription',
    ],
    ['a group that is not there', { groups: [] }, azureArgs, '(ResourceGroupNotFound)'],
    [
      'a deployment that others rely on',
      { deployment: { state: 'Succeeded', values: { repository: 'octo-org/other', rolesToLease: [] } } },
      azureArgs,
      'is there with other values (octo-org/other)',
    ],
    [
      'a deployment that failed with the values of others',
      { deployment: { state: 'Failed', values: { repository: 'octo-org/infra', rolesToLease: ['another'] } } },
      azureArgs,
      'is there with other values (octo-org/infra another)',
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

describe('the workflows that the scripts write', () => {
  const shown = blocks(readText('README.md')).map(({ text }) => text);

  it.each(clouds.flatMap(({ name }) => files(name).map((file) => [name, file] as const)))(
    'of %s: %s is in the README, letter by letter',
    (name, file) => {
      expect(shown).toContain(readText(`setup/workflows/${name}/${file}`));
    },
  );
});
