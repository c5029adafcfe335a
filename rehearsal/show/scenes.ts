import type { World } from '../world.ts';
import { accessFileScenes } from './access-file-scenes.ts';
import { azureLeaseScenes } from './azure-lease-scenes.ts';
import { azureScenes } from './azure-scenes.ts';
import { leaseScenes } from './lease-scenes.ts';
import { pimScenes } from './pim-scenes.ts';
import type { Scene } from './scene.ts';

const ACCOUNT = '123456789012';

const signIn = {
  cloud: 'aws',
  'aws-region': 'us-east-1',
  'aws-role-to-assume': 'arn:aws:iam::111122223333:role/access-broker',
} as const;

const onCall = {
  ...signIn,
  principal: 'group:Payments On-Call',
  role: 'IncidentAdmin',
  target: ACCOUNT,
} as const;

/** A trust policy for another environment than the job's, the most frequent mistake of a new user. */
const trustOfAnotherEnvironment = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': 'repo:octo-org/infra:environment:staging-access',
        },
      },
    },
  ],
};

const awsScenes: readonly Scene[] = [
  {
    title: 'Assign a permission set to a group',
    inputs: { ...onCall, operation: 'assign' },
    expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' }, changes: 1 },
  },
  {
    title: 'Run it again',
    note: 'The assignment exists already, so nothing changes.',
    inputs: { ...onCall, operation: 'assign' },
    expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'false' }, changes: 0 },
  },
  {
    title: 'Push the latest version of the permission set',
    note: 'An administrator has edited IncidentAdmin since.',
    before: (world: World): void => {
      world.aws.estate.makeOutdated('IncidentAdmin', ACCOUNT);
    },
    inputs: { ...signIn, operation: 'provision', role: 'IncidentAdmin', target: ACCOUNT },
    expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' }, changes: 1 },
  },
  {
    title: 'Revoke it',
    inputs: { ...onCall, operation: 'revoke' },
    expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' }, changes: 1 },
  },
  {
    title: 'An assignment that AWS cannot make',
    note: 'The permission set names a customer managed policy that does not exist in the account.',
    inputs: { ...onCall, operation: 'assign', role: 'NeedsPolicy', target: '777788889999' },
    expected: { exitCode: 1, outputs: { status: 'FAILED', 'failure-reason': /./ }, changes: 0 },
  },
  {
    title: 'A wrong trust policy',
    note: 'The role trusts the environment staging-access; the job runs in production-access.',
    world: { aws: { trust: trustOfAnotherEnvironment } },
    inputs: { ...onCall, operation: 'assign' },
    expected: { exitCode: 1, outputs: { status: 'FAILED' }, changes: 0 },
  },
];

export const scenes: readonly Scene[] = [
  ...leaseScenes,
  ...awsScenes,
  ...accessFileScenes,
  ...azureScenes,
  ...azureLeaseScenes,
  ...pimScenes,
];
