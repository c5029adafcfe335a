import type {
  CreateScheduleCommandInput,
  GetScheduleCommandOutput,
  ScheduleSummary,
  UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { randomUUID } from 'node:crypto';
import { minuteMs, type Budget } from '#access/clock';
import { Incomplete, whole } from '../../documented.ts';
import { neitherEnabledNorDisabled } from '../../messages/requests.ts';
import { createPager, pageOf, readAll, type Pager } from '../../pages.ts';
import type { AwsSession } from '../../session.ts';
import type { SchedulerSettings } from '../../settings.ts';
import type { Constants } from '../steps/constants.ts';
import { scheduleName, type AssignmentFields } from './names.ts';
import type { NewRecord, RecordName } from '../steps/records.ts';

/** The schedule group of the records, and the role that ends the access. */
export interface ScheduleGroup extends SchedulerSettings {
  readonly roleArn: string;
}

/** The content of one schedule: the assignment that it ends, and its description for people. */
export interface ScheduleText {
  readonly fields: AssignmentFields;
  readonly grantKey: string;
  /** At most 512 characters. */
  readonly description: string;
}

/** The API call that a schedule makes. Source: docs/design/aws.md#universal-targets. */
export function targetArn({ instanceArn }: AssignmentFields): string {
  return `arn:${partitionOf(instanceArn)}:scheduler:::aws-sdk:ssoadmin:deleteAccountAssignment`;
}

function partitionOf(arn: string): string {
  return arn.split(':')[1] ?? 'aws';
}

/** The input of the call: the API's own parameters. */
export function inputOf({
  instanceArn,
  account,
  permissionSetArn,
  principalType,
  principalId,
}: AssignmentFields): string {
  return JSON.stringify({
    InstanceArn: instanceArn,
    TargetId: account,
    TargetType: 'AWS_ACCOUNT',
    PermissionSetArn: permissionSetArn,
    PrincipalType: principalType,
    PrincipalId: principalId,
  });
}

/** The fields in such an input; `null` for any other input. */
export function fieldsIn(input: string | undefined): AssignmentFields | null {
  try {
    const it = JSON.parse(input ?? '') as Readonly<Record<string, unknown>> | null;
    const text = (name: string): string => (typeof it?.[name] === 'string' ? it[name] : '');
    if (text('TargetType') !== 'AWS_ACCOUNT') return null;
    const fields = {
      instanceArn: text('InstanceArn'),
      account: text('TargetId'),
      permissionSetArn: text('PermissionSetArn'),
      principalType: text('PrincipalType'),
      principalId: text('PrincipalId'),
    };
    return Object.values(fields).includes('') ? null : fields;
  } catch {
    return null;
  }
}

/**
 * Distance of a disabled record's start from now, in milliseconds. Whether AWS accepts a start in the past is not
 * documented.
 */
const aheadMs = 10 * 60_000;

/** The complete schedule: an update replaces it, and members that are left out get their defaults. */
function contentOf(
  { name, enabled, firesAt }: NewRecord,
  { fields, grantKey, description }: ScheduleText,
  group: ScheduleGroup,
  now: number,
  constants: Constants,
): UpdateScheduleCommandInput & { readonly GroupName: string } {
  const dead = Math.min(Math.max(firesAt, now + aheadMs), now + constants.longestLease);
  const starts = enabled ? firesAt : dead;
  const queue = group.deadLetterQueueArn;
  return {
    Name: scheduleName(grantKey, name),
    GroupName: group.group,
    Description: description,
    ScheduleExpression: `rate(${constants.firePeriod / minuteMs} minutes)`,
    StartDate: new Date(starts),
    EndDate: new Date(starts + constants.window),
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: enabled ? 'ENABLED' : 'DISABLED',
    ActionAfterCompletion: 'NONE',
    Target: {
      Arn: targetArn(fields),
      RoleArn: group.roleArn,
      Input: inputOf(fields),
      RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      ...(queue === null ? {} : { DeadLetterConfig: { Arn: queue } }),
    },
  };
}

/** A creation that can be sent again: the token makes it idempotent. */
export function creationOf(
  record: NewRecord,
  text: ScheduleText,
  group: ScheduleGroup,
  now: number,
  constants: Constants,
): CreateScheduleCommandInput {
  return { ...contentOf(record, text, group, now, constants), ClientToken: randomUUID() };
}

/** An update that disables a record. */
export function disablingOf(
  name: RecordName,
  text: ScheduleText,
  group: ScheduleGroup,
  now: number,
  constants: Constants,
): UpdateScheduleCommandInput {
  return contentOf({ name, enabled: false, firesAt: name.end }, text, group, now, constants);
}

/** Exactly one request. */
export function createSchedule(session: AwsSession, input: CreateScheduleCommandInput, budget: Budget): Promise<void> {
  return session.scheduler.once('CreateSchedule', budget, async (client, options) => {
    const { CreateScheduleCommand } = await import('@aws-sdk/client-scheduler');
    await client.send(new CreateScheduleCommand(input), options);
  });
}

/** Exactly one request. */
export function updateSchedule(session: AwsSession, input: UpdateScheduleCommandInput, budget: Budget): Promise<void> {
  return session.scheduler.once('UpdateSchedule', budget, async (client, options) => {
    const { UpdateScheduleCommand } = await import('@aws-sdk/client-scheduler');
    await client.send(new UpdateScheduleCommand(input), options);
  });
}

/** Exactly one request. */
export function deleteSchedule(session: AwsSession, group: string, name: string, budget: Budget): Promise<void> {
  return session.scheduler.once('DeleteSchedule', budget, async (client, options) => {
    const { DeleteScheduleCommand } = await import('@aws-sdk/client-scheduler');
    await client.send(new DeleteScheduleCommand({ GroupName: group, Name: name, ClientToken: randomUUID() }), options);
  });
}

/** Exactly one request. */
export function createScheduleGroup(session: AwsSession, group: string, budget: Budget): Promise<void> {
  return session.scheduler.once('CreateScheduleGroup', budget, async (client, options) => {
    const { CreateScheduleGroupCommand } = await import('@aws-sdk/client-scheduler');
    await client.send(new CreateScheduleGroupCommand({ Name: group, ClientToken: randomUUID() }), options);
  });
}

/** Members that every schedule has: without them nothing can be concluded, least of all that a timer is disabled. */
const always = ['State', 'CreationDate', 'LastModificationDate', 'Target'] as const;

/** True for a documented state: an undocumented one does not prove that a timer is disabled. */
function isKnown({ State }: Pick<ScheduleSummary, 'State'>): boolean {
  return State === 'ENABLED' || State === 'DISABLED';
}

export function getSchedule(
  session: AwsSession,
  group: string,
  name: string,
  budget: Budget,
): Promise<GetScheduleCommandOutput> {
  return session.scheduler.read('GetSchedule', budget, async (client, options) => {
    const { GetScheduleCommand } = await import('@aws-sdk/client-scheduler');
    const answer = await client.send(new GetScheduleCommand({ GroupName: group, Name: name }), options);
    for (const member of always) whole(answer[member], member, answer);
    if (!isKnown(answer)) throw new Incomplete('State', answer, neitherEnabledNorDisabled);
    return answer;
  });
}

/**
 * All schedules whose names begin with the prefix.
 *
 * @param group `null` for every group of the account and Region
 */
export function listSchedules(
  session: AwsSession,
  group: string | null,
  prefix: string | null,
  budget: Budget,
): Promise<readonly ScheduleSummary[]> {
  return readAll(schedulePager(session, group, prefix), budget);
}

/** The same list, page by page. */
export function schedulePager(
  session: AwsSession,
  group: string | null,
  prefix: string | null,
): Pager<ScheduleSummary> {
  return createPager('scheduler:ListSchedules', (NextToken, spent) =>
    session.scheduler.read('ListSchedules', spent, async (client, options) => {
      const { ListSchedulesCommand } = await import('@aws-sdk/client-scheduler');
      const where = {
        ...(group === null ? {} : { GroupName: group }),
        ...(prefix === null ? {} : { NamePrefix: prefix }),
      };
      const answer = await client.send(new ListSchedulesCommand({ ...where, MaxResults: 100, NextToken }), options);
      const page = pageOf(answer, 'Schedules', ['Name', 'GroupName', ...always]);
      if (!page.items.every(isKnown)) throw new Incomplete('Schedules[].State', answer, neitherEnabledNorDisabled);
      return page;
    }),
  );
}
