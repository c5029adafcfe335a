import { leaseNamed, uselessInputs, type Asked, type Values } from '#access/declaration';
import type { Fault } from '#access/errors';
import { linesIn, schedulerInputs } from '../inputs.ts';
import { keepNeedsScheduler, notWhereLeaseIs, oneGroupOnly, sweepNeedsRole } from '../messages/inputs.ts';
import type { SchedulerSettings } from '../settings.ts';
import { parseLeaseId, type AwsLease } from './lease-id.ts';

/** Faults of inputs that require EventBridge Scheduler. */
export function schedulerFaults(values: Values<typeof schedulerInputs>, asked: Asked): readonly Fault[] {
  const { operation, lifetime } = asked;
  const groups = groupFaults(values['aws-scheduler-group'], asked);
  if (values['aws-scheduler-role-arn'] !== null) return groups;
  const role = 'aws-scheduler-role-arn';
  const { example } = schedulerInputs[role];
  if (operation === 'sweep') return [{ input: role, problem: sweepNeedsRole, example }];
  const keeps = lifetime.kind === 'lease' && lifetime.keepAfterJob;
  const problem = keepNeedsScheduler(role);
  const kept = { input: 'keep-after-job', problem, cause: role, example: { of: role, value: example } };
  // Whether access that could be removed is a lease is read without the role that ends leases.
  const isRead = operation === 'reconcile' || (operation === 'revoke' && asked.isOfFiles);
  const useless = uselessInputs(schedulerInputs, values, operation).filter(
    ({ input }) => !isRead || input !== 'aws-scheduler-group',
  );
  return [...(keeps ? [kept] : []), ...useless, ...groups];
}

/** A step that takes, ends or lists leases keeps to one group. */
function groupFaults(value: string, { operation, isOfFiles }: Asked): readonly Fault[] {
  const [example = ''] = linesIn(value);
  if (linesIn(value).length < 2 || isOfFiles || operation === 'reconcile' || operation === 'inventory') return [];
  return [{ input: 'aws-scheduler-group', problem: oneGroupOnly, example }];
}

/** The schedule groups of a step: that of its own records, and others. */
export function groupsOf(value: string): Pick<SchedulerSettings, 'group' | 'moreGroups'> {
  const [group = '', ...moreGroups] = linesIn(value);
  return { group, ...(moreGroups.length === 0 ? {} : { moreGroups }) };
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
