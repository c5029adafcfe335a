import type { Budget } from '#access/clock';
import { theActivity } from '../messages/repository.ts';
import type { Question, Repository } from './repository.ts';
import { userOrNull, type User } from './users.ts';
import type { VerifiedRun } from './verified-run.ts';

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

/** The change of the default branch that started a run; `null` where GitHub shows none. */
export function changeOf(run: VerifiedRun, repository: Repository, budget: Budget): Promise<BranchChange | null> {
  return repository.untilShown(() => find(run, repository, budget), budget);
}

/** A commit can become the head twice: by its merge, and when someone pushes the branch back to it. */
async function find(
  { sha, before, branch }: VerifiedRun,
  repository: Repository,
  budget: Budget,
): Promise<BranchChange | null> {
  let read = 0;
  for await (const page of repository.pages(activityOf(branch), budget)) {
    const entry = page.find((it) => it.text('after') === sha && it.text('before') === before);
    if (entry !== undefined) {
      const type = entry.text('activity_type');
      return { before: entry.text('before'), after: sha, type, actor: userOrNull(entry, 'actor') };
    }
    read += page.length;
    if (read >= mostActivities) break;
  }
  return null;
}

/** @param ofAll true for a branch that was deleted: whether GitHub still lists its activity by name is not known */
export function activityOf(branch: string, ofAll = false): Question {
  const parameters = ofAll ? {} : { ref: `refs/heads/${branch}` };
  return { path: '/activity', parameters, what: theActivity(branch), permission: 'contents: read' };
}
