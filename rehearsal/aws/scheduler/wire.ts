import { timestamp } from '../call.ts';
import type { Schedule, ScheduleKey, Target } from './schedule.ts';

/** [model] The members of a validated CreateSchedule or UpdateSchedule. */
export interface Definition {
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly StartDate?: number;
  readonly EndDate?: number;
  readonly Description?: string;
  readonly KmsKeyArn?: string;
  readonly State?: 'ENABLED' | 'DISABLED';
  readonly ActionAfterCompletion?: 'NONE' | 'DELETE';
  readonly FlexibleTimeWindow: { readonly Mode: 'OFF' | 'FLEXIBLE'; readonly MaximumWindowInMinutes?: number };
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly Input?: string;
    readonly DeadLetterConfig?: { readonly Arn?: string };
    readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
  };
}

/** The defaults of RetryPolicy (docs/design/aws.md#eventbridge-scheduler). */
const RETRY_ATTEMPTS = 185;
const EVENT_AGE_SECONDS = 86_400;

/** A missing value has its default, with any earlier value: an update is a replacement. */
export function scheduleOf(
  key: ScheduleKey & { readonly arn: string },
  definition: Definition,
  times: Pick<Schedule, 'createdAt' | 'modifiedAt'>,
): Schedule {
  const { StartDate, EndDate, Description, KmsKeyArn, FlexibleTimeWindow } = definition;
  const { accountId, region, group, name, arn } = key;
  return {
    accountId,
    region,
    group,
    name,
    arn,
    expression: definition.ScheduleExpression,
    timezone: definition.ScheduleExpressionTimezone ?? 'UTC',
    ...(StartDate === undefined ? {} : { startsAt: StartDate * 1000 }),
    ...(EndDate === undefined ? {} : { endsAt: EndDate * 1000 }),
    ...(Description === undefined ? {} : { description: Description }),
    ...(KmsKeyArn === undefined ? {} : { kmsKeyArn: KmsKeyArn }),
    state: definition.State ?? 'ENABLED',
    target: targetOf(definition.Target),
    windowMinutes: FlexibleTimeWindow.Mode === 'OFF' ? null : (FlexibleTimeWindow.MaximumWindowInMinutes ?? 1),
    actionAfterCompletion: definition.ActionAfterCompletion ?? 'NONE',
    ...times,
  };
}

function targetOf({ Arn, RoleArn, Input, DeadLetterConfig, RetryPolicy = {} }: Definition['Target']): Target {
  return {
    arn: Arn,
    roleArn: RoleArn,
    ...(Input === undefined ? {} : { input: Input }),
    ...(DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: DeadLetterConfig.Arn }),
    maximumRetryAttempts: RetryPolicy.MaximumRetryAttempts ?? RETRY_ATTEMPTS,
    maximumEventAgeSeconds: RetryPolicy.MaximumEventAgeInSeconds ?? EVENT_AGE_SECONDS,
  };
}

/** [model] GetScheduleOutput */
export function described(schedule: Schedule): Record<string, unknown> {
  const { startsAt, endsAt, description, kmsKeyArn, windowMinutes, target } = schedule;
  return {
    ...identity(schedule),
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timezone,
    ...(startsAt === undefined ? {} : { StartDate: timestamp(startsAt) }),
    ...(endsAt === undefined ? {} : { EndDate: timestamp(endsAt) }),
    ...(description === undefined ? {} : { Description: description }),
    ...(kmsKeyArn === undefined ? {} : { KmsKeyArn: kmsKeyArn }),
    FlexibleTimeWindow:
      windowMinutes === null ? { Mode: 'OFF' } : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: windowMinutes },
    ActionAfterCompletion: schedule.actionAfterCompletion,
    Target: {
      Arn: target.arn,
      RoleArn: target.roleArn,
      ...(target.input === undefined ? {} : { Input: target.input }),
      ...(target.deadLetterArn === undefined ? {} : { DeadLetterConfig: { Arn: target.deadLetterArn } }),
      RetryPolicy: {
        MaximumRetryAttempts: target.maximumRetryAttempts,
        MaximumEventAgeInSeconds: target.maximumEventAgeSeconds,
      },
    },
  };
}

/** [model] ScheduleSummary: no expression, no description, no input. */
export function summarized(schedule: Schedule): Record<string, unknown> {
  return { ...identity(schedule), Target: { Arn: schedule.target.arn } };
}

function identity({ arn, name, group, state, createdAt, modifiedAt }: Schedule): Record<string, unknown> {
  return {
    Arn: arn,
    Name: name,
    GroupName: group,
    State: state,
    CreationDate: timestamp(createdAt),
    LastModificationDate: timestamp(modifiedAt),
  };
}
