import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { instanceArn, permissionSetArn, roleArn } from '../../src/aws/resolve/patterns.ts';
import { documents, readText, root, sources } from './repository.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Policy {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

function read(name: string): Policy {
  return JSON.parse(readText(`docs/policies/${name}.json`)) as Policy;
}

const operations = ['assign', 'revoke', 'provision'] as const;
/** What a role gets besides the policy of its operation. */
const additions = ['management-account', 'organizational-units', 'guards'];
/** Of roles of their own. */
const whole = ['plan', 'reprovision'];
/** Of access files and inventories, which also read the records of leases. */
const files = ['inventory', 'reconcile', 'expire'];
const permissions = [...operations, ...additions, ...whole, ...files];
const trusts = ['trust-name', 'trust-immutable', 'trust-reusable', 'planner-trust'];
/** Of the roles of leases: these tell permission sets apart by their tags. */
const leases = ['lease-broker', 'lease-sweeper', 'lease-execution-role'];
const leaseTrust = 'lease-execution-trust';
const sweeperTrust = 'lease-sweeper-trust';
/** Of the role that applies access files, beside reconcile: with it, what a row grants is no lease any more. */
const permanence = 'make-permanent';
/** Of the execution role, where it has a queue for what could not be carried out. Source: EventBridge Scheduler user guide, dead-letter queues. */
const deadLetters = 'lease-dead-letters';
const azure = [
  'azure-broker',
  'azure-inventory',
  'azure-reconcile',
  'azure-plan',
  'azure-sweeper',
  'azure-credential-environment',
  'azure-credential-immutable',
];

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

function actionsOf(name: string): readonly string[] {
  return read(name).Statement.flatMap(({ Action }) => list(Action));
}

type Kind =
  | 'any'
  | 'instance'
  | 'permissionSet'
  | 'account'
  | 'identitystore'
  | 'user'
  | 'group'
  | 'membership'
  | 'role'
  | 'saml-provider'
  | 'schedule';

/** What an ARN of a policy names. */
function kindOf(arn: string): Kind {
  if (arn === '*') return 'any';
  const kinds: readonly (readonly [RegExp, Kind])[] = [
    [/^arn:aws:sso:::instance\/(?:ssoins-[\w-]{16}|\*)$/u, 'instance'],
    [/^arn:aws:sso:::permissionSet\/ssoins-[\w-]{16}\/(?:ps-[\w-]{16}|\*)$/u, 'permissionSet'],
    [/^arn:aws:sso:::account\/(?:\d{12}|\*)$/u, 'account'],
    [/^arn:aws:identitystore::\d{12}:identitystore\/d-[0-9a-f]{10}$/u, 'identitystore'],
    [/^arn:aws:identitystore:::user\/\*$/u, 'user'],
    [/^arn:aws:identitystore:::group\/\*$/u, 'group'],
    [/^arn:aws:identitystore:::membership\/\*$/u, 'membership'],
    [/^arn:aws:scheduler:us-east-1:\d{12}:schedule\/cloud-access\/\*$/u, 'schedule'],
    [/^arn:aws:iam::\d{12}:role\/aws-reserved\/sso\.amazonaws\.com\/\*$/u, 'role'],
    [/^arn:aws:iam::\d{12}:saml-provider\/AWSSSO_\*$/u, 'saml-provider'],
  ];
  const found = kinds.find(([pattern]) => pattern.test(arn));
  if (found === undefined) throw new Error(`"${arn}" has no form that is known`);
  return found[1];
}

/** Which resources each action is checked against, all together. Source: AWS service authorization reference. */
const checkedAgainst: Readonly<Record<string, readonly Kind[]>> = {
  'sso:ListInstances': ['any'],
  'sso:DescribeInstance': ['instance'],
  'sso:ListPermissionSets': ['instance'],
  'sso:DescribePermissionSet': ['instance', 'permissionSet'],
  'sso:ListPermissionSetsProvisionedToAccount': ['instance', 'account'],
  'sso:ListAccountsForProvisionedPermissionSet': ['instance', 'permissionSet'],
  'sso:ListAccountAssignments': ['instance', 'permissionSet', 'account'],
  'sso:ListAccountAssignmentsForPrincipal': ['instance'],
  'sso:ListTagsForResource': ['instance', 'permissionSet'],
  'sso:CreateAccountAssignment': ['instance', 'permissionSet', 'account'],
  'sso:DeleteAccountAssignment': ['instance', 'permissionSet', 'account'],
  'sso:ProvisionPermissionSet': ['instance', 'permissionSet', 'account'],
  'sso:DescribeAccountAssignmentCreationStatus': ['instance'],
  'sso:ListAccountAssignmentCreationStatus': ['instance'],
  'sso:DescribeAccountAssignmentDeletionStatus': ['instance'],
  'sso:ListAccountAssignmentDeletionStatus': ['instance'],
  'sso:DescribePermissionSetProvisioningStatus': ['instance'],
  'sso:ListPermissionSetProvisioningStatus': ['instance'],
  'identitystore:GetUserId': ['identitystore', 'user'],
  'identitystore:GetGroupId': ['identitystore', 'group'],
  'identitystore:ListUsers': ['identitystore', 'user'],
  'identitystore:ListGroups': ['identitystore', 'group'],
  'identitystore:DescribeUser': ['identitystore', 'user'],
  'identitystore:DescribeGroup': ['identitystore', 'group'],
  'identitystore:ListGroupMembershipsForMember': ['identitystore', 'user', 'group', 'membership'],
  'scheduler:ListSchedules': ['any'],
  'scheduler:GetSchedule': ['schedule'],
  'organizations:ListAccounts': ['any'],
  'organizations:ListRoots': ['any'],
  'organizations:DescribeOrganization': ['any'],
  // These could be narrowed by ARNs that name the organization. What the action reads of it is in no part of it secret.
  'organizations:DescribeAccount': ['any'],
  'organizations:ListAccountsForParent': ['any'],
  'organizations:ListOrganizationalUnitsForParent': ['any'],
  'iam:ListSAMLProviders': ['any'],
  'iam:GetSAMLProvider': ['saml-provider'],
  'iam:CreateSAMLProvider': ['saml-provider'],
  'iam:UpdateSAMLProvider': ['saml-provider'],
  'iam:CreateRole': ['role'],
  'iam:GetRole': ['role'],
  'iam:PutRolePolicy': ['role'],
  'iam:AttachRolePolicy': ['role'],
  'iam:ListRolePolicies': ['role'],
  'iam:ListAttachedRolePolicies': ['role'],
};

/** The actions that src/aws names in its requests; whose credentials it has anybody may ask STS. */
function requested(folder = 'src/aws'): ReadonlySet<string> {
  const prefixes = { sso: 'sso', identityStore: 'identitystore', organizations: 'organizations' } as const;
  const calls = sources(folder).matchAll(
    /\b(?<service>sso|identityStore|organizations)\s*\.(?:read|once)\('(?<name>\w+)'/gu,
  );
  return new Set(
    [...calls].map(
      ({ groups }) => `${prefixes[groups?.['service'] as keyof typeof prefixes]}:${groups?.['name'] ?? ''}`,
    ),
  );
}

function isReading(action: string): boolean {
  return /:(?:List|Describe|Get)[A-Z]/u.test(action);
}

describe('docs/policies', () => {
  it('has the policies that the documents link to and no others', () => {
    const text = documents.map(readText).join('\n');
    const policies = [
      ...[...permissions, ...trusts, ...leases, leaseTrust, sweeperTrust, permanence, deadLetters, ...azure].map(
        (name) => `${name}.json`,
      ),
      'azure-condition.txt',
      'azure-pim.json',
      'azure-sweeper-condition.txt',
    ];
    expect(readdirSync(join(root, 'docs/policies')).toSorted()).toEqual(policies.toSorted());
    expect(policies.filter((name) => !new RegExp(`\\]\\((?:docs/)?policies/${name}\\)`, 'u').test(text))).toEqual([]);
  });

  it.each([...permissions, ...trusts, ...leases, leaseTrust, sweeperTrust, permanence, deadLetters])(
    '%s is a policy document, statement names unique',
    (name) => {
      const { Version, Statement, ...rest } = read(name);
      expect({ Version, rest }).toEqual({ Version: '2012-10-17', rest: {} });
      expect(new Set(Statement.map(({ Sid }) => Sid)).size).toBe(Statement.length);
      for (const { Sid, Effect } of Statement) {
        expect(Sid).toMatch(/^[A-Za-z0-9]+$/u);
        expect(Effect).toBe('Allow');
      }
    },
  );
});

describe('permission policies', () => {
  it('hold every action that the source requests and no other', () => {
    const allowed = new Set([...operations, ...files, 'organizational-units', 'guards'].flatMap(actionsOf));
    for (const action of allowed) if (action.startsWith('scheduler:')) allowed.delete(action);
    expect(requested().size).toBeGreaterThan(20);
    expect([...allowed].toSorted()).toEqual([...requested()].toSorted());
  });

  it('for planning hold every action that reads and no other: what runs already a plan does not ask', () => {
    const ofFiles = requested('src/aws/access');
    expect(ofFiles.size).toBe(3);
    const reading = [...requested()].filter(
      (action) => isReading(action) && !action.endsWith('Status') && !ofFiles.has(action),
    );
    expect(actionsOf('plan').toSorted()).toEqual(reading.toSorted());
  });

  it('for an inventory hold every action that reads and no other', () => {
    const reading = [...requested()].filter((action) => isReading(action) && !action.endsWith('Status'));
    expect(actionsOf('inventory').toSorted()).toEqual(
      [...reading, 'scheduler:ListSchedules', 'scheduler:GetSchedule'].toSorted(),
    );
  });

  it('for access files change assignments, and read what an inventory reads', () => {
    const actions = actionsOf('reconcile');
    const changes = ['sso:CreateAccountAssignment', 'sso:DeleteAccountAssignment'];
    expect(actions.filter((action) => !isReading(action))).toEqual(changes);
    const others = actions.filter((action) => isReading(action) && !action.endsWith('Status'));
    expect(others.filter((action) => !actionsOf('inventory').includes(action))).toEqual([]);
  });

  it.each([
    ['assign', 'sso:CreateAccountAssignment'],
    ['revoke', 'sso:DeleteAccountAssignment'],
    ['provision', 'sso:ProvisionPermissionSet'],
    ['reprovision', 'sso:ProvisionPermissionSet'],
  ])('%s changes something by %s only', (name, change) => {
    expect(actionsOf(name).filter((action) => !isReading(action))).toEqual([change]);
  });

  it.each(['plan', 'inventory', 'organizational-units', 'guards'])('%s changes nothing', (name) => {
    expect(actionsOf(name).filter((action) => !isReading(action))).toEqual([]);
  });

  it.each(permissions)(
    '%s names whole actions, each once, and just the resources that they are checked against',
    (name) => {
      const actions = actionsOf(name);
      expect(new Set(actions).size).toBe(actions.length);
      for (const { Action, Resource, ...rest } of read(name).Statement) {
        const kinds = new Set(list(Resource).map(kindOf));
        const needed = new Set(list(Action).flatMap((action): readonly string[] => checkedAgainst[action] ?? [action]));
        expect([...kinds].toSorted()).toEqual([...needed].toSorted());
        expect(Object.keys(rest)).toEqual(['Sid', 'Effect']);
      }
    },
  );

  it.each(['assign', 'revoke', 'reconcile'])('%s changes named permission sets in named accounts only', (name) => {
    const changing = read(name).Statement.find(({ Action }) =>
      list(Action).some((it) => /:(?:Create|Delete)/u.test(it)),
    );
    expect(changing).toBeDefined();
    for (const arn of list(changing?.Resource)) expect(arn).not.toContain('*');
    const sets = list(changing?.Resource).filter((arn) => kindOf(arn) === 'permissionSet');
    expect(sets.length).toBeGreaterThan(0);
    for (const arn of sets) expect(arn).toMatch(permissionSetArn);
  });

  it.each([...operations, ...whole, ...files])('%s speaks of one instance', (name) => {
    const arns = read(name).Statement.flatMap(({ Resource }) => list(Resource));
    const ids = new Set(arns.flatMap((arn) => /(?<id>ssoins-[\w-]+)/u.exec(arn)?.groups?.['id'] ?? []));
    expect(ids.size).toBe(1);
    expect(`arn:aws:sso:::instance/${[...ids].join()}`).toMatch(instanceArn);
  });

  it('fit into one role together as inline policies: 10,240 characters without white space', () => {
    const size = [...operations, ...additions].reduce((sum, name) => sum + JSON.stringify(read(name)).length, 0);
    expect(size).toBeLessThan(10_240);
  });
});

describe('policies of leases', () => {
  const tag = { StringEquals: { 'aws:ResourceTag/cloud-access-lease': 'allowed' } };
  const isChange = (action: string): boolean => /^sso:(?:Create|Delete)AccountAssignment$/u.test(action);

  it.each(leases)('%s changes access to tagged permission sets only, and in named accounts', (name) => {
    const changing = read(name).Statement.filter(({ Action }) => list(Action).some(isChange));
    const onSets = changing.filter(({ Resource }) => list(Resource).some((arn) => arn.includes(':permissionSet/')));
    expect(onSets).toHaveLength(1);
    expect(onSets[0]?.Condition).toEqual(tag);
    expect(new Set(list(onSets[0]?.Resource).map(kindOf))).toEqual(new Set(['permissionSet']));
    // Instance and accounts have no such tag: they stand apart, and alone allow nothing.
    for (const { Resource } of changing.filter((it) => !onSets.includes(it)))
      expect(list(Resource).filter((arn) => arn.includes('*') || kindOf(arn) === 'permissionSet')).toEqual([]);
  });

  it.each([
    ['lease-broker', ['sso:CreateAccountAssignment', 'sso:DeleteAccountAssignment']],
    ['lease-sweeper', ['sso:DeleteAccountAssignment']],
    ['lease-execution-role', ['sso:DeleteAccountAssignment']],
  ])('%s changes access by %j only', (name, changes) => {
    expect([...new Set(actionsOf(name).filter(isChange))]).toEqual(changes);
    expect(actionsOf(name).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('hold every request to Scheduler that the source makes', () => {
    const calls = sources('src/aws').matchAll(/\bscheduler\s*\.(?:read|once)\('(?<name>\w+)'/gu);
    const asked = new Set([...calls].map(({ groups }) => `scheduler:${groups?.['name'] ?? ''}`));
    expect(asked.size).toBe(6);
    expect(
      actionsOf('lease-broker')
        .filter((action) => action.startsWith('scheduler:'))
        .toSorted(),
    ).toEqual([...asked].toSorted());
  });

  it('name the schedules of one group, and the role that ends leases', () => {
    for (const name of ['lease-broker', 'lease-sweeper', permanence])
      for (const { Action, Resource } of read(name).Statement) {
        if (list(Action).includes('iam:PassRole')) expect(Resource).toBe('arn:aws:iam::111122223333:role/access-ender');
        if (list(Action).includes('scheduler:CreateSchedule'))
          expect(Resource).toBe('arn:aws:scheduler:us-east-1:111122223333:schedule/cloud-access/*');
      }
    expect(read(leaseTrust).Statement).toEqual([
      expect.objectContaining({
        Principal: { Service: 'scheduler.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: {
            'aws:SourceAccount': '111122223333',
            'aws:SourceArn': 'arn:aws:scheduler:us-east-1:111122223333:schedule-group/cloud-access',
          },
        },
      }),
    ]);
  });

  it('of what makes leases permanent writes records as the broker does, and changes no access', () => {
    const ofBroker = (sid: string): Statement | undefined =>
      read('lease-broker').Statement.find(({ Sid }) => Sid === sid);
    expect(read(permanence).Statement.slice(1)).toEqual([ofBroker('MakeGroup'), ofBroker('PassEnder')]);
    expect(read(permanence).Statement[0]).toEqual({
      ...ofBroker('KeepRecords'),
      Action: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
    });
    // What it reads of records, reconcile reads too.
    expect(actionsOf('reconcile')).toEqual(
      expect.arrayContaining(['scheduler:GetSchedule', 'scheduler:ListSchedules']),
    );
  });

  it('lets the execution role put into its one queue what it could not carry out, and nothing else', () => {
    expect(read(deadLetters).Statement).toMatchObject([
      { Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:111122223333:access-ender-failures' },
    ]);
  });

  it.each(leases)('%s fits into one role as an inline policy: 10,240 characters without white space', (name) => {
    expect(JSON.stringify(read(name)).length).toBeLessThan(10_240);
  });
});

describe('trust policies', () => {
  const claim = 'token.actions.githubusercontent.com';

  const pins = {
    [`${claim}:repository_id`]: '74901',
    [`${claim}:job_workflow_ref`]: 'octo-org/infra/.github/workflows/incident-access.yml@refs/heads/main',
  };

  it.each([
    ['trust-name', 'repo:octo-org/infra:environment:production-access', pins],
    ['trust-immutable', 'repo:octo-org@9919/infra@74901:environment:production-access', pins],
    [
      'trust-reusable',
      'repo:octo-org/infra:environment:production-access',
      {
        ...pins,
        [`${claim}:job_workflow_ref`]:
          'OWNER/cloud-access/.github/workflows/lease-aws.yml@6dcb09b5b57875f334f61aebed695e2e4193db5e',
      },
    ],
    // What ends leases must go on when a workflow file or a repository is renamed.
    [sweeperTrust, 'repo:octo-org/infra:environment:lease-end', {}],
    // What only reads.
    [
      'planner-trust',
      ['repo:octo-org/infra:pull_request', 'repo:octo-org/infra:ref:refs/heads/main'],
      { [`${claim}:repository_id`]: '74901' },
    ],
  ])('%s compares what it names exactly', (name, subject, more) => {
    const [statement, ...others] = read(name).Statement;
    expect(others).toEqual([]);
    expect(statement?.Action).toBe('sts:AssumeRoleWithWebIdentity');
    expect(statement?.Principal).toEqual({ Federated: `arn:aws:iam::111122223333:oidc-provider/${claim}` });
    expect(statement?.Condition).toEqual({
      StringEquals: { [`${claim}:aud`]: 'sts.amazonaws.com', [`${claim}:sub`]: subject, ...more },
    });
    expect(readText(`docs/policies/${name}.json`)).not.toMatch(/[*?]/u);
  });

  it('are of the account that the examples take their role from', () => {
    const text = documents.map(readText).join('\n');
    const roles = [...text.matchAll(/(?:aws-role-to-assume|plan-for): (?<arn>arn:\S+)/gu)].map(
      ({ groups }) => groups?.['arn'] ?? '',
    );
    expect(roles.length).toBeGreaterThan(0);
    for (const arn of roles) expect(roleArn.exec(arn)?.groups?.['account']).toBe('111122223333');
  });
});
