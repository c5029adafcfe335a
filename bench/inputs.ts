const permissionSet = 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-3c4d5e6f708192a3';

const signIn = {
  cloud: 'aws',
  'aws-region': 'us-east-1',
  'aws-role-to-assume': 'arn:aws:iam::111122223333:role/access-broker',
} as const;

/** One grant by ids, everything pinned. */
export const byIds = {
  ...signIn,
  'aws-instance-arn': 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
  'aws-identity-store-id': 'arn:aws:identitystore::444455556666:identitystore/d-90679a1b2c',
  principal: 'group:9067642c1a-1d2e3f40-5a6b-4c7d-9e8f-0a1b2c3d4e5f',
  target: '123456789012',
  role: permissionSet,
} as const;

/** The same by names. */
export const byNames = {
  ...signIn,
  principal: 'group:Payments On-Call',
  target: 'account:payments-prod',
  role: 'IncidentAdmin',
} as const;

const subscription = '/subscriptions/11111111-2222-4333-8444-555555555501';

/** One grant on Azure by ids: nobody is looked up. Who signs in, and where, each world says. */
export const azureByIds = {
  cloud: 'azure',
  principal: 'group:96000000-0000-4000-8000-000000000001',
  target: `${subscription}/resourceGroups/payments-prod`,
  role: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
} as const;

/** The same by names. */
export const azureByNames = {
  cloud: 'azure',
  principal: 'group:Payments On-Call',
  target: 'resource-group:payments-prod',
  role: 'Storage Blob Data Reader',
} as const;

/** Whom EventBridge Scheduler ends leases as. */
export const enderRole = 'arn:aws:iam::111122223333:role/access-ender';
