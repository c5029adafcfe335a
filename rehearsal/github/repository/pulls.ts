import { applied, between, changesBetween, mergeBase } from '../git/history.ts';
import type { Commit, Files } from '../git/objects.ts';
import { addCommit, commitAt, move, signatureOf, tipOf, type Hands, type Moved } from './branches.ts';
import type { Pull, PullEvent, ReviewState } from './model.ts';

export interface PullOptions {
  /** A branch; of a fork `owner:branch`. */
  readonly from: string;
  /** Default the default branch. */
  readonly into?: string;
  readonly by: string;
  readonly title?: string;
}

export interface ReviewOptions {
  readonly by: string;
  /** Default `APPROVED`. */
  readonly state?: ReviewState;
  /** The commit that it is on; default the head as it is now. */
  readonly commit?: string | null;
  /** ms epoch; default now. */
  readonly at?: number;
  readonly body?: string;
}

export interface MergeOptions {
  /** The account that merges it, or puts it into the queue. */
  readonly by: string;
  /** Default `merge`. */
  readonly method?: 'merge' | 'squash' | 'rebase';
  /** Through a merge queue: its bot does the rest. */
  readonly queue?: boolean;
  /** `merged_by`; default the bot of a queue, otherwise the account that merges. */
  readonly mergedBy?: string;
}

export function pullAt({ repository }: Pick<Hands, 'repository'>, number: number): Pull {
  const pull = repository.pulls.get(number);
  if (pull === undefined) throw new Error(`There is no pull request ${number}.`);
  return pull;
}

function change(
  hands: Hands,
  number: number,
  changed: Partial<Pull>,
  by?: number,
  ...events: readonly PullEvent['event'][]
): void {
  const pull = pullAt(hands, number);
  const more = by === undefined ? [] : events.map((event) => ({ event, at: hands.now(), actorId: by }));
  hands.repository.pulls.set(number, { ...pull, ...changed, events: [...pull.events, ...more] });
}

export function openPull(hands: Hands, { from, into, by, title = `Change ${from}` }: PullOptions): number {
  const { repository, people, now } = hands;
  const number = repository.pulls.size + 1;
  const base = into ?? repository.defaultBranch;
  repository.pulls.set(number, {
    ...{ number, title, head: from, base, reviews: [], events: [] },
    authorId: people.named(by).id,
    headSha: tipOf(hands, from),
    baseSha: tipOf(hands, base),
    createdAt: now(),
    closedAt: null,
    merged: null,
  });
  return number;
}

/** The base changes; reviews stay as they are. */
export function retarget(hands: Hands, number: number, base: string, by: string): void {
  change(hands, number, { base, baseSha: tipOf(hands, base) }, hands.people.named(by).id, 'base_ref_changed');
}

export function closePull(hands: Hands, number: number, by: string): void {
  change(hands, number, { closedAt: hands.now() }, hands.people.named(by).id, 'closed');
}

/** GitHub refuses an author's own approval; here a test can add one. */
export function addReview(hands: Hands, number: number, options: ReviewOptions): number {
  const { repository, people, now } = hands;
  const pull = pullAt(hands, number);
  const id = 2_400_000_001 + [...repository.pulls.values()].reduce((sum, { reviews }) => sum + reviews.length, 0);
  const { by, state = 'APPROVED', commit = pull.headSha, at = now(), body = '' } = options;
  change(hands, number, { reviews: [...pull.reviews, { id, userId: people.named(by).id, state, body, commit, at }] });
  return id;
}

/** Its earlier state is gone. */
export function dismiss(hands: Hands, number: number, id: number, by: string): void {
  const reviews = pullAt(hands, number).reviews.map((it) =>
    it.id === id ? { ...it, state: 'DISMISSED' as const } : it,
  );
  change(hands, number, { reviews }, hands.people.named(by).id, 'review_dismissed');
}

/** Merges pull requests into their base: by a queue several at once, which is one change of the branch. */
export function mergePulls(hands: Hands, numbers: readonly number[], options: MergeOptions): Moved {
  const { repository, people, now } = hands;
  const pulls = numbers.map((number) => pullAt(hands, number));
  const base = pulls[0]?.base ?? repository.defaultBranch;
  const actor = people.named(options.queue === true ? 'github-merge-queue[bot]' : options.by);
  const byId = options.mergedBy === undefined ? actor.id : people.named(options.mergedBy).id;
  let tip = tipOf(hands, base);
  for (const pull of pulls) {
    const commits = mergedCommits(hands, pull, tip, options);
    const brought = options.method === 'squash' || options.method === 'rebase' ? [] : ownCommits(hands, pull);
    tip = commits.at(-1)?.sha ?? tip;
    const shas = [...brought, ...commits].map(({ sha }) => sha);
    const merged = { at: now(), byId, sha: tip, commits: shas };
    change(hands, pull.number, { closedAt: now(), merged }, byId, 'merged', 'closed');
  }
  return move(hands, base, tip, actor.id, { type: options.queue === true ? 'merge_queue_merge' : 'pr_merge' });
}

/** The commits of a pull request. */
export function ownCommits({ repository }: Pick<Hands, 'repository'>, pull: Pull): readonly Commit[] {
  return between(repository.commits, pull.baseSha, pull.headSha);
}

/** The new commits of a merge. GitHub is their committer, as `web-flow`; of a rebase the account that merges is. */
function mergedCommits(hands: Hands, pull: Pull, tip: string, { by, method }: MergeOptions): readonly Commit[] {
  const { people } = hands;
  const flow = signatureOf(hands, 'web-flow');
  if (method === 'rebase') {
    const committer = signatureOf(hands, by);
    let parent = tip;
    return ownCommits(hands, pull).map(({ sha, author, message }) => {
      const { files } = commitAt(hands, parent);
      const made = addCommit(hands, {
        ...{ author, committer, message, parents: [parent] },
        files: onTop(hands, files, parent, sha),
      });
      parent = made.sha;
      return made;
    });
  }
  const isSquash = method === 'squash';
  const who = isSquash ? (people.withId(pull.authorId)?.login ?? null) : by;
  return [
    addCommit(hands, {
      files: onTop(hands, commitAt(hands, tip).files, tip, pull.headSha),
      parents: isSquash ? [tip] : [tip, pull.headSha],
      message: isSquash ? `${pull.title} (#${pull.number})` : `Merge pull request #${pull.number} from ${pull.head}`,
      author: signatureOf(hands, who),
      committer: flow,
    }),
  ];
}

/** Files with what another commit has changed since both were the same. */
function onTop(hands: Hands, files: Files, here: string, there: string): Files {
  const common = mergeBase(hands.repository.commits, here, there);
  return applied(files, changesBetween(common?.files ?? new Map(), commitAt(hands, there).files));
}
