import type { Budget, Clock } from '#access/clock';
import { allOrRefused } from '#access/errors';
import type { Repository } from '../github/repository.ts';
import type { VerifiedRun } from '../github/verified-run.ts';
import type { ApprovalKind, Approvers } from '#access/approvals';
import type { People } from '#access/files/people';
import type { Approval } from './approval.ts';
import { environmentApprovals } from './environment.ts';
import { reviewApprovals, type Reviewed } from './review.ts';

/** The approvals that a step requires. */
export interface Required {
  /** All of them have to hold. */
  readonly kinds: readonly ApprovalKind[];
  readonly approvers: Approvers;
  /** The rows of people-file, which an approver of an environment has to be in; `null` without the file. */
  readonly people: People | null;
}

/** Proves the approvals that a step requires, all that count, or throws one `Refusal` with all that GitHub does not show. */
export async function proveApprovals(
  { kinds, approvers, people }: Required,
  reviewed: Reviewed,
  run: VerifiedRun,
  repository: Repository,
  clock: Clock,
  budget: Budget,
): Promise<readonly Approval[]> {
  const proofs = await allOrRefused(
    kinds.map((kind) =>
      kind === 'environment'
        ? environmentApprovals(run, approvers, people, repository, budget)
        : reviewApprovals(run, approvers, reviewed, repository, budget),
    ),
  );
  return proofs.flat().map((proof) => ({ ...proof, seenAt: clock.now() }));
}
