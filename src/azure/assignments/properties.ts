import type { AuthorizationManagementClient, RoleAssignment } from '@azure/arm-authorization';
import type { Observation, Seen } from '#access/cloud';
import type { Assignment } from '#access/grant';
import { conditionVersion } from '../inputs.ts';
import { hasCondition, hasOtherIdentity } from '../messages/assignments.ts';
import { textOf } from '../leases/records/record-text.ts';
import { isSameScope } from '../resolve/ids.ts';
import type { AssignmentProperties } from '../settings.ts';

/** The requested properties of a grant: those of its row of an access file take the place of the inputs' own. */
export function askedOf(inputs: AssignmentProperties, { properties }: Assignment): AssignmentProperties {
  return properties === undefined
    ? inputs
    : { ...inputs, condition: properties.condition, description: properties.description };
}

/**
 * The description of a new assignment: the requested text and the reason of the step. The text of a row is the whole
 * description, so that a later run with another reason finds it as it should be.
 */
export function newDescription(inputs: AssignmentProperties, grant: Assignment, reason: string | null): string {
  const isOfRow = (grant.properties?.description ?? null) !== null;
  return textOf(askedOf(inputs, grant).description, isOfRow ? null : reason);
}

/** Compares an existing assignment with the requested properties; other properties are not compared. */
export function compare(own: RoleAssignment, asked: AssignmentProperties): Observation {
  const seen: Seen = { assignmentId: own.id ?? null, principalType: own.principalType ?? null };
  const delegated = asked.delegatedManagedIdentityResourceId;
  if (asked.condition === null && isText(own.condition)) {
    return { standing: 'conflicting', seen, ...hasCondition(own.condition) };
  }
  if (delegated !== null && !isSameScope(own.delegatedManagedIdentityResourceId ?? '', delegated)) {
    return { standing: 'conflicting', seen, ...hasOtherIdentity(own.delegatedManagedIdentityResourceId ?? undefined) };
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

/** Body of a PUT of a role assignment. */
export type AssignmentBody = Parameters<AuthorizationManagementClient['roleAssignments']['create']>[2];

/**
 * The whole body: a PUT replaces all properties, so properties that were not asked for are sent as they were before.
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
