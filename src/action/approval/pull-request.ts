import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import { activityOf, mostActivities } from '../github/activity.ts';
import type { Answer } from '../github/answers.ts';
import { allOf, type Question, type Repository } from '../github/repository.ts';
import { userOrNull, type User } from '../github/users.ts';
import type { VerifiedRun } from '../github/verified-run.ts';
import * as messages from '../messages/review-approval.ts';

/** A merged pull request, as far as it proves an approval. Times are in milliseconds since the epoch. */
export interface PullRequest {
  readonly number: string;
  readonly author: User | null;
  readonly headSha: string;
  readonly mergedAt: number;
  /** In the order in which they were submitted. */
  readonly reviews: readonly Review[];
  readonly commits: readonly Commit[];
  /** The accounts that pushed its commits; `null` for one that GitHub does not show. */
  readonly pushers: readonly (User | null)[];
  /** Times at which its base branch was changed. */
  readonly retargetedAt: readonly number[];
  /** The files that it changes, by path. */
  readonly files: ReadonlyMap<string, ChangedFile>;
}

/** A file of a pull request. */
export interface ChangedFile {
  /** `null` for one that it deletes. */
  readonly blob: string | null;
  /** True where only its name or its mode changes: a review shows no line of it. */
  readonly hasSameContent: boolean;
}

export interface Review {
  readonly user: User | null;
  readonly state: string;
  /** `null` where GitHub no longer has the commit. */
  readonly commit: string | null;
  /** `null` while it is not submitted. */
  readonly at: number | null;
  readonly comment: string;
  readonly url: string;
}

export interface Commit {
  readonly sha: string;
  readonly author: User | null;
  readonly committer: User | null;
}

const retargeting = ['base_ref_changed', 'automatic_base_change_succeeded'];

/** Bounds of what is read. GitHub lists at most 250 commits and 3,000 files of a pull request. */
const most = { pulls: 100, reviews: 1_000, events: 3_000, commits: 250, files: 3_000 } as const;

/** The merged pull request whose merge is the run's commit. */
export async function pullRequestOf(run: VerifiedRun, repository: Repository, budget: Budget): Promise<PullRequest> {
  const what = messages.pullsOf(run.sha);
  const parameters = { sha: run.sha };
  const asked = { path: '/commits/{sha}/pulls', parameters, what, permission: 'pull-requests: read' } as const;
  // Right after a merge GitHub lists none for some seconds. Source: docs/design/github.md#reviewed-pull-requests.
  const look = async (): Promise<readonly Answer[] | null> => {
    const listed = await allOf(repository.pages(asked, budget), most.pulls, what);
    const merged = listed.filter(
      (pull) => pull.timeOrNull('merged_at') !== null && pull.textOrNull('merge_commit_sha') === run.sha,
    );
    return merged.length === 0 ? null : merged;
  };
  const [only, ...others] = (await repository.untilShown(look, budget)) ?? [];
  if (only === undefined || others.length > 0) throw new Refusal(messages.noPull(run.sha), messages.mergeInstead);
  return readPullRequest(String(only.count('number')), run, repository, budget);
}

async function readPullRequest(
  number: string,
  run: VerifiedRun,
  repository: Repository,
  budget: Budget,
): Promise<PullRequest> {
  const of = (part: string): Question => ({
    path: `/pulls/{number}${part}`,
    parameters: { number },
    what: messages.partOfPull(number, part),
    permission: 'pull-requests: read',
  });
  const list = (question: Question, bound: number): Promise<readonly Answer[]> =>
    allOf(repository.pages(question, budget), bound, question.what);
  const [pull, reviews, commits, files, events] = await Promise.all([
    repository.one(of(''), budget),
    list(of('/reviews'), most.reviews),
    list(of('/commits'), most.commits),
    list(of('/files'), most.files),
    list({ ...of(''), path: '/issues/{number}/events' }, most.events),
  ]);
  const [head, base] = [pull.child('head'), pull.child('base')];
  if (base.text('ref') !== run.branch || base.child('repo').id('id') !== run.repositoryId)
    throw new Refusal(messages.otherBase(number, run.branch), messages.mergeInstead);
  if (head.childOrNull('repo')?.id('id') !== run.repositoryId)
    throw new Refusal(messages.fromFork(number), messages.ownBranch);
  if (commits.length !== pull.count('commits') || files.length !== pull.count('changed_files'))
    throw new Refusal(messages.listsIncomplete(number), messages.smallerPull);
  const shas = commits.map((commit) => commit.text('sha'));
  const headSha = head.text('sha');
  if (!shas.includes(headSha)) throw new Refusal(messages.listsIncomplete(number), messages.smallerPull);
  return {
    number,
    author: userOrNull(pull, 'user'),
    headSha,
    mergedAt: pull.time('merged_at'),
    reviews: reviews.map(reviewOf),
    commits: commits.map((commit) => ({
      sha: commit.text('sha'),
      author: userOrNull(commit, 'author'),
      committer: userOrNull(commit, 'committer'),
    })),
    pushers: await pushersOf(head.text('ref'), headSha, shas, repository, budget),
    retargetedAt: events.filter((it) => retargeting.includes(it.text('event'))).map((it) => it.time('created_at')),
    files: new Map(files.map((file) => [file.text('filename'), changedFile(file)])),
  };
}

function changedFile(file: Answer): ChangedFile {
  const status = file.text('status');
  return {
    blob: status === 'removed' ? null : file.textOrNull('sha'),
    hasSameContent: (status === 'renamed' || status === 'changed') && file.count('changes') === 0,
  };
}

function reviewOf(review: Answer): Review {
  return {
    user: userOrNull(review, 'user'),
    state: review.text('state'),
    commit: review.textOrNull('commit_id'),
    at: review.timeOrNull('submitted_at'),
    comment: review.textOrNull('body') ?? '',
    url: review.text('html_url'),
  };
}

/** The accounts that pushed commits of a branch; one `null` where no activity shows the push of its head. */
async function pushersOf(
  branch: string,
  headSha: string,
  shas: readonly string[],
  repository: Repository,
  budget: Budget,
): Promise<readonly (User | null)[]> {
  const ref = `refs/heads/${branch}`;
  const read = async (ofAll: boolean): Promise<readonly Answer[]> => {
    const question = activityOf(branch, ofAll);
    const listed = await allOf(repository.pages(question, budget), mostActivities, question.what, messages.newBranch);
    return listed.filter((it) => it.text('ref') === ref && shas.includes(it.text('after')));
  };
  const hasHead = (pushes: readonly Answer[]): boolean => pushes.some((push) => push.text('after') === headSha);
  const named = await read(false);
  const pushes = hasHead(named) ? named : await read(true);
  const pushers = pushes.map((push) => userOrNull(push, 'actor'));
  return hasHead(pushes) ? pushers : [...pushers, null];
}
