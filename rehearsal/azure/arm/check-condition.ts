import type { AssignmentRequest } from './assignment-body.ts';
import type { Assignment } from './assignment.ts';
import { validCondition } from './condition-rules.ts';
import { ConditionFault } from './condition-tokens.ts';
import { takesConditions } from './permissions.ts';
import { ArmRefusal } from './refusal.ts';
import type { ArmState } from './state.ts';

/**
 * Conditions are of version 2.0 (a forgotten or older one makes them invalid, azure-docs#119449), follow the grammar, and
 * belong to roles that take them. A version is not lowered (docs/design/azure.md#creating-and-updating).
 */
export function checkCondition(arm: ArmState, wanted: AssignmentRequest, existing: Assignment | undefined): void {
  const { condition, conditionVersion, roleDefinitionId } = wanted;
  if (conditionVersion !== null && conditionVersion !== '2.0') {
    if (existing?.conditionVersion === '2.0')
      throw invalid(`Condition version cannot be downgraded to '${conditionVersion}'.`);
    throw invalid();
  }
  if (condition === null || condition === '') return;
  if (conditionVersion === null || !takesConditions(arm.definition(roleDefinitionId)?.permissions ?? []))
    throw invalid();
  try {
    validCondition(condition);
  } catch (error) {
    if (!(error instanceof ConditionFault)) throw error;
    throw invalid();
  }
}

/** The text is the live service's, which has no more [docs:conditions-troubleshoot]; its code is not known. */
function invalid(text = 'The given role assignment condition is invalid.'): ArmRefusal {
  return new ArmRefusal(400, 'InvalidRoleAssignmentCondition', text);
}
