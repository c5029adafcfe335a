import { leaseNamed, uselessInputs, type Asked, type Values } from '#access/declaration';
import type { Fault } from '#access/errors';
import { schedulerInputs } from '../inputs.ts';
import { keepNeedsScheduler, notWhereLeaseIs, sweepNeedsRole } from '../messages/inputs.ts';
import { parseLeaseId, type AwsLease } from './lease-id.ts';

/** Faults of inputs that require EventBridge Scheduler. */
export function schedulerFaults(
  values: Values<typeof schedulerInputs>,
  { operation, lifetime }: Asked,
): readonly Fault[] {
  if (values['aws-scheduler-role-arn'] !== null) return [];
  const role = 'aws-scheduler-role-arn';
  const { example } = schedulerInputs[role];
  if (operation === 'sweep') return [{ input: role, problem: sweepNeedsRole, example }];
  const keeps = lifetime.kind === 'lease' && lifetime.keepAfterJob;
  const problem = keepNeedsScheduler(role);
  const kept = { input: 'keep-after-job', problem, cause: role, example: { of: role, value: example } };
  return [...(keeps ? [kept] : []), ...uselessInputs(schedulerInputs, values, operation)];
}

/** The lease that a `lease-id` names, `null` where there is none. */
export function leaseOf(asked: Asked): AwsLease | null {
  return leaseNamed(asked, parseLeaseId);
}

/** Faults of inputs that contradict the `lease-id`: they were meant for another lease. */
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
      : [{ input, problem: notWhereLeaseIs(given, own), cause: 'lease-id', example: own }],
  );
}
