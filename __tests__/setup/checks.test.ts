import { expect, it } from '@jest/globals';
import { amazon, awsCli, incidentAdmin, type Aws } from './cli/aws.ts';
import { azureCli, microsoft, type Azure } from './cli/azure.ts';
import { approved, environment, gh, github, protection, ruleset, type Github } from './cli/github.ts';
import { carryOut, printed, type Ended } from './cli/programs.ts';
import { aws, awsArgs, azure, azureArgs, changesIn, describeScript, octocat } from './cli/set-up.ts';

type Hub = Partial<Github>;
const environments = (all: Readonly<Record<string, ReturnType<typeof environment>>>): Hub => ({
  environments: new Map(Object.entries(all)),
});
const onGrant = (more: Parameters<typeof approved>[0]): Hub => environments({ 'production-access': approved(more) });
const onEnd = (more: Parameters<typeof environment>[0]): Hub =>
  environments({ 'lease-end': environment({ branches: ['main'], ...more }) });
const classic = (...of: Parameters<typeof protection>): Hub => ({
  rulesets: [],
  protections: { main: protection(...of) },
});
const bypassedBy = (actor_type: string, actor_id: number | null): Hub => ({
  rulesets: [ruleset({ bypass: [{ actor_type, actor_id }] })],
});
const forbidden = (path: string): Hub => ({
  refusal: { path, answer: { code: 1, out: '{"message":"…"}', err: 'gh: Resource not accessible (HTTP 403)\n' } },
});
const linesOf = ({ text }: Ended, mark: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(`  ${mark} `));

/** Until nothing that is printed is left to be done: one command may make way for the next one. */
async function mended(
  run: () => Promise<Ended>,
  programs: Parameters<typeof carryOut>[1],
): Promise<{ readonly first: Ended; readonly last: Ended }> {
  const first = await run();
  let last = first;
  for (let rounds = 0; rounds < 3 && printed(last).length > 0; rounds += 1) {
    for (const line of printed(last)) carryOut(line, programs);
    last = await run();
  }
  return { first, last };
}

describeScript.each<['aws' | 'azure', (hub: Github) => Promise<Ended>]>([
  ['aws', (hub) => aws(amazon(), hub)],
  ['azure', (hub) => azure(microsoft(), hub)],
])('setup/%s.sh, in a repository', (_name, run) => {
  it.each<[string, Hub, string]>([
    [
      'whose default branch takes pushes',
      { rulesets: [] },
      'main accepts pushes without a review: anyone who can push',
    ],
    ['with an environment for any tag', onGrant({ tags: ['v*'] }), 'production-access allows tags (v*)'],
  ])('%s, changes nothing (P10)', async (_what, more, text) => {
    const ended = await run(github(more));
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(changesIn(ended)).toEqual([]);
  });

  it('that is well kept, has nothing to say', async () => {
    expect(linesOf(await run(github()), '!')).toEqual([]);
  });
});

/** What both scripts do in the same way, by that of AWS. */
describeScript('what a repository was set up with before', () => {
  const reviewless = 'main accepts pushes without a review';
  it.each<[string, Hub, string]>([
    ['no rule at all', { rulesets: [] }, reviewless],
    ['a rule that requires no review', { rulesets: [ruleset({ reviews: 0 })] }, reviewless],
    ['rules of another kind', { rulesets: [{ ...ruleset(), reviews: undefined } as never] }, reviewless],
    ['rules of another branch', { rulesets: [ruleset({ branches: ['develop'] })] }, reviewless],
    [
      'a rule that all who may push may bypass',
      bypassedBy('RepositoryRole', 4),
      'without a review (anyone who can push can bypass the ruleset main)',
    ],
    ['a protection without reviews', classic({ required_approving_review_count: 0 }), reviewless],
    [
      'a review that a workflow may give',
      { workflowRights: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: true } },
      'Workflows can approve pull requests',
    ],
    ['tags that may grant', onGrant({ tags: ['v*', 'main'] }), 'production-access allows tags (v*)'],
    ['tags that may end', onEnd({ tags: ['*'] }), 'lease-end allows tags (*)'],
    ['any branch, which may grant', onGrant({ branches: null }), 'production-access allows every branch, so'],
    ['any branch, which may end', onEnd({ branches: null }), 'lease-end allows every branch, so'],
    ['a pattern for any name', onGrant({ branches: ['main', '*'] }), 'allows every branch that matches *:'],
    ['a pattern for any name with a slash', onEnd({ branches: ['*/*', 'main'] }), 'every branch that matches */*:'],
    ['a pattern that fits main too', onGrant({ branches: ['ma*'] }), 'allows every branch that matches ma*:'],
    ['a pattern of letters', onGrant({ branches: ['[a-z]ain', 'main'] }), 'every branch that matches [a-z]ain:'],
    [
      'pull requests',
      onGrant({ branches: ['main', 'refs/pull/*/merge'] }),
      'refs/pull/*/merge, on which pull requests',
    ],
    ['a branch that takes pushes', onEnd({ branches: ['main', 'develop'] }), 'develop, which accepts pushes without'],
    [
      'branches that are protected, without main',
      {
        ...onGrant({ branches: 'protected' }),
        ...classic(),
        rulesets: [],
        protections: { develop: protection(), main2: protection() },
      },
      'does not allow main',
    ],
    ['a pattern on the second page', { ...onGrant({ branches: ['main', '*'] }), pageSize: 1 }, 'matches *:'],
    ['an approval by oneself', onGrant({ preventSelfReview: false }), "without 'Prevent self-review'"],
    ['an approval of an end', onEnd({ reviewers: octocat }), 'ending must not wait for an approval'],
    ['an end that waits', onEnd({ waits: 30 }), 'lease-end has a wait timer'],
    ['an end that asks an app', onEnd({ apps: ['gatekeeper', 'other'] }), 'lease-end asks gatekeeper first'],
    ['a sweep that is disabled', { disabled: new Set(['sweep-leases.yml']) }, 'sweep-leases.yml is disabled'],
  ])('is a fault that the printed command mends: %s (P10)', async (_what, more, text) => {
    const hub = github(more);
    const { first, last } = await mended(() => aws(amazon(), hub), { gh: gh(hub) });
    expect(first).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(first.text).toContain('Nothing was changed. Fix this first:');
    expect(changesIn(first)).toEqual([]);
    expect(last).toMatchObject({ code: 0 });
    expect(hub.environments.get('production-access')).toEqual(
      expect.objectContaining({
        preventSelfReview: true,
        reviewers: octocat,
        branches: ['main'],
        bypass: false,
      }),
    );
    expect(hub.environments.get('lease-end')).toMatchObject({ reviewers: [], branches: ['main'] });
  });

  it.each<[string, Hub, string]>([
    ['administrators', classic({}, { enforce_admins: { enabled: false } }), 'administrators can bypass the branch'],
    [
      'some who are named',
      classic({
        bypass_pull_request_allowances: { users: [{ login: 'mallory' }], teams: [{ slug: 'ops' }], apps: [] },
      }),
      'mallory, team:ops can bypass the branch protection',
    ],
    ['a force push', classic({}, { allow_force_pushes: { enabled: true } }), 'anyone who can force-push can bypass'],
    ['a team', bypassedBy('Team', 42), 'the team 42 can bypass the ruleset main'],
    ['deploy keys', bypassedBy('DeployKey', null), 'deploy keys can bypass the ruleset main'],
    ['administrators, by a ruleset', bypassedBy('RepositoryRole', 5), 'administrators can bypass the ruleset main'],
    [
      'some whom GitHub does not show',
      { rulesets: [ruleset({ source: 'Organization', bypass: null })] },
      'GitHub does not show who can bypass the ruleset main',
    ],
    ['a commit after the approval', { rulesets: [ruleset({ fresh: false })] }, 'commits that are pushed after the'],
    [
      'all, of one of two rules',
      { rulesets: [ruleset({ bypass: [{ actor_type: 'RepositoryRole', actor_id: 4 }] }), ruleset({ bypass: null })] },
      'anyone who can push can bypass the ruleset main; GitHub does not show who can bypass the ruleset main',
    ],
  ])('is told aloud where the review has a way around it: %s (P10)', async (_what, more, text) => {
    const hub = github(more);
    const { first, last } = await mended(() => aws(amazon(), hub), { gh: gh(hub) });
    expect(first).toMatchObject({ code: 0 });
    expect(linesOf(first, '!')).toEqual([expect.stringMatching(/^ {2}! On main there are ways around the review: /u)]);
    expect(first.text).toContain(text);
    expect(first.text.indexOf(text)).toBeLessThan(first.text.indexOf('✓'));
    expect(linesOf(last, '!')).toEqual([]);
  });

  it.each<[string, Hub]>([
    ['the classic protection alone', classic()],
    [
      'the classic protection, where nothing shows rules',
      { ...classic(), ...forbidden('GET repos/octo-org/infra/rules/branches/main') },
    ],
    [
      'one of two that nobody may bypass',
      { ...classic({}, { enforce_admins: { enabled: false } }), rulesets: [ruleset()] },
    ],
    [
      'two reviews, of which a workflow may give one',
      {
        rulesets: [ruleset({ reviews: 2 })],
        workflowRights: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: true },
      },
    ],
    ['a rule on the second page', { rulesets: [ruleset({ reviews: 0 }), ruleset()], pageSize: 1 }],
  ])('is enough: %s', async (_what, more) => {
    const ended = await aws(amazon(), github(more));
    expect(ended).toMatchObject({ code: 0 });
    expect(linesOf(ended, '!')).toEqual([]);
  });

  it.each([
    ['GET repos/octo-org/infra/branches/main/protection', 'its branch protection (gh: Resource'],
    ['GET repos/octo-org/infra/rules/branches/main', 'its rules (gh: Resource'],
  ])('is unknown where GitHub does not show it, and nothing is changed: %s (P10)', async (path, text) => {
    const ended = await aws(amazon(), github({ rulesets: [], ...forbidden(path) }));
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.text).toContain('It is unknown whether main accepts pushes without a review: GitHub does not show');
    expect(ended.text).toContain(text);
    expect(changesIn(ended)).toEqual([]);
  });

  it.each<[string, Hub, string]>([
    [
      'branches of any protection',
      { ...onGrant({ branches: 'protected' }), rulesets: [ruleset({ branches: ['main', 'develop'] })] },
      'production-access allows every protected branch (main, develop), even by a rule without a review',
    ],
    [
      'workflows that may write',
      { workflowRights: { default_workflow_permissions: 'write', can_approve_pull_request_reviews: false } },
      'Workflows without permissions of their own can write',
    ],
    [
      'others who approve',
      onGrant({ reviewers: [...octocat, { type: 'Team', id: 77 }] }),
      'The reviewers of production-access are octocat team:security, not those of --reviewer',
    ],
  ])('is told aloud, with the command that mends it: %s', async (_what, more, text) => {
    const hub = github(more);
    const { first, last } = await mended(() => aws(amazon(), hub), { gh: gh(hub) });
    expect(first).toMatchObject({ code: 0 });
    expect(linesOf(first, '!')).toEqual([expect.stringContaining(text)]);
    expect(linesOf(last, '!')).toEqual([]);
    expect(hub.environments.get('production-access')).toEqual(approved());
  });

  it.each<[string, Hub, string]>([
    ['administrators who pass by', onGrant({ bypass: true }), 'Administrators can start jobs in production-access'],
    ['secrets of others', onEnd({ secrets: ['DEPLOY_KEY'] }), 'lease-end has secrets (DEPLOY_KEY), so other jobs run'],
    [
      'apps that GitHub does not show',
      { ...onEnd({}), ...forbidden('GET repos/octo-org/infra/environments/lease-end/deployment_protection_rules') },
      'It is unknown whether an app is asked before a job starts in lease-end',
    ],
    [
      'rights that GitHub does not show',
      forbidden('GET repos/octo-org/infra/actions/permissions/workflow'),
      'It is unknown whether workflows can approve pull requests',
    ],
  ])('is told aloud: %s', async (_what, more, text) => {
    const ended = await aws(amazon(), github(more));
    expect(ended).toMatchObject({ code: 0 });
    expect(linesOf(ended, '!')).toEqual([expect.stringContaining(text)]);
  });

  it('is named in the plan: another branch that requires a review, and apps that are asked', async () => {
    const more = onGrant({ branches: ['develop', 'main'], apps: ['gatekeeper'] });
    const ended = await aws(amazon(), github({ ...more, rulesets: [ruleset({ branches: ['main', 'develop'] })] }));
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.text).toContain('left as it is; it allows develop, main, not only main\n');
    expect(ended.text).toContain('before the job starts, GitHub asks gatekeeper\n');
  });
});

const stackOf = (more: Readonly<Record<string, string>> = {}): Pick<Aws, 'stack' | 'providers'> => ({
  providers: 1,
  stack: {
    status: 'CREATE_COMPLETE',
    parameters: {
      Repository: 'octo-org/infra',
      RepositoryId: '74901',
      GrantWorkflows: 'octo-org/infra/.github/workflows/incident-access.yml@refs/heads/main',
      ManagementAccount: '444455556666',
      InstanceId: 'ssoins-72231a2b3c4d5e6f',
      IdentityStoreId: 'd-90679a1b2c',
      Accounts: '123456789012',
      PermissionSets: incidentAdmin,
      CreateOidcProvider: 'false',
      ...more,
    },
  },
});

describeScript('what an account was set up with before', () => {
  it.each<[string, Partial<Aws>, string]>([
    [
      'a provider for another audience',
      { providers: 1, audiences: ['sigstore', 'my-sts.amazonaws.com'] },
      'lacks the audience sts.amazonaws.com, for which jobs get their tokens (it has: sigstore, my-sts.amazonaws.com)',
    ],
    ['a stack whose provider is gone', { ...stackOf(), providers: 0 }, 'GitHub is not an identity provider of account'],
  ])('is a fault that the printed command mends: %s (P10)', async (_what, more, text) => {
    const world = amazon(more);
    const { first, last } = await mended(() => aws(world, github()), { aws: awsCli(world) });
    expect(first).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(changesIn(first)).toEqual([]);
    expect(last).toMatchObject({ code: 0 });
  });

  it.each<[string, Partial<Aws>, string, string]>([
    ['the account of the roles', {}, '111122223333', 'is where the roles that grant and end access are'],
    [
      'the account that owns the instance',
      { owner: '777788889999' },
      '777788889999',
      'owns the instance of IAM Identity',
    ],
    [
      'another delegated administrator',
      { delegated: ['777788889999'] },
      '777788889999',
      'is a delegated administrator',
    ],
  ])('cannot be leased: %s (P10)', async (_what, more, account, text) => {
    const accounts = ['111122223333', '777788889999'];
    const args = awsArgs.map((it) => (it === '123456789012' ? account : it));
    const ended = await aws(amazon({ accounts, ...more }), github(), ['--yes'], args);
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(`Account ${account} ${text}`) as unknown });
    expect(changesIn(ended)).toEqual([]);
  });

  it.each([
    ['*', "With the stack's Accounts='*' access can be leased in every account, in 111122223333 too"],
    ['123456789012, *', "With the stack's Accounts='*' access can be leased in every account"],
    ['123456789012,111122223333', "The stack's Accounts (123456789012,111122223333) has an account whose"],
    ['444455556666, 123456789012', "The stack's Accounts (444455556666,123456789012) has an account whose"],
  ])('is told aloud, with the command that mends it: a stack for the accounts %s', async (accounts, text) => {
    const world = amazon(stackOf({ Accounts: accounts }));
    const { first, last } = await mended(() => aws(world, github()), { aws: awsCli(world) });
    expect(first).toMatchObject({ code: 0 });
    expect(linesOf(first, '!')).toEqual([expect.stringContaining(text)]);
    expect(first.text).toMatch(
      /Can be leased +IncidentAdmin on account 123456789012, and what else the stack allows: /u,
    );
    expect(linesOf(last, '!')).toEqual([]);
    expect(world.stack?.parameters).toEqual(stackOf().stack?.parameters);
  });

  it.each<[string, Partial<Aws>, string]>([
    ['other environments', stackOf({ GrantEnvironment: 'dev' }), 'exists with other values (Repository=octo-org/infra'],
    ['another instance', stackOf({ InstanceId: 'ssoins-0000000000000000' }), 'exists with other values'],
    [
      'a broker that others may be',
      { ...stackOf(), trusted: { 'access-broker': { statements: '2' } } },
      'The role access-broker does not trust what the stack cloud-access made it trust: the subject repo:octo-org/infra:',
    ],
    [
      'a broker for any workflow file, by hand',
      { ...stackOf(), trusted: { 'access-broker': { job_workflow_ref: 'null' } } },
      'The role access-broker does not trust what the stack',
    ],
    ...(
      [
        [
          'another workflow file beside the right one',
          'job_workflow_ref',
          '["octo-org/infra/.github/workflows/incident-access.yml@refs/heads/main","octo-org/infra/.github/workflows/evil.yml@refs/heads/main"]',
        ],
        ['another workflow file', 'job_workflow_ref', 'evil/evil/.github/workflows/evil.yml@refs/heads/main'],
        ['another audience', 'aud', 'https://github.com/octo-org'],
        ['no test but StringLike', 'operators', '["StringLike"]'],
        ['a further operator', 'operators', '["StringEquals","StringEqualsIfExists"]'],
        ['another issuer', 'Principal', '{"Federated":"arn:aws:iam::111122223333:oidc-provider/evil.example"}'],
        ['anybody of another account', 'Principal', '{"AWS":"*"}'],
        ['another action', 'Action', '["sts:AssumeRole","sts:AssumeRoleWithWebIdentity"]'],
      ] as const
    ).map(([what, part, value]): [string, Partial<Aws>, string] => [
      `a broker with ${what}, by hand`,
      { ...stackOf(), trusted: { 'access-broker': { [part]: value } } },
      'The role access-broker does not trust what the stack',
    ]),
    [
      'a broker for a repository of another id',
      { ...stackOf(), trusted: { 'access-broker': { repository_id: 'null' } } },
      'The role access-broker does not trust what the stack',
    ],
    [
      'a sweeper that others may be',
      {
        ...stackOf(),
        trusted: { 'access-sweeper': { sub: '["repo:octo-org/infra:environment:lease-end","repo:a/b"]' } },
      },
      'The role access-sweeper does not trust what the stack',
    ],
  ])('is a fault: a stack with %s', async (_what, more, text) => {
    const ended = await aws(amazon(more), github());
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(changesIn(ended)).toEqual([]);
  });

  it('is as it was made: workflow files in any order', async () => {
    const [one, other] = ['a/b/.github/workflows/c.yml@refs/heads/main', stackOf().stack?.parameters['GrantWorkflows']];
    const trusted = { 'access-broker': { job_workflow_ref: JSON.stringify([one, other]) } };
    const ended = await aws(amazon({ ...stackOf({ GrantWorkflows: `${other ?? ''},${one}` }), trusted }), github());
    expect(ended).toMatchObject({ code: 0 });
    expect(linesOf(ended, '!')).toEqual([]);
  });

  it.each<[string, string, Partial<Aws>]>([
    ['iam get-role', 'It is unknown whom the role access-broker trusts', stackOf()],
    ['organizations list-delegated-administrators', 'It is unknown whether account 123456789012 is a delegated', {}],
  ])('is unknown where AWS does not show it: %s', async (command, text, more) => {
    const answer = { code: 254, err: '\nAn error occurred (AccessDenied) when calling it\n' };
    const ended = await aws(amazon({ ...more, refusal: { command, answer } }), github());
    expect(ended).toMatchObject({ code: 0 });
    expect(linesOf(ended, '!')[0]).toContain(text);
  });
});

const deploymentOf = (): Pick<Azure, 'deployment'> => ({
  deployment: {
    state: 'Succeeded',
    values: { repository: 'octo-org/infra', rolesToLease: ['2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'] },
  },
});
const credential = (
  more: Partial<Azure['credentials'][string][number]> = {},
): Azure['credentials'][string][number] => ({
  name: 'production-access',
  issuer: 'https://token.actions.githubusercontent.com',
  subject: 'repo:octo-org/infra:environment:production-access',
  audiences: ['api://AzureADTokenExchange'],
  ...more,
});

describeScript('what a subscription was set up with before', () => {
  it.each<[string, ReturnType<typeof credential>[], string]>([
    [
      'a credential of a branch',
      [credential(), credential({ name: 'main', subject: 'repo:octo-org/infra:ref:refs/heads/main' })],
      'subject repo:octo-org/infra:ref:refs/heads/main',
    ],
    [
      'a credential of another issuer',
      [credential(), credential({ name: 'old', issuer: 'https://evil.example' })],
      'issuer https://evil.example',
    ],
    ['another audience', [credential({ audiences: ['api://other'] })], 'audience api://other'],
    ['no credential at all', [], 'has no credential for jobs in production-access of octo-org/infra'],
  ])('is a fault that the printed commands mend: a broker with %s', async (_what, all, text) => {
    const world = microsoft({ ...deploymentOf(), credentials: { 'access-broker': all } });
    const { first, last } = await mended(() => azure(world, github()), { az: azureCli(world) });
    expect(first).toMatchObject({ code: 1, text: expect.stringContaining(text) as unknown });
    expect(changesIn(first)).toEqual([]);
    expect(last).toMatchObject({ code: 0 });
    expect(world.credentials['access-broker']).toEqual([credential()]);
  });

  it('is left as it is where it is what the template makes, and told whole', async () => {
    const ended = await azure(microsoft(deploymentOf()), github());
    expect(ended).toMatchObject({ code: 0 });
    expect(linesOf(ended, '!')).toEqual([]);
    expect(ended.text).toContain('and what else the deployment allows: 2a2b9908-6ea1-4ae2-8e65-a410df84e7d1, anywhere');
  });

  it('is told aloud where a role reaches the broker itself', async () => {
    const args = azureArgs.map((it) => (it === 'Storage Blob Data Reader' ? 'Contributor' : it));
    const ended = await azure(microsoft(), github(), args);
    expect(ended).toMatchObject({ code: 0 });
    expect(linesOf(ended, '!')).toEqual([
      expect.stringContaining('Contributor can sign in as access-broker, and so grant any access'),
    ]);
  });
});
