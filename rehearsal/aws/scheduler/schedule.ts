/** Place of schedules: an account and a Region. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export interface ScheduleKey extends Place {
  readonly group: string;
  readonly name: string;
}

/** [model] Target, as far as a universal target needs it. */
export interface Target {
  readonly arn: string;
  readonly roleArn: string;
  /** JSON text, the parameters of the call. */
  readonly input?: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly deadLetterArn?: string;
}

/** A schedule with all its properties. Times are ms epoch. */
export interface Schedule extends ScheduleKey {
  readonly arn: string;
  readonly expression: string;
  readonly timezone: string;
  readonly startsAt?: number;
  readonly endsAt?: number;
  readonly description?: string;
  readonly kmsKeyArn?: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly target: Target;
  /** Minutes of a flexible time window; null is OFF. */
  readonly windowMinutes: number | null;
  readonly actionAfterCompletion: 'NONE' | 'DELETE';
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** Schedules have no tags; groups do, and IAM takes them for `aws:ResourceTag` of the schedules in it. */
export interface Group extends Place {
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
}

export const DEFAULT_GROUP = 'default';

export function scheduleArn(partition: string, { accountId, region, group, name }: ScheduleKey): string {
  return `arn:${partition}:scheduler:${region}:${accountId}:schedule/${group}/${name}`;
}

export function groupArn(partition: string, { accountId, region }: Place, name: string): string {
  return `arn:${partition}:scheduler:${region}:${accountId}:schedule-group/${name}`;
}
