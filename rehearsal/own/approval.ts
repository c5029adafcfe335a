import type { Estate } from '../estate.ts';
import type { Account, People } from '../github/people.ts';
import type { GitHubWorld } from '../github/rest.ts';
import { defaultContext, type RunContext } from '../runner/context.ts';
import type { Step } from '../runner/step.ts';
import type { Files } from './files.ts';

type Inputs = Step['inputs'];
type Kind = 'environment' | 'review';
/** A push, as the run that it starts knows it. */
export type Pushed = Pick<RunContext, 'sha' | 'push'>;

/**
 * The people that steps take for granted: whoever starts the runs is the first user of the estate in each cloud, and who
 * approves has a row too. Returns what to say of it.
 */
export function assumePeople(
  { people, repository }: GitHubWorld,
  { users, azure }: Estate,
  steps: readonly Inputs[],
): readonly string[] {
  const paths = new Set(steps.map((it) => it['people-file'] ?? '').filter((path) => !['', 'none'].includes(path)));
  const approved = steps.filter((it) => requires(it, 'environment'));
  const approvers = new Set(approved.map(({ approvers: text = '' }) => approverIn(text, people)));
  const lines = [
    ...users.slice(0, 1).map(({ userName }) => `aws: user:${userName}`),
    ...(azure?.users ?? []).slice(0, 1).map(({ id }) => `azure: user:${id}`),
  ];
  const { actor, actorId } = defaultContext;
  const own = [`- github: ${actorId} # ${actor}`, ...lines.map((line) => `  ${line}`)];
  const rows = [...own, ...[...approvers].map(({ id, login }) => `- github: ${id} # ${login}`)];
  const text = ['version: 1', 'people:', ...rows, ''].join('\n');
  repository.begin(Object.fromEntries([...paths].map((path) => [path, text])));
  return [
    ...[...paths].map((path) => `Assumed: ${actor} starts the runs, and is ${lines.join(' and ')} in ${path}.`),
    ...[...approvers].map(({ login }) => `Assumed: ${login} approves each run.`),
  ];
}

/** A reviewer of the environment has approved the run. */
export function assumeApproval(
  { people, repository }: GitHubWorld,
  inputs: Inputs,
  { environment, runId }: Pick<RunContext, 'environment' | 'runId'>,
): void {
  if (!requires(inputs, 'environment') || environment === null) return;
  const { login } = approverIn(inputs['approvers'] ?? '', people);
  repository.environment(environment, { reviewers: [login] });
  repository.approve({ by: login, runId, environments: [environment] });
}

/**
 * The files of the repository came by a pull request that a reviewer approved, if a step requires that. Returns the run of
 * that merge and what to say of it; `null` where no step does.
 */
export function assumeReview(
  { people, repository }: GitHubWorld,
  steps: readonly Inputs[],
  files: Files,
): { readonly pushed: Pushed; readonly line: string } | null {
  const step = steps.find((it) => requires(it, 'review'));
  if (step === undefined) return null;
  const { actor: by } = defaultContext;
  const { login } = approverIn(step['approvers'] ?? '', people);
  repository.role(login, 'write');
  repository.push({ branch: 'request', by, commits: [{ files }] });
  const pull = repository.pull({ from: 'request', by });
  repository.review(pull, { by: login });
  const { after: sha, run } = repository.merge(pull, { by });
  const line = `Assumed: ${by} merges a pull request with the files of --files, which ${login} approves.`;
  return { pushed: { sha, ...(run.push === undefined ? {} : { push: run.push }) }, line };
}

function requires(inputs: Inputs, kind: Kind): boolean {
  return (inputs['require-approval'] ?? '').split(/\s+/u).includes(kind);
}

/** The first of the input's lines that does not start the runs. */
function approverIn(text: string, people: People): Account {
  const listed = [...text.matchAll(/^\s*(?<login>[\w-]+)#(?<id>\d+)\s*$/gmu)].map(({ groups }) => groups ?? {});
  const { login = 'monalisa', id } = listed.find((it) => it['id'] !== defaultContext.actorId) ?? {};
  return people.find(login) ?? people.add(login, id === undefined ? {} : { id: Number(id) });
}
