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

/** What somebody has who takes the advice, as GitHub reads that YAML. */
function taking(fault: Fault, given: Given): Given {
  if (isAdvice(fault)) {
    const { [fault.input]: gone, ...others } = given;
    expect([remedyLines(fault).join('\n'), gone]).toEqual([expect.stringContaining('ake it out'), expect.any(String)]);
    return others;
  }
  const [[name, value] = ['', ''], ...more] = Object.entries(parse(remedyLines(fault).join('\n')) as Given);
  expect(more).toEqual([]);
  return { ...given, [name]: typeof value === 'string' ? value : JSON.stringify(value) };
}

describe('whoever takes the examples has no fault', () => {
  test.each<readonly [string, Given]>([
    ['a version that YAML reads as a number', { ...azure, condition: 'x', 'condition-version': '1' }],
    ['a lease that nobody ends', { ...aws, lifetime: '2h', 'keep-after-job': 'true' }],
    ['what only a lease has', { ...aws, 'on-existing': 'fail' }],
    ['a ticket of nobody', { ...azure, lifetime: '2h', 'ticket-number': 'CHG-1' }],
    ['a permanent grant through PIM', { ...azure, 'azure-pim': 'true' }],
    ['what a request through PIM cannot have', { ...azure, lifetime: '2h', 'azure-pim': 'true', description: 'x' }],
    [
      'a name for several',
      { ...azure, role: 'Reader\nOwner', 'assignment-name': 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8' },
    ],
    ['a lifetime of a revoke', { ...aws, operation: 'revoke', lifetime: '2h' }],
    ['the input of the other cloud', { ...aws, 'azure-pim': 'true' }],
    ['an audience for nobody', { ...aws, 'aws-audience': 'sts.amazonaws.com' }],
    [
      'an audience for nobody on Azure',
      { ...azure, 'azure-tenant-id': '72f988bf-1111-4222-8333-444455556666', 'azure-audience': 'api://x' },
    ],
    ['a version of nothing', { ...azure, 'condition-version': '2.0' }],
    ['a plan for somebody', { ...aws, 'plan-for': 'arn:aws:iam::111122223333:role/access-broker' }],
    ['names where ids are to be', { ...aws, 'require-ids': 'true', target: 'ou:/a/**', principal: 'user:x' }],
    [
      'an exclusion by name where ids are to be',
      { ...aws, 'require-ids': 'true', target: '!account:x', principal: 'user:x' },
    ],
    ['names where ids are to be on Azure', { ...azure, 'require-ids': 'true', target: 'management-group:x' }],
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
    ['misspelt', { ...aws, 'life-time': '2h' }],
  ])('%s', (_what, given) => {
    const faults = faultsOf(given);
    expect(faults).not.toEqual([]);
    const left = faults.reduce<Given>((now, fault) => {
      const { [fault.input]: before, ...others } = taking(fault, now);
      return fault.problem.startsWith('is no input')
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

  test('are told with what else is wrong, one a line', () => {
    const faults = faultsOf({ ...aws, principal: 'user:a,user:b', target: '111111111111,222222222222', wait: 'yes' });
    expect(faults.map(({ input }) => input)).toEqual(['wait', 'principal', 'target']);
    expect(faults.slice(2).flatMap(remedyLines)).toEqual(['target: |', '  111111111111', '  222222222222']);
    expect(problemOf({ ...azure, 'allowed-principals': 'group:a,group:b' })).toContain('write one a line');
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
  test('that are a part of the value are a fault, with a line that has none', () => {
    const faults = faultsOf({ ...aws, target: '"123456789012"' });
    expect(faults[0]?.problem).toContain('Inside a | block write no quotes');
    expect(faults.flatMap(remedyLines)).toEqual(['target: |', '  123456789012']);
  });

  test('that are a part of a name are none', () => {
    expect(faultsOf({ ...azure, role: 'Reader "lite"' })).toEqual([]);
  });
});
