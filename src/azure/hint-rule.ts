import type { FailureKind } from '../access/errors.ts';
import type { HintRule } from '../access/hints.ts';

/** What a hint goes by. */
export interface Answer {
  readonly kind: FailureKind;
  /** Such as `Microsoft.Authorization/roleAssignments/write`. */
  readonly operation: string;
  readonly code: string;
  readonly message: string;
}

export type Rule = HintRule<Answer>;
