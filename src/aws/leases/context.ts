import { CloudError } from '#access/errors';
import { type Budget, wholeMinute } from '#access/clock';
import type { Assignment, Words } from '#access/grant';
import type { LeaseTools } from '#access/leases/port';
import type { Constants } from './steps/constants.ts';
import type { Executor } from './executor/executor.ts';
import { holderName } from '#access/leases/names';
import type { NamedHolder } from '#access/leases/words';
import type { OtherHolder, RecordName } from './steps/records.ts';
import type { ScheduleGroup } from './records/schedules.ts';
import type { AwsSession } from '../session.ts';

/** What all leases of one step share. */
export interface LeaseContext {
  readonly session: AwsSession;
  readonly group: ScheduleGroup;
  readonly instanceArn: () => string;
  readonly constants: Constants;
  readonly words: Words;
  /** The name of this step run as a holder. */
  readonly holder: string;
  readonly randomBytes: (count: number) => Uint8Array;
  openExecutor(grant: Assignment, keepAfterJob: boolean, tools: LeaseTools): Executor;
  leaseId(grant: Assignment, holder: string, keepAfterJob: boolean): string;
  /** How long sessions that are open may last, in a sentence. */
  sessionsOutlive(grant: Assignment, budget: Budget): Promise<string>;
  /** Those who hold it too, by what their records say; by their random names where those may not be read. */
  nameHolders(executor: Executor, others: readonly OtherHolder[]): Promise<readonly NamedHolder[]>;
}

/** What a person may look at of those who hold a grant: so many. */
export const mostNamedHolders = 5;

/** Takes a value where a cloud did not give it; any other error passes. For `catch`. */
export function orElse<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof CloudError) return value;
    throw error;
  };
}

/** A mark by which others see that somebody is at work. */
export function newMark({ constants, randomBytes }: LeaseContext, date: number): RecordName {
  return {
    kind: 'mark',
    end: wholeMinute(date + constants.markFor),
    holder: holderName(randomBytes),
  };
}
