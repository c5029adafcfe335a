import type { Budget } from '../clock.ts';

/** A job as a lease's record names it. */
export interface JobName {
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: string;
  readonly attempt: string;
  /** The check run id of the job, which is its job id as well; `null` where the workflow did not give it. */
  readonly checkRunId: string | null;
}

/** How a job stands. What cannot be told is `unknown`, with the reason in words for a notice; it ends nothing. */
export type JobStanding =
  { readonly state: 'running' | 'ended'; readonly why: null } | { readonly state: 'unknown'; readonly why: string };

export type JobState = JobStanding['state'];

/** Whether jobs have ended, asked of whoever runs them. */
export interface Liveness {
  /**
   * How these jobs stand, in their order, which is the order of asking as well: what matters most comes first, since
   * there may not be room to ask about all. Rejects only when the budget's signal is aborted.
   */
  states(jobs: readonly JobName[], budget: Budget): Promise<readonly JobStanding[]>;
}

export const running: JobStanding = { state: 'running', why: null };
export const ended: JobStanding = { state: 'ended', why: null };

export function unknown(why: string): JobStanding {
  return { state: 'unknown', why };
}

/** Where there is nobody to ask: every job is unknown, for one reason. */
export function unanswered(why: string): Liveness {
  return { states: (jobs) => Promise.resolve(jobs.map(() => unknown(why))) };
}

/** What a sweep says of jobs that nobody could tell about: each reason once, with how many leases it leaves to their time. */
export function unknownNotices(standings: readonly JobStanding[]): readonly string[] {
  const why = standings.flatMap((it) => (it.state === 'unknown' ? [it.why] : []));
  return [...Map.groupBy(why, (it) => it)].map(([reason, { length }]) => {
    const [leases, jobs] = length === 1 ? ['1 lease ends', 'its job has'] : [`${length} leases end`, 'their jobs have'];
    return `${leases} by time only, since it is not known whether ${jobs} ended: ${reason}.`;
  });
}

/** Which step of which job took a lease, for its record. */
export interface Origin extends JobName {
  readonly repositoryId: string;
  /** The job's key in its workflow file. */
  readonly job: string;
  /** The step's own id, or the one that the runner gave it. */
  readonly step: string;
  readonly actor: string;
}
