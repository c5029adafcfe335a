import type { User } from '../github/users.ts';
import { deletedAccount, isNoPerson, isNotListed } from '../messages/approvals.ts';
import type { Approvers } from '#access/approvals';

/** The account, or the reason why it does not count as an approver, within a sentence. */
export function judgeApprover(user: User | null, approvers: Approvers): User | string {
  if (user === null) return deletedAccount;
  if (!user.isUser) return isNoPerson(user.login);
  return approvers === null || approvers.has(user.id) ? user : isNotListed(user.login, user.id);
}
