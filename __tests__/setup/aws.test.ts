import { describe, expect, it } from '@jest/globals';
import { identityStoreArn, instanceArn, queueArn, roleArn } from '../../src/aws/resolve/patterns.ts';
import { action, readText } from '../docs/repository.ts';
import { deploy, exampleParameters, policiesIn, roleIn, type Parameters } from './stack.ts';

interface Policy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Resource?: unknown;
    readonly Condition?: { readonly StringEquals: Readonly<Record<string, unknown>> };
  }[];
}

const incidentAccess = 'octo-org/infra/.github/workflows/incident-access.yml@refs/heads/main';
const jobWorkflowRef = 'token.actions.githubusercontent.com:job_workflow_ref';

/** A trust document with these workflows, or without any. */
function pinnedTo(policy: Policy, workflows: readonly string[] | undefined): unknown {
  const pinned = policy.Statement.map((it) => {
    const others = Object.entries(it.Condition?.StringEquals ?? {}).filter(([key]) => key !== jobWorkflowRef);
    const pins = workflows === undefined ? {} : { [jobWorkflowRef]: workflows };
    return { ...it, Condition: { StringEquals: { ...Object.fromEntries(others), ...pins } } };
  });
  return { ...policy, Statement: pinned };
}

const document = (name: string): Policy => JSON.parse(readText(`docs/policies/${name}.json`)) as Policy;
/** The permission sets that docs/policies name. */
const owned = document('reconcile')
  .Statement.flatMap(({ Resource }) => (Array.isArray(Resource) ? Resource.map(String) : []))
  .filter((arn) => arn.includes('/ps-'))
  .join();

const withParameters = (more: Parameters): ReturnType<typeof deploy> => deploy({ ...exampleParameters, ...more });
describe('setup/aws.yaml with the values of the examples', () => {
  it.each([
    ['Broker', 'lease-broker'],
    ['Sweeper', 'lease-sweeper'],
    ['Ender', 'lease-execution-role'],
  ] as const)('gives %s the policy %s, and no other', (role, name) => {
    expect(roleIn(deploy(), role).policy).toEqual(document(name));
  });

  it('lets jobs in the approved environment take leases, those in the other one end them, and Scheduler end them', () => {
    expect(roleIn(deploy(), 'Broker').trust).toEqual(pinnedTo(document('trust-name'), [incidentAccess]));
    expect(roleIn(deploy(), 'Sweeper').trust).toEqual(document('lease-sweeper-trust'));
    expect(roleIn(deploy(), 'Ender').trust).toEqual(document('lease-execution-trust'));
  });

  it('takes the immutable form of the subject as repository', () => {
    const stack = withParameters({ Repository: 'octo-org@9919/infra@74901' });
    expect(roleIn(stack, 'Broker').trust).toEqual(pinnedTo(document('trust-immutable'), [incidentAccess]));
  });

  it('pins the role that grants to each workflow that is named, or with "*" to none, and never the one that ends (P10)', () => {
    const called = 'octo-org/shared/.github/workflows/lease.yml@0123456789abcdef0123456789abcdef01234567';
    const two = withParameters({ GrantWorkflows: `${incidentAccess}, ${called}` });
    expect(roleIn(two, 'Broker').trust).toEqual(pinnedTo(document('trust-name'), [incidentAccess, called]));
    const none = withParameters({ GrantWorkflows: '*' });
    expect(roleIn(none, 'Broker').trust).toEqual(pinnedTo(document('trust-name'), undefined));
    for (const it of [two, none]) expect(roleIn(it, 'Sweeper').trust).toEqual(document('lease-sweeper-trust'));
  });

  it('makes roles, group and provider; the queue, with the right to write there, only if it is asked for', () => {
    const types = (more: Parameters): readonly string[] =>
      Object.values(withParameters(more).resources).map(({ Type }) => Type);
    const roles = Array.from({ length: 3 }, () => 'AWS::IAM::Role');
    expect(types({})).toEqual(['AWS::IAM::OIDCProvider', 'AWS::Scheduler::ScheduleGroup', ...roles]);
    expect(types({ CreateOidcProvider: 'false', CreateScheduleGroup: 'false', CreateDeadLetterQueue: 'true' })).toEqual(
      [...roles, 'AWS::SQS::Queue', 'AWS::IAM::RolePolicy'],
    );
    const { DeadLetters } = withParameters({ CreateDeadLetterQueue: 'true' }).resources;
    expect(DeadLetters?.Properties).toMatchObject({
      RoleName: 'access-ender',
      PolicyDocument: document('lease-dead-letters'),
    });
  });

  it('knows GitHub as the action expects it', () => {
    expect(deploy().resources['OidcProvider']?.Properties).toEqual({
      Url: 'https://token.actions.githubusercontent.com',
      ClientIdList: ['sts.amazonaws.com'],
    });
  });

  it('keeps what has the timers of leases, and what others rely on, when it is deleted', () => {
    const { OidcProvider, ScheduleGroup } = deploy().resources;
    // Else a first deployment that fails would leave behind what is in the way of the second.
    for (const it of [OidcProvider, ScheduleGroup])
      expect(it).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(ScheduleGroup?.Properties).toEqual({ Name: 'cloud-access' });
  });

  it('puts out the values of inputs, in the forms that the action takes', () => {
    const { outputs } = withParameters({ CreateDeadLetterQueue: 'true' });
    for (const { Description } of Object.values(outputs))
      expect(Object.keys(action.inputs)).toContain(/^[a-z-]+/u.exec(Description)?.[0]);
    const values = Object.fromEntries(Object.entries(outputs).map(([name, { Value }]) => [name, Value]));
    expect(values).toEqual({
      BrokerRoleArn: expect.stringMatching(roleArn) as unknown,
      SweeperRoleArn: expect.stringMatching(roleArn) as unknown,
      SchedulerRoleArn: expect.stringMatching(roleArn) as unknown,
      SchedulerGroup: 'cloud-access',
      Region: 'us-east-1',
      InstanceArn: expect.stringMatching(instanceArn) as unknown,
      IdentityStoreArn: expect.stringMatching(identityStoreArn) as unknown,
      DeadLetterQueueArn: expect.stringMatching(queueArn) as unknown,
    });
    expect(Object.keys(deploy().outputs)).not.toContain('DeadLetterQueueArn');
  });

  it('fits into the request of the AWS CLI, 51,200 bytes', () => {
    expect(Buffer.byteLength(readText('setup/aws.yaml'))).toBeLessThan(51_200);
  });

  it('uses every parameter and every condition', () => {
    // The others are of what is asked for only.
    expect(withParameters({ FilePermissionSets: owned }).unused).toEqual([]);
  });
});

describe('setup/aws.yaml with access files', () => {
  const stack = (more: Parameters = {}): ReturnType<typeof deploy> =>
    withParameters({ FilePermissionSets: owned, ...more });

  it('makes no role for them unless it is told what they may change', () => {
    for (const name of ['Planner', 'Applier', 'Expirer']) expect(deploy().resources).not.toHaveProperty(name);
  });

  it('lets the planner read, the applier grant, revoke and make permanent, and the expirer revoke (P10)', () => {
    expect(policiesIn(stack(), 'Planner').policies).toEqual([document('inventory')]);
    expect(policiesIn(stack(), 'Applier').policies).toEqual([document('reconcile'), document('make-permanent')]);
    expect(policiesIn(stack(), 'Expirer').policies).toEqual([document('inventory'), document('expire')]);
    expect(JSON.stringify(policiesIn(stack(), 'Expirer').policies)).not.toContain('Create');
  });

  it('trusts pull requests and the default branch to read, and only environments to change something (P10)', () => {
    expect(roleIn(stack(), 'Planner').trust).toEqual(document('planner-trust'));
    const other = JSON.stringify(roleIn(stack({ DefaultBranch: 'trunk' }), 'Planner').trust);
    expect(other).toContain('"repo:octo-org/infra:ref:refs/heads/trunk"');
    expect(other).not.toContain('heads/main');
    expect(policiesIn(stack(), 'Applier').trust).toEqual(roleIn(stack(), 'Broker').trust);
    expect(policiesIn(stack(), 'Expirer').trust).toEqual(roleIn(stack(), 'Sweeper').trust);
  });

  it('puts out the roles, for the workflows of access files', () => {
    const { outputs } = stack();
    for (const [name, role] of [
      ['PlannerRoleArn', 'access-planner'],
      ['ApplierRoleArn', 'access-applier'],
      ['ExpirerRoleArn', 'access-expirer'],
    ] as const) {
      const arn = `arn:aws:iam::111122223333:role/${role}`;
      expect(outputs[name]?.Value).toBe(arn);
      expect(
        readText('setup/workflows/aws/access-plan.yml') + readText('setup/workflows/aws/access-expire.yml'),
      ).toContain(arn);
    }
  });

  it('has roles for 65 accounts in inline policies: 10,240 characters without white space', () => {
    const Accounts = Array.from({ length: 65 }, (_, index) => String(100_000_000_000 + index)).join();
    for (const name of ['Planner', 'Applier', 'Expirer'] as const)
      expect(JSON.stringify(policiesIn(stack({ Accounts }), name).policies).length).toBeLessThan(10_240);
  });

  it.each(['*', 'ReadOnlyAccess', 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/*'])(
    'refuses %s as what they may change (P10)',
    (FilePermissionSets) => {
      expect(() => stack({ FilePermissionSets })).toThrow('FilePermissionSets');
    },
  );
});

describe('the parameters of setup/aws.yaml', () => {
  const [one, two] = ['ps-1a2b3c4d5e6f7081', 'ps-3c4d5e6f708192a3'].map(
    (id) => `arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/${id}`,
  );

  it('narrow what may be leased, and not what may be ended: what was leased must remain to be ended (P5)', () => {
    const stack = withParameters({ PermissionSets: `${one ?? ''},${two ?? ''}` });
    const broker = roleIn(stack, 'Broker').policy as Policy;
    const changing = broker.Statement.find(({ Sid }) => Sid === 'ChangeLeasable');
    expect(changing).toMatchObject({ Resource: [one, two], Condition: expect.anything() as unknown });
    const rest = ({ Statement }: Policy): unknown => Statement.filter(({ Sid }) => Sid !== 'ChangeLeasable');
    expect(rest(broker)).toEqual(rest(document('lease-broker')));
    expect(roleIn(stack, 'Ender').policy).toEqual(document('lease-execution-role'));
    expect(roleIn(stack, 'Sweeper').policy).toEqual(document('lease-sweeper'));
  });

  it.each([
    ['Repository', 'octo-org/*'],
    ['Repository', 'octo-org/infra:environment:x'],
    ['RepositoryId', 'octo-org/infra'],
    ['RepositoryId', ''],
    ['GrantWorkflows', ''],
    ['GrantWorkflows', 'incident-access.yml'],
    ['GrantWorkflows', 'octo-org/infra/.github/workflows/incident-access.yml'],
    ['GrantWorkflows', 'octo-org/infra/.github/workflows/*@refs/heads/main'],
    ['GrantWorkflows', 'octo-org/infra/.github/workflows/incident-access.yml@*'],
    ['GrantEnvironment', '*'],
    ['InstanceId', 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f'],
    ['Accounts', '123456789012,12345678901'],
    ['Accounts', ''],
    ['PermissionSets', '*'],
    ['PermissionSets', `${one ?? ''},IncidentAdmin`],
    ['CreateScheduleGroup', 'no'],
    ['AlarmEmail', 'security'],
  ])('refuse %s: %s', (name, value) => {
    expect(() => withParameters({ [name]: value })).toThrow(name);
  });

  it('bear as many accounts as README.md of setup says in one policy: 10,240 characters without white space', () => {
    const limit = Number(/up to (?<limit>\d+) accounts/u.exec(readText('setup/README.md'))?.groups?.['limit']);
    const sizeFor = (count: number): number => {
      const ids = Array.from({ length: count }, (_, index) => String(100_000_000_000 + index));
      return JSON.stringify(roleIn(withParameters({ Accounts: ids.join() }), 'Broker').policy).length;
    };
    expect(sizeFor(limit)).toBeLessThanOrEqual(10_240);
    expect(sizeFor(limit + 5)).toBeGreaterThan(10_240);
  });

  it('bear a dozen workflows in one trust policy: 2,048 characters without white space', () => {
    const GrantWorkflows = Array.from({ length: 12 }, (_, index) => `${incidentAccess}${index}`).join();
    expect(JSON.stringify(roleIn(withParameters({ GrantWorkflows }), 'Broker').trust).length).toBeLessThan(2_048);
  });

  it('take all accounts as "*"', () => {
    const policy = roleIn(withParameters({ Accounts: '*' }), 'Broker').policy as Policy;
    expect(policy.Statement.find(({ Sid }) => Sid === 'ChangeLeasableThere')?.Resource).toEqual([
      'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
      'arn:aws:sso:::account/*',
    ]);
  });
});
