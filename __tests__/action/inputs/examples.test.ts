import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import type { Fault } from '../../../src/access/errors.ts';
import { isAdvice, remedyLines } from '../../../src/action/report/faults.ts';
import { realFaultsOf as faultsOf } from '../real-clouds.ts';

type Given = Readonly<Record<string, string>>;

const aws = {
  cloud: 'aws',
  principal: 'group:Payments On-Call',
  target: '123456789012',
  role: 'ReadOnlyAccess',
  'aws-region': 'us-east-1',
};
const azure = {
  cloud: 'azure',
  principal: 'group:Payments On-Call',
  target: 'subscription:11111111-2222-4333-8444-555555555555',
  role: 'Reader',
};

/** Result of the advice, as GitHub reads that YAML. */
function taking(fault: Fault, given: Given): Given {
  if (isAdvice(fault)) {
    const { [fault.input]: gone, ...others } = given;
    expect([remedyLines(fault).join('\n'), gone]).toEqual([expect.stringContaining('Remove it'), expect.any(String)]);
    return others;
  }
  const [[name, value] = ['', ''], ...more] = Object.entries(parse(remedyLines(fault).join('\n')) as Given);
  expect(more).toEqual([]);
  return { ...given, [name]: typeof value === 'string' ? value : JSON.stringify(value) };
}

describe('a step with the examples has no fault', () => {
  test.each<readonly [string, Given]>([
    ['a version that YAML reads as a number', { ...azure, condition: 'x', 'condition-version': '1' }],
    ['a lease without an end', { ...aws, lifetime: '2h', 'keep-after-job': 'true' }],
    ['inputs of a lease without one', { ...aws, 'on-existing': 'fail' }],
    ['a ticket without a number', { ...azure, lifetime: '2h', 'ticket-number': 'CHG-1' }],
    ['a permanent grant through PIM', { ...azure, 'azure-pim': 'true' }],
    [
      'inputs that a request through PIM cannot have',
      { ...azure, lifetime: '2h', 'azure-pim': 'true', description: 'x' },
    ],
    [
      'a name for several',
      { ...azure, role: 'Reader\nOwner', 'assignment-name': 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8' },
    ],
    ['a lifetime of a revoke', { ...aws, operation: 'revoke', lifetime: '2h' }],
    ['the input of the other cloud', { ...aws, 'azure-pim': 'true' }],
    ['an audience that is not set', { ...aws, 'aws-audience': 'sts.amazonaws.com' }],
    [
      'an audience that is not set on Azure',
      { ...azure, 'azure-tenant-id': '72f988bf-1111-4222-8333-444455556666', 'azure-audience': 'api://x' },
    ],
    ['a version of nothing', { ...azure, 'condition-version': '2.0' }],
    ['a plan for another caller', { ...aws, 'plan-for': 'arn:aws:iam::111122223333:role/access-broker' }],
    ['names where IDs are required', { ...aws, 'require-ids': 'true', target: 'ou:/a/**', principal: 'user:x' }],
    [
      'an exclusion by name where IDs are required',
      { ...aws, 'require-ids': 'true', target: '!account:x', principal: 'user:x' },
    ],
    ['names where IDs are required on Azure', { ...azure, 'require-ids': 'true', target: 'management-group:x' }],
    ['an application by its name', { ...azure, principal: 'app:access-broker' }],
    ['a device by its name', { ...azure, principal: 'device:laptop' }],
    ['exclusions only', { ...aws, target: '!123456789012' }],
    ['exclusions only on Azure', { ...azure, target: '!subscription:x' }],
    ['an id whose zero YAML took', { ...aws, target: '12345678901' }],
    ['quotes in a block', { ...aws, target: '"123456789012"' }],
    ['other quotes in a block', { ...azure, role: "'Reader'" }],
    ['quotes behind an exclusion', { ...aws, target: 'ou:/Workloads\n!"123456789012"' }],
    ['a list with commas', { ...aws, target: '111111111111,222222222222' }],
    ['a list of principals', { ...aws, principal: 'user:a, user:b' }],
    ['a list of principals on Azure', { ...azure, principal: 'user:a@example.com;group:B, service-principal:C' }],
    ['a comma at the end', { ...aws, target: '111111111111,' }],
    ['excluded ones with commas', { ...aws, target: 'ou:/Workloads\n!111111111111,!222222222222' }],
    ['a dash before each', { ...aws, principal: '- group:A\n- user:b', target: '- 111111111111' }],
    ['a dash before a role', { ...azure, role: '- Reader' }],
    ['JSON', { ...aws, target: '["111111111111", "222222222222"]' }],
    ['a list of YAML', { ...aws, principal: '[user:a, group:B]' }],
    ['spaces between ids', { ...aws, target: '111111111111 222222222222' }],
    ['a comment behind a value', { ...aws, target: '111111111111 # prod', role: 'ReadOnly  #1' }],
    ['typographic quotes', { ...aws, principal: '“group:A”' }],
    ['dashes in an account id', { ...aws, target: '1111-2222-3333' }],
    ['names without prefixes', { ...aws, target: 'payments-prod', principal: 'Payments On-Call' }],
    ['an address without a prefix', { ...aws, principal: 'ann@example.com' }],
    ['a path without ou:', { ...aws, target: '/Workloads' }],
    ['capitals', { ...aws, principal: 'Group: Payments On-Call' }],
    [
      'capitals on Azure',
      {
        ...azure,
        principal: 'User:ann@example.com',
        target: 'ResourceGroup:x',
        'azure-subscription-id': '11111111-2222-4333-8444-555555555555',
      },
    ],
    [
      'names without prefixes on Azure',
      {
        ...azure,
        'azure-subscription-id': '11111111-2222-4333-8444-555555555555',
        principal: 'ann@example.com',
        target: 'payments-prod',
      },
    ],
    ['another word on Azure', { ...azure, principal: 'sp:deploy' }],
    ['a scope without its slash', { ...azure, target: 'subscriptions/11111111-2222-4333-8444-555555555555' }],
    ['a slash at the end', { ...azure, target: '/subscriptions/11111111-2222-4333-8444-555555555555/' }],
    ['a cloud in capitals', { ...aws, cloud: 'AWS', target: '12345678901' }],
    ['an operation in capitals', { ...aws, operation: 'Assign' }],
    ['misspelt', { ...aws, 'life-time': '2h' }],
  ])('%s', (_what, given) => {
    const faults = faultsOf(given);
    expect(faults).not.toEqual([]);
    const left = faults.reduce<Given>((now, fault) => {
      const { [fault.input]: before, ...others } = taking(fault, now);
      return fault.problem.startsWith('This is not an input')
        ? others
        : { ...others, ...(before === undefined ? {} : { [fault.input]: before }) };
    }, given);
    expect(faultsOf(left)).toEqual([]);
  });
});

describe('several values in one line', () => {
  const problemOf = (given: Given): string =>
    faultsOf(given)
      .map(({ problem }) => problem)
      .join('\n');

  test('are reported with all other faults, one on a line', () => {
    const faults = faultsOf({ ...aws, principal: 'user:a,user:b', target: '111111111111,222222222222', wait: 'yes' });
    expect(faults.map(({ input }) => input)).toEqual(['wait', 'principal', 'target']);
    expect(faults.slice(2).flatMap(remedyLines)).toEqual(['target: |', '  111111111111', '  222222222222']);
    expect(problemOf({ ...azure, 'allowed-principals': 'group:a,group:b' })).toContain('Write one per line');
  });

  test.each([
    [{ ...aws, principal: 'group:Doe, John' }],
    [{ ...aws, principal: 'Doe, John', 'principal-type': 'USER' }],
    [{ ...aws, role: 'Read,Write' }],
    [{ ...azure, principal: 'group:Smith, Jones & Co; Ltd' }],
    [{ ...azure, role: 'Reader, Contributor' }],
  ])('%j is a name with a comma', (given) => {
    expect(faultsOf(given)).toEqual([]);
  });
});

describe('quotes', () => {
  test('that are a part of the value are a fault, with a corrected line', () => {
    const faults = faultsOf({ ...aws, target: '"123456789012"' });
    expect(faults[0]?.problem).toContain('are part of the value in a | block. Remove them');
    expect(faults.flatMap(remedyLines)).toEqual(['target: |', '  123456789012']);
  });

  test('that are a part of a name are not a fault', () => {
    expect(faultsOf({ ...azure, role: 'Reader "lite"' })).toEqual([]);
  });
});

describe('the notation of lists and comments', () => {
  const told = (given: Given): readonly string[] =>
    faultsOf(given).map((fault) => [fault.problem, ...remedyLines(fault)].join('\n'));

  test('is not part of a value: each line is shown without it', () => {
    expect(told({ ...aws, principal: '- user:ann' })).toEqual([
      'The dash in "- user:ann" is not needed: each line is a value of its own. Remove it.\nprincipal: |\n  user:ann',
    ]);
    expect(told({ ...aws, target: '111111111111 # prod' })).toEqual([
      'The # in "111111111111 # prod" does not begin a comment in a | block. Remove it.\ntarget: |\n  111111111111',
    ]);
    expect(told({ ...aws, target: '["111111111111","222222222222"]' })).toEqual([
      expect.stringMatching(
        /^The value is a list in JSON.*fromJSON\('"\\n"'\)\) \}\} of a list\.\ntarget: \|\n {2}111111111111\n {2}222222222222$/u,
      ),
    ]);
  });

  test('can be a part of a name', () => {
    expect(told({ ...aws, principal: 'group:Team # 1' })).toEqual([]);
    expect(told({ ...azure, role: '[Reader]' })).toEqual([]);
    expect(told({ ...azure, role: 'Key Vault Reader', principal: 'group:- x' })).toEqual([]);
  });
});

describe('the example for a line that says too little', () => {
  const exampleOf = (given: Given): string => faultsOf(given).flatMap(remedyLines).join('\n');

  test.each([
    [{ ...aws, principal: 'ann@example.com' }, 'principal: user:ann@example.com'],
    [{ ...aws, principal: 'Payments On-Call' }, 'principal: group:Payments On-Call'],
    [{ ...aws, principal: 'USER: ann' }, 'principal: user:ann'],
    [{ ...aws, target: 'payments-prod' }, 'target: account:payments-prod'],
    [{ ...aws, target: '/Workloads' }, 'target: ou:/Workloads'],
    [{ ...aws, target: '1234-5678-9012' }, 'target: "123456789012"'],
    [{ ...azure, principal: 'managed-identity:deploy' }, 'principal: service-principal:deploy'],
    [{ ...azure, target: 'payments' }, 'target: resource-group:payments'],
    [{ ...aws, operation: 'remove' }, 'operation: revoke'],
    [{ ...aws, cloud: 'AzureRM' }, 'cloud: azure'],
  ])('is made from the line: %j', (given, line) => {
    expect(exampleOf(given)).toContain(line);
  });

  test.each(['moon:ann', '{{ inputs.team }}', '$TEAM'])(
    'is the default example where %s is not usable',
    (principal) => {
      expect(exampleOf({ ...aws, principal })).toBe('principal: group:Payments On-Call');
    },
  );
});

test('other faults are reported together with a cloud in capitals', () => {
  const faults = faultsOf({ ...aws, cloud: 'AWS', target: '1', 'azure-pim': 'true' });
  expect(faults.map(({ input }) => input)).toEqual(['cloud', 'azure-pim', 'target']);
});

test.each([
  ['123456789012\u200b', 'U+200B, which is invisible'],
  ['1234\u00a05678', 'U+00A0, a space'],
  ['１２３４５６７８９０１２', '１ (U+FF11)'],
])('an invisible character is named: %j', (target, name) => {
  expect(faultsOf({ ...aws, target })[0]?.problem).toContain(name);
});
