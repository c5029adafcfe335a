import { otherStatus, refusals, strangeAnswer, unknownStatus } from '../messages/github.ts';
import type { Budget } from '#access/clock';
import { ended, running, unknown, type JobStanding } from '#access/leases/liveness';
import type { RestAnswer, RestGet } from './github-rest.ts';

/** An attempt of a run of this repository. */
export interface Attempt {
  readonly runId: string;
  readonly attempt: string;
}

/** State of the jobs of an attempt, by job ID. */
export type JobList = ReadonlyMap<string, JobStanding>;

/** Asks about runs of one repository. A string says why there is no answer. */
export interface RunQuestions {
  /** Returns `true` if the token can read this run: if not, it could not read others either, and they would look gone. */
  canRead(runId: string, budget: Budget): Promise<true | string>;
  jobsOf(attempt: Attempt, budget: Budget): Promise<JobList | string>;
}

/** Maximum number of pages of 100 jobs. */
const mostPages = 50;

/** @param get asks about this repository, with 200 as its only answer */
export function createRunQuestions(get: RestGet): RunQuestions {
  const ask = async (...question: Parameters<RestGet>): Promise<RestAnswer | string> => {
    const answer = await get(...question);
    if (typeof answer === 'string' || answer.status === 200) return answer;
    return refusals[answer.status] ?? otherStatus(answer.status);
  };

  return {
    async canRead(run, budget) {
      const answer = await ask('/actions/runs/{run}', { run }, budget);
      if (typeof answer === 'string') return answer;
      return textOf(membersOf(answer.data)['id']) === run ? true : strangeAnswer;
    },
    async jobsOf({ runId: run, attempt }, budget) {
      const jobs = new Map<string, JobStanding>();
      for (let page = 1; page <= mostPages; page += 1) {
        const parameters = { run, attempt, per_page: 100, page };
        const answer = await ask('/actions/runs/{run}/attempts/{attempt}/jobs', parameters, budget);
        if (typeof answer === 'string') return answer;
        const read = jobsIn(answer.data, run);
        if (read === null) return strangeAnswer;
        for (const [id, standing] of read) jobs.set(id, standing);
        if (!/\brel="?next"?/u.test(String(answer.headers['link']))) break;
      }
      return jobs;
    },
  };
}

/** Source: GitHub’s REST description, `job.status`. */
const unended = ['queued', 'in_progress', 'waiting', 'requested', 'pending'];

function jobsIn(data: unknown, runId: string): readonly (readonly [string, JobStanding])[] | null {
  const { jobs } = membersOf(data);
  if (!Array.isArray(jobs)) return null;
  const read = jobs.map((job: unknown) => {
    const { id, run_id: run, status } = membersOf(job);
    const name = textOf(id);
    return name === null || textOf(run) !== runId || typeof status !== 'string' ? null : ([name, status] as const);
  });
  return read.includes(null)
    ? null
    : read.filter((job) => job !== null).map(([id, status]) => [id, standingOf(status)] as const);
}

/** However it ended: any `completed` counts. */
function standingOf(status: string): JobStanding {
  if (status === 'completed') return ended;
  return unended.includes(status) ? running : unknown(unknownStatus);
}

function membersOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
}

/** Ids beyond what a number holds exactly are read as big integers. */
function textOf(id: unknown): string | null {
  return typeof id === 'number' || typeof id === 'bigint' ? String(id) : null;
}
