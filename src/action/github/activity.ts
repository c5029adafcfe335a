import type { Budget, Clock } from '#access/clock';
import { theActivity } from '../messages/repository.ts';
import { userOrNull, type User } from './users.ts';
import type { Question, Repository } from './repository.ts';

/** A change of a branch: it brought all commits after `before`, up to `after`. Source: docs/design/github.md#activity. */
export interface BranchChange {
  readonly before: string;
  readonly after: string;
  /** Such as `push` or `pr_merge`. */
  readonly type: string;
  /** `null` where GitHub shows none. */
  readonly actor: User | null;
}

/** Maximum number of activities of a branch that are read. */
export const mostActivities = 1_000;

/** Waits for an activity that is not listed yet, in milliseconds: GitHub does not say how soon it is. */
const waitsMs = [1_000, 2_000, 4_000, 8_000];

/** The newest change that made a commit the head of a branch; `null` where GitHub shows none. */
export async function changeTo(
  sha: string,
  branch: string,
  repository: Repository,
  clock: Clock,
  budget: Budget,
): Promise<BranchChange | null> {
  for (const waitMs of [...waitsMs, null]) {
    const found = await find(sha, branch, repository, budget);
    if (found !== null || waitMs === null) return found;
    await clock.sleep(waitMs, budget.signal);
  }
  return null;
}

async function find(sha: string, branch: string, repository: Repository, budget: Budget): Promise<BranchChange | null> {
  let read = 0;
  for await (const page of repository.pages(activityOf(branch), budget)) {
    const entry = page.find((it) => it.text('after') === sha);
    if (entry !== undefined) {
      const [before, type] = [entry.text('before'), entry.text('activity_type')];
      return { before, after: sha, type, actor: userOrNull(entry, 'actor') };
    }
    read += page.length;
    if (read >= mostActivities) break;
  }
  return null;
}

export function activityOf(branch: string): Question {
  const ref = `refs/heads/${branch}`;
  return { path: '/activity', parameters: { ref }, what: theActivity(branch), permission: 'contents: read' };
}
