import { describe, expect, test } from '@jest/globals';

import type { Fault } from '../../../src/access/errors.ts';
import { variableOf } from '../../../src/action/inputs/values.ts';
import { action, realFaultsOf } from '../real-clouds.ts';
import { faultsOf, good, names } from '../small-clouds.ts';

/** Any other faults of a step for one of the real clouds. */
function strangersAmong(variables: Readonly<Record<string, string>>): readonly Fault[] {
  const faults = realFaultsOf({ cloud: 'aws', target: '1' }, variables);
  return faults.filter(({ problem }) => problem.startsWith('This is not an input of this action'));
}

describe('an unknown input', () => {
  test('is a fault that names the intended input, with a corrected line', () => {
    expect(faultsOf({ ...good, 'life-time': '2h' })).toEqual([
      {
        input: 'life-time',
        problem: 'This is not an input of this action. Did you mean lifetime?',
        example: { of: 'lifetime', value: '2h' },
      },
    ]);
  });

  test.each([
    ['keep-after-jobs', 'keep-after-job'],
    ['keep_after_job', 'keep-after-job'],
    ['max-grant', 'max-grants'],
    ['principle', 'principal'],
    ['Max-LifeTime ', 'max-lifetime'],
    ['allowed_principal', 'allowed-principals'],
    ['require-id', 'require-ids'],
    ['dryrun', 'dry-run'],
    ['cluod', 'cloud'],
    ['role-to-assume', 'aws-role-to-assume'],
    ['client-id', 'azure-client-id'],
    ['tenant-id', 'azure-tenant-id'],
    ['subscription-id', 'azure-subscription-id'],
    ['pim', 'azure-pim'],
    ['expected', 'expected-plan'],
    ['duration', 'lifetime'],
    ['ttl', 'lifetime'],
    ['region', 'aws-region'],
    ['subscription', 'azure-subscription-id'],
    ['group', 'principal'],
    ['account-id', 'target'],
    ['permission-set', 'role'],
    ['role-arn', 'aws-role-to-assume'],
    ['resource_group', 'target'],
    ['justification', 'reason'],
    ['targets', 'target'],
    ['principals', 'principal'],
    ['roles', 'role'],
  ])('%s is a spelling of %s', (given, meant) => {
    const [fault, ...others] = strangersAmong({ [variableOf(given)]: 'x' });
    expect(others).toEqual([]);
    const ofEnv = ` If an env: or another tool sets the variable ${variableOf(given)}, rename it, or `;
    expect(fault?.problem.startsWith(`This is not an input of this action. Did you mean ${meant}?`)).toBe(true);
    expect(fault?.problem.includes(ofEnv)).toBe(!given.includes('-'));
    expect(fault?.example).toEqual({ of: meant, value: expect.stringMatching(/./u) });
  });

  test.each(['location', 'aws', 'scheduler', 'constructor', '__proto__', 'role-duration-seconds'])(
    '%s is like no input, or like several, and the fault suggests none',
    (given) => {
      const [fault, ...others] = strangersAmong({ [variableOf(given)]: 'x' });
      expect(others).toEqual([]);
      expect(fault?.problem).toBe('This is not an input of this action.');
    },
  );

  test('that is like no input shows where all inputs are listed, and how to handle a variable of another tool', () => {
    const [fault] = faultsOf({ ...good, 'expires-on': 'friday' });
    expect(fault).toMatchObject({ input: 'expires-on', problem: 'This is not an input of this action.' });
    const { advice } = fault?.example as { readonly advice: string };
    expect(advice).toContain('docs/reference.md');
    expect(advice).toContain('INPUT_EXPIRES-ON');
  });

  test('is reported with all other faults, and with the missing inputs', () => {
    expect(names(faultsOf({ ...good, principal: '', principle: 'alice', wait: 'yes', ttl: '1h' }))).toEqual([
      'principal',
      'principle',
      'ttl',
      'wait',
    ]);
    expect(names(faultsOf({ cloud: 'moon', target: 'here', role: 'reader', principle: 'alice' }))).toEqual([
      'cloud',
      'principal',
      'principle',
    ]);
  });

  test('never repeats its value, which can be a secret', () => {
    const faults = faultsOf({ ...good, 'github-tokens': 'ghs_secret', 'some-password': 'hunter2' });
    expect(names(faults)).toEqual(['github-tokens', 'some-password']);
    expect(JSON.stringify(faults)).not.toMatch(/ghs_secret|hunter2/u);
  });

  test('is a fault also with an empty expression, unless it is like no input of this action', () => {
    expect(names(faultsOf(good, { variables: { 'INPUT_LIFE-TIME': '', 'INPUT_MAX-GRANT': ' \n' } }))).toEqual([
      'life-time',
      'max-grant',
    ]);
    // `env: { INPUT_RELEASE_NOTES: '' }` at the step is the way out where another tool sets the variable for the whole job.
    expect(faultsOf(good, { variables: { INPUT_RELEASE_NOTES: '' } })).toEqual([]);
  });

  test.each(['region', 'environment', 'token', 'version', 'aws_region', 'github_token'])(
    "%s has only a part of an input's name, or its words: set to an empty value for the step, as the fault advises, it is not a fault",
    (given) => {
      const variable = variableOf(given);
      expect(strangersAmong({ [variable]: 'x' })[0]?.problem).toContain(`env: { ${variable}: '' }`);
      expect(strangersAmong({ [variable]: '' })).toEqual([]);
    },
  );

  test.each([
    'max_grant',
    'grants',
    'ids',
    'expected',
    'privileged',
    'dry',
    'ttl',
    'targets',
    'scope',
    'client_id',
    'pim',
  ])('%s can be a misspelled guard or selection: an empty one is a fault, which shows how to unset it', (given) => {
    const variable = variableOf(given);
    for (const value of ['x', '']) {
      const [fault] = strangersAmong({ [variable]: value });
      expect(fault?.problem).toContain(`env -u ${variable}`);
      expect(fault?.problem).not.toContain('env: {');
    }
  });

  test('does not match other variables', () => {
    const variables = { INPUTS: 'x', MY_INPUT_LIFETIME: '2h', input_lifetime: '2h' };
    expect(faultsOf(good, { variables })).toEqual([]);
  });

  test('is never an input of action.yml', () => {
    const all = Object.fromEntries(Object.keys(action.inputs).map((input) => [variableOf(input), 'x']));
    expect(strangersAmong(all)).toEqual([]);
    for (const input of Object.keys(action.inputs)) {
      expect(strangersAmong({ [`${variableOf(input)}_`]: 'x' })).toHaveLength(1);
    }
  });
});
