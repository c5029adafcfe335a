import type { components } from '@octokit/openapi-types';

import type { RunContext } from '../../runner/context.ts';
import type { Addresses } from '../addresses.ts';
import { nodeId, time, workflowId } from '../ids.ts';
import type { People } from '../people.ts';
import { repositoryShape } from './repository-shape.ts';
import { userShape } from './user-shape.ts';
import type { Job } from '../runs.ts';

type Schemas = components['schemas'];

/** A job as GitHub's published description has it: every required member is there. */
export function jobShape({ context, standing, createdAt, completedAt }: Job, { api, web }: Addresses): Schemas['job'] {
  const { repository, runId, checkRunId } = context;
  const repo = `${api}/repos/${repository}`;
  const conclusion = standing.status === 'completed' ? standing.conclusion : null;
  const started = time(createdAt);
  return {
    id: Number(checkRunId),
    run_id: Number(runId),
    workflow_name: context.workflow,
    head_branch: context.ref.replace(/^refs\/heads\//, ''),
    run_url: `${repo}/actions/runs/${runId}`,
    run_attempt: Number(context.runAttempt),
    node_id: nodeId('CR', checkRunId),
    head_sha: context.sha,
    url: `${repo}/actions/jobs/${checkRunId}`,
    html_url: `${web}/${repository}/actions/runs/${runId}/job/${checkRunId}`,
    status: standing.status,
    conclusion,
    created_at: started,
    started_at: started,
    completed_at: completedAt === null ? null : time(completedAt),
    name: context.job,
    steps: [
      {
        name: 'Set up job',
        status: 'completed',
        conclusion: 'success',
        number: 1,
        started_at: started,
        completed_at: started,
      },
      {
        name: context.step,
        status: standing.status === 'completed' ? 'completed' : 'in_progress',
        conclusion,
        number: 2,
        started_at: started,
        completed_at: completedAt === null ? null : time(completedAt),
      },
    ],
    check_run_url: `${repo}/check-runs/${checkRunId}`,
    labels: ['ubuntu-latest'],
    runner_id: 7,
    runner_name: 'GitHub Actions 7',
    runner_group_id: 0,
    runner_group_name: 'GitHub Actions',
  };
}

/** A run, from the jobs of its newest attempt. */
export function runShape(
  jobs: readonly Job[],
  context: RunContext,
  people: People,
  { api, web }: Addresses,
): Schemas['workflow-run'] {
  const { repository, runId } = context;
  const repo = `${api}/repos/${repository}`;
  const run = `${repo}/actions/runs/${runId}`;
  const conclusions = jobs.map(({ standing }) => (standing.status === 'completed' ? standing.conclusion : null));
  const isOver = !conclusions.includes(null);
  const began = time(Math.min(...jobs.map(({ createdAt }) => createdAt)));
  const ended = Math.max(...jobs.map(({ createdAt, completedAt }) => completedAt ?? createdAt));
  const workflow = workflowId(repository, context.workflowPath);
  const { headRepository } = context;
  const author = { name: context.actor, email: `${context.actor}@users.noreply.github.com` };
  const whole = repositoryShape(context, { api, web });
  return {
    id: Number(runId),
    name: context.workflow,
    node_id: nodeId('WFR', runId),
    check_suite_id: 39_000_000_001,
    check_suite_node_id: nodeId('CS', runId),
    head_branch: context.ref.replace(/^refs\/heads\//, ''),
    head_sha: context.sha,
    path: context.workflowPath,
    run_number: Number(context.runNumber),
    run_attempt: Number(context.runAttempt),
    event: context.eventName,
    status: isOver ? 'completed' : 'in_progress',
    conclusion: isOver ? (conclusions.find((it) => it !== 'success') ?? 'success') : null,
    workflow_id: workflow,
    url: run,
    html_url: `${web}/${repository}/actions/runs/${runId}`,
    pull_requests: [],
    created_at: began,
    updated_at: time(ended),
    ...actorShapes(context, people, { api, web }),
    run_started_at: began,
    jobs_url: `${run}/jobs`,
    logs_url: `${run}/logs`,
    check_suite_url: `${repo}/check-suites/39000000001`,
    artifacts_url: `${run}/artifacts`,
    cancel_url: `${run}/cancel`,
    rerun_url: `${run}/rerun`,
    workflow_url: `${repo}/actions/workflows/${workflow}`,
    head_commit: {
      id: context.sha,
      tree_id: context.sha,
      message: 'main',
      timestamp: began,
      author,
      committer: author,
    },
    repository: whole,
    head_repository:
      headRepository === undefined
        ? whole
        : repositoryShape(
            { ...context, repository: headRepository.name, repositoryId: headRepository.id },
            { api, web },
          ),
    referenced_workflows: referencedShape(context),
    display_title: context.workflow,
  };
}

/** Members that a deleted account leaves out. */
function actorShapes(
  { actorId, triggeringActorId = actorId }: RunContext,
  people: People,
  addresses: Addresses,
): Pick<Schemas['workflow-run'], 'actor' | 'triggering_actor'> {
  const [actor, again] = [people.withId(Number(actorId)), people.withId(Number(triggeringActorId))];
  return {
    ...(actor === undefined ? {} : { actor: userShape(actor, addresses) }),
    ...(again === undefined ? {} : { triggering_actor: userShape(again, addresses) }),
  };
}

/** The workflow that the job of a called one names in its token. */
function referencedShape({ jobWorkflowRef, sha }: RunContext): Schemas['referenced-workflow'][] {
  if (jobWorkflowRef === undefined) return [];
  const ref = jobWorkflowRef.split('@')[1] ?? '';
  return [
    { path: jobWorkflowRef, sha: /^[\da-f]{40}$/u.test(ref) ? ref : sha, ...(ref.startsWith('refs/') ? { ref } : {}) },
  ];
}
