import { leaseNamed, uselessInputs, type Asked, type Values } from '#access/declaration';
import type { Fault } from '#access/errors';
import { schedulerInputs } from '../inputs.ts';
import { parseLeaseId, type AwsLease } from './lease-id.ts';

/** What only Scheduler can do, and what is of use only with it. */
export function schedulerFaults(
  values: Values<typeof schedulerInputs>,
  { operation, lifetime }: Asked,
): readonly Fault[] {
  if (values['aws-scheduler-role-arn'] !== null) return [];
  const role = 'aws-scheduler-role-arn';
  const { example } = schedulerInputs[role];
  if (operation === 'sweep') {
    const problem = 'is missing: by it sweep knows which schedules are its own';
    return [{ input: role, problem, example }];
  }
  const keeps = lifetime.kind === 'lease' && lifetime.keepAfterJob;
  const problem = `is true, and needs an end that does not depend on a job: without ${role} nothing ends the access once the job is gone`;
  const kept = { input: 'keep-after-job', problem, cause: role, example: { of: role, value: example } };
  return [...(keeps ? [kept] : []), ...uselessInputs(schedulerInputs, values, operation)];
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
