import { isoSeconds, type Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import type { SweepInputs } from '../inputs/sweep-inputs.ts';
import * as messages from '../messages/sweep-workflow.ts';
import type { Answer } from './answers.ts';
import type { Question, Repository } from './repository.ts';

/** Events that run the workflow as the default branch has it, without an actor from outside. */
const events = ['schedule', 'workflow_dispatch'];

/** Maximum number of pages of runs that are read. GitHub gives no more than 1,000 runs of a list with filters. */
const mostPages = 10;

/** A green run that counts. */
interface GreenRun {
  /**
   * When it was created, in milliseconds since the epoch: what fell due later it may not have seen, and a re-run of an old
   * run does not make it newer.
   */
  readonly at: number;
  readonly url: string;
}

/** The workflow, as GitHub shows it. */
interface Shown {
  readonly file: string;
  readonly id: string;
  readonly repositoryId: string;
  /** The default branch. */
  readonly branch: string;
}

/**
 * Throws a `Refusal` unless GitHub shows a green run of this workflow that is recent enough: by `schedule` or
 * `workflow_dispatch`, on the default branch of this very repository. That it swept anything is not shown. Source:
 * docs/design/github.md#workflow-runs.
 */
export async function checkRanGreen(
  { workflow: file, maxAgeMs }: SweepInputs,
  repository: Repository,
  budget: Budget,
): Promise<void> {
  const path = `.github/workflows/${file}`;
  const [home, workflow] = await Promise.all([
    repository.home(budget),
    repository.oneOrNone(
      { ...about(file), path: '/actions/workflows/{file}', what: messages.theWorkflow(file) },
      budget,
    ),
  ]);
  if (workflow === null) throw new Refusal(messages.noWorkflow(path), messages.addWorkflow);
  if (workflow.text('path') !== path)
    throw new Refusal(messages.otherFile(path, workflow.text('path')), messages.addWorkflow);
  const shown = { file, id: workflow.id('id'), repositoryId: home.id('id'), branch: home.text('default_branch') };
  const state = workflow.text('state');
  const oldest = repository.date() - maxAgeMs;
  const isRecent = ({ at }: GreenRun): boolean => at >= oldest;
  if (state === 'active') {
    const created = { created: `>=${isoSeconds(oldest)}` };
    for await (const runs of greenRuns(shown, created, repository, budget)) if (runs.some(isRecent)) return;
  }
  const last = await lastGreen(shown, repository, budget);
  const lastInWords =
    last === null ? messages.neverGreen(shown.branch, workflow.text('html_url')) : messages.lastGreen(last);
  throw state === 'active'
    ? new Refusal(messages.notGreen(path, maxAgeMs, lastInWords), messages.startOnce(file, shown.branch))
    : new Refusal(messages.notActive(path, state, lastInWords), messages.enable(file, shown.branch));
}

/** The newest green run of the first page that has one: GitHub lists the newest runs first. */
async function lastGreen(workflow: Shown, repository: Repository, budget: Budget): Promise<GreenRun | null> {
  for await (const runs of greenRuns(workflow, {}, repository, budget)) {
    const [newest] = runs.toSorted((a, b) => b.at - a.at);
    if (newest !== undefined) return newest;
  }
  return null;
}

/** The pages of green runs that count. GitHub filters; each run is checked nevertheless. */
async function* greenRuns(
  workflow: Shown,
  more: Readonly<Record<string, string>>,
  repository: Repository,
  budget: Budget,
): AsyncIterable<readonly GreenRun[]> {
  const { file, branch } = workflow;
  const { parameters, permission } = about(file);
  const question: Question = {
    path: '/actions/workflows/{file}/runs',
    parameters: { ...parameters, branch, status: 'success', ...more },
    what: messages.runsOf(file),
    permission,
  };
  let read = 0;
  for await (const page of repository.pages(question, budget, 'workflow_runs')) {
    yield page
      .filter((run) => counts(run, workflow))
      .map((run) => ({ at: run.time('created_at'), url: run.text('html_url') }));
    read += 1;
    if (read === mostPages) return;
  }
}

/** A branch of a fork can have the name of the default branch. */
function counts(run: Answer, { id, repositoryId, branch }: Shown): boolean {
  return (
    events.includes(run.text('event')) &&
    run.text('status') === 'completed' &&
    run.text('conclusion') === 'success' &&
    run.text('head_branch') === branch &&
    run.id('workflow_id') === id &&
    run.child('repository').id('id') === repositoryId &&
    run.child('head_repository').id('id') === repositoryId
  );
}

function about(file: string): { readonly parameters: { readonly file: string }; readonly permission: 'actions: read' } {
  return { parameters: { file }, permission: 'actions: read' };
}
