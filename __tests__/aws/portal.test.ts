import { expect, test } from '@jest/globals';

import { portalOf } from '../../src/aws/portal.ts';

const instance = (partition: string): string => `arn:${partition}:sso:::instance/ssoins-72231a2b3c4d5e6f`;

test.each([
  ['aws', 'd-90679a1b2c', 'https://d-90679a1b2c.awsapps.com/start'],
  ['aws-us-gov', 'd-90679a1b2c', 'https://start.us-gov-home.awsapps.com/directory/d-90679a1b2c'],
])('the default address in the partition %s', (partition, identityStoreId, address) => {
  expect(portalOf({ arn: instance(partition), identityStoreId })).toEqual({ address, isDefault: true });
});

test.each([
  ['aws-cn', 'd-90679a1b2c'],
  ['aws', null],
  ['aws', '8d2c5a4e-0000-4000-8000-000000000001'],
  ['aws', 'd-90679a1b2c.evil.example/'],
])('no address is certain: %s, %s', (partition, identityStoreId) => {
  expect(portalOf({ arn: instance(partition), identityStoreId })).toBeNull();
});
