import { describe, expect, test } from '@jest/globals';

import { holderName, holderNameBytes, toBase32Hex } from '../../../../src/access/leases/names.ts';
import {
  fieldsOf,
  grantKeyAlone,
  grantKeyOf,
  holderAlone,
  parseScheduleName,
  prefixOf,
  scheduleName,
} from '../../../../src/aws/leases/records/names.ts';
import { fieldsIn, inputOf, targetArn } from '../../../../src/aws/leases/records/schedules.ts';

const grant = {
  kind: 'assignment',
  principal: { type: 'GROUP', id: '9067642c1a-1D2E3F40-5a6b-4c7d-9e8f-0a1b2c3d4e5f', name: 'Payments On-Call' },
  role: { id: 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-3c4d5e6f708192a3', name: null },
  target: { id: '123456789012', name: null },
} as const;
const instance = 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f';
const fields = fieldsOf(instance, grant);

describe('the key of a grant', () => {
  test('is 24 characters of base32hex of the digest of its five fields', () => {
    // By another implementation: SHA-256 of the fields joined by line feeds, its first fifteen bytes.
    expect(grantKeyOf(fields)).toBe('52p7fk17narl4imk7slutbqm');
  });

  test('is the same in any letter case of the principal, and with any names', () => {
    const same = { ...grant, principal: { ...grant.principal, id: grant.principal.id.toLowerCase(), name: null } };
    expect(grantKeyOf(fieldsOf(instance, same))).toBe(grantKeyOf(fields));
  });

  test.each([
    ['instance', { instanceArn: 'arn:aws:sso:::instance/ssoins-0000000000000000' }],
    ['account', { account: '210987654321' }],
    ['permission set', { permissionSetArn: 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-0000000000000000' }],
    ['type', { principalType: 'USER' }],
    ['principal', { principalId: '9067642c1a-00000000-5a6b-4c7d-9e8f-0a1b2c3d4e5f' }],
  ])('differs with the %s', (_, other) => {
    expect(grantKeyOf({ ...fields, ...other })).not.toBe(grantKeyOf(fields));
  });
});

describe('the name of a record', () => {
  const end = Date.parse('2026-11-21T22:00:00Z');
  const key = grantKeyOf(fields);
  test.each([
    ['hold', 'h'],
    ['timer', 't'],
    ['mark', 's'],
  ] as const)('of a %s holds everything that a list needs, in 58 characters', (kind, letter) => {
    const record = { kind, end, holder: '0123456789abcdefghij' };
    const name = scheduleName(key, record);
    expect(name).toBe(`${key}-${end / 1000}-0123456789abcdefghij-${letter}`);
    expect([name.length, name.startsWith(prefixOf(key))]).toEqual([58, true]);
    expect(parseScheduleName(name)).toEqual({ grantKey: key, record });
  });

  test.each([
    '',
    `${key}-1-0123456789abcdefghij-h`,
    `${key}-1795298400-0123456789ABCDEFGHIJ-h`,
    `x${key}-1795298400-0123456789abcdefghij-h`,
  ])('is not readable where it is invalid: %j', (name) => {
    expect(parseScheduleName(name)).toBeNull();
  });
});

describe('the call of a schedule', () => {
  test("is the deletion of this assignment, by the API's own parameters, and is read back", () => {
    expect(JSON.parse(inputOf(fields))).toEqual({
      InstanceArn: instance,
      TargetId: '123456789012',
      TargetType: 'AWS_ACCOUNT',
      PermissionSetArn: grant.role.id,
      PrincipalType: 'GROUP',
      PrincipalId: grant.principal.id.toLowerCase(),
    });
    expect(fieldsIn(inputOf(fields))).toEqual(fields);
  });

  test.each([
    undefined,
    '',
    'null',
    '[]',
    '{}',
    'x',
    '{"InstanceArn":1}',
    inputOf(fields).replace('"123456789012"', '""'),
    // Its call would fail, and end nothing.
    inputOf(fields).replace('"AWS_ACCOUNT"', '"AWS_ORGANIZATION"'),
  ])('is not recognized: %j', (input) => {
    expect(fieldsIn(input)).toBeNull();
  });

  test('is in the partition of the instance', () => {
    const china = { ...fields, instanceArn: instance.replace('arn:aws:', 'arn:aws-cn:') };
    expect(targetArn(china)).toBe('arn:aws-cn:scheduler:::aws-sdk:ssoadmin:deleteAccountAssignment');
  });
});

describe('the name of a holder', () => {
  test.each([
    ['', ''],
    ['f', 'co'],
    ['fo', 'cpng'],
    ['foo', 'cpnmu'],
    ['foob', 'cpnmuog'],
    ['fooba', 'cpnmuoj1'],
    ['foobar', 'cpnmuoj1e8'],
  ])('is in base32hex without padding (%j)', (text, encoded) => {
    // Source: RFC 4648 §10, in lower case and without padding.
    expect(toBase32Hex(new TextEncoder().encode(text))).toBe(encoded);
  });

  test('is 20 characters of 13 random bytes', () => {
    const asked: number[] = [];
    const name = holderName((count) => {
      asked.push(count);
      return Uint8Array.from({ length: count }, (_, index) => index * 19);
    });
    expect([asked, name.length]).toEqual([[holderNameBytes], 20]);
    expect(name).toMatch(/^[0-9a-v]{20}$/u);
  });
});

describe('a name alone', () => {
  test.each([
    ['holder', holderAlone, 20],
    ['grant', grantKeyAlone, 24],
  ] as const)('of a %s is base32hex of its length, and nothing else', (_, pattern, length) => {
    expect(['0'.repeat(length), 'v'.repeat(length)].filter((it) => !pattern.test(it))).toEqual([]);
    const bad = ['', 'v'.repeat(length - 1), 'v'.repeat(length + 1), 'w'.repeat(length), 'V'.repeat(length)];
    expect([...bad, `${'v'.repeat(length)}\n`].filter((it) => pattern.test(it))).toEqual([]);
  });
});
