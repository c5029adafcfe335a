import { changesBetween, reachable } from '../git/history.ts';
import { commitOf, noCommit, type Commit, type Entry, type Files, type Signature } from '../git/objects.ts';
import type { People } from '../people.ts';
import type { ActivityType, Pull, PullEvent, Repository } from './model.ts';

/** A file: its text or bytes, a symlink, a submodule; null deletes it. */
export type Content = string | Uint8Array | { readonly symlink: string } | { readonly submodule: string } | null;

export interface CommitOptions {
  readonly files?: Readonly<Record<string, Content>>;
  readonly message?: string;
  /**
   * Logins that GitHub finds for the addresses in the commit, which the author of the commit chooses; null: none.
   * Default: the account that pushes.
   */
  readonly author?: string | null;
  readonly committer?: string | null;
  /** Parents in addition to the one that it is based on. */
  readonly merges?: readonly string[];
}

/** The state of a repository, with the hands that change it. */
export interface Hands {
  readonly repository: Repository;
  readonly people: People;
  readonly now: () => number;
}

/** A branch that moved: data of a push event. */
export interface Moved {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly forced: boolean;
  readonly byId: number;
}

export function commitAt({ repository }: Hands, sha: string): Commit {
  const commit = repository.commits.get(sha);
  if (commit === undefined) throw new Error(`There is no commit ${sha}.`);
  return commit;
}

/** The commit of a branch. Throws without one. */
export function tipOf({ repository }: Hands, branch: string): string {
  const sha = repository.branches.get(branch);
  if (sha === undefined) throw new Error(`There is no branch ${branch}.`);
  return sha;
}

export function signatureOf({ people, now }: Hands, login: string | null): Signature {
  const account = login === null ? null : people.named(login);
  const name = account?.login ?? 'Unknown';
  return { userId: account?.id ?? null, name, email: `${name}@example.com`, at: now() };
}

export function addCommit({ repository }: Hands, content: Omit<Commit, 'sha'>): Commit {
  const commit = commitOf(content);
  repository.commits.set(commit.sha, commit);
  return commit;
}

/** A new commit based on another, not on any branch yet. */
export function makeCommit(hands: Hands, parent: string | null, by: string, options: CommitOptions): Commit {
  const { files = {}, message = 'Change', author = by, committer = author, merges = [] } = options;
  const before = parent === null ? new Map<string, Entry>() : commitAt(hands, parent).files;
  return addCommit(hands, {
    files: withContents(before, files),
    parents: [...(parent === null ? [] : [parent]), ...merges],
    message,
    author: signatureOf(hands, author),
    committer: signatureOf(hands, committer),
  });
}

export function withContents(files: Files, contents: Readonly<Record<string, Content>>): Files {
  const result = new Map(files);
  for (const [path, content] of Object.entries(contents))
    if (content === null) result.delete(path);
    else result.set(path, entryOf(content));
  return result;
}

function entryOf(content: NonNullable<Content>): Entry {
  if (typeof content === 'string' || content instanceof Uint8Array)
    return { kind: 'file', bytes: Buffer.from(content as string) };
  if ('symlink' in content) return { kind: 'symlink', target: content.symlink };
  return { kind: 'submodule', commit: content.submodule, url: 'https://github.com/octo-org/other.git' };
}

/** Moves a branch to a commit, or deletes it, and writes that down as GitHub does: nothing of branches of forks. */
export function move(
  hands: Hands,
  branch: string,
  after: string | null,
  byId: number,
  as: { readonly type?: ActivityType; readonly isAttributed?: boolean } = {},
): Moved {
  const { repository, now } = hands;
  const before = repository.branches.get(branch) ?? noCommit;
  const forced = before !== noCommit && after !== null && !reachable(repository.commits, after).has(before);
  if (after === null) repository.branches.delete(branch);
  else repository.branches.set(branch, after);
  const moved = { ref: `refs/heads/${branch}`, before, after: after ?? noCommit, forced, byId };
  if (!branch.includes(':'))
    repository.activities.push({
      ...moved,
      id: 15_000_000_001 + repository.activities.length,
      type: as.type ?? typeOf(moved),
      actorId: as.isAttributed === false ? null : byId,
      at: now(),
    });
  follow(hands, branch, moved);
  return moved;
}

function typeOf({ before, after, forced }: Moved): ActivityType {
  if (before === noCommit) return 'branch_creation';
  if (after === noCommit) return 'branch_deletion';
  return forced ? 'force_push' : 'push';
}

/**
 * Effects of a moved branch on open pull requests: a new head; closed with their head; merged where the base has got
 * their head, in any way. Without its base one is closed, or continues on the branch into which the base was merged
 * (docs/design/github.md#reviewed-pull-requests).
 */
function follow(hands: Hands, branch: string, { before, after, forced, byId }: Moved): void {
  const { repository, now } = hands;
  const [at, isGone] = [now(), after === noCommit];
  for (const pull of repository.pulls.values()) {
    if (pull.closedAt !== null) continue;
    const change = (changed: Partial<Pull>, ...events: readonly PullEvent['event'][]): void => {
      const all = [...pull.events, ...events.map((event) => ({ event, at, actorId: byId }))];
      repository.pulls.set(pull.number, { ...pull, ...changed, events: all });
    };
    if (pull.head === branch && !isGone) {
      const baseSha = repository.branches.get(pull.base) ?? pull.baseSha;
      change({ headSha: after, baseSha }, ...(forced ? (['head_ref_force_pushed'] as const) : []));
    } else if (pull.head === branch) change({ closedAt: at }, 'closed');
    else if (pull.base === branch && isGone) {
      const base = [...repository.pulls.values()].find(({ head, merged }) => head === branch && merged !== null)?.base;
      if (base === undefined) change({ closedAt: at }, 'closed');
      else change({ base, baseSha: tipOf(hands, base) }, 'automatic_base_change_succeeded');
    } else if (pull.base === branch && reachable(repository.commits, after).has(pull.headSha)) {
      const had = reachable(repository.commits, before);
      const commits = [...reachable(repository.commits, after)].filter((sha) => !had.has(sha));
      change({ closedAt: at, merged: { at, byId, sha: after, commits } }, 'merged', 'closed');
    }
  }
}

/** The differences that a commit makes to its first parent. */
export function changesOf(
  { repository }: Pick<Hands, 'repository'>,
  commit: Commit,
): ReturnType<typeof changesBetween> {
  const parent = repository.commits.get(commit.parents[0] ?? '');
  return changesBetween(parent?.files ?? new Map<string, Entry>(), commit.files);
}
