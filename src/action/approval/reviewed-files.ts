import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import type { AccessFile } from '#access/files/access-file';
import type { BranchChange } from '../github/activity.ts';
import { allOf, contentsAt, type Repository } from '../github/repository.ts';
import type { VerifiedRun } from '../github/verified-run.ts';
import * as messages from '../messages/review-approval.ts';
import type { PullRequest } from './pull-request.ts';

/** A file as this step read it: its path in the workspace, and the blob of its bytes. */
export type ReadFile = Pick<AccessFile, 'path' | 'blob'>;

/** Maximum number of rules of a branch that are read. */
const mostRules = 1_000;

/**
 * Checks that each file is byte for byte the one that the pull request's reviewers approved. `reconcile` also has files
 * that this merge left as they were, where the branch's rules require an approval for every change.
 */
export async function checkFiles(
  files: readonly ReadFile[],
  operation: string,
  run: VerifiedRun,
  pull: PullRequest,
  change: BranchChange,
  repository: Repository,
  budget: Budget,
): Promise<void> {
  // A later run may have removed what an earlier one would grant again.
  const isReconcile = operation === 'reconcile';
  if (isReconcile) await checkHead(run, repository, budget);
  const changed = files.map((file) => ({ file, inPull: pull.files.get(file.path) }));
  const unchanged = changed.flatMap(({ file, inPull }) =>
    inPull === undefined || (inPull.hasSameContent && !isReconcile) ? [file] : [],
  );
  const altered = changed.flatMap(({ file, inPull }) =>
    inPull !== undefined && inPull.blob !== file.blob ? [file] : [],
  );
  if (altered.length > 0) throw new Refusal(messages.notAsApproved(pathsOf(altered), pull.number), messages.leaveFiles);
  if (unchanged.length === 0) return;
  if (!isReconcile) throw new Refusal(messages.notInPull(pathsOf(unchanged), pull.number), messages.changeFiles);
  await checkRules(run, repository, budget);
  const kept = await Promise.all(
    unchanged.map(async (file) => {
      const blobs = [change.before, change.after].map((ref) => blobAt(file.path, ref, repository, budget));
      return (await Promise.all(blobs)).every((blob) => blob === file.blob) ? null : file;
    }),
  );
  const moved = kept.filter((file) => file !== null);
  if (moved.length > 0) throw new Refusal(messages.notAsBefore(pathsOf(moved), pull.number), messages.leaveFiles);
}

async function checkHead({ branch, sha }: VerifiedRun, repository: Repository, budget: Budget): Promise<void> {
  const what = messages.theBranch(branch);
  const head = await repository.one(
    { path: '/branches/{branch}', parameters: { branch }, what, permission: 'contents: read' },
    budget,
  );
  if (head.child('commit').text('sha') !== sha) throw new Refusal(messages.notHead(sha, branch), messages.applyHead);
}

/** Files that the pull request of this run does not have are as good as the rules of the branch. */
async function checkRules({ branch }: VerifiedRun, repository: Repository, budget: Budget): Promise<void> {
  const what = messages.rulesOf(branch);
  const rules = await allOf(
    repository.pages(
      { path: '/rules/branches/{branch}', parameters: { branch }, what, permission: 'metadata: read' },
      budget,
    ),
    mostRules,
    what,
  );
  const required = rules
    .filter((rule) => rule.text('type') === 'pull_request')
    .map((rule) => rule.childOrNull('parameters')?.count('required_approving_review_count') ?? 0);
  if (Math.max(0, ...required) < 1) throw new Refusal(messages.noApprovalRule(branch), messages.addApprovalRule);
}

/** The blob of a file at a commit; `null` where there is no file. Git keeps the target of a link as a blob, too. */
async function blobAt(path: string, ref: string, repository: Repository, budget: Budget): Promise<string | null> {
  const answer = await repository.oneOrNone(contentsAt(path, ref), budget);
  return answer?.text('type') === 'file' ? answer.text('sha') : null;
}

function pathsOf(files: readonly ReadFile[]): readonly string[] {
  return files.map(({ path }) => path);
}
