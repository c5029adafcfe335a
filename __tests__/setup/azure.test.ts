import { describe, expect, it } from '@jest/globals';
import { readBicep } from './bicep.ts';
import {
  assignedRole,
  assignedRoles,
  deployBicep,
  deployFileIdentities,
  exampleFileValues,
  exampleValues,
  subscriptionId,
  type Made,
} from './deployment.ts';
import { action, readText } from '../docs/repository.ts';

interface RoleFile {
  readonly Name: string;
  readonly Description: string;
  readonly AssignableScopes: readonly string[];
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly DataActions: readonly string[];
  readonly NotDataActions: readonly string[];
}

const policy = (name: string): string => readText(`docs/policies/azure-${name}`);
const ofType = (type: string, values?: typeof exampleValues): readonly Made['body'][] =>
  deployBicep(values)
    .resources.filter((it) => it.type === type)
    .map(({ body }) => body);

describe('setup/azure.bicep with the values of the examples', () => {
  it.each([
    ['broker', 'broker.json', 'condition.txt'],
    ['sweeper', 'sweeper.json', 'sweeper-condition.txt'],
  ] as const)('assigns to the %s the role %s under %s', (who, role, condition) => {
    const { assignment, definition } = assignedRole(deployBicep(), who);
    const file = JSON.parse(policy(role)) as RoleFile;
    expect(definition).toEqual({
      roleName: `${file.Name} (${subscriptionId})`,
      description: file.Description,
      type: 'CustomRole',
      permissions: [
        {
          actions: file.Actions,
          notActions: file.NotActions,
          dataActions: file.DataActions,
          notDataActions: file.NotDataActions,
        },
      ],
      assignableScopes: file.AssignableScopes,
    });
    expect(assignment).toEqual({
      roleDefinitionId: expect.any(String) as unknown,
      principalId: `principal of access-${who}`,
      principalType: 'ServicePrincipal',
      condition: policy(condition).trimEnd(),
      conditionVersion: '2.0',
    });
  });

  it('lets the jobs of one environment each sign in as them', () => {
    const credential = JSON.parse(policy('credential-environment.json')) as Readonly<Record<string, unknown>>;
    const { name, ...properties } = credential;
    const ending = { ...properties, subject: 'repo:octo-org/infra:environment:lease-end' };
    const type = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials';
    expect(ofType(type)).toMatchObject([
      { name, properties, parent: { name: 'access-broker' } },
      { name: 'lease-end', properties: ending, parent: { name: 'access-sweeper' } },
    ]);
    const immutable = JSON.parse(policy('credential-immutable.json')) as typeof credential;
    const [broker] = ofType(type, { ...exampleValues, repository: 'octo-org@9919/infra@74901' });
    expect(broker?.['properties']).toMatchObject({ subject: immutable['subject'] });
  });

  it('makes nothing else', () => {
    const { resources } = deployBicep();
    expect(resources.map(({ path }) => path).toSorted()).toEqual(
      ['broker', 'sweeper']
        .flatMap((who) => [`${who}.identity`, `${who}.credential`, `${who}Role`, `${who}Assignment`])
        .concat('group')
        .toSorted(),
    );
  });

  it('names roles and assignments apart', () => {
    const names = deployBicep()
      .resources.filter(({ type }) => type.startsWith('Microsoft.Authorization/'))
      .map(({ body }) => body['name']);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^guid of /u);
  });

  it('puts out the values of inputs', () => {
    const { outputs } = deployBicep();
    for (const { description } of Object.values(outputs))
      expect(Object.keys(action.inputs)).toContain(/^[a-z-]+/u.exec(description)?.[0]);
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))).toEqual({
      brokerClientId: 'client of access-broker',
      sweeperClientId: 'client of access-sweeper',
      tenantId: '72f988bf-0000-4000-8000-000000000001',
      subscriptionId,
    });
  });

  it('uses every parameter and every variable', () => {
    expect(deployBicep().unused).toEqual([]);
  });
});

describe('setup/azure-files.bicep with the values of the examples', () => {
  it('lets the planner read, the applier grant and revoke, and the expirer revoke, under conditions (P10)', () => {
    const deployment = deployFileIdentities();
    const rolesOf = (who: 'planner' | 'applier' | 'expirer'): readonly unknown[] =>
      assignedRoles(deployment, who).map(({ assignment, definition }) => {
        const [permissions] = definition['permissions'] as readonly { readonly actions: readonly string[] }[];
        return [permissions?.actions, assignment['condition'] ?? 'no condition', definition['assignableScopes']];
      });
    const role = (name: string, condition: string | null): unknown => {
      const { Actions, AssignableScopes } = JSON.parse(policy(`${name}.json`)) as RoleFile;
      return [Actions, condition === null ? 'no condition' : policy(condition).trimEnd(), AssignableScopes];
    };
    expect(rolesOf('planner')).toEqual([role('inventory', null)]);
    expect(rolesOf('applier')).toEqual([role('reconcile', 'condition.txt')]);
    expect(rolesOf('expirer')).toEqual([role('inventory', null), role('sweeper', 'sweeper-condition.txt')]);
    for (const { assignment } of assignedRoles(deployment, 'applier'))
      expect(assignment['conditionVersion']).toBe('2.0');
  });

  it('trusts pull requests and the default branch to read, and only environments to change something (P10)', () => {
    const subjectsOf = (values?: typeof exampleFileValues): readonly string[] =>
      deployFileIdentities(values)
        .resources.filter(({ type }) => type.endsWith('/federatedIdentityCredentials'))
        .map(({ body }) => {
          const { name } = body['parent'] as { readonly name: string };
          const { subject } = body['properties'] as { readonly subject: string };
          return `${name}: ${subject}`;
        });
    const subjects = [
      'access-planner: repo:octo-org/infra:pull_request',
      'access-planner: repo:octo-org/infra:ref:refs/heads/main',
      'access-applier: repo:octo-org/infra:environment:production-access',
      'access-expirer: repo:octo-org/infra:environment:lease-end',
    ];
    expect(subjectsOf().toSorted()).toEqual(subjects.toSorted());
    expect(subjectsOf({ ...exampleFileValues, defaultBranch: 'trunk' })).toContain(
      'access-planner: repo:octo-org/infra:ref:refs/heads/trunk',
    );
  });

  it('makes nothing else, and nothing that azure.bicep makes in another way', () => {
    const made = deployFileIdentities().resources;
    expect(made.map(({ path }) => path).toSorted()).toEqual(
      ['planner', 'applier', 'expirer']
        .flatMap((who) => [`${who}.identity`, `${who}.credential`, `${who}Assignment`])
        .concat('group', 'plannerOnBranch.credential', 'readingRole', 'applierRole', 'sweeperRole', 'expirerReading')
        .toSorted(),
    );
    const shared = (all: readonly Made[]): readonly Made[] =>
      all
        .filter(({ path }) => path === 'group' || path === 'sweeperRole')
        .toSorted((a, b) => (a.path < b.path ? -1 : 1));
    expect(shared(made)).toEqual(shared(deployBicep().resources));
    const namesOf = (all: readonly Made[]): readonly unknown[] =>
      all
        .filter(({ path, type }) => path !== 'sweeperRole' && type.startsWith('Microsoft.Authorization/'))
        .map(({ body }) => body['name']);
    const names = [...namesOf(made), ...namesOf(deployBicep().resources)];
    expect(new Set(names).size).toBe(names.length);
  });

  it('puts out the values of inputs, and uses every parameter and every variable', () => {
    const { outputs, unused } = deployFileIdentities();
    for (const { description } of Object.values(outputs))
      expect(Object.keys(action.inputs)).toContain(/^[a-z-]+/u.exec(description)?.[0]);
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))).toEqual({
      plannerClientId: 'client of access-planner',
      applierClientId: 'client of access-applier',
      expirerClientId: 'client of access-expirer',
      tenantId: '72f988bf-0000-4000-8000-000000000001',
      subscriptionId,
    });
    expect(unused).toEqual([]);
  });

  it.each([
    ['rolesInFiles', []],
    ['principalTypes', ['Everybody']],
    ['repository', ''],
    ['rolesToLease', ['x']],
  ])('refuses %s: %j', (name, value) => {
    expect(() => deployFileIdentities({ ...exampleFileValues, [name]: value })).toThrow(name);
  });
});

describe('the parameters of setup/azure.bicep', () => {
  it('say which roles may be leased, and by whom, in every clause of both conditions', () => {
    const rolesToLease = ['00000000-0000-4000-8000-000000000001'];
    const deployment = deployBicep({ ...exampleValues, rolesToLease, principalTypes: ['User', 'ServicePrincipal'] });
    const clauses = { broker: 2, sweeper: 1 } as const;
    for (const who of ['broker', 'sweeper'] as const) {
      const condition = String(assignedRole(deployment, who).assignment['condition']);
      expect(condition.split(`GuidEquals {${rolesToLease.join()}}`)).toHaveLength(clauses[who] + 1);
      expect(condition.split("IgnoreCase {'User', 'ServicePrincipal'}")).toHaveLength(clauses[who] + 1);
      expect(condition).not.toContain('<');
    }
  });

  it.each([
    ['rolesToLease', []],
    ['rolesToLease', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'],
    ['principalTypes', ['Everybody']],
    ['principalTypes', []],
    ['repository', ''],
    ['role', ['x']],
  ])('refuse %s: %j', (name, value) => {
    expect(() => deployBicep({ ...exampleValues, [name]: value })).toThrow(name);
  });
});

describe('reading Bicep', () => {
  it.each([
    ['a bracket that is left open', "var a = [\n  'x'\n", 'no name'],
    ['a text that is left open', "var a = 'x\n", 'is missing'],
    ['what is not known', 'vra a = 1\n', '"vra" is not known'],
    ['a function that is not known', "var a = concat('x', 'y')\n", 'concat is not known'],
    ['a type that is not known', 'param a sting\n', 'sting is not known'],
    ['a property twice', "var a = {\n  b: 'x'\n  b: 'y'\n}\n", 'b is there twice'],
    ['two items in one line', "var a = ['x' 'y']\n", 'no line end'],
    ['two declarations in one line', "var a = 'x' var b = 'y'\n", 'no line end'],
  ])('fails at %s', (_what, text, why) => {
    expect(() => readBicep(text)).toThrow(why);
  });
});
