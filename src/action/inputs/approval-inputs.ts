import type { ApprovalKind, Approvers } from '#access/approvals';
import type { Fault } from '#access/errors';
import { commonInputs, type CommonValues } from '#access/inputs';
import type { OperationName } from '#access/request';
import { cannotBeReviewed, provesNoRun, signInByToken } from '../messages/inputs.ts';

/** The approvals that a step requires. All of them have to hold. */
export interface ApprovalInputs {
  readonly kinds: readonly ApprovalKind[];
  readonly approvers: Approvers;
}

/** Operations that grant access, or make it last longer, or change what it allows. */
const granting: readonly OperationName[] = ['assign', 'extend', 'reconcile', 'provision'];

/** The approvals that this step requires: `null` where it grants nothing. What is wrong goes to `faults`. */
export function readApproval(
  operation: OperationName | null,
  common: CommonValues,
  hasFiles: boolean,
  faults: Fault[],
): ApprovalInputs | null {
  const { 'require-approval': kinds, approvers, 'dry-run': dryRun } = common;
  if (operation === null || dryRun || kinds.length === 0 || !granting.includes(operation)) return null;
  if (kinds.includes('review') && (operation === 'extend' || operation === 'provision' || !hasFiles))
    faults.push({
      input: 'require-approval',
      problem: cannotBeReviewed(operation),
      example: commonInputs['require-approval'].example,
    });
  return { kinds, approvers };
}

/** Faults of a step that has to prove something of its run and signs in without an ID token, which alone names the run. */
export function unprovenFaults(
  approval: ApprovalInputs | null,
  people: { readonly isForRequester: boolean } | null,
  audience: string | null,
): readonly Fault[] {
  if (audience !== null) return [];
  const proving = [
    ...(approval === null ? [] : ['require-approval']),
    ...(people?.isForRequester === true ? ['principal'] : []),
  ];
  return proving.map((input) => ({ input, problem: provesNoRun, example: { advice: signInByToken } }));
}
