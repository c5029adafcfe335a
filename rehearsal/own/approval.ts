import type { Estate } from '../estate.ts';
import type { Account, People } from '../github/people.ts';
import type { GitHubWorld } from '../github/rest.ts';
import { defaultContext, type RunContext } from '../runner/context.ts';
import type { Step } from '../runner/step.ts';

type Inputs = Step['inputs'];

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
  const approvers = new Set(steps.filter(isApproved).map(({ approvers: text = '' }) => approverIn(text, people)));
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
  if (!isApproved(inputs) || environment === null) return;
  const { login } = approverIn(inputs['approvers'] ?? '', people);
  repository.environment(environment, { reviewers: [login] });
  repository.approve({ by: login, runId, environments: [environment] });
}

function isApproved(inputs: Inputs): boolean {
  return /^\s*environment\s*$/mu.test(inputs['require-approval'] ?? '');
}

/** The first of the input's lines that does not start the runs. */
function approverIn(text: string, people: People): Account {
  const listed = [...text.matchAll(/^\s*(?<login>[\w-]+)#(?<id>\d+)\s*$/gmu)].map(({ groups }) => groups ?? {});
  const { login = 'monalisa', id } = listed.find((it) => it['id'] !== defaultContext.actorId) ?? {};
  return people.find(login) ?? people.add(login, id === undefined ? {} : { id: Number(id) });
}
