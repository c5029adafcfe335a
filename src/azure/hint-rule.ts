import type { FailureKind } from '#access/errors';
import type { HintRule } from '#access/hints';

/** What a hint goes by. */
export interface Answer {
  readonly kind: FailureKind;
  /** Such as `Microsoft.Authorization/roleAssignments/write`. */
  readonly operation: string;
  readonly code: string;
  readonly message: string;
}

export type Rule = HintRule<Answer>;

/** A lock guards what is below it, from this step too. */
export const whoseLock =
  'The owners of the lock decide: they lift it while the step runs again, and then set it again. The identity of this job needs no right to locks.';
