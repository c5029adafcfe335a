import type { Assignment } from './assignment.ts';
import { timestamp } from './call.ts';
import { definitionId } from './scopes.ts';

interface Authors {
  readonly createdBy: string | null;
  readonly updatedBy: string | null;
}

/** A role assignment as ARM answers it (docs/design/azure.md#role-assignments). */
export function assignmentWire(assignment: Assignment, authors: Authors): Readonly<Record<string, unknown>> {
  const { id, name, scope, roleDefinitionId, principalId, principalType, createdOn, updatedOn } = assignment;
  return {
    properties: {
      roleDefinitionId: definitionId(scope, roleDefinitionId),
      principalId,
      principalType,
      scope,
      condition: assignment.condition,
      conditionVersion: assignment.conditionVersion,
      createdOn: timestamp(createdOn),
      updatedOn: timestamp(updatedOn),
      ...authors,
      delegatedManagedIdentityResourceId: assignment.delegatedManagedIdentityResourceId,
      description: assignment.description,
    },
    id,
    type: 'Microsoft.Authorization/roleAssignments',
    name,
  };
}
