import type { ApprovalKind } from '#access/approvals';
import type { User } from '../github/users.ts';

/** A person's approval, as GitHub shows it. */
export interface Approval {
  readonly kind: ApprovalKind;
  readonly approver: User;
  /** Person who asked for the change: who started the run, or the author of the pull request. */
  readonly requester: User;
  /** Free text of the approver; empty for none. */
  readonly comment: string;
  /** Milliseconds since the epoch; `null` for an environment, whose approvals have no time. */
  readonly approvedAt: number | null;
  /** Time at which this step saw it, in milliseconds since the epoch. */
  readonly seenAt: number;
  /** Page of the review, or of the run that the environment's reviewers approved. */
  readonly url: string;
}
