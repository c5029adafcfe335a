import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import { changeOf, type BranchChange } from '../github/activity.ts';
import type { Repository } from '../github/repository.ts';
import { userOf } from '../github/users.ts';
import type { VerifiedRun } from '../github/verified-run.ts';
import * as messages from '../messages/review-approval.ts';
import type { Approvers } from '#access/approvals';
import type { Approval } from './approval.ts';
import { lastDecisive, pullFault, reviewFault, type OfUser } from './judging.ts';
import { pullRequestOf } from './pull-request.ts';
import { checkFiles, type ReadFile } from './reviewed-files.ts';

/** The access files of a step, and what it does with them. */
export interface Reviewed {
  readonly files: readonly ReadFile[];
  readonly operation: string;
}

/** Ways into a branch that only GitHub's own merge of a pull request has. Source: docs/design/github.md#activity. */
const merges = ['pr_merge', 'merge_queue_merge'];

/** Roles with write access. Source: GitHub's REST description, `repository-collaborator-permission`. */
const writing = ['admin', 'write'];

/**
 * Proves that a person with write access approved the pull request that brought this commit into the default branch, with
 * these very files, and wrote none of it. Source: docs/design/github.md#reviewed-pull-requests.
 */
export async function reviewApprovals(
  run: VerifiedRun,
  approvers: Approvers,
  { files, operation }: Reviewed,
  repository: Repository,
  budget: Budget,
): Promise<readonly Omit<Approval, 'seenAt'>[]> {
  if (run.event !== 'push') throw new Refusal(messages.notAPush(run.event), messages.runOnPush);
  const [change, pull] = await Promise.all([mergeOf(run, repository, budget), pullRequestOf(run, repository, budget)]);
  const { author: requester } = pull;
  const fault = pullFault(pull);
  if (fault !== null || requester === null)
    throw new Refusal(fault ?? messages.authorNoPerson(pull.number, ''), messages.anotherPull);
  const deciding = lastDecisive(pull);
  const judged = await Promise.all(deciding.map(async (review) => ({ review, fault: await faultOf(review) })));
  const objection = judged.find(({ review, fault: found }) => review.state === 'CHANGES_REQUESTED' && found === null);
  if (objection !== undefined)
    throw new Refusal(messages.changesRequested(pull.number, objection.review.user.login), messages.anotherPull);
  const approved = judged.filter(({ review, fault: found }) => review.state === 'APPROVED' && found === null);
  if (approved.length === 0) {
    const reasons = judged.map(({ review, fault: found }) => found ?? messages.dismissed(review.user.login));
    throw new Refusal(messages.noApproval(pull.number, reasons), messages.anotherPull);
  }
  await checkFiles(files, operation, run, pull, change, repository, budget);
  return approved.map(({ review: { user: approver, comment, at, url } }) => {
    return { kind: 'review', approver, requester, comment, approvedAt: at, url };
  });

  async function faultOf(review: OfUser): Promise<string | null> {
    if (review.state === 'DISMISSED') return null;
    const found = review.state === 'APPROVED' ? reviewFault(review, pull, approvers) : null;
    return found ?? ((await mayWrite(review)) ? null : messages.cannotWrite(review.user.login));
  }

  /** A login can belong to another account by now. */
  async function mayWrite({ user }: OfUser): Promise<boolean> {
    const answer = await repository.oneOrNone(
      {
        path: '/collaborators/{login}/permission',
        parameters: { login: user.login },
        what: messages.permissionOf(user.login),
        permission: 'metadata: read',
      },
      budget,
    );
    const shown = answer?.childOrNull('user') ?? null;
    return shown !== null && userOf(shown).id === user.id && writing.includes(answer?.text('permission') ?? '');
  }
}

/** The change that brought the run's commit into the default branch. A `Refusal` unless GitHub merged a pull request. */
async function mergeOf(run: VerifiedRun, repository: Repository, budget: Budget): Promise<BranchChange> {
  const change = await changeOf(run, repository, budget);
  if (change === null) throw new Refusal(messages.noActivity(run.sha, run.branch), messages.mergeInstead);
  if (!merges.includes(change.type)) throw new Refusal(messages.notMerged(run.sha, change.type), messages.mergeInstead);
  return change;
}
