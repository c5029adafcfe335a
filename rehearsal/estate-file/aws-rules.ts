import type { Account, Estate, NamedAssignment, Organization } from '../estate.ts';
import { flag, list, mapOf, mapping, oneOf, repeated, text, type Fault, type Path, type Rule } from '../shape.ts';
import { one, twice, type Relation } from './relation.ts';

const accountId = text("'123456789012'", /^\d{12}$/u, '12 digits in quotes');
const name = (example: string): Rule => text(example);
/** [model] identitystore: both live forms. */
const principalId = text(
  '9067642c1a-1d2e3f40-5a6b-4c7d-9e8f-0a1b2c3d4e5f',
  /^(?:[\da-f]{10}-)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu,
  'an id of the identity store',
);
const tags = mapOf("{ jit: 'true' }", text("'true'", /^/u));
const policies = list('payments-boundary', name('payments-boundary'));
const numberText = text("'74901'", /^\d+$/u, 'digits in quotes');

const unit = '{ id: ou-f6g7-prod0001, name: Production, parent: r-f6g7 }';
const account = "{ id: '123456789012', name: payments-prod, parent: ou-f6g7-prod0001 }";
const user = '{ userName: alice@example.com, displayName: Alice Liddell, emails: [alice@example.com] }';
const group = '{ displayName: Payments On-Call }';
const permissionSet = '{ name: IncidentAdmin, tags: { cloud-access-lease: allowed } }';
const assignment = "{ permissionSet: ReadOnlyAccess, account: payments-prod, principal: 'group:Auditors' }";
const provisioning = '{ permissionSet: ReadOnlyAccess, account: payments-prod, outdated: true }';
const instance =
  "{ arn: 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f', identityStoreId: d-90679a1b2c, ownerAccount: '444455556666', region: us-east-1 }";

/** The sections of an estate on AWS, and GitHub's. */
export const awsRules: Readonly<Record<Exclude<keyof Estate, 'azure'>, Rule>> = {
  organization: mapping(
    "{ managementAccount: '444455556666', accounts: [{ id: '444455556666', name: management }] }",
    {
      id: text('o-a1b2c3d4e5', /^o-[a-z\d]{10,32}$/u, 'the id of an organization'),
      managementAccount: accountId,
      root: mapping('{ id: r-f6g7, name: Root }', {
        id: text('r-f6g7', /^r-[a-z\d]{4,32}$/u, 'the id of a root'),
        name: name('Root'),
      }),
      organizationalUnits: list(
        unit,
        mapping(unit, {
          id: text('ou-f6g7-prod0001', /^ou-[a-z\d]{4,32}-[a-z\d]{8,32}$/u, 'the id of an organizational unit'),
          name: name('Production'),
          parent: name('r-f6g7'),
        }),
      ),
      accounts: list(
        account,
        mapping(
          account,
          { id: accountId, name: name('payments-prod'), parent: name('ou-f6g7-prod0001') },
          {
            email: name('payments@example.com'),
            state: oneOf('ACTIVE', 'SUSPENDED', 'PENDING_ACTIVATION', 'PENDING_CLOSURE', 'CLOSED'),
            customerManagedPolicies: policies,
          },
        ),
      ),
    },
    { delegatedAdministrators: list("'111122223333'", accountId) },
  ),
  instances: list(
    instance,
    mapping(
      instance,
      {
        arn: text(
          'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
          /^arn:aws(?:-[a-z]+)*:sso:::instance\/(?:sso)?ins-[\w.-]{16}$/u,
          'the ARN of an instance',
        ),
        identityStoreId: text('d-90679a1b2c', /^(?:d-[\da-f]{10}|[\da-f-]{36})$/u, 'the id of an identity store'),
        ownerAccount: accountId,
        region: text('us-east-1', /^[a-z]+(?:-[a-z]+)+-\d+$/u, 'a Region'),
      },
      {
        name: name('octo'),
        additionalRegions: list('eu-west-1', name('eu-west-1')),
        permissionSetsEnabled: flag,
        status: oneOf('ACTIVE', 'CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_IN_PROGRESS'),
        tags,
      },
    ),
  ),
  identityProvider: mapping('{ issuer: https://token.actions.githubusercontent.com, audiences: [sts.amazonaws.com] }', {
    issuer: text('https://token.actions.githubusercontent.com', /^https:\/\//u, 'an https address'),
    audiences: list('sts.amazonaws.com', name('sts.amazonaws.com')),
  }),
  repository: mapping(
    '{ name: octo-org/infra, environment: production-access }',
    { name: text('octo-org/infra', /^[^/\s]+\/[^/\s]+$/u, 'owner/name'), id: numberText, ownerId: numberText },
    { environment: name('production-access') },
  ),
  users: list(
    user,
    mapping(
      user,
      { id: principalId, userName: name('alice@example.com') },
      { displayName: name('Alice Liddell'), emails: list('alice@example.com', name('alice@example.com')) },
    ),
  ),
  groups: list(group, mapping(group, { id: principalId, displayName: name('Payments On-Call') })),
  permissionSets: list(
    permissionSet,
    mapping(
      permissionSet,
      {
        // [model] sso-admin PermissionSetName, PermissionSetArn.
        name: text('IncidentAdmin', /^[\w+=,.@-]{1,32}$/u, '1 to 32 letters, digits or one of +=,.@-'),
        id: text('ps-1a2b3c4d5e6f7081', /^ps-[\w./-]{16}$/u, '`ps-` and 16 characters'),
      },
      {
        instance: name('arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f'),
        description: name('For the people on call'),
        sessionDuration: text('PT2H', /^P(?=.)(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/u, 'an ISO 8601 duration'),
        tags,
        customerManagedPolicies: policies,
      },
    ),
  ),
  assignments: list(
    assignment,
    mapping(assignment, {
      permissionSet: name('ReadOnlyAccess'),
      account: text('payments-prod', /\S/u, 'the name of an account, or its id in quotes'),
      principal: name("'group:Auditors'"),
    }),
  ),
  provisioned: list(
    provisioning,
    mapping(
      provisioning,
      {
        permissionSet: name('ReadOnlyAccess'),
        account: text('payments-prod', /\S/u, 'the name of an account, or its id in quotes'),
      },
      { outdated: flag },
    ),
  ),
};

export const awsRelations: readonly Relation[] = [
  { of: ['organization'], faults: ({ organization }) => (organization === undefined ? [] : treeFaults(organization)) },
  { of: ['users', 'groups'], faults: principalFaults },
  { of: ['instances', 'permissionSets'], faults: permissionSetFaults },
  {
    of: ['organization', 'users', 'groups', 'permissionSets', 'assignments'],
    faults: (estate) =>
      (estate.assignments ?? []).flatMap((it, index) => assignmentFaults(estate, it, ['assignments', index])),
  },
  {
    of: ['organization', 'permissionSets', 'provisioned'],
    faults: (estate) =>
      (estate.provisioned ?? []).flatMap((it, index) => placeFaults(estate, it, ['provisioned', index])),
  },
];

function treeFaults({
  root,
  organizationalUnits,
  accounts,
  managementAccount,
  delegatedAdministrators = [],
}: Organization): readonly Fault[] {
  const parents = new Set([root.id, ...organizationalUnits.map(({ id }) => id)]);
  const ids = new Set(accounts.map(({ id }) => id));
  const at = (key: string, index: number, field: string): Path => ['organization', key, index, field];
  const lost = (things: readonly { readonly parent: string }[], key: string): readonly Fault[] =>
    things.flatMap(({ parent }, index) =>
      parents.has(parent)
        ? []
        : [
            {
              path: at(key, index, 'parent'),
              says: `${parent} is neither the root ${root.id} nor a unit that is here`,
            },
          ],
    );
  const absent = (id: string, path: Path): readonly Fault[] =>
    ids.has(id) ? [] : [{ path, says: `${id} is not among "accounts", such as { id: '${id}', name: management }` }];
  return [
    ...lost(organizationalUnits, 'organizationalUnits'),
    ...loops(organizationalUnits),
    ...lost(accounts, 'accounts'),
    ...repeated(accounts, ({ id }) => id).map(([{ id }, index]) => twice(at('accounts', index, 'id'), id)),
    ...repeated(organizationalUnits, ({ id }) => id).map(([{ id }, index]) =>
      twice(at('organizationalUnits', index, 'id'), id),
    ),
    ...absent(managementAccount, ['organization', 'managementAccount']),
    ...delegatedAdministrators.flatMap((id, index) => absent(id, at('delegatedAdministrators', index, '').slice(0, 3))),
  ];
}

/** A unit that lies below itself. */
function loops(units: Organization['organizationalUnits']): readonly Fault[] {
  const parentOf = new Map(units.map(({ id, parent }) => [id, parent]));
  return units.flatMap(({ id }, index) => {
    const seen = new Set<string>();
    for (let at = parentOf.get(id); at !== undefined && !seen.has(at); at = parentOf.get(at)) seen.add(at);
    return seen.has(id)
      ? [{ path: ['organization', 'organizationalUnits', index, 'parent'], says: `puts ${id} below itself` }]
      : [];
  });
}

function principalFaults({ users, groups }: Estate): readonly Fault[] {
  const all = [
    ...users.map(({ id }, index) => ({ id, path: ['users', index, 'id'] })),
    ...groups.map(({ id }, index) => ({ id, path: ['groups', index, 'id'] })),
  ];
  return repeated(all, ({ id }) => id).map(([{ id, path }]) => twice(path, id));
}

function permissionSetFaults({ instances, permissionSets }: Estate): readonly Fault[] {
  const arns = instances.map(({ arn }) => arn);
  const homeless =
    permissionSets.length > 0 && !instances.some(({ permissionSetsEnabled }) => permissionSetsEnabled !== false);
  return [
    ...(homeless ? [{ path: ['instances'], says: 'has none that "permissionSets" could belong to' }] : []),
    ...permissionSets.flatMap(({ instance }, index) =>
      instance === undefined || arns.includes(instance)
        ? []
        : [{ path: ['permissionSets', index, 'instance'], says: `${instance} is not among "instances"` }],
    ),
    ...(['id', 'name'] as const).flatMap((key) =>
      // Names of permission sets are case sensitive, and unique in their instance.
      repeated(permissionSets, ({ instance = arns[0], ...it }) => `${instance ?? ''} ${exact(it[key])}`).map(
        ([it, index]) => twice(['permissionSets', index, key], it[key]),
      ),
    ),
  ];
}

/** Of a text, what differs where the letter case does. */
function exact(value: string): string {
  return Buffer.from(value).toString('hex');
}

/** What an assignment names and the estate has not, or has several times. */
export function assignmentFaults(estate: Estate, it: NamedAssignment, path: Path): readonly Fault[] {
  return [...placeFaults(estate, it, path), ...namedPrincipal(estate, it.principal, [...path, 'principal'])];
}

type Named = Readonly<Record<'permissionSet' | 'account', string>>;

function placeFaults(estate: Estate, { permissionSet: set, account: place }: Named, path: Path): readonly Fault[] {
  const accounts: readonly Account[] = estate.organization?.accounts ?? [];
  return [
    ...one(
      'permission set',
      set,
      estate.permissionSets.filter((it) => it.name === set || set.endsWith(`/${it.id}`)),
      [...path, 'permissionSet'],
    ),
    ...(estate.organization === undefined && /^\d{12}$/u.test(place)
      ? []
      : one(
          'account',
          place,
          accounts.filter((it) => it.id === place || (it.name === place && !/^\d{12}$/u.test(place))),
          [...path, 'account'],
        )),
  ];
}

function namedPrincipal({ users, groups }: Estate, named: string, path: Path): readonly Fault[] {
  const [, prefix, rest = named] = /^(user|group):(.*)$/su.exec(named) ?? [];
  return one(
    'principal',
    named,
    [
      ...(prefix === 'group' ? [] : users.filter(({ id, userName }) => id === rest || userName === rest)),
      ...(prefix === 'user' ? [] : groups.filter(({ id, displayName }) => id === rest || displayName === rest)),
    ],
    path,
  );
}
