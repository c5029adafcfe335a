import { type Budget, minuteMs, wholeMinute } from '#access/clock';
import type { Assignment, Words } from '#access/grant';
import type { LeaseTools } from '#access/leases/port';
import type { Constants } from './steps/constants.ts';
import type { Executor } from './executor/executor.ts';
import { holderName } from '#access/leases/names';
import type { NamedHolder } from '#access/messages/leases';
import type { OtherHolder, RecordName } from './steps/records.ts';
import type { ScheduleGroup } from './records/schedules.ts';
import type { Milestone } from '#access/leases/journal';
import { newHolder, type Holder } from './steps/holder.ts';
import type { AwsSession } from '../session.ts';

/** Data and functions that all leases of one step share. */
export interface LeaseContext {
  readonly session: AwsSession;
  readonly group: ScheduleGroup;
  readonly instanceArn: () => string;
  readonly constants: Constants;
  readonly words: Words;
  /** The name of this step run as a holder. */
  readonly holder: string;
  readonly randomBytes: (count: number) => Uint8Array;
  /** @param groupName the schedule group of the records, if not the first of the step */
  openExecutor(grant: Assignment, keepAfterJob: boolean, tools: LeaseTools, groupName?: string): Executor;
  /** The first schedule group of the step that has records of a grant, and the first of all where none has. */
  groupOf(grant: Assignment, budget: Budget): Promise<string>;
  leaseId(grant: Assignment, holder: string, keepAfterJob: boolean): string;
  /** A sentence about the time that open sessions can last. */
  sessionsOutlive(grant: Assignment, budget: Budget): Promise<string>;
  /** The other holders with the names in their records, or with their random names if the records are unreadable. */
  nameHolders(executor: Executor, others: readonly OtherHolder[]): Promise<readonly NamedHolder[]>;
}

/** A mark, which shows other steps that this one is at work. */
export function newMark({ constants, randomBytes }: LeaseContext, date: number): RecordName {
  return {
    kind: 'mark',
    end: wholeMinute(date + constants.markFor),
    holder: holderName(randomBytes),
  };
}

/** Most times that a release which is too late begins again. */
const renewals = 3;

/** The state of a holder that is about to join, or whose main step came as far as `progress`. */
export function holderOf(
  { constants, randomBytes }: LeaseContext,
  { holder, end, turn }: { readonly holder: string; readonly end: number; readonly turn: number },
  progress?: Milestone,
): Holder {
  const spare = Array.from({ length: renewals }, () => holderName(randomBytes));
  return newHolder({ constants, holder, spare, end, spread: spreadOf(turn) }, progress);
}

/** The timers of one step on the same account fire one minute after another. In milliseconds. */
export function spreadOf(turn: number): number {
  return turn * minuteMs;
}
