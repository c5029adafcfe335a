import type {
  CreateScheduleCommandInput,
  GetScheduleCommandOutput,
  ScheduleSummary,
  UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { randomUUID } from 'node:crypto';
import { minuteMs, type Budget } from '#access/clock';
import { Incomplete, whole } from '../../documented.ts';
import { pages, pageOf } from '../../pages.ts';
import type { AwsSession } from '../../session.ts';
import type { SchedulerSettings } from '../../settings.ts';
import type { Constants } from '../steps/constants.ts';
import { scheduleName, type AssignmentFields } from './names.ts';
import type { NewRecord, RecordName } from '../steps/records.ts';

/** The group of schedules that holds the records, and who ends what they are about. */
export interface ScheduleGroup extends SchedulerSettings {
  readonly roleArn: string;
}

/** One schedule as it is to be written: what it is for, and what people read of it. */
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

/** What the call is given: the API's own parameters. */
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

/** The other way round; `null` where it is none of ours. */
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

/** Whether a start in the past is accepted is not documented: a dead record's is always so far ahead, in milliseconds. */
const aheadMs = 10 * 60_000;

/** The whole of a schedule: an update replaces it, and what is left out falls back to its default. */
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

/** A creation that may be sent again: the same token makes it the same. */
export function creationOf(
  record: NewRecord,
  text: ScheduleText,
  group: ScheduleGroup,
  now: number,
  constants: Constants,
): CreateScheduleCommandInput {
  return { ...contentOf(record, text, group, now, constants), ClientToken: randomUUID() };
}

/** An update that makes a record a dead one. */
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

/** What every schedule has: of one without it nothing may be concluded, least of all that it is a dead one. */
const always = ['State', 'CreationDate', 'LastModificationDate', 'Target'] as const;

const unknownState = 'is neither ENABLED nor DISABLED';

/** One in a state that nobody documents is not a dead one either. */
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
    if (!isKnown(answer)) throw new Incomplete('State', answer, unknownState);
    return answer;
  });
}

/**
 * All schedules whose names begin so.
 *
 * @param group `null` for those of every group of the account and Region
 */
export function listSchedules(
  session: AwsSession,
  group: string | null,
  prefix: string | null,
  budget: Budget,
): Promise<readonly ScheduleSummary[]> {
  return pages('scheduler:ListSchedules', budget, (NextToken, spent) =>
    session.scheduler.read('ListSchedules', spent, async (client, options) => {
      const { ListSchedulesCommand } = await import('@aws-sdk/client-scheduler');
      const where = {
        ...(group === null ? {} : { GroupName: group }),
        ...(prefix === null ? {} : { NamePrefix: prefix }),
      };
      const answer = await client.send(new ListSchedulesCommand({ ...where, MaxResults: 100, NextToken }), options);
      const page = pageOf(answer, 'Schedules', ['Name', 'GroupName', ...always]);
      if (!page.items.every(isKnown)) throw new Incomplete('Schedules[].State', answer, unknownState);
      return page;
    }),
  );
}
