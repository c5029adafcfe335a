import { describe, expect, test } from '@jest/globals';

import { InputFaults, type Fault } from '../../../src/access/errors.ts';
import { commonInputs } from '../../../src/access/inputs.ts';
import { readInputs, type Inputs } from '../../../src/action/inputs/inputs.ts';
import { permanent, type OperationName } from '../../../src/access/request.ts';
import { groupsOf, schedulerFaults } from '../../../src/aws/leases/inputs.ts';
import { awsDeclaration } from '../../../src/aws/declaration.ts';
import { writeLeaseId, type AwsLease } from '../../../src/aws/leases/lease-id.ts';
import type { AwsSettings } from '../../../src/aws/settings.ts';
import { eventOf } from '../../action/github/event-of.ts';

type Given = Readonly<Record<string, string>>;

const role = 'arn:aws:iam::111122223333:role/access-ender';
const queue = 'arn:aws:sqs:us-east-1:111122223333:access-ender-failures';
const lease: AwsLease = {
  region: 'eu-central-1',
  group: 'payments',
  instanceArn: 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
  roleArn: role,
  deadLetterQueueArn: null,
  holder: '0123456789abcdefghij',
  keepAfterJob: true,
  grants: null,
  count: 24,
};
const leaseId = writeLeaseId(lease);
/** Values that the runner sets without a workflow's; of defaults that are expressions, those of an older runner. */
const defaults: Given = Object.fromEntries(
  Object.entries({ ...commonInputs, ...awsDeclaration.inputs }).map(([name, { fallback }]) => [
    name,
    fallback.startsWith('${{') ? '' : fallback,
  ]),
);
const here: Given = { principal: 'group:Payments On-Call', target: '123456789012', role: 'IncidentAdmin' };

function read(inputs: Given, variables: Given = { AWS_REGION: 'us-east-1' }): Inputs<AwsSettings> {
  const set = Object.entries({ ...defaults, cloud: 'aws', ...inputs })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  return readInputs(
    { aws: awsDeclaration },
    {
      surroundings: {
        variables: new Map([...set, ...Object.entries(variables)]),
        file: () => null,
        homeFolder: '/home/me',
        runName: '1-2-3',
      },
      event: eventOf('push'),
      tokenFault: null,
    },
  );
}

function faultsOf(inputs: Given, variables?: Given): readonly Fault[] {
  try {
    read(inputs, variables);
    return [];
  } catch (error) {
    if (error instanceof InputFaults) return error.faults;
    throw error;
  }
}
const inputsOf = (faults: readonly Fault[]): readonly string[] => faults.map(({ input }) => input).toSorted();

describe('the end of leases', () => {
  test('follows the inputs, by default only in the post step', () => {
    expect(read({ ...here, lifetime: '2h' }).settings.scheduler).toEqual({
      roleArn: null,
      group: 'cloud-access',
      deadLetterQueueArn: null,
    });
    const given = {
      'aws-scheduler-role-arn': role,
      'aws-scheduler-group': 'payments',
      'aws-scheduler-dead-letter-queue-arn': queue,
    };
    for (const inputs of [
      { ...here, lifetime: '2h' },
      here,
      { ...here, operation: 'revoke' },
      { operation: 'sweep' },
    ]) {
      expect(read({ ...inputs, ...given }).settings).toMatchObject({
        scheduler: { roleArn: role, group: 'payments', deadLetterQueueArn: queue },
      });
    }
  });

  test.each([
    ['aws-scheduler-role-arn', 'access-ender'],
    ['aws-scheduler-group', 'pay/ments'],
    ['aws-scheduler-group', 'x'.repeat(65)],
    ['aws-scheduler-dead-letter-queue-arn', 'access-ender-failures'],
    ['aws-scheduler-dead-letter-queue-arn', `${queue}.fifo`],
  ])('%s: %s is a fault', (input, value) => {
    const faults = faultsOf({ ...here, 'aws-scheduler-role-arn': role, [input]: value });
    expect(faults).toEqual([
      { input, problem: expect.stringContaining(value), example: awsDeclaration.inputs[input]?.example },
    ]);
  });

  test('an empty group is a fault: the expression was empty', () => {
    expect(inputsOf(faultsOf({ ...here, 'aws-scheduler-group': '' }))).toEqual(['aws-scheduler-group']);
  });

  test.each(['assign', 'revoke'])('group and queue have no effect on %s without the role', (operation) => {
    const inputs = { 'aws-scheduler-group': 'payments', 'aws-scheduler-dead-letter-queue-arn': queue };
    const faults = faultsOf({ ...here, operation, ...inputs });
    expect(inputsOf(faults)).toEqual(['aws-scheduler-dead-letter-queue-arn', 'aws-scheduler-group']);
    for (const { problem } of faults) expect(problem).toBe('This input has no effect without aws-scheduler-role-arn.');
    expect(faultsOf({ ...here, operation, 'aws-scheduler-group': 'cloud-access' })).toEqual([]);
    // The fault of the role itself is enough.
    expect(inputsOf(faultsOf({ ...here, operation, ...inputs, 'aws-scheduler-role-arn': 'x' }))).toEqual([
      'aws-scheduler-role-arn',
    ]);
  });

  test('several groups are a fault where records are kept: leases in different groups do not see each other', () => {
    const inputs = { 'aws-scheduler-role-arn': role, 'aws-scheduler-group': 'payments\nplatform' };
    for (const more of [{ ...here, lifetime: '2h' }, { ...here, operation: 'revoke' }, { operation: 'sweep' }])
      expect(faultsOf({ ...more, ...inputs })).toEqual([
        {
          input: 'aws-scheduler-group',
          problem: expect.stringContaining('only with access files and with inventory'),
          example: 'payments',
        },
      ]);
  });

  test('several groups are allowed for an inventory and for access files, with the role or without it', () => {
    const lines = { principals: [], targets: [], exclusions: [], roles: [] };
    const asked = { lines, lifetime: permanent, allowPrivileged: false, leaseId: null };
    const faults = (operation: OperationName, roleArn: string | null, isOfFiles = true): readonly Fault[] => {
      const values = { 'aws-scheduler-role-arn': roleArn, 'aws-scheduler-dead-letter-queue-arn': null };
      const group = 'payments\nplatform';
      return schedulerFaults({ ...values, 'aws-scheduler-group': group }, { ...asked, operation, isOfFiles });
    };
    for (const operation of ['reconcile', 'revoke', 'inventory'] as const)
      for (const roleArn of [role, null]) expect(faults(operation, roleArn)).toEqual([]);
    expect(faults('inventory', null, false)).toEqual([]);
    expect(faults('assign', role)).toEqual([]);
    // It reads records only to make leases permanent.
    expect(inputsOf(faults('assign', null))).toEqual(['aws-scheduler-group']);
    expect(inputsOf(faults('revoke', role, false))).toEqual(['aws-scheduler-group']);
    expect(groupsOf('payments\nplatform\nledger')).toEqual({ group: 'payments', moreGroups: ['platform', 'ledger'] });
    expect(groupsOf('payments')).toEqual({ group: 'payments' });
    const { parse } = awsDeclaration.inputs['aws-scheduler-group'] ?? {};
    expect(parse?.(' payments \n\nplatform\npayments\n')).toEqual({ ok: true, value: 'payments\nplatform' });
    expect(parse?.('payments\nplat/form')).toMatchObject({ ok: false });
  });

  test('a lease that outlives its job needs the role', () => {
    const inputs = { ...here, lifetime: '2h', 'keep-after-job': 'true' };
    expect(faultsOf(inputs)).toEqual([
      {
        input: 'keep-after-job',
        problem: expect.stringMatching(/requires aws-scheduler-role-arn\. Without it, nothing ends the access/u),
        cause: 'aws-scheduler-role-arn',
        example: { of: 'aws-scheduler-role-arn', value: role },
      },
    ]);
    expect(faultsOf({ ...inputs, 'aws-scheduler-role-arn': role })).toEqual([]);
    expect(inputsOf(faultsOf({ ...inputs, 'aws-scheduler-role-arn': 'x' }))).toEqual(['aws-scheduler-role-arn']);
  });

  test('sweep needs the role, and list does not accept one', () => {
    expect(inputsOf(faultsOf({ operation: 'sweep' }))).toEqual(['aws-scheduler-role-arn']);
    expect(inputsOf(faultsOf({ operation: 'sweep', 'aws-scheduler-group': 'payments' }))).toEqual([
      'aws-scheduler-role-arn',
    ]);
    expect(read({ operation: 'list', 'aws-scheduler-group': 'payments' }).settings.scheduler).toEqual({
      roleArn: null,
      group: 'payments',
      deadLetterQueueArn: null,
    });
    expect(inputsOf(faultsOf({ operation: 'list', 'aws-scheduler-role-arn': role }))).toEqual([
      'aws-scheduler-role-arn',
    ]);
  });

  test('provision has nothing to do with leases', () => {
    const inputs = { operation: 'provision', target: 'all', role: 'ReadOnly', 'aws-scheduler-role-arn': role };
    expect(inputsOf(faultsOf(inputs))).toEqual(['aws-scheduler-role-arn']);
  });
});

describe('list and sweep', () => {
  test('can be narrowed by the lines of any part', () => {
    const narrow = {
      principal: 'user:alice@example.com',
      target: 'ou:/Prod/**\n!account:sandbox',
      role: 'IncidentAdmin',
    };
    for (const inputs of [{ operation: 'list' }, { operation: 'sweep', 'aws-scheduler-role-arn': role }]) {
      expect(read(inputs).request).toMatchObject({ principals: [], targets: [], exclusions: [], roles: [] });
      expect(read({ ...inputs, ...narrow }).request).toMatchObject({
        principals: [{ kind: 'user-name' }],
        targets: [{ kind: 'ou-path-below' }],
        exclusions: [{ kind: 'account-name' }],
        roles: [{ kind: 'permission-set-name' }],
      });
    }
  });

  test.each([
    ['target', 'all'],
    ['target', 'outdated'],
    ['role', '*'],
  ])('do not accept inputs of provision: %s %s', (input, value) => {
    expect(faultsOf({ operation: 'list', [input]: value })).toMatchObject([
      { input, problem: expect.stringContaining('only with operation: provision') },
    ]);
  });
});

describe('a lease', () => {
  test.each(['release', 'extend'])('has everything that %s needs, except a sign-in', (operation) => {
    const inputs = { operation, 'lease-id': leaseId, ...(operation === 'extend' ? { lifetime: '1h' } : {}) };
    for (const variables of [{}, { AWS_REGION: 'us-east-1' }, { AWS_REGION: 'no region' }]) {
      const { settings, request } = read(inputs, variables);
      expect(request).toMatchObject({ operation, leaseId });
      expect(settings).toMatchObject({
        region: 'eu-central-1',
        instanceArn: lease.instanceArn,
        scheduler: { roleArn: role, group: 'payments', deadLetterQueueArn: null },
      });
    }
  });

  test('is a fault with inputs for another Region or instance', () => {
    const inputs = { operation: 'release', 'lease-id': leaseId };
    expect(faultsOf({ ...inputs, 'aws-region': 'eu-central-1', 'aws-instance-arn': lease.instanceArn })).toEqual([]);
    const other = 'arn:aws:sso:::instance/ssoins-1111111111111111';
    const faults = faultsOf({ ...inputs, 'aws-region': 'us-east-1', 'aws-instance-arn': other });
    expect(faults.map(({ input, example }) => [input, example])).toEqual([
      ['aws-region', 'eu-central-1'],
      ['aws-instance-arn', lease.instanceArn],
    ]);
  });

  test('that is invalid is the one fault', () => {
    for (const id of ['', 'x', `${leaseId}x`]) {
      expect(inputsOf(faultsOf({ operation: 'release', 'lease-id': id }, {}))).toEqual(['lease-id']);
    }
  });

  test('accepts no lines and no schedules', () => {
    const inputs = { operation: 'release', 'lease-id': leaseId, ...here, 'aws-scheduler-role-arn': role };
    expect(inputsOf(faultsOf({ ...inputs, 'aws-scheduler-group': 'payments' }))).toEqual([
      'aws-scheduler-group',
      'aws-scheduler-role-arn',
      'principal',
      'role',
      'target',
    ]);
  });
});
