import type { WatchedGrant } from './watch.ts';

/** Names in rehearsal/estate.yml of the things in the histories: this runs outside of the tests as well. */
const instance = 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f';
const sets = 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f';
const onCall = '9067642c1a-1d2e3f40-5a6b-4c7d-9e8f-0a1b2c3d4e5f';
const account = '123456789012';

export const ender = 'arn:aws:iam::111122223333:role/access-ender';
export const alice = { principalType: 'USER', principalId: '9067642c1a-6b1e2f3a-0c4d-4e5f-8a6b-7c8d9e0f1a2b' } as const;

export const signIn = {
  cloud: 'aws',
  'aws-region': 'us-east-1',
  'aws-role-to-assume': 'arn:aws:iam::111122223333:role/access-broker',
} as const;

/** Everything is pinned: nothing is looked up. */
export const onCallInProd = {
  ...signIn,
  'aws-instance-arn': instance,
  'aws-identity-store-id': 'arn:aws:identitystore::444455556666:identitystore/d-90679a1b2c',
  principal: `group:${onCall}`,
  target: account,
} as const;

/** On one account, where AWS runs one operation at a time. */
const grants: readonly WatchedGrant[] = ['ps-3c4d5e6f708192a3', 'ps-1a2b3c4d5e6f7081'].map((set) => ({
  principalType: 'GROUP',
  principalId: onCall,
  permissionSetArn: `${sets}/${set}`,
  accountId: account,
}));

export function grantAt(index: number): WatchedGrant {
  const grant = grants[index];
  if (grant === undefined) throw new Error(`There is no grant ${index}.`);
  return grant;
}
