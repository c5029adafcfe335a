import { newestAttempt, type Job } from '../runs.ts';
import { jobShape, runShape } from '../shapes/run-shapes.ts';
import { approvalShape, environmentShape, workflowShape } from '../shapes/setting-shapes.ts';
import { workflowId } from '../ids.ts';
import type { Workflow } from '../repository/model.ts';
import { endpoint, listOf, type Call, type Endpoint, type Found } from './endpoint.ts';

export const actionsEndpoints: readonly Endpoint[] = [
  endpoint('getWorkflowRun', /^\/actions\/runs\/(?<run>\d+)$/, 'actions', (call) => {
    const jobs = jobsOf(call);
    return jobs.length === 0 ? null : { body: shownRun(newestAttempt(jobs), call) };
  }),
  endpoint(
    'listJobsForWorkflowRunAttempt',
    /^\/actions\/runs\/(?<run>\d+)\/attempts\/(?<attempt>\d+)\/jobs$/,
    'actions',
    (call) => {
      const attempt = call.parameters['attempt'] ?? '';
      const jobs = jobsOf(call).filter(({ context }) => context.runAttempt === attempt);
      return jobs.length === 0 ? null : counted('jobs', jobs, call, (job) => jobShape(job, call.addresses));
    },
  ),
  endpoint(
    'getJobForWorkflowRun',
    /^\/actions\/jobs\/(?<job>\d+)$/,
    'actions',
    ({ runs, repository, parameters, addresses }) => {
      const job = runs.job(repository, parameters['job'] ?? '');
      return job === undefined ? null : { body: jobShape(job, addresses) };
    },
  ),
  endpoint('getReviewsForRun', /^\/actions\/runs\/(?<run>\d+)\/approvals$/, 'actions', (call) => {
    const { state, people, addresses, parameters } = call;
    const approvals = state.approvals.filter(({ runId }) => runId === parameters['run']);
    if (jobsOf(call).length === 0) return null;
    // It has no pages [oas].
    return { body: approvals.map((approval) => approvalShape(approval, state, people, addresses)) };
  }),
  endpoint(
    'getEnvironment',
    /^\/environments\/(?<environment>[^/]+)$/,
    'actions',
    ({ state, people, addresses, parameters }) => {
      const environment = state.environments.get((parameters['environment'] ?? '').toLowerCase());
      return environment === undefined ? null : { body: environmentShape(environment, state, people, addresses) };
    },
  ),
  endpoint('getWorkflow', /^\/actions\/workflows\/(?<workflow>[^/]+)$/, 'actions', (call) => {
    const workflow = workflowOf(call);
    return workflow === undefined ? null : { body: workflowShape(workflow, call.repository, call.addresses) };
  }),
  endpoint('listWorkflowRuns', /^\/actions\/workflows\/(?<workflow>[^/]+)\/runs$/, 'actions', (call) => {
    const workflow = workflowOf(call);
    if (workflow === undefined) return null;
    // With a filter a thousand at most [oas].
    const runs = call.runs.runsOf(call.repository, workflow.path).filter((jobs) => isAsked(jobs, call));
    return counted('workflow_runs', runs.slice(0, 1000), call, (jobs) => shownRun(jobs, call));
  }),
];

function jobsOf({ runs, repository, parameters }: Call): readonly Job[] {
  return runs.jobsOf(repository, parameters['run'] ?? '');
}

function shownRun(jobs: readonly Job[], { people, addresses }: Call): unknown {
  const [first] = jobs;
  return first === undefined ? null : runShape(jobs, first.context, people, addresses);
}

/** By the name of its file, or by its ID. */
function workflowOf({ state, repository, parameters }: Call): Workflow | undefined {
  const wanted = parameters['workflow'] ?? '';
  return [...state.workflows.values()].find(
    ({ path }) => path.split('/').at(-1) === wanted || String(workflowId(repository, path)) === wanted,
  );
}

/** Filters of a list of runs. A status can be a conclusion too [oas]. */
function isAsked(jobs: readonly Job[], call: Call): boolean {
  const run = shownRun(jobs, call) as Readonly<Record<string, unknown>> & {
    readonly actor?: { readonly login: string };
  };
  const { query } = call;
  const fits = (name: string, ...values: readonly unknown[]): boolean => {
    const wanted = query.get(name);
    return wanted === null || values.includes(wanted);
  };
  return (
    fits('event', run['event']) &&
    fits('branch', run['head_branch']) &&
    fits('status', run['status'], run['conclusion']) &&
    fits('head_sha', run['head_sha']) &&
    fits('actor', run.actor?.login)
  );
}

function counted<T>(name: string, all: readonly T[], call: Call, shape: (item: T) => unknown): Found {
  const { body, headers } = listOf(call, all, shape);
  return { body: { total_count: all.length, [name]: body }, ...(headers === undefined ? {} : { headers }) };
}
