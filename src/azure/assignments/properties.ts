import type { AuthorizationManagementClient, RoleAssignment } from '@azure/arm-authorization';
import type { Observation, Seen } from '#access/cloud';
import type { Assignment } from '#access/grant';
import { conditionVersion } from '../inputs.ts';
import { isSameScope } from '../resolve/ids.ts';
import type { AssignmentProperties } from '../settings.ts';

/** How an assignment that is there compares with what was asked for. Only what was asked for is compared. */
export function compare(own: RoleAssignment, asked: AssignmentProperties): Observation {
  const seen: Seen = { assignmentId: own.id ?? null, principalType: own.principalType ?? null };
  const delegated = asked.delegatedManagedIdentityResourceId;
  if (asked.condition === null && isText(own.condition)) {
    return {
      standing: 'conflicting',
      seen,
      reason: `The grant is there with a condition, and none was asked for: ${own.condition}`,
      hint: 'It gives less than was asked for, and taking a condition away is not done unasked. Give this very condition, or revoke the grant first.',
    };
  }
  if (delegated !== null && !isSameScope(own.delegatedManagedIdentityResourceId ?? '', delegated)) {
    return {
      standing: 'conflicting',
      seen,
      reason: `The grant is there with another delegated managed identity: ${own.delegatedManagedIdentityResourceId ?? 'none'}`,
      hint: 'Azure cannot change that in place: revoke the grant first.',
    };
  }
  const outdated = [
    ...(asked.description !== null && asked.description !== (own.description ?? '') ? ['description'] : []),
    ...(asked.condition !== null && asked.condition !== (own.condition ?? '') ? ['condition'] : []),
  ];
  return outdated.length === 0 ? { standing: 'current', seen } : { standing: 'outdated', seen, outdated };
}

function isText(value: string | null | undefined): value is string {
  return value !== null && value !== undefined && value !== '';
}

/** What a PUT of a role assignment carries. */
export type AssignmentBody = Parameters<AuthorizationManagementClient['roleAssignments']['create']>[2];

/**
 * The whole of what is to be: a PUT replaces all properties, so that what was not asked for is sent as it was before.
 */
export function bodyFor(
  { role, principal }: Assignment,
  asked: AssignmentProperties,
  before: RoleAssignment | null,
): AssignmentBody {
  const description = asked.description ?? before?.description ?? null;
  const condition = asked.condition ?? before?.condition ?? null;
  const delegated = asked.delegatedManagedIdentityResourceId ?? before?.delegatedManagedIdentityResourceId ?? null;
  return {
    roleDefinitionId: before?.roleDefinitionId ?? role.id,
    principalId: principal.id,
    ...(principal.type === null ? {} : { principalType: principal.type }),
    ...(isText(description) ? { description } : {}),
    ...(isText(condition) ? { condition, conditionVersion } : {}),
    ...(isText(delegated) ? { delegatedManagedIdentityResourceId: delegated } : {}),
  };
}
