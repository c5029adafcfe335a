import { describe, expect, test } from '@jest/globals';

import { faultsOf, good, names, read, readAny } from '../small-clouds.ts';

const required = { ...good, 'require-approval': 'environment' };

describe('require-approval', () => {
  test('is none by default, and then no proof is needed (P12)', () => {
    expect(read(good).approval).toBeNull();
    expect(read({ ...good, 'require-approval': 'none' }).approval).toBeNull();
  });

  test('has a line for each proof, and counts every person by default (P12)', () => {
    expect(read(required).approval).toEqual({ kinds: ['environment'], approvers: null });
  });

  test.each(['revoke', 'list', 'inventory', 'sweep'])('is not needed by %s (P12)', (operation) => {
    const lines = operation === 'revoke' ? good : { cloud: good.cloud };
    expect(readAny({ ...lines, operation, 'require-approval': 'environment' }).approval).toBeNull();
  });

  test('is not needed by a dry run (P12)', () => {
    expect(read({ ...required, 'dry-run': 'true' }).approval).toBeNull();
  });

  test.each(['Environment', 'environments', 'environment, review', '["review"]', 'none\nreview', 'yes'])(
    '"%s" is a fault (P6)',
    (value) => {
      expect(names(faultsOf({ ...good, 'require-approval': value }))).toEqual(['require-approval']);
    },
  );

  test('review without an access file is a fault: a review covers only the file (P6, P12)', () => {
    const [fault, ...others] = faultsOf({ ...good, 'require-approval': 'environment\nreview' });
    expect(others).toEqual([]);
    expect(fault).toMatchObject({
      input: 'require-approval',
      problem: expect.stringContaining('access-file') as unknown,
    });
  });
});

describe('approvers', () => {
  test('are the numbers of their accounts, since a login can change hands (P12)', () => {
    const approvers = 'octocat#583231\n  hub-ot_corp#7  ';
    expect(read({ ...required, approvers }).approval?.approvers).toEqual(new Set(['583231', '7']));
  });

  test.each(['octocat', '583231', '@octocat#583231', 'octocat#0', 'octocat#x', 'any\noctocat#1', 'a#1, b#2', '*'])(
    '"%s" is a fault (P6)',
    (approvers) => {
      expect(names(faultsOf({ ...required, approvers }))).toEqual(['approvers']);
    },
  );

  test('without require-approval are a fault (P6)', () => {
    expect(names(faultsOf({ ...good, approvers: 'octocat#583231' }))).toEqual(['approvers']);
  });
});
