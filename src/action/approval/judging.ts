import type { User } from '../github/users.ts';
import * as messages from '../messages/review-approval.ts';
import type { Approvers } from '#access/approvals';
import { deletedAccount, isNoPerson, isNotListed } from '../messages/approvals.ts';
import type { PullRequest, Review } from './pull-request.ts';

/** Reviews that decide; a comment changes nothing. Source: docs/design/github.md#reviewed-pull-requests. */
const decisive = ['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'];

/** A review with the account that gave it. */
export type OfUser = Review & { readonly user: User };

/** The account, or the reason why it does not count as an approver, within a sentence. */
export function judgeApprover(user: User | null, approvers: Approvers): User | string {
  if (user === null) return deletedAccount;
  if (!user.isUser) return isNoPerson(user.login);
  return approvers === null || approvers.has(user.id) ? user : isNotListed(user.login, user.id);
}

/** The reason why no review of a pull request proves anything, as a sentence; `null` where one can. */
export function pullFault({ number, author, commits, pushers }: PullRequest): string | null {
  if (author?.isUser !== true) return messages.authorNoPerson(number, author?.login ?? '');
  const strange = commits.find((commit) => commit.author === null || commit.committer === null);
  if (strange !== undefined) return messages.unknownCommitter(number, strange.sha);
  return pushers.some((pusher) => pusher?.isUser !== true) ? messages.unknownPusher(number) : null;
}

/** The last review of each account that decides something. */
export function lastDecisive({ reviews }: PullRequest): readonly OfUser[] {
  const last = new Map<string, OfUser>();
  for (const review of reviews) {
    const { user } = review;
    if (user !== null && decisive.includes(review.state)) last.set(user.id, { ...review, user });
  }
  return [...last.values()];
}

/** The reason why an approving review does not count, within a sentence; `null` where it does. */
export function reviewFault({ user, commit, at }: OfUser, pull: PullRequest, approvers: Approvers): string | null {
  const { author, headSha, mergedAt, commits, pushers, retargetedAt } = pull;
  const judged = judgeApprover(user, approvers);
  if (typeof judged === 'string') return judged;
  const own = [author, ...pushers, ...commits.flatMap((it) => [it.author, it.committer])];
  if (own.some((it) => it?.id === user.id)) return messages.isOwnWork(user.login);
  if (commit !== headSha) return messages.ofOlderCommit(user.login);
  if (at === null || at > mergedAt) return messages.afterMerge(user.login);
  return retargetedAt.some((changed) => changed >= at) ? messages.beforeRetarget(user.login) : null;
}
