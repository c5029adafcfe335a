import { describe, expect, test } from '@jest/globals';

import type { Grant } from '../../src/access/grant.ts';
import { permanent, type ChangingOperation, type Guards, type Line, type Request } from '../../src/access/request.ts';
import { createAws } from '../../src/aws/cloud.ts';
import { parseAllowed, parsePrincipal, parseRole } from '../../src/aws/resolve/lines.ts';
import { parseExclusion, parseTarget } from '../../src/aws/resolve/target-lines.ts';
import type { Parsed } from '../../src/access/declaration.ts';
import type { AwsSettings } from '../../src/aws/settings.ts';
import { management, organization, organizationAnswers, type FakeOrganization } from './resolve/fake-organization.ts';
import { provisionedAnswers, type FakePair } from './provisioning/fake-provisioned.ts';
import { awsError, budget, createFakeSession, instanceArn, permissionSet, type Answers } from './fake-session.ts';

const store = 'd-1111111111';
const alice = '11111111-aaaa-bbbb-cccc-000000000001';
const payments = '11111111-aaaa-bbbb-cccc-000000000002';
const pinned: Partial<AwsSettings> = { instanceArn, identityStoreId: store, ownerAccountId: management };

function valueOf(parsed: Parsed<Line>): Line {
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

const open: Guards = { allowed: { principal: null, target: null, role: null }, maxGrants: null, maxLifetimeMs: null };

function requestOf(
  operation: ChangingOperation,
  {
    principal = [],
    target,
    role,
  }: { principal?: readonly string[]; target: readonly string[]; role: readonly string[] },
  over: Partial<Request> = {},
): Request {
  return {
    operation,
    lifetime: permanent,
    reason: null,
    principals: principal.map((text) => valueOf(parsePrincipal(text, null))),
    targets: target.filter((it) => !it.startsWith('!')).map((text) => valueOf(parseTarget(text, operation))),
    exclusions: target.filter((it) => it.startsWith('!')).map((text) => valueOf(parseExclusion(text.slice(1)))),
    roles: role.map((text) => valueOf(parseRole(text, operation))),
    wait: true,
    timeoutMs: 60_000,
    allowPrivileged: false,
    guards: open,
    maxInFlight: null,
    perTarget: false,
    dryRun: operation === 'provision',
    ...over,
  };
}

const directory: Answers = {
  GetUserId: () => ({ UserId: alice }),
  GetGroupId: () => ({ GroupId: payments }),
  DescribeInstance: () => ({ IdentityStoreId: store, OwnerAccountId: management }),
  GetCallerIdentity: () => ({ Arn: 'arn:aws:sts::111122223333:assumed-role/broker/run-1' }),
};

function setUp(
  pairs: readonly FakePair[] = [],
  over: Partial<FakeOrganization> = {},
  more: Answers = {},
  settings = pinned,
) {
  const answers = {
    ...organizationAnswers({ ...organization, ...over }),
    ...provisionedAnswers(pairs, 3, pairs.length > 100 ? 100 : 2),
    ...directory,
    ...more,
  };
  const fake = createFakeSession(answers, settings);
  return { ...fake, cloud: createAws(fake.session) };
}

const inShort = (grants: readonly Grant[]): readonly string[] =>
  grants
    .map((grant) => {
      const who = grant.kind === 'assignment' ? `${grant.principal.id.slice(-1)} ` : '';
      return `${who}${grant.role.id.slice(-1)} ${grant.target.id}`;
    })
    .toSorted();
const commandsOf = (sent: readonly { readonly command: string }[]): readonly string[] =>
  sent.map(({ command }) => command);
const count = (sent: readonly { readonly command: string }[], name: string): number =>
  sent.filter(({ command }) => command === name).length;

describe('resolve: assign and revoke', () => {
  test('one grant by IDs needs no request where everything is pinned', async () => {
    const roleArn = 'arn:aws:iam::111122223333:role/broker';
    const signIn = { kind: 'web-identity', roleArn, sessionName: 'run-1', audience: 'sts' } as const;
    const { cloud, sent } = setUp([], {}, {}, { ...pinned, signIn });
    const request = requestOf('assign', {
      principal: [`user:${alice}`],
      target: ['300000000001'],
      role: [permissionSet('1')],
    });
    expect(await cloud.resolve(request, budget)).toEqual({
      grants: [
        {
          kind: 'assignment',
          principal: { type: 'USER', id: alice, name: null },
          role: { id: permissionSet('1'), name: null },
          target: { id: '300000000001', name: null },
        },
      ],
      notices: [],
      leftOut: [],
      refusals: [],
    });
    expect(sent).toEqual([]);
  });

  test('every principal gets every role on every target; duplicates collapse', async () => {
    const { cloud } = setUp();
    const request = requestOf('revoke', {
      principal: ['user:alice', `user:${alice.toUpperCase()}`, 'group:Payments'],
      target: ['300000000001', 'account:lake', 'ou:/Sandbox'],
      role: ['Set1', permissionSet('1'), permissionSet('2')],
    });
    const { grants } = await cloud.resolve(request, budget);
    const targets = ['300000000001', '400000000001', '400000000002'];
    const expected = ['1', '2'].flatMap((who) =>
      ['1', '2'].flatMap((role) => targets.map((it) => `${who} ${role} ${it}`)),
    );
    expect(inShort(grants)).toEqual(expected.toSorted());
    const [first] = grants;
    expect(first).toMatchObject({ principal: { name: 'alice' }, role: { name: 'Set1' }, target: { name: 'lake' } });
  });

  test('all faults of principal, target and role are reported at once', async () => {
    const missing = awsError('not-found', {}, { ResourceType: 'GROUP' });
    const { cloud } = setUp([], {}, { GetGroupId: () => missing, ListGroups: () => ({ Groups: [] }) });
    const request = requestOf('assign', { principal: ['group:Ghosts'], target: ['ou:/Nowhere'], role: ['Nothing'] });
    await expect(cloud.resolve(request, budget)).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(/\/Nowhere.*"Ghosts".*"Nothing"/su),
    });
  });

  test('an account that cannot be looked up ends the step before hundreds of permission sets are described', async () => {
    const { cloud, sent } = setUp([], { denied: ['ListAccounts'] });
    const request = requestOf('revoke', { principal: [`user:${alice}`], target: ['account:lake'], role: ['Set3'] });
    await expect(cloud.resolve(request, budget)).rejects.toMatchObject({ failure: { kind: 'denied' } });
    expect(count(sent, 'DescribePermissionSet')).toBe(0);
  });

  test('the management account is refused for assign, in words and not by an error; revoke and allow-privileged are allowed', async () => {
    const lines = { principal: [`user:${alice}`], target: [management, '300000000001'], role: [permissionSet('1')] };
    const { refusals, grants } = await setUp().cloud.resolve(requestOf('assign', lines), budget);
    expect(grants).toHaveLength(2);
    expect(refusals.map(({ message }) => message)).toEqual([
      `The target ${management} is the organization's management account, where grants are refused by default.`,
    ]);
    for (const request of [requestOf('revoke', lines), requestOf('assign', lines, { allowPrivileged: true })])
      expect((await setUp().cloud.resolve(request, budget)).refusals).toEqual([]);
  });

  test('with an unknown owner of the instance, an assign is refused', async () => {
    const { cloud } = setUp([], {}, { DescribeInstance: () => ({}) }, { instanceArn });
    const request = requestOf('assign', {
      principal: [`user:${alice}`],
      target: ['1'.repeat(12)],
      role: [permissionSet('1')],
    });
    expect((await cloud.resolve(request, budget)).refusals).toMatchObject([
      { message: expect.stringContaining('Could not determine whether') },
    ]);
  });

  test('the management account is looked up only where an organizational unit can contain it', async () => {
    const settings = { instanceArn, identityStoreId: store };
    const of = (target: readonly string[]) => {
      const fake = setUp([], {}, {}, settings);
      const request = requestOf('revoke', { principal: [`user:${alice}`], target, role: [permissionSet('1')] });
      return { ...fake, resolving: fake.cloud.resolve(request, budget) };
    };
    const byName = of(['account:lake', '300000000005']);
    await byName.resolving;
    expect(count(byName.sent, 'DescribeOrganization')).toBe(0);
    const byUnit = of(['ou:r-a1b2']);
    expect((await byUnit.resolving).grants).toMatchObject([{ target: { id: '200000000000' } }]);
    expect(count(byUnit.sent, 'DescribeOrganization')).toBe(1);
    const unknown = setUp([], {}, { DescribeOrganization: () => ({}) }, settings);
    const request = requestOf('revoke', {
      principal: [`user:${alice}`],
      target: ['ou:r-a1b2'],
      role: [permissionSet('1')],
    });
    await expect(unknown.cloud.resolve(request, budget)).rejects.toThrow('Could not determine which account');
  });
});

describe('resolve: provision', () => {
  const pairs: readonly FakePair[] = [
    { set: 1, account: '300000000001' },
    { set: 1, account: '300000000002', stale: true },
    { set: 1, account: '300000000003', stale: true },
    { set: 1, account: '400000000001', stale: true },
    { set: 2, account: '300000000002' },
    { set: 2, account: '400000000001', stale: true },
  ];
  const provision = async (
    target: readonly string[],
    role: readonly string[],
    {
      over = {},
      more = {},
      guards = {},
      perTarget = false,
      of = pairs,
      settings = pinned,
    }: {
      over?: Partial<FakeOrganization>;
      more?: Answers;
      guards?: Partial<Guards>;
      perTarget?: boolean;
      of?: readonly FakePair[];
      settings?: Partial<AwsSettings>;
    } = {},
  ) => {
    const fake = setUp(of, over, more, settings);
    const request = requestOf('provision', { target, role }, { guards: { ...open, ...guards }, perTarget });
    const resolution = await fake.cloud.resolve(request, budget);
    return { ...fake, ...resolution, short: inShort(resolution.grants), sent: [...fake.sent], all: fake.sent };
  };

  test('one account by IDs needs no request', async () => {
    const { short, sent } = await provision(['300000000001'], [permissionSet('1')]);
    expect(short).toEqual(['1 300000000001']);
    expect(sent).toEqual([]);
  });

  test('outdated: only stale pairs, without those that are not ACTIVE', async () => {
    const { grants, short, notices } = await provision(['outdated'], ['*']);
    expect(short).toEqual(['1 300000000002', '1 400000000001', '2 400000000001']);
    expect(notices).toEqual(['Skipped accounts that are not ACTIVE: "old" (300000000003) is SUSPENDED.']);
    expect(grants[0]).toMatchObject({ role: { name: 'Set1' }, target: { name: 'payments' } });
  });

  test('outdated, of one permission set: its own list names the accounts, each is looked up, without a list of all accounts', async () => {
    const { short, sent } = await provision(['outdated'], [permissionSet('2')]);
    expect(short).toEqual(['2 400000000001']);
    expect(commandsOf(sent)).toEqual(['ListAccountsForProvisionedPermissionSet', 'DescribeAccount']);
  });

  test('nothing outdated: no grants, no refusal, and no request to Organizations', async () => {
    const of = pairs.map(({ set, account }) => ({ set, account }));
    const { grants, notices, refusals, sent, log } = await provision(['outdated'], ['*'], { of });
    expect({ grants, notices, refusals }).toEqual({ grants: [], notices: [], refusals: [] });
    expect(log.lines).toEqual([expect.stringContaining('Checked 3 permission sets. None is outdated on any account.')]);
    expect(new Set(commandsOf(sent))).toEqual(
      new Set(['ListPermissionSets', 'ListAccountsForProvisionedPermissionSet']),
    );
  });

  test('outdated with exclusions, by ID, name and unit', async () => {
    expect((await provision(['outdated', '!300000000002'], ['*'])).short).toEqual(['1 400000000001', '2 400000000001']);
    expect((await provision(['outdated', '!account:payments', '!account:old'], ['Set1'])).short).toEqual([
      '1 400000000001',
    ]);
    const { short, notices } = await provision(['outdated', '!ou:/Workloads/**'], ['*']);
    expect({ short, notices }).toEqual({ short: ['1 400000000001', '2 400000000001'], notices: [] });
    expect((await provision(['outdated', '!300000000001'], ['*'])).short).toHaveLength(3);
    await expect(provision(['outdated', '!999999999999'], ['*'])).rejects.toThrow('"!999999999999"');
  });

  test('outdated leaves out the management account, where a delegated administrator cannot push', async () => {
    const of = [...pairs, { set: 2, account: management, stale: true }];
    const { short, notices } = await provision(['outdated'], [permissionSet('2')], { of });
    expect({ short, notices }).toEqual({
      short: ['2 400000000001'],
      notices: [expect.stringContaining(`the management account ${management}`)],
    });
    expect((await provision(['outdated', `!${management}`], ['Set2'], { of })).notices).toEqual([]);
    expect((await provision([management], ['Set2'], { of })).short).toEqual([`2 ${management}`]);
    const settings = { instanceArn };
    expect((await provision(['outdated'], ['Set2'], { of, settings })).short).toEqual(['2 400000000001']);
    const over = { denied: ['DescribeOrganization'] };
    const unknown = await provision(['outdated'], ['Set2'], { of, settings, over });
    expect({ short: unknown.short, notices: unknown.notices }).toEqual({
      short: [`2 ${management}`, '2 400000000001'],
      notices: [expect.stringContaining('Could not determine the management account')],
    });
  });

  test('outdated with unreadable states: a notice, and the step continues', async () => {
    const over = { denied: ['DescribeAccount', 'ListAccounts'] };
    const { short, notices } = await provision(['outdated'], ['Set1'], { over });
    expect(short).toEqual(['1 300000000002', '1 300000000003', '1 400000000001']);
    expect(notices).toEqual([expect.stringContaining('Could not determine which accounts are not ACTIVE')]);
  });

  test('outdated: an account that left the organization is skipped', async () => {
    const of = [{ set: 1, account: '999999999999', stale: true }, ...pairs];
    const { short, notices } = await provision(['outdated'], ['Set1'], { of });
    expect(short).toEqual(['1 300000000002', '1 400000000001']);
    expect(notices).toEqual([expect.stringContaining('999999999999 is not in the organization')]);
  });

  test('all is one grant for each permission set, and with * only for provisioned ones', async () => {
    const { grants, short } = await provision(['all'], ['*']);
    expect(short).toEqual(['1 all', '2 all']);
    expect(grants[0]).toMatchObject({ role: { name: 'Set1' }, target: { id: 'all', name: null } });
    expect((await provision(['all'], ['Set1', permissionSet('3')])).short).toEqual(['1 all', '3 all']);
  });

  test.each<[string, readonly string[], Partial<Guards>]>([
    ['exclusions', ['!300000000001', '!ou:/Workloads/Production/**'], {}],
    ['a ceiling of targets', [], { allowed: { ...open.allowed, target: [] } }],
    ['a ceiling of grants', [], { maxGrants: 9 }],
    ['a plan', [], {}],
  ])('all is one grant for each account where there is %s', async (name, exclusions, guards) => {
    const perTarget = name === 'a plan';
    const { short, notices } = await provision(['all', ...exclusions], ['*'], { guards, perTarget });
    const everyone = ['1 300000000001', '1 300000000002', '1 400000000001', '2 300000000002', '2 400000000001'];
    expect(short).toEqual(exclusions.length > 0 ? ['1 400000000001', '2 400000000001'] : everyone);
    expect(notices).toHaveLength(exclusions.length > 0 ? 0 : 1);
  });

  test('all is one grant for each account where there are more than AWS accepts at once', async () => {
    const many = (accounts: number): readonly FakePair[] =>
      Array.from({ length: accounts }, (_, index) => ({ set: 1, account: String(600_000_000_000 + index) }));
    const over = {
      accounts: many(3_501).map(({ account }) => ({ id: account, name: account, parent: 'r-a1b2' })),
      pageSize: 20,
    };
    expect((await provision(['all'], ['Set1'], { of: many(3_500), over })).short).toEqual(['1 all']);
    expect((await provision(['all'], ['Set1'], { of: many(3_501), over })).short).toHaveLength(3_501);
  });

  test('all without any account left is refused; without any provisioned account there is nothing to push', async () => {
    await expect(provision(['all', '!ou:r-a1b2/**'], ['Set1'])).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringContaining('Selected: "all" (4 accounts). Excluded: "!ou:r-a1b2/**".'),
    });
    const { grants, notices } = await provision(['all', '!300000000001'], ['Set3']);
    expect({ grants, notices }).toEqual({ grants: [], notices: [expect.stringContaining('Nothing to push')] });
  });

  test('selectors: every named permission set on every account; with * those of the account', async () => {
    expect((await provision(['ou:/Sandbox', '300000000005'], [permissionSet('1')])).short).toEqual([
      '1 300000000005',
      '1 400000000001',
      '1 400000000002',
    ]);
    const { short, notices } = await provision(['ou:/Sandbox', 'account:payments'], ['*']);
    expect(short).toEqual(['1 300000000002', '1 400000000001', '2 300000000002', '2 400000000001']);
    expect(notices).toEqual(['No permission set is provisioned to sandbox. Nothing to push there.']);
    expect((await provision(['300000000001'], ['*', permissionSet('3')])).short).toEqual([
      '1 300000000001',
      '3 300000000001',
    ]);
  });

  test('many accounts are requested by permission set where there are fewer sets', async () => {
    const { short, sent } = await provision(['ou:r-a1b2/**'], ['*']);
    expect(short).toEqual(['1 300000000001', '1 300000000002', '1 400000000001', '2 300000000002', '2 400000000001']);
    expect(count(sent, 'ListPermissionSetsProvisionedToAccount')).toBe(0);
  });

  test('the first read uses the lists of the selection; later reads request them again', async () => {
    const { cloud, grants, all } = await provision(['outdated'], ['*']);
    const before = all.length;
    const first = await cloud.read(grants, budget);
    expect(first.map(({ standing }) => standing)).toEqual(['outdated', 'outdated', 'outdated']);
    expect(all).toHaveLength(before);
    await cloud.read(grants, budget);
    expect(all.length).toBeGreaterThan(before);
  });

  test('a mistyped ARN is an error, also where nothing is outdated', async () => {
    const more = { ListAccountsForProvisionedPermissionSet: () => awsError('not-found') };
    for (const target of ['outdated', 'all'])
      await expect(provision([target], [permissionSet('9')], { more })).rejects.toMatchObject({
        failure: { kind: 'not-found' },
      });
    expect((await provision(['outdated'], ['*'], { more })).grants).toEqual([]);
  });
});

describe('outdated, by the shorter walk', () => {
  const accounts = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: String(600_000_000_000 + index),
      name: `a${index}`,
      parent: 'r-a1b2',
    }));
  const walk = async (sets: number, accountCount: number, denied: readonly string[] = []) => {
    const pairs = [{ set: 2, account: '600000000001', stale: true }];
    const fake = createFakeSession(
      {
        ...organizationAnswers({ units: [], accounts: accounts(accountCount), pageSize: 20, denied }),
        ...provisionedAnswers(pairs, sets),
      },
      pinned,
    );
    const request = requestOf('provision', { target: ['outdated'], role: ['*'] });
    const { grants } = await createAws(fake.session).resolve(request, budget);
    expect(inShort(grants)).toEqual(['2 600000000001']);
    return {
      bySet: count(fake.sent, 'ListAccountsForProvisionedPermissionSet'),
      byAccount: count(fake.sent, 'ListPermissionSetsProvisionedToAccount'),
      sweep: count(fake.sent, 'ListAccounts'),
      described: count(fake.sent, 'DescribePermissionSet'),
    };
  };

  test('few permission sets: accounts are not even counted', async () => {
    expect(await walk(5, 3)).toEqual({ bySet: 5, byAccount: 0, sweep: 0, described: 1 });
  });

  test('fewer accounts than permission sets', async () => {
    expect(await walk(30, 10)).toEqual({ bySet: 0, byAccount: 10, sweep: 1, described: 1 });
  });

  test('more accounts: counting stops as soon as that is known', async () => {
    expect(await walk(30, 500)).toEqual({ bySet: 30, byAccount: 0, sweep: 3, described: 1 });
  });

  test('accounts that cannot be counted', async () => {
    expect(await walk(30, 10, ['ListAccounts'])).toEqual({ bySet: 30, byAccount: 0, sweep: 1, described: 1 });
  });
});

describe('the rest of the port', () => {
  const lines = { principal: [`user:${alice}`], target: ['300000000001', '300000000002'], role: [permissionSet('1')] };
  const resolved = async (more: Answers = {}) => {
    const fake = setUp([], {}, more);
    const { grants } = await fake.cloud.resolve(requestOf('assign', lines), budget);
    const [grant] = grants;
    if (grant === undefined) throw new Error('there is one');
    return { ...fake, grant, grants };
  };
  const pushed = (grant: Grant, target: string): Grant => ({
    kind: 'provisioning',
    role: grant.role,
    target: { id: target, name: null },
  });

  test('limits are the quotas', () => {
    expect(setUp().cloud.limits).toEqual({ inFlight: 100, outstanding: { create: 15, provision: 3 } });
  });

  test('one operation at a time per target account, and per permission set where it is pushed everywhere', async () => {
    const { cloud, grant } = await resolved();
    const lane = (it: Grant, kind: 'create' | 'provision') => cloud.laneOf({ kind, grant: it, seen: null });
    expect(lane(grant, 'create')).toBe(
      lane(pushed({ ...grant, role: { id: 'x', name: null } }, grant.target.id), 'provision'),
    );
    expect(lane(pushed(grant, 'all'), 'provision')).toBe(grant.role.id);
  });

  test('grants of one place are read together', async () => {
    const { cloud, grant, grants, sent } = await resolved({
      ListAccountAssignments: () => ({ AccountAssignments: [] }),
    });
    const keys = new Set(grants.map((it) => cloud.readTogether(it)));
    expect(keys.size).toBe(2);
    expect(cloud.readTogether({ ...grant, role: { id: grant.role.id, name: 'x' } })).toBe(cloud.readTogether(grant));
    expect(cloud.readTogether(pushed(grant, '1'))).toBe(cloud.readTogether(pushed(grant, '2')));
    await cloud.read([...grants, ...grants], budget);
    expect(count(sent, 'ListAccountAssignments')).toBe(2);
  });

  test('a plan names the role as its caller, and the instance', async () => {
    const { cloud } = await resolved({
      GetCallerIdentity: () => ({ Arn: 'arn:aws:sts::111122223333:assumed-role/broker/run-1' }),
    });
    expect(await cloud.planContext(budget)).toEqual({
      caller: 'arn:aws:iam::111122223333:role/broker',
      directory: instanceArn,
      settings: {},
    });
  });

  test("the run's own operations are adopted without a description", async () => {
    const status = { Status: 'IN_PROGRESS', RequestId: 'op-1' };
    const { cloud, grant, grants, sent } = await resolved({
      CreateAccountAssignment: () => ({ AccountAssignmentCreationStatus: status }),
      ListAccountAssignmentCreationStatus: () => ({ AccountAssignmentsCreationStatus: [status] }),
    });
    await cloud.start({ kind: 'create', grant, seen: null }, budget);
    const other = { kind: 'create', grant: grants[1] ?? grant, seen: null } as const;
    expect(await cloud.find([{ change: other, since: null, except: new Set() }], budget)).toEqual([null]);
    expect(count(sent, 'DescribeAccountAssignmentCreationStatus')).toBe(0);
  });

  test('the session duration is requested once for each permission set', async () => {
    const { cloud, grants, sent } = await resolved({
      DescribePermissionSet: () => ({ PermissionSet: { SessionDuration: 'PT2H' } }),
    });
    const remarks = grants.map((grant) =>
      cloud.remarkOn({ kind: 'remove', grant, changed: true, verified: true }, budget),
    );
    for (const remark of await Promise.all(remarks)) expect(remark).toContain('up to 2 h');
    expect(count(sent, 'DescribePermissionSet')).toBe(1);
  });

  test('nothing works before resolve', () => {
    expect(() => setUp().cloud.read([], budget)).toThrow(TypeError);
  });
});

describe('uncovered', () => {
  const allowed = (part: 'principal' | 'target' | 'role', texts: readonly string[]) =>
    texts.map((text) => valueOf(parseAllowed(part, text)));
  const ask = async (
    part: 'principal' | 'target' | 'role',
    texts: readonly string[],
    more: Answers = {},
    over: Partial<FakeOrganization> = {},
  ) => {
    const names: Answers = {
      DescribeUser: () => ({ UserName: 'alice', Emails: [{ Value: 'alice@example.com' }] }),
      DescribeGroup: () => ({ DisplayName: 'Payments On-Call' }),
    };
    const fake = setUp([], over, { ...names, ...more });
    const request = requestOf(
      'assign',
      {
        principal: [`user:${alice}`, `group:${payments}`],
        target: ['300000000001', '300000000003', management],
        role: [permissionSet('1'), permissionSet('2')],
      },
      { allowPrivileged: true },
    );
    const { grants } = await fake.cloud.resolve(request, budget);
    const before = fake.sent.length;
    const left = await fake.cloud.uncovered(part, allowed(part, texts), grants, budget);
    return {
      left: left.map(({ id }) => id),
      names: left.map(({ name }) => name),
      commands: commandsOf(fake.sent.slice(before)),
    };
  };

  test.each<[readonly string[], readonly string[]]>([
    [[], [alice, payments]],
    [[alice, payments], []],
    [[alice.toUpperCase(), `group:${payments}`], []],
    [[`user:${alice}`], [payments]],
    [
      [`group:${alice}`, `user:${payments}`],
      [alice, payments],
    ],
  ])('principals by IDs: %j leaves %j, without a request', async (texts, left) => {
    const asked = await ask('principal', texts);
    expect({ left: asked.left, commands: asked.commands }).toEqual({ left, commands: [] });
  });

  test.each<[readonly string[], readonly string[]]>([
    [['user:alice', 'group:Payments*'], []],
    [['user:*@example.com', 'group:*On-Call'], []],
    [
      ['user:Alice', 'group:payments*'],
      [alice, payments],
    ],
    [
      ['user:Payments*', 'group:alice*'],
      [alice, payments],
    ],
    [
      ['user:ali', 'group:Payments'],
      [alice, payments],
    ],
    [['user:**', `group:${payments}`], []],
    [['group:**'], [alice]],
  ])('principals by their current names: %j leaves %j', async (texts, left) => {
    expect((await ask('principal', texts)).left).toEqual(left);
  });

  test('a renamed group is reported by its current name (P10)', async () => {
    const { left, names } = await ask('principal', [alice, 'group:Payments'], {
      DescribeGroup: () => ({ DisplayName: 'Admins' }),
    });
    expect({ left, names }).toEqual({ left: [payments], names: ['Admins'] });
  });

  test('an email address in full that two users have is refused with both IDs; a user name, an ID or a wildcard is not', async () => {
    const other = 'bbbbbbbb-0000-4000-8000-000000000002';
    const users = [alice, other].map((UserId) => ({ UserId, Emails: [{ Value: 'team@example.com' }] }));
    const shared: Answers = {
      DescribeUser: () => ({ UserName: 'alice', Emails: [{ Value: 'team@example.com' }] }),
      GetUserId: ({ AlternateIdentifier: by }) =>
        JSON.stringify(by).includes('emails.value') ? { UserId: other } : awsError('not-found'),
      ListUsers: () => ({ Users: users }),
    };
    const asking = ask('principal', ['user:team@example.com', 'group:**'], shared);
    await expect(asking).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(new RegExp(`${alice}.*${other}|${other}.*${alice}`, 'u')),
    });
    // An email address is not a name of the user either, where there is no user name.
    const nameless: Answers = { ...shared, DescribeUser: () => ({ Emails: [{ Value: 'team@example.com' }] }) };
    await expect(ask('principal', ['user:team@example.com', 'group:**'], nameless)).rejects.toThrow(other);
    for (const line of ['user:alice', `user:${alice}`, 'user:team@*'])
      expect((await ask('principal', [line, 'group:**'], shared)).left).toEqual([]);
    // Only one user has it, and that is a different one by now.
    const only: Answers = { ...shared, ListUsers: () => ({ Users: users.slice(1) }) };
    expect((await ask('principal', ['user:team@example.com', 'group:**'], only)).left).toEqual([alice]);
  });

  test('a principal that is covered by ID is not looked up, and no principal twice', async () => {
    expect((await ask('principal', [alice, 'user:x', 'group:x', 'group:y'])).commands).toEqual(['DescribeGroup']);
  });

  test('a deleted principal is not covered; a failed look-up is an error', async () => {
    const gone = awsError('not-found', {}, { ResourceType: 'GROUP' });
    expect((await ask('principal', [alice, 'group:**'], { DescribeGroup: () => gone })).left).toEqual([payments]);
    for (const [part, text, name] of [
      ['principal', 'user:**', 'DescribeUser'],
      ['role', '**', 'DescribePermissionSet'],
    ] as const)
      await expect(ask(part, [text], { [name]: () => awsError('denied') })).rejects.toMatchObject({
        failure: { kind: 'denied' },
      });
    const denied = { denied: ['DescribeAccount', 'ListAccounts', 'ListAccountsForParent'] };
    for (const text of ['account:**', 'ou:/Workloads/**'])
      await expect(ask('target', [text], {}, denied)).rejects.toMatchObject({ failure: { kind: 'denied' } });
  });

  test.each<[readonly string[], readonly string[]]>([
    [[permissionSet('1')], [permissionSet('2')]],
    [[], [permissionSet('1'), permissionSet('2')]],
    [['Set*'], []],
    [['**'], []],
    [['set*', 'Set2'], [permissionSet('1')]],
  ])('roles: %j leaves %j', async (texts, left) => {
    expect((await ask('role', texts)).left).toEqual(left);
  });

  test.each<[readonly string[], readonly string[]]>([
    [['300000000001', '300000000003', management], []],
    [['ou:/Workloads/**'], [management]],
    [['ou:r-a1b2/**'], []],
    [['ou:/Workloads/Production', 'account:l*'], [management]],
    [['account:**'], []],
    [
      ['account:Old', 'account:lake'],
      ['300000000003', management],
    ],
    [['ou:/Workloads', 'account:management'], ['300000000003']],
    [
      ['ou:/Sandbox/**', '300000000001'],
      ['300000000003', management],
    ],
  ])('targets: %j leaves %j', async (texts, left) => {
    expect((await ask('target', texts)).left).toEqual(left);
  });

  test('a unit that does not exist covers nothing: refused', async () => {
    await expect(ask('target', ['ou:/Wrokloads/**'])).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringContaining('"ou:/Wrokloads/**"'),
    });
  });

  test('no account covers everywhere', async () => {
    const { cloud } = setUp();
    await cloud.resolve(requestOf('provision', { target: ['300000000001'], role: [permissionSet('1')] }), budget);
    const everywhere: Grant = {
      kind: 'provisioning',
      role: { id: permissionSet('1'), name: null },
      target: { id: 'all', name: null },
    };
    for (const text of ['ou:r-a1b2/**', 'account:**'])
      expect(await cloud.uncovered('target', allowed('target', [text]), [everywhere], budget)).toMatchObject([
        { id: 'all' },
      ]);
  });

  test('names of principals need the identity store, which is looked up', async () => {
    const { cloud, sent } = setUp([], {}, { DescribeUser: () => ({ UserName: 'alice' }) }, { instanceArn });
    const principal = allowed('principal', ['user:alice']);
    const request = requestOf(
      'revoke',
      { principal: [`user:${alice}`], target: ['300000000001'], role: [permissionSet('1')] },
      { guards: { ...open, allowed: { ...open.allowed, principal } } },
    );
    const { grants } = await cloud.resolve(request, budget);
    expect(await cloud.uncovered('principal', principal, grants, budget)).toEqual([]);
    expect(sent.find(({ command }) => command === 'DescribeUser')?.input).toEqual({
      IdentityStoreId: store,
      UserId: alice,
    });
  });
});
