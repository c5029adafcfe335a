import type { Call } from '../arm/call.ts';
import type { Wanted } from './model.ts';
import { brokenRules } from './policies.ts';
import { contextMissing, pimRefusal, rulesFailed } from './refusals.ts';
import { endOf } from './requests.ts';

const UNFOUND_MS = 60_000;
const SHORTEST_MS = 300_000;

/**
 * The effects of locks are those on plain role assignments (docs/design/azure.md#pim-error-codes; not known for sure).
 */
export function refuseLocks({ cloud }: Call, { scope, requestType }: Wanted): void {
  const locks = cloud.arm.locksOn(scope).filter(({ kind }) => requestType === 'AdminRemove' || kind === 'ReadOnly');
  if (locks.length > 0) throw pimRefusal('ResourceIsLocked');
}

/** Existing, planned or requested access prevents a new request, and missing access prevents a change. */
export function refuseByState(call: Call, wanted: Wanted): void {
  const { arm, pim } = call.cloud;
  if (pim.requests.pendingOf(wanted) !== undefined) throw pimRefusal('PendingRoleAssignmentRequest');
  if (wanted.requestType === 'AdminAssign') {
    // One schedule for each subject, also where the times do not overlap (not known for sure).
    const there = pim.schedules.find(wanted) ?? arm.byTuple(wanted.scope, wanted.roleDefinitionId, wanted.principalId);
    if (there !== undefined) throw pimRefusal('RoleAssignmentExists');
  } else refuseChange(call, wanted);
}

/**
 * Of running access: a planned one is canceled instead, one that has just begun is not found yet
 * (docs/design/azure.md#the-first-five-minutes).
 */
function refuseChange({ cloud }: Call, wanted: Wanted): void {
  const { arm, pim, agenda, options } = cloud;
  const there = pim.schedules.find(wanted);
  if (there === undefined) {
    const plain = arm.byTuple(wanted.scope, wanted.roleDefinitionId, wanted.principalId);
    // Where permanent assignments are shown, they can be removed too (not known for sure); they have no end to change.
    const removable = wanted.requestType === 'AdminRemove' && options.pim?.hidesPermanent !== true;
    if (plain === undefined || !removable) throw pimRefusal('RoleAssignmentDoesNotExist');
    return;
  }
  const age = agenda.time() - there.startAt;
  if (there.assignment === null || age < (options.pim?.unfoundMs ?? UNFOUND_MS))
    throw pimRefusal('RoleAssignmentDoesNotExist');
  if (wanted.requestType === 'AdminRemove' && age < SHORTEST_MS) throw pimRefusal('ActiveDurationTooShort');
  // An extension that does not extend breaks the rule about ends (not known for sure).
  const endAt = endOf(wanted, wanted.startAt ?? there.startAt);
  if (wanted.requestType === 'AdminExtend' && (there.endAt === null || (endAt !== null && endAt <= there.endAt)))
    throw rulesFailed(['ExpirationRule']);
}

/** It is not known for sure that the context comes after the rules. */
export function refuseBrokenRules({ cloud }: Call, wanted: Wanted): void {
  const policy = cloud.pim.policies.of(wanted.scope, wanted.roleDefinitionId);
  const there = cloud.pim.schedules.find(wanted);
  const broken = brokenRules(policy, wanted, cloud.agenda.time(), there?.startAt);
  if (broken.length > 0) throw rulesFailed(broken);
  if (policy.authenticationContext !== null && wanted.requestType !== 'AdminRemove')
    throw contextMissing(policy.authenticationContext);
}
