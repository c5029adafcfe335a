import { describe, expect, test } from '@jest/globals';

import { faultsOf, good, names, readAny } from '../small-clouds.ts';

const leased = { ...good, lifetime: '2h' };
const swept = { ...leased, 'sweep-workflow': 'sweep-leases.yml' };

describe('sweep-workflow', () => {
  test('names a file, and sweeps of the last three hours count, or of the given time', () => {
    expect(readAny(leased).sweeps).toBeNull();
    expect(readAny(swept).sweeps).toEqual({ workflow: 'sweep-leases.yml', maxAgeMs: 10_800_000 });
    expect(readAny({ ...swept, 'sweep-max-age': '26h' }).sweeps).toMatchObject({ maxAgeMs: 93_600_000 });
    const extension = { cloud: 'sky', operation: 'extend', 'lease-id': 'lease-1', lifetime: '2h' };
    expect(readAny({ ...extension, 'sweep-workflow': 'a.yaml' }).sweeps).toMatchObject({ workflow: 'a.yaml' });
  });

  test('has no effect on a dry run, which takes no lease', () => {
    expect(readAny({ ...swept, 'dry-run': 'true' }).sweeps).toBeNull();
  });

  test.each([
    '',
    '.github/workflows/sweep.yml',
    'sweep',
    'Sweep leases',
    '../sweep.yml',
    'a.yml\nb.yml',
    '.yml',
    'None',
  ])('%j is not the file of a workflow', (file) => {
    expect(names(faultsOf({ ...leased, 'sweep-workflow': file }))).toEqual(['sweep-workflow']);
  });

  test('is for leases only', () => {
    const example = { of: 'lifetime', value: '2h' };
    expect(faultsOf({ ...good, 'sweep-workflow': 'sweep-leases.yml' })).toEqual([
      { input: 'sweep-workflow', problem: expect.stringContaining('this access is permanent'), example },
    ]);
    expect(names(faultsOf({ ...swept, lifetime: 'soon' }))).toEqual(['lifetime']);
    const extension = { cloud: 'sky', operation: 'extend', 'lease-id': 'lease-1' };
    expect(names(faultsOf({ ...extension, 'sweep-workflow': 'sweep.yml' }))).toEqual(['lifetime']);
    expect(names(faultsOf({ ...good, operation: 'revoke', 'sweep-workflow': 'sweep.yml' }))).toEqual([
      'sweep-workflow',
    ]);
  });
});

describe('sweep-max-age', () => {
  test('is a fault without sweep-workflow', () => {
    const example = { of: 'sweep-workflow', value: 'sweep-leases.yml' };
    const cause = 'sweep-workflow';
    expect(faultsOf({ ...leased, 'sweep-max-age': '2h' })).toEqual([
      { input: 'sweep-max-age', problem: 'This input has no effect without sweep-workflow.', cause, example },
    ]);
    expect(names(faultsOf({ ...leased, 'sweep-max-age': '2h', 'sweep-workflow': 'x' }))).toEqual(['sweep-workflow']);
  });

  test.each(['', '3', '4m', '31d', 'none'])('%j is not an age', (age) => {
    expect(names(faultsOf({ ...swept, 'sweep-max-age': age }))).toEqual(['sweep-max-age']);
  });
});
