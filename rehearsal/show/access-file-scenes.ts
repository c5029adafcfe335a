import type { World } from '../world.ts';
import type { Scene } from './scene.ts';

const inputs = {
  cloud: 'aws',
  'aws-region': 'us-east-1',
  'aws-role-to-assume': 'arn:aws:iam::111122223333:role/access-broker',
  'access-file': 'access/aws/*.yml',
} as const;

const reconcile = { ...inputs, operation: 'reconcile', prune: 'revoke', 'max-removals': '10 25%' } as const;

const files = {
  'access/aws/payments.yml': `version: 1
cloud: aws
owns:
  roles: [IncidentAdmin, Billing]
  targets: ['ou:/Workloads/**']
grants:
  - principal: group:Payments On-Call
    role: IncidentAdmin
    target: [account:payments-prod, account:payments-staging]
  - principal: user:alice@example.com
    role: Billing
    target: account:payments-prod
    expires: 2099-01-31
`,
} as const;

/** An administrator grants it in the console. */
function grantByHand({ aws }: World): void {
  aws.estate.add({ permissionSet: 'Billing', account: 'data-lake', principal: 'user:bob@example.com' });
}

export const accessFileScenes: readonly Scene[] = [
  {
    title: 'Access as code',
    note: 'A file says who has which role where. A pull request shows the plan, the merge applies it, and an inventory finds what was changed by hand.',
    world: {},
    caption: 'The pull request: a plan, as a comment',
    inputs: { ...reconcile, 'dry-run': 'true' },
    files,
    expected: {
      exitCode: 0,
      outputs: { status: 'SUCCEEDED', changed: 'true', 'plan-markdown': /\.md$/ },
      changes: 0,
    },
    then: [
      {
        caption: 'The merge: what is missing is granted',
        inputs: reconcile,
        files,
        expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' }, changes: 3 },
      },
      {
        caption: 'Once more: nothing changes',
        inputs: reconcile,
        files,
        expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'false' }, changes: 0 },
      },
      {
        caption: 'An administrator grants something by hand: the inventory finds it',
        before: grantByHand,
        inputs: { ...inputs, operation: 'inventory' },
        files,
        expected: { exitCode: 0, outputs: { drift: 'true' }, changes: 0 },
      },
      {
        caption: 'The next reconcile takes it away',
        inputs: { ...reconcile, 'max-removals': '1' },
        files,
        expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' }, changes: 1 },
      },
    ],
  },
];
