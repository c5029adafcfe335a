import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import { startWorld, type World } from '../../rehearsal/world.ts';
import { azureByIds, azureIds, azureStep, scopes } from './azure-support.ts';
import { errors, severalAtOnce } from './support.ts';

/** No test here reaches a change, so that one world serves all of them. */
let world: World;
beforeAll(async () => {
  world = await startWorld({ reusesProcesses: true, clouds: ['azure'] });
});
afterAll(async () => {
  expect(world.azure.estate.effectiveChanges()).toEqual([]);
  await world.close();
});

/** The fault of a value, found without any request. */
async function faultOf(input: string, value: string, inputs: Step['inputs'] = {}): Promise<string> {
  const result = await azureStep(world, { ...azureByIds, ...inputs, [input]: value });
  expect(result.exitCode).toBe(1);
  expect([value, result.requests]).toEqual([value, []]);
  expect(result.annotations).toHaveLength(1);
  return errors(result).replace(/^.*\n/u, '');
}

const { subscription, resourceGroup } = scopes;
const storage = `${resourceGroup}/providers/Microsoft.Storage`;
const groups = '/providers/Microsoft.Management/managementGroups';

describe('a scope that Git Bash mangled has its own message', () => {
  it.each([
    'C:/Program Files/Git/subscriptions/11111111-2222-4333-8444-555555555501',
    String.raw`C:\Program Files\Git\subscriptions\11111111-2222-4333-8444-555555555501`,
    'D:/msys64/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod',
    'c:/git/providers/Microsoft.Management/managementGroups/mg-payments',
    'C:/Program Files/Git/',
  ])('%s', async (target) => {
    expect(await faultOf('target', target)).toMatch(/^target: .*Windows path.*Git Bash.*MSYS_NO_PATHCONV=1/u);
  });

  it('and so have the full ID of a role and that of a delegated identity', async () => {
    const mangled = (path: string): string => `C:/Program Files/Git${path}`;
    const role = mangled(`${subscription}/providers/Microsoft.Authorization/roleDefinitions/${azureIds.reader}`);
    expect(await faultOf('role', role)).toMatch(/Git Bash.*MSYS_NO_PATHCONV=1/u);
    const identity = mangled(`${resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x`);
    const input = 'delegated-managed-identity-resource-id';
    expect(await faultOf(input, identity)).toMatch(/Git Bash.*MSYS_NO_PATHCONV=1/u);
  });
});

describe('a value that is not a scope is a fault, and no scope is assumed', () => {
  const malformed: readonly (readonly [string, RegExp])[] = [
    ['payments-prod', /not a full scope.*subscription:, resource-group: or management-group: before a name/u],
    ['11111111-2222-4333-8444-555555555501', /write subscription:11111111/u],
    [subscription.slice(1), /not a full scope, which begins with a slash/u],
    [`/${subscription}`, /begins with two slashes/u],
    [`${subscription}/`, /ends with a slash/u],
    ['//', /two slashes/u],
    ['/subscriptions/payments-prod', /subscription ID, which is a GUID/u],
    ['/subscription/11111111-2222-4333-8444-555555555501', /is not a scope/u],
    [`${subscription}/resourcegroup/x`, /in the place of resourceGroups or providers/u],
    [`${subscription}/resourceGroups`, /does not name a resource group/u],
    [`${subscription}/resourceGroups/x.`, /resource group/u],
    [`${subscription}/resourceGroups/..`, /part that is "\." or "\.\."/u],
    [`${resourceGroup}/../payments-data`, /part that is "\." or "\.\."/u],
    [`${resourceGroup}/./x`, /part that is "\." or "\.\."/u],
    [`${resourceGroup}/%2e%2e/x`, /"%", a character that no scope has/u],
    [String.raw`${resourceGroup}\..\x`, /no scope has/u],
    [`${resourceGroup}?api-version=2015-07-01`, /"\?", a character that no scope has/u],
    [`${resourceGroup}#x`, /"#", a character that no scope has/u],
    [`${resourceGroup}//x`, /empty part\. An expression may be empty/u],
    [`${resourceGroup} /x`, /begins or ends with a space/u],
    [`${resourceGroup}/\u0007x`, /no scope has/u],
    [`${resourceGroup}/x`, /in the place of providers/u],
    [storage, /Pairs of type and name/u],
    [`${storage}/storageAccounts`, /Pairs of type and name/u],
    [`${storage}/storageAccounts/paydata/blobServices`, /Pairs of type and name/u],
    [`${resourceGroup}/providers/Storage/storageAccounts/x`, /resource provider/u],
    [groups, /does not name a management group/u],
    [`${groups}/a b`, /does not name a management group/u],
    [
      `${groups}/mg-payments/subscriptions/11111111-2222-4333-8444-555555555501`,
      /continues after the management group/u,
    ],
    ['/providers/Compute/virtualMachines/x', /resource provider/u],
    ['/providers/Microsoft.Compute/virtualMachines', /Pairs of type and name/u],
    [
      `/providers/Microsoft.Subscription${subscription}`,
      /another spelling of a subscription, which this action does not support/u,
    ],
    ['/providers/Microsoft.Management/x/y', /this action does not support/u],
    ['https://management.azure.com/subscriptions/11111111-2222-4333-8444-555555555501', /not a full scope/u],
    ['Subscription:payments-prod', /the prefix "subscription:"/u],
    ['account:payments-prod', /a prefix of cloud: aws/u],
    ['resource-group:11111111-2222-4333-8444-555555555501', /Only if you mean the whole subscription/u],
    ['*', /not a full scope/u],
    ['!/subscriptions/11111111-2222-4333-8444-555555555501', /has exclusions only: there is nothing to exclude from/u],
  ];
  it('each with its own problem', async () => {
    await severalAtOnce(malformed, async ([target, words]) => {
      const fault = await faultOf('target', target);
      expect(fault).toMatch(words);
      expect(fault).toMatch(
        /Example: target: (?:resource-group:payments-prod$|subscription:(?:[0-9a-f-]{36}|payments-prod)$|\/subscriptions\/[0-9a-f-]{36}(?:\/resourceGroups\/payments-prod)?$|\|\n {2}\S+\n {2}!subscription:)/u,
      );
    });
  });

  it.each(['a/b', '../payments-data', 'x?y', 'x%2f', 'x\ty', 'x.', 'x'.repeat(91), 'a b', "a'b"])(
    'nor is resource-group:%s',
    async (name) => {
      expect(await faultOf('target', `resource-group:${name}`)).toMatch(/not the name of a resource group/u);
    },
  );

  it('nor are invalid IDs, and names of parts without names', async () => {
    const wrong: readonly (readonly [string, string, RegExp])[] = [
      ['principal', 'alice@example.com', /user:, group: or service-principal:/u],
      ['principal', 'role:x', /user:, group: or service-principal:/u],
      [
        'principal',
        'User:alice@example.com',
        /"User:alice@example\.com" begins with "User:" instead of the prefix "user:"\./u,
      ],
      ['principal', 'app:deploy-payments', /does not have a client ID, which is a GUID/u],
      ['principal', 'device:build-agent-7', /cannot be looked up by name/u],
      ['principal', 'foreign-group:Partner Operators', /cannot be looked up by name/u],
      [
        'role',
        `${subscription}/providers/Microsoft.Authorization/roleDefinitions/Reader`,
        /not the ID of a role definition/u,
      ],
      [
        'role',
        `/subscriptions/x?y/providers/Microsoft.Authorization/roleDefinitions/${azureIds.reader}`,
        /not the ID of a role definition/u,
      ],
      [
        'role',
        `/../x/providers/Microsoft.Authorization/roleDefinitions/${azureIds.reader}`,
        /not the ID of a role definition/u,
      ],
      ['role', 'r'.repeat(513), /longer than the name of any role/u],
      ['delegated-managed-identity-resource-id', '/', /not a resource ID/u],
    ];
    await severalAtOnce(wrong, async ([input, value, words]) => {
      expect(await faultOf(input, value)).toMatch(words);
    });
  });
});

/** Questions to a directory or Resource Manager, with their parameters decoded. */
function asked({ requests }: StepResult, service: 'graph' | 'arm'): readonly (readonly [string, URLSearchParams])[] {
  return requests
    .filter((it) => it.service === service && it.operation !== 'metadata')
    .map(({ url = '' }) => new URL(url, 'https://host'))
    .map(({ pathname, searchParams }) => [pathname, searchParams] as const);
}

describe('a hostile name stays a name in the request', () => {
  const names = [
    "x' or displayName ne '",
    "Payments On-Call' or '1' eq '1",
    'x&$filter=startswith(displayName,%27P%27)',
    '../users',
    '../../v1.0/me?',
    '%2e%2e/%2e%2e',
    'a+b#c?d=e&f;g\\h',
    '$(id) `id` ${{ github.token }}',
    '::add-mask::x%0A::error::y',
    '\u001b[31mred\u0007',
    '__proto__',
  ];
  it.each([
    ['group:', '/v1.0/groups'],
    ['service-principal:', '/v1.0/servicePrincipals'],
    ['user:', '/v1.0/users'],
  ])('after %s', async (prefix, path) => {
    for (const name of names) {
      const result = await azureStep(world, { ...azureByIds, principal: `${prefix}${name}` });
      expect(result.exitCode).toBe(1);
      expect(asked(result, 'graph')).not.toEqual([]);
      for (const [pathname, parameters] of asked(result, 'graph')) {
        expect(pathname).toBe(path);
        expect([...parameters.keys()].sort()).toEqual(['$filter', '$select', '$top']);
        const filter = parameters.get('$filter') ?? '';
        // The search for similar names uses the certain letters.
        if (/^startswith\(\w+,'[\w .@-]*'\) or startswith\(\w+,' [\w .@-]*'\)$/u.test(filter)) continue;
        expect(filter).toMatch(/^\w+ eq '/u);
        expect(filter).toContain(` eq '${name.replaceAll("'", "''")}'`);
      }
      expect(errors(result)).toMatch(/^No \w+(?: principal)? in this directory has /mu);
      expect(result.annotations).toHaveLength(1);
      expect(result.commands.map((it) => it.name)).not.toContain('set-output');
    }
  });

  it('as the name of a role', async () => {
    for (const role of names) {
      const result = await azureStep(world, { ...azureByIds, role });
      expect(result.exitCode).toBe(1);
      const lists = asked(result, 'arm').filter(([pathname]) => pathname.endsWith('/roleDefinitions'));
      expect(lists.map(([, parameters]) => parameters.get('$filter')).filter((it) => it !== null)).toEqual([
        `roleName eq '${role.replaceAll("'", "''")}'`,
      ]);
      for (const [pathname] of lists)
        expect(pathname.toLowerCase()).toContain(`${resourceGroup}/providers/`.toLowerCase());
      expect(errors(result)).toMatch(/No role named ".*" can be assigned at/u);
      expect(result.annotations).toHaveLength(1);
    }
  });

  it('as the name of a subscription or management group is part of no request', async () => {
    for (const name of names) {
      for (const kind of ['subscription', 'management-group']) {
        const result = await azureStep(world, { ...azureByIds, target: `${kind}:${name}` });
        expect(result.exitCode).toBe(1);
        expect(asked(result, 'arm').map(([pathname]) => pathname)).toEqual([
          kind === 'subscription' ? '/subscriptions' : '/providers/Microsoft.Management/managementGroups',
        ]);
        expect(errors(result)).toMatch(/The signed-in identity can see no .* named/u);
      }
    }
  });
});

describe('a very long value', () => {
  it.each([
    ['principal', `group:${'g'.repeat(300)}`],
    ['principal', `user:${'u'.repeat(20_000)}@example.com`],
    ['target', `subscription:${'s'.repeat(20_000)}`],
    ['target', `management-group:${'m'.repeat(20_000)}`],
    ['target', `${storage}/storageAccounts/${'x'.repeat(20_000)}`],
  ])('ends the step red with a message, and soon: %s', async (input, value) => {
    const result = await azureStep(world, { ...azureByIds, [input]: value });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).not.toMatch(/bug in|internal error|undefined/u);
    expect(errors(result)).toMatch(/What to do: |Example: /u);
    expect(result.virtualMs).toBeLessThan(15_000);
    expect(result.fileProblems).toEqual([]);
  });
});
