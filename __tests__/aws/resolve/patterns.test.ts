import { describe, expect, test } from '@jest/globals';

import * as patterns from '../../../src/aws/resolve/patterns.ts';

const uuid = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

const cases: Readonly<
  Record<
    Exclude<keyof typeof patterns, 'default'>,
    { readonly good: readonly string[]; readonly bad: readonly string[] }
  >
> = {
  accountId: {
    good: ['000000000000', '123456789012'],
    bad: [
      '',
      '12345678901',
      '1234567890123',
      '12345678901x',
      '123456789012\n',
      ' 123456789012',
      '１２３４５６７８９０１２',
    ],
  },
  instanceArn: {
    good: [
      'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
      'arn:aws:sso:::instance/ins-72231a2b3c4d5e6f',
      'arn:aws-cn:sso:::instance/ssoins-72231a2b3c4d5e6f',
      'arn:aws-us-gov:sso:::instance/ssoins-72231a2b3c4d5e6f',
      'arn:aws-eusc:sso:::instance/ssoins-72231a2b3c4d5e6f',
      'arn:aws-iso-b:sso:::instance/ssoins-.-231a2b3c4d5e6f',
    ],
    bad: [
      'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6',
      'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f0',
      'arn:aws:sso:us-east-1::instance/ssoins-72231a2b3c4d5e6f',
      'arn:AWS:sso:::instance/ssoins-72231a2b3c4d5e6f',
      'x arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
      'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f\n',
      'ssoins-72231a2b3c4d5e6f',
    ],
  },
  scheduleGroup: {
    good: ['cloud-access', 'a', 'A.b_c-9', 'x'.repeat(64)],
    bad: ['', 'a b', 'a/b', 'x'.repeat(65), 'é', 'a\n'],
  },
  queueArn: {
    good: ['arn:aws:sqs:us-east-1:111122223333:access-ender', 'arn:aws-us-gov:sqs:us-gov-west-1:111122223333:a_B-9'],
    bad: [
      'arn:aws:sqs:us-east-1:111122223333:',
      'arn:aws:sqs:us-east-1:111122223333:ordered.fifo',
      'arn:aws:sqs::111122223333:access-ender',
      'arn:aws:sns:us-east-1:111122223333:access-ender',
      'arn:aws:sqs:us-east-1:111122223333:a\n',
      'https://sqs.us-east-1.amazonaws.com/111122223333/access-ender',
    ],
  },
  permissionSetArn: {
    good: [
      'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-0123456789abcdef',
      'arn:aws:sso:::permissionSet/ins-72231a2b3c4d5e6f/ps-0123456789abc./-',
    ],
    bad: [
      'arn:aws:sso:::permissionset/ssoins-72231a2b3c4d5e6f/ps-0123456789abcdef',
      'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f',
      'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-0123456789abcde',
      'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f/ps-0123456789abcdef',
    ],
  },
  permissionSetName: {
    good: ['a', 'Read-Only_1', '+=,.@-', 'x'.repeat(32)],
    bad: ['', 'x'.repeat(33), 'a b', 'a/b', 'é', 'a\n'],
  },
  organizationalUnitId: {
    good: ['ou-a1b2-c3d4e5f6', `ou-${'a'.repeat(32)}-${'0'.repeat(32)}`],
    bad: ['ou-a1b-c3d4e5f6', 'ou-a1b2-c3d4e5f', 'OU-a1b2-c3d4e5f6', 'ou-a1b2-C3D4E5F6', 'ou-a1b2-c3d4e5f6\n', 'r-a1b2'],
  },
  rootId: {
    good: ['r-a1b2', `r-${'0'.repeat(32)}`],
    bad: ['r-a1b', 'r-A1B2', 'ou-a1b2-c3d4e5f6', 'r-a1b2/', 'r-a1b2\n'],
  },
  callerArn: {
    good: [
      'arn:aws:iam::111122223333:role/a/b/broker',
      'arn:aws-cn:iam::111122223333:user/alice',
      'arn:aws:sts::111122223333:assumed-role/broker/session-1',
    ],
    bad: ['broker', 'arn:aws:iam::111122223333:role/', 'arn:aws:iam::1:role/x', 'arn:aws:iam::111122223333:role/x\n'],
  },
  principalId: {
    good: [uuid, uuid.toUpperCase(), `90670a1b2c-${uuid}`],
    bad: ['', `${uuid}0`, `90670A1B2C-${uuid}`, `9067-${uuid}`, uuid.slice(1), `{${uuid}}`, `g${uuid.slice(1)}`],
  },
  identityStoreId: {
    good: ['d-90679a1b2c', uuid],
    bad: ['', 'd-90679A1B2C', 'd-90679a1b2', 'd-90679a1b2c0', 'd-zzzzzzzzzz', uuid.toUpperCase()],
  },
  identityStoreArn: {
    good: [
      'arn:aws:identitystore::123456789012:identitystore/d-90679a1b2c',
      `arn:aws-cn:identitystore::123456789012:identitystore/${uuid}`,
    ],
    bad: [
      'arn:aws:identitystore:::identitystore/d-90679a1b2c',
      'arn:aws:identitystore::123:identitystore/d-90679a1b2c',
      'arn:aws:identitystore::123456789012:identitystore/',
      'arn:aws:identitystore::123456789012:identitystore/a/b',
      'arn:aws:identitystore::123456789012:identitystore/no store at all',
      'arn:aws:identitystore::123456789012:identitystore/d-1\nx',
    ],
  },
  roleArn: {
    good: [
      'arn:aws:iam::123456789012:role/broker',
      'arn:aws-us-gov:iam::123456789012:role/path/to/broker',
      'arn:aws:iam::123456789012:role/a+=,.@-_b',
    ],
    bad: [
      'broker',
      'arn:aws:iam::123456789012:role/',
      'arn:aws:iam::12345678901:role/broker',
      'arn:aws:iam::123456789012:user/x',
      'arn:aws:sts::123456789012:assumed-role/x/y',
      'arn:aws:iam::123456789012:role/a b',
      'arn:aws:iam::123456789012:role/x\n',
    ],
  },
  region: {
    good: [
      'us-east-1',
      'eu-central-2',
      'ap-southeast-4',
      'us-gov-west-1',
      'cn-northwest-1',
      'us-isob-east-1',
      'eusc-de-east-1',
      'il-central-1',
      'mx-central-1',
    ],
    bad: [
      '',
      'us-east',
      'us_east_1',
      'US-EAST-1',
      'us-east-1a',
      'us-east-1.evil.example',
      'us-east-1/',
      'us-east-1\n',
      '*',
      'global',
    ],
  },
  sessionName: {
    good: ['ab', 'cloud-access-1-2-3', 'a=b,c.d@e-f_g+h', 'x'.repeat(64)],
    bad: ['', 'a', 'x'.repeat(65), 'a b', 'a/b', 'a:b', 'é1'],
  },
};

describe.each(Object.entries(cases))('%s', (name, { good, bad }) => {
  const pattern = patterns[name as keyof typeof cases];

  test.each(good)('%j is one', (text) => {
    expect(pattern.test(text)).toBe(true);
  });

  test.each(bad)('%j is not a pattern', (text) => {
    expect(pattern.test(text)).toBe(false);
  });
});

test("a role's ARN and a store's ARN have partition and account", () => {
  expect(patterns.roleArn.exec('arn:aws-cn:iam::123456789012:role/x')?.groups).toMatchObject({
    partition: 'aws-cn',
    account: '123456789012',
  });
  expect(
    patterns.identityStoreArn.exec('arn:aws:identitystore::123456789012:identitystore/d-90679a1b2c')?.groups,
  ).toMatchObject({
    account: '123456789012',
    id: 'd-90679a1b2c',
  });
});
