import { describe, expect, it } from '@jest/globals';
import { environments, parseEnvironment } from '../../src/azure/sign-in/environments.ts';
import { knownRole } from '../../src/azure/resolve/role-definitions.ts';
import { guid, parseScope } from '../../src/azure/resolve/ids.ts';
import { firstColumn, section } from './markdown.ts';
import { readText, sources } from './repository.ts';

const byHand = readText('docs/setup-by-hand.md');
const read = (name: string): unknown => JSON.parse(readText(`docs/policies/azure-${name}.json`));

/** A custom role as `az role definition create` takes it. Source: azure-docs, role-based-access-control/custom-roles. */
type RoleFile = {
  readonly Name: string;
  readonly IsCustom: boolean;
  readonly Description: string;
  readonly AssignableScopes: readonly string[];
} & Readonly<Record<'Actions' | 'NotActions' | 'DataActions' | 'NotDataActions', readonly string[]>>;

const broker = read('broker') as RoleFile;
const planner = read('plan') as RoleFile;

/** What only management groups by name, or what lies below them, take: docs/permissions.md says so, the files leave it out. */
const left = ['Microsoft.Management/managementGroups/read', 'Microsoft.Management/managementGroups/descendants/read'];

/** The actions that src/azure names in its requests. */
function requested(): ReadonlySet<string> {
  const code = sources('src/azure').matchAll(/'(?<action>Microsoft\.\w+(?:\/\w+)+\/(?:read|write|delete))'/gu);
  const privileged = readText('src/azure/guards/privileged.ts');
  return new Set(
    [...code]
      .map(({ groups }) => groups?.['action'] ?? '')
      .filter((it) => !privileged.includes(`'${it}'`) || it === write),
  );
}

/** What only Privileged Identity Management takes: its own role has it. */
function isOfPim(action: string): boolean {
  return /\/role(?:AssignmentSchedule|ManagementPolicy)/u.test(action);
}

/** The actions that only access files and inventories need: their roles have them. */
const ofFiles = [
  'Microsoft.Authorization/denyAssignments/read',
  'Microsoft.Authorization/roleEligibilityScheduleInstances/read',
];

const write = 'Microsoft.Authorization/roleAssignments/write';
const remove = 'Microsoft.Authorization/roleAssignments/delete';

describe('docs/policies/azure-broker.json', () => {
  it('holds every action that the source requests and no other', () => {
    expect(requested().size).toBeGreaterThan(4);
    const own = [...requested()].filter((action) => !isOfPim(action) && !ofFiles.includes(action));
    expect([...broker.Actions, ...left].toSorted()).toEqual(own.toSorted());
  });

  it('has whole actions, each once, changes role assignments only, and reaches no data', () => {
    expect(new Set(broker.Actions).size).toBe(broker.Actions.length);
    expect(broker.Actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(broker.Actions.filter((action) => !action.endsWith('/read')).toSorted()).toEqual([remove, write]);
    expect({ ...broker, Name: '', Description: '', Actions: [], AssignableScopes: [] }).toEqual({
      Name: '',
      IsCustom: true,
      Description: '',
      Actions: [],
      NotActions: [],
      DataActions: [],
      NotDataActions: [],
      AssignableScopes: [],
    });
  });

  it('is assignable in the subscription of the examples, and assigned there by its name', () => {
    expect(broker.AssignableScopes.map(parseScope)).toEqual(
      broker.AssignableScopes.map((scope) => ({ ok: true, value: scope })),
    );
    const [scope = ''] = broker.AssignableScopes;
    expect(byHand).toContain(`azure-subscription-id: ${scope.slice('/subscriptions/'.length)}`);
    expect(byHand).toContain(`--role '${broker.Name}'`);
    expect(byHand).toContain(`\nsubscription=${scope.split('/').at(-1) ?? ''}\n`);
    expect(byHand).toContain('--scope "/subscriptions/$subscription/');
  });

  it('is explained action by action in docs/permissions.md', () => {
    const explained = section(readText('docs/permissions.md'), '### Azure, action by action');
    expect(firstColumn(explained)).toEqual([...broker.Actions, ...left]);
  });
});

describe('docs/policies/azure-pim.json', () => {
  const pim = read('pim') as RoleFile;

  it('is the broker’s role with what Privileged Identity Management takes besides', () => {
    const code = sources('src/azure/leases/pim').matchAll(
      /'(?<action>Microsoft\.\w+(?:\/\w+)+\/(?:read|write|action))'/gu,
    );
    const besides = new Set([...code].map(({ groups }) => groups?.['action'] ?? ''));
    const group = 'Microsoft.Resources/subscriptions/resourceGroups/read';
    expect(besides.size).toBe(6);
    expect(pim.Actions.toSorted()).toEqual([...broker.Actions, ...besides, group].toSorted());
    expect({ ...pim, Name: '', Description: '', Actions: [] }).toEqual({
      ...broker,
      Name: '',
      Description: '',
      Actions: [],
    });
    expect(pim.Name).not.toBe(broker.Name);
    expect(readText('docs/pim.md')).toContain('--role-definition @docs/policies/azure-pim.json');
  });
});

describe('docs/policies/azure-plan.json', () => {
  it('is the broker’s role without what changes something', () => {
    expect(planner.Actions).toEqual(broker.Actions.filter((action) => action !== write && action !== remove));
    expect({ ...planner, Name: '', Description: '', Actions: [] }).toEqual({
      ...broker,
      Name: '',
      Description: '',
      Actions: [],
    });
    expect(planner.Name).not.toBe(broker.Name);
    expect(readText('docs/plan.md')).toContain(`--role '${planner.Name}'`);
  });
});

describe('docs/policies/azure-reconcile.json and azure-inventory.json', () => {
  const reconcile = read('reconcile') as RoleFile;
  const inventory = read('inventory') as RoleFile;
  const group = 'Microsoft.Resources/subscriptions/resourceGroups/read';
  const [deny, eligible] = ofFiles;
  const instances = 'Microsoft.Authorization/roleAssignmentScheduleInstances/read';

  it('are the roles of the broker and the planner with what access files need besides', () => {
    expect(reconcile.Actions.toSorted()).toEqual([...broker.Actions, deny, instances, group].toSorted());
    expect(inventory.Actions.toSorted()).toEqual([...planner.Actions, deny, instances, eligible, group].toSorted());
    for (const role of [reconcile, inventory])
      expect({ ...role, Name: '', Description: '', Actions: [] }).toEqual({
        ...broker,
        Name: '',
        Description: '',
        Actions: [],
      });
    expect(new Set([broker, planner, reconcile, inventory].map(({ Name }) => Name)).size).toBe(4);
  });

  it('are explained in docs/permissions.md, as far as they have more', () => {
    const explained = section(readText('docs/permissions.md'), '### Azure, access files and inventories');
    expect(firstColumn(explained)).toEqual([instances, eligible, deny, group]);
  });
});

describe('docs/policies/azure-condition.txt', () => {
  const condition = readText('docs/policies/azure-condition.txt');
  const roles = [...condition.matchAll(/GuidEquals \{(?<ids>[^}]+)\}/gu)].map(
    ({ groups }) => groups?.['ids']?.split(', ') ?? [],
  );
  const types = [...condition.matchAll(/StringEqualsIgnoreCase \{(?<types>[^}]+)\}/gu)].map(
    ({ groups }) => groups?.['types'],
  );

  it('limits both actions that change something, by what each of them has: a request or a resource', () => {
    const clauses = condition.split(/^AND$/mu);
    const actions = clauses.map((clause) => /ActionMatches\{'(?<action>[^']+)'\}/u.exec(clause)?.groups?.['action']);
    expect(actions).toEqual([write, remove]);
    const attributes = ['RoleDefinitionId', 'PrincipalType'];
    for (const [index, source] of ['Request', 'Resource'].entries()) {
      const used = [...(clauses[index] ?? '').matchAll(/@(?<attribute>\w+\[[^\]]+\])/gu)];
      expect(used.map(({ groups }) => groups?.['attribute'])).toEqual(
        attributes.map((name) => `${source}[Microsoft.Authorization/roleAssignments:${name}]`),
      );
    }
  });

  it('allows the same roles and types for both, known ones that cannot hand out access', () => {
    expect(new Set(roles.map((ids) => ids.join())).size).toBe(1);
    expect(types).toEqual(["'User', 'Group'", "'User', 'Group'"]);
    const [ids = []] = roles;
    expect(ids.length).toBeGreaterThan(1);
    for (const id of ids) {
      expect(id).toMatch(guid);
      expect(knownRole(id)).toMatchObject({ handsOutAccess: false });
    }
    const names = ids.map((id) => knownRole(id)?.name ?? '');
    expect(byHand).toContain(`here ${names.join(' and ')}`);
    expect(byHand).toContain(`role: ${names[0] ?? ''}\n`);
  });

  it('has no more characters than Azure takes', () => {
    expect(condition.length).toBeLessThan(8 * 1024);
  });
});

describe('federated credentials', () => {
  it.each([
    ['environment', 'repo:octo-org/infra:environment:production-access'],
    ['immutable', 'repo:octo-org@9919/infra@74901:environment:production-access'],
  ])(
    'azure-credential-%s names one subject exactly, for GitHub’s issuer and AzureCloud’s audience',
    (name, subject) => {
      const environment = parseEnvironment(environments.AzureCloud.name);
      expect(read(`credential-${name}`)).toEqual({
        name: expect.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/u) as unknown,
        issuer: 'https://token.actions.githubusercontent.com',
        subject,
        audiences: [environment?.kind === 'known' ? environment.idTokenAudience : ''],
      });
      expect(byHand).toContain(`| \`${subject}\` | [azure-credential-${name}.json]`);
    },
  );

  it('let in the same jobs as the trust policies of AWS', () => {
    for (const [credential, trust] of [
      ['environment', 'name'],
      ['immutable', 'immutable'],
    ] as const) {
      const { subject } = read(`credential-${credential}`) as { readonly subject: string };
      expect(readText(`docs/policies/trust-${trust}.json`)).toContain(`:sub": "${subject}"`);
    }
  });

  it('are written the same for a managed identity', () => {
    const { name, issuer, subject, audiences } = read('credential-environment') as Readonly<
      Record<'name' | 'issuer' | 'subject', string>
    > & { readonly audiences: readonly string[] };
    expect(byHand).toContain(
      `  --name ${name} --issuer ${issuer} \\\n` +
        `  --subject "${subject.replace('octo-org/infra', '$repository')}" --audiences ${audiences.join(' ')}\n`,
    );
    expect(byHand).toContain('\nrepository=octo-org/infra\n');
  });
});
