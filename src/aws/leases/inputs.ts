import { leaseNamed, type Asked, type Values } from '#access/declaration';
import type { Fault } from '#access/errors';
import { matching } from '#access/input-kinds';
import type { OperationName } from '#access/request';
import * as patterns from '../resolve/patterns.ts';
import { parseLeaseId, type AwsLease } from './lease-id.ts';

/** The schedule group where nobody names one. */
export const defaultGroup = 'cloud-access';

/** A lease says all this itself. */
const withSchedules: readonly OperationName[] = ['assign', 'revoke', 'sweep'];

/** How leases are ended, and where their records are. */
export const schedulerInputs = {
  'aws-scheduler-role-arn': matching(
    patterns.roleArn,
    'role ARN',
    'arn:aws:iam::111122223333:role/access-ender',
    withSchedules,
  ),
  'aws-scheduler-group': {
    ...matching(
      patterns.scheduleGroup,
      'name of a schedule group (1 to 64 of A-Z a-z 0-9 _ - .)',
      'cloud-access-payments',
      [...withSchedules, 'list'],
    ),
    fallback: defaultGroup,
    absent: defaultGroup,
  },
  'aws-scheduler-dead-letter-queue-arn': matching(
    patterns.queueArn,
    'ARN of a standard SQS queue',
    'arn:aws:sqs:us-east-1:111122223333:access-ender-failures',
    withSchedules,
  ),
} as const;

type SchedulerValues = Values<typeof schedulerInputs>;

/** What only Scheduler can do, and what is of use only with it. */
export function schedulerFaults(values: SchedulerValues, { operation, lifetime }: Asked): readonly Fault[] {
  if (values['aws-scheduler-role-arn'] !== null) return [];
  const role = 'aws-scheduler-role-arn';
  const { example } = schedulerInputs[role];
  if (operation === 'sweep') {
    const problem = 'is missing: by it sweep knows which schedules are its own';
    return [{ input: role, problem, example }];
  }
  const keeps = lifetime.kind === 'lease' && lifetime.keepAfterJob;
  const given = (
    [
      values['aws-scheduler-group'] === defaultGroup ? null : 'aws-scheduler-group',
      values['aws-scheduler-dead-letter-queue-arn'] === null ? null : 'aws-scheduler-dead-letter-queue-arn',
    ] as const
  ).filter((input) => input !== null);
  return [
    ...(keeps
      ? [
          {
            input: 'keep-after-job',
            problem: `is true, and needs an end that does not depend on a job: without ${role} nothing ends the access once the job is gone`,
            cause: role,
            example: { of: role, value: example },
          },
        ]
      : []),
    // A list only reads, and no role ends anything for it.
    ...(operation === 'list' ? [] : given).map((input) => ({
      input,
      problem: `means nothing without ${role}`,
      cause: role,
      example: { of: role, value: example },
    })),
  ];
}

/** What a `lease-id` says, `null` where there is none. */
export function leaseOf(asked: Asked): AwsLease | null {
  return leaseNamed(asked, parseLeaseId);
}

/** A lease is where it is: what names another place was meant for another lease. */
export function besideLease(
  values: { readonly 'aws-region': string | null; readonly 'aws-instance-arn': string | null },
  { region, instanceArn }: AwsLease,
): readonly Fault[] {
  const pairs = [
    ['aws-region', values['aws-region'], region],
    ['aws-instance-arn', values['aws-instance-arn'], instanceArn],
  ] as const;
  return pairs.flatMap(([input, given, own]) =>
    given === null || given === own
      ? []
      : [{ input, problem: `is ${given}, and the lease of lease-id is in ${own}`, cause: 'lease-id', example: own }],
  );
}
