import type { Budget } from '../clock.ts';
import { endsByTimeOnly } from '../messages/lease-operations.ts';

/** A job as a lease's record names it. */
export interface JobName {
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: string;
  readonly attempt: string;
  /** Check run ID of the job, which is its job ID as well; `null` where the workflow did not give it. */
  readonly checkRunId: string | null;
}

/** State of a job. A job that cannot be asked about is `unknown`, with a clause that says why; its lease is not ended. */
export type JobStanding =
  { readonly state: 'running' | 'ended'; readonly why: null } | { readonly state: 'unknown'; readonly why: string };

export type JobState = JobStanding['state'];

/** Asks the platform that runs jobs whether they have ended. */
export interface Liveness {
  /**
   * States of these jobs, in their order. The jobs are asked about in the same order, the most important first, since
   * the budget might not suffice for all. Rejects only when the budget's signal is aborted.
   */
  states(jobs: readonly JobName[], budget: Budget): Promise<readonly JobStanding[]>;
}

export const running: JobStanding = { state: 'running', why: null };
export const ended: JobStanding = { state: 'ended', why: null };

export function unknown(why: string): JobStanding {
  return { state: 'unknown', why };
}

/** Reports every job as unknown, for one reason. */
export function unanswered(why: string): Liveness {
  return { states: (jobs) => Promise.resolve(jobs.map(() => unknown(why))) };
}

/** Notices of a sweep about unknown jobs: each reason once, with the number of leases that end only by time. */
export function unknownNotices(standings: readonly JobStanding[]): readonly string[] {
  const why = standings.flatMap((it) => (it.state === 'unknown' ? [it.why] : []));
  return [...Map.groupBy(why, (it) => it)].map(([reason, { length }]) => endsByTimeOnly(length, reason));
}

/** The step and job that took a lease, for its record. */
export interface Origin extends JobName {
  readonly repositoryId: string;
  /** The job's key in its workflow file. */
  readonly job: string;
  /** The step's own ID, or the one that the runner gave it. */
  readonly step: string;
  readonly actor: string;
}
