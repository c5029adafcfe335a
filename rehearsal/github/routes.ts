import type { ReceivedRequest } from '../serve.ts';
import type { Addresses } from './addresses.ts';
import type { Job, Runs } from './runs.ts';
import { jobShape, runShape } from './shapes.ts';

export type RestOperation = 'getWorkflowRun' | 'listJobsForWorkflowRunAttempt' | 'getJobForWorkflowRun';

/** What a request asks for. */
export interface Route {
  readonly operation: RestOperation;
  readonly parameters: Readonly<Record<string, string>>;
  readonly page: Page;
  /** `owner/name`; addresses of further pages name it by its id. */
  repository(runs: Runs): string | null;
}

export interface Found {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

interface Page {
  readonly number: number;
  readonly size: number;
}

const routes: readonly (readonly [RestOperation, RegExp])[] = [
  ['getWorkflowRun', /^\/actions\/runs\/(?<run>\d+)$/],
  ['listJobsForWorkflowRunAttempt', /^\/actions\/runs\/(?<run>\d+)\/attempts\/(?<attempt>\d+)\/jobs$/],
  ['getJobForWorkflowRun', /^\/actions\/jobs\/(?<job>\d+)$/],
];

/** Null where GitHub has nothing, or the rehearsal not all that GitHub has. */
export function routeOf({ method, url: address }: ReceivedRequest): Route | null {
  const url = new URL(address, 'http://localhost');
  const place = /^\/(?:repos\/(?<name>[^/]+\/[^/]+)|repositories\/(?<id>\d+))(?<rest>\/.*)$/.exec(url.pathname)?.groups;
  if (method !== 'GET' || place === undefined) return null;
  const { name, id, rest = '' } = place;
  for (const [operation, form] of routes) {
    const parameters = form.exec(rest)?.groups;
    if (parameters === undefined) continue;
    const named = name === undefined ? { repositoryId: id ?? '' } : { repository: decodeURIComponent(name) };
    return {
      operation,
      parameters: { ...named, ...parameters, ...Object.fromEntries(url.searchParams) },
      page: pageOf(url.searchParams),
      repository: (runs) => named.repository ?? runs.repositoryWith(named.repositoryId),
    };
  }
  return null;
}

/** 30 to a page unless asked otherwise, 100 at most [oas]. */
function pageOf(query: URLSearchParams): Page {
  const number = (name: string, otherwise: number): number => Number(query.get(name) ?? '') || otherwise;
  return { number: Math.max(1, number('page', 1)), size: Math.min(100, Math.max(1, number('per_page', 30))) };
}

/** Null for what is not there. */
export function answerOf(route: Route, repository: string, runs: Runs, addresses: Addresses): Found | null {
  const { operation, parameters, page } = route;
  const those = runs.jobsOf(repository, parameters['run'] ?? '');
  switch (operation) {
    case 'getJobForWorkflowRun': {
      const job = runs.job(repository, parameters['job'] ?? '');
      return job === undefined ? null : { body: jobShape(job, addresses), headers: {} };
    }
    case 'getWorkflowRun': {
      const newest = Math.max(...those.map(attemptOf));
      const latest = those.filter((job) => attemptOf(job) === newest);
      const [first] = latest;
      return first === undefined ? null : { body: runShape(latest, first.context, addresses), headers: {} };
    }
    case 'listJobsForWorkflowRunAttempt': {
      const jobs = those.filter((job) => attemptOf(job) === Number(parameters['attempt']));
      return jobs.length === 0 ? null : pageOfJobs(jobs, page, route, addresses);
    }
  }
}

function attemptOf({ context }: Job): number {
  return Number(context.runAttempt);
}

function pageOfJobs(jobs: readonly Job[], { number, size }: Page, { parameters }: Route, addresses: Addresses): Found {
  const shown = jobs.slice((number - 1) * size, number * size).map((job) => jobShape(job, addresses));
  const last = Math.ceil(jobs.length / size);
  const { runId = '', repositoryId = '' } = jobs[0]?.context ?? {};
  // GitHub's links name the repository by its id, whoever asked by name [docs:using-pagination-in-the-rest-api].
  const base = `${addresses.api}/repositories/${repositoryId}/actions/runs/${runId}/attempts/${parameters['attempt'] ?? ''}/jobs`;
  const to = (page: number, rel: string): string => `<${base}?per_page=${size}&page=${page}>; rel="${rel}"`;
  const links = [
    ...(number > 1 ? [to(number - 1, 'prev'), to(1, 'first')] : []),
    ...(number < last ? [to(number + 1, 'next'), to(last, 'last')] : []),
  ];
  return {
    body: { total_count: jobs.length, jobs: shown },
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}
