import type { Scene } from './scene.ts';

const signIn = {
  cloud: 'aws',
  'aws-region': 'us-east-1',
  'aws-role-to-assume': 'arn:aws:iam::111122223333:role/access-broker',
  'aws-scheduler-role-arn': 'arn:aws:iam::111122223333:role/access-ender',
} as const;

const lease = {
  ...signIn,
  operation: 'assign',
  principal: 'user:alice@example.com',
  role: 'IncidentAdmin',
  target: '123456789012',
  lifetime: '2h',
  reason: 'INC-4711',
} as const;

const minute = 60_000;
const hour = 60 * minute;

const released = { exitCode: 0, outputs: {} } as const;

/** Each in a world of its own: time goes by in them. */
export const leaseScenes: readonly Scene[] = [
  {
    title: 'A lease: access that ends with its job',
    note: 'The post step ends the lease, however the job ends.',
    world: {},
    caption: 'The step',
    inputs: lease,
    expected: {
      exitCode: 0,
      outputs: { status: 'SUCCEEDED', 'lease-state': 'leased', 'expiry-guarantee': 'scheduler' },
      changes: 1,
      access: 'there',
    },
    then: [
      {
        caption: 'The job has ended: its post step',
        post: 'access',
        expected: { ...released, changes: 1, access: 'gone' },
      },
    ],
  },
  {
    title: 'A lease whose runner is killed',
    note: 'The runner dies while AWS creates the assignment, so no post step runs. A schedule in AWS ends the access.',
    world: {},
    caption: 'The step, until it is killed',
    inputs: lease,
    signals: [{ when: { service: 'sso', operation: 'DescribeAccountAssignmentCreationStatus' }, signal: 'SIGKILL' }],
    expected: { exitCode: null, outputs: {}, changes: 0 },
    then: [
      { caption: 'An hour later', passMs: hour, expected: { changes: 1, access: 'there' } },
      {
        caption: 'Another hour and a half later: EventBridge Scheduler has fired',
        passMs: hour + 30 * minute,
        expected: { changes: 1, access: 'gone' },
      },
      {
        caption: 'The next sweep',
        job: 'sweep',
        inputs: { ...signIn, operation: 'sweep' },
        expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'false' }, changes: 0, access: 'gone' },
      },
    ],
  },
  {
    title: 'Two leases of the same access',
    note: 'Two jobs hold the access. It ends when the last one releases it.',
    world: {},
    caption: 'The step of the first job, for two hours',
    inputs: lease,
    expected: {
      exitCode: 0,
      outputs: { status: 'SUCCEEDED', 'lease-state': 'leased' },
      changes: 1,
      access: 'there',
    },
    then: [
      {
        caption: 'The step of the second job, for an hour',
        job: 'deploy',
        inputs: { ...lease, lifetime: '1h', reason: 'Release 5.2' },
        expected: {
          exitCode: 0,
          outputs: { status: 'SUCCEEDED', 'lease-state': 'shared' },
          changes: 0,
          access: 'there',
        },
      },
      {
        caption: 'Who holds it now',
        job: 'look',
        inputs: {
          cloud: 'aws',
          'aws-region': 'us-east-1',
          'aws-role-to-assume': signIn['aws-role-to-assume'],
          operation: 'list',
        },
        expected: { exitCode: 0, outputs: { 'lease-state': 'shared' }, changes: 0, access: 'there' },
      },
      {
        caption: 'The first job has ended: its post step',
        post: 'access',
        expected: { ...released, changes: 0, access: 'there' },
      },
      {
        caption: 'The second job has ended: its post step',
        post: 'deploy',
        expected: { ...released, changes: 1, access: 'gone' },
      },
    ],
  },
];
