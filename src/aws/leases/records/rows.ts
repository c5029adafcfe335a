import type { GetScheduleCommandOutput, ScheduleSummary } from '@aws-sdk/client-scheduler';
import { grantKeyOf, parseScheduleName, type AssignmentFields } from './names.ts';
import { fieldsIn, targetArn } from './schedules.ts';
import { never, type Constants } from '../steps/constants.ts';
import type { Row } from '../steps/records.ts';

/** The timers of one step are spread over a few hours at most. */
const mostSpreadMs = 4 * 3_600_000;

/**
 * True for a timer that fires after the end of any lease that could be taken when it was created. The end of a
 * permanent hold does not count.
 */
export function isBeyondAnyLease(
  firesAt: number,
  { kind, created }: Row,
  { longestLease, margin }: Constants,
): boolean {
  return kind === 'timer' && firesAt - created > longestLease + margin + mostSpreadMs;
}

/** A row of the list; `null` for a schedule whose name is not this action's. */
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

/** The facts that one schedule proves. */
interface Proof {
  /** The grant that it ends; `null` where it does not prove itself to be this action's record of this grant. */
  readonly fields: AssignmentFields | null;
  /** The role of a record of this grant that uses another role than this action, else `null`. */
  readonly otherRole: string | null;
  readonly firesAt: number;
}

/** The grant and the role whose records are read. */
interface Owner {
  readonly grantKey: string;
  /** The role that Scheduler assumes in this action's records, `null` where it is unknown. */
  readonly roleArn: string | null;
}

/** Checks everything that identifies a schedule as this action's: its call, grant, role and time (P3). */
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
