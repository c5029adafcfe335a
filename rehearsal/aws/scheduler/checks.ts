import { authorizeAction } from '../authorize.ts';
import type { Call } from '../call.ts';
import type { Cloud } from '../cloud.ts';
import { Refusal } from '../refusal.ts';
import type { Role } from '../roles.ts';
import { trustsService } from '../trust.ts';
import { parseExpression } from './expression.ts';
import { groupArn, type Schedule } from './schedule.ts';

const SERVICE = 'scheduler.amazonaws.com';

const invalid = (message: string): Refusal => new Refusal('ValidationException', message);

/** A caller that names an execution role must have the right to pass it to the Scheduler. */
export function checkPassRole(cloud: Cloud, call: Call, roleArn: string): void {
  authorizeAction(cloud, call, 'iam:PassRole', [{ arn: roleArn, keys: { 'iam:PassedToService': SERVICE } }]);
}

/** Rules for a definition apart from its form. */
export function checkSchedule(cloud: Cloud, schedule: Schedule): void {
  checkTimes(schedule, cloud.agenda.time());
  checkTarget(schedule.target.arn);
  if (executionRole(cloud, schedule) === undefined)
    throw invalid('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.');
}

/**
 * A time in the past is refused, of a disabled schedule too: the live service is reported to tolerate five minutes
 * (moto#8172), the limit is unknown, so the more awkward thing.
 */
function checkTimes({ expression: text, timezone, startsAt, endsAt }: Schedule, now: number): void {
  const expression = parseExpression(text);
  if (expression === null) throw invalid(`Invalid Schedule Expression ${text}.`);
  if (expression.kind === 'cron' || (expression.kind === 'at' && timezone !== 'UTC'))
    throw new Error(`The rehearsal has no calendar for ${text} in ${timezone}.`);
  if (expression.kind === 'at') {
    if (expression.time < now) throw invalid(`Invalid Schedule Expression ${text}: the time is in the past.`);
    return; // start and end are ignored [model]
  }
  if (startsAt !== undefined && startsAt < now)
    throw invalid('The StartDate you specify cannot be earlier than 5 minutes ago.');
  if (endsAt !== undefined && endsAt <= (startsAt ?? now))
    throw invalid('The EndDate you specify must be later than the StartDate.');
}

/** A universal target is `aws-sdk:<service>:<action>` in lower camel case; actions that only read are refused [doc:managing-targets-universal]. */
function checkTarget(arn: string): void {
  const [, , service, region, account, sdk, , action = ''] = arn.split(':');
  if (service !== 'scheduler') return;
  if (region !== '' || account !== '' || sdk !== 'aws-sdk' || !/^[a-z]\w*$/.test(action))
    throw invalid(`Provided Arn is not in correct format: ${arn}`);
  if (/^(get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet)/.test(action))
    throw invalid(`The API action ${action} is not supported as a target: it only reads.`);
}

/** The role of a schedule if it allows the Scheduler to assume it, for this schedule's group. */
export function executionRole({ roles, partition }: Cloud, schedule: Schedule): Role | undefined {
  const role = roles.find(schedule.target.roleArn);
  const source = { account: schedule.accountId, arn: groupArn(partition, schedule, schedule.group) };
  // A role of another account cannot be passed.
  if (role?.arn.split(':')[4] !== schedule.accountId || !trustsService(role.trust, SERVICE, source)) return undefined;
  return role;
}
