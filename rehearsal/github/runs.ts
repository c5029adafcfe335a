import type { RunContext } from '../runner/context.ts';

export type Conclusion = 'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required';

/** How a job stands at GitHub. */
export type Standing =
  | { readonly status: 'queued' | 'in_progress' | 'waiting' | 'requested' | 'pending' }
  | { readonly status: 'completed'; readonly conclusion: Conclusion };

/** A job that GitHub knows. */
export interface Job {
  readonly context: RunContext;
  readonly standing: Standing;
  /** ms epoch. */
  readonly createdAt: number;
  readonly completedAt: number | null;
}

/** The jobs of all runs, by their check run id, which is a job's own id as well. */
export interface Runs {
  /** A job is there from now on, in progress; one that is there already stays as it is. */
  announce(context: RunContext): void;
  stand(checkRunId: string, standing: Standing): void;
  /** A run is deleted, with all attempts and jobs. */
  forget(runId: string): void;
  /** In the order in which they came. */
  jobsOf(repository: string, runId: string): readonly Job[];
  job(repository: string, id: string): Job | undefined;
  /** The name of the repository with this id; null where there was no run in it. */
  repositoryWith(id: string): string | null;
}

export function makeRuns(now: () => number): Runs {
  const jobs = new Map<string, Job>();
  const inside = (job: Job, repository: string): boolean =>
    job.context.repository.toLowerCase() === repository.toLowerCase();
  return {
    announce: (context) => {
      if (jobs.has(context.checkRunId)) return;
      jobs.set(context.checkRunId, {
        context,
        standing: { status: 'in_progress' },
        createdAt: now(),
        completedAt: null,
      });
    },
    stand: (checkRunId, standing) => {
      const job = jobs.get(checkRunId);
      if (job === undefined) throw new Error(`No job with the check run id ${checkRunId} was announced.`);
      jobs.set(checkRunId, { ...job, standing, completedAt: standing.status === 'completed' ? now() : null });
    },
    forget: (runId) => {
      for (const [id, { context }] of jobs) if (context.runId === runId) jobs.delete(id);
    },
    jobsOf: (repository, runId) =>
      [...jobs.values()].filter((job) => inside(job, repository) && job.context.runId === runId),
    job: (repository, id) => {
      const job = jobs.get(id);
      return job !== undefined && inside(job, repository) ? job : undefined;
    },
    repositoryWith: (id) =>
      [...jobs.values()].find(({ context }) => context.repositoryId === id)?.context.repository ?? null,
  };
}
