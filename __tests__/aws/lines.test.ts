import { describe, expect, test } from '@jest/globals';

import { parsePrincipal, parseRole, parseTarget } from '../../src/aws/lines.ts';

const uuid = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const longId = `90670a1b2c-${uuid}`;

describe('parsePrincipal', () => {
  test.each([
    ['user:alice', 'user-name', 'alice'],
    ['user:alice@example.com', 'user-name', 'alice@example.com'],
    ['group:Payments On-Call', 'group-name', 'Payments On-Call'],
    ['group:  Payments  On-Call ', 'group-name', 'Payments  On-Call'],
    ['group:a:b', 'group-name', 'a:b'],
    ['user:group:x', 'user-name', 'group:x'],
    [`user:${uuid}`, 'user-id', uuid],
    [`group:${longId}`, 'group-id', longId],
    [`user: ${uuid.toUpperCase()}`, 'user-id', uuid.toUpperCase()],
    [`user:${uuid}0`, 'user-name', `${uuid}0`],
  ])('%j', (text, kind, value) => {
    for (const type of [null, 'USER', 'GROUP'])
      expect(parsePrincipal(text, type)).toEqual({ ok: true, value: { text, kind, value } });
  });

  test.each([
    ['alice', 'USER', 'user-name'],
    ['alice', 'GROUP', 'group-name'],
    [uuid, 'USER', 'user-id'],
    [longId, 'GROUP', 'group-id'],
    ['User:alice', 'USER', 'user-name'],
    ['role:alice', 'USER', 'user-name'],
  ])('without a known prefix %j with principal-type %s is a %s', (text, type, kind) => {
    expect(parsePrincipal(text, type)).toEqual({ ok: true, value: { text, kind, value: text } });
  });

  test.each(['alice', uuid, longId, 'USER:alice', 'Group:x'])('%j alone says neither user nor group', (text) => {
    expect(parsePrincipal(text, null)).toMatchObject({ ok: false, problem: expect.stringContaining('principal-type') });
  });

  test.each(['user:', 'group:', 'user:   '])('%j names nobody: the expression gave nothing', (text) => {
    for (const type of [null, 'USER'])
      expect(parsePrincipal(text, type)).toMatchObject({ ok: false, problem: expect.stringContaining('names nobody') });
  });
});

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

  test('all is for provision only', () => {
    expect(parseTarget('all', 'provision')).toMatchObject({ ok: true, value: { kind: 'all' } });
    for (const operation of ['assign', 'revoke'] as const) {
      expect(parseTarget('all', operation)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('provision only'),
      });
    }
  });

  test.each([
    ['12345678901', '012345678901'],
    ['1234567890', '001234567890'],
  ])('%s is what YAML leaves of %s', (text, padded) => {
    expect(parseTarget(text, 'assign')).toMatchObject({
      ok: false,
      problem: expect.stringContaining(`"${padded}" in quotes`),
    });
  });

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
    'ou:/x/**',
    '!123456789012',
    '１２３４５６７８９０１２',
    '123456789012x',
    '1234 56789012',
    'arn:aws:organizations::1:account/o-1/1',
  ])('%j is none, never guessed', (text) => {
    for (const operation of ['assign', 'provision'] as const) expect(parseTarget(text, operation).ok).toBe(false);
  });
});

describe('parseRole', () => {
  const arn = 'arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-2222222222222222';

  test.each([arn, arn.replace('arn:aws:', 'arn:aws-us-gov:'), arn.replace('arn:aws:', 'arn:aws-cn:')])(
    '%s is an ARN',
    (text) => {
      expect(parseRole(text)).toEqual({ ok: true, value: { text, kind: 'permission-set-arn', value: text } });
    },
  );

  test.each(['ReadOnlyAccess', 'a', 'x'.repeat(32), 'Dev+Ops=1,2.3@4-5_6'])('%s is a name', (text) => {
    expect(parseRole(text)).toEqual({ ok: true, value: { text, kind: 'permission-set-name', value: text } });
  });

  test.each([
    arn.toLowerCase(),
    arn.replace('permissionSet', 'permissionset'),
    `${arn}x`,
    'arn:aws:iam::123456789012:role/x',
    'arn:',
  ])('%s is an ARN of something else', (text) => {
    expect(parseRole(text)).toMatchObject({ ok: false, problem: expect.stringContaining('letter case counts') });
  });

  test.each(['', 'two words', 'x'.repeat(33), 'ümlaut', 'a/b', '*', 'a:b', '<x>'])('%j cannot be a name', (text) => {
    expect(parseRole(text)).toMatchObject({ ok: false, problem: expect.stringContaining('1 to 32') });
  });
});
