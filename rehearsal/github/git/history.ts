import { entryId, type Commit, type Entry, type Files } from './objects.ts';

/** By hash; parents come before children. */
export type Commits = ReadonlyMap<string, Commit>;

/** The commit and all before it. */
export function reachable(commits: Commits, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
    const commit = commits.get(sha);
    if (commit === undefined || seen.has(sha)) continue;
    seen.add(sha);
    open.push(...commit.parents);
  }
  return seen;
}

/** Commits of `head` that `base` does not have, the oldest first. */
export function between(commits: Commits, base: string, head: string): readonly Commit[] {
  const [before, after] = [reachable(commits, base), reachable(commits, head)];
  return [...commits.values()].filter(({ sha }) => after.has(sha) && !before.has(sha));
}

/** The newest common commit; undefined without one. */
export function mergeBase(commits: Commits, one: string, other: string): Commit | undefined {
  const [here, there] = [reachable(commits, one), reachable(commits, other)];
  return [...commits.values()].findLast(({ sha }) => here.has(sha) && there.has(sha));
}

/** A difference of one path. */
export interface Change {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed';
  /** The removed object. */
  readonly entry: Entry;
  readonly previousPath?: string;
}

/** In the order of the paths. A file that moved without a change is `renamed`. */
export function changesBetween(before: Files, after: Files): readonly Change[] {
  const gone = new Map([...before].filter(([path]) => !after.has(path)).map(([path, entry]) => [entryId(entry), path]));
  const changes: Change[] = [];
  const moved = new Set<string>();
  for (const [path, entry] of after) {
    const old = before.get(path);
    const previousPath = gone.get(entryId(entry));
    if (old !== undefined && entryId(old) === entryId(entry) && old.kind === entry.kind) continue;
    if (old !== undefined) changes.push({ path, status: 'modified', entry });
    else if (previousPath === undefined || moved.has(previousPath)) changes.push({ path, status: 'added', entry });
    else {
      moved.add(previousPath);
      changes.push({ path, status: 'renamed', entry, previousPath });
    }
  }
  for (const [path, entry] of before)
    if (!after.has(path) && !moved.has(path)) changes.push({ path, status: 'removed', entry });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Some files with other changes on top. */
export function applied(files: Files, changes: readonly Change[]): Files {
  const result = new Map(files);
  for (const { path, status, entry, previousPath } of changes) {
    if (previousPath !== undefined) result.delete(previousPath);
    if (status === 'removed') result.delete(path);
    else result.set(path, entry);
  }
  return result;
}
