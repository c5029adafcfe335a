import { describe, expect, test } from '@jest/globals';

import { mostNamedGrants, sealed } from '../../../src/access/leases/lease-id.ts';
import { parseLeaseId, writeLeaseId, type AwsLease } from '../../../src/aws/leases/lease-id.ts';
import { between, pick, seeded, seeds } from '../../access/engine/seeded.ts';

const base32hex = '0123456789abcdefghijklmnopqrstuv';

function word(random: () => number, length: number): string {
  return Array.from({ length }, () => base32hex[between(random, 0, 31)]).join('');
}

/** Grants of a lease ID: named, or too many to name; and with all, some or an unknown number of them leased. */
function grantsIn(random: () => number, many: number): Pick<AwsLease, 'grants' | 'count'> {
  if (many === 0) return { grants: null, count: pick(random, [1, 24, 5_000]) };
  const grants = Array.from({ length: many }, () => word(random, 24));
  return { grants, count: random() < 0.7 ? many : between(random, 1, many) };
}

function drawn(random: () => number): AwsLease {
  const partition = pick(random, ['aws', 'aws-cn', 'aws-us-gov']);
  const many = between(random, 0, mostNamedGrants);
  return {
    region: pick(random, ['us-east-1', 'cn-north-1', 'us-gov-west-1', 'ap-southeast-5']),
    group: pick(random, ['cloud-access', 'x', 'A.b_c-9', 'y'.repeat(64)]),
    instanceArn: `arn:${partition}:sso:::instance/ssoins-${word(random, 16)}`,
    roleArn: `arn:${partition}:iam::111122223333:role/path/to/${word(random, between(random, 1, 60))}`,
    deadLetterQueueArn: random() < 0.5 ? null : `arn:${partition}:sqs:us-east-1:111122223333:failures`,
    holder: word(random, 20),
    keepAfterJob: random() < 0.5,
    ...grantsIn(random, many),
  };
}

const lease: AwsLease = {
  region: 'us-east-1',
  group: 'cloud-access',
  instanceArn: 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
  roleArn: 'arn:aws:iam::111122223333:role/access-ender',
  deadLetterQueueArn: null,
  holder: '0123456789abcdefghij',
  keepAfterJob: false,
  grants: ['0123456789abcdefghijklmn'],
  count: 1,
};
const encoded = (members: unknown): string => `ca1.${Buffer.from(JSON.stringify(members)).toString('base64url')}`;
const forged = (members: Readonly<Record<string, unknown>>): string => encoded(sealed('ca1.', members));
const decoded = (text: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(text.slice(4), 'base64url').toString()) as Record<string, unknown>;
/** A forged lease ID whose digest matches. */
const altered = (over: Readonly<Record<string, unknown>>): string => {
  const members = decoded(writeLeaseId(lease));
  delete members['z'];
  return forged({ ...members, ...over });
};

describe('a lease-id', () => {
  test.each(seeds(200))('is read as it was written (%i)', (seed) => {
    const random = seeded(seed);
    const one = drawn(random);
    const text = writeLeaseId(one);
    expect(parseLeaseId(text)).toEqual({ ok: true, value: one });
    // It goes through outputs, expressions and inputs as it is.
    expect(text).toMatch(/^ca1\.[\w-]+$/u);
  });

  test('has the form that other versions will read', () => {
    expect(decoded(writeLeaseId({ ...lease, deadLetterQueueArn: 'arn:aws:sqs:us-east-1:111122223333:q' }))).toEqual({
      r: 'us-east-1',
      g: 'cloud-access',
      i: 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
      a: 'arn:aws:iam::111122223333:role/access-ender',
      q: 'arn:aws:sqs:us-east-1:111122223333:q',
      h: '0123456789abcdefghij',
      k: 0,
      n: ['0123456789abcdefghijklmn'],
      z: expect.stringMatching(/^[0-9a-v]{16}$/u),
    });
  });

  test('of none or more grants than it can name names none', () => {
    const random = seeded(1);
    const grants = (many: number): readonly string[] => Array.from({ length: many }, () => word(random, 24));
    const read = (many: number): unknown => parseLeaseId(writeLeaseId({ ...lease, grants: grants(many), count: many }));
    expect(read(0)).toMatchObject({ value: { grants: null, count: 1 } });
    expect(read(20)).toMatchObject({ value: { grants: { length: 20 }, count: 20 } });
    expect(read(21)).toMatchObject({ value: { grants: null, count: 21 } });
    expect(read(1_000)).toMatchObject({ value: { grants: null, count: 1_000 } });
  });

  test('that a person wrote in the exact form is accepted: it is not a secret', () => {
    expect(parseLeaseId(altered({ g: 'other' })).ok).toBe(true);
  });

  test('has the number of leased grants where some of its grants were permanent', () => {
    const grants = ['0123456789abcdefghijklmn', 'bcdefghijklmn0123456789a'];
    const text = writeLeaseId({ ...lease, grants, count: 1 });
    expect([decoded(text)['n'], decoded(text)['c']]).toEqual([grants, 1]);
    expect(parseLeaseId(text)).toMatchObject({ value: { grants, count: 1 } });
  });
});

describe('an invalid lease-id', () => {
  test.each([
    ['another region', { r: 'us-east-1.evil.example' }],
    ['an invalid Region', { r: 7 }],
    ['a group that is a path', { g: '../other' }],
    ['no group', { g: '' }],
    ['an invalid instance', { i: 'arn:aws:sso:::instance/evil' }],
    ['an invalid role', { a: 'access-ender' }],
    ['two roles', { a: `${lease.roleArn}\n${lease.roleArn}` }],
    ['an invalid queue', { q: 'https://sqs.evil.example/q' }],
    ['a queue that is null', { q: null }],
    ['a holder that is too short', { h: '0123456789abcdefghi' }],
    ['a holder with a wildcard', { h: '0123456789abcdefghi*' }],
    ['another keep', { k: 2 }],
    ['a keep that is true', { k: true }],
    ['no grants', { n: [] }],
    ['one grant twice', { n: ['0123456789abcdefghijklmn', '0123456789abcdefghijklmn'] }],
    ['an invalid grant', { n: ['0123456789abcdefghijklm'] }],
    ['grants that are a text', { n: '0123456789abcdefghijklmn' }],
    ['one more member', { x: 'x' }],
    ['grants without a count', { n: null }],
    ['a count that says what the grants say', { c: 1 }],
    ['an invalid count', { c: null }],
    ['a count that is a text', { c: '2' }],
    ['a count below nothing', { c: -1 }],
    ['a count of nothing', { c: 0 }],
    ['a count of nothing that it names', { n: null, c: 0 }],
    ['half a grant', { c: 0.5 }],
    ['a prototype', { constructor: {} }],
  ])('%s', (_what, over) => {
    expect(parseLeaseId(altered(over))).toMatchObject({ ok: false });
  });

  test.each(seeds(40))('one with a member changed, left out or added (%i)', (seed) => {
    const random = seeded(seed);
    const members = decoded(writeLeaseId(drawn(random)));
    const other = decoded(writeLeaseId(drawn(random)));
    for (const name of new Set([...Object.keys(members), ...Object.keys(other)])) {
      const changed = [undefined, other[name]].map((value) => JSON.stringify({ ...members, [name]: value }));
      for (const it of changed
        .filter((text) => text !== JSON.stringify(members))
        .map((text) => JSON.parse(text) as unknown))
        expect([name, parseLeaseId(encoded(it)).ok]).toEqual([name, false]);
    }
  });

  test('one with a wrong digest, and the fault reports it', () => {
    for (const over of [{ g: 'other' }, { h: 'a123456789abcdefghij' }, { k: 1 }, { z: '0'.repeat(16) }])
      expect(parseLeaseId(encoded({ ...decoded(writeLeaseId(lease)), ...over }))).toMatchObject({
        ok: false,
        problem: expect.stringContaining('was changed'),
      });
  });

  test('too many grants', () => {
    const random = seeded(2);
    const n = Array.from({ length: 21 }, () => word(random, 24));
    expect(parseLeaseId(altered({ n })).ok).toBe(false);
  });

  test('the same in another spelling', () => {
    const text = writeLeaseId(lease);
    const { h, ...others } = decoded(text);
    for (const other of [encoded({ h, ...others }), `${text}=`, `${text}\n`, ` ${text}`, text.replace('ca1', 'ca2')]) {
      expect([other, parseLeaseId(other).ok]).toEqual([other, false]);
    }
    const spaced = JSON.stringify(decoded(text), null, 1);
    expect(parseLeaseId(`ca1.${Buffer.from(spaced).toString('base64url')}`).ok).toBe(false);
  });

  test.each([
    '',
    'ca1.',
    'ca1.e30',
    'ca1.bnVsbA',
    'ca1.W10',
    'ca1.IiI',
    '${{ steps.a.outputs.lease-id }}',
    `ca1.${'A'.repeat(9_000)}`,
  ])('%j', (text) => {
    expect(parseLeaseId(text)).toMatchObject({ ok: false, problem: expect.stringContaining('lease-id') });
  });

  test.each(seeds(300))('one with a character changed, left out or added (%i)', (seed) => {
    const random = seeded(seed);
    const text = writeLeaseId(drawn(random));
    const at = between(random, 0, text.length - 1);
    const strange = pick(random, ['A', '_', '-', '.', '=', '\u0000', 'é', '']);
    const other = text.slice(0, at) + strange + text.slice(at + between(random, 0, 1));
    if (other !== text) expect([other, parseLeaseId(other).ok]).toEqual([other, false]);
  });
});
