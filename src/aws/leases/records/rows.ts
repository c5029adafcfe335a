import type { GetScheduleCommandOutput, ScheduleSummary } from '@aws-sdk/client-scheduler';
import { grantKeyOf, parseScheduleName, type AssignmentFields } from './names.ts';
import { fieldsIn, targetArn } from './schedules.ts';
import { never, type Constants } from '../steps/constants.ts';
import type { Row } from '../steps/records.ts';

/** The timers of one step are spread over a few hours at most. */
const mostSpreadMs = 4 * 3_600_000;

/** Whether a timer fires later than any lease ends that was taken when it was made; the end of a permanent hold is none. */
export function isBeyondAnyLease(
  firesAt: number,
  { kind, created }: Row,
  { longestLease, margin }: Constants,
): boolean {
  return kind === 'timer' && firesAt - created > longestLease + margin + mostSpreadMs;
}

/** A row of the list; `null` for a schedule that is none of ours by its name. */
export function rowOf(
  { Name, State, CreationDate, LastModificationDate }: ScheduleSummary,
  { longestLease, margin }: Constants,
): Row | null {
  const parsed = parseScheduleName(Name ?? '');
  if (parsed === null) return null;
  const created = CreationDate?.getTime() ?? 0;
  const modified = LastModificationDate?.getTime() ?? created;
  const { record } = parsed;
  const isEndless = record.kind === 'hold' && record.end === never;
  const foreign = !isEndless && record.end - created > longestLease + margin;
  return { ...record, enabled: State === 'ENABLED', created, modified, firesAt: null, foreign, otherRole: null };
}

/** What a look at one schedule proves. */
export interface Proof {
  /** The grant that it ends; `null` where it does not prove itself to be a record of ours of this very grant. */
  readonly fields: AssignmentFields | null;
  /** The role of one that is of this very grant and uses another than ours, else `null`. */
  readonly otherRole: string | null;
  readonly firesAt: number;
}

/** Whose records are looked at. */
export interface Owner {
  readonly grantKey: string;
  /** The role that Scheduler assumes in records of ours, `null` where nobody said. */
  readonly roleArn: string | null;
}

/** Holds a schedule against all that makes it ours: what it calls, with which grant, as whom, and when (P3). */
export function proofOf(
  { Target, StartDate }: GetScheduleCommandOutput,
  row: Row,
  { grantKey, roleArn }: Owner,
  constants: Constants,
): Proof {
  const fields = fieldsIn(Target?.Input);
  const isOfGrant = fields !== null && Target?.Arn === targetArn(fields) && grantKeyOf(fields) === grantKey;
  const role = Target?.RoleArn ?? '';
  const otherRole = isOfGrant && roleArn !== null && role !== roleArn ? role : null;
  const firesAt = StartDate?.getTime() ?? row.end;
  const isOurs = isOfGrant && otherRole === null && !isBeyondAnyLease(firesAt, row, constants);
  return { fields: isOurs ? fields : null, otherRole, firesAt };
}
