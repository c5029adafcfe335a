import type { RunnerPaths } from './paths.ts';

/** Context of a run of a workflow: the `github` context and the claims of its ID tokens. */
export interface RunContext {
  readonly repository: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  readonly ref: string;
  readonly sha: string;
  /** The job's deployment environment; null without one. */
  readonly environment: string | null;
  readonly actor: string;
  readonly actorId: string;
  readonly workflow: string;
  readonly workflowPath: string;
  /** In a workflow that another one calls: its file and ref; default the workflow's own. */
  readonly jobWorkflowRef?: string;
  readonly job: string;
  readonly runId: string;
  readonly runNumber: string;
  readonly runAttempt: string;
  readonly checkRunId: string;
  /** The step's ID in the workflow (GITHUB_ACTION). */
  readonly step: string;
  /** ID tokens carry the subject with ids: `repo:OWNER@ID/REPO@ID:…`. */
  readonly immutableSubject: boolean;
  readonly eventName: string;
  readonly defaultBranch: string;
  /** The actor of its re-run, where that is a different one. */
  readonly triggeringActor?: string;
  readonly triggeringActorId?: string;
  /** The claim of the ID tokens, where it is not the one that the repository's environment has. */
  readonly environmentNodeId?: string;
  /** Of a manual run. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Of a run that a push started. */
  readonly push?: PushEvent;
  /** The repository of the head, where it is a fork. */
  readonly headRepository?: { readonly name: string; readonly id: string };
}

/** Data of a push event in addition to the context. */
export interface PushEvent {
  /** The context has the default branch instead, once the branch is deleted. */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly forced: boolean;
  readonly commits: readonly { readonly id: string; readonly message: string }[];
}

export const defaultContext: RunContext = {
  repository: 'octo-org/infra',
  repositoryId: '74901',
  ownerId: '9919',
  ref: 'refs/heads/main',
  sha: '6dcb09b5b57875f334f61aebed695e2e4193db5e',
  environment: 'production-access',
  actor: 'octocat',
  actorId: '583231',
  workflow: 'access',
  workflowPath: '.github/workflows/access.yml',
  job: 'access',
  runId: '16011000001',
  runNumber: '42',
  runAttempt: '1',
  checkRunId: '45180000001',
  step: 'access',
  immutableSubject: false,
  eventName: 'workflow_dispatch',
  defaultBranch: 'main',
};

/** Event file of the runner: a pull request is one of the repository itself. */
export function payloadOf(context: RunContext): unknown {
  const { repository, repositoryId, ownerId, eventName, defaultBranch, actor, actorId, inputs } = context;
  const [login = ''] = repository.split('/');
  const repo = { id: Number(repositoryId), full_name: repository };
  const pullRequest = { pull_request: { number: 1, head: { repo }, base: { repo } } };
  return {
    repository: { ...repo, default_branch: defaultBranch, owner: { login, id: Number(ownerId) } },
    sender: { login: actor, id: Number(actorId), type: actor.endsWith('[bot]') ? 'Bot' : 'User' },
    ...(eventName.startsWith('pull_request') ? pullRequest : {}),
    ...(inputs === undefined ? {} : { inputs, ref: context.ref, workflow: context.workflowPath }),
    ...pushPayload(context),
  };
}

const noCommit = '0'.repeat(40);

/** Source: GitHub Docs, webhook events, push. */
function pushPayload({ push, actor }: RunContext): object {
  if (push === undefined) return {};
  const { before, after } = push;
  const head = push.commits.at(-1) ?? null;
  return {
    ...push,
    created: before === noCommit,
    deleted: after === noCommit,
    head_commit: head,
    pusher: { name: actor },
  };
}

/** `github.token` of every step of a rehearsal: the job's own, unless the step is given another. */
export const jobToken = 'ghs_rehearsalRehearsalRehearsalRehearsal0';

/** The default variables of a job [docs:workflows/variables], as a hosted Linux runner sets them. */
export function runVariables(context: RunContext, paths: RunnerPaths): Readonly<Record<string, string>> {
  const [owner = ''] = context.repository.split('/');
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: context.step,
    GITHUB_ACTION_PATH: '',
    GITHUB_ACTION_REF: 'v1',
    GITHUB_ACTION_REPOSITORY: 'octo-org/cloud-access',
    GITHUB_ACTOR: context.actor,
    GITHUB_ACTOR_ID: context.actorId,
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_BASE_REF: '',
    GITHUB_ENV: paths.commandFiles.env,
    GITHUB_EVENT_NAME: context.eventName,
    GITHUB_EVENT_PATH: paths.event,
    GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
    GITHUB_HEAD_REF: '',
    GITHUB_JOB: context.job,
    GITHUB_OUTPUT: paths.commandFiles.output,
    GITHUB_PATH: paths.commandFiles.path,
    GITHUB_REF: context.ref,
    GITHUB_REF_NAME: context.ref.replace(/^refs\/(?:heads|tags|pull)\//, ''),
    GITHUB_REF_PROTECTED: 'true',
    GITHUB_REF_TYPE: context.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    GITHUB_REPOSITORY: context.repository,
    GITHUB_REPOSITORY_ID: context.repositoryId,
    GITHUB_REPOSITORY_OWNER: owner,
    GITHUB_REPOSITORY_OWNER_ID: context.ownerId,
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: context.runAttempt,
    GITHUB_RUN_ID: context.runId,
    GITHUB_RUN_NUMBER: context.runNumber,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: context.sha,
    GITHUB_STATE: paths.commandFiles.state,
    GITHUB_STEP_SUMMARY: paths.commandFiles.summary,
    GITHUB_TRIGGERING_ACTOR: context.triggeringActor ?? context.actor,
    GITHUB_WORKFLOW: context.workflow,
    GITHUB_WORKFLOW_REF: `${context.repository}/${context.workflowPath}@${context.ref}`,
    GITHUB_WORKFLOW_SHA: context.sha,
    GITHUB_WORKSPACE: paths.workspace,
    HOME: paths.home,
    RUNNER_ARCH: 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'Rehearsal',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: paths.temp,
    RUNNER_TOOL_CACHE: paths.toolCache,
    RUNNER_WORKSPACE: paths.work,
  };
}
