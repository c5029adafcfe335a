import { describe, expect, test } from '@jest/globals';

import { isWhole, parseAllowedTarget, parseExclusion, parseTarget } from '../../../src/aws/resolve/target-lines.ts';

describe('parseTarget', () => {
  test.each([
    ['123456789012', 'account-id', '123456789012'],
    ['012345678901', 'account-id', '012345678901'],
    ['account:Prod', 'account-name', 'Prod'],
    ['account: Prod EU ', 'account-name', 'Prod EU'],
    ['account:a:b', 'account-name', 'a:b'],
    ['account:123456789012', 'account-id', '123456789012'],
    ['account:all', 'account-name', 'all'],
  ])('%j', (text, kind, value) => {
    for (const operation of ['assign', 'revoke', 'provision'] as const) {
      expect(parseTarget(text, operation)).toEqual({ ok: true, value: { text, kind, value } });
    }
  });

  test.each(['all', 'outdated'])('%s is for provision only', (text) => {
    expect(parseTarget(text, 'provision')).toMatchObject({ ok: true, value: { kind: text } });
    for (const operation of ['assign', 'revoke'] as const) {
      expect(parseTarget(text, operation)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('only with operation: provision'),
      });
    }
  });

  // 1379776083 is what YAML 1.1 makes of 012217204523, and 1234567890 what YAML 1.2 leaves of 001234567890.
  test.each(['12345678901', '1379776083', '123456789', '1', '1234567890123', '0x1CBE991A14', '0o12217204523'])(
    '%s is a number that YAML parsed: the fault asks for quotes, and suggests no account (P9)',
    (text) => {
      const parsed = parseTarget(text, 'assign');
      expect(parsed).toEqual({
        ok: false,
        problem: expect.stringMatching(/YAML reads an unquoted value as a number.*in quotes\.$/u),
      });
      expect(JSON.stringify(parsed).replace(text, '')).not.toMatch(/\d{9}/u);
    },
  );

  test.each(['1.2345678901E+10', '1.2E+10', '1e11'])('%s is a number in scientific notation', (text) => {
    expect(parseTarget(text, 'assign')).toMatchObject({
      ok: false,
      problem: expect.stringContaining('scientific notation'),
    });
  });

  test.each(['123', '1234567890123'])('%s has the wrong number of digits', (text) => {
    expect(parseTarget(text, 'assign')).toMatchObject({
      ok: false,
      problem: expect.stringContaining(`has ${text.length} digits`),
    });
  });

  test.each(['account:', 'account:  '])('%j names no account', (text) => {
    expect(parseTarget(text, 'assign')).toMatchObject({
      ok: false,
      problem: expect.stringContaining('names no account'),
    });
  });

  test.each([
    'Prod',
    'ALL',
    'Account:Prod',
    'OU:/x/**',
    '!123456789012',
    '*',
    'outdated2',
    '１２３４５６７８９０１２',
    '123456789012x',
    '1234 56789012',
    'arn:aws:organizations::1:account/o-1/1',
  ])('%j is not a target, and no account is assumed', (text) => {
    for (const operation of ['assign', 'provision'] as const) expect(parseTarget(text, operation).ok).toBe(false);
  });

  test.each([
    ['ou:ou-a1b2-c3d4e5f6', 'ou-id', 'ou-a1b2-c3d4e5f6'],
    ['ou:ou-a1b2-c3d4e5f6/**', 'ou-id-below', 'ou-a1b2-c3d4e5f6'],
    ['ou:r-a1b2', 'ou-id', 'r-a1b2'],
    ['ou:r-a1b2/**', 'ou-id-below', 'r-a1b2'],
    ['ou:/Workloads', 'ou-path', '/Workloads'],
    ['ou: /Workloads/Production ', 'ou-path', '/Workloads/Production'],
    ['ou:/Workloads/Production/**', 'ou-path-below', '/Workloads/Production'],
    ['ou:/Two  words/ä', 'ou-path', '/Two  words/ä'],
    ['ou:/ou-a1b2-c3d4e5f6', 'ou-path', '/ou-a1b2-c3d4e5f6'],
  ])('%j', (text, kind, value) => {
    for (const operation of ['assign', 'provision'] as const)
      expect(parseTarget(text, operation)).toEqual({ ok: true, value: { text, kind, value } });
  });

  test.each([
    ['ou:', 'An expression may be empty'],
    ['ou:  ', 'An expression may be empty'],
    ['ou://', 'empty name'],
    ['ou:///**', 'empty name'],
    ['ou:/Workloads/', 'empty name'],
    ['ou:/Workloads//**', 'empty name'],
    ['ou:/Workloads//Production', 'empty name'],
    ['ou:/ /Production', 'empty name'],
    ['ou:/*', 'not part of a final /**'],
    ['ou:**', 'not part of a final /**'],
    ['ou:/Work*', 'not part of a final /**'],
    ['ou:/**/Production', 'not part of a final /**'],
    ['ou:/A/**/**', 'not part of a final /**'],
    ['ou:ou-a1b2-*', 'not part of a final /**'],
    ['ou:OU-a1b2-c3d4e5f6', 'lower case'],
    ['ou:ou-a1b2-C3D4E5F6', 'lower case'],
    ['ou:ou-a1b2', 'lower case'],
    ['ou:r-A1B2', 'lower case'],
    ['ou:Workloads', 'A path begins with /'],
    ['ou:Root/Workloads', 'A path begins with /'],
    ['ou:ou-a1b2-c3d4e5f6/Production', 'A path begins with /'],
    ['account:ou-a1b2-c3d4e5f6', 'Write ou:'],
    ['ou:123456789012', 'without ou:'],
    ['account:arn:aws:organizations::111122223333:account/o-a1b2c3d4e5/123456789012', 'contains an ARN'],
    ['ou:arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-a1b2-c3d4e5f6', 'contains an ARN'],
    ['ou-a1b2-c3d4e5f6', 'Write ou:'],
    ['r-a1b2', 'Write ou:'],
    ['account:sandbox-*', 'only allowed-targets'],
  ])('%j: %s', (text, problem) => {
    expect(parseTarget(text, 'assign')).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
    expect(parseExclusion(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });
});

describe('the result of an empty expression', () => {
  test.each([
    ['ou:/${{ vars.OU }}', 'ou:/', 'ou:r-a1b2'],
    ['ou:${{ vars.OU }}/**', 'ou:/**', 'ou:r-a1b2/**'],
    ['ou:/${{ vars.OU }}/**', 'ou://**', 'ou:r-a1b2/**'],
    ['ou: ${{ vars.OU }}/**', 'ou: /**', 'ou:r-a1b2/**'],
  ])('%s becomes %j, which is never the whole organization, unlike %s', (_written, text, byId) => {
    const fault = {
      ok: false,
      problem: `"${text}" names no organizational unit. An expression may be empty. If you mean the root, use its ID, for example ${byId}.`,
    };
    for (const operation of ['assign', 'revoke', 'provision'] as const)
      expect(parseTarget(text, operation)).toMatchObject(fault);
    expect(parseExclusion(text)).toMatchObject(fault);
    expect(parseAllowedTarget(text)).toMatchObject(fault);
    expect(parseTarget(byId, 'assign').ok).toBe(true);
  });
});

describe('parseExclusion', () => {
  test.each(['123456789012', 'account:Prod', 'ou:/Sandbox/**', 'ou:ou-a1b2-c3d4e5f6'])('%s as a target', (text) => {
    expect(parseExclusion(text)).toEqual(parseTarget(text, 'provision'));
  });

  test.each(['all', 'outdated'])('%s would exclude everything', (text) => {
    expect(parseExclusion(text)).toMatchObject({ ok: false, problem: expect.stringContaining('leave no target') });
  });
});

describe('isWhole', () => {
  test('all and outdated, and no account of that name', () => {
    const whole = ['all', 'outdated', 'account:all', '123456789012', 'ou:r-a1b2/**'].map((text) => {
      const parsed = parseTarget(text, 'provision');
      return parsed.ok && isWhole(parsed.value);
    });
    expect(whole).toEqual([true, true, false, false, false]);
  });
});
