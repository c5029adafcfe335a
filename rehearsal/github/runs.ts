import type { RunContext } from '../runner/context.ts';

export type Conclusion = 'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required';

/** State of a job at GitHub. */
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

/** The jobs of all runs, by their check run ID, which is a job's own ID as well. */
export interface Runs {
  /** A job is there from now on, in progress; one that is there already stays as it is. */
  announce(context: RunContext, at?: number): void;
  stand(checkRunId: string, standing: Standing, at?: number): void;
  /** A run is deleted, with all attempts and jobs. */
  forget(runId: string): void;
  /** In the order in which they came. */
  jobsOf(repository: string, runId: string): readonly Job[];
  job(repository: string, id: string): Job | undefined;
  /** Of each run of a workflow the jobs of its newest attempt; the newest run first. */
  runsOf(repository: string, workflowPath: string): readonly (readonly Job[])[];
  idOf(repository: string): string | null;
  /** The name of the repository with this ID; null where there was no run in it. */
  repositoryWith(id: string): string | null;
}

export function makeRuns(now: () => number): Runs {
  const jobs = new Map<string, Job>();
  const inside = (job: Job, repository: string): boolean =>
    job.context.repository.toLowerCase() === repository.toLowerCase();
  return {
    announce: (context, at = now()) => {
      if (jobs.has(context.checkRunId)) return;
      jobs.set(context.checkRunId, {
        context,
        standing: { status: 'in_progress' },
        createdAt: at,
        completedAt: null,
      });
    },
    stand: (checkRunId, standing, at = now()) => {
      const job = jobs.get(checkRunId);
      if (job === undefined) throw new Error(`No job with the check run id ${checkRunId} was announced.`);
      jobs.set(checkRunId, { ...job, standing, completedAt: standing.status === 'completed' ? at : null });
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
    runsOf: (repository, path) => {
      const runs = new Map<string, Job[]>();
      for (const job of jobs.values())
        if (inside(job, repository) && job.context.workflowPath === path)
          runs.set(job.context.runId, [...(runs.get(job.context.runId) ?? []), job]);
      return [...runs.values()].map(newestAttempt).sort(([a], [b]) => (b?.createdAt ?? 0) - (a?.createdAt ?? 0));
    },
    idOf: (repository) => [...jobs.values()].find((job) => inside(job, repository))?.context.repositoryId ?? null,
    repositoryWith: (id) =>
      [...jobs.values()].find(({ context }) => context.repositoryId === id)?.context.repository ?? null,
  };
}

/** The jobs of the newest attempt of a run. */
export function newestAttempt(jobs: readonly Job[]): readonly Job[] {
  const newest = Math.max(...jobs.map(({ context }) => Number(context.runAttempt)));
  return jobs.filter(({ context }) => Number(context.runAttempt) === newest);
}
