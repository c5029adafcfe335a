import { describe, expect, test } from '@jest/globals';

import { realFaultsOf } from '../real-clouds.ts';

const aws = {
  cloud: 'aws',
  'aws-region': 'us-east-1',
  principal: 'group:Payments On-Call',
  role: 'ReadOnlyAccess',
  target: '123456789012',
};
const guid = '11111111-2222-4333-8444-555555555555';
const azure = {
  cloud: 'azure',
  'azure-client-id': guid,
  'azure-tenant-id': guid,
  'azure-subscription-id': guid,
  principal: 'group:Payments On-Call',
  role: 'Reader',
  target: 'resource-group:payments-prod',
};
const types = { aws: ['', 'USER', 'GROUP'], azure: ['', 'User', 'Group', 'ServicePrincipal'] };

/** The report on one input, with any type of the lines without a prefix. */
function told(given: typeof aws | typeof azure, input: string, line: string): readonly string[] {
  const all = types[given.cloud === 'aws' ? 'aws' : 'azure'].map((type) =>
    realFaultsOf({ ...given, [input]: line, 'principal-type': type }).map((fault) => {
      expect(fault.input).toBe(input);
      return `${fault.problem} | ${typeof fault.example === 'string' ? fault.example : JSON.stringify(fault.example)}`;
    }),
  );
  expect(all.every((faults) => faults.length === 1)).toBe(true);
  return [...new Set(all.flat())];
}

describe('a line of another cloud is a fault with every principal-type, and never a name', () => {
  test.each([
    ['principal', 'service-principal:abc'],
    ['principal', 'app:abc'],
    ['principal', 'App: abc'],
    ['principal', `device:${guid}`],
    ['principal', 'foreign-group:abc'],
    ['principal', 'sp:abc'],
    ['principal', `subscription:${guid}`],
    ['principal', `/subscriptions/${guid}/resourceGroups/x`],
    ['principal', `user:/subscriptions/${guid}/resourceGroups/x`],
    ['target', `subscription:${guid}`],
    ['target', 'Resource-Group:payments'],
    ['target', 'management-group:platform'],
    ['target', `/subscriptions/${guid}`],
    ['target', guid],
    ['role', `/subscriptions/${guid}/providers/Microsoft.Authorization/roleDefinitions/${guid}`],
    ['allowed-principals', 'service-principal:abc'],
    ['allowed-targets', 'resource-group:payments-*'],
  ])('of Azure, in %s: %s (P10)', (input, line) => {
    for (const it of told(aws, input, line)) expect(it).toMatch(/of cloud: azure, but this step has cloud: aws/u);
  });

  test.each([
    ['principal', 'account:abc'],
    ['principal', 'group:arn:aws:identitystore:::group/x'],
    ['principal', 'arn:aws:iam::123456789012:user/ann'],
    ['target', 'account:payments-prod'],
    ['target', 'ou:/Workloads/**'],
    ['target', '123456789012'],
    ['target', 'ou-a1b2-c3d4e5f6'],
    ['role', 'arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-2222222222222222'],
    ['allowed-targets', 'account:payments-*'],
    ['allowed-roles', 'arn:aws:iam::123456789012:role/x'],
  ])('of AWS, in %s: %s (P10)', (input, line) => {
    for (const it of told(azure, input, line)) expect(it).toMatch(/of cloud: aws, but this step has cloud: azure/u);
  });

  test('in an exclusion too, in the words of its line', () => {
    const [fault] = realFaultsOf({ ...aws, target: '123456789012\n!resource-group:x' });
    expect(fault?.problem).toMatch(/^"!resource-group:x" begins with "resource-group:".*cloud: azure/u);
  });
});

describe('a prefix in other letters, or of another part', () => {
  test.each([
    [aws, 'principal', 'Group:Payments', 'group:Payments'],
    [aws, 'principal', 'group : Payments', 'group:Payments'],
    [aws, 'principal', 'USER:ann', 'user:ann'],
    [aws, 'target', 'OU:/Workloads', 'ou:/Workloads'],
    [aws, 'target', 'Account:Prod', 'account:Prod'],
    [azure, 'principal', 'ServicePrincipal:deploy', 'service-principal:deploy'],
    [azure, 'principal', 'service_principal:deploy', 'service-principal:deploy'],
    [azure, 'principal', 'sp:deploy', 'service-principal:deploy'],
    [azure, 'target', 'Subscription:payments', 'subscription:payments'],
    [azure, 'target', 'resourceGroup:payments', 'resource-group:payments'],
    [azure, 'target', 'rg:payments', 'resource-group:payments'],
  ] as const)('%#: in %s %s is %s', (given, input, line, example) => {
    for (const it of told(given, input, line)) {
      expect(it).toMatch(/Letter case matters/u);
      expect(it).toContain(`| ${example}`);
    }
  });

  test.each([
    [aws, 'principal', 'account:payments', /a prefix of target\. .*: user:<name>/u],
    [aws, 'target', 'group:payments', /a prefix of principal\. .*: account:<name>/u],
    [azure, 'role', 'role:Reader', /a role has no prefix/u],
    [azure, 'role', 'group:Readers', /a role has no prefix/u],
    [azure, 'target', 'user:ann', /a prefix of principal/u],
  ] as const)('%#: in %s %s', (given, input, line, words) => {
    for (const it of told(given, input, line)) expect(it).toMatch(words);
  });

  test.each([
    [aws, 'principal', 'group:Team: Payments'],
    [aws, 'principal', 'group:app: Payments'],
    [aws, 'principal', 'user:service-principal:abc'],
    [aws, 'target', 'account:ou: x'],
    [aws, 'target', 'ou:/subscriptions/x'],
    [azure, 'principal', 'group:account: x'],
    [azure, 'role', 'Team: Reader'],
    [azure, 'role', 'User: Reader'],
    [azure, 'target', 'management-group:Team: x'],
  ] as const)('%#: a name with a colon stays possible: %s %s', (given, input, line) => {
    expect(realFaultsOf({ ...given, [input]: line })).toEqual([]);
  });

  test('so does a name without a prefix and with an unknown first word', () => {
    expect(realFaultsOf({ ...aws, principal: 'Team: Payments', 'principal-type': 'GROUP' })).toEqual([]);
  });
});

describe('values after a prefix', () => {
  test.each([
    [
      azure,
      'target',
      `resource-group:${guid}`,
      /Only if you mean the whole subscription, use subscription:.*\| resource-group:payments-prod$/u,
    ],
    [
      azure,
      'target',
      `subscription:/subscriptions/${guid}`,
      new RegExp(`without subscription:.* \\| /subscriptions/${guid}$`, 'u'),
    ],
    [azure, 'target', `resource-group:/subscriptions/${guid}/resourceGroups/x`, /without resource-group:/u],
    [
      azure,
      'principal',
      `service-principal:/subscriptions/${guid}/resourceGroups/x/providers/Microsoft.ManagedIdentity/userAssignedIdentities/y`,
      /Object \(principal\) ID/u,
    ],
    [azure, 'principal', 'user:@example.com', /An expression may be empty/u],
    [aws, 'principal', 'user:@example.com', /An expression may be empty/u],
    [aws, 'principal', `group:arn:aws:identitystore:::group/${guid}`, new RegExp(`\\| group:${guid}$`, 'u')],
  ] as const)('%#: in %s %s', (given, input, line, words) => {
    for (const it of told(given, input, line)) expect(it).toMatch(words);
  });
});
