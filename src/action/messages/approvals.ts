/* About approvals. Texts without a full stop are reasons within a sentence. */

import { isoSeconds } from '#access/clock';
import type { Approval } from '../approval/approval.ts';
import type { User } from '../github/users.ts';

/** How it was approved, beside the approver. */
export const reviewOf = ({ login, id }: User): string => `review of a request of ${login}, ID ${id}`;

/** A sentence about a proven approval. */
export const approvedBy = ({ kind, approver, requester, comment, approvedAt, seenAt, url }: Approval): string =>
  `Approved by ${approver.login} (ID ${approver.id}), ${
    kind === 'review' ? `by ${reviewOf(requester)}` : 'for the environment'
  }, ${
    approvedAt === null ? `seen at ${isoSeconds(seenAt)}` : `at ${isoSeconds(approvedAt)}`
  }, ${url}${comment === '' ? '.' : `: "${comment}"`}`;

export const startedBy = ({ login, id }: User): string => `Started by ${login} (ID ${id}).`;

export const startAnew = 'Start a new run, and have it approved.';

/* Reasons why an account does not count as an approver */

export const deletedAccount = 'a deleted account gave it';
export const isNoPerson = (login: string): string => `${login} is a bot or an App`;
export const isNotListed = (login: string, id: string): string => `approvers does not name ${login}#${id}`;
