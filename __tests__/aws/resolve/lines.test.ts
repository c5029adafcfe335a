import { describe, expect, test } from '@jest/globals';

import { isById, parseAllowed, parsePrincipal, parseRole } from '../../../src/aws/resolve/lines.ts';
import { parseTarget } from '../../../src/aws/resolve/target-lines.ts';

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

  test.each(['alice', uuid, longId, 'USER:alice', 'Group:x'])('%j alone is neither a user nor a group', (text) => {
    expect(parsePrincipal(text, null)).toMatchObject({ ok: false, problem: expect.stringContaining('principal-type') });
  });

  test.each(['user:', 'group:', 'user:   '])('%j names no principal: the expression was empty', (text) => {
    for (const type of [null, 'USER'])
      expect(parsePrincipal(text, type)).toMatchObject({
        ok: false,
        problem: expect.stringMatching(/names no (?:user|group)/u),
      });
  });
});

describe('parseRole', () => {
  const arn = 'arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-2222222222222222';

  test.each([arn, arn.replace('arn:aws:', 'arn:aws-us-gov:'), arn.replace('arn:aws:', 'arn:aws-cn:')])(
    '%s is an ARN',
    (text) => {
      expect(parseRole(text, 'assign')).toEqual({ ok: true, value: { text, kind: 'permission-set-arn', value: text } });
    },
  );

  test.each(['ReadOnlyAccess', 'a', 'x'.repeat(32), 'Dev+Ops=1,2.3@4-5_6'])('%s is a name', (text) => {
    expect(parseRole(text, 'assign')).toEqual({ ok: true, value: { text, kind: 'permission-set-name', value: text } });
  });

  test.each([arn.toLowerCase(), arn.replace('permissionSet', 'permissionset'), `${arn}x`, 'arn:'])(
    '%s is an ARN of something else',
    (text) => {
      expect(parseRole(text, 'assign')).toMatchObject({
        ok: false,
        problem: expect.stringContaining('case-sensitive'),
      });
    },
  );

  test('an ARN of IAM reports the kind of value to use', () => {
    expect(parseRole('arn:aws:iam::123456789012:role/x', 'assign')).toMatchObject({
      ok: false,
      problem: expect.stringContaining('the name or the ARN of a permission set'),
    });
  });

  test.each(['', 'two words', 'x'.repeat(33), 'ümlaut', 'a/b', 'Read*', '**', 'a:b', '<x>'])(
    '%j cannot be a name',
    (text) => {
      expect(parseRole(text, 'assign')).toMatchObject({ ok: false, problem: expect.stringContaining('1 to 32') });
    },
  );

  test('* is every permission set, for provision only', () => {
    expect(parseRole('*', 'provision')).toEqual({
      ok: true,
      value: { text: '*', kind: 'every-permission-set', value: '*' },
    });
    for (const operation of ['assign', 'revoke'] as const)
      expect(parseRole('*', operation)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('only with operation: provision'),
      });
  });
});

describe('parseAllowed', () => {
  const arn = 'arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-2222222222222222';

  test.each([
    ['principal', 'group:Payments*', 'group-name', 'Payments*'],
    ['principal', 'user:*@example.com', 'user-name', '*@example.com'],
    ['principal', `user:${uuid}`, 'user-id', uuid],
    ['principal', `group:${longId}`, 'group-id', longId],
    ['principal', uuid, 'principal-id', uuid],
    ['principal', longId, 'principal-id', longId],
    ['target', 'account:sandbox-*', 'account-name', 'sandbox-*'],
    ['target', '123456789012', 'account-id', '123456789012'],
    ['target', 'ou:/Workloads/**', 'ou-path-below', '/Workloads'],
    ['role', 'Read*', 'permission-set-name', 'Read*'],
    ['role', '*', 'permission-set-name', '*'],
    ['role', arn, 'permission-set-arn', arn],
  ] as const)('%s %s', (part, text, kind, value) => {
    expect(parseAllowed(part, text)).toEqual({ ok: true, value: { text, kind, value } });
  });

  test.each([
    ['principal', 'Payments*'],
    ['principal', '*'],
    ['principal', 'group:'],
    ['target', 'all'],
    ['target', 'outdated'],
    ['target', '*'],
    ['target', 'ou:/Work*/**'],
    ['target', '12345678901*'],
    ['role', 'arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-*'],
    ['role', 'two words*'],
  ] as const)('%s %j is not accepted', (part, text) => {
    expect(parseAllowed(part, text).ok).toBe(false);
  });
});

describe('isById', () => {
  test.each([
    ['principal', `user:${uuid}`, true],
    ['principal', uuid, true],
    ['principal', 'user:alice', false],
    ['principal', 'group:Pay*', false],
    ['target', '123456789012', true],
    ['target', 'account:123456789012', true],
    ['target', 'account:Prod', false],
    ['target', 'ou:ou-a1b2-c3d4e5f6', true],
    ['target', 'ou:ou-a1b2-c3d4e5f6/**', true],
    ['target', 'ou:r-a1b2/**', true],
    ['target', 'ou:/Prod', false],
    ['target', 'ou:/Prod/**', false],
    ['role', 'ReadOnlyAccess', false],
    ['role', '*', false],
  ] as const)('%s %s: %s', (part, text, expected) => {
    const parsed = parseAllowed(part, text);
    expect(parsed.ok && isById(parsed.value)).toBe(expected);
  });

  test('everything, everything outdated and every permission set are not names', () => {
    for (const text of ['all', 'outdated']) {
      const parsed = parseTarget(text, 'provision');
      expect(parsed.ok && isById(parsed.value)).toBe(true);
    }
    const every = parseRole('*', 'provision');
    expect(every.ok && isById(every.value)).toBe(true);
  });
});
